"""Connectors by declaration: a page of YAML or JSON becomes the same values as a connector in Python.

text ──> document ──> keys ──────> connector
         lines        one shape    templates, auth, calls, paging, slices, columns
                      and schema
"""

from __future__ import annotations

from lakeflow_sources.declaration.load import UnseenError, load
from lakeflow_sources.declaration.schema import json_schema

__all__ = ["UnseenError", "json_schema", "load"]
