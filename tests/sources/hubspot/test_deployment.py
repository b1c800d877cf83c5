"""The preset says what the connector declares."""

from pathlib import Path

from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.registry import connector

HUBSPOT = connector("hubspot")
HOME = Path(__file__).resolve().parents[3] / "sources" / "hubspot"


def test_the_preset_maps_the_options_of_a_sign_in():
    preset = load_preset(HOME / "deployment" / "deploy_preset.json")
    assert tuple(preset.connector_config.secret_mappings) in HUBSPOT.credentials
    assert preset.csv.mode == "discover"  # an account's objects and properties are its own
