import itertools

import orjson
import pytest

from lakeflow_sources.testing import mock_server
from lakeflow_sources.testing.stages import Spec, stage_of
from lakeflow_sources.testing.vendor import RowsAsked

OBJECTS = "/crm/objects/2026-03"
KINDS = [
    "contacts", "companies", "deals", "tickets", "products", "line_items", "quotes", "leads", "calls", "emails",
    "meetings", "notes", "tasks", "communications", "feedback_submissions", "cars", "2-2000037",
]  # fmt: skip


def by_id(rows):
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows), "an id came twice"
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_gives_every_record_once(api, mock, kind):
    table = {"2-2000037": "projects"}.get(kind, kind)
    asked = ",".join(api.names(kind))
    rows = list(api.walk(f"{OBJECTS}/{kind}", limit=100, properties=asked))
    assert by_id(rows) == by_id(mock.rows(table))
    assert len(rows) == {"contacts": 1_203, "companies": 40}.get(kind, 50)
    archived = list(api.walk(f"{OBJECTS}/{kind}", limit=2, properties=asked, archived="true"))
    assert by_id(archived) == by_id(mock.rows(table, archived=True))
    assert [row["archived"] for row in archived] == [True] * 3
    assert all(row["archivedAt"] > row["updatedAt"] for row in archived)


def test_ids_ascend_and_are_sparse(api, mock):
    ids = [int(row["id"]) for row in api.walk(f"{OBJECTS}/contacts", limit=100)]
    assert ids == sorted(ids)
    assert len(str(ids[0])) == 2
    assert len(str(ids[-1])) == 10
    assert max(b - a for a, b in itertools.pairwise(ids)) > 7 * 10**9
    assert len({b - a for a, b in itertools.pairwise(ids)}) > 10


def test_after_is_the_next_id_and_a_walk_may_begin_anywhere(api, mock):
    ids = [row["id"] for row in mock.rows("contacts")]
    page = api.get(f"{OBJECTS}/contacts", limit=10)
    assert [row["id"] for row in page["results"]] == ids[:10]
    assert page["paging"]["next"]["after"] == ids[10]
    link = page["paging"]["next"]["link"].removeprefix(mock.url)
    assert api.get(link)["results"][0]["id"] == ids[10]
    between = str(int(ids[500]) - 1)
    assert api.get(f"{OBJECTS}/contacts", limit=1, after=between)["results"][0]["id"] == ids[500]
    assert api.get(f"{OBJECTS}/contacts", limit=5, after=str(int(ids[-1]) + 1)) == {"results": []}


@pytest.mark.parametrize(
    "begin", ["/crm/v3/objects/0-1", "/crm/objects/2026-09/contact", "/crm/objects/2025-09/CONTACTS"]
)
def test_every_version_and_spelling(api, begin):
    assert api.get(begin, limit=1)["results"] == api.get(f"{OBJECTS}/contacts", limit=1)["results"]


def test_only_asked_properties_and_the_system_ones_come(api):
    system = {"createdate", "hs_object_id", "lastmodifieddate"}
    row = api.get(f"{OBJECTS}/contacts", limit=1)["results"][0]
    assert set(row["properties"]) == {"email", "firstname", "lastname"} | system
    row = api.get(f"{OBJECTS}/contacts", limit=1, properties=["phone", "annualrevenue,nosuch"])["results"][0]
    assert set(row["properties"]) == {"phone", "annualrevenue"} | system
    row = api.get(f"{OBJECTS}/calls", limit=1, properties="hs_call_body")["results"][0]
    assert set(row["properties"]) == {"hs_call_body", "hs_createdate", "hs_object_id", "hs_lastmodifieddate"}


def test_values_are_awkward(mock):
    rows = mock.rows("contacts")
    for name in ("message", "annualrevenue", "date_of_birth", "first_deal_created_date", "newsletter"):
        values = [row["properties"][name] for row in rows]
        assert None in values
        assert "" in values
    texts = {row["properties"]["message"] for row in rows} - {None}
    assert any("\n" in text for text in texts)
    assert any('"' in text for text in texts)
    assert any("\x00" in text for text in texts)
    assert any(ord(letter) > 0xFFFF for text in texts for letter in text)
    numbers = {row["properties"]["annualrevenue"] for row in rows}
    assert {"1.5E7", "-17.5", "12345678901234567890.123456789012345678"} <= numbers
    dates = {row["properties"]["date_of_birth"] for row in rows}
    assert {"1900-03-01", "951782400000", "2100-01-01"} <= dates
    emails = [row["properties"]["email"] for row in rows]
    assert len(set(emails)) == len(emails)
    updated = [row["updatedAt"] for row in rows]
    assert 200 < len(updated) - len(set(updated)) < 400  # three of ten share their time
    assert any("." not in moment for moment in updated)
    assert "2023-07" <= min(updated) < "2023-09"
    assert "2025-06" <= max(updated) < "2025-07-01"
    assert all(row["createdAt"] <= row["updatedAt"] for row in rows)
    assert all(row["updatedAt"] == row["properties"]["lastmodifieddate"] for row in rows)


