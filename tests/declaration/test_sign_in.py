"""Every way to sign in, against a service that lets in nobody else."""

import base64
import json
import logging

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from lakeflow_sources import ConfigurationError, SignInError
from lakeflow_sources.connect import connect, connection
from lakeflow_sources.declaration import load
from lakeflow_sources.options import check_options
from tests.declaration.reading import declared, rows
from tests.http.loopback import Answer, jsons

TABLES = """
tables:
  items:
    path: /items
    columns: [id long]
"""
KEY = RSAKey.generate_key(2048)
SECRET_HEADERS = """
auth: {type: api_key, header: X-Key}
headers: {X-App: "app {{ options.app_secret }}", X-Plain: "{{ options.team }}"}
options: {app_secret: {secret: true}, team: {default: red}}
"""


def guard(service, allowed):
    """Items for calls that *allowed* lets in."""
    service.on("/items", lambda call: jsons([{"id": 1}]) if allowed(call) else jsons({"message": "who are you"}, 401))


def bearer(value):
    return lambda call: call.headers.get("authorization") == value


@pytest.mark.parametrize(
    ("auth", "options", "allowed"),
    [
        ("auth: {type: none}", {}, lambda call: "authorization" not in call.headers),
        ("", {}, lambda call: "authorization" not in call.headers),
        ("auth: {type: bearer}", {"access_token": "tok-1"}, bearer("Bearer tok-1")),
        ("auth: {type: bearer, scheme: Token}", {"access_token": "tok-1"}, bearer("Token tok-1")),
        (
            "auth: {type: basic, username: '{{ options.username }}/token'}",
            {"username": "ann", "password": "pass-1"},
            bearer("Basic " + base64.b64encode(b"ann/token:pass-1").decode()),
        ),
        (
            "auth: {type: api_key, header: X-Api-Key}",
            {"api_token": "key-1"},
            lambda call: call.headers.get("x-api-key") == "key-1",
        ),
        ("auth: {type: api_key, query: key}", {"api_token": "key-1"}, lambda call: call.query.get("key") == "key-1"),
        (
            SECRET_HEADERS,
            {"api_token": "key-1", "app_secret": "app-1"},
            lambda call: (
                [call.headers.get(name) for name in ("x-key", "x-app", "x-plain")] == ["key-1", "app app-1", "red"]
            ),
        ),
    ],
)
def test_credentials_on_each_call(service, auth, options, allowed):
    guard(service, allowed)
    connector = declared(service, auth + TABLES)
    assert rows(connector, "items", **options) == [{"id": 1}]
    wrong = dict.fromkeys(options, "wrong-credential")
    if wrong:
        with pytest.raises(SignInError, match="who are you") as raised:
            rows(connector, "items", **wrong)
        assert "wrong-credential" not in str(raised.value)


def token_endpoint(service, check, path="/oauth/token", **more):
    def answer(call):
        assert check(call), call
        return jsons({"access_token": "fresh-token", "expires_in": 3600, "token_type": "bearer", **more})

    service.on(path, answer)
    guard(service, bearer("Bearer fresh-token"))


CLIENT = {"client_id": "me", "client_secret": "s3cret-1"}


@pytest.mark.parametrize(
    ("style", "check"),
    [
        ("body", lambda call: call.form["client_id"] == "me" and call.form["client_secret"] == "s3cret-1"),
        ("basic", lambda call: call.headers["authorization"] == "Basic " + base64.b64encode(b"me:s3cret-1").decode()),
        ("json", lambda call: json.loads(call.body)["client_secret"] == "s3cret-1"),
    ],
)
def test_client_credentials(service, style, check):
    token_endpoint(service, check)
    auth = f"auth: {{type: client_credentials, token_url: /oauth/token, style: {style}, scope: read, extra: {{audience: a}}}}"
    connector = declared(service, auth + TABLES)
    assert rows(connector, "items", **CLIENT) == [{"id": 1}]
    (call,) = service.to("/oauth/token")
    said = json.loads(call.body) if style == "json" else call.form
    assert (said["grant_type"], said["scope"], said["audience"]) == ("client_credentials", "read", "a")


def test_refresh_token(service):
    token_endpoint(
        service, lambda call: call.form["refresh_token"] == "r-1" and call.form["grant_type"] == "refresh_token"
    )
    connector = declared(service, "auth: {type: refresh_token, token_url: /oauth/token}" + TABLES)
    assert rows(connector, "items", **CLIENT, refresh_token="r-1") == [{"id": 1}]


def test_a_rotated_refresh_token_is_kept_in_a_file(service, tmp_path):
    token_endpoint(service, lambda call: call.form["refresh_token"] == "r-once", refresh_token="r-next")
    connector = declared(service, "auth: {type: refresh_token, token_url: /oauth/token, rotates: true}" + TABLES)
    kept = tmp_path / "token"
    assert rows(connector, "items", **CLIENT, refresh_token="r-once", token_store_file=str(kept)) == [{"id": 1}]
    assert kept.read_text() == "r-next"
    auth = connection(
        connector, check_options(connector, {**CLIENT, "refresh_token": "r-once", "tableName": "items"})
    ).auth
    assert not auth.renewable_in_tasks


