"""A HubSpot account on loopback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import form_of, json_answer
from lakeflow_sources.testing.grants import GrantRefused, grant
from lakeflow_sources.testing.limits import EVERY_CLASS, Limit, Usage
from lakeflow_sources.testing.vendor import Mock, Route, Service, Setup, bearer_options

from .account import PORTAL, Account
from .associations import association_routes
from .calls import route
from .definitions import Reference
from .links import Associations
from .marketing import Marketing, marketing_routes
from .objects import object_routes
from .reference import reference_routes
from .refusals import Refused, refuse
from .shelves import Shelves
from .truth import Truth
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "each": "records of every object type that `records` does not name (50)",
    "archived": "archived records of each type, beside the live ones (3)",
    "extra_properties": "custom properties of each type, with long names (0)",
    "custom_objects": "custom object types, up to 5 (2)",
    "index_lag": "seconds until search knows a write (0)",
    "association_page": "targets of one record in one answer (500)",
    "schemas_denied": "true: an edition without custom objects, the schemas answer 403",
}
_LIMITS = {
    "default": (Limit(100, 10.0, policy="TEN_SECONDLY_ROLLING"),),
    "search": (Limit(5, 1.0, policy="SECONDLY"),),
    "associations": (Limit(100, 10.0, policy="TEN_SECONDLY_ROLLING"),),
    EVERY_CLASS: (Limit(250_000, 86_400.0, policy="DAILY"),),
}


def _build(setup: Setup) -> Service:
    account = Account(setup)
    associations, reference, shelves = Associations(account), Reference(account), Shelves(account)
    marketing = Marketing(account, shelves)
    truth = Truth(account, associations, reference, marketing)
    sign_ins = bearer_options(setup)
    return Service(
        routes=[
            *association_routes(account, associations),
            *object_routes(account, associations),
            *reference_routes(reference),
            *marketing_routes(marketing),
            *_token_routes(setup),
        ],
        refuse=refuse,
        sign_ins=lambda url: {way: {"base_url": url, **values} for way, values in sign_ins.items()},
        tables=truth.tables,
        rows=truth.rows,
        write=Writes(account, associations, shelves),
        limits=_LIMITS,
        rate_headers=_rate_headers,
        tamper=_tamper,
    )


def _token_routes(setup: Setup) -> list[Route]:
    async def token(request: web.Request) -> web.Response:
        form = await form_of(request)
        client = (form.get("client_id", ""), form.get("client_secret", ""))
        try:
            issued = grant(setup.tokens, form, client, ("refresh_token",))
        except GrantRefused as refused:
            status = "BAD_REFRESH_TOKEN" if refused.error == "invalid_grant" else "BAD_CLIENT_ID"
            raise Refused(400, {"status": status, "message": refused.description, "error": refused.error}) from None
        expires = int(issued.expires_in) if issued.expires_in >= 1 else issued.expires_in
        answer: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": issued.access_token,
            "refresh_token": issued.refresh_token,
            "expires_in": expires,
            "hub_id": PORTAL,
            "scopes": ["crm.objects.contacts.read"],
        }
        return json_answer(answer)

    paths = ("/oauth/v1/token", "/oauth/v3/token", "/oauth/{version}/token")
    return [route("POST", path, token, limit="token", signed=False) for path in paths]


def _rate_headers(_request: web.Request, usages: Sequence[Usage]) -> Mapping[str, str]:
    """Headers of the limits in force; search answers carry none."""
    headers: dict[str, str] = {}
    for usage in usages:
        if usage.limit.policy == "DAILY":
            headers["X-HubSpot-RateLimit-Daily"] = str(usage.limit.requests)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(usage.remaining)
        elif usage.limit.policy != "SECONDLY":
            headers["X-HubSpot-RateLimit-Max"] = str(usage.limit.requests)
            headers["X-HubSpot-RateLimit-Remaining"] = str(usage.remaining)
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = str(round(usage.limit.seconds * 1000))
    return {} if any(usage.limit.policy == "SECONDLY" for usage in usages) else headers


def _tamper(kind: str, request: web.Request, answer: Any) -> Any:
    """One more page for ever: the cursor moves on, so that only the rows give the loop away."""
    if kind != "endless_pages" or not isinstance(answer, dict):
        return answer
    after = request.query.get("after", "0")
    following = str(int(after) + 1) if after.isdecimal() else "1"
    return {**answer, "paging": {"next": {"after": following, "link": f"{request.url.origin()}{request.path}"}}}


MOCK = Mock("hubspot", "HubSpot CRM", _build, _OPTIONS, token_prefix="pat-na1")  # noqa: S106 - made-up tokens
