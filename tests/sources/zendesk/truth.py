"""What a correct read of the mock gives, worked out without the code under test."""

import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pyarrow as pa


def same(cell, raw, kind):
    """Whether *cell* is what *raw* must become in a column of this Arrow type."""
    if raw is None or (raw == "" and not pa.types.is_string(kind)):
        return cell is None
    if pa.types.is_string(kind):
        if isinstance(raw, str):
            return cell == raw
        return cell is not None and json.loads(cell) == raw
    if pa.types.is_list(kind):
        alike = isinstance(cell, list) and len(cell) == len(raw)
        return alike and all(same(one, two, kind.value_type) for one, two in zip(cell, raw, strict=True))
    if pa.types.is_struct(kind):
        return cell is not None and all(same(cell[one.name], raw.get(one.name), one.type) for one in kind)
    return cell == plain(raw, kind)


def plain(raw, kind):
    if pa.types.is_timestamp(kind):
        return moment(raw)
    if pa.types.is_date(kind):
        return date.fromisoformat(raw[:10])
    if pa.types.is_decimal(kind):
        with localcontext() as context:
            context.prec = 100
            return Decimal(str(raw)).quantize(Decimal(1).scaleb(-kind.scale), rounding=ROUND_HALF_EVEN)
    if pa.types.is_boolean(kind):
        assert isinstance(raw, bool), raw
        return raw
    assert pa.types.is_int64(kind), kind
    assert isinstance(raw, int) or raw.lstrip("-").isdigit(), raw
    return int(raw)


def moment(raw):
    if isinstance(raw, int):
        return datetime.fromtimestamp(raw, UTC)
    if raw[4] != "-":  # the basic form in which some times of deletion come
        raw = f"{raw[:4]}-{raw[4:6]}-{raw[6:]}"
    return datetime.fromisoformat(raw).astimezone(UTC)


def check(got, expected, key=("id",)):
    """Every row of the Arrow table *got* is one of *expected*, each of them once."""
    found = {}
    for row in got.to_pylist():
        name = tuple(row[one] for one in key)
        assert name not in found, f"{name} came twice"
        found[name] = row
    raw = {tuple(one[part] for part in key): one for one in expected}
    assert len(raw) == len(expected)
    assert found.keys() == raw.keys(), (len(found), len(raw), sorted(found.keys() ^ raw.keys())[:5])
    for name, row in found.items():
        for field in got.schema:
            if field.name == "_deleted":
                continue
            expect = raw[name].get(field.name)
            assert same(row[field.name], expect, field.type), (
                f"{name}.{field.name}: {row[field.name]!r} is not {expect!r}"
            )
