"""Users and what GitHub repeats of them everywhere, as a function of their number."""

from __future__ import annotations

from typing import Any

from lakeflow_sources.testing.samples import NAMES

__all__ = ["API", "APP", "WEB", "full_name", "node", "reactions", "team", "user", "user_number"]

API = "https://api.github.com"
"""What addresses inside of records begin with; those of pages and redirects name the mock itself."""
WEB = "https://github.com"
_LOGINS = ("mona", "hubot", "octocat", "ada-l", "grace-h", "linus-x", "margaret-e", "dependabot[bot]")
_FIRST = 583_000

APP: dict[str, Any] = {
    "id": 29_110,
    "slug": "dependabot",
    "node_id": "MDM6QXBwMjkxMTA=",
    "client_id": "Iv1.0000000000000001",
    "owner": {"login": "github", "id": 9919, "node_id": "O_9919", "type": "Organization", "site_admin": False},
    "name": "Dependabot",
    "description": "",
    "external_url": "https://example.com/dependabot",
    "html_url": f"{WEB}/apps/dependabot",
    "created_at": "2019-04-16T22:34:25Z",
    "updated_at": "2023-10-12T13:34:11Z",
    "permissions": {"issues": "read", "metadata": "read"},
    "events": [],
}


def node(kind: str, number: int) -> str:
    """A node id."""
    return f"{kind}_{number:012x}"


def user_number(number: int) -> int:
    """The id of a user."""
    return _FIRST + 7 * number


def user(number: int) -> dict[str, Any]:
    """A user in the short shape."""
    known = number < len(_LOGINS)
    login = _LOGINS[number] if known else f"dev-{number:04d}"
    api = f"{API}/users/{login}"
    return {
        "login": login,
        "id": user_number(number),
        "node_id": node("U", user_number(number)),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user_number(number)}?v=4",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{WEB}/{login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": number % 50 == 49,
    }


def full_name(number: int) -> str:
    """What a user is called in commits."""
    return NAMES[number % len(NAMES)]


def team(number: int, organization: str) -> dict[str, Any]:
    """A team in the short shape."""
    slug = f"team-{number}"
    return {
        "id": 7_700 + number,
        "node_id": node("T", 7_700 + number),
        "url": f"{API}/organizations/9001/team/{7_700 + number}",
        "html_url": f"{WEB}/orgs/{organization}/teams/{slug}",
        "name": f"Team {NAMES[number % len(NAMES)]}",
        "slug": slug,
        "description": None if number % 3 == 0 else "looks after things",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{API}/organizations/9001/team/{7_700 + number}/members{{/member}}",
        "repositories_url": f"{API}/organizations/9001/team/{7_700 + number}/repos",
        "type": "organization",
        "organization_id": 9001,
    }


def reactions(url: str, key: int) -> dict[str, Any]:
    """The roll-up of reactions."""
    likes, hearts = key % 5, key % 3
    return {
        "url": f"{url}/reactions",
        "total_count": likes + hearts,
        "+1": likes,
        "-1": 0,
        "laugh": 0,
        "confused": 0,
        "heart": hearts,
        "hooray": 0,
        "eyes": 0,
        "rocket": 0,
    }
