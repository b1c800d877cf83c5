"""How large pages are, and which of them is the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declaration.place import Spot
from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["NO_CONTENT", "Ending", "Flags", "Sized", "told"]

NO_CONTENT = 204


def told(response: Response, path: str) -> Any:
    """What an answer says at *path*; nothing where its status says that there is no content."""
    return None if response.status == NO_CONTENT else response.at(path)


@dataclass(frozen=True, slots=True)
class Sized:
    """How large pages are: asked for at *spot*, *most* records."""

    spot: Spot | None = None
    most: int | None = None

    def begin(self, request: Request, size: int | None) -> Request:
        size = min(size, self.most) if size and self.most else size or self.most
        return self.spot.put(request, size) if self.spot and size else request

    def of(self, request: Request) -> int | None:
        """Records that were asked for."""
        asked = self.spot.get(request) if self.spot else None
        return int(asked) if asked else self.most


@dataclass(frozen=True, slots=True)
class Flags:
    """Paths of what answers say about another page: that there is *more*, or that this is the *last*."""

    more: str = ""
    last: str = ""

    def end(self, response: Response) -> bool | None:
        """Whether a page is the last one; `None` where answers do not say."""
        if self.more:
            return not told(response, self.more)
        return bool(told(response, self.last)) if self.last else None


@dataclass(frozen=True, slots=True)
class Ending:
    """When a counted page is the last: *total* is a path, *short* pages end only where that is declared."""

    records: str = ""
    flags: Flags = Flags()
    total: str = ""
    short: bool = False

    def last(self, response: Response, reached: int, count: int, size: int | None) -> bool:
        """Whether nothing follows behind *reached* of what *total* counts."""
        flagged = self.flags.end(response)
        if flagged is not None:
            return flagged
        if count == 0:
            return True
        if self.total:
            total = told(response, self.total)
            if total is None:
                raise VendorError(f"An answer has no {self.total}", "correct the paging of this table")
            return reached >= int(total)
        return self.short and size is not None and count < size

    def count(self, response: Response) -> int:
        """Records of a page."""
        return 0 if response.status == NO_CONTENT else response.count(self.records)
