"""The content of an answer, decompressed in bounded pieces."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

from lakeflow_sources.errors import VendorError

__all__ = ["Body", "BrokenBodyError", "collect"]

_PIECE = 1 << 18
_ANY_HEADER = 47  # zlib's word for: gzip or zlib, whichever comes


class BrokenBodyError(Exception):
    """The content ended early or cannot be decompressed."""


class Body(io.RawIOBase):
    """A readable file of decompressed bytes; `read(n)` never holds more than *n* and one network buffer."""

    def __init__(self, raw: Any, failures: Callable[[], Any]) -> None:
        super().__init__()
        self._raw = raw
        self.failures = failures
        """Turns errors of the network into those that the reader expects."""
        self.size = 0
        """Bytes that were read so far."""
        self.headers = {name.lower(): value for name, value in raw.headers.items()}
        """Those of the answer, names in lower case."""
        coding = (raw.headers.get("content-encoding") or "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", "deflate"):
            raw.close()
            raise VendorError(
                f"The answer is compressed with {coding}, which was not asked for",
                "check base_url, and whether a proxy changes what passes through it",
            )
        self._inflate: Any = None if coding == "identity" else zlib.decompressobj(_ANY_HEADER)
        self._began = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to *size* bytes without the detour over a buffer; all that is left without *size*."""
        return self.readall() if size is None or size < 0 else self._piece(size)

    def close(self) -> None:
        """Give the connection back when all was read, and close it otherwise."""
        if not self.closed:
            self._raw.close() if self._unread() else self._raw.release_conn()
        super().close()

    def _unread(self) -> bool:
        original = getattr(self._raw, "_original_response", None)
        return original is not None and not original.isclosed()

    def _piece(self, size: int) -> bytes:
        """Up to *size* bytes; none at the end only."""
        with self.failures():
            plain = self._inflate is None
            piece = bytes(self._raw.read(size, decode_content=False)) if plain else self._inflated(size)
            self.size += len(piece)
            return piece

    def _inflated(self, size: int) -> bytes:
        while True:
            source = self._source()
            if not source:
                if self._began and not self._inflate.eof:
                    raise BrokenBodyError("its compressed content ends early")
                return b""
            try:
                piece: bytes = self._inflate.decompress(source, size)
            except zlib.error as error:
                raise BrokenBodyError(f"its compressed content is damaged ({error})") from None
            self._began = True
            if piece:
                return piece

    def _source(self) -> bytes:
        """Compressed bytes to go on with, across the members of a gzip file."""
        if self._inflate.eof:
            rest = self._inflate.unused_data or self._raw.read(_PIECE, decode_content=False)
            if rest.strip(b"\0"):
                self._inflate = zlib.decompressobj(_ANY_HEADER)
            else:
                rest = b""
            return bytes(rest)
        return bytes(self._inflate.unconsumed_tail or self._raw.read(_PIECE, decode_content=False))


def collect(body: Body, most: int) -> bytes | None:
    """All of *body*, or `None` when it is longer than *most* bytes."""
    pieces: list[bytes] = []
    size = 0
    while piece := body.read(min(_PIECE * 4, most - size + 1)):
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
