"""Pages to batches: paths, values of the slice, windows, schema drift."""

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pyarrow as pa
import pytest

from lakeflow_sources.declare import Column, Cursor, Page, Read, Slice, Table, Window
from lakeflow_sources.decode import RESCUED, Decoder
from lakeflow_sources.errors import DataError, VendorError
from lakeflow_sources.http.request import get
from lakeflow_sources.http.response import Response
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector

COLUMNS = (
    Column("id"),
    Column("amount", "decimal(38,18)", "properties.amount"),
    Column("city", path="address.geo.city"),
    Column("owner", "struct<id:long,name:string>"),
    Column("list_id", path="@list_id"),
    Column("at", "timestamp"),
)


def read(columns=COLUMNS, chosen=None, window=None, table=None, **options):
    settings = check_options(connector("hubspot"), {"access_token": "secret-token", **options})
    table = table or Table("t", columns, ignored=("url",))
    return Read(connector("hubspot"), table, settings, chosen or columns, columns, window)


def page(*records, path="data.items"):
    body = orjson.dumps({"data": {"items": records}})
    return Page(Response(get("/t"), 200, {}, body), path)


def decoded(bound, *records, piece=None):
    decoder = Decoder(bound)
    piece = piece or Slice({"list_id": "7"})
    return decoder.batch([(piece, decoder.rows(piece, page(*records)))]).to_pylist()


