"""Bodies of answers, damaged in every way: a clear error or a right result, never another exception, never a hang."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lakeflow_sources import Column, Read, Slice, Table
from lakeflow_sources.convert import convert, convert_texts
from lakeflow_sources.declare import Page
from lakeflow_sources.decode import Decoder
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.types import arrow_type
from tests.fuzz.strategies import MANY, TEXT, VALUE, answer, as_bytes, damaged, survives, written

pytestmark = pytest.mark.timeout(300)

TYPES = ("string", "boolean", "int", "long", "double", "decimal(38,9)", "decimal(5,2)", "date", "timestamp", "json",
         "array<string>", "array<long>", "struct<a:long,b:array<struct<c:timestamp>>>", "binary")  # fmt: skip
TEXTS = (
    "1",
    "1.5",
    "1e3",
    "true",
    "2026-01-31",
    "2026-01-31T12:00:00.123456Z",
    "1767225600000",
    "199.99",
    "",
    "NA",
    "null",
)


@MANY
@given(
    st.one_of(
        VALUE.map(written),
        damaged(['{"results": [{"id": 1}]}', "[1, 2.5, null]"]).map(as_bytes),
        st.binary(max_size=60),
    )
)
@example(b"[" * 200_000)
@example(b'{"a":' * 200_000)
@example(b"9" * 100_000)
@example(b'"\\ud800"')
def test_json(body):
    survives(answer(body).json)


HUB = connector("hubspot")
COLUMNS = tuple(Column(f"c{number}", kind) for number, kind in enumerate(TYPES))
SETTINGS = {
    drift: check_options(
        connector("hubspot"), {"access_token": "planted", "tableName": "contacts", "on_schema_drift": drift}
    )
    for drift in ("ignore", "fail", "rescue")
}


def decoder(drift, exact):
    table = Table("t", COLUMNS, exact_numbers=exact)
    return Decoder(Read(HUB, table, SETTINGS[drift], COLUMNS, COLUMNS))


@MANY
@given(
    st.sampled_from(["ignore", "fail", "rescue"]),
    st.booleans(),
    st.lists(
        st.one_of(VALUE, st.fixed_dictionaries({}, optional={f"c{n}": VALUE for n in range(len(TYPES))})), max_size=4
    ),
)
def test_records_of_every_shape(drift, exact, records):
    page = Page(answer(written({"rows": records})), "rows")
    fresh, learnt = decoder(drift, exact), decoder(drift, exact)
    read(learnt, Page(answer(written({"rows": [{}]})), "rows"))  # from now on it takes the fast way where there is one
    batch, again = survives(read, fresh, page), survives(read, learnt, page)
    assert batch is None or (batch.num_rows == len(records) and batch.schema == fresh.schema)
    assert (batch is None) == (again is None)
    assert batch is None or str(batch.to_pylist()) == str(again.to_pylist())


def read(made, page):
    """The one batch of *page*."""
    (batch,) = made.decode([made.part(Slice(), page)])
    return batch


@MANY
@given(st.sampled_from(TYPES), st.lists(VALUE, max_size=5))
@example("long", ["1e999999999"])
@example("long", ["9" * 100_000])
@example("decimal(38,9)", ["1e999999999", "-1e-999999999", "NaN", "sNaN"])
@example("timestamp", [1e308, "9" * 400, 10**400, "0001-01-01T00:00:00+14:00"])
@example("date", ["9999-12-31T23:59:59-14:00", 10**30])
@example("string", ["\ud800", "\0", "a\ud83dz"])
@example("json", ["\ud800", float("nan")])
def test_values_of_every_shape(kind, values):
    column = Column("c", kind)
    array, misfits = convert(values, column)
    assert len(array) == len(values)
    assert array.type == arrow_type(kind)
    assert all(0 <= one.row < len(values) for one in misfits)


@MANY
@given(
    st.sampled_from([kind for kind in TYPES if "<" not in kind]),
    st.lists(st.one_of(damaged(TEXTS), TEXT.filter(lambda text: "\ud800" not in text)), max_size=5),
)
@example("long", ["1e999999999"])
@example("int", ["99999999999"])
def test_texts_of_every_shape(kind, texts):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    array, misfits = convert_texts(pa.array(texts, pa.string()), Column("c", kind))
    assert len(array) == len(texts)
    assert array.type == arrow_type(kind)
    assert all(0 <= one.row < len(texts) for one in misfits)
