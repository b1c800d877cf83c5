"""Every kind of credentials, against a token endpoint on loopback."""

from __future__ import annotations

import base64
import json
import logging
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from lakeflow_sources.errors import ConfigurationError, SignInError
from lakeflow_sources.http import (
    ApiKey,
    Basic,
    BearerPool,
    ClientCredentials,
    FileStore,
    GitHubApp,
    JwtBearer,
    Password,
    RefreshToken,
    TokenStore,
    get,
)
from lakeflow_sources.redact import Redactor, Secret
from tests.http.loopback import Answer, jsons

SECRET = Secret("planted client/secret&=ü")
GOOD = {"access_token": "access-token-1", "token_type": "Bearer", "expires_in": 1800}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key):
    form = serialization.PrivateFormat.TraditionalOpenSSL  # PKCS#1, as GitHub gives it
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def items(service):
    service.on("/items", jsons({"ok": 1}))
    service.on("/token", jsons(GOOD))
    return service


def test_basic(items, connect):
    connect(auth=Basic("jane@example.com/token", Secret("pass:wörd"))).send(get("/items"))
    scheme, value = items.calls[0].headers["authorization"].split()
    assert (scheme, base64.b64decode(value).decode()) == ("Basic", "jane@example.com/token:pass:wörd")


def test_api_key(items, connect):
    connect(auth=ApiKey("X_Api_Key", Secret("planted-key"))).send(get("/items", headers={"x_api_key": "theirs"}))
    connect(auth=ApiKey("api_key", Secret("planted-key"), "query")).send(get("/items", a=1))
    assert items.calls[0].headers["x_api_key"] == "planted-key"
    assert items.calls[1].query == {"a": "1", "api_key": "planted-key"}


def test_client_credentials_in_each_style(items, connect):
    for style in ("basic", "body", "json"):
        auth = ClientCredentials(f"{items.url}/token", "an id", SECRET, "read all", style, {"audience": "crm"})
        client = connect(auth=auth)
        assert client.send(get("/items")).json() == {"ok": 1}
        assert client.token.access == Secret("access-token-1")
        assert 1700 < client.token.expires_at - time.time() <= 1800
    basic, body, as_json = items.to("/token")
    asked = {"grant_type": "client_credentials", "scope": "read all", "audience": "crm"}
    full = {**asked, "client_id": "an id", "client_secret": SECRET.reveal()}
    assert basic.form == asked
    pair = base64.b64decode(basic.headers["authorization"].removeprefix("Basic ")).decode("latin-1")
    assert pair == f"an id:{SECRET.reveal()}"
    assert body.form == full
    assert "authorization" not in body.headers
    assert json.loads(as_json.body) == full
    assert as_json.headers["content-type"] == "application/json"
    assert {call.method for call in items.to("/token")} == {"POST"}
    assert all(call.headers["authorization"] == "Bearer access-token-1" for call in items.to("/items"))


def test_password(items, connect):
    auth = Password(f"{items.url}/token", "id", SECRET, "u@example.com", Secret("planted password"))
    connect(auth=auth).send(get("/items"))
    form = items.to("/token")[0].form
    assert form["grant_type"] == "password"
    assert (form["username"], form["password"], form["client_id"]) == ("u@example.com", "planted password", "id")


def test_the_scheme_and_the_facts_of_a_token(items, connect):
    items.on(
        "/token",
        jsons({**GOOD, "api_domain": "https://www.zohoapis.eu", "hub_id": 7, "id_token": "planted", "signature": "s"}),
    )
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh"), scheme="Zoho-oauthtoken")
    client = connect(auth=auth)
    client.send(get("/items"))
    assert items.to("/items")[0].headers["authorization"] == "Zoho-oauthtoken access-token-1"
    assert client.token.facts["api_domain"] == "https://www.zohoapis.eu"
    assert client.token.facts["hub_id"] == "7"
    assert not {"access_token", "id_token", "signature"} & set(client.token.facts)


def test_a_refresh_token_that_stays(items, connect):
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh"))
    assert auth.renewable_in_tasks
    client = connect(auth=auth)
    client.send(get("/items"))
    form = items.to("/token")[0].form
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "planted-refresh")
    assert (form["client_id"], form["client_secret"]) == ("id", SECRET.reveal())


class Recorder:
    """A store that remembers what the service had been asked when it was written."""

    def __init__(self, service):
        self.service, self.token, self.asked = service, None, []

    def load(self):
        return self.token

    def save(self, refresh_token):
        self.token = refresh_token
        self.asked.append([call.path for call in self.service.calls])


def rotating(service):
    """Each refresh token works once."""
    valid = ["planted-refresh-0"]

    def give(call):
        if call.form["refresh_token"] != valid[-1]:
            return jsons({"error": "invalid_grant", "error_description": "token was used"}, 400)
        valid.append(f"planted-refresh-{len(valid)}")
        return jsons({**GOOD, "access_token": f"access-token-{len(valid)}", "refresh_token": valid[-1]})

    service.on("/token", give)
    return valid


