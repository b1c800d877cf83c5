"""No credential is ever shown: with right ones, with wrong ones, and where the API repeats what it was sent."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from lakeflow_sources.connect import connection
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import resolved
from lakeflow_sources.plan import plan
from lakeflow_sources.redact import SECRET_NAME
from lakeflow_sources.testing.kit.bench import Bench
from lakeflow_sources.testing.kit.ears import Heard, listening

__all__ = ["no_secret_is_shown"]

_SHORTEST = 6  # shorter ones are words that stand in texts by chance


def no_secret_is_shown(bench: Bench, table: str) -> None:
    """Whatever is logged, printed, raised or looked at: no credential of this way to sign in is in it."""
    secrets = _secrets(bench, bench.given())
    with listening() as heard:
        heard.attempt("an error of a read", lambda: _look(bench, table, heard, secrets))
        for kind in ("echo", "expired", "500"):
            bench.server.faults(kind)
            heard.attempt(f"the error of a call that ended as {kind}", lambda: _impatient(bench).rows(table))
            bench.calm()
        wrong = _wrong(bench)
        secrets |= _secrets(bench, wrong.options)
        heard.attempt("the error of a sign-in with wrong credentials", lambda: _impatient(wrong).rows(table))
    shown = [f"{name} is in {place}: {_around(text, form)}" for place, text, name, form in _found(heard, secrets)]
    if shown:
        remedy = "keep credentials in Settings and in Secret values, and out of messages, requests and slices"
        raise AssertionError(f"{bench.connector.name}.{table} shows {shown[0]}: {remedy}")


def _impatient(bench: Bench) -> Bench:
    return replace(bench, options={**bench.options, "max_retries": "0", "log_requests": "true"})


def _look(bench: Bench, table: str, heard: Heard, secrets: dict[str, str]) -> None:
    """A good read; everything that it is made of is looked at, as a debugger or an event log would."""
    settings = bench.settings(table, log_requests="true")
    connector = resolved(bench.connector, settings)
    with bench.client(settings) as client:
        read = bench.prepared(settings, client)
        secrets |= _tokens(client)
        shares = plan(read, client)
        rows = list(bench.read(read, shares, client))
        auth = connector.auth(settings)
        seen = {
            "the connector": connector,
            "its settings": settings,
            "its sign-in": auth,
            "the read": read,
            "a slice": shares,
            "the token": client.token,
            "the client": client,
            "the connection": connection(connector, settings),
            "a row": rows,
        }
        for place, value in seen.items():
            heard.add(f"the repr of {place}", f"{value!r} {value}")


def _secrets(bench: Bench, options: Mapping[str, str]) -> dict[str, str]:
    """Secret values of *options* by name."""
    declared = {one.name for one in resolved(bench.connector, options).options if one.secret}
    found = {name: text for name, text in options.items() if name in declared or SECRET_NAME.search(name)}
    return {
        text.strip(): name
        for name, value in found.items()
        for part in value.split(",")
        for text in part.splitlines()
        if len(text.strip()) >= _SHORTEST
    }


def _tokens(client: Client) -> dict[str, str]:
    token = client.sign_in()
    held = (token.access, token.refresh, *token.pool)
    return {one.reveal(): "a token that was issued" for one in held if one and len(one.reveal()) >= _SHORTEST}


def _wrong(bench: Bench) -> Bench:
    given = bench.given()
    secret = _secrets(bench, given).values()
    planted = {name: f"planted-{name.replace('_', '-')}-value" for name in secret if "private_key" not in name}
    return replace(bench, options={**bench.options, **planted})


def _forms(secret: str) -> Iterator[str]:
    """*secret* in the forms in which it travels."""
    yield from dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    yield base64.b64encode(secret.encode()).decode().rstrip("=")


def _found(heard: Heard, secrets: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for place, text in heard.texts:
        for secret, name in secrets.items():
            form = next((one for one in _forms(secret) if one in text), None)
            if form is not None:
                yield place, text, name, form


def _around(text: str, form: str) -> str:
    """The place of a leak, with a mask over what leaked."""
    at = text.index(form)
    return f"{text[max(0, at - 60) : at]}***{text[at + len(form) : at + len(form) + 20]}".replace("\n", " ")
