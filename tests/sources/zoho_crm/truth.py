"""What a correct read of the mock gives, worked out from its metadata without the code under test."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

USER = ("id", "name", "email")
JSON = {"fileupload", "imageupload", "consent_lookup", "ALARM", "RRULE", "layout"}


class Truth:
    """Expected rows of the modules of a mock."""

    def __init__(self, mock):
        self.mock = mock
        self.fields = {}
        for one in mock.rows("Fields"):
            self.fields.setdefault(one["module"], []).append(one)

    def rows(self, module, deletes=False):
        """Live records by id."""
        return {one["id"]: self.row(module, one, deletes) for one in self.mock.rows(module)}

    def row(self, module, raw, deletes=False):
        row = {"id": raw["id"]}
        for one in self.fields[module]:
            row[one["api_name"]] = self.value(one, raw.get(one["api_name"]), one["api_name"] in raw)
        if deletes:
            row["_deleted"] = False
        return row

    def value(self, one, raw, present=True):
        kind = one["data_type"]
        if kind == "multiselectpicklist" or one["api_name"] == "Tag":
            return (raw or []) if present else None
        if raw is None:
            return None
        if kind == "formula":
            kind = {"string": "text"}.get(one["formula"]["return_type"], one["formula"]["return_type"])
        if kind in JSON or (kind == "bigint" and one["json_type"] == "jsonarray"):
            return raw
        return self.single(one, kind, raw)

    def single(self, one, kind, raw):
        if kind in {"currency", "double", "percent", "rollup_summary"}:
            return raw if one["decimal_place"] is None and kind != "currency" else Decimal(str(raw))
        if kind == "bigint":
            return int(raw)
        if kind == "datetime":
            return instant(raw)
        if kind == "date":
            return date.fromisoformat(raw)
        if kind == "lookup":
            return {"id": raw["id"], "name": raw["name"]}
        if kind in {"ownerlookup", "userlookup"}:
            return {name: raw[name] for name in USER}
        if kind == "multiselectlookup":
            return [{"linking_id": link["id"], **next(v for v in link.values() if isinstance(v, dict))} for link in raw]
        if kind == "multiuserlookup":
            return [{"linking_id": link["id"], **link[one["api_name"]]} for link in raw]
        if kind == "subform":
            inner = [
                field for field in self.fields[one["associated_module"]["module"]] if field["api_name"] != "Parent_Id"
            ]
            return [
                {"id": row["id"], **{f["api_name"]: self.value(f, row[f["api_name"]]) for f in inner}} for row in raw
            ]
        return raw


def instant(text):
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def plain(value):
    """A value that was read, as the truth shows it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def by_id(rows, types):
    """Rows that were read by id; fails on one that comes twice."""
    found = {}
    for row in rows:
        shown = {
            key: plain(json.loads(one) if one is not None and types[key] == "json" else one) for key, one in row.items()
        }
        assert shown["id"] not in found, f"{shown['id']} came twice"
        found[shown["id"]] = shown
    return found
