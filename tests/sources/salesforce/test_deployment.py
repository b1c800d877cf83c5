"""The preset and its CSV say what the connector declares."""

from pathlib import Path

from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.options import COMMON_OPTIONS
from tests.sources.salesforce.reading import SALESFORCE

HOME = Path(__file__).resolve().parents[3] / "sources" / "salesforce"
PRESET = load_preset(HOME / "deployment" / "deploy_preset.json")


def test_the_csv_has_every_table_as_it_is_declared():
    rows = {one.source_table: one for one in read_metadata(PRESET.file(PRESET.csv.path))}
    assert set(rows) == {table.name for table in SALESFORCE.static_tables}
    for table in SALESFORCE.static_tables:
        row = rows[table.name]
        cursor = table.cursor.field if table.cursor and table.ingestion != "snapshot" else ""
        declared = (table.ingestion, table.primary_key, cursor, table.category)
        assert (row.ingestion_type, row.primary_keys, row.cursor_field, row.category) == declared


def test_the_preset_maps_a_complete_sign_in_and_sets_options_that_exist():
    config = PRESET.connector_config
    names = {option.name for option in (*COMMON_OPTIONS, *SALESFORCE.options)}
    assert tuple(config.secret_mappings) in SALESFORCE.credentials
    assert set(config.static_options) <= names


def test_secret_options_are_named_so_that_spark_hides_them():
    from lakeflow_sources.redact import SECRET_NAME

    assert all(SECRET_NAME.search(option.name) for option in SALESFORCE.options if option.secret)
