"""What a client adds to a call, and that it can be shared and sent to tasks."""

from __future__ import annotations

import logging
import pickle
import threading

import pytest

from lakeflow_sources.errors import AccessError, VendorError
from lakeflow_sources.http import Bearer, MissingError, Token, get, post
from lakeflow_sources.redact import Secret
from tests.http.loopback import Answer, jsons


def test_a_call_carries_the_token_and_usual_headers(service, bearer, token):
    service.on("/items", jsons({"results": []}))
    response = bearer.send(get("/items", limit=10, archived=False, properties=["a", "b"]))
    assert response.json() == {"results": []}
    assert response.url == f"{service.url}/items?limit=10&archived=false&properties=a&properties=b"
    (call,) = service.calls
    assert call.headers["authorization"] == f"Bearer {token}"
    assert call.headers["accept"] == "application/json"
    assert call.headers["accept-encoding"] == "gzip"
    assert call.headers["user-agent"]


def test_headers_of_the_call_win_over_those_of_the_connection(service, connect):
    service.on("/items", jsons({}))
    client = connect(headers={"X-Version": "1", "Accept": "text/csv"})
    client.send(get("/items", headers={"x-version": "2"}))
    assert service.calls[0].headers["x-version"] == "2"
    assert service.calls[0].headers["accept"] == "text/csv"


def test_a_body_is_sent_as_json(service, connect):
    service.on("/search", jsons({}))
    connect().send(post("/search", limit=200, after=None, query="Zoë"))
    assert service.calls[0].body == '{"limit":200,"query":"Zoë"}'.encode()
    assert service.calls[0].headers["content-type"] == "application/json"


def test_the_answer_names_the_request_without_credentials(service, bearer, token):
    service.on("/items", jsons({}))
    response = bearer.send(get("/items"))
    assert token not in repr(response)
    assert response.request == get("/items")


def test_the_base_url_may_have_a_path_and_the_url_a_space(service, connect):
    service.on("/piwebapi/attributes/a%20b", jsons({"ok": True}))
    client = connect(base_url=f"{service.url}/piwebapi/")
    assert client.send(get("/attributes/a b")).json() == {"ok": True}


def test_one_connection_serves_many_calls_of_many_clients(service, connect):
    service.on("/items", jsons({}))
    for _ in range(3):
        with connect() as client:
            for _ in range(5):
                client.send(get("/items"))
    assert len(service.calls) == 15
    assert service.connections == 1


def test_threads_share_a_client(service, bearer):
    service.on("/items", lambda call: jsons({"id": call.query["id"]}))
    got: list[str] = []

    def work(start: int) -> None:
        got.extend(bearer.send(get("/items", id=start + step)).json()["id"] for step in range(20))

    threads = [threading.Thread(target=work, args=(100 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, got)) == sorted(100 * number + step for number in range(8) for step in range(20))
    assert bearer.stats.requests == 160
    assert bearer.stats.facts()["bytes"] == sum(len(f'{{"id": "{one}"}}') for one in got)


def test_an_error_says_what_was_asked_what_came_and_what_to_do(service, connect):
    body = {
        "status": "error",
        "message": "This app lacks  scopes.",
        "category": "MISSING_SCOPES",
        "correlationId": "c-9",
    }
    service.on("/crm/contacts", jsons(body, 403))
    with pytest.raises(AccessError) as caught:
        connect().send(get("/crm/contacts", secret_filter="x"))
    text = str(caught.value)
    assert text.startswith("GET /crm/contacts answered 403 (MISSING_SCOPES,")
    assert '"This app lacks scopes."' in text
    assert "correlation id c-9" in text
    assert "secret_filter" not in text
    assert caught.value.remedy
    assert "\n" not in text


def test_what_is_missing_can_be_told_from_what_is_forbidden(connect):
    with pytest.raises(MissingError):
        connect().send(get("/nowhere"))


def test_attempt_hands_the_fault_to_callers_who_know_the_code(service, connect):
    service.on("/search", jsons({"message": "paging past 10000", "category": "VALIDATION_ERROR"}, 400))
    response, fault = connect().attempt(get("/search"))
    assert response.status == 400
    assert (fault.kind, fault.code) == ("fatal", "VALIDATION_ERROR")


def test_a_web_page_with_status_200_is_named_for_what_it_is(service, connect):
    service.on("/items", Answer(200, b"<html><title>Sign in</title></html>", {"Content-Type": "text/html"}))
    response = connect().send(get("/items"))
    with pytest.raises(VendorError, match=r"not JSON.*text/html.*proxy or a login page"):
        response.json()


def test_json_that_the_fast_parser_refuses_is_still_read(service, connect):
    service.on("/items", Answer(200, b'{"a": NaN, "b": "\\ud800", "c": "x\ny"}'))
    value = connect().send(get("/items")).json()
    assert value["a"] != value["a"]
    assert (value["b"], value["c"]) == ("\ud800", "x\ny")


def test_the_request_log_shows_calls_and_no_secrets(service, connect, token, caplog):
    service.on("/items", jsons({}))
    client = connect(auth=Bearer(Secret(token)), log_requests=True, token=None)
    with caplog.at_level(logging.INFO, "lakeflow_sources.requests"):
        client.sign_in()
        client.send(get("/items", limit=5, access_token=token))
    (record,) = [record.getMessage() for record in caplog.records if record.name == "lakeflow_sources.requests"]
    assert record.startswith("acme: GET /items?limit=5&access_token=*** -> 200, 2 bytes in ")
    assert record.endswith("attempt 1")
    assert token not in record


def test_the_fact_of_a_token_can_name_the_host(service, other, connect):
    other.on("/items", jsons({"from": "other"}))
    token = Token(Secret("abcdefgh"), facts={"instance_url": other.url})
    client = connect(auth=Bearer(Secret("abcdefgh")), base_fact="instance_url", token=token)
    assert client.send(get("/items")).json() == {"from": "other"}
    assert service.calls == []


def test_a_client_can_be_pickled_with_its_token(service, bearer, token):
    service.on("/items", jsons({"ok": 1}))
    bearer.sign_in()
    copy = pickle.loads(pickle.dumps(bearer))
    assert copy.token.access == Secret(token)
    assert copy.send(get("/items")).json() == {"ok": 1}


def test_nothing_that_can_be_printed_shows_a_secret(bearer, token):
    bearer.sign_in()
    for value in (bearer, bearer.connection, bearer.connection.auth, bearer.token, bearer.__dict__):
        assert token not in repr(value)
        assert token not in str(value)
