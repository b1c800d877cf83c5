"""Which records a query means, and the way to each value that it selects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import Field
from .ids import number_in
from .org import Org, Thing
from .records import DELETED, LIVE, Index, Records
from .refusals import bad, bad_query
from .soql import Condition, Query

__all__ = ["Path", "path_of", "select"]

_TIMES = {"created": "created", "modified": "modified", "stamp": "stamp"}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@dataclass(frozen=True, slots=True)
class Path:
    """Reference fields to follow, and the field at their end."""

    text: str
    steps: tuple[Field, ...]
    field: Field


def path_of(org: Org, thing: Thing, text: str) -> Path:
    """The way that *text*, such as `Owner.Name`, leads; raises `Refused` where it leads nowhere."""
    steps: list[Field] = []
    kind = thing.kind
    *relations, last = text.split(".")
    for name in relations:
        step = next((one for one in kind.fields if one.relationship.lower() == name.lower() and one.to), None)
        if step is None:
            raise bad("INVALID_FIELD", f"Didn't understand relationship '{name}' in field path.")
        steps.append(step)
        kind = org.thing(step.to[0] if len(step.to) == 1 else "Name").kind
    field = kind.find(last)
    if field is None:
        raise bad("INVALID_FIELD", f"No such column '{last}' on entity '{kind.name}'.")
    return Path(text, tuple(steps), field)


def select(org: Org, query: Query, *, everything: bool) -> Index:
    """Indexes of the records that match, in the order asked for; *everything* takes deleted and archived ones in."""
    thing = org.queried(query.object)
    _check_filter(thing, query)
    records = thing.records
    mask = records.state == LIVE
    if everything:
        bin_ends = org.now() - org.retention
        kept = [one for one, at in records.deleted_at.items() if at >= bin_ends and records.state[one] == DELETED]
        mask[kept] = True
    else:
        mask &= ~records.archived
    for condition in query.conditions:
        mask &= _matches(org, thing, condition, mask, query)
    found: Index = np.flatnonzero(mask)
    found = _ordered(org, thing, query, found)
    return found if query.limit is None else found[: query.limit]


def _check_filter(thing: Thing, query: Query) -> None:
    wanted = thing.kind.filtered
    if wanted and not any(one.path in wanted and one.operator in {"=", "IN"} for one in query.conditions):
        names = " or ".join(wanted)
        raise bad_query(
            query.text,
            f"Implementation restriction: {thing.kind.name} requires a filter by a single Id on {names} "
            "using the equals operator or multiple Id's using the IN operator.",
        )


def _matches(org: Org, thing: Thing, condition: Condition, mask: NDArray[np.bool_], query: Query) -> NDArray[np.bool_]:
    path = path_of(org, thing, condition.path)
    records, fill = thing.records, path.field.fill
    if path.steps:
        raise bad_query(query.text, "conditions on parents are not supported by this mock")
    if fill in _TIMES:
        column: Index = getattr(records, _TIMES[fill])
        return np.asarray(_COMPARE[condition.operator](column, _seconds(condition, query)))
    if fill == "id":
        return _by_id(records, condition)
    if fill in {"deleted", "archived"}:
        flags = records.state == DELETED if fill == "deleted" else records.archived
        return np.asarray(flags == _truth(condition, query))
    result = np.zeros(len(records), dtype=bool)
    wanted = set(condition.value) if condition.operator == "IN" else {_typed(path.field, condition)}
    compare = _COMPARE.get(condition.operator)
    for index in np.flatnonzero(mask).tolist():
        value = thing.raw(path.field, index)
        if condition.operator == "IN":
            result[index] = value in wanted
        elif compare is not None:
            other = next(iter(wanted))
            known = value is not None or condition.operator in {"=", "!="}
            result[index] = known and bool(compare(_comparable(value, other), other))
    return result


def _typed(field: Field, condition: Condition) -> Any:
    value = condition.value
    if not condition.quoted and str(value).upper() == "NULL":
        return None
    if field.type == "boolean":
        return str(value).upper() == "TRUE"
    return Decimal(value) if field.numeric else value


def _comparable(value: Any, other: Any) -> Any:
    return Decimal(value) if isinstance(other, Decimal) and isinstance(value, str) else value


def _truth(condition: Condition, query: Query) -> bool:
    if condition.quoted or str(condition.value).upper() not in {"TRUE", "FALSE"}:
        raise bad_query(query.text, f"value of filter criterion for field '{condition.path}' must be of type boolean")
    return (str(condition.value).upper() == "TRUE") == (condition.operator == "=")


def _seconds(condition: Condition, query: Query) -> int:
    """A datetime literal, exact to the second; quoted or without a zone it is an error, as with the vendor."""
    try:
        parsed = datetime.fromisoformat(str(condition.value))
    except ValueError:
        parsed = None
    if condition.quoted or parsed is None or parsed.tzinfo is None:
        message = f"value of filter criterion for field '{condition.path}' must be of type dateTime"
        raise bad_query(query.text, message)
    return int(parsed.timestamp())


def _by_id(records: Records, condition: Condition) -> NDArray[np.bool_]:
    values = condition.value if condition.operator == "IN" else (condition.value,)
    numbers = [number_in(value) for value in values]
    if not condition.quoted or None in numbers:
        raise bad("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {values[0]}")
    if condition.operator == "IN":
        mine = [one for one, text in zip(numbers, values, strict=True) if text.startswith(records.kind.prefix)]
        return np.isin(records.numbers, np.array(mine, dtype=np.int64))
    if values[0][:3] != records.kind.prefix:
        return np.full(len(records), condition.operator in ({">", ">="} if values[0] < records.kind.prefix else {"<"}))
    return np.asarray(_COMPARE[condition.operator](records.numbers, numbers[0]))


def _ordered(org: Org, thing: Thing, query: Query, found: Index) -> Index:
    for text, down in reversed(query.order):
        fill = path_of(org, thing, text).field.fill
        if fill == "id":
            column = thing.records.numbers[found]
        elif fill in _TIMES:
            column = getattr(thing.records, _TIMES[fill])[found]
        else:
            raise bad_query(query.text, f"field '{text}' can not be sorted in a query call")
        found = found[np.argsort(-column if down else column, kind="stable")]
    return found
