"""What each object supports, from its name and from the fields that it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import Cursor, Ingestion

__all__ = ["LISTED", "Kind", "kind_of", "readable"]

_LAG = 300.0
"""Rows appear behind the stamp when their transaction ends: the vendor advises five minutes."""
_LOOKBACK = 600.0
_LATE = 900.0
"""Appended rows cannot be merged by key, so they are waited for longer instead of being read twice."""

_NO_BULK = """AcceptedEventRelation AssetTokenEvent AttachedContentNote Attachment CaseStatus ContractStatus
    DeclinedEventRelation EventWhoRelation FieldSecurityClassification OrderStatus PartnerRole
    QuoteTemplateRichTextData RecentlyViewed ServiceAppointmentStatus SolutionStatus TaskPriority TaskStatus
    TaskWhoRelation UndecidedEventRelation"""
_NEVER = """ActivityHistory OpenActivity AggregateResult Name NoteAndAttachment CombinedAttachment LookedUpFromActivity
    UserRecordAccess"""
_EVENTS = re.compile(r"ChangeEvent$|__e$|EventStream$")


@dataclass(frozen=True, slots=True)
class Kind:
    """How an object is read.

    *bulk*: the Bulk API may serve it. *keyed*: it can be sorted and bounded by `Id`.
    *logged*: its hard deletes are in the delete log.
    *parent*: object and field by whose ids alone it can be queried.
    """

    category: str = "standard"
    cursor: Cursor | None = None
    ingestion: Ingestion = "snapshot"
    bulk: bool = True
    keyed: bool = True
    logged: bool = True
    parent: tuple[str, str] | None = None

    @property
    def says(self) -> str:
        """What it supports, in words."""
        changes = f"changes by {self.cursor.field}" if self.cursor and self.ingestion != "snapshot" else "full reads"
        deletes = {"cdc_with_deletes": "deletes of the last 15 days"}.get(self.ingestion, "")
        return ", ".join(filter(None, (changes, deletes, "REST and Bulk API" if self.bulk else "REST only")))


def _changes(field: str) -> Cursor:
    return Cursor(field, lag=_LAG, lookback=_LOOKBACK)


_STAMP = _changes("SystemModstamp")
_DELETABLE = Kind(cursor=_STAMP, ingestion="cdc_with_deletes")
_UPDATABLE = Kind(cursor=_STAMP, ingestion="cdc")
_HISTORY = Kind("history", Cursor("CreatedDate", lag=_LATE), "append", logged=False)

_CRM = """Account Contact Lead Opportunity OpportunityLineItem OpportunityContactRole Campaign CampaignMember Case
    CaseComment Task Event Product2 Pricebook2 PricebookEntry Quote QuoteLineItem Order OrderItem Contract Asset
    EmailMessage AccountContactRelation ContentDocument ContentVersion"""
_HISTORIES = """AccountHistory ContactHistory LeadHistory CaseHistory OpportunityFieldHistory OpportunityHistory"""
_PEOPLE = "User UserRole Profile Group PermissionSet RecordType Organization CurrencyType"
_LISTS = """OpportunityStage CampaignMemberStatus CaseStatus LeadStatus TaskStatus Period BusinessHours
    DatedConversionRate GroupMember PermissionSetAssignment"""

LISTED: Mapping[str, Kind] = {
    **dict.fromkeys(_CRM.split(), _DELETABLE),
    "Attachment": Kind("content", _STAMP, "cdc_with_deletes", bulk=False),
    "Document": Kind("content", _STAMP, "cdc"),
    **dict.fromkeys(_HISTORIES.split(), _HISTORY),
    "LoginHistory": Kind("history", Cursor("LoginTime", lag=_LATE), "append", logged=False),
    **dict.fromkeys(_PEOPLE.split(), _UPDATABLE),
    **{name: Kind("reference", bulk=name not in _NO_BULK.split(), logged=False) for name in _LISTS.split()},
    "AccountShare": Kind("share", _changes("LastModifiedDate"), logged=False),
    "ContentDocumentLink": Kind("content", bulk=False, logged=False, parent=("ContentDocument", "ContentDocumentId")),
}
"""Objects that most orgs have. Rows that vanish without a trace (shares, memberships, lists) are snapshots."""


def readable(summary: Mapping[str, Any]) -> bool:
    """Whether an object of the global description can be a table."""
    name = summary["name"]
    hidden = summary.get("deprecatedAndHidden") or not summary.get("queryable")
    return not hidden and name not in _NEVER.split() and not _EVENTS.search(name)


def kind_of(description: Mapping[str, Any]) -> Kind:
    """The kind of an object that is not `LISTED`, from its description."""
    name: str = description["name"]
    names = {field["name"] for field in description["fields"]}
    keyed = "Id" in names
    if name.endswith("__b"):
        return Kind("big", bulk=False, keyed=False, logged=False)
    if name.endswith("__x"):
        return Kind("external", bulk=False, keyed=False, logged=False)
    if name.endswith("__mdt"):
        return Kind("metadata", bulk=False, logged=False)
    if "History" in name and {"Field", "OldValue", "NewValue", "CreatedDate"} <= names:
        return _HISTORY
    if name.endswith("Share") and {"RowCause", "LastModifiedDate"} <= names:
        return Kind("share", _changes("LastModifiedDate"), logged=False)
    category = "custom" if description.get("custom") else "standard"
    cursor, ingestion = _increments(names)
    bulk = name not in _NO_BULK.split()
    return Kind(category, cursor, ingestion, bulk, keyed, logged=bool(description.get("replicateable")))


def _increments(names: Collection[str]) -> tuple[Cursor | None, Ingestion]:
    """Automated changes move `SystemModstamp` alone; where there is none, the next best field."""
    for field in ("SystemModstamp", "LastModifiedDate"):
        if field in names:
            return _changes(field), "cdc_with_deletes" if "IsDeleted" in names else "cdc"
    for field in ("CreatedDate", "LoginTime"):
        if field in names:
            return Cursor(field, lag=_LATE), "append"
    return None, "snapshot"
