"""A folder that appears whole or not at all, and in the place of nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError

__all__ = ["write_folder"]


def write_folder(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Put *texts* by relative path into the new *folder*; raises `ConfigurationError` where there is one already."""
    if folder.exists() or folder.is_symlink():
        raise ConfigurationError(
            f"{folder} is there already, and nothing is written over it", "give another name or --output-dir"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        for name, text in texts.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        made.chmod(0o755)
        made.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return [folder / name for name in texts]


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{folder} cannot be written ({error.strerror or error})", "name another --output-dir")
