"""Errors, headers and next pages of vendors, damaged in every way: what follows is clear, finite and no exception of others."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lakeflow_sources.http import by_status, get, paginate
from lakeflow_sources.http.address import absolute, redirected
from lakeflow_sources.http.faults import fault_of, retry_after, sign_in_faults
from lakeflow_sources.http.paging import keyset, link_header, next_link, offset, page_number, token
from lakeflow_sources.http.quota import by_headers
from lakeflow_sources.registry import connector, connector_names
from tests.fuzz.strategies import MANY, TEXT, VALUE, answer, as_bytes, damaged, reshaped, survives, written

pytestmark = pytest.mark.timeout(300)

FAULTS = {name: connector(name).faults or by_status for name in connector_names()}
ERRORS = [
    {"status": "error", "message": "no", "correlationId": "x", "category": "RATE_LIMITS", "policyName": "DAILY", "errors": [{"context": {"scopes": ["a"]}}]},
    {"error": {"title": "x", "message": "y"}, "errors": [{"code": "A", "title": "B"}]},
    {"code": "INVALID_TOKEN", "details": {}, "message": "m", "status": "error"},
    {"data": [{"code": "TOO_MANY_REQUESTS", "details": {}, "message": "m", "status": "error"}]},
    [{"message": "m", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
    {"compositeResponse": [{"httpStatusCode": 400, "body": [{"message": "m", "errorCode": "INVALID_FIELD"}]}]},
    {"errors": [{"type": "RATE_LIMITED", "message": "m"}], "data": None},
    {"message": "You have exceeded a secondary rate limit", "documentation_url": "https://x"},
    {"WebException": {"StatusCode": 502, "Errors": ["x"]}, "Items": [{"Errors": [{"FieldName": "a", "Message": ["b"]}]}]},
    {"user": {"id": 1}},
]  # fmt: skip
RATES = ("x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit", "ratelimit-reset", "retry-after", "date",
         "x-api-credits-remaining", "x-github-sso", "x-accepted-oauth-scopes", "content-type", "sforce-limit-info")  # fmt: skip
URLS = (
    "/services/data/v60.0/composite",
    "/graphql",
    "/batch",
    "/api/v2/users/me",
    "/crm/v8/Leads",
    "/result",
    "/streams/x/recorded",
)


@st.composite
def answers(draw):
    body = draw(
        st.one_of(
            reshaped(ERRORS).map(written),
            damaged([json.dumps(one) for one in ERRORS]).map(as_bytes),
            st.binary(max_size=40),
        )
    )
    named = draw(
        st.dictionaries(
            st.sampled_from(RATES),
            st.one_of(damaged(("0", "12.5", "Wed, 21 Oct 2026 07:28:00 GMT", "url=x; y")), TEXT),
            max_size=4,
        )
    )
    status = draw(
        st.sampled_from(
            [200, 200, 204, 301, 400, 401, 403, 404, 409, 410, 420, 422, 423, 429, 451, 477, 500, 501, 502, 503]
        )
    )
    return answer(body, status=status, request=get(draw(st.sampled_from(URLS)), page=1, start_time=2), **named)


@MANY
@given(answers())
@pytest.mark.parametrize("name", connector_names())
def test_what_each_connector_takes_for_an_error(name, response):
    fault = fault_of(FAULTS[name], response)
    assert (
        fault is None or fault.wait_seconds is None or (fault.wait_seconds >= 0 and math.isfinite(fault.wait_seconds))
    )
    survives(sign_in_faults, response)
    survives(by_headers, response, 1_767_225_600.0)


@MANY
@given(
    st.one_of(TEXT, damaged(("120", "0.5", "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 +9999"))),
    st.one_of(TEXT, st.none()),
)
@example("inf", None)
@example("nan", None)
@example("1e400", None)
@example("Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 2026 23:59:59", "Mon, 01 Jan 2024 00:00:00 GMT")
def test_retry_after(text, date):
    headers = {"retry_after": text} | ({"date": date} if date is not None else {})
    wait = retry_after(answer(status=429, **headers))
    assert wait is None or (wait >= 0 and math.isfinite(wait))


PAGINGS = {
    "token": (
        token("paging.next.after", param="after", more="more"),
        {"paging": {"next": {"after": "x"}}, "more": True},
    ),
    "body": (token("next", body="after"), {"next": "x"}),
    "link": (next_link("next", more="meta.more"), {"next": "https://api.example.com/b?x=1", "meta": {"more": True}}),
    "page": (page_number(size=1, records="rows"), {"rows": [1]}),
    "offset": (offset(size=1, records="rows", total="total"), {"rows": [1], "total": 3}),
    "keyset": (keyset("id", size=1, records="rows", param="after"), {"rows": [{"id": 1}]}),
}


@MANY
@given(st.data())
@pytest.mark.parametrize("name", PAGINGS)
def test_next_pages(name, data):
    paging, sample = PAGINGS[name]
    value = data.draw(st.one_of(reshaped([sample]), VALUE))
    survives(paging, get("/things", page=1, offset=1), answer(written(value)))


@MANY
@given(st.one_of(damaged(("http://[::1]/x", "https://api.example.com/b?x=1", "/b", "?page=2", "//other/b")), TEXT))
@example("http://[")
@example("https://api.example.com:99999999/")
def test_addresses_that_answers_name(link):
    request = get("/things")
    for response in (
        answer(written({"next": link})),
        answer(link=f'<{link}>; rel="next"'),
        answer(status=302, location=link),
    ):
        for follow in (next_link("next"), link_header()):
            following = survives(follow, request, response)
            if following is not None:
                survives(absolute, "https://api.example.com", following.url)
        survives(redirected, request, "https://api.example.com/things", response)


@MANY
@given(st.one_of(damaged(('<https://a/b?page=2>; rel="next", <https://a/b?page=9>; rel="last"', "<>;")), TEXT))
@example("<a>; rel=" + '"' * 50_000)
@example(", <" * 50_000)
@example("<x>;" + "a=b;" * 50_000)
def test_link_headers(text):
    survives(link_header(), get("/things"), answer(link=text))


def test_a_service_that_names_new_pages_for_ever_is_stopped():
    def endless(request):
        number = int(dict(request.params).get("page", 0)) % 5
        return answer(written({"next": f"/things?page={number + 1 if number < 4 else 0}"}), request=request)

    assert survives(list, paginate(endless, get("/things", page=0), next_link("next"))) is None
