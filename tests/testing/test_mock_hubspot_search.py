"""The search endpoint against the same question asked of all rows in plain Python."""

from datetime import datetime

import pytest

from lakeflow_sources.testing import mock_server

OBJECTS = "/crm/objects/2026-03"
CURSOR = "lastmodifieddate"


def stamp(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def pages(api, kind, *filters, limit=200, **body):
    after, found = None, []
    while True:
        answer = api.search(kind, *filters, limit=limit, after=after, **body)
        found += answer["results"]
        if "paging" not in answer:
            assert answer["total"] == len(found)
            return found
        after = answer["paging"]["next"]["after"]


def ids(rows):
    return [row["id"] for row in rows]


def test_all_records(api, mock):
    rows = pages(api, "contacts", properties=api.names("contacts"))
    assert sorted(rows, key=lambda row: int(row["id"])) == mock.rows("contacts")


@pytest.fixture(scope="session")
def rows(mock):
    return mock.rows("contacts")


def property_of(row, name):
    return row["properties"][name]


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ([(CURSOR, "GTE", "LOW"), (CURSOR, "LT", "HIGH")], lambda at, low, high: low <= at < high),
        ([(CURSOR, "GT", "LOW"), (CURSOR, "LTE", "HIGH")], lambda at, low, high: low < at <= high),
        ([(CURSOR, "BETWEEN", "LOW", "HIGH")], lambda at, low, high: low <= at <= high),
        ([(CURSOR, "EQ", "LOW")], lambda at, low, high: at == low),
        ([(CURSOR, "NEQ", "LOW")], lambda at, low, high: at != low),
        ([(CURSOR, "IN", "LOW", "HIGH")], lambda at, low, high: at in {low, high}),
    ],
)
def test_times(api, rows, filters, passes):
    low, high = (stamp(rows[place]["updatedAt"]) for place in (100, 700))
    low, high = sorted((low, high))
    named = [[{"LOW": str(low), "HIGH": str(high)}.get(one, one) for one in each] for each in filters]
    wanted = [row["id"] for row in rows if passes(stamp(row["updatedAt"]), low, high)]
    assert wanted
    assert ids(pages(api, "contacts", *named)) == wanted


def test_times_may_be_written_as_iso(api, rows):
    moment = rows[100]["updatedAt"]
    wanted = [row["id"] for row in rows if row["updatedAt"] >= moment and "." in row["updatedAt"]]
    found = ids(pages(api, "contacts", (CURSOR, "GTE", moment)))
    assert set(wanted) <= set(found)


@pytest.mark.parametrize("operator", ["EQ", "GT", "GTE", "LT", "LTE"])
def test_ids_are_numbers(api, rows, operator):
    pivot = int(rows[40]["id"])
    compare = {
        "EQ": int.__eq__, "GT": int.__gt__, "GTE": int.__ge__, "LT": int.__lt__, "LTE": int.__le__,
    }[operator]  # fmt: skip
    wanted = [row["id"] for row in rows if compare(int(row["id"]), pivot)]
    assert ids(pages(api, "contacts", ("hs_object_id", operator, str(pivot)))) == wanted


def test_the_keyset_question_of_the_connector(api, rows):
    low, high = sorted(stamp(rows[place]["updatedAt"]) for place in (5, 900))
    last, found = "0", []
    sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    window = [(CURSOR, "GTE", str(low)), (CURSOR, "LT", str(high))]
    while page := api.search("contacts", *window, ("hs_object_id", "GT", last), limit=50, sorts=sorts)["results"]:
        found += ids(page)
        last = page[-1]["id"]
    assert found == [row["id"] for row in rows if low <= stamp(row["updatedAt"]) < high]


def number(text):
    return float(text) if text else None


@pytest.mark.parametrize(
    ("one", "passes"),
    [
        (("annualrevenue", "GT", "199"), lambda p: number(p["annualrevenue"]) is not None and number(p["annualrevenue"]) > 199),
        (("annualrevenue", "EQ", "15000000"), lambda p: number(p["annualrevenue"]) == 15_000_000),
        (("annualrevenue", "HAS_PROPERTY"), lambda p: bool(p["annualrevenue"])),
        (("annualrevenue", "NOT_HAS_PROPERTY"), lambda p: not p["annualrevenue"]),
        (("lifecyclestage", "EQ", "customer"), lambda p: p["lifecyclestage"] == "customer"),
        (("lifecyclestage", "EQ", "CUSTOMER"), lambda p: False),
        (("lifecyclestage", "IN", "lead", "other"), lambda p: p["lifecyclestage"] in {"lead", "other"}),
        (("lifecyclestage", "NOT_IN", "lead"), lambda p: bool(p["lifecyclestage"]) and p["lifecyclestage"] != "lead"),
        (("firstname", "EQ", "ADA"), lambda p: (p["firstname"] or "").lower() == "ada"),
        (("firstname", "IN", "ada"), lambda p: (p["firstname"] or "").lower() == "ada"),
        (("firstname", "IN", "Ada"), lambda p: False),
        (("message", "CONTAINS_TOKEN", "words"), lambda p: "words" in (p["message"] or "")),
        (("message", "CONTAINS_TOKEN", "word"), lambda p: False),
        (("message", "CONTAINS_TOKEN", "wor*"), lambda p: "words" in (p["message"] or "")),
        (("email", "EQ", "USER.17+*"), lambda p: False),
        (("newsletter", "EQ", "true"), lambda p: p["newsletter"] == "true"),
        (("date_of_birth", "EQ", "2024-02-29"), lambda p: p["date_of_birth"] == "2024-02-29"),
        (("date_of_birth", "LT", "1970-01-01"), lambda p: p["date_of_birth"] in {"1900-03-01", "1582-10-15", "-86400000"}),
    ],
)  # fmt: skip
def test_operators(api, rows, one, passes):
    wanted = [row["id"] for row in rows if passes(row["properties"])]
    assert ids(pages(api, "contacts", one)) == wanted


