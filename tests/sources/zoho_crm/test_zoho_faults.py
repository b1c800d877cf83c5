"""What Zoho's errors mean, whatever status they come with."""

import json

import pytest

from lakeflow_sources import AccessError, LakeflowError, QuotaError
from lakeflow_sources.http import Request, Response
from lakeflow_sources.sources.zoho_crm.columns import columns_of, members, subform_module
from lakeflow_sources.sources.zoho_crm.faults import faults
from tests.faults import KINDS, mixed
from tests.sources.zoho_crm.reading import read


def answer(status, code="", url="/crm/v8/Leads", headers=None, body=None, **details):
    told = body if body is not None else {"code": code, "details": details, "message": "said so", "status": "error"}
    return Response(Request("GET", url), status, headers or {}, json.dumps(told).encode() if told != "" else b"")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "INVALID_TOKEN", "sign_in"),
        (401, "AUTHENTICATION_FAILURE", "sign_in"),
        (401, "OAUTH_SCOPE_MISMATCH", "access"),
        (403, "NO_PERMISSION", "access"),
        (403, "FEATURE_NOT_ENABLED", "access"),
        (400, "INVALID_MODULE", "missing"),
        (404, "INVALID_URL_PATTERN", "missing"),
        (400, "INVALID_HOST", "fatal"),
        (400, "REQUIRED_PARAM_MISSING", "fatal"),
        (400, "PAGINATION_LIMIT_EXCEEDED", "fatal"),
        (429, "TOO_MANY_REQUESTS", "retry"),
        (400, "TOO_MANY_REQUESTS", "retry"),
        (500, "INTERNAL_ERROR", "retry"),
        (503, "SERVICE_UNAVAILABLE", "retry"),
        (200, "INVALID_MODULE", "missing"),
        (200, "NO_PERMISSION", "access"),
        (200, "INTERNAL_ERROR", "fatal"),
    ],
)
def test_codes(status, code, kind):
    fault = faults(answer(status, code))
    assert (fault.kind, fault.code) == (kind, code)
    assert "said so" in fault.message


def test_an_error_in_place_of_the_rows():
    body = {"data": [{"code": "NO_PERMISSION", "details": {}, "message": "no", "status": "error"}]}
    assert faults(answer(403, body=body)).code == faults(answer(200, body=body)).code == "NO_PERMISSION"


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"id": "1", "status": "error", "code": "A1"}]},
        {"data": [{"status": "success", "code": "ADDED_SUCCESSFULLY", "details": {"id": "1"}, "message": "Added"}]},
        {"data": []},
        {"count": 4},
        "",
    ],
)
def test_good_answers(body):
    assert faults(answer(200, body=body)) is None


def test_no_rows_and_nothing_newer_are_no_faults():
    assert faults(answer(204, body="")) is None
    assert faults(answer(304, body="")) is None


def test_details_are_told():
    assert '{"param_name":"fields"}' in faults(answer(400, "REQUIRED_PARAM_MISSING", param_name="fields")).message


def test_too_much_at_once_is_told_from_spent_credits():
    assert faults(answer(429, "TOO_MANY_REQUESTS", headers={"x-api-credits-remaining": "4000"})).kind == "retry"
    spent = faults(answer(429, "TOO_MANY_REQUESTS", headers={"x-api-credits-remaining": "0"}))
    assert spent.kind == "quota"
    assert "credits" in spent.remedy


def test_downloads_wait_for_a_minute():
    assert faults(answer(429, "TOO_MANY_REQUESTS", url="/crm/bulk/v8/read/1/result")).wait_seconds == 60


def test_a_page_of_a_proxy_is_no_error_of_zoho():
    assert faults(Response(Request("GET", "/x"), 502, {}, b"<html>bad gateway</html>")).kind == "retry"


