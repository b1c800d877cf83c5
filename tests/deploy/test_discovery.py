from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.declare import Cursor, Table
from lakeflow_sources.deploy.discovery import discovered_tables, preset_tables
from lakeflow_sources.deploy.metadata import read_metadata, write_metadata
from lakeflow_sources.deploy.preset_section import CsvSettings, DiscoverSettings, Preset
from lakeflow_sources.deploy.table_facts import TableFacts, table_facts
from lakeflow_sources.errors import ConfigurationError

FACTS = (
    TableFacts("contacts", ("id",), "updatedAt", "cdc_with_deletes", "CRM objects", "People"),
    TableFacts("owners", ("id",), "", "snapshot", "reference"),
    TableFacts("deals", ("id",), "updatedAt", "cdc", "CRM objects"),
    TableFacts("events", (), "at", "append"),
)


def groups(chosen: DiscoverSettings, facts: tuple[TableFacts, ...] = FACTS) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for spec in discovered_tables(facts, chosen):
        found.setdefault(spec.pipeline_group, []).append(spec.source_table)
    return found


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("ingestion_type", {"cdc": ["contacts", "deals"], "snapshot": ["owners"], "append": ["events"]}),
        ("category", {"CRM objects": ["contacts", "deals"], "reference": ["owners"], "other": ["events"]}),
        ("category_and_ingestion_type", {"CRM objects_cdc": ["contacts", "deals"], "reference_snapshot": ["owners"], "other_append": ["events"]}),
        ("none", {"all": ["contacts", "owners", "deals", "events"]}),
    ],
)  # fmt: skip
def test_grouping(group_by: str, expected: dict[str, list[str]]) -> None:
    assert groups(DiscoverSettings(group_by)) == expected


def test_a_row_has_all_that_is_known(tmp_path: Path) -> None:
    chosen = DiscoverSettings(schedules={"cdc": "*/5 * * * *"}, weights={"cdc": 2.0})
    specs = discovered_tables(FACTS, chosen, dest_catalog="main", dest_schema="hub")
    first = specs[0]
    assert (first.source_table, first.destination, first.schedule, first.weight) == (
        "contacts",
        "main.hub.contacts",
        "*/5 * * * *",
        2.0,
    )
    assert (first.ingestion_type, first.primary_keys, first.cursor_field, first.comment) == (
        "cdc_with_deletes",
        ("id",),
        "updatedAt",
        "People",
    )
    assert specs[-1].schedule == ""
    assert read_metadata(write_metadata(tmp_path / "tables.csv", specs)) == specs


def test_different_schedules_cannot_share_a_group() -> None:
    schedules = {"cdc": "*/5 * * * *", "snapshot": "0 4 * * *"}
    with pytest.raises(
        ConfigurationError, match="group all: its tables have the schedules '\\*/5 \\* \\* \\* \\*', '0 4 \\* \\* \\*'"
    ):
        discovered_tables(FACTS, DiscoverSettings("none", schedules))
    discovered_tables(FACTS, DiscoverSettings("ingestion_type", schedules))


def test_unreadable_tables() -> None:
    facts = (*FACTS, TableFacts("forms", problem="the scope forms is missing."))
    with pytest.raises(ConfigurationError, match="discovery: forms: the scope forms is missing: grant the right"):
        discovered_tables(facts, DiscoverSettings())
    specs = discovered_tables(facts, DiscoverSettings(best_effort=True))
    assert {spec.source_table: spec.skip_reason for spec in specs if spec.skip_reason} == {
        "forms": "the scope forms is missing."
    }


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([1.0, 2.0, 5.0, 0.5]), min_size=1, max_size=40), st.integers(1, 12))
def test_packing(weights: list[float], most: int) -> None:
    families = {1.0: "snapshot", 2.0: "append", 5.0: "cdc", 0.5: "cdc_with_deletes"}
    facts = tuple(TableFacts(f"t{number}", ingestion_type=families[weight]) for number, weight in enumerate(weights))
    chosen = DiscoverSettings("none", weights={"snapshot": 1.0, "append": 2.0, "cdc": 5.0}, max_tables_per_group=most)
    specs = discovered_tables(facts, chosen)
    assert sorted(spec.source_table for spec in specs) == sorted(fact.name for fact in facts)
    found: dict[str, list[float]] = {}
    for spec in specs:
        found.setdefault(spec.pipeline_group, []).append(spec.weight)
    assert len(found) == -(-len(weights) // most)
    assert max(map(len, found.values())) <= most
    assert discovered_tables(facts, chosen) == specs


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 60), st.integers(1, 12))
def test_equal_tables_are_spread_evenly(count: int, most: int) -> None:
    facts = tuple(TableFacts(f"t{number}") for number in range(count))
    sizes = [len(members) for members in groups(DiscoverSettings(max_tables_per_group=most), facts).values()]
    assert max(sizes) - min(sizes) <= 1


