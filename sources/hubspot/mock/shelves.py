"""Lists, forms, marketing emails and campaigns: few enough to be held as they are answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import iso, millis
from lakeflow_sources.testing.samples import NAMES, TEXTS, number_of

from .account import Account

__all__ = ["Shelves"]

_BORN = 3  # years before the end of the seeded time


class Shelves:
    """The rows by table, and the changes that tests may make to them."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._makers: Mapping[str, Callable[[int, str], dict[str, Any]]] = {
            "lists": self._list,
            "forms": self._form,
            "marketing_emails": self._email,
            "campaigns": self._campaign,
        }
        self.rows: dict[str, list[dict[str, Any]]] = {
            table: [self._made(table, place) for place in range(account.amounts[table])] for table in self._makers
        }

    def add(self, table: str, count: int) -> list[str]:
        """Make more rows, changed now."""
        rows = self._known(table)
        made = [self._made(table, len(rows) + place) for place in range(count)]
        now = iso(self._account.clock.now())
        for row in made:
            row |= {"createdAt": now, "updatedAt": now}
        rows += made
        return [_key(row) for row in made]

    def edit(self, table: str, ids: Sequence[str], values: Mapping[str, Any], moment: str | None) -> list[str]:
        """Give the rows called *ids* other values; `archived: true` puts them into the archive."""
        changed = moment or iso(self._account.clock.now())
        chosen = self._chosen(table, ids)
        for row in chosen:
            row |= {**values, "updatedAt": iso(millis(changed))}
            if values.get("archived"):
                row["deletedAt" if table in {"lists", "marketing_emails"} else "archivedAt"] = row["updatedAt"]
        return [_key(row) for row in chosen]

    def drop(self, table: str, ids: Sequence[str]) -> list[str]:
        """Let rows vanish without a trace."""
        chosen = [_key(row) for row in self._chosen(table, ids)]
        self.rows[table] = [row for row in self.rows[table] if _key(row) not in chosen]
        return chosen

    def _known(self, table: str) -> list[dict[str, Any]]:
        if table not in self.rows:
            raise ConfigurationError(f"There is no {table!r} to write to", f"use {', '.join(self.rows)}")
        return self.rows[table]

    def _chosen(self, table: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        found = {_key(row): row for row in self._known(table)}
        missing = [one for one in ids if one not in found]
        if missing:
            raise ConfigurationError(f"There are no {table} with id {', '.join(missing)}")
        return [found[one] for one in ids]

    def _made(self, table: str, place: int) -> dict[str, Any]:
        key = number_of(self._account.seed, table, place)
        updated = self._account.moment(key)
        created = iso(millis(updated) - key % (_BORN * 10_000_000_000))
        return {
            **self._makers[table](key, f"{TEXTS[place % len(TEXTS)]} №{place}"),
            "createdAt": created,
            "updatedAt": updated,
        }

    def _list(self, key: int, name: str) -> dict[str, Any]:
        place = int(name.rpartition("№")[2])
        return {
            "listId": str(7 + 13 * place),
            "name": name,
            "objectTypeId": ("0-1", "0-2")[place % 4 == 3],
            "processingType": ("MANUAL", "DYNAMIC", "SNAPSHOT")[key % 3],
            "processingStatus": "COMPLETE",
            "listVersion": 1 + key % 9,
            "additionalProperties": {"hs_list_reference_count": str(key % 5), "hs_is_public": "false"},
            "createdById": str(9_000_000 + key % 12),
            "updatedById": str(9_000_000 + key % 12),
            "filtersUpdatedAt": self._account.moment(key // 3),
        }

    def _form(self, key: int, name: str) -> dict[str, Any]:
        return {
            "id": str(uuid.UUID(int=key)),
            "name": name,
            "formType": "hubspot",
            "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [_field(key)]}],
            "configuration": {"language": "de", "cloneable": True, "notifyRecipients": [], "archivable": True},
            "displayOptions": {"renderRawHtml": False, "theme": "default_style", "submitButtonText": "Los „gehts“"},
            "legalConsentOptions": {"type": "none"},
            "archived": False,
        }

    def _email(self, key: int, name: str) -> dict[str, Any]:
        published = key % 3 != 0
        email: dict[str, Any] = {
            "id": str(130_000_000_000 + 11 * int(name.rpartition("№")[2])),
            "name": name,
            "subject": f"Dear {NAMES[key % len(NAMES)]}, {TEXTS[key % len(TEXTS)]}",
            "state": "PUBLISHED" if published else "DRAFT",
            "type": "BATCH_EMAIL",
            "subcategory": "batch",
            "language": "en-gb",
            "activeDomain": "www.example.com",
            "campaign": str(uuid.UUID(int=key // 2)),
            "campaignName": name,
            "folderId": 2**31 + key % 10**6,
            "isPublished": published,
            "isTransactional": False,
            "jitterSendTime": key % 2 == 0,
            "sendOnPublish": True,
            "content": {"templatePath": "@hubspot/email/dnd.html", "plainTextVersion": TEXTS[key // 7 % len(TEXTS)]},
            "from": {"fromName": NAMES[key // 5 % len(NAMES)], "replyTo": "news@example.com"},
            "to": {"suppressGraymail": True, "contactIds": {"include": [], "exclude": ["61"]}},
            "subscriptionDetails": {"subscriptionId": str(key % 1000)},
            "workflowNames": [] if key % 4 else ["On-boarding, “new”"],
            "createdById": "9000001",
            "updatedById": "9000002",
            "archived": False,
        }
        return {**email, "publishDate": self._account.moment(key // 9)} if published else email

    def _campaign(self, key: int, name: str) -> dict[str, Any]:
        properties = {
            "hs_name": name,
            "hs_campaign_status": ("planned", "in_progress", "completed")[key % 3],
            "hs_start_date": ("2025-01-31", "2024-02-29", None)[key % 3],
            "hs_end_date": ("2025-12-31", "")[key % 2],
            "hs_notes": TEXTS[key % len(TEXTS)],
            "hs_budget_items_sum_amount": ("1500.50", "0", None)[key // 3 % 3],
            "hs_currency_code": "EUR",
        }
        return {"id": str(uuid.UUID(int=key)), "properties": properties, "businessUnits": [{"id": 0}]}


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("listId") or row.get("id"))


def _field(key: int) -> dict[str, Any]:
    return {"objectTypeId": "0-1", "name": "email", "label": "E-Mail", "required": key % 2 == 0, "fieldType": "email"}
