"""Limits of more than one length, calls that cost nothing, and tokens that stand in for one that is spent."""

import time
import uuid

import pytest

from lakeflow_sources.errors import QuotaError
from lakeflow_sources.http import BearerPool, Rate, get
from lakeflow_sources.http.pacing import Budget
from lakeflow_sources.redact import Secret
from tests.http.loopback import Answer, jsons


def test_a_short_limit_holds_within_a_long_one(service, connect):
    service.on("/items", Answer())
    client = connect(rates={"default": Rate(1000, 3600.0, within=Rate(5, 1.0))})
    start = time.monotonic()
    for _ in range(11):
        client.send(get("/items"))
    assert 1.9 < time.monotonic() - start < 4


def test_a_long_limit_holds_beside_a_short_one():
    account = uuid.uuid4().hex
    long = Budget(account, "default", Rate(3, 3600.0))
    now = time.time()
    for _ in range(3):
        long.acquire()
    assert long.waits(now) > 3500


def test_an_answer_that_nothing_changed_costs_no_quota(service, connect):
    service.on("/items", Answer(304, b""))
    client = connect(rates={"default": Rate(4, 3600.0, within=Rate(100, 1.0))})
    start = time.monotonic()
    for _ in range(30):
        assert client.send(get("/items")).status == 304
    assert time.monotonic() - start < 5


def test_neither_does_it_cost_what_the_headers_leave(service, connect):
    reset = str(int(time.time()) + 600)
    headers = {"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": reset}
    service.on("/items", Answer(304, b"", headers))
    client = connect(rates={"default": Rate(5000, 3600.0)})
    for _ in range(20):
        client.send(get("/items"))


def test_calls_in_flight_and_forgiven_ones_leave_the_count_right():
    budget = Budget(uuid.uuid4().hex, "default", Rate(5, 3600.0))
    now = time.time()
    grants = [budget.acquire() for _ in range(5)]
    budget.forgive(grants[1], now)
    budget.forgive(grants[3], now)
    assert budget.waits(time.time()) == 0
    budget.acquire()
    budget.acquire()
    assert budget.waits(time.time()) > 3500, "three counted calls and two more fill the hour"


def test_a_pace_is_kept_also_for_calls_that_cost_nothing(service, connect):
    service.on("/items", Answer(304, b""))
    client = connect(requests_per_second=5)
    start = time.monotonic()
    for _ in range(11):
        client.send(get("/items"))
    assert time.monotonic() - start > 1.9


def test_a_token_that_others_have_spent_is_left_alone_and_the_next_one_asked_at_once(service, connect):
    seen = []

    def give(call):
        name = call.headers["authorization"].removeprefix("Bearer ")
        seen.append(name)
        if name == "token-a":
            return jsons({"message": "API rate limit exceeded"}, 429, Retry_After="500")
        return jsons({})

    service.on("/items", give)
    client = connect(auth=BearerPool(Secret("token-a,token-b")), rates={"default": Rate(5000, 3600.0)})
    start = time.monotonic()
    for _ in range(10):
        client.send(get("/items"))
    assert time.monotonic() - start < 3
    assert seen.count("token-a") <= 1


def test_a_pool_that_is_spent_altogether_says_so(service, connect):
    service.on("/items", jsons({"message": "API rate limit exceeded"}, 429, Retry_After="500"))
    client = connect(
        auth=BearerPool(Secret("token-a,token-b")), rates={"default": Rate(5000, 3600.0)}, retry_deadline_seconds=3
    )
    with pytest.raises(QuotaError):
        client.send(get("/items"))
    assert len(service.calls) <= 9
