import http.client
import json
import time
import zlib
from email.utils import parsedate_to_datetime

import pytest
import requests

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.faults import Fault, Faults

LIST = "/crm/objects/2026-03/contacts"


def raw(mock, path=LIST, timeout=5):
    connection = http.client.HTTPConnection(mock.url.removeprefix("http://"), timeout=timeout)
    connection.request("GET", path, headers={"Authorization": f"Bearer {mock.token}"})
    return connection, connection.getresponse()


@pytest.mark.parametrize("status", ["500", "502", "503", "504", "423", "477", "403", "404"])
def test_a_status_comes_in_the_shape_of_the_vendor(api, mock, status):
    mock.faults(status, count=1)
    body = api.get(LIST, int(status))
    assert body["status"] == "error"
    assert body["message"]
    api.get(LIST)


def test_429_with_and_without_retry_after(api, mock):
    mock.faults("429", count=1)
    answer = api.send("GET", LIST)
    assert answer.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert "Retry-After" not in answer.headers
    mock.faults("429", count=1, retry_after=1000000)
    assert api.send("GET", LIST).headers["Retry-After"] == "1000000"
    mock.faults("429", count=1, retry_after=2.5, policy="DAILY")
    answer = api.send("GET", LIST)
    assert answer.headers["Retry-After"] == "2.5"
    assert answer.json()["policyName"] == "DAILY"
    mock.faults("503", count=1, retry_after=20, date=True)
    moment = parsedate_to_datetime(api.send("GET", LIST).headers["Retry-After"])
    assert 19 <= moment.timestamp() - time.time() <= 22


def test_dropped_connection(api, mock):
    mock.faults("drop", count=1)
    with pytest.raises(requests.ConnectionError):
        api.send("GET", LIST)
    api.get(LIST)
    assert mock.counters()["faults"]["drop"] == 1


def test_truncated_body(mock, api):
    mock.faults("truncate", count=1)
    connection, answer = raw(mock)
    with pytest.raises(http.client.IncompleteRead) as caught:
        answer.read()
    assert len(caught.value.partial) > 100
    connection.close()


def test_invalid_json_and_html(api, mock):
    mock.faults("invalid_json", count=1)
    answer = api.send("GET", LIST)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    mock.faults("html", count=1)
    answer = api.send("GET", LIST)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_slow_and_trickling_answers(api, mock):
    mock.faults("slow", count=1, seconds=0.4)
    began = time.monotonic()
    api.get(LIST)
    assert time.monotonic() - began >= 0.4
    mock.faults("trickle", count=1, seconds=0.01)
    began = time.monotonic()
    assert len(api.get(LIST)["results"]) == 10
    assert time.monotonic() - began >= 0.6


def test_no_answer_at_all(mock, api):
    mock.faults("never", count=1)
    with pytest.raises(requests.ReadTimeout):
        api.send("GET", LIST, timeout=0.3)
    api.get(LIST)


def test_gzip_bomb_unpacks_to_its_size(mock, api):
    mock.faults("gzip_bomb", count=1, size=64 * 2**20)
    connection, answer = raw(mock)
    packed = answer.read()
    connection.close()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 2**20
    unpacked = zlib.decompressobj(31).decompress(packed)
    assert len(unpacked) == 64 * 2**20


def test_endless_body(mock, api):
    mock.faults("endless_body", count=1)
    connection, answer = raw(mock)
    assert answer.headers.get("Content-Length") is None
    assert len(answer.read(20 * 2**20)) == 20 * 2**20
    connection.close()
    api.get(LIST)


def test_redirect_and_next_link_to_another_host(api, mock):
    mock.faults("redirect", count=1, status=307)
    answer = api.send("GET", LIST)
    assert answer.status_code == 307
    assert answer.headers["Location"].startswith(mock.other_url)
    mock.faults("foreign_next", count=1)
    link = api.get(LIST, limit=1)["paging"]["next"]["link"]
    assert link.startswith(mock.other_url)
    mock.reset_counters()
    with requests.get(link, headers={"Authorization": "Bearer careless"}, timeout=5) as answer:
        assert answer.status_code == 200
    counters = mock.counters()
    assert [(one["path"], one["credentials"]) for one in counters["strangers"]] == [(LIST, True)]
    host = mock.other_url.removeprefix("http://")
    assert counters["credentials"] == {host: 1}


def test_endless_pages(mock, api):
    mock.faults("endless_pages")
    seen, after = set(), None
    for _ in range(40):
        page = api.get(LIST, limit=100, after=after)
        after = page["paging"]["next"]["after"]
        assert after not in seen
        seen.add(after)


def test_expired_token(api, mock):
    mock.faults("expired", count=1)
    assert api.get(LIST, 401)["category"] == "EXPIRED_AUTHENTICATION"


def test_a_share_of_the_calls(api, mock):
    mock.reset_counters()
    mock.faults("500", rate=0.2)
    mock.faults("503", rate=0.25, method="GET")
    for _ in range(200):
        api.send("GET", LIST, params={"limit": 1})
    statuses = mock.counters()["statuses"]
    assert 15 <= statuses["500"] <= 65
    assert 15 <= statuses["503"] <= 65
    assert statuses["200"] == 200 - statuses["500"] - statuses["503"]


def test_paths_skip_and_count(api, mock):
    mock.faults("500", paths=["/search$"], skip=1, count=2)
    api.get(LIST)
    for status in (200, 500, 500, 200):
        api.search("contacts", status=status)


def test_draws_repeat_with_the_seed():
    def draws(seed):
        faults = Faults(seed)
        faults.add(Fault("500", rate=0.3))
        return [faults.pick("GET", "/x", signed=True) is not None for _ in range(50)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)


@pytest.mark.parametrize(("kind", "fields"), [("explode", {}), ("99", {}), ("500", {"ratee": 1})])
def test_a_wrong_fault_is_refused(mock, kind, fields):
    with pytest.raises(ConfigurationError):
        mock.faults(kind, **fields)


def test_the_log_tells_each_call(api, mock):
    mock.reset_counters()
    mock.faults("500", count=1)
    api.get(LIST, 500, limit=3)
    api.search("contacts", ("email", "HAS_PROPERTY"))
    first, second = mock.requests()
    assert (first["method"], first["path"], first["query"], first["status"], first["fault"]) == (
        "GET",
        LIST,
        "limit=3",
        500,
        "500",
    )
    assert json.loads(second["body"])["filterGroups"][0]["filters"][0]["propertyName"] == "email"
    assert second["seconds"] >= 0
    assert mock.requests(after=first["number"]) == [second]
    counters = mock.counters()
    assert counters["classes"] == {"default": 1, "search": 1}
    assert counters["running"] == 0
    assert mock.token not in json.dumps([counters, first, second])
