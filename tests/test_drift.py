"""Fields that come, go and change their type: between reads, between pages and between increments, by every rule."""

import json

import pytest

from lakeflow_sources import DataError
from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from tests.declaration.reading import rows
from tests.declaration.things import Things, thing
from tests.http.loopback import Service


@pytest.fixture
def things():
    service = Service()
    yield Things(service)
    service.close()


def rescued(row):
    return json.loads(row["_rescued_data"]) if row["_rescued_data"] else {}


def restored(row):
    """The record that a row under `rescue` was made of, but for values that its columns hold."""
    return {**{name: value for name, value in row.items() if name != "_rescued_data"}, **rescued(row)}


@pytest.mark.parametrize("place", range(7))
def test_a_new_field_is_rescued_on_whichever_page_it_comes(things, place):
    things.records = [thing(n) for n in range(7)]
    things.records[place] |= {"colour": "red", "size": {"w": 1, "h": [2.5, None]}}
    found = things.read("rescue")
    assert [rescued(row) for row in found] == [
        {"colour": "red", "size": {"w": 1, "h": [2.5, None]}} if n == place else {} for n in range(7)
    ]
    assert [row["id"] for row in found] == list(range(7))
    assert len(things.read("ignore")) == 7
    with pytest.raises(DataError, match="colour"):
        things.read("fail")


def test_a_new_field_inside_an_object_is_rescued_by_its_path(things):
    things.records = [thing(1), thing(2, owner={"id": 7, "name": "Ann", "email": "a@example.com"})]
    assert [rescued(row) for row in things.read("rescue")] == [{}, {"owner.email": "a@example.com"}]
    with pytest.raises(DataError, match=r"owner\.email"):
        things.read("fail")


@pytest.mark.parametrize("drift", ["ignore", "fail", "rescue"])
def test_a_field_that_is_gone_is_null_and_says_nothing_about_the_others(things, drift):
    things.records = [thing(n) for n in range(7)]
    for number in (2, 3, 6):
        del things.records[number]["name"], things.records[number]["owner"]
    found = things.read(drift)
    assert [row["name"] is None and row["owner"] is None for row in found] == [n in (2, 3, 6) for n in range(7)]
    assert [str(row["price"]) for row in found] == ["199.99"] * 7


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "seven"), ("id", 7.5), ("price", {"amount": 1}), ("price", "many"), ("at", "soon"), ("owner", "Ann"), ("owner", [1]),
     ("id", 2**70), ("price", "1e999999999"), ("at", {"date": "2026-01-01"})],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 4])
def test_a_value_of_another_type_is_kept_as_it_came_or_refused_never_dropped(things, field, value, place):
    things.records = [thing(n) for n in range(5)]
    things.records[place][field] = value
    found = things.read("rescue")
    assert len(found) == 5
    assert found[place][field] is None
    assert rescued(found[place]) == {field: value}
    assert [rescued(row) for n, row in enumerate(found) if n != place] == [{}] * 4
    for drift in ("ignore", "fail"):
        with pytest.raises(DataError, match=f"Column {field} of type .* cannot hold .*on_schema_drift=rescue"):
            things.read(drift)


def test_a_type_that_widens_in_text_is_taken_as_text_by_every_rule(things):
    things.records = [thing(1), thing(2, name=42), thing(3, name={"first": "A"}), thing(4, price=5), thing(5, id="5")]
    for drift in ("ignore", "fail", "rescue"):
        found = things.read(drift)
        assert [row["name"] for row in found] == ["thing 1", "42", '{"first":"A"}', "thing 4", "thing 5"]
        assert [row["id"] for row in found] == [1, 2, 3, 4, 5]
        assert str(found[3]["price"]) == "5.00"


def test_increments_before_and_after_a_change_of_the_schema(things):
    things.records = [thing(n, 1) for n in range(4)] + [thing(n, 2, colour="red") for n in range(4, 8)]
    things.records += [thing(8, 3, price={"amount": 3}, colour=None), thing(9, 3)]
    first, second, third = (things.read("rescue", day) for day in range(3))
    assert [rescued(row) for row in first] == [{}] * 4
    assert [rescued(row) for row in second] == [{"colour": "red"}] * 4
    assert [rescued(row) for row in third] == [{"colour": None, "price": {"amount": 3}}, {}]
    assert [row["id"] for row in first + second + third] == list(range(10))
    assert [len(things.read("ignore", day)) for day in (0, 1)] == [4, 4]
    assert len(things.read("fail", 0)) == 4
    for day, name in ((1, "colour"), (2, "colour|price")):
        with pytest.raises(DataError, match=name):
            things.read("fail", day)


def test_nothing_of_a_record_is_lost_under_rescue(things):
    strange = {
        "null": None, "text": "é\u2028\U0001f600", "deep": {"a": [{"b": [[], {}]}]}, "big": 2**63, "exact": 0.1,
        "": "no name", "a.b": "a dot", "_rescued_data": "our own name",
    }  # fmt: skip
    things.records = [thing(n) for n in range(4)] + [thing(4, **strange)]
    found = things.read("rescue")
    assert {name: restored(found[4]).get(name) for name in strange} == strange


def test_the_column_of_rescued_fields_can_be_left_out_and_chosen(things):
    things.records = [thing(1, colour="red")]
    assert rows(things.connector, "things", columns="id,_rescued_data", on_schema_drift="rescue") == [
        {"id": 1, "_rescued_data": '{"colour":"red"}'}
    ]
    assert rows(things.connector, "things", columns="id", on_schema_drift="rescue") == [{"id": 1}]


def test_fields_that_were_not_asked_for_are_no_drift(things):
    things.records = [thing(1)]
    assert rows(things.connector, "things", columns="id", on_schema_drift="fail") == [{"id": 1}]


def hubspot(mock, drift, **options):
    quick = {"requests_per_second": "2000", "search_requests_per_second": "2000", "lag_seconds": "0"}
    return rows(connector("hubspot"), "contacts", **{**mock.options, **quick, "on_schema_drift": drift, **options})


def test_a_property_that_is_removed_is_null_for_reads_that_know_it(lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 30}, seed=5)
    options = {**mock.options, "requests_per_second": "2000", "on_schema_drift": "fail", "tableName": "contacts"}
    settings = check_options(connector("hubspot"), options)
    with connect(connector("hubspot"), settings) as client:
        read = prepare(connector("hubspot"), settings, lambda: client)
        shares = plan(read, client)
        before = {one["id"]: one["properties"]["jobtitle"] for one in mock.rows("contacts")}
        mock.write("remove_property", object_type="contacts", name="jobtitle")
        found = [row for one in shares for batch in read_share(read, one, client) for row in batch.to_pylist()]
    assert any(before.values())
    assert {row["id"]: row["jobtitle"] for row in found} == dict.fromkeys(before)
    for drift in ("ignore", "fail", "rescue"):
        following = hubspot(mock, drift)
        assert "jobtitle" not in following[0]
        assert sorted(row["id"] for row in following) == sorted(before)


def test_a_property_that_is_added_is_a_column_of_the_next_read(lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 30}, seed=5)
    before = hubspot(mock, "rescue")
    assert "churn_risk" not in before[0]
    mock.write("add_property", object_type="contacts", name="churn_risk", kind="number")
    some = mock.rows("contacts")[0]["id"]
    mock.write("change", object_type="contacts", ids=[some], same_time=True, properties={"churn_risk": "0.25"})
    for drift in ("ignore", "fail", "rescue"):
        found = {row["id"]: row for row in hubspot(mock, drift)}
        assert len(found) == 30
        assert float(found[some]["churn_risk"]) == 0.25
