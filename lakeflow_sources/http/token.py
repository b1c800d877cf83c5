"""The short-lived result of a sign-in, and where a rotated refresh token is kept."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.redact import Secret

__all__ = ["FileStore", "Token", "TokenStore"]


@dataclass(frozen=True)
class Token:
    """What signs requests: *access*, until *expires_at* (seconds since 1970; `None` when the vendor does not say).

    *facts*: what else the vendor told, such as `instance_url`. *pool*: all access tokens where one is picked per call.
    *refresh* never leaves the process: pickling drops it, so that no task can burn a single-use token.
    """

    access: Secret
    expires_at: float | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    issued_at: float | None = None
    pool: tuple[Secret, ...] = ()
    refresh: Secret | None = None

    def expires_soon(self, now: float, margin: float) -> bool:
        """Whether less than *margin* seconds of its life are left, or less than a quarter of a very short one."""
        if self.expires_at is None:
            return False
        life = self.expires_at - self.issued_at if self.issued_at is not None else margin * 4
        return now >= self.expires_at - min(margin, max(0.0, life) / 4)

    @property
    def pooled(self) -> bool:
        """Whether this is one of several, or stands for several."""
        return bool(self.pool)

    def singles(self) -> tuple[Token, ...]:
        """The tokens of a pool one by one; a token that stands for itself alone."""
        return tuple(replace(self, access=one) for one in self.pool) or (self,)

    def __reduce__(self) -> tuple[type[Token], tuple[Any, ...]]:
        return type(self), (self.access, self.expires_at, dict(self.facts), self.issued_at, self.pool)


@runtime_checkable
class TokenStore(Protocol):
    """Keeps the newest refresh token of a vendor that gives another one with each use."""

    def load(self) -> str | None:
        """The stored token; `None` before the first one."""
        ...

    def save(self, refresh_token: str) -> None:
        """Store it durably; called before the access token that came with it is used."""
        ...


@dataclass(frozen=True, slots=True)
class FileStore:
    """A file that only its owner can read."""

    path: Path

    def load(self) -> str | None:
        """The stored token; refuses a file that others can read."""
        try:
            with self.path.open(encoding="utf-8") as file:
                if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                    raise ConfigurationError(
                        f"The token store {self.path} can be read by other users", f"run chmod 600 {self.path}"
                    )
                return file.read().strip() or None
        except FileNotFoundError:
            return None

    def save(self, refresh_token: str) -> None:
        """Replace the file in one step: a crash leaves the old token or the new one, never a part."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(refresh_token)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
