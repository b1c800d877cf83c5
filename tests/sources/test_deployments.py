"""The preset of each connector and its CSV say what the connector declares."""

from pathlib import Path

import pytest

from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.table_facts import contradictions, ingestion_problems, table_facts
from lakeflow_sources.options import COMMON_OPTIONS
from lakeflow_sources.redact import SECRET_NAME
from lakeflow_sources.registry import connector

SOURCES = Path(__file__).resolve().parents[2] / "sources"
PRESETS = {path.parts[-3]: load_preset(path) for path in sorted(SOURCES.glob("*/deployment/deploy_preset.json"))}
LISTED = [name for name, preset in PRESETS.items() if preset.csv.path]
LEFT_OUT = {
    "github": ({"issue_timeline", "pull_request_details"}, {"issues", "reviews", "workflow_jobs"}),  # dear
    "zendesk": ({"side_conversations", "audit_logs", "custom_roles"}, {"tickets"}),  # they need an add-on
}
MERGED = {"append": "cdc"}  # late and edited values of a plant take the place of what was there


def specs_of(name):
    preset = PRESETS[name]
    return read_metadata(preset.file(preset.csv.path))


def facts_of(name):
    found = connector(name)
    tables = found.static_tables if callable(found.tables) else found.tables
    return {table.name: table_facts(table) for table in tables}


def test_every_vendor_has_a_preset():
    assert set(PRESETS) == {path.name for path in SOURCES.iterdir() if (path / "connector.py").exists()} - {"http"}
    discovered = {name for name, preset in PRESETS.items() if preset.csv.mode == "discover"}
    assert discovered == {"hubspot", "zoho_crm"}  # an account's objects and modules are its own
    assert set(LISTED) == set(PRESETS) - {"hubspot"}


@pytest.mark.parametrize("name", PRESETS)
def test_the_preset_maps_a_complete_sign_in_and_sets_options_that_exist(name):
    found, config = connector(name), PRESETS[name].connector_config
    options = {option.name for option in (*COMMON_OPTIONS, *found.options)}
    signs_in = {*config.secret_mappings, *config.static_options, *config.dynamic_options}
    assert any(set(one) <= signs_in for one in found.credentials)
    assert signs_in <= options


@pytest.mark.parametrize("name", PRESETS)
def test_secret_options_are_named_so_that_spark_hides_them(name):
    assert all(SECRET_NAME.search(option.name) for option in connector(name).options if option.secret)


@pytest.mark.parametrize("name", LISTED)
def test_the_csv_has_tables_as_they_are_declared(name):
    specs, facts = specs_of(name), facts_of(name)
    listed = {spec.source_table for spec in specs}
    assert listed == set(facts) if PRESETS[name].csv.mode == "static" else listed <= set(facts)
    assert list(contradictions(specs, facts.values())) == []
    assert list(ingestion_problems(specs)) == []
    for spec in specs:
        fact = facts[spec.source_table]
        assert (spec.primary_keys, spec.category) == (fact.primary_key, fact.category), spec.source_table
        assert spec.ingestion_type in {fact.ingestion_type, MERGED.get(fact.ingestion_type)}, spec.source_table
        if spec.ingestion_type != "snapshot":  # a snapshot needs no cursor, though the table may have one
            assert spec.cursor_field == fact.cursor_field, spec.source_table


@pytest.mark.parametrize("name", LISTED)
def test_the_tables_of_a_group_have_one_schedule(name):
    schedules = {(spec.pipeline_group, spec.schedule) for spec in specs_of(name)}
    assert len(schedules) == len({group for group, _ in schedules}) > 1


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_dear_or_needs_an_add_on_is_left_out_until_somebody_wants_it(name):
    left_out = {spec.source_table for spec in specs_of(name) if spec.skip_reason}
    dear, usual = LEFT_OUT[name]
    assert dear <= left_out
    assert not usual & left_out
