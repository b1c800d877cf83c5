"""The modules of the account: standard and custom, linking and subform ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import Settings
from lakeflow_sources.http import Client, get

from .answers import rows, send
from .paths import path

__all__ = ["STANDARD", "Module", "modules_of"]


@dataclass(frozen=True, slots=True)
class Module:
    """A module; *kind* is what the metadata calls `generated_type`."""

    name: str
    kind: str = "default"

    @property
    def changes(self) -> bool:
        """Whether its records tell when they were changed and deleted; rows of subforms and links do not reliably."""
        return self.kind in {"default", "custom"}

    @property
    def queried(self) -> bool:
        """Whether COQL and bulk reads know it."""
        return self.name not in {"Notes", "Attachments"}


_STANDARD = (
    "Leads", "Contacts", "Accounts", "Deals", "Campaigns", "Cases", "Solutions", "Products", "Vendors", "Price_Books",
    "Quotes", "Sales_Orders", "Purchase_Orders", "Invoices", "Tasks", "Events", "Calls",
)  # fmt: skip
_LINES = ("Quoted_Items", "Ordered_Items", "Purchase_Items", "Invoiced_Items")
STANDARD: tuple[Module, ...] = (
    *(Module(name) for name in _STANDARD),
    *(Module(name, "subform") for name in _LINES),
)
_KINDS = frozenset({"default", "custom", "linking", "subform"})
_UNREADABLE = frozenset(
    {
        "activities",  # tasks, events and calls once more
        "feeds", "home", "reports", "analytics", "dashboards", "documents", "salesinbox", "social", "visits",
        "actions_performed", "emails", "locking_information__s", "cti_entry", "email_analytics",
        "email_template_analytics", "email_sentiment", "functions__s", "approvals", "my_jobs",
    }
)  # fmt: skip
"""Listed by the metadata, but no records of their own, or none that the API gives out."""


def modules_of(settings: Settings, client: Client) -> tuple[Module, ...]:
    """All modules of the account whose records can be read."""
    found = rows(send(settings, client, get(path(settings, "settings", "modules"))), "modules")
    return tuple(Module(str(one["api_name"]), str(one["generated_type"])) for one in found if _readable(one))


def _readable(one: Mapping[str, Any]) -> bool:
    if not one.get("api_supported") or one.get("viewable") is False or one.get("generated_type") not in _KINDS:
        return False
    name = str(one["api_name"]).lower()
    return name not in _UNREADABLE and not name.startswith("forecast")
