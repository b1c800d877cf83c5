"""Every way to page, against a service that pages so."""

import json

import pytest

from lakeflow_sources import VendorError
from tests.declaration.reading import declared, items, rows
from tests.http.loopback import jsons

TABLE = """
tables:
  items:
    path: /items
    {records}
    columns: [id long, name]
    primary_key: id
    {paging}
"""
FOUND = items(25)


def read(service, paging, records="records: data", **options):
    text = TABLE.format(paging=paging, records=records)
    return rows(declared(service, text), "items", **options)


def queries(service):
    return [call.query for call in service.to("/items")]


def paged(call):
    page, size = int(call.query["page"]), int(call.query.get("per_page", 10))
    return jsons(
        {
            "data": FOUND[(page - 1) * size : page * size],
            "meta": {"pages": -(-len(FOUND) // size), "more": page * size < 25, "done": page * size >= 25},
        }
    )


@pytest.mark.parametrize(
    ("more", "calls"),
    [("", 4), (", pages: meta.pages", 3), (", more: meta.more", 3), (", last: meta.done", 3), (", end: short", 3)],
)
def test_page_numbers_end_at_an_empty_page_unless_the_answer_tells_more(service, more, calls):
    service.on("/items", paged)
    assert read(service, f"paging: {{type: page, size: 10, size_param: per_page{more}}}") == FOUND
    assert queries(service) == [{"page": str(n), "per_page": "10"} for n in range(1, calls + 1)]


def test_pages_that_are_smaller_than_asked_for_lose_no_rows(service):
    service.on("/items", lambda call: jsons({"data": FOUND[int(call.query["page"]) * 10 :][:10]}))
    assert read(service, "paging: {type: page, first: 0, size: 1000, size_param: per_page}") == FOUND


def test_the_option_page_size_is_asked_for_and_never_more_than_the_api_gives(service):
    service.on("/items", paged)
    paging = "paging: {type: page, size: 10, size_param: per_page, end: short}"
    assert read(service, paging, page_size="5") == FOUND
    assert read(service, paging, page_size="50") == FOUND
    assert {one["per_page"] for one in queries(service)} == {"5", "10"}


@pytest.mark.parametrize(
    ("more", "calls"), [("", 4), (", total: total", 3), (", size: 10, size_param: limit, end: short", 3)]
)
def test_offsets(service, more, calls):
    service.on("/items", lambda call: jsons({"data": FOUND[int(call.query["skip"]) :][:10], "total": 25}))
    assert read(service, f"paging: {{type: offset, param: skip{more}}}") == FOUND
    assert [one["skip"] for one in queries(service)] == ["0", "10", "20", "25"][:calls]


def test_a_total_that_is_missing_is_told(service):
    service.on("/items", lambda call: jsons({"data": FOUND[:10]}))
    with pytest.raises(VendorError, match=r"acme.items: An answer has no total: correct the paging of this table\."):
        read(service, "paging: {type: offset, total: total}")


def following(call):
    start = int(call.query.get("after", 0))
    rest = start + 10 < 25
    return start, rest


def test_a_token_in_the_body_of_an_answer(service):
    def answer(call):
        start, rest = following(call)
        return jsons({"data": FOUND[start:][:10], "paging": {"next": {"after": str(start + 10)}} if rest else {}})

    service.on("/items", answer)
    assert (
        read(service, "paging: {type: token, field: paging.next.after, param: after, size: 10, size_param: limit}")
        == FOUND
    )
    assert queries(service) == [{"limit": "10"}, {"limit": "10", "after": "10"}, {"limit": "10", "after": "20"}]


def test_a_token_that_is_always_there_ends_with_its_flag(service):
    def answer(call):
        start, rest = following(call)
        return jsons({"data": FOUND[start:][:10], "token": str(start + 10), "more": rest})

    service.on("/items", answer)
    assert read(service, "paging: {type: token, field: token, param: after, more: more}") == FOUND
    assert len(queries(service)) == 3


def test_a_token_in_a_header_goes_back_in_a_header(service):
    def answer(call):
        start = int(call.headers.get("x-continue", 0))
        headers = {"X_Next": str(start + 10)} if start + 10 < 25 else {}
        return jsons({"data": FOUND[start:][:10]}, **headers)

    service.on("/items", answer)
    assert read(service, "paging: {type: token, header: X-Next, param: X-Continue, in: header}") == FOUND
    assert [call.headers.get("x-continue") for call in service.to("/items")] == [None, "10", "20"]


def test_a_token_in_the_body_of_a_search(service):
    def answer(call):
        asked = json.loads(call.body)
        start = int(asked["page"].get("after", 0))
        assert asked["filter"] == {"kind": "x"}
        return jsons({"data": FOUND[start:][:10], "after": str(start + 10) if start + 10 < 25 else None})

    service.on("/items", answer)
    found = read(
        service,
        "method: POST\n    body: {filter: {kind: x}}\n"
        "    paging: {type: token, field: after, param: page.after, size: 10, size_param: page.size}",
    )
    assert found == FOUND
    assert [json.loads(call.body)["page"] for call in service.calls] == [
        {"size": 10},
        {"size": 10, "after": "10"},
        {"size": 10, "after": "20"},
    ]


def test_the_address_of_the_next_page_in_the_body_may_be_relative(service):
    def answer(call):
        start, rest = following(call)
        return jsons({"data": FOUND[start:][:10], "links": {"next": f"items?after={start + 10}" if rest else None}})

    service.on("/items", answer)
    assert read(service, "paging: {type: next_url, field: links.next}") == FOUND


def test_link_headers(service):
    def answer(call):
        start, rest = following(call)
        headers = {"Link": f'<{service.url}/items?after={start + 10}>; rel="next"'} if rest else {}
        return jsons(FOUND[start:][:10], **headers)

    service.on("/items", answer)
    assert read(service, "paging: {type: link_header}", records="") == FOUND


def test_a_keyset_walks_on_from_the_last_key(service):
    def answer(call):
        after, limit = int(call.query.get("after_id", 0)), int(call.query["limit"])
        return jsons({"data": [one for one in FOUND if one["id"] > after][:limit]})

    service.on("/items", answer)
    assert read(service, "paging: {type: keyset, key: id, param: after_id, size: 10, size_param: limit}") == FOUND
    assert [one.get("after_id") for one in queries(service)] == [None, "10", "20", "25"]


def test_a_keyset_over_records_without_their_key_is_told(service):
    service.on("/items", jsons({"data": [{"name": "x"}]}))
    with pytest.raises(VendorError, match="answered a record without id, the end of its page"):
        read(service, "paging: {type: keyset, key: id, param: after_id}")


def test_pages_that_go_in_a_circle_are_an_error(service):
    service.on("/items", jsons({"data": FOUND[:10], "token": "again"}))
    with pytest.raises(VendorError, match="does not come to an end"):
        read(service, "paging: {type: token, field: token, param: after}")


def test_null_and_no_content_are_no_records_and_a_missing_path_is_an_error(service):
    service.on("/items", jsons({"data": None}), jsons({}, 204), jsons({"dta": []}))
    assert read(service, "") == []
    assert read(service, "") == []
    with pytest.raises(VendorError, match="answered without an array at data"):
        read(service, "")


def test_a_single_record(service):
    service.on("/items", jsons({"data": FOUND[0]}))
    assert read(service, "single: true") == FOUND[:1]
