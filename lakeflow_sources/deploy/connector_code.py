"""The code that a deployment puts into the volume: a wheel that is named, else the single-file source."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lakeflow_sources.deploy.deployment import Code
from lakeflow_sources.deploy.preset_section import Preset
from lakeflow_sources.deploy.single_source import build_source, source_name
from lakeflow_sources.errors import ConfigurationError

__all__ = ["connector_code"]

_WHEEL = re.compile(r"[A-Za-z0-9_.]+-[A-Za-z0-9_.!+]+(-[A-Za-z0-9_.]+){3}\.whl")


def connector_code(preset: Preset, wheel: str = "", say: Callable[[str], None] = lambda _: None) -> Code:
    """The *wheel* at a path, else what `generated_source_rel_path` names, else the source built here."""
    if wheel:
        return _wheel(Path(wheel))
    name = preset.connector_name
    fresh = build_source(name)
    if not preset.pipeline.serverless:
        needed = ", ".join(fresh.libraries)
        say(f"classic clusters run the single-file source only where {needed} are installed: --wheel brings them along")
    own = preset.file(preset.generated_source_rel_path) if preset.generated_source_rel_path else None
    if own is None or not own.is_file():
        return Code(source_name(name), fresh.text.encode(), fresh.libraries)
    text = own.read_text("utf-8")
    if text != fresh.text:
        say(f"{own} is not what the code here comes to: run build-source {name} to renew it")
    return Code(source_name(name), text.encode(), fresh.libraries)


def _wheel(path: Path) -> Code:
    if not _WHEEL.fullmatch(path.name):
        raise ConfigurationError(f"{path.name!r} is not the name of a wheel", "build one with python -m build --wheel")
    try:
        return Code(path.name, path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"The wheel {path} cannot be read ({error.strerror})", "build it with python -m build --wheel"
        ) from None
