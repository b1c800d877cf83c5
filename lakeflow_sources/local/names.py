"""Names of Unity Catalog in the one catalog that a laptop has."""

from __future__ import annotations

import re

from lakeflow_sources.errors import ConfigurationError

__all__ = ["CATALOG", "full_name", "local_table", "local_view", "name_parts"]

CATALOG = "spark_catalog"
_PART = r"(?:`((?:[^`]|``)+)`|([^`.]+))"
_NAME = re.compile(rf"{_PART}(?:\.{_PART}){{0,2}}")


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of *name* between its dots, without their backticks."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} is not the name of a table", "write catalog.schema.table or a part of it")
    return tuple(quoted.replace("``", "`") or plain.strip() for quoted, plain in re.findall(_PART, name))


def local_table(name: str, schema: str) -> str:
    """`schema.table` for *name*: any catalog is left out, *schema* is taken where it has none.

    The local metastore knows letters, digits and `_` only, so that all else becomes `_`.
    """
    *outer, table = (re.sub(r"\W", "_", part, flags=re.ASCII) for part in name_parts(name))
    return f"{outer[-1] if outer else schema}.{table}"


def full_name(table: str) -> str:
    """*table* of a local name with its catalog: `github.issues` alone would be a file for the source of that name."""
    return f"{CATALOG}.{table}"


def local_view(name: str) -> str:
    """*name* of a temporary view, which can have one part only."""
    parts = name_parts(name)
    if len(parts) > 1:
        raise ConfigurationError(f"The temporary view {name!r} has a schema", f"name it {parts[-1]!r}")
    return parts[0]
