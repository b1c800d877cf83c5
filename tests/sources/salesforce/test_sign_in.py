"""Every way into Salesforce, and what happens when one of them is closed."""

import sys
import tempfile
from functools import partial

import pytest

from lakeflow_sources.errors import ConfigurationError, SignInError
from lakeflow_sources.http import Request, Response
from lakeflow_sources.redact import Secret
from lakeflow_sources.sources.salesforce import hosts
from lakeflow_sources.sources.salesforce.soap import SoapLogin
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce.reading import live, read, settings_of

WAYS = ("access_token", "password", "client_credentials", "oauth_password", "refresh_token", "jwt")


@pytest.fixture(scope="module")
def server():
    with mock_server("salesforce", seed=2) as started:
        yield started


@pytest.fixture
def mock(server):
    server.clear_faults()
    server.reset_counters()
    return server


@pytest.fixture
def login():
    return SoapLogin("http://127.0.0.1:9/services/Soap/u/64.0", "me", Secret("pass"), Secret("word"))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(mock, way):
    assert read(mock, "User", way=way, columns="Id").ids == live(mock, "User")


def test_data_calls_go_to_the_instance_that_the_sign_in_names(mock):
    elsewhere = mock.url.replace("127.0.0.1", "localhost")
    answer = read(mock, "User", way="password", login_url=elsewhere, columns="Id")
    assert answer.ids == live(mock, "User")
    assert list(mock.counters()["credentials"]) == [mock.url.removeprefix("http://")]


def test_the_base_url_of_the_user_wins_over_the_instance_of_the_sign_in(lakeflow_mock):
    other = lakeflow_mock("salesforce", instance_url="https://org.my.salesforce.com")
    assert read(other, "User", way="password", base_url=other.url, columns="Id").ids == live(other, "User")


