"""Tokens: one sign-in for many threads, renewal before the end and once after a refusal, none that burns a token."""

from __future__ import annotations

import pickle
import threading
import time
from dataclasses import dataclass
from typing import ClassVar

import pytest

from lakeflow_sources.errors import SignInError
from lakeflow_sources.http import Bearer, Client, ClientCredentials, Request, Token, get
from lakeflow_sources.redact import Secret
from tests.http.loopback import Answer, jsons


class Vendor:
    """Gives tokens that live *life* seconds, and accepts only those that are alive."""

    def __init__(self, service, life=3600.0, announce=True, delay=0.0):
        self.service, self.life, self.announce, self.delay = service, life, announce, delay
        self.ends: dict[str, float] = {}
        service.on("/token", self.give)
        service.on("/items", self.items)

    def give(self, call):
        time.sleep(self.delay)
        token = f"token-number-{len(self.ends)}"
        self.ends[token] = time.time() + self.life
        body = {"access_token": token, "token_type": "Bearer"}
        return jsons({**body, "expires_in": self.life} if self.announce else body)

    def items(self, call):
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if time.time() < self.ends.get(token, 0):
            return jsons({"ok": 1})
        return jsons({"message": "token expired"}, 401)

    def revoke(self):
        self.ends = dict.fromkeys(self.ends, 0.0)

    @property
    def auth(self):
        return ClientCredentials(f"{self.service.url}/token", "id", Secret("planted-secret"))

    @property
    def given(self):
        return len(self.service.to("/token"))


def in_threads(count, work):
    errors = []

    def guarded(number):
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 (looked at by the test)
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_eight_threads_ask_for_one_token(service, connect):
    vendor = Vendor(service, delay=0.2)
    client = connect(auth=vendor.auth)
    assert in_threads(8, lambda _: client.send(get("/items"))) == []
    assert vendor.given == 1


def test_clients_of_one_process_with_the_same_credentials_share_a_token(service, connect):
    vendor = Vendor(service)
    for _ in range(3):
        connect(auth=vendor.auth, account="shared").send(get("/items"))
    assert vendor.given == 1
    other = ClientCredentials(f"{service.url}/token", "id", Secret("another-secret"))
    connect(auth=other, account="shared").send(get("/items"))
    assert vendor.given == 2


def test_signing_in_twice_asks_once(service, connect):
    vendor = Vendor(service)
    client = connect(auth=vendor.auth)
    assert client.sign_in() == client.sign_in() == client.token
    assert vendor.given == 1


def test_a_refused_token_is_renewed_once_for_all_threads(service, connect):
    vendor = Vendor(service, announce=False, delay=0.1)
    client = connect(auth=vendor.auth)
    client.send(get("/items"))
    vendor.revoke()
    assert in_threads(8, lambda _: client.send(get("/items"))) == []
    assert vendor.given == 2


def test_a_refusal_that_stays_is_reported_after_one_renewal(service, connect):
    vendor = Vendor(service)
    service.on("/items", jsons({"message": "user disabled", "code": "DISABLED"}, 401))
    with pytest.raises(SignInError, match=r"GET /items answered 401 \(DISABLED, .user disabled."):
        connect(auth=vendor.auth).send(get("/items"))
    assert vendor.given == 2
    assert len(service.to("/items")) == 2


def test_a_token_without_end_is_not_tried_again(service, bearer):
    service.on("/items", jsons({"message": "Bad credentials"}, 401))
    with pytest.raises(SignInError, match="Bad credentials"):
        bearer.send(get("/items"))
    assert len(service.calls) == 1


def test_a_token_is_renewed_before_it_ends(service, connect):
    vendor = Vendor(service, life=20.0)
    now = [time.time()]
    from lakeflow_sources.http.clock import Clock

    client = connect(auth=vendor.auth, clock=Clock(lambda: now[0], lambda seconds: None))
    client.send(get("/items"))
    assert vendor.given == 1
    now[0] += 18
    client.send(get("/items"))
    assert vendor.given == 2
    assert all(call.headers["authorization"] for call in service.to("/items"))