def test_spent_credits_end_the_read(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", records={"Deals": 3_000}, each=5, seed=8, credits=12)
    with pytest.raises(QuotaError, match="API credits of the last 24 hours"):
        read(server, "Deals", columns="id,Deal_Name", page_size="20")


def test_what_is_left_of_the_credits_is_in_the_summary(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", records={"Deals": 1_500}, each=5, seed=8, credits=40)
    found = read(server, "Deals", columns="id,Deal_Name", page_size="60", read_by="list")
    assert found.client.stats.facts()["quota_left"] == 40 - server.write("credits") < 20


def test_credits_of_others_are_left_alone(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", records={"Deals": 3_000}, each=5, seed=8, credits=40)
    with pytest.raises(QuotaError, match="credits_reserve=10"):
        read(server, "Deals", columns="id,Deal_Name", page_size="20", credits_reserve="10")
    assert 30 <= server.write("credits") <= 31


def test_passing_trouble_changes_nothing(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", records={"Deals": 1_500}, each=5, seed=8)
    for kind in ("429", "500", "drop", "truncate", "invalid_json"):
        server.faults(kind, rate=0.3, count=2, retry_after=0.05, paths=["/crm/"])
        assert len(read(server, "Deals", columns="id,Stage").by_id) == len(server.rows("Deals"))
        server.clear_faults()
    assert sum(server.counters()["faults"].values()) >= 5


class Fake:
    """A client that answers with metadata."""

    def __init__(self, **modules):
        self.modules = modules

    def send(self, request):
        name = dict(request.params)["module"]
        return answer(200, body={"fields": self.modules[name]})


class Settings:
    def get(self, name):
        return None

    def integer(self, name):
        return 0


def kinds(*fields, **modules):
    found = columns_of(Settings(), Fake(M=list(fields), **modules), "M")
    return {one.name: one.type for one in found}


def field(name, kind, json_type="string", **more):
    return {"api_name": name, "data_type": kind, "json_type": json_type, **more}


def test_types_of_fields():
    found = kinds(
        field("A", "text"),
        field("B", "currency", "double"),
        field("C", "double", "double"),
        field("D", "double", "double", decimal_place=2),
        field("E", "formula", "string", formula={"return_type": "datetime"}),
        field("F", "formula", "double", formula={"return_type": "currency"}, decimal_place=2),
        field("G", "something_new", "string"),
        field("H", "something_new", "jsonobject"),
        field("Layout", "bigint", "jsonobject"),
        field("Tag", "text", "jsonarray"),
        field("I", "rollup_summary", "integer", rollup_summary={"return_type": "integer"}),
        field("J", "event_reminder"),
    )
    assert found == {
        "id": "string", "A": "string", "B": "decimal(38,9)", "C": "double", "D": "decimal(38,9)", "E": "timestamp",
        "F": "decimal(38,9)", "G": "string", "H": "json", "Layout": "json",
        "Tag": "array<struct<id:string,name:string,color_code:string>>", "I": "long", "J": "timestamp",
    }  # fmt: skip


def test_names_that_differ_by_case_only_are_told_apart():
    assert list(kinds(field("Email", "email"), field("email", "email"), field("Id", "bigint"))) == [
        "id",
        "Email",
        "field_email",
    ]


def test_a_subform_brings_the_fields_of_its_module():
    one = field("Lines", "subform", "jsonarray", associated_module={"module": "L"})
    found = kinds(
        one,
        L=[
            field("Parent_Id", "lookup"),
            field("Price", "currency", "double", decimal_place=2),
            field("Who", "ownerlookup"),
        ],
    )
    assert (
        found["Lines"] == "array<struct<id:string,Price:decimal(38,9),Who:struct<id:string,name:string,email:string>>>"
    )
    assert [name for name, _ in members(found["Lines"])] == ["id", "Price", "Who"]
    assert dict(members(found["Lines"]))["Price"] == "decimal(38,9)"
    assert subform_module(field("x", "subform", subform={"module": "N"})) == "N"
    assert kinds(field("Lost", "subform", "jsonarray"))["Lost"] == "json"


def test_a_module_whose_fields_are_hidden_is_told():
    with pytest.raises(AccessError, match="no fields of the module M"):
        kinds()


@pytest.fixture
def troubled(lakeflow_mock):
    return lakeflow_mock("zoho_crm", records={"Deals": 2_300}, each=5, seed=8)


CALLS = ["/Deals", "/coql", "/bulk/", "/settings/", "/users"]
NARROW = {"columns": "id,Deal_Name,Amount,Modified_Time", "max_retries": "30"}


@pytest.mark.parametrize("way", ["list", "query", "bulk"])
def test_all_kinds_of_faults_mixed(troubled, way):
    mixed(troubled, *CALLS)
    found = read(troubled, "Deals", read_by=way, **NARROW).by_id
    assert troubled.counters()["faults"]
    assert found.keys() == {row["id"] for row in troubled.rows("Deals")}


@pytest.mark.proof
@pytest.mark.parametrize("way", ["list", "query", "bulk"])
@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_fault_alone(troubled, name, way):
    troubled.faults(rate=0.2, paths=CALLS, **KINDS[name])
    assert read(troubled, "Deals", read_by=way, **NARROW).by_id.keys() == {row["id"] for row in troubled.rows("Deals")}


@pytest.mark.parametrize("kind", ["html", "gzip_bomb", "endless_body", "redirect", "never"])
def test_what_is_no_answer_of_zoho_is_an_error_and_no_end(troubled, kind):
    troubled.faults(kind, paths=["/Deals$"], size=2 << 30)
    with pytest.raises(LakeflowError):
        read(troubled, "Deals", read_by="list", retry_deadline_seconds="3", timeout_seconds="1", max_retries="1")
