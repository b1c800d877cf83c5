"""How a session of requests sends through our client: its retries, limits, certificates and redaction hold."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import BaseAdapter

from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["Through"]

_OWN_HEADERS = frozenset({"content-length", "user-agent", "accept-encoding", "connection"})


class Through(BaseAdapter):
    """To be mounted in a session."""

    def __init__(self, send: Callable[[Request], Response], *, again: bool) -> None:
        super().__init__()
        self._send, self._again = send, again

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        ours = Request(
            request.method or "POST",
            request.url or "",
            headers=tuple((name, value) for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS),
            body=body.encode() if isinstance(body, str) else body,
            rate="sign_in",
            idempotent=self._again,
            signed=False,
        )
        answer = self._send(ours)
        theirs = requests.Response()
        theirs.status_code, theirs.url, theirs.request = answer.status, answer.url, request
        theirs.headers.update(answer.headers)
        theirs.raw = io.BytesIO(answer.body)
        return theirs

    def close(self) -> None:
        """Nothing to close: the client owns the connections."""
