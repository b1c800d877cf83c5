"""The default reading of an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lakeflow_sources.errors import AccessError, QuotaError, SignInError, TransientError, VendorError
from lakeflow_sources.http import Fault, MissingError, Response, by_status, get, retry_after
from lakeflow_sources.http.faults import error_of, sign_in_faults


def answer(status: int, body: object = b"", **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(get("/x"), status, {name.replace("_", "-"): text for name, text in headers.items()}, content)


@pytest.mark.parametrize("status", [200, 201, 204, 207, 304])
def test_success_is_no_fault(status):
    assert by_status(answer(status)) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "sign_in"),
        (403, "access"),
        (404, "missing"),
        (410, "missing"),
        (400, "fatal"),
        (409, "fatal"),
        (422, "fatal"),
    ]
    + [(status, "retry") for status in (408, 425, 429, 500, 502, 503, 504, 520)],
)
def test_each_status_has_a_kind(status, kind):
    assert by_status(answer(status)).kind == kind


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}, "No.", "VALIDATION_ERROR"),
        (
            [{"message": "Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
            "Limit exceeded.",
            "REQUEST_LIMIT_EXCEEDED",
        ),
        ({"error": "RecordNotFound", "description": "Not found"}, "Not found", "RecordNotFound"),
        ({"error": {"title": "Forbidden", "message": "You cannot"}}, "You cannot", ""),
        ({"error": {"code": "E7", "message": "You cannot"}}, "You cannot", "E7"),
        ({"errors": [{"code": "A", "title": "First"}, {"title": "Second"}]}, "First; Second", ""),
        ({"Errors": ["Unknown WebID.", "And more."]}, "Unknown WebID.; And more.", ""),
        ({"Message": "Rate limit was reached"}, "Rate limit was reached", ""),
        (
            {"code": "INVALID_TOKEN", "message": "invalid oauth token", "status": "error"},
            "invalid oauth token",
            "INVALID_TOKEN",
        ),
        ({"message": "Validation Failed", "errors": [{"code": "missing_field"}]}, "Validation Failed", ""),
        ({"error": "invalid_grant", "error_description": "expired"}, "expired", "invalid_grant"),
        (b"plain   text\nof a proxy", "plain text of a proxy", ""),
        (b"<html><head><title>502 Bad\n Gateway</title></head></html>", "a web page titled '502 Bad Gateway'", ""),
        (b"<!DOCTYPE html><body>x", "a web page", ""),
        (b"", "an empty answer", ""),
        (b"[]", "", ""),
    ],
)
def test_the_message_of_the_vendor_is_found(body, message, code):
    fault = by_status(answer(400, body))
    assert (fault.message, fault.code) == (message, code)


def test_a_long_message_is_cut():
    assert len(by_status(answer(400, {"message": "x" * 5000})).message) == 300


@pytest.mark.parametrize(
    ("body", "headers", "correlation"),
    [
        ({"correlationId": "a"}, {"x_request_id": "b"}, "a"),
        ({"message": "x"}, {"x_request_id": "b"}, "b"),
        (b"text", {"x_github_request_id": "c"}, "c"),
        (b"text", {}, ""),
    ],
)
def test_the_correlation_id_is_found(body, headers, correlation):
    assert by_status(answer(500, body, **headers)).correlation == correlation


def test_retry_after_in_seconds_and_as_a_date():
    now = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert retry_after(answer(429, retry_after="7")) == 7
    assert retry_after(answer(429, retry_after="0.5")) == 0.5
    assert retry_after(answer(429, retry_after=later, date=format_datetime(now, usegmt=True))) == 90
    assert retry_after(answer(429, retry_after=later)) == 0  # past by our clock
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 90 < retry_after(answer(429, retry_after=soon)) <= 100
    assert retry_after(answer(429)) is None
    assert retry_after(answer(429, retry_after="soon")) is None
    assert retry_after(answer(429, retry_after="-5")) == 0


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer(200, {"access_token": "x"}), None),
        (answer(200, {"error": "invalid_code"}), "sign_in"),
        (answer(400, {"error": "invalid_grant"}), "sign_in"),
        (answer(401, {"error": "invalid_client"}), "sign_in"),
        (answer(403, b"no"), "sign_in"),
        (
            answer(
                200, {"error": "Access Denied", "error_description": "You have made too many requests continuously"}
            ),
            "retry",
        ),
        (answer(400, {"error": "rate_limit_exceeded"}), "retry"),
        (answer(429), "retry"),
        (answer(503), "retry"),
    ],
)
def test_token_endpoints_have_a_reading_of_their_own(response, kind):
    fault = sign_in_faults(response)
    assert (fault.kind if fault else None) == kind


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("retry", TransientError),
        ("sign_in", SignInError),
        ("access", AccessError),
        ("quota", QuotaError),
        ("missing", MissingError),
        ("fatal", VendorError),
    ],
)
def test_each_kind_has_an_error_with_a_remedy(kind, error):
    made = error_of(Fault(kind, "m"), "GET /x answered 400")
    assert type(made) is error
    assert made.remedy
    assert error_of(Fault(kind, "m", remedy="do this"), "c").remedy == "do this"
