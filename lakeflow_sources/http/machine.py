"""What the processes of one user on one machine share: a private folder, and turns."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: one process is all that can be coordinated
    fcntl = None  # type: ignore[assignment]

__all__ = ["alone", "fcntl", "folder"]

_LOG = logging.getLogger("lakeflow_sources.http")


def folder() -> Path | None:
    """A folder of this user that nobody else can write to, or `None` where there can be none."""
    owner = os.getuid() if hasattr(os, "getuid") else 0
    home = Path(tempfile.gettempdir()) / f"lakeflow-sources-{owner}"
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        found = home.lstat()
        private = stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
    except OSError:
        private = False
    if not private:
        _LOG.warning("%s is not a private folder of this user: processes of this machine pace their calls alone", home)
    return home if private else None


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Only one process of this user on this machine is inside with *name*."""
    home = folder()
    if home is None or fcntl is None:
        yield
        return
    path = home / f"{hashlib.sha256(name.encode()).hexdigest()[:40]}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