def test_a_rotated_refresh_token_is_stored_before_it_is_used(items, connect):
    rotating(items)
    store = Recorder(items)
    assert isinstance(store, TokenStore)
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"), rotates=True, store=store)
    assert not auth.renewable_in_tasks
    client = connect(auth=auth)
    client.send(get("/items"))
    assert store.asked == [["/token"]]
    assert store.token == "planted-refresh-1"
    items.on("/items", jsons({}, 401), jsons({"ok": 2}))
    assert client.send(get("/items")).json() == {"ok": 2}
    assert store.token == "planted-refresh-2"


def test_the_stored_token_comes_before_the_one_in_the_options(items, connect, tmp_path):
    rotating(items)
    store = FileStore(tmp_path / "state" / "token")
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"), rotates=True, store=store)
    for _ in range(3):
        connect(auth=auth).send(get("/items"))
    assert store.load() == "planted-refresh-3"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert [path.name for path in store.path.parent.iterdir()] == ["token"]


def test_a_person_may_replace_the_token_that_a_store_keeps(items, connect, tmp_path):
    store = FileStore(tmp_path / "token")
    store.save("planted-revoked")
    rotating(items)
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"), rotates=True, store=store)
    connect(auth=auth).send(get("/items"))
    assert [call.form["refresh_token"] for call in items.to("/token")] == ["planted-revoked", "planted-refresh-0"]
    assert store.load() == "planted-refresh-1"
    items.on("/token", jsons({"error": "invalid_grant", "error_description": "revoked"}, 400))
    with pytest.raises(SignInError, match="revoked"):
        connect(auth=auth).sign_in()
    assert store.load() == "planted-refresh-1"


def test_rotation_without_a_store_works_in_this_process_and_warns(items, connect, caplog):
    rotating(items)
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"), rotates=True)
    with caplog.at_level(logging.WARNING):
        connect(auth=auth).send(get("/items"))
        connect(auth=auth).send(get("/items"))
    assert "no token store" in caplog.text
    assert "planted" not in caplog.text


def test_a_refresh_that_may_have_happened_is_not_repeated(items, connect):
    items.on("/token", Answer(raw=lambda connection: None), jsons(GOOD))
    auth = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"), rotates=True)
    with pytest.raises(SignInError):
        connect(auth=auth).send(get("/items"))
    assert len(items.to("/token")) == 1
    items.on("/token", jsons({}, 503), jsons(GOOD))
    kept = RefreshToken(f"{items.url}/token", "id", SECRET, Secret("planted-refresh-0"))
    connect(auth=kept).send(get("/items"))


def test_processes_take_turns_with_a_single_use_token(items, tmp_path):
    valid = rotating(items)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from lakeflow_sources.http import Client, Connection, FileStore, RefreshToken, get\n"
        "from lakeflow_sources.redact import Secret\n"
        "store = FileStore(Path(sys.argv[2]))\n"
        "auth = RefreshToken(sys.argv[1] + '/token', 'id', Secret('s3cret'), Secret('planted-refresh-0'), True, store=store)\n"
        "Client(Connection('acme', sys.argv[1], auth)).send(get('/items'))\n"
    )
    command = [sys.executable, "-c", code, items.url, str(tmp_path / "store")]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, outputs
    assert len(valid) == 5


def test_a_store_that_others_can_read_is_refused(tmp_path):
    store = FileStore(tmp_path / "token")
    assert store.load() is None
    store.save("planted")
    store.path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        store.load()
    store.save("again")
    assert store.load() == "again"


def test_a_store_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    store = FileStore(tmp_path / "token")
    store.save("before")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        store.save("after")
    assert store.load() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_jwt_bearer(items, connect, key, pem):
    items.on("/token", jsons({"access_token": "access-token-1", "instance_url": "https://acme.my.salesforce.com"}))
    one_line = pem.replace("\n", "\\n")
    auth = JwtBearer(
        f"{items.url}/token", "client-id", "u@example.com", "https://login.salesforce.com", Secret(one_line)
    )
    client = connect(auth=auth)
    client.send(get("/items"))
    form = items.to("/token")[0].form
    assert set(form) == {"grant_type", "assertion"}
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    statement = jwt.decode(form["assertion"], RSAKey.import_key(key.public_key()), algorithms=["RS256"])
    claims = statement.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        "client-id",
        "u@example.com",
        "https://login.salesforce.com",
    )
    assert 0 < claims["exp"] - time.time() <= 180
    assert client.token.expires_at is None
    assert client.token.facts["instance_url"] == "https://acme.my.salesforce.com"


@pytest.mark.parametrize("ends", [None, "soon", 5])
def test_a_token_whose_end_is_unclear_is_used_until_it_is_refused(items, connect, pem, ends):
    items.on("/app/installations/77/access_tokens", jsons({"token": "ghs_planted", "expires_at": ends}, 201))
    client = connect(auth=GitHubApp("4711", "77", Secret(pem), items.url))
    client.send(get("/items"))
    assert client.token.expires_at is None


