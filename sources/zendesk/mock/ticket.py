"""A ticket as it was made, and the files of its comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import NAMES, TEXTS

from .account import Account
from .fields import value
from .shelf import Record

__all__ = ["STATUSES", "attachment", "ticket_record"]

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
_BY_MACHINE = 5
"""Which of thirteen tickets are those of an AI agent."""


def ticket_record(account: Account, key: int, index: int, made: int) -> Record:
    """The ticket with id *key*, made in the second *made*."""
    draw = account.draw("ticket", index)
    text = TEXTS[draw % len(TEXTS)]
    rating = {"score": "unoffered"} if draw % 2 else {"id": key * 10, "score": "good", "comment": text}
    return {
        "url": f"https://acme.zendesk.com/api/v2/tickets/{key}.json",
        "id": key,
        "external_id": None if index % 3 else f"ext-{key}",
        "via": {"channel": "web", "source": {"from": {}, "to": {"name": NAMES[draw % len(NAMES)]}, "rel": None}},
        "created_at": iso(made * 1000),
        "type": (None, "incident", "question", "problem", "task")[draw % 5],
        "subject": text,
        "raw_subject": text,
        "description": TEXTS[(draw >> 4) % len(TEXTS)],
        "priority": (None, "low", "normal", "high", "urgent")[(draw >> 3) % 5],
        "status": STATUSES[draw % 6],
        "custom_status_id": 35_436 + draw % 6,
        "recipient": None,
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": draw % 9 == 0,
        "is_public": draw % 5 != 0,
        "due_at": None if draw % 3 else iso((made + 86_400) * 1000),
        "tags": [f"tag_{draw % 40}", "enterprise", "ünïcode_тег"][: draw % 4],
        "satisfaction_rating": rating,
        "ticket_form_id": None if draw % 2 else 47,
        "brand_id": 47,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": draw % 8 == 0,
        "support_type": "ai_agent" if index % 13 == _BY_MACHINE else "agent",
        **_links(account, index, draw),
        **_custom(account, draw),
    }


def _links(account: Account, index: int, draw: int) -> dict[str, Any]:
    users = account.ids("users")
    return {
        "requester_id": _one(users, draw),
        "submitter_id": _one(users, draw >> 5),
        "assignee_id": _one(users, draw >> 9) if index % 4 else None,
        "organization_id": _one(account.ids("organizations"), draw) if index % 7 else None,
        "group_id": _one(account.ids("groups"), draw),
        "collaborator_ids": users[: draw % 3],
        "follower_ids": [],
        "email_cc_ids": users[: draw % 2],
        "sharing_agreement_ids": [],
        "followup_ids": [],
    }


def _one(ids: Sequence[int], draw: int) -> int | None:
    return ids[draw % len(ids)] if ids else None


def _custom(account: Account, draw: int) -> dict[str, Any]:
    """Values of the account's own fields; `fields` says the same once more."""
    defined = [one for one in account.shelves["ticket_fields"] if one.get("removable", True)]
    values = [{"id": one["id"], "value": value(one["type"], draw >> place)} for place, one in enumerate(defined)]
    return {"custom_fields": values, "fields": values}


def attachment(key: int, text: str) -> Record:
    """Metadata of a file; its content lies on another host."""
    return {
        "url": f"https://acme.zendesk.com/api/v2/attachments/{key}.json",
        "id": key,
        "file_name": f"{text[:12]}.png",
        "content_url": f"https://elsewhere.example.com/{key}",
        "mapped_content_url": f"https://elsewhere.example.com/{key}",
        "content_type": "image/png",
        "size": key * 3,
        "width": 80 if key % 2 else None,
        "height": 60 if key % 2 else None,
        "inline": key % 3 == 0,
        "deleted": False,
        "malware_access_override": False,
        "malware_scan_result": "malware_not_found",
        "thumbnails": [{"id": key + 1, "file_name": "thümb.png", "size": 7}],
    }
