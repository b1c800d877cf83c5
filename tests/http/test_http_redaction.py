"""Planted secrets are looked for in everything that a person or a log could see."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import traceback
from urllib.parse import quote

import pytest

from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.http import (
    ApiKey,
    Basic,
    Bearer,
    BearerPool,
    ClientCredentials,
    Password,
    RefreshToken,
    get,
    post,
)
from lakeflow_sources.redact import Redactor, Secret
from tests.http.loopback import Answer, jsons

PLANTED = "planted+secret/with=signs"
FRESH = "fresh-token-of-the-vendor"
FORMS = {PLANTED, FRESH, quote(PLANTED, safe=""), base64.b64encode(PLANTED.encode()).decode().rstrip("=")}
KINDS = {
    "bearer": lambda url: Bearer(Secret(PLANTED)),
    "pool": lambda url: BearerPool(Secret(f"{PLANTED},other-token")),
    "basic": lambda url: Basic("someone", Secret(PLANTED)),
    "header key": lambda url: ApiKey("X-Key", Secret(PLANTED)),
    "query key": lambda url: ApiKey("key", Secret(PLANTED), "query"),
    "client": lambda url: ClientCredentials(url, "id", Secret(PLANTED), style="body"),
    "password": lambda url: Password(url, "id", Secret("another"), "someone", Secret(PLANTED)),
    "refresh": lambda url: RefreshToken(url, "id", Secret("another"), Secret(PLANTED)),
}


def echo(status):
    """A vendor that repeats everything it got in its error."""

    def give(call):
        text = json.dumps([call.headers, call.query, call.body.decode()])
        return jsons({"message": text, "code": call.headers.get("authorization", "")[:40]}, status)

    return give


def shown(error):
    """All that a traceback prints, with the texts of causes and contexts."""
    return "".join(traceback.format_exception(error)) + repr(error) + pickle.dumps(error).decode("latin-1")


@pytest.fixture(params=KINDS)
def client(request, service, connect):
    service.on("/token", jsons({"access_token": FRESH, "expires_in": 3600}))
    auth = KINDS[request.param](f"{service.url}/token")
    return connect(auth=auth, redactor=Redactor([PLANTED]), max_retries=1, log_requests=True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_error_shows_a_secret(service, client, status, caplog):
    service.on("/items", echo(status))
    with caplog.at_level(logging.DEBUG), pytest.raises(LakeflowError) as caught:
        client.send(post("/items", note=PLANTED, token=PLANTED))
    assert str(status) in str(caught.value)
    ours = [record for record in caplog.records if record.name.startswith("lakeflow")]
    assert ours
    for text in (shown(caught.value), *(record.getMessage() for record in ours)):
        assert not [form for form in FORMS if form in text]


@pytest.mark.parametrize("broken", ["reset", "redirect", "no JSON"])
def test_no_broken_call_shows_a_secret(service, client, broken):
    answers = {
        "reset": Answer(raw=lambda connection: connection.close()),
        "redirect": Answer(302, b"", {"Location": f"http://elsewhere.invalid/?key={quote(PLANTED, safe='')}"}),
        "no JSON": Answer(200, PLANTED.encode(), {"Content-Type": "application/json"}),
    }
    service.on("/items", answers[broken])
    with pytest.raises(LakeflowError) as caught:
        client.send(get("/items", key=PLANTED))
    assert not [form for form in FORMS if form in shown(caught.value)]


def test_nothing_printed_shows_a_secret(service, client):
    service.on("/items", jsons({}))
    response = client.send(get("/items"))
    seen = [
        client,
        client.token,
        client.connection,
        client.connection.auth,
        response,
        client.stats.facts(),
        vars(client),
    ]
    text = "".join(repr(one) + str(one) for one in seen)
    assert not [form for form in FORMS if form in text]


def test_a_token_endpoint_that_repeats_the_secret_is_masked(service, connect):
    service.on("/token", echo(400))
    auth = ClientCredentials(f"{service.url}/token", "id", Secret(PLANTED), style="body")
    with pytest.raises(LakeflowError) as caught:
        connect(auth=auth, redactor=Redactor([PLANTED])).sign_in()
    assert not [form for form in FORMS if form in shown(caught.value)]


@pytest.mark.parametrize("end", ["\n", "\r\nX-Injected: 1", "…"])
def test_a_secret_that_cannot_be_a_header_is_not_shown(service, connect, end):
    service.on("/items", jsons({}))
    with pytest.raises(ConfigurationError, match="stray line breaks") as caught:
        connect(auth=Bearer(Secret(PLANTED + end))).send(get("/items"))
    assert PLANTED not in shown(caught.value)
    assert service.calls == []


def test_a_request_does_not_print_its_body():
    request = post("/items", headers={"Authorization": PLANTED}, token=PLANTED).with_params(api_key=PLANTED, limit=5)
    assert repr(request) == "<Request POST /items?api_key=***&limit=5>"
