"""Users and organizations of the made-up account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import NAMES, TEXTS
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .calls import number, route
from .fields import keyed
from .listing import listed
from .refusals import not_found
from .shelf import Record, Shelf

__all__ = ["People", "remembered"]

_DAY = 86_400
_NAMELESS, _INACTIVE = 4, 6
_ERASED = {
    "name": "Permanently Deleted User",
    "email": None,
    "phone": None,
    "details": None,
    "permanently_deleted": True,
}
_REMEMBERED = (
    "id",
    "url",
    "name",
    "email",
    "created_at",
    "updated_at",
    "time_zone",
    "phone",
    "shared_phone_number",
    "photo",
    "locale_id",
    "locale",
    "organization_id",
    "role",
    "active",
)


def _rights(*, staff: bool) -> dict[str, Any]:
    return {
        "restricted_agent": not staff,
        "moderator": staff,
        "ticket_restriction": None if staff else "requested",
        "only_private_comments": False,
        "shared": False,
        "shared_agent": False,
        "report_csv": False,
    }


def remembered(account: Account) -> list[Record]:
    """Deleted users as their list shows them."""
    return [{name: one[name] for name in _REMEMBERED} for one in account.shelves["users"] if not one["active"]]


class People:
    """Makes users with their identities, and organizations."""

    def __init__(self, account: Account) -> None:
        self.account = account
        users, organizations = account.ids("users"), account.ids("organizations")
        account.shelves["users"] = Shelf(self.user(key, index) for index, key in enumerate(users))
        account.shelves["organizations"] = Shelf(
            self.organization(key, index) for index, key in enumerate(organizations)
        )

    def user(self, key: int, index: int) -> Record:
        """A user; every seventeenth is inactive."""
        draw, made = self.account.draw("user", index), self.account.filler.made("users", index)
        organizations = self.account.ids("organizations")
        staff = index % 10 == 0
        user = {
            "id": key,
            "url": f"https://acme.zendesk.com/api/v2/users/{key}.json",
            "name": NAMES[draw % len(NAMES)],
            "email": None if index % 9 == _NAMELESS else f"user{index}@example.com",
            "created_at": iso(made * 1000),
            "updated_at": iso((made + draw % _DAY) * 1000),
            "time_zone": "Eastern Time (US & Canada)",
            "iana_time_zone": "America/New_York",
            "phone": None if draw % 3 else "+49 (0)30 1234567",
            "shared_phone_number": None,
            "photo": None if draw % 4 else {"id": index, "file_name": "pïcture.png", "thumbnails": []},
            "locale_id": 1,
            "locale": "en-US",
            "organization_id": organizations[draw % len(organizations)] if organizations and draw % 3 else None,
            "role": ("admin" if index == 0 else "agent") if staff else "end-user",
            "role_type": draw % 5 if staff else None,
            "custom_role_id": None,
            "verified": draw % 2 == 0,
            "external_id": None if draw % 4 else f"crm-{key}",
            "tags": ["vip", "größer"][: draw % 3],
            "alias": "",
            "active": index % 17 != _INACTIVE,
            "last_login_at": None if draw % 2 else iso((made + 60) * 1000),
            "two_factor_auth_enabled": None,
            "signature": None,
            "details": TEXTS[draw % len(TEXTS)],
            "notes": "",
            "default_group_id": None,
            **_rights(staff=staff),
            "suspended": draw % 20 == 0,
            "user_fields": keyed(list(self.account.shelves["user_fields"]), draw),
        }
        return user if user["active"] or index % 2 else {**user, **_ERASED}

    def organization(self, key: int, index: int) -> Record:
        """An organization."""
        draw, made = self.account.draw("organization", index), self.account.filler.made("organizations", index)
        return {
            "url": f"https://acme.zendesk.com/api/v2/organizations/{key}.json",
            "id": key,
            "name": f"{TEXTS[draw % len(TEXTS)]} {index}",
            "shared_tickets": draw % 2 == 0,
            "shared_comments": draw % 3 == 0,
            "external_id": None if draw % 3 else f"{index:05d}",
            "created_at": iso(made * 1000),
            "updated_at": iso((made + draw % _DAY) * 1000),
            "domain_names": ["example.com", "exämple.org"][: draw % 3],
            "details": None if draw % 5 else "",
            "notes": TEXTS[(draw >> 6) % len(TEXTS)],
            "group_id": None,
            "tags": ["enterprise"][: draw % 2],
            "organization_fields": keyed(list(self.account.shelves["organization_fields"]), draw),
        }

    def identities(self, user: Mapping[str, Any]) -> list[Record]:
        """One to three ways to reach a user."""
        draw = self.account.draw("identities", user["id"])
        kinds = ("email", "phone_number", "google", "twitter")
        return [
            {
                "id": user["id"] * 10 + place,
                "url": f"https://acme.zendesk.com/api/v2/users/{user['id']}/identities/{user['id'] * 10 + place}.json",
                "user_id": user["id"],
                "type": kinds[(draw >> place) % 4],
                "value": f"{NAMES[(draw >> place) % len(NAMES)]}.{place}@example.com",
                "verified": place == 0,
                "primary": place == 0,
                "created_at": user["created_at"],
                "updated_at": user["created_at"],
                "undeliverable_count": draw % 3,
                "deliverable_state": "deliverable",
                "verified_at": user["created_at"] if place == 0 else None,
                "verification_method": "low" if place == 0 else "none",
            }
            for place in range(1 + draw % 3)
        ]

    def active(self) -> list[Record]:
        """Users that lists show."""
        return [one for one in self.account.shelves["users"] if one["active"]]

    def routes(self) -> list[Route]:
        """Lists of users and their identities, and who is calling."""
        account = self.account
        return [
            route(account, "users/me", lambda _: {"user": self.active()[0]}),
            route(account, "users/count", lambda _: {"count": {"value": len(self.active()), "refreshed_at": None}}),
            route(account, "users", self._users),
            route(account, r"users/{id:\d+}/identities", self._identities),
            route(account, "deleted_users", lambda request: listed(request, "deleted_users", remembered(account))),
            route(account, "organizations", lambda request: listed(request, "organizations", self._organizations())),
        ]

    def _organizations(self) -> list[Record]:
        return list(self.account.shelves["organizations"])

    def _users(self, request: web.Request) -> Any:
        answer = listed(request, "users", self.active())
        if self.account.sideloads and "identities" in request.query.get("include", "").split(","):
            answer["identities"] = [one for user in answer["users"] for one in self.identities(user)]
        return answer

    def _identities(self, request: web.Request) -> Any:
        users = self.account.shelves["users"]
        if number(request) not in users:
            raise not_found()
        return listed(request, "identities", self.identities(users[number(request)]))
