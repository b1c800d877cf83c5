"""A Zoho CRM account on loopback."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lakeflow_sources.testing.limits import Limit
from lakeflow_sources.testing.vendor import Mock, Service, Setup

from .account import Account
from .bulk import add_bulk
from .calls import Routes
from .coql import add_coql
from .listing import add_listing
from .metadata import add_metadata
from .refusals import refuse
from .related import add_related
from .signin import sign_in_route, sign_ins
from .truth import Truth
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "each": "records of every module that `records` does not name (40)",
    "deleted": "deleted records of each module, beside the live ones (3)",
    "api_domain": "what the token answer calls the host of the API; the mock's own address without it",
    "token_law": "false: any number of access tokens in ten minutes (true)",
    "credits": "API credits of 24 hours, 0 for no end (0)",
    "concurrency": "calls at the same time, 0 for no end (0)",
    "page_cap": "records that pages by number reach (2000)",
    "token_cap": "records that page tokens reach (100000)",
    "coql_cap": "rows that limit and offset of a query reach (100000)",
    "coql_hides_converted": "false: queries show converted leads (true)",
    "bulk_page": "records of one bulk job (200000)",
    "bulk_polls": "looks at a bulk job before it is done (2)",
    "users_page": "users of one page (200)",
    "modified_since_inclusive": "true: If-Modified-Since shows records of that very second as well (false)",
    "attachments_list": "false: attachments can be read parent by parent only (true)",
}
_LIMITS = {"download": (Limit(10, 60.0),)}


def _build(setup: Setup) -> Service:
    account = Account(setup)
    routes = Routes(account)
    # Before the modules, whose routes take any name.
    metadata = add_metadata(routes)
    coql, bulk = add_coql(routes), add_bulk(routes)
    listing = add_listing(routes)
    related = add_related(routes, listing)
    truth = Truth(account, metadata, listing, related)
    return Service(
        routes=[sign_in_route(setup), *routes.found],
        refuse=refuse,
        sign_ins=lambda url: sign_ins(setup, url),
        tables=truth.tables,
        rows=truth.rows,
        write=Writes(account, routes.credits, bulk, coql),
        limits=_LIMITS,
        tamper=_tamper,
    )


def _tamper(kind: str, _request: web.Request, answer: Any) -> Any:
    """One more page for ever, of the same rows."""
    if kind != "endless_pages" or not isinstance(answer, dict) or "info" not in answer:
        return answer
    return {**answer, "info": {**answer["info"], "more_records": True, "next_page_token": "always-the-same"}}


MOCK = Mock("zoho_crm", "Zoho CRM", _build, _OPTIONS, token_prefix="1000")  # noqa: S106 - made-up tokens
