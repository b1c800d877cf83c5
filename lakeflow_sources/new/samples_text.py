"""The samples of a draft: `api.yaml`, and a file of records for each table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lakeflow_sources.new.draft import Draft, TableDraft
from lakeflow_sources.new.scalars import flow

__all__ = ["SAMPLE", "samples_files"]

_HEAD = """\
# How the API answers, for tests: `lakeflow-sources mock-server ./{name}` serves it on loopback.
# Put real answers into the JSON files, with what is private in them changed. Keep `size` small: it tries paging.
"""
_SIZE = 2
_OPTION = re.compile(r"\{\{ options\.\w+ \}\}")
SAMPLE = "sample"
"""The value of every option that is no credential."""


def samples_files(draft: Draft) -> dict[str, str]:
    """Texts by file name."""
    files = {"api.yaml": _api(draft)}
    for table in draft.tables:
        lines = (json.dumps(record, ensure_ascii=False) for record in table.records)
        files[f"{table.name}.json"] = "[\n  " + ",\n  ".join(lines) + "\n]\n"
    return files


def _api(draft: Draft) -> str:
    base = draft.base_url.partition("://")[2].partition("/")[2]
    lines = [_HEAD.format(name=f"lakeflow_{draft.name}").rstrip()]
    if base:
        lines.append(f"base_path: {flow('/' + base)}")
    if draft.options:
        lines.append(f"options: {flow(dict.fromkeys(draft.options, SAMPLE))}")
    lines.append(f"sign_in: {flow(_sign_in(draft.auth))}")
    lines.append("tables:")
    for table in draft.tables:
        lines.append(f"  {table.name}:")
        lines += [f"    {name}: {flow(value)}" for name, value in _table(table).items() if value]
    return "\n".join(lines) + "\n"


def _sign_in(auth: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: auth[name] for name in ("type", "header", "query") if name in auth} or {"type": "none"}
    if "token_url" in auth:
        address = auth["token_url"]
        found["token_path"] = "/" + address.partition("://")[2].partition("/")[2] if "://" in address else address
    return found


def _table(table: TableDraft) -> dict[str, Any]:
    window = {}
    if table.cursor is not None and (table.cursor.start_param or table.cursor.end_param):
        names = ("field", "start_param", "end_param")
        window = {name: value for name in names if (value := getattr(table.cursor, name))}
        window["field"] = next((one.path or one.name for one in table.columns if one.name == table.cursor.field), "")
    return {
        "path": _OPTION.sub(SAMPLE, table.path),
        "records": table.at,
        "paging": {**table.paging, "size": _SIZE} if table.paging else None,
        "window": window,
    }
