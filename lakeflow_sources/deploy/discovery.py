"""Discovered tables to rows of the metadata CSV: grouped, scheduled, and dealt into balanced pipeline groups."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.preset_section import DiscoverSettings, Preset
from lakeflow_sources.deploy.problems import Problem, nearest, refuse
from lakeflow_sources.deploy.slug import slug
from lakeflow_sources.deploy.table_facts import TableFacts
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.errors import ConfigurationError

__all__ = ["discovered_tables", "preset_tables"]

_NO_CATEGORY = "other"
_EVERYTHING = "all"


def discovered_tables(
    facts: Iterable[TableFacts],
    settings: DiscoverSettings,
    *,
    dest_catalog: str = "",
    dest_schema: str = "",
    previous: Iterable[TableSpec] = (),
) -> tuple[TableSpec, ...]:
    """A row for each table, in the order of *facts* within each group.

    Tables of *previous* stay in their group, since a table that moves to another pipeline starts over.
    """
    facts = tuple(facts)
    if not settings.best_effort:
        _refuse_unreadable(facts)
    names = _destination_names(facts)
    groups: dict[str, list[TableSpec]] = {}
    for fact in facts:
        family = "cdc" if fact.ingestion_type.startswith("cdc") else fact.ingestion_type
        spec = TableSpec(
            source_table=fact.name,
            pipeline_group=_group(fact, family, settings.group_by),
            destination_table=names[fact.name],
            destination_catalog=dest_catalog,
            destination_schema=dest_schema,
            schedule=settings.schedules.get(family, ""),
            weight=settings.weights.get(family, 1.0),
            category=fact.category,
            ingestion_type=fact.ingestion_type,
            primary_keys=fact.primary_key,
            cursor_field=fact.cursor_field,
            comment=fact.comment,
            skip_reason=fact.problem,
        )
        groups.setdefault(spec.pipeline_group, []).append(spec)
    _refuse_mixed_schedules(groups)
    kept = {spec.source_table: spec.pipeline_group for spec in previous}
    specs = [spec for base, members in groups.items() for spec in _dealt(base, members, settings, kept)]
    return tuple(replace(spec, row=row) for row, spec in enumerate(specs, start=2))


def preset_tables(preset: Preset, facts: Callable[[], Iterable[TableFacts]]) -> tuple[TableSpec, ...]:
    """The tables of *preset* by its mode; *facts* asks the account, and is not called for a static CSV."""
    if preset.csv.mode == "static":
        return read_metadata(preset.file(preset.csv.path))
    known = tuple(facts())
    if preset.csv.mode == "manual":
        known = _named(preset.csv.tables, known, preset.path or "preset")
    return discovered_tables(known, preset.discover, dest_catalog=preset.dest_catalog, dest_schema=preset.dest_schema)


def _named(names: Sequence[str], facts: Sequence[TableFacts], source: Path | str) -> tuple[TableFacts, ...]:
    by_name = {fact.name: fact for fact in facts}
    refuse(
        source,
        [
            Problem("csv.tables", f"there is no table {name!r}", nearest(name, tuple(by_name)))
            for name in names
            if name not in by_name
        ],
    )
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _refuse_unreadable(facts: Iterable[TableFacts]) -> None:
    problems = [
        Problem(fact.name, fact.problem.rstrip("."), "grant the right, or leave it out with best effort")
        for fact in facts
        if fact.problem
    ]
    refuse("discovery", problems)


def _group(fact: TableFacts, family: str, group_by: str) -> str:
    category = fact.category or _NO_CATEGORY
    if group_by == "category":
        return category
    if group_by == "category_and_ingestion_type":
        return f"{category}_{family}"
    return family if group_by == "ingestion_type" else _EVERYTHING


def _refuse_mixed_schedules(groups: Mapping[str, Sequence[TableSpec]]) -> None:
    problems = []
    for group, members in groups.items():
        schedules = sorted({spec.schedule for spec in members if spec.schedule})
        if len(schedules) > 1:
            cause = f"its tables have the schedules {', '.join(map(repr, schedules))}"
            problems.append(Problem(f"group {group}", cause, "give them one, or group by ingestion type too"))
    refuse("discovery", problems)


def _dealt(
    base: str, members: Sequence[TableSpec], settings: DiscoverSettings, kept: Mapping[str, str]
) -> list[TableSpec]:
    """*members* in as few groups as the most tables of a group allows, of about equal weight."""
    most = settings.max_tables_per_group or len(members)
    count = -(-len(members) // most)
    names = [base] if count == 1 else [f"{base}_{number}" for number in range(1, count + 1)]
    bins: dict[str, list[TableSpec]] = {name: [] for name in names}
    own = re.compile(rf"{re.escape(base)}(_[0-9]+)?")
    chosen = {
        spec.source_table: kept[spec.source_table] for spec in members if own.fullmatch(kept.get(spec.source_table, ""))
    }
    for spec in members:
        if spec.source_table in chosen:
            bins.setdefault(chosen[spec.source_table], []).append(spec)
    for spec in sorted(members, key=lambda spec: -spec.weight):
        if spec.source_table not in chosen:
            free = [name for name, held in bins.items() if len(held) < most] or [_next(base, bins)]
            group = min(free, key=lambda name: sum(held.weight for held in bins.get(name, ())))
            bins.setdefault(group, []).append(spec)
            chosen[spec.source_table] = group
    return [
        replace(spec, pipeline_group=name) for name in bins for spec in members if chosen[spec.source_table] == name
    ]


def _next(base: str, bins: Mapping[str, object]) -> str:
    number = 1
    while f"{base}_{number}" in bins:
        number += 1
    return f"{base}_{number}"


def _destination_names(facts: Sequence[TableFacts]) -> dict[str, str]:
    """A destination for each table, numbered where two would meet."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for fact in sorted(facts, key=lambda fact: fact.name):
        try:
            wanted = slug(fact.name)
        except ConfigurationError:
            wanted = f"table_{zlib.crc32(fact.name.encode()):08x}"
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        names[fact.name] = name
    return names
