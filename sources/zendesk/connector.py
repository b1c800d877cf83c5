"""The connector Zendesk as a value."""

from __future__ import annotations

from collections.abc import Mapping

from lakeflow_sources import Connector, Option, Rate, Settings
from lakeflow_sources.http import Auth, Basic, Bearer, ClientCredentials, RefreshToken, get

from . import audits, events, forms, guide, logs, memberships, people, reactions, rules, tickets
from .custom_fields import CHOICES
from .exports import RATE
from .faults import faults
from .hosts import home, token_url

__all__ = ["CONNECTOR"]

_MINUTE = 60.0


def _auth(settings: Settings) -> Auth:
    used = settings.credentials
    if "access_token" in used:
        return Bearer(settings.secret("access_token"))
    if "api_token" in used:
        return Basic(f"{settings.text('email')}/token", settings.secret("api_token"))
    url, name, secret = token_url(settings), settings.text("client_id"), settings.secret("client_secret")
    if "refresh_token" in used:
        return RefreshToken(url, name, secret, settings.secret("refresh_token"), rotates=True, style="json")
    return ClientCredentials(url, name, secret, scope=settings.get("scope") or "", style="json")


def _rates(settings: Settings) -> Mapping[str, Rate]:
    """Limits of the Professional plan; Support and Help Center count apart, and some lists have their own limit."""
    own = settings.number("requests_per_second") is not None
    plan = {} if own else {"default": Rate(400, _MINUTE), "help_center": Rate(400, _MINUTE)}
    return {
        **plan,
        RATE: Rate(settings.integer("exports_per_minute") or 10, _MINUTE),
        "deleted_tickets": Rate(10, _MINUTE),
        "ticket_fields": Rate(300, _MINUTE),
    }


CONNECTOR = Connector(
    name="zendesk",
    title="Zendesk",
    base_url=home,
    auth=_auth,
    tables=(
        *tickets.TABLES,
        *events.TABLES,
        *audits.TABLES,
        *logs.TABLES,
        *people.TABLES,
        *memberships.TABLES,
        *forms.TABLES,
        *rules.TABLES,
        *guide.TABLES,
        *reactions.TABLES,
    ),
    options=(
        Option("subdomain", "What stands before .zendesk.com in the address of the account."),
        Option("client_id", "Unique identifier of a confidential OAuth client."),
        Option("client_secret", "Secret of the OAuth client.", secret=True),
        Option("refresh_token", "OAuth refresh token; each use gives another one.", secret=True),
        Option("access_token", "OAuth access token.", secret=True),
        Option("email", "An admin's address, beside api_token."),
        Option("api_token", "API token; all of them stop working on 30 April 2027.", secret=True),
        Option("scope", "What a token by client_id and client_secret may do.", "read"),
        Option(
            "exports_per_minute",
            "Calls of incremental exports in a minute: 10, or 30 with the High Volume add-on.",
            "10",
            kind="integer",
        ),
        Option(
            "support_type_scope",
            "Whose tickets: agents', AI agents' (which Zendesk leaves out by default), or all.",
            "all",
            choices=("all", "agent", "ai_agent"),
        ),
        Option(
            "custom_fields",
            "Custom fields of tickets, users and organizations: as JSON only, or as typed columns too, named by key "
            "(custom_ID for tickets) or by title.",
            "json",
            choices=CHOICES,
        ),
    ),
    credentials=(
        ("subdomain", "client_id", "client_secret"),
        ("subdomain", "email", "api_token"),
        ("subdomain", "access_token"),
        ("subdomain", "client_id", "client_secret", "refresh_token"),
    ),
    rates=_rates,
    faults=faults,
    check=get("/api/v2/users/me"),
    aliases={"community_posts": "posts", "community_topics": "topics"},
)