@pytest.fixture
def processes(tmp_path, monkeypatch):
    """Makes this process forget its sessions, as columns, plan and rows of one read are processes of their own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    forget = partial(monkeypatch.delitem, sys.modules, "_lakeflow_sources_process", raising=False)
    forget()
    return forget


@pytest.mark.parametrize("way", [one for one in WAYS if one != "access_token"])
def test_one_session_serves_all_processes_of_a_machine(mock, processes, way):
    before = mock.counters()["tokens_issued"]
    for _ in range(4):
        assert read(mock, "User", way=way, columns="Id").ids == live(mock, "User")
        processes()
    assert mock.counters()["tokens_issued"] == before + 1


def test_a_kept_session_that_has_ended_is_replaced(mock, processes):
    before = mock.counters()["tokens_issued"]
    for _ in range(3):
        assert read(mock, "User", way="jwt", columns="Id").ids == live(mock, "User")
        mock.expire_tokens()
        processes()
    assert mock.counters()["tokens_issued"] == before + 3


def test_a_wrong_password_is_tried_once_as_retries_lock_the_user_out(mock):
    before = mock.write("watch")["logins"]
    with pytest.raises(SignInError, match="INVALID_LOGIN.*check username, password and security_token") as caught:
        read(mock, "User", way="password", password="not-this-one")
    assert mock.write("watch")["logins"] == before + 1
    assert "not-this-one" not in str(caught.value)


def test_an_expired_password_is_fatal_although_a_session_came_with_it(lakeflow_mock):
    mock = lakeflow_mock("salesforce", each=5)
    mock.write("expire_password")
    with pytest.raises(SignInError, match="password of integration@example.com has expired"):
        read(mock, "User", way="password")


def test_soap_login_keeps_to_the_last_version_that_has_it(lakeflow_mock):
    mock = lakeflow_mock("salesforce", each=5)
    read(mock, "User", way="password", api_version="66.0", columns="Id")
    logins = [one["path"] for one in mock.requests() if "Soap" in one["path"]]
    queries = [one["path"] for one in mock.requests() if one["path"].endswith("/query")]
    assert logins == ["/services/Soap/u/64.0"]
    assert all("/v66.0/" in path for path in queries)


def test_a_session_that_ends_during_a_read_is_replaced(mock):
    issued = mock.counters()["tokens_issued"]
    mock.faults("expired", count=1, skip=3)
    assert read(mock, "User", way="client_credentials", columns="Id").ids == live(mock, "User")
    assert mock.counters()["tokens_issued"] > issued


def test_an_access_token_that_has_ended_says_what_to_do(mock):
    with pytest.raises(SignInError, match="INVALID_SESSION_ID"):
        read(mock, "User", access_token="ended-long-ago")


def test_a_refused_app_is_named(mock):
    with pytest.raises(SignInError, match="invalid_client") as caught:
        read(mock, "User", way="client_credentials", client_secret="wrong-secret-value")
    assert "wrong-secret-value" not in str(caught.value)


def test_entities_in_a_login_answer_are_refused(login):
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "' + "a" * 50 + '"><!ENTITY b "' + "&a;" * 50 + '">]>'
        "<x xmlns='urn:partner.soap.sforce.com'><sessionId>&b;</sessionId></x>"
    )
    with pytest.raises(SignInError, match="without a session"):
        login.sign_in(lambda request: Response(request, 200, {}, bomb.encode()))
    assert SoapLogin.faults(Response(Request("POST", "/"), 500, {}, bomb.encode())).kind == "retry"


def test_markup_in_a_password_is_escaped():
    sent = []
    login = SoapLogin("http://127.0.0.1:9/", "a&b", Secret("<p>"), Secret("&t"))
    with pytest.raises(SignInError):
        login.sign_in(lambda request: sent.append(request) or Response(request, 200))
    assert b"<n1:username>a&amp;b</n1:username><n1:password>&lt;p&gt;&amp;t</n1:password>" in sent[0].body


def test_no_credential_shows_itself(mock):
    for way in WAYS:
        settings = settings_of({**mock.sign_in(way), "tableName": "User"})
        shown = repr(settings) + repr(mock.sign_in(way).keys())
        for name, value in mock.sign_in(way).items():
            if name.endswith(("secret", "token", "password")):
                assert value not in shown


HOSTS = [
    ({"login_url": "https://test.salesforce.com"}, "https://test.salesforce.com/services/Soap/u/64.0"),
    ({}, "https://login.salesforce.com/services/Soap/u/64.0"),
    ({"login_url": "acme.my.salesforce.com/"}, "https://acme.my.salesforce.com/services/Soap/u/64.0"),
    ({"base_url": "http://127.0.0.1:1"}, "http://127.0.0.1:1/services/Soap/u/64.0"),
    ({"auth_url": "http://127.0.0.1:2"}, "http://127.0.0.1:2/services/Soap/u/64.0"),
    ({"api_version": "v52"}, "https://login.salesforce.com/services/Soap/u/52.0"),
]


@pytest.mark.parametrize(("options", "url"), HOSTS)
def test_where_users_sign_in(options, url):
    login = {"username": "u@example.com", "password": "secret-password", "security_token": "secret-token"}
    assert hosts.login_url(settings_of({**login, **options})) == url


APP = {"client_id": "app", "client_secret": "secret-of-app"}
TOKENS = [
    ({"instance_url": "acme.my.salesforce.com"}, "https://acme.my.salesforce.com/services/oauth2/token"),
    ({"instance_url": "https://a.example", "auth_url": "http://h"}, "http://h/services/oauth2/token"),
    ({"instance_url": "https://a.example", "auth_url": "http://h/own/path"}, "http://h/own/path"),
]


@pytest.mark.parametrize(("options", "url"), TOKENS)
def test_where_apps_sign_in(options, url):
    assert hosts.token_url(settings_of({**APP, **options})) == url


AUDIENCES = [
    ({"instance_url": "https://acme.my.salesforce.com"}, "https://login.salesforce.com"),
    ({"instance_url": "https://acme--dev.sandbox.my.salesforce.com"}, "https://test.salesforce.com"),
    ({"instance_url": "https://a.example", "login_url": "https://test.salesforce.com"}, "https://test.salesforce.com"),
]


@pytest.mark.parametrize(("options", "audience"), AUDIENCES)
def test_whom_a_statement_is_for(options, audience):
    assert hosts.audience(settings_of({**APP, **options})) == audience


@pytest.mark.parametrize("version", ["30.0", "new", "64.5", ""])
def test_a_version_that_is_not_served_is_refused(version):
    with pytest.raises(ConfigurationError, match="api_version"):
        hosts.version(settings_of({**APP, "instance_url": "https://a.example", "api_version": version}))


def test_missing_credentials_name_the_sets():
    with pytest.raises(ConfigurationError, match=r"username\+password\+security_token or instance_url\+client_id"):
        settings_of({})
    with pytest.raises(ConfigurationError, match="add security_token"):
        settings_of({"username": "u", "password": "p-secret"})