def test_a_token_that_ends_every_second_loses_nothing(service, connect):
    vendor = Vendor(service, life=1.0)
    client = connect(auth=vendor.auth)
    end = time.monotonic() + 3.5

    def work(_):
        while time.monotonic() < end:
            assert client.send(get("/items")).json() == {"ok": 1}
            time.sleep(0.01)

    assert in_threads(4, work) == []
    assert 3 <= vendor.given <= 8


def test_a_task_renews_what_several_may_renew(service, connect):
    vendor = Vendor(service, announce=False)
    driver = connect(auth=vendor.auth)
    driver.sign_in()
    vendor.revoke()
    task = Client(driver.connection, Token(Secret("token-number-0")))
    task.send(get("/items"))
    assert vendor.given == 2


@dataclass(frozen=True)
class SingleUse:
    """Credentials whose every sign-in ends the token before it."""

    url: str
    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send):
        return Token(Secret(send(Request("POST", self.url, idempotent=False)).json()["access_token"]), time.time() + 5)

    def apply(self, request, token):
        return request.with_headers(Authorization=f"Bearer {token.access.reveal()}")


def test_a_task_never_burns_a_single_use_token(service, connect):
    vendor = Vendor(service)
    driver = connect(auth=SingleUse(f"{service.url}/token"))
    driver.send(get("/items"))
    task = Client(driver.connection, Token(Secret("an-old-token"), time.time() + 1))
    fresh = task._signer.newest
    assert fresh.access == Secret("an-old-token") or fresh == driver.token
    vendor.revoke()
    with pytest.raises(SignInError, match=r"tasks cannot renew"):
        task.send(get("/items"))
    assert vendor.given == 1
    driver.send(get("/items"))
    assert vendor.given == 2


def test_a_failed_sign_in_is_not_repeated_by_every_waiting_thread(service, connect):
    def refuse(call):
        time.sleep(0.3)
        return jsons({"error": "invalid_grant", "error_description": "user locked"}, 400)

    service.on("/token", refuse)
    client = connect(auth=ClientCredentials(f"{service.url}/token", "id", Secret("planted-secret")))
    errors = in_threads(6, lambda _: client.send(get("/items")))
    assert [type(error) for error in errors] == [SignInError] * 6
    assert all("user locked" in str(error) for error in errors)
    assert len(service.to("/token")) == 1


def test_a_token_endpoint_that_never_answers_ends_with_the_deadline(service, connect):
    service.on("/token", Answer(raw=lambda connection: time.sleep(5)))
    auth = ClientCredentials(f"{service.url}/token", "id", Secret("planted-secret"))
    client = connect(auth=auth, timeout_seconds=0.3, retry_deadline_seconds=1.5)
    start = time.monotonic()
    with pytest.raises(
        SignInError, match=r"Signing in to acme failed: POST http://127.0.0.1/token failed after \d attempts"
    ):
        client.send(get("/items"))
    assert time.monotonic() - start < 4


def test_a_pickled_token_leaves_its_refresh_token_behind():
    token = Token(Secret("access-1"), 5.0, {"instance_url": "https://x"}, 1.0, refresh=Secret("planted-refresh"))
    copy = pickle.loads(pickle.dumps(token))
    assert copy.refresh is None
    assert (copy.access, copy.expires_at, copy.facts, copy.issued_at) == (Secret("access-1"), 5.0, token.facts, 1.0)
    assert b"planted-refresh" not in pickle.dumps(token)


@pytest.mark.parametrize(
    ("token", "now", "soon"),
    [
        (Token(Secret("a")), 1e12, False),
        (Token(Secret("a"), 1000.0, issued_at=0.0), 939, False),
        (Token(Secret("a"), 1000.0, issued_at=0.0), 940, True),
        (Token(Secret("a"), 1000.0, issued_at=996.0), 998.9, False),
        (Token(Secret("a"), 1000.0, issued_at=996.0), 999, True),
        (Token(Secret("a"), 1000.0), 940, True),
    ],
)
def test_when_a_token_ends_soon(token, now, soon):
    assert token.expires_soon(now, 60.0) is soon


def test_a_bearer_needs_no_call(service, connect):
    assert connect(auth=Bearer(Secret("abcdefg"))).sign_in() == Token(Secret("abcdefg"))
    assert service.calls == []
