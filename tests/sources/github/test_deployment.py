"""The preset and its CSV say what the connector declares."""

from pathlib import Path

import pytest

from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.table_facts import contradictions, ingestion_problems, table_facts
from tests.sources.github.reading import GITHUB

HOME = Path(__file__).resolve().parents[3] / "sources" / "github"


@pytest.fixture(scope="module")
def specs():
    preset = load_preset(HOME / "deployment" / "deploy_preset.json")
    return read_metadata(preset.file(preset.csv.path))


def test_the_preset_maps_the_options_of_a_sign_in():
    config = load_preset(HOME / "deployment" / "deploy_preset.json").connector_config
    assert tuple(config.secret_mappings) in GITHUB.credentials
    assert set(config.static_options) <= {option.name for option in GITHUB.options}


def test_the_csv_has_every_table_as_it_is_declared(specs):
    facts = [table_facts(table) for table in GITHUB.tables]
    assert sorted(spec.source_table for spec in specs) == sorted(fact.name for fact in facts)
    assert list(contradictions(specs, facts)) == []
    assert list(ingestion_problems(specs)) == []
    by_name = {fact.name: fact for fact in facts}
    for spec in specs:
        fact = by_name[spec.source_table]
        assert (spec.primary_keys, spec.cursor_field, spec.ingestion_type, spec.category) == (
            fact.primary_key, fact.cursor_field, fact.ingestion_type, fact.category
        )  # fmt: skip


def test_the_tables_of_a_group_have_one_schedule(specs):
    schedules = {(spec.pipeline_group, spec.schedule) for spec in specs}
    assert len(schedules) == len({group for group, _ in schedules}) == 3


def test_what_is_dear_is_left_out_until_somebody_wants_it(specs):
    left_out = {spec.source_table for spec in specs if spec.skip_reason}
    assert {"issue_timeline", "pull_request_details"} <= left_out
    assert not {"issues", "reviews", "workflow_jobs"} & left_out