def test_values_are_found_by_path_and_by_slice():
    (row,) = decoded(
        read(),
        {
            "id": "1",
            "properties": {"amount": "1.5"},
            "address": {"geo": {"city": "Oslo"}},
            "owner": {"id": 3, "name": "A"},
            "at": "2026-01-01T00:00:00Z",
        },
    )
    assert float(row.pop("amount")) == 1.5
    assert row == {
        "id": "1",
        "city": "Oslo",
        "owner": {"id": 3, "name": "A"},
        "list_id": "7",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def test_missing_steps_are_null():
    (row,) = decoded(read(), {"id": "1", "properties": None, "address": {}})
    assert [row[name] for name in ("amount", "city", "owner", "at")] == [None] * 4


def test_only_chosen_columns_in_their_order():
    (row,) = decoded(read(chosen=(COLUMNS[5], COLUMNS[0])), {"id": "1", "at": None})
    assert list(row) == ["at", "id"]


def test_pages_of_several_slices_make_one_batch():
    decoder = Decoder(read(chosen=(COLUMNS[0], COLUMNS[4])))
    parts = [
        (Slice({"list_id": name}), decoder.rows(Slice(), page({"id": name + "1"}, {"id": name + "2"}))) for name in "ab"
    ]
    assert [tuple(row.values()) for row in decoder.batch(parts).to_pylist()] == [
        ("a1", "a"),
        ("a2", "a"),
        ("b1", "b"),
        ("b2", "b"),
    ]


def test_a_client_side_cursor_drops_rows_outside_the_window_even_when_it_is_not_chosen():
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    table = Table("t", COLUMNS, cursor=Cursor("at", client_side=True))
    rows = [
        {"id": name, "at": at}
        for name, at in [
            ("before", "2025-12-31T23:59:59.999Z"),
            ("start", "2026-01-01T00:00:00Z"),
            ("end", "2026-01-02T00:00:00Z"),
            ("none", None),
        ]
    ]
    assert decoded(read(chosen=(COLUMNS[0],), window=window, table=table), *rows) == [{"id": "start"}]


def test_a_path_that_leads_nowhere_is_an_error_and_not_an_empty_table():
    with pytest.raises(VendorError, match="answered without an array at data.items"):
        Decoder(read()).rows(Slice(), Page(Response(get("/t"), 200, {}, b'{"data": {}}'), "data.items"))


def test_numbers_keep_their_digits_where_the_table_says_so():
    table = Table("t", (Column("n", "decimal(38,18)"),), exact_numbers=True)
    decoder = Decoder(read((Column("n", "decimal(38,18)"),), table=table))
    body = b'{"data":{"items":[{"n":12345678901234567.123456789}]}}'
    rows = decoder.rows(Slice(), Page(Response(get("/t"), 200, {}, body), "data.items"))
    assert str(decoder.batch([(Slice(), rows)]).to_pylist()[0]["n"]) == "12345678901234567.123456789000000000"


UNKNOWN = {
    "id": "1",
    "colour": "red",
    "url": "ignored",
    "owner": {"id": 1, "name": "a", "team": {"x": 1}},
    "properties": {"amount": "2", "extra": "9"},
}


def test_drift_is_ignored_by_default():
    (row,) = decoded(read(), UNKNOWN)
    assert RESCUED not in row


def test_drift_fails_when_asked_and_names_the_fields():
    with pytest.raises(DataError, match="colour, owner.team, properties.extra"):
        decoded(read(on_schema_drift="fail"), UNKNOWN)


def test_drift_is_rescued_when_asked():
    columns = (*COLUMNS, Column(RESCUED, "json"))
    row, plain = decoded(read(columns, on_schema_drift="rescue"), UNKNOWN, {"id": "2"})
    assert orjson.loads(row[RESCUED]) == {"colour": "red", "owner.team": {"x": 1}, "properties.extra": "9"}
    assert plain[RESCUED] is None


def test_a_field_of_a_column_that_was_not_chosen_is_no_drift():
    decoded(read(chosen=(COLUMNS[0],), on_schema_drift="fail"), {"id": "1", "properties": {"amount": "1"}})


def test_a_value_that_does_not_fit_fails_and_names_the_remedy():
    with pytest.raises(
        DataError, match=r"Column amount of type decimal\(38,18\) cannot hold 'much': set on_schema_drift=rescue"
    ):
        decoded(read(), {"id": "1", "properties": {"amount": "much"}})


def test_a_value_that_does_not_fit_is_rescued_when_asked():
    columns = (*COLUMNS, Column(RESCUED, "json"))
    (row,) = decoded(read(columns, on_schema_drift="rescue"), {"id": "1", "properties": {"amount": "much"}})
    assert row["amount"] is None
    assert orjson.loads(row[RESCUED]) == {"properties.amount": "much"}


def passed(bound, **arrays):
    given = pa.RecordBatch.from_pydict(arrays)
    return Decoder(bound).passed(Slice({"list_id": "7"}), given)


def test_a_batch_is_passed_on_with_declared_columns_of_declared_types():
    columns = (
        Column("id"),
        Column("amount", "decimal(18,2)", "Amount"),
        Column("at", "timestamp"),
        Column("list_id", path="@list_id"),
        Column("absent", "long"),
        Column("ready", "boolean"),
    )
    batch = passed(
        read(columns),
        ready=pa.array([True, None]),
        Amount=["1.5", None],
        id=["a", None],
        at=["2026-01-01T00:00:00.000Z", "2026-01-01T02:00:00+02:00"],
        unknown=["x", "y"],
    )
    assert batch.schema == Decoder(read(columns)).schema
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    assert batch.to_pylist() == [
        {"id": "a", "amount": Decimal("1.50"), "at": midnight, "list_id": "7", "absent": None, "ready": True},
        {"id": None, "amount": None, "at": midnight, "list_id": "7", "absent": None, "ready": None},
    ]


def test_a_batch_is_cut_to_the_window_of_a_client_side_cursor():
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    table = Table("t", COLUMNS, cursor=Cursor("at", client_side=True))
    bound = read(chosen=(COLUMNS[0],), window=window, table=table)
    batch = passed(
        bound, id=["before", "in", "end"], at=["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    )
    assert batch.to_pylist() == [{"id": "in"}]


def test_a_text_of_a_batch_that_does_not_fit_fails_or_is_rescued():
    columns = (Column("id"), Column("amount", "decimal(4,2)", "Amount"))
    with pytest.raises(DataError, match=r"Column amount of type decimal\(4,2\) cannot hold '123456'"):
        passed(read(columns), id=["a", "b"], Amount=["1", "123456"])
    kept = passed(
        read((*columns, Column(RESCUED, "json")), on_schema_drift="rescue"), id=["a", "b"], Amount=["1", "123456"]
    )
    assert [row[RESCUED] for row in kept.to_pylist()] == [None, '{"Amount":"123456"}']
    assert kept.to_pylist()[1]["amount"] is None
