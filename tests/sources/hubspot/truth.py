"""What a correct read of the mock gives, worked out without the code under test."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

ENVELOPE = {"created_at": "createdAt", "updated_at": "updatedAt", "archived_at": "archivedAt"}


def value(text, kind):
    """A property as Spark gives it."""
    if text is None:
        return None
    if kind == "string":
        return text
    if text == "":
        return None
    if kind.startswith("decimal"):
        with localcontext() as context:
            context.prec = 100
            return Decimal(text).quantize(Decimal(1).scaleb(-18), rounding=ROUND_HALF_EVEN)
    if kind == "boolean":
        return text == "true"
    if kind == "date":
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text) / 1000, tz=UTC).date()
        return date.fromisoformat(text)
    return instant(text)


def instant(text):
    """An ISO time as the naive UTC datetime that Spark's collect gives in a UTC session."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def record(raw, schema):
    """A CRM record as a row of *schema*."""
    row = {}
    for field in schema:
        if field.name == "id":
            row["id"] = raw["id"]
        elif field.name in ENVELOPE:
            row[field.name] = instant(raw.get(ENVELOPE[field.name]))
        elif field.name == "_deleted":
            row["_deleted"] = raw.get("archived", False)
        else:
            row[field.name] = value(raw["properties"].get(field.name), field.dataType.simpleString())
    return row


def rows(frame):
    """Collected rows by id; fails on an id that comes twice."""
    found = {}
    for row in frame.collect():
        as_dict = row.asDict(recursive=True)
        assert as_dict["id"] not in found, f"{as_dict['id']} came twice"
        found[as_dict["id"]] = as_dict
    return found