def test_heavy_tables_are_spread() -> None:
    facts = tuple(TableFacts(f"h{number}", ("id",), "u", "cdc") for number in range(3)) + tuple(
        TableFacts(f"l{number}") for number in range(9)
    )
    chosen = DiscoverSettings("none", weights={"cdc": 10.0}, max_tables_per_group=4)
    for members in groups(chosen, facts).values():
        assert len([name for name in members if name.startswith("h")]) == 1


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 6))
def test_known_tables_stay_in_their_groups(before: int, after: int, most: int) -> None:
    facts = [TableFacts(f"t{number}") for number in range(before + after)]
    chosen = DiscoverSettings(max_tables_per_group=most)
    first = discovered_tables(facts[after:], chosen)
    second = discovered_tables(facts, chosen, previous=first)
    where = {spec.source_table: spec.pipeline_group for spec in second}
    assert all(where[spec.source_table] == spec.pipeline_group for spec in first)
    sizes = [list(where.values()).count(group) for group in set(where.values())]
    assert max(sizes) <= most
    other = [replace(spec, pipeline_group=f"mine_{number}") for number, spec in enumerate(first)]
    assert discovered_tables(facts[after:], chosen, previous=other) == first


def test_destinations_never_meet(tmp_path: Path) -> None:
    facts = tuple(TableFacts(name) for name in ("a-b", "a_b", "A b", "日本", "中国"))
    specs = discovered_tables(facts, DiscoverSettings())
    assert read_metadata(write_metadata(tmp_path / "tables.csv", specs)) == specs
    assert len({spec.destination_table for spec in specs}) == 5


def test_facts_of_a_declared_table() -> None:
    table = Table("contacts", (), ("id",), Cursor("updatedAt"), "cdc", category="crm", description="People")
    assert table_facts(table) == TableFacts("contacts", ("id",), "updatedAt", "cdc", "crm", "People")
    assert table_facts(Table("owners", ())) == TableFacts("owners")


def test_modes_of_a_preset(tmp_path: Path) -> None:
    preset = Preset("hubspot", dest_catalog="main", dest_schema="hub")
    assert [spec.source_table for spec in preset_tables(preset, lambda: FACTS)] == [
        "contacts",
        "deals",
        "owners",
        "events",
    ]
    manual = replace(preset, csv=CsvSettings("manual", tables=("owners", "contacts", "owners")))
    assert [spec.destination for spec in preset_tables(manual, lambda: FACTS)] == [
        "main.hub.owners",
        "main.hub.contacts",
    ]
    unknown = replace(preset, csv=CsvSettings("manual", tables=("owner", "contacts")))
    with pytest.raises(ConfigurationError, match="csv.tables: there is no table 'owner': write owners"):
        preset_tables(unknown, lambda: FACTS)
    (tmp_path / "tables.csv").write_text("source_table,pipeline_group\nx,y\n")
    static = replace(preset, csv=CsvSettings("static", "tables.csv"), path=tmp_path / "deploy_preset.json")

    def never() -> tuple[TableFacts, ...]:
        raise AssertionError(json.dumps("a static CSV asks no account"))

    assert [spec.source_table for spec in preset_tables(static, never)] == ["x"]
