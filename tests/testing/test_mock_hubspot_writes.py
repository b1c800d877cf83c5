import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing import mock_server

OBJECTS = "/crm/objects/2026-03"
CURSOR = "lastmodifieddate"
NOON = "2026-03-01T12:00:00Z"


@pytest.fixture
def account(connect):
    with mock_server("hubspot", records={"contacts": 60}, each=10, now=NOON) as mock:
        mock.api = connect(mock)
        yield mock


def ids(rows):
    return [row["id"] for row in rows]


def since_noon(mock):
    return mock.api.search("contacts", (CURSOR, "GTE", NOON), limit=200, properties=["phone"])["results"]


def test_changed_records_carry_the_clock(account):
    assert since_noon(account) == []
    assert max(row["updatedAt"] for row in account.rows("contacts")) > "2026-01"
    before = {row["id"]: row["properties"] for row in account.rows("contacts")}
    account.advance(90)
    changed = account.write("change", object_type="contacts", count=7, properties={"phone": "+1"}, same_time=True)[
        "ids"
    ]
    found = since_noon(account)
    assert sorted(ids(found)) == sorted(changed)
    assert {row["updatedAt"] for row in found} == {"2026-03-01T12:01:30Z"}
    assert {row["properties"]["phone"] for row in found} == {"+1"}
    truth = {row["id"]: row for row in account.rows("contacts")}
    listed = {
        row["id"]: row
        for row in account.api.walk(
            f"{OBJECTS}/contacts", limit=100, properties=",".join(account.api.names("contacts"))
        )
    }
    assert listed == truth
    moved = {"phone": "+1", CURSOR: "2026-03-01T12:01:30Z"}
    for one, row in truth.items():
        assert row["properties"] == before[one] | (moved if one in changed else {})


def test_changes_are_spread_or_share_one_time(account):
    account.write("change", object_type="contacts", count=50, time="2026-03-02T00:00:00Z", seconds=60)
    times = {row["updatedAt"] for row in since_noon(account)}
    assert len(times) == 50
    assert max(times) == "2026-03-02T00:00:00Z"
    assert min(times) > "2026-03-01T23:59:00Z"
    first, second = (
        account.write("change", object_type="contacts", ids=ids(account.rows("contacts"))[:1]) for _ in "ab"
    )
    assert first == second
    assert account.rows("contacts")[0]["properties"]["email"] == "changed №3"


def test_more_rows_with_one_time_than_search_shows(connect, large):
    large.write("change", object_type="contacts", count=11_000, same_time=True)
    assert connect(large).search("contacts", (CURSOR, "EQ", NOON))["total"] == 11_000


def test_created_records_come_last(account):
    made = account.write("create", object_type="contacts", count=3, properties={"phone": "+2"})["ids"]
    rows = account.rows("contacts")
    assert ids(rows)[-3:] == made
    assert [row["properties"]["phone"] for row in rows[-3:]] == ["+2"] * 3
    assert len({row["properties"]["email"] for row in rows}) == 63
    assert all(row["createdAt"] == row["updatedAt"] for row in rows[-3:])
    assert account.api.search("contacts", (CURSOR, "GTE", "2026-03-01T11:59:00Z"))["total"] == 3
    only = account.write("create", object_type="quotes")["ids"]
    assert ids(account.rows("quotes"))[-1:] == only


def test_archive_restore_and_purge(account):
    before = ids(account.rows("deals"))
    bin_before = ids(account.rows("deals", archived=True))
    account.write("archive", object_type="deals", ids=before[:2])
    assert ids(account.rows("deals")) == before[2:]
    listed = account.api.get(f"{OBJECTS}/deals", archived="true", limit=100)["results"]
    assert sorted(ids(listed)) == sorted(bin_before + before[:2])
    assert [row["archivedAt"] for row in listed if row["id"] in before[:2]] == [NOON] * 2
    account.write("restore", object_type="deals", ids=before[:1])
    assert ids(account.rows("deals")) == [before[0], *before[2:]]
    assert account.rows("deals")[0]["updatedAt"] == NOON
    account.write("purge", object_type="deals", ids=[before[1], before[2]])
    assert before[1] not in ids(account.rows("deals", archived=None))
    account.api.get(f"{OBJECTS}/deals/{before[2]}", 404)
    assert account.api.search("deals")["total"] == len(before) - 2


def test_properties_come_and_go(account):
    account.write("add_property", object_type="contacts", name="score", kind="number")
    assert {row["properties"]["score"] for row in account.rows("contacts")} == {None}
    one = account.rows("contacts")[4]["id"]
    account.write("change", object_type="contacts", ids=[one], properties={"score": "1.5"})
    assert ids(account.api.search("contacts", ("score", "GT", "1"))["results"]) == [one]
    account.write("add_property", object_type="contacts", name="mood", kind="string", values="seeded")
    assert len({row["properties"]["mood"] for row in account.rows("contacts")}) > 5
    account.write("remove_property", object_type="contacts", name="jobtitle")
    assert "jobtitle" not in account.api.names("contacts")
    archived = account.api.get("/crm/properties/2026-03/contacts", archived="true")["results"]
    assert [row["name"] for row in archived] == ["jobtitle"]
    assert "jobtitle" not in account.rows("contacts")[0]["properties"]
    shown = account.api.get(f"{OBJECTS}/contacts", limit=1, properties="jobtitle,score")["results"][0]
    assert "jobtitle" not in shown["properties"]


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("explode", {}, "no action 'explode'"),
        ("change", {"object_type": "cats", "count": 1}, "no object type 'cats'"),
        ("change", {"object_type": "deals", "ids": ["1"]}, "not there: 1"),
        ("change", {"object_type": "deals", "count": 99}, "There are 10 deals"),
        ("change", {"object_type": "deals", "count": 1, "properties": {"nosuch": "x"}}, "no property nosuch"),
        ("change", {"object_type": "deals", "count": 1, "time": "noon"}, "'noon' is no time"),
        ("change", {"object_type": "deals", "count": 1, "cuont": 1}, "cuont"),
        ("archive", {}, "object_type"),
    ],
)  # fmt: skip
def test_a_wrong_write_says_what_is_wrong_and_changes_nothing(untouched, action, fields, said):
    before = untouched.rows("deals")
    with pytest.raises(ConfigurationError, match=said):
        untouched.write(action, **fields)
    assert untouched.rows("deals") == before


@pytest.fixture(scope="module")
def untouched():
    with mock_server("hubspot", each=10) as mock:
        yield mock
