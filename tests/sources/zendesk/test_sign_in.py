"""All ways in, and what is said when one is closed."""

import pickle

import pytest

from lakeflow_sources.connect import base_url, connect
from lakeflow_sources.errors import ConfigurationError, SignInError
from lakeflow_sources.http import get
from lakeflow_sources.options import check_options
from tests.sources.zendesk import reading
from tests.sources.zendesk.reading import ZENDESK

WAYS = ("client_credentials", "access_token", "api_token", "refresh_token")


@pytest.fixture(scope="module")
def account():
    from lakeflow_sources.testing import mock_server

    with mock_server("zendesk", seed=2, records={"tickets": 5}) as server:
        yield server


def client(account, way, **options):
    return connect(ZENDESK, check_options(ZENDESK, {**account.sign_in(way), **reading.UNPACED, **options}))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(account, way, tmp_path):
    account.tokens(rotates=False)
    with client(account, way) as one:
        one.sign_in()
        assert one.send(ZENDESK.check).json()["user"]["role"] == "admin"


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_shows_itself(account, way):
    options = account.sign_in(way)
    with client(account, way) as one:
        shown = repr(one.connection) + repr(check_options(ZENDESK, options))
    for name, value in options.items():
        if name in ("client_secret", "access_token", "api_token", "refresh_token"):
            assert value not in shown


def test_an_api_token_signs_in_as_the_address_with_token_behind_it(account):
    with client(account, "api_token") as one:
        one.send(get("/api/v2/groups"))
    with pytest.raises(SignInError, match="30 April 2027"):
        connect(ZENDESK, check_options(ZENDESK, {**account.sign_in("api_token"), "email": "other@example.com"})).send(
            get("/api/v2/groups")
        )


def test_client_credentials_ask_for_a_scope_as_text_in_json(account):
    account.reset_counters()
    account.expire_tokens()
    with client(account, "client_credentials", scope="tickets:read users:read") as one:
        one.send(get("/api/v2/groups"))
    body = next(call["body"] for call in account.requests() if call["path"] == "/oauth/tokens")
    assert '"scope":"tickets:read users:read"' in body.replace(": ", ":").replace('": "', '":"')
    assert '"grant_type":"client_credentials"' in body.replace('": "', '":"')


def test_an_expired_access_token_is_renewed_once_and_the_call_repeated(account):
    with client(account, "client_credentials") as one:
        one.send(get("/api/v2/groups"))
        account.expire_tokens()
        assert one.send(get("/api/v2/groups")).status == 200


def test_a_refresh_token_that_was_given_is_kept_before_it_is_used(lakeflow_mock, tmp_path):
    mock = lakeflow_mock("zendesk", records={"tickets": 1})
    kept = tmp_path / "token"
    first = mock.sign_in("refresh_token")["refresh_token"]
    with client(mock, "refresh_token", token_store_file=str(kept)) as one:
        one.send(get("/api/v2/groups"))
        second = kept.read_text()
        assert second != first
        mock.expire_tokens()
        one.send(get("/api/v2/groups"))
    assert kept.read_text() not in (first, second)
    with client(mock, "refresh_token", token_store_file=str(kept), scope="other") as another:
        another.send(get("/api/v2/groups"))  # the spent one in the options does no harm


def test_tasks_never_use_a_refresh_token_that_dies_with_its_use(account):
    settings = check_options(ZENDESK, account.sign_in("refresh_token"))
    assert ZENDESK.auth(settings).renewable_in_tasks is False
    account.tokens(rotates=False)
    with client(account, "refresh_token") as one:
        token = pickle.loads(pickle.dumps(one.sign_in()))
    assert token.refresh is None


def test_wrong_credentials_are_said_to_be_wrong(account):
    options = {**account.sign_in("client_credentials"), "client_secret": "wrong-secret-9999"}
    with pytest.raises(SignInError, match="client_id or client_secret is wrong") as caught:
        connect(ZENDESK, check_options(ZENDESK, options)).sign_in()
    assert "wrong-secret-9999" not in str(caught.value)


def test_a_call_that_is_answered_to_nobody_in_particular_is_no_sign_in(account):
    from lakeflow_sources.http import Response

    answer = Response(ZENDESK.check, 200, {}, b'{"user":{"id":null,"role":"end-user"}}')
    assert ZENDESK.faults(answer).kind == "sign_in"
    assert ZENDESK.faults(Response(ZENDESK.check, 200, {}, b'{"user":{"id":7}}')) is None


@pytest.mark.parametrize("given", ["acme", " ACME ", "acme.zendesk.com", "https://acme.zendesk.com/"])
def test_the_subdomain_in_any_form(given):
    settings = check_options(ZENDESK, {"subdomain": given, "access_token": "x" * 8})
    assert base_url(ZENDESK, settings) == "https://acme.zendesk.com"


@pytest.mark.parametrize("given", ["", "acme.evil.com", "acme/../x", "a b", "acme.zendesk.com.evil.com", "-acme"])
def test_a_subdomain_that_is_none(given):
    settings = check_options(ZENDESK, {"subdomain": given, "access_token": "x" * 8})
    with pytest.raises(ConfigurationError, match="is no subdomain: write what stands before"):
        connect(ZENDESK, settings)


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://acme.zendesk.com/oauth/tokens"),
        ({"base_url": "http://127.0.0.1:1"}, "http://127.0.0.1:1/oauth/tokens"),
        ({"auth_url": "https://proxy.example.com"}, "https://proxy.example.com/oauth/tokens"),
        ({"auth_url": "https://proxy.example.com/zd/tokens"}, "https://proxy.example.com/zd/tokens"),
    ],
)
def test_where_tokens_are_asked_for(options, url):
    given = {"subdomain": "acme", "client_id": "c", "client_secret": "s" * 8, **options}
    assert ZENDESK.auth(check_options(ZENDESK, given)).url == url


def test_missing_credentials_are_named_before_any_call():
    with pytest.raises(
        ConfigurationError, match="subdomain\\+client_id\\+client_secret or subdomain\\+email\\+api_token"
    ):
        check_options(ZENDESK, {})
    with pytest.raises(ConfigurationError, match="credentials are incomplete, add api_token"):
        check_options(ZENDESK, {"subdomain": "acme", "email": "a@example.com"})
    with pytest.raises(ConfigurationError, match="custom_fields='yes' is not one of json, key, title"):
        check_options(ZENDESK, {"subdomain": "acme", "access_token": "x" * 8, "custom_fields": "yes"})
