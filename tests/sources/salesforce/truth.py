"""What a correct read of the mock gives, worked out without the code under test."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext


def value(raw, kind):
    """A field as Spark gives it."""
    if raw is None or isinstance(raw, bool):
        return raw
    if kind.startswith("decimal"):
        scale = int(kind.rstrip(")").partition(",")[2])
        with localcontext() as context:
            context.prec = 100
            return Decimal(raw).quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_EVEN)
    if kind in {"int", "bigint"}:
        return int(raw)
    if kind == "double":
        return float(raw)
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "timestamp":
        return instant(raw)
    if kind == "array<string>":
        return raw.split(";")
    if kind.startswith("struct"):
        names = [part.partition(":")[0] for part in kind[7:-1].split(",")]
        numbers = {"latitude", "longitude"}
        return {name: float(raw[name]) if name in numbers and raw.get(name) else raw.get(name) for name in names}
    assert kind == "string", kind
    return raw


def instant(text):
    """An ISO time as the naive UTC datetime that Spark's collect gives in a UTC session."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def record(raw, schema, deleted=False):
    """A record as a row of *schema*."""
    row = {}
    for field in schema:
        if field.name == "_deleted":
            row["_deleted"] = deleted
        else:
            row[field.name] = value(raw[field.name], field.dataType.simpleString())
    return row


def table(mock, name, schema):
    """All live rows by id."""
    return {one["Id"]: record(one, schema) for one in mock.rows(name)}


def rows(frame):
    """Collected rows by id; fails on an id that comes twice."""
    found = {}
    for row in frame.collect():
        as_dict = row.asDict(recursive=True)
        assert as_dict["Id"] not in found, f"{as_dict['Id']} came twice"
        found[as_dict["Id"]] = as_dict
    return found
