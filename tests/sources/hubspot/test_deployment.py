"""The preset and the README say what the connector declares."""

import re
from pathlib import Path

from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.registry import connector

HUBSPOT = connector("hubspot")
HOME = Path(__file__).resolve().parents[3] / "sources" / "hubspot"


def test_the_preset_maps_the_options_of_a_sign_in():
    preset = load_preset(HOME / "deployment" / "deploy_preset.json")
    assert tuple(preset.connector_config.secret_mappings) in HUBSPOT.credentials
    assert preset.csv.mode == "discover"  # an account's objects and properties are its own


def test_the_readme_names_every_table_and_option():
    text = (HOME / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*\|[^|]*\|[^|]*)\|$", text, re.MULTILINE))
    for table in HUBSPOT.static_tables:
        key, cursor, kind = (part.strip() for part in rows[table.name].split("|"))
        assert key == ", ".join(table.primary_key)
        assert cursor == (table.cursor.field if table.cursor else "")
        assert kind == table.ingestion
    for option in HUBSPOT.options:
        assert f"`{option.name}`" in text
