import pytest

from lakeflow_sources.testing import mock_server


def by_key(rows, *names):
    found = {tuple(row[name] for name in names): row for row in rows}
    assert len(found) == len(rows)
    return found


def custom_objects(api, mock):
    found = api.get("/crm-object-schemas/2026-03/schemas")["results"]
    assert [one["name"] for one in found] == ["cars", "projects", "subscriptions_log"]
    for one in found:
        rows = mock.rows(one["name"])
        for name in (one["objectTypeId"], one["fullyQualifiedName"], one["name"]):
            listed = api.get(f"/crm/objects/2026-03/{name}")["results"]
            assert [row["id"] for row in listed] == [row["id"] for row in rows]
        assert [each["name"] for each in one["properties"]] == api.names(one["objectTypeId"])
    mock.write("deny", area="schemas")
    assert api.get("/crm-object-schemas/v3/schemas", 403)["category"] == "MISSING_SCOPES"
    mock.write("allow", area="schemas")
    api.get("/crm-object-schemas/v3/schemas")


def test_custom_objects_and_owners_of_both_kinds_page_by_page(connect):
    with mock_server("hubspot", records={"owners": 250, "quotes": 0}, each=2, custom_objects=3) as mock:
        api = connect(mock)
        custom_objects(api, mock)
        for flag in (False, True):
            rows = list(api.walk("/crm/owners/2026-03", limit=20, archived=str(flag).lower()))
            assert by_key(rows, "id") == by_key(mock.rows("owners", archived=flag), "id")
            assert {row["archived"] for row in rows} == {flag}
        assert len(mock.rows("owners", archived=None)) == 250
        assert all(row["userId"] is None for row in mock.rows("owners", archived=True))
        assert api.get("/crm/v3/owners", limit=500)["results"] == mock.rows("owners")
        api.get("/crm/v3/owners", 400, limit=501)
        assert api.get("/crm/objects/2026-03/quotes") == {"results": []}


def test_properties_of_every_type(api, mock):
    rows = mock.rows("properties")
    tables = {row["objectType"] for row in rows}
    assert {"contacts", "feedback_submissions", "cars"} <= tables
    for table in tables:
        wanted = [{k: v for k, v in row.items() if k != "objectType"} for row in rows if row["objectType"] == table]
        assert api.get(f"/crm/properties/2026-03/{table}")["results"] == wanted
    kinds = {(row["type"], row["fieldType"]) for row in rows}
    assert {
        ("string", "text"), ("number", "number"), ("bool", "booleancheckbox"), ("enumeration", "checkbox"),
        ("enumeration", "booleancheckbox"), ("date", "date"), ("datetime", "date"), ("phone_number", "phonenumber"),
        ("json", "text"), ("object_coordinates", "text"),
    } <= kinds  # fmt: skip
    assert api.get("/crm/v3/properties/contacts/email")["hasUniqueValue"] is True
    api.get("/crm/v3/properties/contacts/nosuch", 404)
    assert api.get("/crm/properties/2026-03/contacts", dataSensitivity="sensitive") == {"results": []}


def test_pipelines_and_stages(api, mock):
    assert {row["objectType"] for row in mock.rows("pipelines")} == {"deals", "tickets", "leads", "cars", "projects"}
    for kind in ("deals", "cars"):
        found = api.get(f"/crm/pipelines/2026-03/{kind}")["results"]
        stages = [row for row in mock.rows("pipeline_stages") if row["objectType"] == kind]
        assert [stage["id"] for one in found for stage in one["stages"]] == [row["id"] for row in stages]
        assert any(row["archived"] for row in stages)
    assert api.get("/crm/v3/pipelines/contacts") == {"results": []}


def test_account_and_usage(api, mock):
    assert api.get("/account-info/2026-03/details")["portalId"] == 4815162
    first = api.get("/account-info/2026-03/api-usage/daily/private-apps")["results"][0]
    second = api.get("/account-info/v3/api-usage/daily/private-apps")["results"][0]
    assert second["currentUsage"] == first["currentUsage"] + 1


