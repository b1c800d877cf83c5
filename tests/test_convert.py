"""JSON values to Arrow columns: exactly, or reported."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeflow_sources.convert import convert, convert_texts
from lakeflow_sources.declare import Column
from lakeflow_sources.types import arrow_type


def converted(kind: str, *values, form="iso"):
    array, misfits = convert(list(values), Column("c", kind, format=form))
    assert array.type == arrow_type(kind)
    assert len(array) == len(values)
    return array.to_pylist(), [one.value for one in misfits]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("string", ["a", None, ""], ["a", None, ""]),
        ("string", ["NA", "null", "None"], ["NA", "null", "None"]),
        ("string", [{"a": 1}, [1, 2], True, 1.5, 12], ['{"a":1}', "[1,2]", "true", "1.5", "12"]),
        ("string", ["nul\x00byte", "line\nbreak", "ünï😀"], ["nul\x00byte", "line\nbreak", "ünï😀"]),
        ("json", [{"a": None}, "x", None, 1], ['{"a":null}', '"x"', None, "1"]),
        ("boolean", [True, None, False], [True, None, False]),
        ("boolean", ["true", "false", "", None], [True, False, None, None]),
        ("long", [1, None, 2**62], [1, None, 2**62]),
        ("long", ["12", "", None], [12, None, None]),
        ("long", [1.0, 2], [1, 2]),
        ("long", ["100.0", "-7"], [100, -7]),
        ("double", [1, 2.5, None], [1.0, 2.5, None]),
        ("double", ["1e3", "", "-0.5"], [1000.0, None, -0.5]),
        ("decimal(38,18)", ["199.99", "", None], [Decimal("199.99"), None, None]),
        ("decimal(38,18)", ["1.5E+3", "1e-7"], [Decimal(1500), Decimal("0.0000001")]),
        ("decimal(38,18)", [199.99, 3, None], [Decimal("199.99"), Decimal(3), None]),
        ("decimal(10,2)", ["0.005", "0.015"], [Decimal("0.00"), Decimal("0.02")]),
        ("date", ["2024-02-29", "", None], [date(2024, 2, 29), None, None]),
        ("date", ["1704067200000", 1704067200000], [date(2024, 1, 1)] * 2),
        ("date", ["1850-06-15", "2024-02-29T23:00:00Z"], [date(1850, 6, 15), date(2024, 2, 29)]),
    ],
)
def test_values_of_a_column(kind, values, expected):
    found, misfits = converted(kind, *values)
    assert misfits == []
    # Decimals come back with the scale of their type: compare as numbers.
    assert found == expected


UTC_NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01T12:00:00Z",
        "2024-03-01T12:00:00.000Z",
        "2024-03-01T14:00:00+02:00",
        "2024-03-01T07:00:00.000-0500",
        "20240301T12:00:00Z",
        "2024-03-01T12:00:00.0000000Z",
        "2024-03-01T12:00:00",
    ],
)
def test_a_time_in_every_form_is_the_same_instant(text):
    assert converted("timestamp", text, None, "") == ([UTC_NOON, None, None], [])


def test_microseconds_are_kept_and_100_nanoseconds_cut():
    found, _ = converted("timestamp", "2024-03-01T12:00:00.1234567Z", "2024-03-01T12:00:00.000001Z")
    assert [one.microsecond for one in found] == [123456, 1]


def test_ticks_since_1970_by_declared_unit():
    assert converted("timestamp", 1709294400000, "1709294400000", form="millis")[0] == [UTC_NOON] * 2
    assert converted("timestamp", 1709294400, "1709294400", form="seconds")[0] == [UTC_NOON] * 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("long", "twelve"),
        ("long", 1.5),
        ("long", True),
        ("long", 2**63),
        ("int", 2**31),
        ("boolean", "maybe"),
        ("decimal(38,18)", "1e30"),
        ("decimal(38,18)", "NaN"),
        ("decimal(10,2)", "123456789.00"),
        ("timestamp", "soon"),
        ("date", "31.12.2024"),
        ("array<string>", "not an array"),
        ("struct<a:long>", [1]),
        ("double", {"Name": "Shutdown"}),
    ],
)
def test_what_does_not_fit_is_reported_and_not_dropped_in_silence(kind, value):
    found, misfits = converted(kind, None, value)
    assert found == [None, None]
    assert misfits == [value]


def test_one_misfit_leaves_its_neighbours_alone():
    assert converted("long", "1", "x", "3") == ([1, None, 3], ["x"])


def test_nested_values():
    kind = "array<struct<id:long,name:string,primary:boolean>>"
    found, misfits = converted(kind, [{"id": "1", "name": "a", "extra": 0}], None, [])
    assert misfits == []
    assert found == [[{"id": 1, "name": "a", "primary": None}], None, []]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15),
        )
    )
)
def test_any_decimal_text_comes_back_as_the_same_number(numbers):
    found, misfits = converted("decimal(38,18)", *(None if one is None else str(one) for one in numbers))
    assert misfits == []
    assert found == numbers


@given(st.lists(st.one_of(st.none(), st.datetimes(min_value=datetime(1800, 1, 1), timezones=st.just(UTC)))))  # noqa: DTZ001
def test_any_time_comes_back_as_the_same_instant(times):
    found, misfits = converted("timestamp", *(None if one is None else one.isoformat() for one in times))
    assert misfits == []
    assert found == times


@given(
    st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers()))),
    st.sampled_from(
        [
            "string",
            "json",
            "boolean",
            "int",
            "long",
            "double",
            "date",
            "timestamp",
            "decimal(20,4)",
            "array<long>",
            "struct<a:string>",
        ]
    ),
)
def test_anything_converts_or_is_reported(values, kind):
    array, misfits = convert(values, Column("c", kind))
    assert array.type == arrow_type(kind)
    assert len(array) == len(values)
    bad = {one.row for one in misfits}
    for row, value in enumerate(values):
        if value is None:
            assert not array[row].is_valid
        elif not array[row].is_valid and value != "":
            assert row in bad or (isinstance(value, str) and not value.strip())


def test_arrow_lists_name_their_element_as_spark_does():
    assert arrow_type("array<string>") == pa.list_(pa.field("element", pa.string()))


TEXTS = [
    ("int", "100.0", 100),
    ("long", "-9007199254740993", -9007199254740993),
    ("int", "1E+2", 100),
    ("double", "1.5E-3", 0.0015),
    ("decimal(18,2)", "9999999999999999.99", Decimal("9999999999999999.99")),
    ("decimal(18,0)", "100.0", Decimal(100)),
    ("decimal(18,2)", "1.5E7", Decimal("15000000.00")),
    ("decimal(18,2)", "0.005", Decimal("0.00")),
    ("boolean", "true", True),
    ("boolean", "false", False),
    ("date", "1900-03-01", date(1900, 3, 1)),
    ("timestamp", "2026-01-05T11:22:33.000Z", datetime(2026, 1, 5, 11, 22, 33, tzinfo=UTC)),
    ("timestamp", "2026-01-05T11:22:33.123+0200", datetime(2026, 1, 5, 9, 22, 33, 123000, tzinfo=UTC)),
    ("string", "NA", "NA"),
    ("string", "nul\x00byte", "nul\x00byte"),
]


@pytest.mark.parametrize(("kind", "text", "value"), TEXTS)
def test_texts_of_a_file(kind, text, value):
    array, misfits = convert_texts(pa.array([text, None]), Column("c", kind))
    assert (array.to_pylist(), misfits) == ([value, None], [])
    assert array.type == arrow_type(kind)


@pytest.mark.parametrize("kind", ["int", "double", "decimal(5,2)", "boolean", "date", "timestamp"])
def test_empty_texts_of_a_file_are_null_and_wrong_ones_are_reported(kind):
    array, misfits = convert_texts(pa.array(["", "wrong", None]), Column("c", kind))
    assert array.to_pylist() == [None, None, None]
    assert [(one.row, one.value) for one in misfits] == [(1, "wrong")]


@given(st.lists(st.one_of(st.none(), st.decimals(allow_nan=False, allow_infinity=False).map(str), st.text(max_size=6))))
def test_texts_convert_as_values_do(texts):
    for kind in ("int", "long", "double", "decimal(12,3)", "boolean", "date", "timestamp"):
        column = Column("c", kind)
        one, bad = convert_texts(pa.array(texts, pa.string()), column)
        other, also = convert(texts, column)
        assert [(m.row, m.value) for m in bad] == [(m.row, m.value) for m in also]
        assert one.equals(other) or str(one) == str(other)
