import time

import pytest

from lakeflow_sources.testing import mock_server
from lakeflow_sources.testing.limits import Limit, Limits

LIST = "/crm/objects/2026-03/contacts"


class Ticker:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize("style", ["rolling", "bucket"])
def test_no_more_than_allowed_in_any_window(style):
    clock = Ticker()
    limits = Limits(clock)
    limits.enforce({"default": (Limit(100, 10.0, style),)})
    granted = []
    for step in range(6000):
        clock.now = step / 100
        if limits.take("default", "a")[0].wait <= 0:
            granted.append(clock.now)
    assert len(granted) >= 595
    most = max(sum(1 for at in granted if begin <= at < begin + 10) for begin in range(50))
    assert most <= (100 if style == "rolling" else 200)
    if style == "bucket":
        later = [at for at in granted if at > 20]
        assert len(later) == pytest.approx(400, abs=5)


def test_the_wait_is_right():
    clock = Ticker()
    limits = Limits(clock)
    limits.enforce({"default": (Limit(2, 10.0),)})
    limits.take("default", "")
    clock.now = 4.0
    assert limits.take("default", "")[0].remaining == 0
    clock.now = 5.0
    assert limits.take("default", "")[0].wait == pytest.approx(5.0)
    clock.now = 10.1
    assert limits.take("default", "")[0].wait == 0
    limits.enforce({"default": (Limit(1, 1.0, "bucket"),)})
    limits.take("default", "")
    clock.now = 10.35
    assert limits.take("default", "")[0].wait == pytest.approx(0.75)


def test_limits_per_token_and_for_all_classes():
    limits = Limits(Ticker())
    limits.enforce({"default": (Limit(1, 10.0, per="token"),), "*": (Limit(3, 10.0),)})
    assert [limits.take("default", token)[0].wait > 0 for token in "aab"] == [False, True, False]
    assert [any(usage.wait > 0 for usage in limits.take("other", "c")) for _ in range(2)] == [False, True]


def test_hubspots_own_limits_on_request(api, mock):
    mock.limit()
    answer = api.send("GET", LIST, params={"limit": 1})
    assert answer.headers["X-HubSpot-RateLimit-Max"] == "100"
    assert answer.headers["X-HubSpot-RateLimit-Remaining"] == "99"
    assert answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert answer.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "249999"
    answers = [api.send("POST", f"{LIST}/search", json={"limit": 1}) for _ in range(30)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert refused[0].json()["policyName"] == "SECONDLY"
    assert not [name for one in answers for name in one.headers if name.startswith("X-HubSpot-RateLimit")]
    time.sleep(1.05)
    assert api.send("POST", f"{LIST}/search", json={"limit": 1}).status_code == 200


def test_a_limit_of_the_test(api, mock):
    mock.limit(5, 0.5, style="rolling")
    began, granted = time.monotonic(), 0
    while time.monotonic() - began < 1.2:
        granted += api.send("GET", LIST, params={"limit": 1}).status_code == 200
    assert 6 <= granted <= 15
    mock.clear_limits()
    assert {api.send("GET", LIST, params={"limit": 1}).status_code for _ in range(20)} == {200}


def test_a_daily_limit(api, mock):
    mock.limit(3, 86400, endpoint_class="*", policy="DAILY")
    answers = [api.send("GET", LIST) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["policyName"] == "DAILY"
    assert answers[-1].headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"


def test_limits_from_the_start(connect):
    with mock_server("hubspot", each=1, enforce_limits=True, latency=0.05) as mock:
        api = connect(mock)
        statuses = [api.send("POST", f"{LIST}/search", json={}).status_code for _ in range(7)]
        assert statuses.count(200) == 5
        assert min(entry["seconds"] for entry in mock.requests()) >= 0.05


def test_latency(api, mock):
    mock.latency(0.1)
    began = time.monotonic()
    api.get(LIST, limit=1)
    assert time.monotonic() - began >= 0.1
