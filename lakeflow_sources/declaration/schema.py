"""JSON Schema of a declaration, for editors: `# yaml-language-server: $schema=FILE` in the first line."""

from __future__ import annotations

import json
from typing import Any

from lakeflow_sources.declaration.keys import DECLARATION

__all__ = ["json_schema", "schema_text"]


def json_schema() -> dict[str, Any]:
    """The schema that `declaration.schema.json` beside this module holds."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Declaration of an HTTP API for lakeflow-sources",
        **DECLARATION.schema(),
    }


def schema_text() -> str:
    """The text of that file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
