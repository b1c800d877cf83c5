"""Tables of every account, and what hangs on records."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.discover import list_tables
from lakeflow_sources.read import read_share
from lakeflow_sources.sources.zoho_crm.connector import _is_free
from lakeflow_sources.sources.zoho_crm.metadata import Module
from lakeflow_sources.testing import mock_server
from lakeflow_sources.types import arrow_type
from tests.sources.zoho_crm.reading import ZOHO, client_of, planned, read, window
from tests.sources.zoho_crm.truth import Truth, by_id, instant, plain

DEPLOYMENT = Path(__file__).parents[3] / "sources" / "zoho_crm" / "deployment"


@pytest.fixture(scope="module")
def mock():
    with mock_server("zoho_crm", each=20, seed=12, users_page=5) as server:
        yield server


def same(found, raw, **names):
    """Rows hold what the mock holds, under our names."""
    fields = {one.name: one for one in found.read.columns}
    for row, there in zip(
        sorted(found.rows, key=lambda one: one["id"]), sorted(raw, key=lambda one: one["id"]), strict=True
    ):
        for name, one in fields.items():
            if one.source.startswith("@"):
                continue
            value = there.get(one.source)
            if one.type == "timestamp":
                value = instant(value)
            elif one.type == "json":
                row[name] = json.loads(row[name]) if row[name] is not None else None
            elif one.type.startswith("decimal"):
                value = Decimal(value)
            elif one.type.startswith("struct") and value:
                value = {key: value.get(key) for key in row[name]}
            assert plain(row[name]) == value, name


@pytest.mark.parametrize(
    "table", ["Users", "Roles", "Profiles", "Territories", "Currencies", "Contact_Roles", "Org", "Modules"]
)
def test_short_lists(mock, table):
    raw = mock.rows(table)
    assert len(raw) >= 1
    same(read(mock, table), raw)


def test_deleted_users_are_among_the_users(mock):
    assert {row["status"] for row in read(mock, "Users").rows} == {"active", "disabled", "deleted"}


def test_tags_and_fields_of_each_module(mock):
    tags = {(row["module"], row["id"]): row["name"] for row in read(mock, "Tags").rows}
    assert tags == {(row["module"], row["id"]): row["name"] for row in mock.rows("Tags")}
    fields = {(row["module"], row["api_name"]): row["data_type"] for row in read(mock, "Fields").rows}
    assert fields == {(row["module"], row["api_name"]): row["data_type"] for row in mock.rows("Fields")}
    assert {row["module"] for row in read(mock, "Fields", modules="Leads").rows} == {"Leads"}


def test_pipelines_with_their_stages(mock):
    (row,) = read(mock, "Pipelines").rows
    assert (row["layout_id"], row["default"]) == ("91055", True)
    assert [stage["actual_value"] for stage in row["stages"]] == ["Qualification", "Closed Won"]


@pytest.mark.parametrize("table", ["Deals_Contact_Roles", "Campaigns_Leads", "Campaigns_Contacts"])
def test_what_is_related_to_each_parent(mock, table):
    extra = {"Deals_Contact_Roles": "Contact_Role"}.get(table, "Member_Status")
    expected = {(row["parent_id"], row["id"]): row[extra] for row in mock.rows(table)}
    assert len(expected) > 8
    assert {(row["parent_id"], row["id"]): row[extra] for row in read(mock, table).rows} == expected


def test_notes_are_read_as_a_list_since_nothing_else_knows_them(mock):
    raw = {row["id"]: row for row in mock.rows("Notes")}
    found = {row["id"]: row for row in read(mock, "Notes").rows}
    assert found.keys() == raw.keys()
    for key, row in found.items():
        assert row["Note_Content"] == raw[key]["Note_Content"]
        assert row["Parent_Id"] == (raw[key]["Parent_Id"] or None)
        assert plain(row["Modified_Time"]) == instant(raw[key]["Modified_Time"])


def test_notes_of_a_window(mock):
    span = window("2024-07-01T00:00:00", "2025-07-01T00:00:00")
    expected = {
        row["id"]
        for row in mock.rows("Notes")
        if span.start <= datetime.fromisoformat(row["Modified_Time"]).astimezone(UTC) < span.end
    }
    assert 0 < len(expected) < 17
    assert {row["id"] for row in read(mock, "Notes", span).rows} == expected


def test_attachments_by_their_list(mock):
    assert {row["id"]: row["Size"] for row in read(mock, "Attachments").rows} == {
        row["id"]: None if row["Size"] is None else int(row["Size"]) for row in mock.rows("Attachments")
    }


def test_attachments_record_by_record_where_there_is_no_list_of_all():
    with mock_server("zoho_crm", each=15, seed=12, attachments_list=False) as server:
        live = {row["id"] for module in ("Deals", "Contacts") for row in server.rows(module)}
        expected = {
            row["id"]: row["Parent_Id"]
            for row in server.rows("Attachments")
            if (row["Parent_Id"] or {}).get("id") in live
        }
        found = read(server, "Attachments", modules="Deals,Contacts")
        assert {row["id"]: row["Parent_Id"] for row in found.rows} == expected
        assert any("record by record" in note for note in found.client.stats.facts()["notes"])


def test_tables_of_the_account(mock):
    settings, client = client_of(mock)
    tables = {one.name: one for one in list_tables(ZOHO, settings, lambda: client)}
    readable = {one["api_name"] for one in mock.rows("Modules")}
    assert {"Leads", "Projects", "Assets", "Projects_X_Contacts", "Milestones", "Quoted_Items"} <= set(
        tables
    ) & readable
    assert not {"Activities", "Home", "Reports", "Emails", "Locking_Information__s"} & set(tables)
    assert {name: tables[name].ingestion for name in ("Leads", "Projects", "Notes", "Attachments", "Milestones", "Users", "Deleted_Records")} == {
        "Leads": "cdc_with_deletes", "Projects": "cdc_with_deletes", "Notes": "cdc", "Attachments": "append",
        "Milestones": "snapshot", "Users": "snapshot", "Deleted_Records": "append",
    }  # fmt: skip
    assert len(tables) == len({name.lower() for name in tables})


def test_fixed_tables_are_typed_and_keyed():
    for table in ZOHO.static_tables:
        assert table.primary_key
        if callable(table.columns):
            continue
        names = [one.name for one in table.columns]
        assert set(table.primary_key) <= set(names)
        assert table.cursor is None or table.cursor.field in names
        for one in table.columns:
            arrow_type(one.type)


def test_columns_of_a_module_end_with_the_mark_of_a_delete(mock):
    found = read(mock, "Leads").read.known
    assert found[0].name == "id"
    assert found[-1].name == "_deleted"
    assert {one.name: one.type for one in found}["Modified_Time"] == "timestamp"


def test_names_are_found_in_any_case_and_unknown_ones_are_explained(mock):
    assert len(read(mock, "leads", columns="id").rows) == len(mock.rows("Leads"))
    with pytest.raises(ConfigurationError, match="did you mean Projects"):
        read(mock, "Projets")


def test_a_field_added_later_is_a_column_of_the_next_read():
    with mock_server("zoho_crm", each=6, seed=1) as server:
        server.write("add_field", module="Leads", name="Fresh_Field", kind="boolean")
        found = read(server, "Leads")
        assert {row["id"]: row["Fresh_Field"] for row in found.rows} == {
            row["id"]: row["Fresh_Field"] for row in server.rows("Leads")
        }


@pytest.mark.parametrize("way", ["list", "query", "bulk"])
def test_a_field_that_is_removed_is_null_for_reads_that_know_it(way):
    with mock_server("zoho_crm", each=6, records={"Deals": 30}, seed=1) as server:
        found, shares, client = planned(server, "Deals", read_by=way, on_schema_drift="fail")
        server.write("remove_field", module="Deals", name="Amount")
        rows = [row for one in shares for batch in read_share(found, one, client) for row in batch.to_pylist()]
        truth = Truth(server).rows("Deals", deletes=True)
        types = {one.name: one.type for one in found.columns}
        assert by_id(rows, types) == {key: {**row, "Amount": None} for key, row in truth.items()}
        following = read(server, "Deals", read_by=way, on_schema_drift="fail")
        assert following.by_id == truth


def test_the_example_csv_says_of_each_table_what_the_connector_says():
    declared = {one.name: one for one in ZOHO.static_tables}
    with (DEPLOYMENT / "tables.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["source_table"] for row in rows} == set(declared)
    assert len({row["destination_table"] for row in rows}) == len(rows)
    for row in rows:
        table = declared[row["source_table"]]
        assert tuple(row["primary_keys"].split(",")) == table.primary_key
        assert row["cursor_field"] == (table.cursor.field if table.cursor else "")
        assert (row["ingestion_type"], row["category"]) == (table.ingestion, table.category)


def test_the_preset_maps_every_credential_and_sets_options_that_exist():
    preset = load_preset(DEPLOYMENT / "deploy_preset.json")
    assert set(preset.connector_config.secret_mappings) == set(ZOHO.credentials[0])
    assert set(preset.connector_config.static_options) <= {one.name for one in ZOHO.options}


def test_a_custom_module_that_is_called_like_a_fixed_table_does_not_replace_it():
    assert not _is_free(Module("Users"))
    assert not _is_free(Module("notes"))
    assert _is_free(Module("Leads"))
