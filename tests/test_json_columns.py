"""Pages that Arrow reads give the very batches that reading them value by value gives."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakeflow_sources.declare import Column, Cursor, Page, Read, Slice, Table, Window
from lakeflow_sources.decode import RESCUED, Decoder
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.request import get
from lakeflow_sources.http.response import Response
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector

HUBSPOT = connector("hubspot")
TEXTS = [
    '""',
    '"a"',
    '"12"',
    '"NA"',
    '"null"',
    r'"\u0000"',
    r'"\ud83d\ude00"',
    '"ünï"',
    r'"\"\\\n"',
    '"1.50"',
    '"true"',
]
NUMBERS = [
    "0",
    "-0",
    "1",
    "1.0",
    "1.50",
    "12345678901234567.123456789",
    "123456789012345678901234567890",
    "-1e3",
    "2e-7",
]
NUMBERS += [
    "9007199254740993",
    "18446744073709551616",
    "0.30000000000000001",
    "1e30",
    "3000000000",
    "0.1234567890123456789",
]
TIMES = ['"2026-01-01T00:00:00Z"', '"2026-01-01T02:00:00.123+02:00"', '"2024-02-29T23:59:59.1234567Z"', '"2026-01-01"']
TIMES += [
    '"1969-12-31T23:59:59.9999999Z"',
    '"2026-01-01T00:00:00"',
    '"soon"',
    '"20260101T00:00:00Z"',
    '"1767225600000"',
]
ODD = [r'"\ud800"', '"raw\nline"', "NaN", "1e400", "[1,", '{"a":']
NESTED = [
    "{}",
    "[]",
    '["x",null]',
    "[1,2]",
    '{"id":1,"name":"n"}',
    '{"id":"1","more":[{}]}',
    '[{"at":"2026-01-01T00:00:00Z"}]',
]
USUAL = {
    "string": TEXTS,
    "json": [*TEXTS, *NUMBERS[:5], *NESTED, "true"],
    "boolean": ["true", "false"],
    "int": ["0", "1", "-7"],
    "long": ["0", "1", "9007199254740993"],
    "double": NUMBERS[:5],
    "decimal(38,18)": ["1", "1.50", "12345678901234567.123456789", "0.30000000000000001", "-2e-7"],
    "decimal(10,2)": ["1", "1.5", "99999999.99"],
    "date": ['"2026-01-01"', '"2024-02-29"', '""'],
    "timestamp": TIMES[:6],
    "array<string>": ["[]", '["x",null]', '["a","b"]'],
    "array<timestamp>": ["[]", '["2026-01-01T00:00:00Z"]'],
    "struct<id:long,name:string>": ["{}", '{"id":1,"name":"n"}', '{"name":null}'],
}
AS_TEXT = {
    "boolean": ['"true"', '"false"', '""'],
    "long": ['"12"', '""', '"100.0"'],
    "double": ['"1e3"', '"-0.5"', '""'],
}
AS_TEXT |= {"int": ['"7"', '""'], "decimal(38,18)": ['"199.99"', '"1.5E+3"', '""'], "decimal(10,2)": ['"0.005"', '"1"']}
TICKS = ["0", "1767225600", "-1", '"1767225600"']
ANYTHING = st.sampled_from([*TEXTS, *NUMBERS, *TIMES, *NESTED, "true", "false"])
PLACES = ("", "properties.", "a.b.")


@st.composite
def columns(draw):
    found = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(sorted(USUAL)))
        form = draw(st.sampled_from(["iso", "iso", "millis", "seconds"])) if kind == "timestamp" else "iso"
        found.append(Column(f"c{number}", kind, f"{draw(st.sampled_from(PLACES))}c{number}", form))
    return (*found, Column("list_id", "long", "@list_id"))


def literals(draw, column):
    """How a vendor writes the column; some columns now and then in another way."""
    usual = USUAL[column.type] if column.format == "iso" else TICKS
    ways = [usual, AS_TEXT.get(column.type, usual)]
    as_usual = st.sampled_from([*draw(st.sampled_from(ways)), "null"])
    return st.one_of(as_usual, as_usual, as_usual, ANYTHING) if draw(st.integers(0, 7)) == 0 else as_usual


def obj(pairs):
    return "{" + ",".join(f'"{name}" : {text}' for name, text in pairs) + "}"


@st.composite
def records(draw, declared, values):
    inside = {place: [] for place in PLACES}
    for column, literal in zip(declared, values, strict=True):
        if draw(st.integers(0, 9)):
            place, _, name = column.source.rpartition(".")
            inside[f"{place}." if place else ""].append((name, draw(literal)))
    pairs = inside[""]
    if inside["properties."] or draw(st.booleans()):
        pairs.append(
            ("properties", draw(st.sampled_from([obj(inside["properties."])] * 30 + ["null"] * 5 + ['"x"', "[]"])))
        )
    if inside["a.b."]:
        pairs.append(("a", obj([("b", obj(inside["a.b."]))])))
    rare = draw(st.integers(0, 200))
    if rare == 0 and pairs:
        pairs.append((pairs[0][0], draw(ANYTHING)))  # a key that comes twice
    elif rare == 1:
        pairs.append(("extra", draw(st.one_of(ANYTHING, st.sampled_from(ODD)))))
    elif rare == 2:
        return draw(st.sampled_from(["null", "7", "[]"]))
    return obj(pairs)


@st.composite
def reads(draw):
    declared = draw(columns())
    ours = declared[:-1]
    values = [literals(draw, one) for one in ours]
    one = records(ours, values)
    pages = draw(st.lists(st.lists(one, max_size=4), min_size=2, max_size=5))
    drift = draw(st.sampled_from(["ignore", "ignore", "fail", "rescue"]))
    exact = draw(st.integers(0, 4)) == 0
    return declared, ["[" + " , ".join(page) + "]" for page in pages], drift, exact


def bound(declared, drift="ignore", *, exact=False, table=None, window=None):
    options = check_options(HUBSPOT, {"access_token": "secret-token", "on_schema_drift": drift})
    given = (*declared, Column(RESCUED, "json")) if drift == "rescue" else declared
    return Read(HUBSPOT, table or Table("t", given, exact_numbers=exact), options, given, given, window)


def page(text, path="data"):
    body = (f'{{"data":{text}}}' if path else text).encode("utf-8", "surrogatepass")
    return Page(Response(get("/t"), 200, {}, body), path)


PIECES = (Slice({"list_id": "7"}), Slice({"list_id": None}))


def outcome(make):
    try:
        return make()
    except LakeflowError as error:
        return type(error), str(error)


def both(read, texts, path="data"):
    """What the pages behind the first one come to in each way, and whether Arrow read them."""
    pages = [(PIECES[number % 2], page(text, path)) for number, text in enumerate(texts)]
    slow, fast = Decoder(read), Decoder(read)
    first = outcome(lambda: list(fast.decode([fast.part(*pages[0])])))
    if not isinstance(first, list):
        return first, first, False
    taken = []
    original = fast._fast_batch
    fast._fast_batch = lambda parts: taken.append(original(parts)) or taken[-1]
    expected = outcome(lambda: joined([slow.batch([(piece, slow.rows(piece, one)) for piece, one in pages[1:]])]))
    got = outcome(lambda: joined(fast.decode([fast.part(piece, one) for piece, one in pages[1:]])))
    return expected, got, any(one is not None for one in taken)


def joined(batches):
    return pa.Table.from_batches(list(batches)).combine_chunks()


def same(one, other):
    if isinstance(one, tuple) or isinstance(other, tuple):
        return one[0] == other[0]  # of two bad pages, either may be found first
    return one.schema == other.schema and (one.equals(other) or repr(one.to_pylist()) == repr(other.to_pylist()))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(reads())
def test_both_ways_give_the_same_batch_or_the_same_error(case):
    declared, texts, drift, exact = case
    expected, got, _ = both(bound(declared, drift, exact=exact), texts)
    assert same(expected, got), f"{expected}\n{got}"


HUB = (
    Column("id"),
    Column("name", path="properties.name"),
    Column("amount", "decimal(38,18)", "properties.amount"),
    Column("ready", "boolean", "properties.ready"),
    Column("at", "timestamp", "properties.at"),
    Column("day", "date", "properties.day", "millis"),
    Column("deleted", "boolean", "archived"),
)
RECORD = (
    '{"id":"%s","properties":{"name":"n","amount":"1.5","ready":"true","at":"2026-01-01T00:00:00Z","day":"2026-01-01"},'
    '"archived":false,"url":"https://x"}'
)


def fast(declared, *texts, drift="ignore", path="data"):
    expected, got, read_by_arrow = both(bound(declared, drift), texts, path)
    assert same(expected, got), f"{expected}\n{got}"
    return read_by_arrow


@pytest.mark.parametrize("drift", ["ignore", "rescue"])
def test_arrow_reads_properties_that_are_all_text(drift):
    url = Column("url", path="url")
    assert fast((*HUB, url), "[" + RECORD % 1 + "]", "[" + RECORD % 2 + "]", "[]", drift=drift)


def test_arrow_reads_answers_that_are_the_array_itself():
    assert fast(HUB, "[" + RECORD % 1 + "]", "\n [\n" + RECORD % 2 + "\n]\n", path="")


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        (Column("c", "decimal(20,4)"), "1.5", "12345678901234.5678"),
        (Column("c", "timestamp", format="millis"), "1767225600000", "0"),
        (Column("c", "timestamp"), '"2026-01-01T00:00:00.1234567Z"', '"1969-01-01T00:00:00.7654321+05:30"'),
        (Column("c", "double"), "1", "2.5"),
        (Column("c", "array<struct<id:long,tags:array<string>>>"), '[{"id":1,"tags":["a"]}]', "[{}]"),
    ],
)
def test_arrow_reads_numbers_times_and_nested_values(column, first, second):
    assert fast((Column("id"), column), f'[{{"id":"1","c":{first}}}]', f'[{{"id":"2","c":{second}}},{{"id":"3"}}]')


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("json", '{"a":[1,2.50]}', '{"é":null,"b": "\\u00fc"}'),
        ("string", "12", '"text"'),
        ("array<timestamp>", '["2026-01-01T00:00:00Z"]', "[]"),
        ("long", '"12"', '"13"'),
    ],
)
def test_a_column_that_arrow_cannot_read_does_not_slow_down_the_others(kind, first, second):
    declared = (Column("id"), Column("c", kind, "deep.c"))
    pages = [f'[{{"id":"1","deep":{{"c":{text}}}}},{{"id":"2","deep":null}}]' for text in (first, second)]
    assert fast(declared, *pages)


def test_a_column_written_in_another_way_than_before_is_read_right_and_then_by_arrow_again():
    declared = (Column("id"), Column("n", "long"))
    decoder = Decoder(bound(declared))
    for text, expected in [("1", 1), ('"2"', 2), ('"3"', 3), ("4", 4)]:
        (batch,) = decoder.decode([decoder.part(PIECES[0], page(f'[{{"id":"x","n":{text}}}]'))])
        assert batch.column("n").to_pylist() == [expected]
    assert decoder._fast_batch([decoder.part(PIECES[0], page('[{"id":"y","n":"5"},{"id":"z","n":6}]'))]).num_rows == 2


def test_pages_that_arrow_refuses_again_and_again_are_not_offered_any_more():
    decoder = Decoder(bound((Column("id"),)))
    for _ in range(5):
        (batch,) = decoder.decode([decoder.part(PIECES[0], page('[{"id":"1","id":"2"}]'))])
        assert batch.to_pylist() == [{"id": "2"}]
    assert decoder._fast is None


@pytest.mark.parametrize(
    "declared", [(Column("a", "json"), Column("b", path="a.b")), (Column("a"), Column("b", path="a"))]
)
def test_columns_that_share_a_place_are_read_value_by_value(declared):
    assert not fast(declared, '[{"a":"1"}]', '[{"a":"2"}]')


def test_half_of_a_surrogate_pair_becomes_a_question_mark():
    decoder = Decoder(bound((Column("id"),)))
    for _ in range(2):
        (batch,) = decoder.decode([decoder.part(PIECES[0], page(r'[{"id":"\ud800"}]'))])
        assert batch.to_pylist() == [{"id": "?"}]


def test_rows_that_a_table_reshapes_are_read_value_by_value():
    table = Table("t", (Column("x"),), rows=lambda read, piece, record: [{"x": one} for one in record["all"]])
    decoder = Decoder(bound(table.columns, table=table))
    for _ in range(2):
        (batch,) = decoder.decode([decoder.part(PIECES[0], page('[{"all":["a","b"]}]'))])
        assert batch.column("x").to_pylist() == ["a", "b"]


def test_a_client_side_cursor_filters_what_arrow_reads():
    cursor = Cursor("at", client_side=True)
    declared = (Column("id"), Column("at", "timestamp"))
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    read = bound(declared, table=Table("t", declared, cursor=cursor), window=window)
    read = Read(read.connector, read.table, read.settings, declared[:1], declared, window)
    inside, outside = '{"id":"in","at":"2026-01-01T00:00:00Z"}', '{"id":"out","at":"2026-01-02T00:00:00Z"}'
    expected, got, read_by_arrow = both(read, [f"[{inside}]", f"[{outside},{inside}]"])
    assert read_by_arrow
    assert expected.to_pylist() == got.to_pylist() == [{"id": "in"}]


@pytest.mark.parametrize(
    "body", [b'{"data":[{"id":"\xff"}]}', b'{"data":[{"id":"1"}]} trailing', b'{"data":[{"id":"1"']
)
def test_a_damaged_page_is_no_data_in_either_way(body):
    decoder = Decoder(bound((Column("id"),)))
    list(decoder.decode([decoder.part(PIECES[0], page('[{"id":"1"}]'))]))
    with pytest.raises(LakeflowError, match="not JSON"):
        decoder.part(PIECES[0], Page(Response(get("/t"), 200, {}, body), "data"))


def test_fields_beyond_the_known_ones_are_found_in_what_arrow_reads():
    declared = (Column("id"), Column("owner", "struct<id:long>"))
    first, more = '[{"id":"1","owner":{"id":1}}]', '[{"id":"2","owner":{"id":2,"team":"x"}}]'
    assert fast(declared, first, first, drift="fail")
    expected, got, _ = both(bound(declared, "fail"), [first, more])
    assert expected == got
    assert "owner.team" in got[1]
