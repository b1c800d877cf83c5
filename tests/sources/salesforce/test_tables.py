"""Tables and columns from what the org tells."""

import json

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import list_tables
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http import Request, Response
from lakeflow_sources.sources.salesforce.faults import faults
from lakeflow_sources.sources.salesforce.types import column
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce.reading import SALESFORCE, live, queries, read, settings_of


@pytest.fixture(scope="module")
def mock():
    with mock_server("salesforce", seed=4, each=20) as server:
        yield server


@pytest.fixture(scope="module")
def listed(mock):
    settings = settings_of(mock.options)
    with connect(SALESFORCE, settings) as client:
        return {table.name: table for table in list_tables(SALESFORCE, settings, lambda: client)}


KINDS = {
    "Account": ("cdc_with_deletes", "SystemModstamp"),
    "Invoice__c": ("cdc_with_deletes", "SystemModstamp"),
    "Setting__c": ("cdc_with_deletes", "SystemModstamp"),
    "Attachment": ("cdc_with_deletes", "SystemModstamp"),
    "User": ("cdc", "SystemModstamp"),
    "AccountHistory": ("append", "CreatedDate"),
    "Invoice__History": ("append", "CreatedDate"),
    "LoginHistory": ("append", "LoginTime"),
    "AccountShare": ("snapshot", "LastModifiedDate"),
    "Invoice__Share": ("snapshot", "LastModifiedDate"),
    "OpportunityStage": ("snapshot", ""),
    "TaskStatus": ("snapshot", ""),
    "Tier__mdt": ("snapshot", ""),
    "Visit__b": ("snapshot", ""),
    "Order__x": ("snapshot", ""),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_each_kind_of_object_supports(listed, name):
    table = listed[name]
    assert (table.ingestion, table.cursor.field if table.cursor else "") == KINDS[name]
    assert table.description


def test_every_object_that_can_be_queried_is_a_table_and_no_other(mock, listed):
    assert set(listed) == set(mock.tables())
    assert not {"AccountChangeEvent", "Signal__e", "ActivityHistory", "Name"} & set(listed)


def test_listing_takes_a_call_for_25_objects(mock):
    mock.reset_counters()
    settings = settings_of(mock.options)
    with connect(SALESFORCE, settings) as client:
        list_tables(SALESFORCE, settings, lambda: client)
    assert mock.counters()["total"] <= 2


def test_one_object_whose_description_is_refused_does_not_hide_the_others(mock):
    settings = settings_of(mock.options)
    with connect(SALESFORCE, settings) as client:
        every = {table.name for table in list_tables(SALESFORCE, settings, lambda: client)}
        mock.write("undescribe", object="Ledger__c")
        found = {table.name for table in list_tables(SALESFORCE, settings, lambda: client)}
        mock.write("undescribe")
        assert every - found == {"Ledger__c"}
        assert "Ledger__c is not listed, as its description was refused" in str(client.stats.facts()["notes"])


def test_what_concerns_all_calls_of_a_composite_goes_before_what_concerns_one():
    one = {"httpStatusCode": 403, "body": [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]}
    all_ = {"httpStatusCode": 403, "body": [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests"}]}
    body = json.dumps({"compositeResponse": [one, all_, {"httpStatusCode": 200, "body": {}}]}).encode()
    assert faults(Response(Request("POST", "/services/data/v64.0/composite"), 200, {}, body)).kind == "quota"


def test_the_usual_objects_are_known_without_an_account():
    names = {table.name for table in SALESFORCE.static_tables}
    assert {"Account", "Contact", "Opportunity", "Case", "Task", "User", "AccountHistory", "LoginHistory"} <= names
    assert all(table.primary_key == ("Id",) for table in SALESFORCE.static_tables)


def test_an_object_that_is_asked_for_by_name_takes_one_description(mock):
    read(mock, "Setting__c", columns="Id")
    mock.reset_counters()
    read(mock, "Invoice__c", columns="Id")
    assert sum("sobjects" in one["path"] for one in mock.requests()) == 1


def test_a_misspelt_object_names_the_nearest(mock):
    with pytest.raises(ConfigurationError, match="no table 'Invoyce__c': did you mean Invoice__c"):
        read(mock, "Invoyce__c")
    with pytest.raises(ConfigurationError, match="did you mean Account"):
        read(mock, "account")


def test_columns_have_the_types_of_the_fields(mock):
    columns = {one.name: one.type for one in read(mock, "Invoice__c").columns}
    assert columns == {
        **dict.fromkeys(
            [
                "Id",
                "Name",
                "Account__c",
                "Text__c",
                "Long_Text__c",
                "Html__c",
                "Picklist__c",
                "Colours__c",
                "Combo__c",
                "Email__c",
                "Phone__c",
                "Url__c",
                "Secret__c",
                "Opens__c",
                "Label__c",
                "Payload__c",
                "OwnerId",
                "CreatedById",
                "LastModifiedById",
            ],
            "string",
        ),
        **dict.fromkeys(["Paid__c", "IsDeleted", "_deleted"], "boolean"),
        **dict.fromkeys(["Sent__c", "CreatedDate", "LastModifiedDate", "SystemModstamp"], "timestamp"),
        "Whole__c": "decimal(18,0)",
        "Fine__c": "decimal(18,10)",
        "Rate__c": "decimal(5,3)",
        "Total__c": "decimal(18,2)",
        "Count__c": "int",
        "Long__c": "long",
        "Due__c": "date",
        "Place__Latitude__s": "decimal(18,15)",
        "Place__Longitude__s": "decimal(18,15)",
        "Score__c": "decimal(18,6)",
    }
    assert list(columns)[-1] == "_deleted"


TYPES = [
    ({"type": "double", "precision": 0, "scale": 0}, "double"),
    ({"type": "double", "precision": 3, "scale": 5}, "decimal(5,5)"),
    ({"type": "currency", "precision": 60, "scale": 2}, "decimal(38,2)"),
    ({"type": "percent", "precision": 5, "scale": 2}, "decimal(5,2)"),
    ({"type": "int", "precision": 0, "digits": 9}, "int"),
    ({"type": "time"}, "string"),
    ({"type": "anyType"}, "string"),
    ({"type": "DataCategoryGroupReference"}, "string"),
    ({"type": "SomethingNew"}, "string"),
    ({"type": "base64"}, "binary"),
    ({"type": "location"}, "struct<latitude:double,longitude:double>"),
]


@pytest.mark.parametrize(("field", "kind"), TYPES)
def test_types(field, kind):
    assert column({"name": "F", "label": "Label", **field}).type == kind


def test_only_chosen_columns_are_asked_for(mock):
    mock.reset_counters()
    assert list(read(mock, "Account", columns="Phone,_deleted").rows[0]) == ["Phone", "_deleted"]
    (query,) = [one for one in queries(mock) if "COUNT" not in one]
    assert query == "SELECT Id, Phone, IsDeleted FROM Account ORDER BY Id"


def test_content_is_left_out_until_it_is_asked_for(mock):
    assert "Body" not in read(mock, "Attachment").rows[0]
    rows = read(mock, "Attachment", columns="Id,Body").rows
    assert all(row["Body"][:4] == b"\x00\x01\x02\x03" and row["Id"].encode() in row["Body"] for row in rows)


def test_parents_of_several_kinds_share_the_fields_of_name(mock):
    users = {one["Id"]: one for one in mock.rows("User")}
    cases = {one["Id"]: one for one in mock.rows("Case")}
    for row in read(mock, "Case", columns="Id,Owner.Name,Owner.IsActive").rows:
        owner = users[cases[row["Id"]]["OwnerId"]]
        assert (row["Owner.Name"], row["Owner.IsActive"]) == (owner["Name"], owner["IsActive"])


def test_parents_come_by_bulk_as_well(mock):
    columns = "Id,Account__r.Name,Account__r.Owner.Name,CreatedBy.IsActive"
    by_id = [
        {row["Id"]: row for row in read(mock, "Invoice__c", columns=columns, api=api).rows} for api in ("rest", "bulk")
    ]
    assert by_id[0] == by_id[1]
    assert {row["Account__r.Name"] for row in by_id[0].values()} > {None}


def test_choices_may_be_lists_by_either_way(mock):
    by_id = [
        {
            row["Id"]: row
            for row in read(mock, "Invoice__c", columns="Id,Colours__c", multipicklist="array", api=api).rows
        }
        for api in ("rest", "bulk")
    ]
    assert by_id[0] == by_id[1]
    for raw in mock.rows("Invoice__c"):
        assert by_id[0][raw["Id"]]["Colours__c"] == (raw["Colours__c"].split(";") if raw["Colours__c"] else None)


UNKNOWN_PARENTS = [
    ("Ownr.Name", "Invoice__c has no 'Ownr': did you mean Owner"),
    ("Account__r.Nmae", "Account has no 'Nmae': did you mean Name"),
    ("Account__r.BillingAddress", "Account has no 'BillingAddress'"),
]


@pytest.mark.parametrize(("path", "message"), UNKNOWN_PARENTS)
def test_a_parent_that_does_not_exist_names_the_nearest(mock, path, message):
    with pytest.raises(ConfigurationError, match=message):
        read(mock, "Invoice__c", columns=f"Id,{path}")


def test_the_plan_says_why(mock):
    (piece,) = read(mock, "Account", columns="Id").pieces
    assert (piece["way"], piece["why"]) == ("rest", "18 rows")
    (piece,) = read(mock, "Account", columns="Id", bulk_above=10).pieces
    assert (piece["way"], piece["why"]) == ("bulk", "18 rows, above bulk_above=10")
    (piece,) = read(mock, "TaskStatus").pieces
    assert (piece["way"], piece["why"]) == ("rest", "the Bulk API does not serve TaskStatus")
    (piece,) = read(mock, "Invoice__c", columns="Id,Place__c", bulk_above=0).pieces
    assert (piece["way"], piece["why"]) == ("rest", "the Bulk API does not serve the type of Place__c")


def test_wide_rows_are_read_by_rest_where_that_takes_fewer_calls(lakeflow_mock):
    """Two long texts of the user's own make pages of 200 rows in place of 2,000."""
    org = lakeflow_mock("salesforce", records={"Invoice__c": 1_300}, seed=4)
    expected = live(org, "Invoice__c")
    wide = read(org, "Invoice__c", columns="Id,Long_Text__c,Html__c")
    assert wide.ids == expected
    assert wide.ways == {"bulk"}
    rows = len(expected)
    why = f"{rows} rows so wide that a page holds 200: 6 calls in place of {-(-rows // 200)}"
    assert wide.pieces[0]["why"] == why
    pages = read(org, "Invoice__c", columns="Id,Long_Text__c,Html__c", api="rest", parallelism=1, concurrency=1)
    assert pages.ids == expected
    assert sum("/query/" in one["path"] for one in org.requests()) >= rows // 200
    for options in ({"columns": "Id,Long_Text__c"}, {"columns": "Id,Long_Text__c,Html__c", "bulk_above": 5_000}):
        answer = read(org, "Invoice__c", **options)
        assert answer.ids == expected
        assert (answer.ways, answer.pieces[0]["why"]) == ({"rest"}, f"{rows} rows")


def test_what_an_object_cannot_count_is_read_in_one_chain(mock):
    for name in ("Visit__b", "Order__x"):
        answer = read(mock, name)
        assert len(answer.rows) == 20
        assert len(answer.pieces) == 1


def test_the_check_call_is_one_the_org_answers(mock):
    settings = settings_of(mock.options)
    with connect(SALESFORCE, settings) as client:
        assert "DailyApiRequests" in client.send(SALESFORCE.check(settings)).json()