@pytest.mark.parametrize("life", [None, "", -5, 0])
def test_a_strange_life_of_a_token_does_no_harm(items, connect, life):
    items.on("/token", jsons({**GOOD, "expires_in": life}))
    connect(auth=ClientCredentials(f"{items.url}/token", "id", SECRET)).send(get("/items"))
    assert len(items.to("/token")) == 1


def test_github_app(items, connect, key, pem):
    answer = {"token": "ghs_planted", "expires_at": "2036-07-11T22:14:10Z", "permissions": {"issues": "read"}}
    items.on("/app/installations/77/access_tokens", jsons(answer, 201))
    auth = GitHubApp("4711", "77", Secret(pem), items.url, {"X-GitHub-Api-Version": "2022-11-28"})
    client = connect(auth=auth)
    client.send(get("/items"))
    call = items.calls[0]
    statement = jwt.decode(
        call.headers["authorization"].removeprefix("Bearer "), RSAKey.import_key(key.public_key()), algorithms=["RS256"]
    )
    assert statement.header["alg"] == "RS256"
    assert statement.claims["iss"] == "4711"
    assert statement.claims["iat"] <= time.time() - 59
    assert statement.claims["exp"] - time.time() <= 600
    assert call.headers["x-github-api-version"] == "2022-11-28"
    assert items.to("/items")[0].headers["authorization"] == "Bearer ghs_planted"
    assert client.token.expires_at == 2099427250.0


@pytest.mark.parametrize(
    "text", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nplanted\n-----END RSA PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_named(items, connect, text):
    for auth in (
        JwtBearer(f"{items.url}/token", "i", "s", "a", Secret(text)),
        GitHubApp("1", "2", Secret(text), items.url),
    ):
        with pytest.raises(ConfigurationError, match="private_key_secret is not an RSA private key") as caught:
            connect(auth=auth).sign_in()
        assert "planted" not in str(caught.value)
    assert items.calls == []


def test_a_public_key_is_not_enough(items, connect, key):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    with pytest.raises(ConfigurationError, match="private_key_secret"):
        connect(auth=JwtBearer(f"{items.url}/token", "i", "s", "a", Secret(public))).sign_in()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (jsons({"error": "invalid_client", "error_description": "unknown client_id"}, 401), "unknown client_id"),
        (jsons({"error": "invalid_code"}), "200 .invalid_code"),
        (jsons({"error": {"message": "nested"}}, 400), "nested"),
        (jsons({"token_type": "Bearer"}), "no access token"),
        (jsons(["access_token"]), "no token"),
        (jsons({"access_token": None}), "no access token"),
        (Answer(200, b"<html>login</html>", {"Content-Type": "text/html"}), "no token"),
        (Answer(200, b"", {}), "no token"),
    ],
)
def test_each_wrong_answer_of_a_token_endpoint_is_one_sentence(items, connect, answer, text):
    items.on("/token", answer)
    auth = ClientCredentials(f"{items.url}/token", "id", SECRET)
    with pytest.raises(SignInError, match=text) as caught:
        connect(auth=auth, redactor=Redactor([SECRET.reveal()])).send(get("/items"))
    assert "planted" not in str(caught.value)
    assert items.to("/items") == []


def test_a_busy_token_endpoint_is_asked_again(items, connect):
    denied = jsons({"error": "Access Denied", "error_description": "You have made too many requests continuously."})
    items.on("/token", jsons({}, 500), denied, jsons({}, 429), jsons(GOOD))
    connect(auth=ClientCredentials(f"{items.url}/token", "id", SECRET)).send(get("/items"))
    assert len(items.to("/token")) == 4


def test_a_token_endpoint_that_redirects_elsewhere_gets_no_secret_there(items, other, connect):
    items.on("/token", Answer(307, b"", {"Location": f"{other.url}/token"}))
    with pytest.raises(SignInError, match="must not go"):
        connect(auth=ClientCredentials(f"{items.url}/token", "id", SECRET)).sign_in()
    assert other.calls == []


def test_a_pool_is_signed_in_without_calls(items, connect):
    token = connect(auth=BearerPool(Secret("token-a, token-b,,token-a"))).sign_in()
    assert token.pool == (Secret("token-a"), Secret("token-b"))
    assert "token-a" not in repr(token)


def test_authlib_is_imported_only_to_sign_in():
    code = "import sys, lakeflow_sources.http; print([name for name in sys.modules if name.startswith(('authlib', 'joserfc'))])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert result.stdout.strip() == "[]"


def test_what_is_learnt_at_sign_in_is_masked_from_then_on(items, connect):
    client = connect(auth=ClientCredentials(f"{items.url}/token", "id", SECRET))
    client.sign_in()
    assert client.connection.redactor("x access-token-1 y") == "x *** y"
