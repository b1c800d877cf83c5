"""Each way of paging against a service that pages this way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http import Request, Response, get, paginate, paging, post
from tests.http.loopback import Answer, jsons

ROWS = [{"id": number} for number in range(1, 24)]


def ids(responses, path="results"):
    return [row["id"] for response in responses for row in (response.json()[path] if path else response.json())]


ALL = [row["id"] for row in ROWS]


def page(start, size=10):
    return ROWS[start : start + size]


def test_a_token_in_the_query(service, connect):
    def give(call):
        start = int(call.query.get("after", 0))
        more = {"paging": {"next": {"after": str(start + 10), "link": "ignored"}}} if start + 10 < len(ROWS) else {}
        return jsons({"results": page(start), **more})

    service.on("/items", give)
    follow = paging.token("paging.next.after", param="after")
    assert ids(paginate(connect().send, get("/items", limit=10), follow)) == ALL
    assert [call.query for call in service.calls] == [
        {"limit": "10"},
        {"limit": "10", "after": "10"},
        {"limit": "10", "after": "20"},
    ]


def test_a_token_in_the_body(service, connect):
    def give(call):
        import json

        start = int(json.loads(call.body).get("after", 0))
        return jsons({"results": page(start), "next": str(start + 10) if start + 10 < len(ROWS) else None})

    service.on("/search", give)
    assert ids(paginate(connect().send, post("/search", limit=10), paging.token("next", body="after"))) == ALL
    assert service.calls[1].body == b'{"limit":10,"after":"10"}'


def test_a_flag_decides_where_a_token_always_comes(service, connect):
    def give(call):
        start = int(call.query.get("page_token", 0))
        info = {"more_records": start + 10 < len(ROWS), "next_page_token": str(start + 10)}
        return jsons({"results": page(start), "info": info})

    service.on("/items", give)
    follow = paging.token("info.next_page_token", param="page_token", more="info.more_records")
    assert ids(paginate(connect().send, get("/items"), follow)) == ALL


@pytest.mark.parametrize("whole", [True, False])
def test_a_link_in_the_body(service, connect, whole):
    def give(call):
        start = int(call.query.get("start", 0))
        link = f"/items?start={start + 10}&q=a%26b%20c"
        return jsons(
            {"results": page(start), "next": (service.url if whole else "") + link if start + 10 < len(ROWS) else None}
        )

    service.on("/items", give)
    assert ids(paginate(connect().send, get("/items", limit=10), paging.next_link("next"))) == ALL
    assert service.calls[1].query == {"start": "10", "q": "a&b c"}


def test_a_link_in_a_header(service, connect):
    def give(call):
        number = int(call.query.get("page", 1))
        links = [f'<{service.url}/items?page={number + 1}>; rel="next"'] if number < 3 else []
        links.append(f'<{service.url}/items?page=3>; rel="last"')
        return jsons(page((number - 1) * 10), Link=", ".join(links))

    service.on("/items", give)
    assert ids(paginate(connect().send, get("/items"), paging.link_header()), "") == ALL


@pytest.mark.parametrize("count", [0, 5, 20, 23])
def test_page_numbers(service, connect, count):
    service.on(
        "/items", lambda call: jsons({"results": ROWS[:count][(int(call.query.get("page", 1)) - 1) * 10 :][:10]})
    )
    follow = paging.page_number("page", size=10, records="results", size_param="per_page")
    assert ids(paginate(connect().send, get("/items", per_page=10), follow)) == ALL[:count]
    assert len(service.calls) == count // 10 + 1


def test_page_numbers_with_a_flag(service, connect):
    def give(call):
        number = int(call.query["page"])
        return jsons({"results": page(number * 10), "more": number < 2})

    service.on("/items", give)
    follow = paging.page_number("page", size=10, records="results", first=0, more="more")
    assert ids(paginate(connect().send, get("/items", page=0), follow)) == ALL


@pytest.mark.parametrize("total", [None, "total"])
def test_offsets(service, connect, total):
    service.on("/items", lambda call: jsons({"total": len(ROWS), "results": page(int(call.query.get("offset", 0)))}))
    follow = paging.offset("offset", size=10, records="results", total=total)
    assert ids(paginate(connect().send, get("/items"), follow)) == ALL


def test_keys(service, connect):
    service.on("/items", lambda call: jsons([row for row in ROWS if row["id"] > int(call.query.get("since", 0))][:10]))
    assert ids(paginate(connect().send, get("/items"), paging.keyset("id", size=10, param="since")), "") == ALL


def test_a_record_without_its_key_is_an_error(service, connect):
    service.on("/items", jsons([{"name": "x"}]))
    with pytest.raises(VendorError, match="without id"):
        list(paginate(connect().send, get("/items"), paging.keyset("id", size=1, param="since")))


def test_one_page_needs_no_paging(service, connect):
    service.on("/items", jsons({"results": ROWS}))
    assert ids(paginate(connect().send, get("/items"), None)) == ALL


def test_no_content_is_the_end(service, connect):
    service.on("/items", Answer(204, b"", {}))
    for follow in (paging.token("a", param="a"), paging.page_number(size=10), paging.next_link("next")):
        assert [response.status for response in paginate(connect().send, get("/items"), follow)] == [204]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/html"}])
def test_an_empty_answer_is_not_taken_for_the_end(service, connect, headers):
    service.on("/items", Answer(200, b"", headers))
    with pytest.raises(VendorError, match="not JSON"):
        list(paginate(connect().send, get("/items"), paging.token("next", param="after")))


def test_a_token_that_comes_again_ends_with_an_error(service, connect):
    service.on("/items", jsons({"results": [], "next": "same"}))
    with pytest.raises(
        VendorError, match=r"GET /items does not come to an end: page 2 names a next page that was read"
    ):
        list(paginate(connect().send, get("/items"), paging.token("next", param="after")))
    assert len(service.calls) == 2


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_circle_of_any_length_is_found(lead, length):
    def send(request):
        return Response(request, 200)

    def follow(request, response):
        number = int(dict(request.params).get("n", 0)) + 1
        return request.with_params(n=number if number < lead + length else lead)

    seen = []
    with pytest.raises(VendorError, match="does not come to an end"):
        seen.extend(paginate(send, Request("GET", "/items"), follow))
    assert len(seen) <= 4 * (lead + length) + 4


def test_pages_without_an_end_are_cut_off(service, connect):
    service.on("/items", lambda call: jsons({"next": int(call.query.get("after", 0)) + 1}))
    with pytest.raises(VendorError, match="does not come to an end: page 50"):
        list(paginate(connect().send, get("/items"), paging.token("next", param="after"), most=50))
    assert len(service.calls) == 50
