"""Answers kept with their ETag: asking again whether they changed costs nothing of GitHub's hourly limit.

folder/ab/abcd...    one file an address: a line of JSON (etag, link, url), then the body, compressed
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from lakeflow_sources import ConfigurationError, Settings
from lakeflow_sources.http import Request, Response

__all__ = ["Cache", "cache_of"]

_UNUSED = 30 * 86_400.0  # seconds after which an answer that nobody asked for is removed
_SHELVES = 256
_TURN = 600.0  # seconds between two looks at shelves: each look takes the next one


def cache_of(settings: Settings) -> Cache | None:
    """The cache that `etag_cache` names; each set of credentials has answers of its own in it."""
    folder = settings.get("etag_cache")
    return Cache(Path(folder), settings.account()) if folder else None


@dataclass(frozen=True, slots=True)
class Cache:
    """Answers below *folder*, of *account* only."""

    folder: Path
    account: str

    def known(self, request: Request) -> Response | None:
        """The answer kept for *request*; one that cannot be read is as good as none."""
        try:
            head, _, body = self._place(request).read_bytes().partition(b"\n")
            facts = json.loads(head)
            headers = {"etag": str(facts["etag"]), "link": str(facts["link"])}
            return Response(request, 200, headers, zlib.decompress(body), str(facts["url"]))
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def keep(self, request: Request, response: Response) -> None:
        """Keep an answer that has an ETag, in one step: readers see the old one or the new one."""
        etag = response.headers.get("etag")
        if not etag:
            return
        facts = {"etag": etag, "link": response.headers.get("link", ""), "url": response.url}
        content = json.dumps(facts).encode() + b"\n" + zlib.compress(response.body, 1)
        try:
            _put(self._place(request), content)
        except OSError as error:
            raise ConfigurationError(
                f"github: etag_cache={self.folder} cannot be written ({error.strerror})",
                "name a folder that the driver and all workers can write to, such as one of a volume",
            ) from None

    def used(self, request: Request) -> None:
        """Remember that the answer to *request* is still asked for."""
        with contextlib.suppress(OSError):
            os.utime(self._place(request))

    def tidy(self, now: float | None = None) -> None:
        """Remove what has not been asked for in a month, from one shelf at a time."""
        now = time.time() if now is None else now
        shelf = self.folder / f"{int(now / _TURN) % _SHELVES:02x}"
        for path in shelf.glob("*"):
            with contextlib.suppress(OSError):
                if now - path.stat().st_mtime > _UNUSED:
                    path.unlink()

    def asking(self, request: Request, kept: Response | None) -> Request:
        """*request*, to be answered only if it differs from what is *kept*."""
        return request.with_headers(If_None_Match=kept.headers["etag"]) if kept else request

    def _place(self, request: Request) -> Path:
        headers = sorted((name.lower(), value) for name, value in request.headers)
        text = "\0".join((self.account, request.method, request.target, repr(headers)))
        name = hashlib.sha256(text.encode()).hexdigest()
        return self.folder / name[:2] / name


def _put(place: Path, content: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