def test_unique_values_can_be_searched(api, rows):
    row = rows[77]
    assert ids(pages(api, "contacts", ("email", "EQ", row["properties"]["email"].upper()))) == [row["id"]]
    assert ids(api.search("contacts", query=row["properties"]["email"])["results"]) == [row["id"]]


def test_filters_are_joined_by_and_groups_by_or(api, rows):
    group = [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"}]
    both = [*group, {"propertyName": "newsletter", "operator": "EQ", "value": "true"}]
    first = {"propertyName": "hs_object_id", "operator": "EQ", "value": rows[0]["id"]}
    answer = api.search("contacts", filterGroups=[{"filters": both}, {"filters": [first]}], limit=200)
    wanted = {
        row["id"]
        for row in rows
        if row is rows[0] or (property_of(row, "lifecyclestage") == "lead" and property_of(row, "newsletter") == "true")
    }
    assert set(ids(answer["results"])) == wanted


def test_sorts(api, rows):
    def sorted_by(name, direction="ASCENDING"):
        return pages(api, "contacts", sorts=[{"propertyName": name, "direction": direction}], properties=[name])

    times = [stamp(row["updatedAt"]) for row in sorted_by(CURSOR)]
    assert times == sorted(times)
    newest = [stamp(row["updatedAt"]) for row in sorted_by(CURSOR, "DESCENDING")]
    assert newest == sorted(newest, reverse=True)
    assert ids(sorted_by("hs_object_id", "DESCENDING")) == ids(rows)[::-1]
    numbers = [number(property_of(row, "annualrevenue")) for row in sorted_by("annualrevenue")]
    present = [one for one in numbers if one is not None]
    assert present == sorted(present)
    assert ids(sorted_by(CURSOR)) != ids(sorted(rows, key=lambda row: (stamp(row["updatedAt"]), int(row["id"]))))


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "x1"},
        {"after": "-1"},
        {"sorts": [{"propertyName": CURSOR}, {"propertyName": "email"}]},
        {"sorts": [{"propertyName": "nosuch"}]},
        {"filterGroups": [{"filters": [{"propertyName": "nosuch", "operator": "EQ", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": CURSOR, "operator": "GT", "value": "yesterday"}]}]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 7}]},
        {"properties": ["x" * 100] * 30},
    ],
)
def test_what_breaks_the_rules_is_refused(api, body):
    assert api.search("contacts", status=400, **body)["category"] == "VALIDATION_ERROR"


def test_the_cap(connect, large):
    api = connect(large)
    answer = api.search("contacts", limit=200, after="9800", properties=["hs_object_id"])
    assert answer["total"] == 12_000
    assert len(answer["results"]) == 200
    assert answer["paging"]["next"]["after"] == "10000"
    api.search("contacts", limit=200, after="10000", status=400)
    assert len(api.search("contacts", limit=200, after="9999")["results"]) == 1


def test_archived_records_never_appear(api, mock):
    for row in mock.rows("contacts", archived=True):
        assert api.search("contacts", ("hs_object_id", "EQ", row["id"]))["total"] == 0


def test_the_index_lags_behind_writes(connect):
    with mock_server("hubspot", records={"contacts": 20}, index_lag=30, now="2026-01-01T00:00:00Z") as mock:
        api = connect(mock)
        before = pages(api, "contacts", properties=["email", "phone"])
        changed, archived = before[3]["id"], before[5]["id"]
        mock.write("change", object_type="contacts", ids=[changed], properties={"phone": "first"})
        mock.write("archive", object_type="contacts", ids=[archived])
        created = mock.write("create", object_type="contacts", count=2)["ids"]
        assert pages(api, "contacts", properties=["email", "phone"]) == before
        mock.advance(20)
        mock.write("change", object_type="contacts", ids=[changed], properties={"phone": "second"})
        mock.advance(11)
        seen = {row["id"]: row for row in pages(api, "contacts", properties=["email", "phone"])}
        assert set(seen) == {row["id"] for row in before} - {archived} | set(created)
        assert seen[changed]["properties"]["phone"] == "first"
        mock.advance(20)
        seen = {row["id"]: row for row in pages(api, "contacts", properties=["phone"])}
        assert seen[changed]["properties"]["phone"] == "second"
        assert seen[changed]["updatedAt"] == "2026-01-01T00:00:20Z"
