"""The preset and its CSV say what the connector declares."""

from pathlib import Path

from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.table_facts import contradictions, ingestion_problems, table_facts
from lakeflow_sources.options import COMMON_OPTIONS
from lakeflow_sources.registry import connector

CONNECTOR = connector("zoho_crm")
TABLES = CONNECTOR.static_tables or CONNECTOR.tables
HOME = Path(__file__).resolve().parents[3] / "sources" / "zoho_crm"
PRESET = load_preset(HOME / "deployment" / "deploy_preset.json")


def test_the_csv_names_tables_as_they_are_declared():
    specs = read_metadata(PRESET.file(PRESET.csv.path))
    facts = [table_facts(table) for table in TABLES]
    assert list(contradictions(specs, facts)) == []
    assert list(ingestion_problems(specs)) == []
    declared = {fact.name: fact for fact in facts}
    for spec in specs:
        fact = declared[spec.source_table]
        assert (spec.primary_keys, spec.category) == (fact.primary_key, fact.category)
    assert {"Leads", "Deals", "Users", "Deleted_Records"} <= {spec.source_table for spec in specs}


def test_the_tables_of_a_group_have_one_schedule():
    schedules = {(spec.pipeline_group, spec.schedule) for spec in read_metadata(PRESET.file(PRESET.csv.path))}
    assert len(schedules) == len({group for group, _ in schedules}) > 1


def test_the_preset_maps_a_complete_sign_in_and_sets_options_that_exist():
    config = PRESET.connector_config
    names = {option.name for option in (*COMMON_OPTIONS, *CONNECTOR.options)}
    signs_in = {*config.secret_mappings, *config.static_options}
    assert any(set(one) <= signs_in for one in CONNECTOR.credentials)
    assert signs_in <= names
