"""The connector GitHub as a value."""

from __future__ import annotations

from collections.abc import Mapping

from lakeflow_sources import Connector, Option, Rate, Settings
from lakeflow_sources.http import Auth, Bearer, BearerPool, GitHubApp, get

from . import (
    account,
    actions,
    commits,
    crowds,
    deployments,
    discussions,
    issue_events,
    issues,
    organizations,
    people,
    projects,
    pulls,
    references,
)
from .faults import faults

__all__ = ["CONNECTOR"]

_HOST = "https://api.github.com"
_VERSION = "2022-11-28"


def _headers(settings: Settings) -> Mapping[str, str]:
    """A version is pinned, as the one that answers without it may change."""
    return {
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": settings.get("api_version") or _VERSION,
        "User-Agent": "lakeflow-sources",
    }


def _auth(settings: Settings) -> Auth:
    if "access_token" not in settings.credentials:
        host = settings.get("auth_url") or settings.get("base_url") or _HOST
        key = settings.secret("private_key_secret")
        return GitHubApp(settings.text("app_id"), settings.text("installation_id"), key, host, _headers(settings))
    token = settings.secret("access_token")
    return BearerPool(token) if "," in token.reveal() else Bearer(token)


CONNECTOR = Connector(
    name="github",
    title="GitHub",
    base_url=_HOST,
    auth=_auth,
    tables=(
        *account.TABLES,
        *issues.TABLES,
        *issue_events.TABLES,
        *pulls.TABLES,
        *commits.TABLES,
        *references.TABLES,
        *people.TABLES,
        *crowds.TABLES,
        *organizations.TABLES,
        *actions.TABLES,
        *deployments.TABLES,
        *discussions.TABLES,
        *projects.TABLES,
    ),
    options=(
        Option(
            "access_token",
            "Personal token, classic or fine-grained; a comma list of tokens of several users adds up their limits.",
            secret=True,
        ),
        Option("app_id", "GitHub App: its client id or app id."),
        Option("installation_id", "GitHub App: the number of its installation."),
        Option("private_key_secret", "GitHub App: its private key, as PEM.", secret=True),
        Option(
            "repositories",
            "Comma list of owner/repo, owner/* and owner/pattern*; all that the credentials may see without it.",
            aliases=("repository", "repos"),
        ),
        Option("api_version", "Version of the REST API.", _VERSION),
        Option("etag_cache", "Folder that answers are kept in: asking again whether they changed costs no quota."),
        Option(
            "on_cap",
            "Where GitHub shows only a part of a list and there is no way around: `note` goes on with that part.",
            "fail",
            choices=("fail", "note"),
        ),
        Option(
            "created_days",
            "How many days before an increment workflow runs and deployments may begin that change within it.",
            "35",
            kind="number",
        ),
    ),
    credentials=(("access_token",), ("app_id", "installation_id", "private_key_secret")),
    # The hourly limit of a user, less a few calls, so that it is waited for here before GitHub refuses;
    # apps and enterprises have more: raise requests_per_second there. Within it, points a minute.
    rates={
        "default": Rate(4_950, 3600.0, within=Rate(900, 60.0)),
        "graphql": Rate(4_950, 3600.0, within=Rate(2_000, 60.0)),
    },
    headers=_headers,
    faults=faults,
    check=get("/rate_limit"),
    aliases={
        "pulls": "pull_requests",
        "pull_request_reviews": "reviews",
        "subscribers": "watchers",
        "jobs": "workflow_jobs",
    },
)
