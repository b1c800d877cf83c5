"""The fast and the careful way of reading values give the same rows."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.sources.osipi.answers import parsed, read_fast, read_slowly
from tests.sources.osipi import truth

STATE = st.fixed_dictionaries({"Name": st.text(), "Value": st.integers(0, 300), "IsSystem": st.booleans()})
VALUE = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text(), st.none(), STATE)
AWKWARD = st.sampled_from(
    [
        '"Value":{',
        '"Value": 1',
        ', "Good": true',
        '", "Value": "',
        '\n  "Value": 2',
        '\\"Value":"',
        '"Value":true',
        '","Value":"',
        "\ufeff",
        "NA",
        "",
    ]
)


def answer(values):
    events = [
        {
            "Timestamp": f"2026-01-05T00:00:{number % 60:02d}{'.3450019' if number % 2 else ''}Z",
            "UnitsAbbreviation": ("°C", "°C", "kg", 'a "b"', None)[number % 5],
            "Good": number % 3 > 0,
            "Questionable": number % 7 == 6,
            "Substituted": False,
            "Annotated": True,
            "Value": value,
        }
        for number, value in enumerate(values)
    ]
    half = len(events) // 2
    streams = [
        {"WebId": "F1DPa", "Name": 'a "b"', "Path": "\\\\S\\a", "Items": events[:half]},
        {"WebId": "F1DPb", "Name": "b", "Path": "", "Items": events[half:]},
    ]
    return {"Links": {}, "Items": [*streams, {"WebId": "F1DPc", "Name": "c", "Path": "", "Items": []}]}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(VALUE, AWKWARD), max_size=12))
def test_both_ways_agree_and_are_right(values):
    document = answer(values)
    slow = read_slowly(document, integer=False)
    spaced = (
        json.dumps(document, indent=2),
        json.dumps(document),
        json.dumps(document, ensure_ascii=False, indent="\t"),
    )
    fast = [read_fast(orjson.dumps(document), integer=False)]
    fast += [parsed(text.encode(), lambda: document, integer=False) for text in spaced]
    for one in fast:
        assert one.batch.to_pylist() == slow.batch.to_pylist()
        assert one.counts == slow.counts
    events = [event for stream in document["Items"] for event in stream["Items"]]
    for row, event in zip(slow.batch.to_pylist(), events, strict=True):
        wanted = {**truth.value(event), "timestamp": truth.instant(event["Timestamp"])}
        assert {name: row[name] for name in wanted} == wanted


FLOAT = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = {False: [FLOAT, st.one_of(FLOAT, st.integers())], True: [st.integers(-(2**63), 2**63 - 1), st.integers()]}
UNITS = st.sampled_from(["°C", "", "m,s", 'a "b"', "\\", "}", "null", None])
FLAGS = {"Good": True, "Questionable": False, "Substituted": False, "Annotated": False}
USUAL = {"Timestamp": "2026-01-05T00:00:00.3450019Z", "UnitsAbbreviation": "°C", **FLAGS, "Value": 1.5}
ORDERS = [list(USUAL), ["Timestamp", "Value", "UnitsAbbreviation", *FLAGS], ["UnitsAbbreviation", "Timestamp", "Value"]]


def _some(order):
    """The time, and those of the first three."""
    return [name for place, name in enumerate(order) if name == "Timestamp" or place < len(order) // 2]


@st.composite
def streams(draw):
    """Streams of events that are alike but for a few, as those of real servers are."""
    order = draw(st.one_of(st.sampled_from(ORDERS), st.permutations(list(USUAL))))
    order = [*order, *(name for name in USUAL if name not in order)]
    integer = draw(st.booleans())
    numbers = draw(st.sampled_from(NUMBERS[integer]))
    found = []
    for number in range(draw(st.integers(1, 4))):
        units = draw(UNITS)
        usual = st.fixed_dictionaries({"Value": numbers}).map(
            lambda one, units=units: {"UnitsAbbreviation": units, **one}
        )
        moment = st.sampled_from(["2026-01-05T00:00:00Z", "2026-01-05T00:00:00.0000001Z", "1970-01-01T00:00:00Z"])
        odd = st.one_of(
            st.fixed_dictionaries(
                {"Value": st.one_of(STATE, st.none(), st.text(), AWKWARD, st.booleans()), "Timestamp": moment}
            ),
            st.fixed_dictionaries({name: st.booleans() for name in FLAGS}),
            st.fixed_dictionaries({"UnitsAbbreviation": st.one_of(UNITS, AWKWARD)}),
            st.fixed_dictionaries({"Errors": st.sampled_from([None, [], [{"a": 1}, USUAL, {"b": 2}], [USUAL]])}),
        )
        events = draw(st.lists(st.one_of(usual, usual, usual, odd), max_size=8))
        orders = st.one_of(st.just(order), st.just(order), st.permutations(order), st.permutations(order).map(_some))
        written = [
            {name: {**USUAL, **one}.get(name) for name in [*draw(orders), *(one.keys() - USUAL.keys())]}
            for one in events
        ]
        found.append({"WebId": f"F1DP{number}", "Name": "n", "Path": "p", "Items": written})
    return {"Links": {}, "Items": found}, integer


@settings(max_examples=200, deadline=None)
@given(streams())
def test_events_of_the_usual_form_and_others_among_them_are_what_they_are_one_by_one(found):
    document, integer = found
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    slow = read_slowly(document, integer=integer)
    fast = parsed(body, lambda: document, integer=integer)
    assert fast.batch.to_pylist() == slow.batch.to_pylist()
    assert fast.batch.schema == slow.batch.schema
    assert fast.counts == slow.counts


FLAGGED = '"Good":true,"Questionable":false,"Substituted":false,"Annotated":false'
FLAGS_LAST = '{"Timestamp":"2026-01-05T00:00:00Z","Value":%s,"UnitsAbbreviation":"m",' + FLAGGED + "%s}"


@pytest.mark.parametrize(
    "events",
    [
        [FLAGS_LAST % (0, ""), '{"Value":2,"Timestamp":"2026-01-05T00:00:01Z","Good":true}', FLAGS_LAST % (2, "")],
        [FLAGS_LAST % (0, ""), FLAGS_LAST % (1, ',"Extra":[{"a":1},' + FLAGS_LAST % (5, "") + ',{"b":2}]')],
        [FLAGS_LAST % (0, ""), FLAGS_LAST % (1, ',"Value":5')],
        [FLAGS_LAST % (0, ""), FLAGS_LAST % ('{"Name":"Odd","Value":"x","IsSystem":false}', ',"Good":false')],
        [
            FLAGS_LAST % (0, ""),
            '{"Timestamp" :"2026-01-05T00:00:00Z","UnitsAbbreviation" :"m","Good" :true,"Value" :1}',
        ],
        [FLAGS_LAST % (0, ""), FLAGS_LAST % (1, ',"Good":false,"Value":{"Name":"a","Value":1,"IsSystem":true}')],
        [FLAGS_LAST % ('"x"', ',"Good":false'), FLAGS_LAST % (4, ',"Good":false,"Words":"y","State":{}')],
    ],
    ids=[
        "members left out",
        "events inside an event",
        "a value twice",
        "no state",
        "white space",
        "two kinds",
        "names",
    ],
)
def test_what_only_looks_like_the_usual_form_is_what_it_is_one_by_one(events):
    body = f'{{"Items":[{{"WebId":"F1DPa","Items":[{",".join(events)}]}},{{"WebId":"F1DPb","Items":[{events[0]}]}}]}}'
    slow = read_slowly(json.loads(body), integer=False)
    fast = parsed(body.encode(), lambda: json.loads(body), integer=False)
    assert fast.batch.to_pylist() == slow.batch.to_pylist()
    assert fast.counts == slow.counts


@pytest.mark.parametrize("last", ["null", "12", "[]"])
def test_what_is_no_event_is_never_passed_over(last):
    body = f'{{"Items":[{{"WebId":"F1DPa","Items":[{FLAGS_LAST % (0, "")},{last}]}}]}}'
    with pytest.raises((AttributeError, TypeError)):
        parsed(body.encode(), lambda: json.loads(body), integer=False)


@pytest.mark.parametrize("order", ORDERS[:2])
def test_a_few_events_of_another_form_keep_their_places(order):
    usual = [{**USUAL, "Value": number / 3} for number in range(500)]
    usual[7] = {**USUAL, "Good": False, "Value": {"Name": "I/O Timeout", "Value": 246, "IsSystem": True}}
    usual[9] = {**USUAL, "Value": "a,b"}
    events = [{name: one[name] for name in order} for one in usual]
    document = {"Items": [{"WebId": f"F1DP{number}", "Name": "n", "Path": "p", "Items": events} for number in range(2)]}
    values = read_fast(orjson.dumps(document), integer=False)
    assert values.batch.to_pylist() == read_slowly(document, integer=False).batch.to_pylist()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), STATE), max_size=12))
def test_whole_numbers_stay_exact(values):
    document = answer(values)
    batch = parsed(orjson.dumps(document), lambda: document, integer=True).batch
    assert [row["value_int"] for row in batch.to_pylist()] == [
        None if isinstance(one, dict) else int(one) for one in values
    ]


@pytest.mark.parametrize(
    ("value", "column", "wanted"),
    [
        (True, "value_int", 1),
        ([1, 2.5, "x"], "value_string", '[1,2.5,"x"]'),
        ({"Errors": ["Failed"]}, "value_string", '{"Errors":["Failed"]}'),
        ({"any": {"thing": 1}}, "value_string", '{"any":{"thing":1}}'),
    ],
)
def test_what_arrow_cannot_read_is_read_with_care(value, column, wanted):
    document = answer([1.5, value])
    rows = parsed(orjson.dumps(document), lambda: document, integer=False).batch.to_pylist()
    assert rows[1][column] == wanted
    assert rows[0]["value_double"] == 1.5


def test_a_state_without_a_number_and_a_number_beyond_64_bits_are_kept_as_text():
    document = answer([7, {"Name": "Odd", "Value": "x", "IsSystem": False}, 2**63, {"Name": "Pump 1", "WebId": "F1Em"}])
    rows = parsed(json.dumps(document).encode(), lambda: document, integer=True).batch.to_pylist()
    assert [(row["value_int"], row["value_string"], row["value_digital_name"]) for row in rows] == [
        (7, None, None),
        (None, '{"Name":"Odd","Value":"x","IsSystem":false}', None),
        (None, "9223372036854775808", None),
        (None, None, "Pump 1"),
    ]


def test_a_float_on_a_whole_number_tag_and_a_year_beyond_nanoseconds_are_kept():
    document = answer([1, 2.5])
    document["Items"][0]["Items"][0]["Timestamp"] = "9999-12-31T23:59:59.1234567Z"
    rows = parsed(orjson.dumps(document), lambda: document, integer=True).batch.to_pylist()
    assert [(row["value_int"], row["value_double"]) for row in rows] == [(1, None), (None, 2.5)]
    assert rows[0]["timestamp"].year == 9999