def test_password(service):
    token_endpoint(service, lambda call: call.form["username"] == "ann" and call.form["password"] == "pass-1")
    connector = declared(service, "auth: {type: password, token_url: /oauth/token}" + TABLES)
    assert rows(connector, "items", **CLIENT, username="ann", password="pass-1") == [{"id": 1}]


def test_jwt_bearer(service):
    def check(call):
        claims = jwt.decode(call.form["assertion"], KEY).claims
        return (claims["iss"], claims["sub"], claims["aud"]) == ("me", "ann", f"{service.url}/oauth/token")

    token_endpoint(service, check)
    connector = declared(service, "auth: {type: jwt_bearer, token_url: /oauth/token, scheme: Bearer}" + TABLES)
    options = {"client_id": "me", "username": "ann", "private_key_secret": KEY.as_pem(private=True).decode()}
    assert rows(connector, "items", **options) == [{"id": 1}]


def test_auth_url_leads_to_another_host(service):
    token_endpoint(service, lambda call: True, path="/login/token")
    auth = "auth: {type: client_credentials, token_url: 'https://login.acme.invalid/login/token'}"
    connector = declared(service, auth + TABLES)
    assert rows(connector, "items", **CLIENT, auth_url=service.url) == [{"id": 1}]


def test_of_several_ways_the_one_whose_options_are_set(service):
    guard(service, lambda call: call.headers.get("authorization") == "Bearer t-0001" or call.query.get("k") == "k-0001")
    connector = declared(service, "auth: [{type: bearer}, {type: api_key, query: k}]" + TABLES)
    assert rows(connector, "items", access_token="t-0001") == [{"id": 1}]
    assert rows(connector, "items", api_token="k-0001") == [{"id": 1}]
    with pytest.raises(ConfigurationError, match="acme: credentials are missing, give access_token or api_token"):
        rows(connector, "items")


def test_options_of_the_address_are_needed(service):
    text = (
        "name: acme\nbase_url: 'http://{{ options.place }}'\noptions: {place: {description: Host}, team: {required: true}}\n"
        "auth: {type: bearer}" + TABLES
    )
    connector = load(text)
    with pytest.raises(ConfigurationError, match="credentials are incomplete, add place"):
        check_options(connector, {"access_token": "t", "team": "red"})
    guard(service, bearer("Bearer t-0001"))
    place = service.url.removeprefix("http://")
    assert rows(connector, "items", access_token="t-0001", team="red", place=place) == [{"id": 1}]


def test_no_credential_is_ever_shown(service, caplog):
    service.on("/items", Answer(400, b'{"message": "bad call of key-0815 and app-4711"}'))
    text = "check: /items\nauth: {type: api_key, query: key}\nheaders: {X-App: '{{ options.app_secret }}'}\noptions: {app_secret: {secret: true}}"
    connector = declared(service, text + TABLES)
    options = {"api_token": "key-0815", "app_secret": "app-4711", "tableName": "items", "log_requests": "true"}
    settings = check_options(connector, options)
    made = connection(connector, settings)
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(Exception, match="bad call") as raised,
        connect(connector, settings) as client,
    ):
        client.send(connector.check(settings))
    shown = repr(made) + repr(settings) + repr(connector) + str(raised.value) + caplog.text
    assert "key-0815" not in shown
    assert "app-4711" not in shown
    assert made.headers == {}


def test_secret_headers_go_where_credentials_go_only(service):
    service.on("/token", jsons({"access_token": "fresh", "expires_in": 60}))
    guard(service, lambda call: call.headers.get("x-app") == "app-4711")
    text = (
        "auth: {type: client_credentials, token_url: /token}\nheaders: {X-App: '{{ options.app_secret }}'}\n"
        "options: {app_secret: {secret: true}}"
    )
    assert rows(declared(service, text + TABLES), "items", **CLIENT, app_secret="app-4711") == [{"id": 1}]
    assert "x-app" not in service.to("/token")[0].headers


def test_a_refused_token_is_renewed_once_with_secret_headers_too(service):
    service.on("/token", jsons({"access_token": "one-1"}), jsons({"access_token": "two-2"}))
    guard(service, bearer("Bearer two-2"))
    text = (
        "auth: {type: client_credentials, token_url: /token}\nheaders: {X-App: '{{ options.app_secret }}'}\n"
        "options: {app_secret: {secret: true}}"
    )
    assert rows(declared(service, text + TABLES), "items", **CLIENT, app_secret="app-4711") == [{"id": 1}]
    assert len(service.to("/token")) == 2
