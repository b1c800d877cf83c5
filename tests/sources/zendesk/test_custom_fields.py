"""Custom fields: the raw JSON always, typed columns on request."""

import json
from datetime import date
from decimal import Decimal

import pytest

from lakeflow_sources.errors import DataError
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from tests.sources.zendesk import reading, truth


def by_id(rows):
    return {row["id"]: row for row in rows}


def test_only_json_without_the_option_and_no_call_for_the_schema(still):
    with reading.reading(still, "tickets") as (read, client):
        assert not [one.name for one in read.columns if one.name.startswith("custom_2")]
        assert client.stats.requests == 0
    raw = by_id(still.rows("tickets"))
    for row in reading.rows(still, "tickets"):
        assert json.loads(row["custom_fields"]) == raw[row["id"]]["custom_fields"]


def test_typed_columns_of_tickets_by_key(still):
    got = reading.table(still, "tickets", custom_fields="key")
    kinds = {field.name: str(field.type) for field in got.schema if field.name.startswith("custom_2")}
    assert kinds == {
        "custom_27642": "string",
        "custom_27648": "string",
        "custom_27650": "bool",
        "custom_27652": "date32[day]",
        "custom_27654": "decimal128(38, 18)",
        "custom_27656": "decimal128(38, 18)",
        "custom_27658": "string",
        "custom_27660": "list<element: string>",
        "custom_27662": "string",
        "custom_27664": "string",
        "custom_27666": "string",
        "custom_27668": "string",
    }
    assert got.schema.names[-1] == "_deleted"
    expected = [
        {**one, **{f"custom_{field['id']}": field["value"] for field in one["custom_fields"]}}
        for one in still.rows("tickets")
    ]
    truth.check(got, expected)
    assert Decimal("12.5") in got["custom_27654"].to_pylist(), "whole numbers of tickets may have a decimal point"
    assert date(2024, 2, 29) in got["custom_27652"].to_pylist()


def test_titles_that_meet_each_other_or_a_fixed_column_are_told_apart_by_id(still):
    got = reading.table(still, "tickets", custom_fields="title")
    names = got.schema.names
    assert len({name.lower() for name in names}) == len(names)
    assert {"Order number", "Order number_27662", "Subject_27668", "VIP?", 'Notes; with "quotes"'} <= set(names)
    raw = by_id(still.rows("tickets"))
    for row in got.to_pylist():
        values = {one["id"]: one["value"] for one in raw[row["id"]]["custom_fields"]}
        assert row["Order number"] == values[27_642]
        assert row["Order number_27662"] == values[27_662]
        assert row["subject"] == raw[row["id"]]["subject"]


@pytest.mark.parametrize(("name", "member"), [("users", "user_fields"), ("organizations", "organization_fields")])
def test_typed_columns_of_users_and_organizations(still, name, member):
    got = reading.table(still, name, custom_fields="key")
    expected = []
    for one in still.rows(name):
        values = dict(one[member])
        if "notes" in values:
            values["notes_7006"] = values.pop("notes")  # users have notes of their own
        expected.append({**one, **values})
    truth.check(got, expected)
    kinds = {field.name: str(field.type) for field in got.schema}
    if name == "users":
        assert kinds["points"] == "int64"
        assert kinds["rate"] == "decimal128(38, 18)"
        assert kinds["member_since"] == "date32[day]"
        assert kinds["interests"] == "list<element: string>"
        assert kinds["notes"] == kinds["notes_7006"] == "string"
    else:
        assert (kinds["contract_end"], kinds["seats"]) == ("date32[day]", "int64")


def test_columns_narrow_custom_fields_too(still):
    got = reading.table(still, "tickets", custom_fields="key", columns="id,custom_27642")
    assert got.schema.names == ["id", "custom_27642"]
    raw = {
        one["id"]: next(field["value"] for field in one["custom_fields"] if field["id"] == 27_642)
        for one in still.rows("tickets")
    }
    assert {row["id"]: row["custom_27642"] for row in got.to_pylist()} == raw


@pytest.mark.parametrize(
    ("name", "column", "defined", "field"),
    [
        ("tickets", "custom_27642", "ticket_fields", 27_642),
        ("users", "points", "user_fields", 7_003),
        ("organizations", "region", "organization_fields", 8_001),
    ],
)
def test_a_field_that_is_removed_is_null_for_reads_that_know_it(lakeflow_mock, name, column, defined, field):
    mock = lakeflow_mock("zendesk", records={"tickets": 9, "users": 9, "organizations": 9})
    with reading.reading(mock, name, custom_fields="key", on_schema_drift="fail") as (read, client):
        shares = plan(read, client)
        before = by_id(mock.rows(name)).keys()
        mock.write("remove_field", table=defined, id=field)
        rows = [row for one in shares for batch in read_share(read, one, client) for row in batch.to_pylist()]
    assert {row[column] for row in rows} == {None}
    assert sorted(row["id"] for row in rows if not row.get("_deleted")) == sorted(before)
    mock.write("create", table=name, count=2, time="2025-08-01T00:00:00Z")
    got = reading.table(mock, name, custom_fields="key", on_schema_drift="fail")
    assert column not in got.schema.names
    assert sorted(row["id"] for row in got.to_pylist() if not row.get("_deleted")) == sorted(by_id(mock.rows(name)))


def test_a_new_field_is_drift_where_fields_are_columns(lakeflow_mock):
    mock = lakeflow_mock("zendesk", records={"tickets": 3})
    with reading.reading(mock, "tickets", custom_fields="key", on_schema_drift="fail") as (read, client):
        mock.write("add_field", table="ticket_fields", id=99_001, type="text", title="Fresh", active=True)
        mock.write("create", table="tickets", time="2025-08-01T00:00:00Z")
        with pytest.raises(DataError, match="custom.99001"):
            list(read_share(read, plan(read, client)[0], client))
    got = reading.table(mock, "tickets", custom_fields="key", on_schema_drift="fail")
    assert "custom_99001" in got.schema.names
