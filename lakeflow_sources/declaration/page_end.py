"""How large pages are, and which of them is the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declaration.place import Spot
from lakeflow_sources.decode import dig
from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["NO_CONTENT", "Ending", "Flags", "Sized", "answer_of"]

NO_CONTENT = 204


def answer_of(response: Response) -> Any:
    """The JSON of an answer; nothing where its status says that there is none."""
    return None if response.status == NO_CONTENT else response.json()


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
            return not dig(answer_of(response), self.more)
        return bool(dig(answer_of(response), self.last)) if self.last else None


@dataclass(frozen=True, slots=True)
class Ending:
    """When a counted page is the last: *total* is a path, *short* pages end only where that is declared."""

    records: str = ""
    flags: Flags = Flags()
    total: str = ""
    short: bool = False

    def last(self, response: Response, reached: int, count: int, size: int | None) -> bool:
        """Whether nothing follows behind *reached* of what *total* counts."""
        told, answer = self.flags.end(response), answer_of(response)
        if told is not None:
            return told
        if count == 0:
            return True
        if self.total:
            total = dig(answer, self.total)
            if total is None:
                raise VendorError(f"An answer has no {self.total}", "correct the paging of this table")
            return reached >= int(total)
        return self.short and size is not None and count < size

    def found(self, response: Response) -> list[Any]:
        """Records of a page."""
        found = dig(answer_of(response), self.records)
        return found if isinstance(found, list) else []