def test_the_same_seed_gives_the_same_account(mock):
    def rows(table, seed):
        stage = stage_of(Spec("hubspot", records={"contacts": 1_203, "companies": 40}, seed=seed))
        return orjson.loads(orjson.dumps(list(stage.service.rows(RowsAsked(table, 0, 2_000, archived=False)))))

    assert rows("contacts", 7) == mock.rows("contacts")
    assert rows("lists", 7) == mock.rows("lists")
    assert rows("contacts", 8) != mock.rows("contacts")
    assert rows("lists", 8) != mock.rows("lists")


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"limit": "x"}, {"after": "abc"}])
def test_a_bad_page_is_refused(api, query):
    assert api.get(f"{OBJECTS}/contacts", 400, **query)["category"] == "VALIDATION_ERROR"


def test_long_addresses_are_refused(api):
    names = ",".join(f"property_{number:05d}" for number in range(600))
    assert api.send("GET", f"{OBJECTS}/contacts?properties={names}").status_code == 414
    assert api.send("GET", f"{OBJECTS}/contacts?properties={names[:7800]}").status_code == 200


def test_hundreds_of_properties(connect):
    with mock_server("hubspot", records={"contacts": 30}, extra_properties=400) as mock:
        api = connect(mock)
        names = api.names("contacts")
        assert len(names) == 424
        rows = mock.rows("contacts")
        body = {"properties": names, "inputs": [{"id": row["id"]} for row in rows]}
        found = api.post(f"{OBJECTS}/contacts/batch/read", **body)
        assert by_id(found["results"]) == by_id(rows)
        filled = {name for row in rows for name, value in row["properties"].items() if value}
        assert len(filled) > 400


def test_batch_read(api, mock):
    rows = mock.rows("contacts")[:100]
    asked = {"properties": api.names("contacts"), "inputs": [{"id": row["id"]} for row in rows]}
    answer = api.post(f"{OBJECTS}/contacts/batch/read", **asked)
    assert by_id(answer["results"]) == by_id(rows)
    assert "errors" not in answer
    archived = mock.rows("contacts", archived=True)[0]
    lost = {"properties": ["email"], "inputs": [{"id": rows[0]["id"]}, {"id": archived["id"]}, {"id": "5"}]}
    answer = api.post(f"{OBJECTS}/contacts/batch/read", 207, **lost)
    assert [row["id"] for row in answer["results"]] == [rows[0]["id"]]
    assert answer["errors"][0]["context"]["ids"] == [archived["id"], "5"]
    answer = api.post(f"{OBJECTS}/contacts/batch/read?archived=true", 207, **lost)
    assert [row["id"] for row in answer["results"]] == [archived["id"]]
    api.post(f"{OBJECTS}/contacts/batch/read", 400, inputs=[{"id": "1"}] * 101)
    assert api.send("POST", f"{OBJECTS}/contacts/batch/read", data=b"{").status_code == 400


def test_one_record(api, mock):
    row = mock.rows("deals")[3]
    assert (
        api.get(f"{OBJECTS}/deals/{row['id']}", properties="amount")["properties"]["amount"]
        == row["properties"]["amount"]
    )
    assert api.get(f"{OBJECTS}/deals/999", 404)["category"] == "OBJECT_NOT_FOUND"


def test_unknown_types_and_paths(api):
    assert "nonsense" in api.get(f"{OBJECTS}/nonsense", 404)["message"]
    assert api.get("/crm/objects/2020-01/contacts", 404)["status"] == "error"


def test_a_missing_scope_is_named(api, mock):
    mock.write("deny", area="deals", scope="crm.objects.deals.read")
    refused = api.get(f"{OBJECTS}/deals", 403)
    assert refused["category"] == "MISSING_SCOPES"
    assert refused["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.deals.read"]
    api.get(f"{OBJECTS}/contacts")
    api.get("/crm/properties/2026-03/deals", 403)
    mock.write("allow", area="deals")
    api.get(f"{OBJECTS}/deals")
