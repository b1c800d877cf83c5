"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError

__all__ = ["write_file", "write_files"]


def write_file(path: Path, text: str) -> Path:
    """Put *text* at *path* in one step."""
    return write_files(path.parent, {path.name: text})[0]


def write_files(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Put *texts* by name into *folder*: all are on disk before the first takes its place, and none leaves *folder*."""
    targets = {_inside(folder, name): text.encode() for name, text in texts.items()}
    waiting: dict[Path, Path] = {}
    try:
        for target, content in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if not (target.is_file() and target.read_bytes() == content):
                waiting[target] = _beside(target, content)
        for target in list(waiting):
            waiting[target].replace(target)
            del waiting[target]
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written ({error.strerror or error})", "name another folder or free this one"
        ) from error
    finally:
        for leftover in waiting.values():
            leftover.unlink(missing_ok=True)
    return list(targets)


def _inside(folder: Path, name: str) -> Path:
    target = folder / name
    place = target.parent.resolve() / target.name
    if target == folder or ".." in target.parts[-1:] or not place.is_relative_to(folder.resolve()):
        raise ConfigurationError(f"{name!r} lies outside {folder}", "name a file inside it")
    if target.is_dir():
        raise ConfigurationError(f"{target} cannot be written, it is a folder", "move it away")
    return target


def _beside(target: Path, content: bytes) -> Path:
    """A file with *content* in the folder of *target*, with the rights that a new file has there."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        path.chmod(0o666 & ~_umask())
    except OSError:
        path.unlink()
        raise
    return path


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
