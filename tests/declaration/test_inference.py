"""Columns that nobody wrote down."""

import pytest

from lakeflow_sources import DataError
from lakeflow_sources.connect import connect
from lakeflow_sources.declaration.inference import column_type
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from tests.declaration.reading import declared, rows
from tests.http.loopback import jsons

TABLE = """
tables:
  things:
    path: /things
    records: data
    infer: sample
    {more}
"""
RECORDS = [
    {
        "id": 1,
        "Id": "x",
        "price": 1,
        "at": "2026-01-01T00:00:00Z",
        "day": "2026-01-31",
        "flag": True,
        "tags": ["a"],
        "n": None,
    },
    {"id": 2, "price": 1.5, "at": "2026-01-01T00:00:00.123+02:00", "day": "2026-02-01", "info": {"a": 1}, "a.b": 1},
]


def types(service, more="", **options):
    connector = declared(service, TABLE.format(more=more))
    settings = check_options(connector, {"tableName": "things", **options})
    with connect(connector, settings) as client:
        return {one.name: one.type for one in prepare(connector, settings, lambda: client).columns}


def test_types_of_a_sample(service):
    service.on("/things", jsons({"data": RECORDS}))
    assert types(service) == {
        "id": "long",
        "Id_2": "string",
        "price": "double",
        "at": "timestamp",
        "day": "date",
        "flag": "boolean",
        "tags": "json",
        "n": "string",
        "info": "json",
    }
    first, second = rows(declared(service, TABLE.format(more="")), "things")
    assert (first["Id_2"], first["tags"], second["price"], second["info"]) == ("x", '["a"]', 1.5, '{"a":1}')


def test_declared_columns_come_first_and_keep_their_types(service):
    service.on("/things", jsons({"data": RECORDS}))
    more = "columns: ['price decimal(10,2)', info.a long]\n    ignored: [tags, flag, n]"
    assert types(service, more) == {
        "price": "decimal(10,2)",
        "info_a": "long",
        "id": "long",
        "Id_2": "string",
        "at": "timestamp",
        "day": "date",
    }


def test_deletes_stay_the_last_column(service):
    service.on("/things", jsons({"data": RECORDS}))
    more = "primary_key: id\n    ingestion: cdc_with_deletes\n    cursor: {field: at}\n    deletes: {field: gone}"
    assert list(types(service, more))[-1] == "_deleted"


def test_an_empty_sample_and_a_missing_key_are_told(service):
    service.on("/things", jsons({"data": []}), jsons({"data": RECORDS}))
    with pytest.raises(DataError, match=r"acme.things: There is no record to find columns in: declare the columns"):
        types(service)
    with pytest.raises(DataError, match=r"The sample has no uid, which key or cursor name: declare these columns"):
        types(service, "primary_key: uid")


def test_the_sample_is_small(service):
    service.on("/things", lambda call: jsons({"data": [{"id": int(call.query["page"])}] * 60}))
    assert types(service, "paging: {type: page, size: 60}") == {"id": "long"}
    assert len(service.calls) == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, None], "long"),
        ([1, 2.5], "double"),
        ([1, "a"], "string"),
        ([True, 1], "string"),
        ([1 << 63], "string"),
        (["2026-01-01", "2026-01-01T00:00:00Z"], "string"),
        (["2026-01-01T00:00:00"], "string"),
        ([{}, "a"], "json"),
        ([], "string"),
    ],
)
def test_one_type_for_all_values(values, expected):
    assert column_type(values) == expected
