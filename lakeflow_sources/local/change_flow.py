"""What a notebook asks of a change flow, as a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - as everyone calls it

from lakeflow_sources.errors import ConfigurationError

__all__ = ["CHANGES", "ChangeFlow"]

CHANGES = "__changes"
_HISTORY = 2


@dataclass(frozen=True)
class ChangeFlow:
    """What a notebook told `create_auto_cdc_flow`."""

    target: str
    source: str
    keys: tuple[str, ...]
    sequence_by: Column
    deletes: Column | None
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    tracked: tuple[str, ...]
    untracked: tuple[str, ...]
    history: bool
    name: str
    """Empty for the one flow that most tables have."""

    @property
    def stream(self) -> str:
        """The table that keeps the changes: one for each flow, as two streams must not write one folder of parquet."""
        return f"{self.target}{CHANGES}{self.name and '__'}{re.sub(r'[^A-Za-z0-9_]', '_', self.name)}"

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - the signature that notebooks call
        cls,
        target: str,
        source: str,
        keys: Sequence[str | Column],
        sequence_by: str | Column,
        apply_as_deletes: str | Column | None = None,
        column_list: Sequence[str | Column] | None = None,
        except_column_list: Sequence[str | Column] | None = None,
        stored_as_scd_type: int | str | None = None,
        name: str | None = None,
        *,
        track_history_column_list: Sequence[str | Column] | None = None,
        track_history_except_column_list: Sequence[str | Column] | None = None,
        spark_conf: object = None,  # noqa: ARG003 - parquet has nothing to set
        **others: object,
    ) -> ChangeFlow:
        """The flow of these arguments; those that a local run cannot honour are refused."""
        flow = cls(
            target=target,
            source=source,
            keys=_names(keys),
            sequence_by=_expression(sequence_by),
            deletes=None if apply_as_deletes is None else _expression(apply_as_deletes, sql=True),
            columns=_names(column_list),
            left_out=_names(except_column_list),
            tracked=_names(track_history_column_list),
            untracked=_names(track_history_except_column_list),
            history=str(stored_as_scd_type or 1) == str(_HISTORY),
            name="" if name in {None, target} else str(name),
        )
        _check(flow, stored_as_scd_type, sorted(option for option, value in others.items() if value))
        return flow


def _names(columns: Sequence[str | Column] | None) -> tuple[str, ...]:
    """Plain names of *columns*; a `Column` shows its own only in its text."""
    texts = (
        column if isinstance(column, str) else re.sub(r"^Column<'(.*)'>$", r"\1", str(column))
        for column in columns or ()
    )
    return tuple(text.strip("`").replace("``", "`") for text in texts)


def _expression(value: str | Column, *, sql: bool = False) -> Column:
    """A name or, with blanks or brackets in it, an SQL expression."""
    if not isinstance(value, str):
        return value
    return F.expr(value) if sql or re.search(r"[\s()`]", value) else F.col(value)


def _check(flow: ChangeFlow, scd_type: object, others: Sequence[str]) -> None:
    place = f"The change flow into {flow.target!r}"
    if others:
        raise ConfigurationError(f"{place} sets {', '.join(others)}, which needs Databricks", "leave it out locally")
    if not flow.keys:
        raise ConfigurationError(f"{place} has no keys", "name the primary key")
    if str(scd_type or 1) not in {"1", "2"}:
        raise ConfigurationError(f"{place} has stored_as_scd_type={scd_type!r}", "write 1 or 2")
    for taken, others_taken in ((flow.columns, flow.left_out), (flow.tracked, flow.untracked)):
        if taken and others_taken:
            raise ConfigurationError(f"{place} lists columns both to take and to leave out", "give one of the lists")
    if (flow.tracked or flow.untracked) and not flow.history:
        raise ConfigurationError(f"{place} tracks columns but keeps no history", "set stored_as_scd_type to 2")
