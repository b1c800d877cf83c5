"""A Zendesk account on loopback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import formatdate
from typing import Any

from aiohttp import hdrs, web

from lakeflow_sources.testing.answers import form_of, json_answer
from lakeflow_sources.testing.grants import GrantRefused, grant
from lakeflow_sources.testing.limits import Limit, Usage
from lakeflow_sources.testing.tokens import credential
from lakeflow_sources.testing.vendor import Mock, Route, Service, Setup, authorization, bearer_options

from .account import Account
from .desk import Desk
from .exports import export_routes
from .guide import Guide
from .listing import list_routes
from .people import People
from .refusals import refuse
from .threads import thread_routes
from .truth import Truth
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "subdomain": "name of the account (acme)",
    "email": "address of the user with the API token (admin@example.com)",
    "api_token": "API token that is accepted",
    "hidden_seconds": "how much of the last time exports hide (60)",
    "ties": "tickets that were all made in one second (0)",
    "sideloads": "false: lists of users come without identities",
}
_MINUTE = 60.0
_EXPORTS = "incremental"
_LIMITS = {
    "default": (Limit(400, _MINUTE, policy="account"),),
    "help_center": (Limit(400, _MINUTE, policy="help-center"),),
    _EXPORTS: (Limit(10, _MINUTE, policy="incremental-exports"),),
    "deleted_tickets": (Limit(10, _MINUTE, policy="deleted-tickets"),),
    "ticket_fields": (Limit(300, _MINUTE, policy="ticket-fields"),),
    "audit_logs": (Limit(50, _MINUTE, policy="audit-logs"),),
}


def _build(setup: Setup) -> Service:
    account = Account(setup)
    people = People(account)
    account.fill_lists()
    desk, guide = Desk(account), Guide(account)
    truth = Truth(account, desk, people, guide)
    ways = _sign_ins(setup)
    return Service(
        routes=[
            *export_routes(account, desk),
            *list_routes(account, desk),
            *people.routes(),
            *thread_routes(account, desk),
            *guide.routes(),
            Route("POST", "/oauth/tokens", _token_endpoint(setup), "sign_in", signed=False),
        ],
        refuse=refuse,
        sign_ins=lambda url: {way: {"base_url": url, **values} for way, values in ways.items()},
        tables=truth.tables,
        rows=truth.rows,
        write=Writes(account, desk, people, guide),
        limits=_LIMITS,
        rate_headers=lambda request, usages: _rate_headers(account, usages),
        tamper=_tamper,
    )


def _sign_ins(setup: Setup) -> Mapping[str, Mapping[str, str]]:
    """All ways in; a refresh token dies when it is used unless a test says otherwise."""
    setup.tokens.rotates = setup.flag("rotate_refresh", default=True)
    usual = bearer_options(setup)
    refreshed = usual["refresh_token"]
    name, api_token = setup.text("email") or "admin@example.com", setup.text("api_token") or setup.tokens.make("api")
    setup.tokens.add_user(f"{name}/token", api_token)
    place = {"subdomain": setup.text("subdomain") or "acme"}
    client = {key: refreshed[key] for key in ("client_id", "client_secret")}
    return {
        "client_credentials": {**place, **client},
        "access_token": {**place, **usual["access_token"]},
        "api_token": {**place, "email": name, "api_token": api_token},
        "refresh_token": {**place, **refreshed},
    }


def _token_endpoint(setup: Setup) -> Any:
    """Grants in JSON; using a refresh token ends the access token that came with it as well."""

    async def token(request: web.Request) -> web.Response:
        form = await form_of(request)
        client = credential(form, authorization(request))
        try:
            if form.get("grant_type") == "refresh_token" and setup.tokens.rotates:
                setup.tokens.expire()
            issued = grant(setup.tokens, form, client, ("client_credentials", "refresh_token"))
        except GrantRefused as refused:
            status = 401 if refused.error == "invalid_client" else 400
            return json_answer({"error": refused.error, "error_description": refused.description}, status)
        expires = int(issued.expires_in) if issued.expires_in >= 1 else issued.expires_in
        answer: dict[str, Any] = {"access_token": issued.access_token, "token_type": "bearer", "expires_in": expires}
        if issued.refresh_token:
            answer |= {"refresh_token": issued.refresh_token, "refresh_token_expires_in": 2_592_000}
        return json_answer({**answer, "scope": form.get("scope", "read")})

    return token


def _rate_headers(account: Account, usages: Sequence[Usage]) -> Mapping[str, str]:
    headers: dict[str, str] = {hdrs.DATE: formatdate(account.clock.now() / 1000, usegmt=True)}
    for usage in usages:
        limit, left = usage.limit, usage.remaining
        if limit.policy == "account":
            headers |= {"X-Rate-Limit": str(limit.requests), "X-Rate-Limit-Remaining": str(left)}
            headers |= {"ratelimit-limit": str(limit.requests), "ratelimit-remaining": str(left)}
            headers["ratelimit-reset"] = str(round(limit.seconds))
        else:
            name = f"Zendesk-RateLimit-{limit.policy}"
            headers[name] = f"total={limit.requests}; remaining={left}; resets={round(limit.seconds)}"
    return headers


def _tamper(kind: str, request: web.Request, answer: Any) -> Any:
    """One more page for ever, which is the one that was just read."""
    if kind != "endless_pages" or not isinstance(answer, dict):
        return answer
    if "end_of_stream" in answer:
        return {**answer, "end_of_stream": False, "end_time": answer.get("end_time") or 1}
    meta = answer.get("meta") or {}
    again = meta.get("after_cursor") or request.query.get("page[after]", "again")
    return {**answer, "meta": {**meta, "has_more": True, "after_cursor": again}}


MOCK = Mock("zendesk", "Zendesk", _build, _OPTIONS, token_prefix="zd")  # noqa: S106 - made-up tokens
