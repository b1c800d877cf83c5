"""What answers mean by the rules of a declaration."""

import pytest

from lakeflow_sources import AccessError, QuotaError, SignInError, TransientError, VendorError
from tests.declaration.reading import declared, rows
from tests.http.loopback import jsons

TEXT = """
errors:
  - {status: 200, field: error.code, equals: [401, DENIED], kind: sign_in, message: error.text}
  - {status: [400, 409], field: reason, contains: "Too Many", kind: retry, wait_field: wait}
  - {status: 5xx, field: fatal, kind: fatal, remedy: call the vendor}
  - {status: 403, field: reason, equals: DAILY, kind: quota, message: text}
  - {status: 404, kind: access, remedy: ask for the module}
  - {field: locked, kind: access}
tables:
  items:
    path: /items
    records: data
    columns: [id long]
"""


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (jsons({"error": {"code": 401, "text": "session over"}}), SignInError, "session over"),
        (jsons({"error": {"code": "DENIED"}}), SignInError, "DENIED|says so"),
        (jsons({"fatal": True, "message": "broken"}, 503), VendorError, "broken.*: call the vendor"),
        (jsons({"reason": "DAILY", "text": "no more today"}, 403), QuotaError, "no more today"),
        (jsons({"reason": "other", "message": "not yours"}, 403), AccessError, "not yours"),
        (jsons({"message": "no"}, 404), AccessError, "ask for the module"),
        (jsons({"locked": "by ann", "data": []}), AccessError, "by ann"),
        (jsons({"message": "down"}, 503), TransientError, "down"),
    ],
)
def test_the_first_rule_that_fits_decides_else_the_status(service, answer, error, told):
    service.on("/items", answer)
    with pytest.raises(error, match=told):
        rows(declared(service, TEXT), "items", max_retries="0")


def test_a_retry_waits_as_the_body_asks(service):
    service.on(
        "/items", jsons({"reason": "too many calls", "wait": 0.01}, 409), jsons({"data": [{"id": 1}], "locked": None})
    )
    assert rows(declared(service, TEXT), "items") == [{"id": 1}]
    assert len(service.calls) == 2


def test_rules_about_failures_do_not_look_into_good_answers(service):
    service.on("/items", jsons({"data": [{"id": 1}], "reason": "DAILY"}))
    only = TEXT.replace("  - {field: locked, kind: access}\n", "").replace("status: 200, ", "status: 401, ")
    assert rows(declared(service, only), "items") == [{"id": 1}]