def test_lists_and_members(api, mock):
    found, offset = [], 0
    while True:
        page = api.post("/crm/lists/2026-03/search", offset=offset, count=3)
        found += page["lists"]
        offset = page["offset"]
        if not page["hasMore"]:
            break
    assert found == mock.rows("lists")
    assert page["total"] == len(found) == 8
    members = []
    for one in found:
        rows = list(api.walk(f"/crm/lists/2026-03/{one['listId']}/memberships", limit=100))
        numbers = [int(row["recordId"]) for row in rows]
        assert numbers == sorted(numbers)
        members += [{"listId": one["listId"], **row} for row in rows]
        joined = list(api.walk(f"/crm/v3/lists/{one['listId']}/memberships/join-order", limit=250))
        assert by_key(joined, "recordId") == by_key(rows, "recordId")
    assert by_key(members, "listId", "recordId") == by_key(mock.rows("list_memberships"), "listId", "recordId")
    api.get("/crm/lists/2026-03/999/memberships", 404)
    api.get(f"/crm/lists/2026-03/{found[0]['listId']}/memberships", 400, limit=251)
    api.post("/crm/lists/2026-03/search", 400, count=501)


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("forms", "/marketing/v3/forms"),
        ("forms", "/marketing/forms/2026-09-beta"),
        ("marketing_emails", "/marketing/emails/2026-03"),
        ("marketing_emails", "/marketing/v3/emails"),
    ],
)
def test_marketing_lists(api, mock, table, path):
    rows = list(api.walk(path, limit=7))
    assert by_key(rows, "id") == by_key(mock.rows(table), "id")


def test_campaigns_show_the_properties_that_are_asked_for(api, mock):
    rows = list(api.walk("/marketing/campaigns/2026-03", limit=4, properties="hs_name,hs_notes,hs_utm"))
    truth = mock.rows("campaigns")
    assert [row["id"] for row in rows] == [row["id"] for row in truth]
    assert [row["properties"]["hs_name"] for row in rows] == [row["properties"]["hs_name"] for row in truth]
    assert {row["properties"]["hs_utm"] for row in rows} == {None}
    api.get("/marketing/campaigns/2026-03", 400, limit=101)


def test_marketing_emails_by_time_of_change(api, mock):
    rows = sorted(mock.rows("marketing_emails"), key=lambda row: row["updatedAt"])
    low, high = rows[5]["updatedAt"], rows[20]["updatedAt"]
    found = api.get("/marketing/emails/2026-03", updatedAfter=low, updatedBefore=high, sort="updatedAt")["results"]
    assert [row["id"] for row in found] == [row["id"] for row in rows if low < row["updatedAt"] < high]
    assert "stats" in api.get("/marketing/emails/2026-03", includeStats="true", limit=1)["results"][0]
    api.get("/marketing/emails/2026-03", 400, updatedAfter="yesterday")


def test_shelved_rows_can_be_written(api, mock):
    before = mock.rows("marketing_emails")
    changed, archived, dropped = (row["id"] for row in before[:3])
    mock.write("edit", table="marketing_emails", ids=[changed], values={"subject": "new"}, time="2026-02-01T00:00:00Z")
    mock.write("edit", table="marketing_emails", ids=[archived], values={"archived": True})
    mock.write("drop", table="marketing_emails", ids=[dropped])
    made = mock.write("add", table="marketing_emails", count=2)["ids"]
    rows = {row["id"]: row for row in api.walk("/marketing/emails/2026-03", limit=100)}
    assert set(rows) == {row["id"] for row in before} - {archived, dropped} | set(made)
    assert rows[changed]["subject"] == "new"
    assert rows[changed]["updatedAt"] == "2026-02-01T00:00:00Z"
    listed = api.get("/marketing/emails/2026-03", archived="true")["results"]
    assert [row["id"] for row in listed] == [archived]
    assert listed[0]["deletedAt"] == listed[0]["updatedAt"]
