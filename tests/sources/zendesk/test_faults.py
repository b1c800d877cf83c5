"""Errors in every shape that Zendesk gives them."""

import json

import pytest

from lakeflow_sources.errors import AccessError, QuotaError, VendorError
from lakeflow_sources.http import Response, get
from tests.sources.zendesk import reading
from tests.sources.zendesk.reading import ZENDESK


def fault(status, body, path="/api/v2/groups", headers=None, **params):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ZENDESK.faults(Response(get(path, **params), status, headers or {}, content))


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound", "Not found"),
        ({"error": {"title": "Forbidden", "message": "You do not have access"}}, "", "You do not have access"),
        (
            {"errors": [{"code": "InvalidPaginationParameter", "title": "Bad", "detail": "page is too far"}]},
            "InvalidPaginationParameter",
            "page is too far",
        ),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you", "Couldn't authenticate you"),
        (b"Bad Request", "", "Bad Request"),
        (b"", "", "an empty answer"),
        (b"<html><title>Oops</title></html>", "", "a web page titled 'Oops'"),
    ],
)
def test_message_and_code_of_each_shape(body, code, message):
    found = fault(418, body)
    assert (found.code, found.message) == (code, message)


def test_details_of_a_refused_value_are_told():
    found = fault(
        422,
        {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {"start_time": [{"error": "InvalidValue", "description": "is too recent"}]},
        },
    )
    assert found.kind == "fatal"
    assert "Record validation errors" in found.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "fatal"),
        (401, "sign_in"),
        (403, "access"),
        (404, "missing"),
        (409, "retry"),
        (422, "fatal"),
        (429, "retry"),
        (500, "retry"),
        (502, "retry"),
        (503, "retry"),
        (504, "retry"),
    ],
)
def test_kind_of_each_status(status, kind):
    assert fault(status, {}).kind == kind


def test_the_wait_of_a_refusal():
    assert fault(429, {}, headers={"retry-after": "93"}).wait_seconds == 93
    assert fault(429, {}, headers={"ratelimit-reset": "41"}).wait_seconds == 41, "some endpoints send no Retry-After"
    assert fault(429, {}).wait_seconds is None


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/api/v2/incremental/tickets/cursor", "must be an admin"),
        ("/api/v2/tickets/5/side_conversations", "Collaboration add-on"),
        ("/api/v2/audit_logs", "Enterprise plan"),
        ("/api/v2/groups", "a scope of the token"),
    ],
)
def test_what_a_missing_right_takes(path, remedy):
    assert remedy in fault(403, {"error": "Forbidden"}, path).remedy


def test_remedies_of_the_wall_and_of_a_start_that_is_too_recent():
    assert "10,000" in fault(400, {}, page=101).remedy
    assert "at least 60" in fault(422, {}, "/api/v2/incremental/users", start_time=5).remedy
    assert "Help Center" in fault(404, {}, "/api/v2/help_center/sections").remedy


@pytest.mark.parametrize("area", ["exports", "audit_logs"])
def test_a_table_without_permission_is_an_error_that_says_what_it_takes(mock, area):
    mock.write("deny", area=area)
    name = {"exports": "tickets", "audit_logs": "audit_logs"}[area]
    with pytest.raises(AccessError, match=f"zendesk.{name}.*answered 403.*You do not have access to this page"):
        reading.rows(mock, name)


def test_refusals_are_waited_for_and_nothing_is_lost(mock):
    mock.faults("429", count=1, skip=1, retry_after=0.2)
    mock.faults("409", count=1)
    mock.faults("502", count=1)
    assert len(reading.rows(mock, "triggers", page_size=50)) == len(mock.rows("triggers"))


def test_a_refusal_that_lasts_too_long_ends_the_read(mock):
    mock.faults("429", paths=["incremental"], retry_after=999_999)
    with pytest.raises(QuotaError, match="asks to come back in 999999 seconds"):
        reading.rows(mock, "tickets", retry_deadline_seconds=5)


def test_a_web_page_in_place_of_an_answer(mock):
    mock.faults("html", paths=["groups"])
    with pytest.raises(VendorError, match="not JSON"):
        reading.rows(mock, "groups")
