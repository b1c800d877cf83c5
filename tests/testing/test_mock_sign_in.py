import base64
import time

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing import mock_server
from lakeflow_sources.testing.clock import Clock, iso, millis
from lakeflow_sources.testing.tokens import Client, Tokens, credential

LIST = "/crm/objects/2026-03/contacts"


@pytest.fixture
def account(connect):
    with mock_server(
        "hubspot", each=3, expires_in=2, rotate_refresh=True, client_id="app", refresh_token="first-one"
    ) as mock:
        mock.api = connect(mock)
        yield mock


@pytest.fixture
def steady(mock, api):
    """The mock of all tests, whose refresh tokens do not rotate."""
    mock.api = api
    return mock


def ask(mock, status=200, path="/oauth/2026-03/token", **changed):
    fields = {"grant_type": "refresh_token", **mock.sign_in("refresh_token"), **changed}
    fields.pop("base_url")
    answer = mock.api.send("POST", path, data=fields, headers={"Authorization": None})
    assert answer.status_code == status, answer.text
    return answer.json()


def status_with(mock, header):
    return mock.api.send("GET", LIST, headers={"Authorization": header}).status_code


def test_only_known_tokens_are_good(steady):
    assert status_with(steady, None) == 401
    assert status_with(steady, "Bearer wrong") == 401
    assert status_with(steady, f"Bearer {steady.token}") == 200
    refused = steady.api.send("GET", LIST, headers={"Authorization": "Bearer wrong"}).json()
    assert refused["category"] == "INVALID_AUTHENTICATION"
    assert steady.api.send("GET", "/nowhere", headers={"Authorization": None}).status_code == 401


def test_refresh_tokens_rotate_and_access_tokens_expire(account):
    first = ask(account)
    assert first["expires_in"] == 2
    assert first["refresh_token"] != "first-one"
    assert status_with(account, f"Bearer {first['access_token']}") == 200
    refused = ask(account, 400)
    assert refused["status"] == "BAD_REFRESH_TOKEN"
    second = ask(account, refresh_token=first["refresh_token"], path="/oauth/v3/token")
    assert second["access_token"] != first["access_token"]
    account.advance(2.1)
    assert status_with(account, f"Bearer {second['access_token']}") == 401
    assert status_with(account, f"Bearer {account.token}") == 200
    counters = account.counters()
    assert (counters["tokens_issued"], counters["tokens_refused"]) == (2, 1)
    assert counters["classes"]["token"] == 3


def test_wrong_clients_and_grants_are_refused(steady):
    assert ask(steady, 400, client_secret="wrong")["error"] == "invalid_client"
    assert ask(steady, 400, grant_type="password")["error"] == "unsupported_grant_type"


def test_tokens_can_be_ended(account):
    token = ask(account)["access_token"]
    account.expire_tokens()
    assert status_with(account, f"Bearer {token}") == 401
    assert status_with(account, f"Bearer {account.token}") == 200
    account.expire_tokens(static=True)
    assert status_with(account, f"Bearer {account.token}") == 401


def test_expiry_in_real_time(steady):
    steady.tokens(expires_in=1)
    token = ask(steady)["access_token"]
    steady.tokens(expires_in=1800)
    assert status_with(steady, f"Bearer {token}") == 200
    time.sleep(1.05)
    assert status_with(steady, f"Bearer {token}") == 401


def test_options_of_a_sign_in(steady):
    assert steady.options == {"base_url": steady.url, "access_token": steady.token}
    assert set(steady.sign_in("refresh_token")) == {"base_url", "client_id", "client_secret", "refresh_token"}
    with pytest.raises(ConfigurationError, match="access_token, refresh_token"):
        steady.sign_in("kerberos")


def test_faults_spare_the_sign_in_unless_they_name_it(steady):
    steady.faults("500")
    first = ask(steady)
    steady.api.get(LIST, 500)
    steady.faults("503", paths=["/oauth/"])
    ask(steady, 503, refresh_token=first["refresh_token"])


def test_basic_authentication_and_client_credentials():
    tokens = Tokens(Clock(), expires_in=10)
    tokens.add_user("me@example.com/token", "secret: with colon")
    tokens.add_client(Client("app", "hush"))

    def basic(pair):
        return "Basic " + base64.b64encode(pair.encode()).decode()

    assert tokens.judge(basic("me@example.com/token:secret: with colon")) == "good"
    assert tokens.judge(basic("me@example.com/token:wrong")) == "unknown"
    assert tokens.judge("Basic !!!") == "unknown"
    assert tokens.judge("") == "missing"
    assert credential({}, basic("app:hush")) == ("app", "hush")
    assert credential({"client_id": "app", "client_secret": "hush"}, "") == ("app", "hush")
    assert tokens.is_client("app", "hush")
    assert not tokens.is_client("app", "")
    assert tokens.judge(f"token {tokens.issue().access_token}") == "good"


def test_the_clock():
    clock = Clock("2026-01-01T00:00:00Z")
    clock.advance(1.5)
    assert iso(clock.now()) == "2026-01-01T00:00:01.500Z"
    assert iso(millis("1969-12-31T23:59:59.001Z")) == "1969-12-31T23:59:59.001Z"
    assert millis("2026-01-01T02:00:00+02:00") == millis("2026-01-01")
    clock.run()
    assert abs(clock.now() - time.time() * 1000) < 1000
    with pytest.raises(ConfigurationError, match="is no time"):
        Clock("soon")
