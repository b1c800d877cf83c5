"""Names that are safe as a file, a bundle key and a table at once: `[a-z0-9_]` and nothing else."""

from __future__ import annotations

import re
import unicodedata

from lakeflow_sources.errors import ConfigurationError

__all__ = ["LONGEST_SLUG", "notebook_slug", "slug"]

LONGEST_SLUG = 100


def slug(text: str) -> str:
    """*text* in lower case with accents dropped and every other run of characters as one underscore."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name:
        raise ConfigurationError(f"{text!r} has no letter a-z or digit to name a file by", "write one that has")
    if len(name) > LONGEST_SLUG:
        raise ConfigurationError(f"{text[:40]!r}... is too long for a name", f"keep it to {LONGEST_SLUG} characters")
    return name


def notebook_slug(connector_name: str, group: str) -> str:
    """Name of a group's notebook and pipeline: begins with the connector, so that two connectors never share one."""
    prefix, name = slug(connector_name), slug(group)
    return name if name == prefix or name.startswith(f"{prefix}_") else f"{prefix}_{name}"
