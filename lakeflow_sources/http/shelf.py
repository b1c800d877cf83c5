"""One access token for all processes of a machine, for vendors that give out only a few in a while."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lakeflow_sources.http.auth import Auth
from lakeflow_sources.http.faults import Fault, sign_in_faults
from lakeflow_sources.http.machine import alone, folder
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.signing import fingerprint
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import Secret

__all__ = ["Shelved"]

_MARGIN = 300.0  # seconds of life that a token from the shelf must still have
_DAY = 86_400.0


@dataclass(frozen=True)
class Shelved:
    """The sign-in of *inner*, whose token lies in a private file, encrypted with *key*: a secret of the same account.

    Who cannot sign in anyway cannot read it. A token of which the vendor does not say how long it lives lies there for
    *endless_seconds*, and not at all without them.
    """

    inner: Auth
    key: Secret
    endless_seconds: float = 0.0

    @property
    def renewable_in_tasks(self) -> bool:
        """As *inner*."""
        return self.inner.renewable_in_tasks

    def sign_in(self, send: Callable[[Request], Response]) -> Token:
        """The token that another process has brought, or a new one."""
        return self._token(send, None)

    def renew(self, send: Callable[[Request], Response], refused: Token) -> Token:
        """A token other than *refused*: another process may have brought it already."""
        return self._token(send, refused)

    def apply(self, request: Request, token: Token) -> Request:
        """As *inner*."""
        return self.inner.apply(request, token)

    def faults(self, response: Response) -> Fault | None:
        """As *inner*."""
        read: Callable[[Response], Fault | None] = getattr(self.inner, "faults", sign_in_faults)
        return read(response)

    def _token(self, send: Callable[[Request], Response], refused: Token | None) -> Token:
        name = fingerprint(self.inner)
        with alone(f"shelf:{name}"):
            kept = self._take(name)
            if kept is not None and (refused is None or kept.access != refused.access):
                return kept
            token = self.inner.sign_in(send)
            self._put(name, token)
            return token

    def _take(self, name: str) -> Token | None:
        """What lies there, while it is good for a while; a damaged file is as good as none."""
        from cryptography.fernet import InvalidToken

        home = folder()
        with contextlib.suppress(OSError, InvalidToken, ValueError, KeyError, TypeError):
            if home is not None:
                values = orjson.loads(self._cipher().decrypt((home / f"{name}.token").read_bytes()))
                token = Token(Secret(values["access"]), values["expires_at"], values["facts"], values["issued_at"])
                ended = time.time() > values["until"] or token.expires_soon(time.time(), _MARGIN)
                return None if ended else token
        return None

    def _put(self, name: str, token: Token) -> None:
        home = folder()
        until = token.expires_at or (time.time() + self.endless_seconds if self.endless_seconds else None)
        if home is None or until is None or token.pool:
            return
        values = {
            "access": token.access.reveal(),
            "expires_at": token.expires_at,
            "facts": dict(token.facts),
            "issued_at": token.issued_at,
            "until": until,
        }
        with contextlib.suppress(OSError):  # a full disk: the next process signs in by itself
            _remove_stale(home)
            _replace(home / f"{name}.token", self._cipher().encrypt(orjson.dumps(values)))

    def _cipher(self) -> Any:
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(self.key.reveal().encode()).digest()))


def _replace(path: Path, content: bytes) -> None:
    """In one step: readers see the old file or the new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable for this user only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_stale(home: Path) -> None:
    for path in home.glob("*.token"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY:
                path.unlink()
