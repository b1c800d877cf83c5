import pytest

from lakeflow_sources.testing import mock_server

LINKS = "/crm/associations/2026-03"


def pairs(rows):
    return sorted((row["fromId"], row["toId"], row["typeId"], row["category"]) for row in rows)


def read_all(api, begin, inputs):
    """Every link of the inputs, following each one's pages."""
    found, absent = [], []
    while inputs:
        answer = api.send("POST", f"{begin}/batch/read", json={"inputs": inputs}).json()
        absent += [one["context"]["fromObjectId"][0] for one in answer.get("errors", ())]
        inputs = []
        for one in answer["results"]:
            for target in one["to"]:
                assert isinstance(target["toObjectId"], int)
                found += [
                    {"fromId": one["from"]["id"], "toId": str(target["toObjectId"]), **kind}
                    for kind in target["associationTypes"]
                ]
            if "paging" in one:
                inputs.append({"id": one["from"]["id"], "after": one["paging"]["next"]["after"]})
    return found, absent


@pytest.fixture(scope="module")
def small_pages():
    with mock_server("hubspot", records={"contacts": 300, "companies": 20}, association_page=7, seed=2) as server:
        yield server


@pytest.mark.parametrize(
    ("first", "second"),
    [("contacts", "companies"), ("companies", "contacts"), ("deals", "deals"), ("cars", "contacts")],
)
def test_batch_read_gives_all_links(connect, small_pages, first, second):
    api = connect(small_pages)
    ids = [row["id"] for row in small_pages.rows(first)]
    rows = small_pages.rows(f"associations_{first}_{second}")
    found, absent = read_all(api, f"{LINKS}/{first}/{second}", [{"id": one} for one in ids])
    assert pairs(found) == pairs(rows)
    assert len(set(pairs(found))) == len(found)
    linked = {row["fromId"] for row in rows}
    assert set(absent) == set(ids) - linked
    assert {kind["category"] for kind in rows} == {"HUBSPOT_DEFINED", "USER_DEFINED"}


def test_links_look_the_same_from_both_sides(small_pages):
    there = {(row["fromId"], row["toId"]) for row in small_pages.rows("associations_contacts_companies")}
    back = {(row["toId"], row["fromId"]) for row in small_pages.rows("associations_companies_contacts")}
    assert there == back
    targets = {}
    for _, company in there:
        targets[company] = targets.get(company, 0) + 1
    assert max(targets.values()) > 100


def test_links_of_one_record_and_in_the_list(connect, small_pages):
    api = connect(small_pages)
    hub = small_pages.rows("companies")[0]["id"]
    wanted = {row["toId"] for row in small_pages.rows("associations_companies_contacts") if row["fromId"] == hub}
    page, found = {"paging": {"next": {"after": 0}}}, []
    while "paging" in page:
        page = api.get(
            f"/crm/objects/2026-03/companies/{hub}/associations/contacts",
            limit=50,
            after=page["paging"]["next"]["after"],
        )
        found += [str(one["toObjectId"]) for one in page["results"]]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    first = api.get("/crm/objects/2026-03/companies", limit=1, associations="contacts,deals")["results"][0]
    shown = first["associations"]["contacts"]
    assert {one["id"] for one in shown["results"]} < wanted
    assert "paging" in shown
    assert set(shown["results"][0]) == {"id", "type"}


def test_archived_records_have_no_links(lakeflow_hubspot):
    mock = lakeflow_hubspot
    rows = mock.rows("associations_contacts_companies")
    victim = rows[0]["toId"]
    mock.write("archive", object_type="companies", ids=[victim])
    assert mock.rows("associations_contacts_companies") == [row for row in rows if row["toId"] != victim]
    mock.write("restore", object_type="companies", ids=[victim])
    assert mock.rows("associations_contacts_companies") == rows


def test_links_can_be_made_and_cut(lakeflow_hubspot):
    mock = lakeflow_hubspot
    link = mock.rows("associations_contacts_companies")[0]
    ends = {"object_type": "contacts", "record_id": link["fromId"], "to_type": "companies", "to_id": link["toId"]}
    mock.write("unlink", **ends)
    pairs_left = [(row["fromId"], row["toId"]) for row in mock.rows("associations_contacts_companies")]
    assert (link["fromId"], link["toId"]) not in pairs_left
    assert link["fromId"] not in {
        row["toId"] for row in mock.rows("associations_companies_contacts") if row["fromId"] == link["toId"]
    }
    mock.write("link", **ends)
    assert link in mock.rows("associations_contacts_companies")


@pytest.fixture(scope="module")
def lakeflow_hubspot():
    with mock_server("hubspot", each=20) as server:
        yield server


def test_labels_and_rules(api):
    kinds = api.get(f"{LINKS}/contacts/companies/labels")["results"]
    assert [one["category"] for one in kinds] == ["HUBSPOT_DEFINED", "USER_DEFINED"]
    api.post("/crm/v4/associations/contacts/companies/batch/read", 400, inputs=[{"id": "1"}] * 1001)
    api.post(f"{LINKS}/contacts/nonsense/batch/read", 404, inputs=[{"id": "1"}])
