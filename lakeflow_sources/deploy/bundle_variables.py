"""Variables of a bundle, which are filled in inside its YAML and nowhere else."""

from __future__ import annotations

import re

from lakeflow_sources.errors import ConfigurationError

__all__ = ["refuse_variable"]

_VARIABLE = re.compile(r"\$\{(?:var|bundle|workspace|resources)\.[^}]*\}")


def refuse_variable(name: str, value: object) -> None:
    """Raise `ConfigurationError` where *value* of the option *name* would stand in a notebook as it is written."""
    found = _VARIABLE.search(value) if isinstance(value, str) else None
    if found:
        raise ConfigurationError(
            f"option {name} has {found[0]}, which nobody fills in inside a notebook",
            "write the value itself, or name it in dynamic_options as configuration:KEY and set KEY for the pipeline",
        )
