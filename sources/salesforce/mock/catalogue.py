"""The objects of the made-up org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, cast

from .fields import Field, fields_of

__all__ = ["KINDS", "Kind", "with_fields", "without_field"]

Style = Literal["standard", "custom", "history", "share", "login", "reference", "user", "big", "external", "setting"]


@dataclass(frozen=True, slots=True)
class Kind:
    """An sObject; *bulk*: the Bulk API serves it, *filtered*: fields of which one must be in every WHERE."""

    name: str
    prefix: str
    fields: tuple[Field, ...]
    style: Style = "standard"
    bulk: bool = True
    queryable: bool = True
    replicateable: bool = True
    filtered: tuple[str, ...] = ()
    by_name: Mapping[str, Field] = field(default_factory=dict, compare=False)

    def find(self, name: str) -> Field | None:
        """The field called *name*, in whatever case."""
        return self.by_name.get(name.lower())

    @property
    def custom(self) -> bool:
        """Whether the org defined it."""
        return self.name.endswith(("__c", "__b", "__x", "__mdt", "__e"))


_BEGIN: Mapping[Style, str] = {"external": "Id id id\nExternalId string serial\nDisplayUrl url text"}
_END: Mapping[Style, str] = {
    "standard": """
IsDeleted boolean deleted
CreatedDate datetime created
CreatedById reference user to=User rel=CreatedBy
LastModifiedDate datetime modified
LastModifiedById reference user to=User rel=LastModifiedBy
SystemModstamp datetime stamp""",
    "history": """
IsDeleted boolean deleted
CreatedById reference user to=User rel=CreatedBy
CreatedDate datetime created
Field picklist select
DataType picklist select
OldValue anyType text
NewValue anyType text""",
    "share": """
AccessLevel picklist select
RowCause picklist select
LastModifiedDate datetime modified
LastModifiedById reference user to=User rel=LastModifiedBy
IsDeleted boolean deleted""",
    "reference": """
MasterLabel string serial
ApiName string text
IsActive boolean bool
SortOrder int integer precision=9
CreatedDate datetime created
LastModifiedDate datetime modified
SystemModstamp datetime stamp""",
    "user": """
CreatedDate datetime created
LastModifiedDate datetime modified
SystemModstamp datetime stamp""",
    "login": "LoginTime datetime created",
    "big": "CreatedDate datetime created\nCreatedById reference user to=User rel=CreatedBy",
    "external": "",
}

_LINES: Mapping[str, str] = {
    "Account 001": """
MasterRecordId reference nothing to=Account rel=MasterRecord
Name string serial
Type picklist select
ParentId reference ref to=Account rel=Parent
@address Billing
Phone phone phone
Website url text
Industry picklist select
AnnualRevenue currency number precision=18 scale=0
NumberOfEmployees int integer precision=8
Description textarea text
OwnerId reference user to=User rel=Owner
Active__c picklist select
UpsellFactor__c double number precision=18 scale=4 calculated""",
    "Contact 003": """
AccountId reference ref to=Account rel=Account
LastName string name
FirstName string name
Name string serial
@address Mailing
Email email email
Birthdate date date
HasOptedOutOfEmail boolean bool
OwnerId reference user to=User rel=Owner
Languages__c string text""",
    "Lead 00Q": """
LastName string name
Company string serial
@address
Status picklist select
IsConverted boolean bool
ConvertedDate date date""",
    "Opportunity 006": """
AccountId reference ref to=Account rel=Account
Name string serial
StageName picklist select
Amount currency number precision=18 scale=2
Probability percent number precision=3 scale=0
CloseDate date date
IsWon boolean bool
OwnerId reference user to=User rel=Owner""",
    "Case 500": """
CaseNumber string serial
ContactId reference ref to=Contact rel=Contact
Subject string text
Description textarea text
IsClosed boolean bool
ClosedDate datetime moment
OwnerId reference user to=Group,User rel=Owner""",
    "Task 00T": """
WhoId reference ref to=Contact,Lead rel=Who
Subject combobox text
ActivityDate date date
Description textarea text
IsArchived boolean archived
IsClosed boolean bool""",
    "Product2 01t": "Name string serial\nProductCode string text\nIsActive boolean bool\nDescription string text",
    "User 005 user": """
Username string email
Name string serial
Email email email
IsActive boolean bool
ManagerId reference user to=User rel=Manager""",
    "AccountHistory 017 history": "AccountId reference ref to=Account rel=Account",
    "LoginHistory 0Ya login": "UserId reference user to=User rel=User\nSourceIp string text\nStatus string text",
    "AccountShare 00r share": "AccountId reference ref to=Account rel=Account\nUserOrGroupId reference user to=User",
    "OpportunityStage 01J reference": "IsClosed boolean bool\nDefaultProbability percent number precision=3 scale=0",
    "TaskStatus 01M reference nobulk": "IsClosed boolean bool",
    "Attachment 00P nobulk": """
ParentId reference ref to=Account,Contact rel=Parent
Name string serial
ContentType string text
BodyLength int integer precision=9
Body base64 blob""",
    "ContentDocument 069": "Title string serial\nFileType string text\nContentSize int integer precision=9",
    "ContentDocumentLink 06A filtered=ContentDocumentId,LinkedEntityId": """
ContentDocumentId reference document to=ContentDocument rel=ContentDocument
LinkedEntityId reference ref to=Account,Contact rel=LinkedEntity
ShareType picklist select""",
    "Invoice__c a00 custom": """
Name string serial
Account__c reference ref to=Account rel=Account__r
Text__c string text
Long_Text__c textarea text
Html__c textarea text
Picklist__c picklist select
Colours__c multipicklist checkbox
Combo__c combobox select
Email__c email email
Phone__c phone phone
Url__c url text
Secret__c encryptedstring text
Paid__c boolean bool
Whole__c double number precision=18 scale=0
Fine__c double number precision=18 scale=10
Rate__c percent number precision=5 scale=3
Total__c currency number precision=18 scale=2
Count__c int integer precision=9
Long__c long long
Due__c date date
Sent__c datetime moment
Opens__c time time
@location Place__c
Score__c double number precision=18 scale=6 calculated
Label__c string text calculated
Scan__c base64 blob
Payload__c json json
OwnerId reference user to=Group,User rel=Owner""",
    "Invoice__History a01 history": "ParentId reference ref to=Invoice__c rel=Parent",
    "Invoice__Share a02 share": "ParentId reference ref to=Invoice__c rel=Parent",
    "Wide__c a03 custom": "Name string serial",
    "Ledger__c a06 custom nobulk": "Name string serial",
    "Setting__c a04 custom": "SetupOwnerId reference user to=User\nLimit__c double number precision=18 scale=0",
    "Tier__mdt m00 reference": "DeveloperName string serial",
    "Visit__b v00 big nobulk": "Name__c string serial\nPage__c string text\nCount__c double whole precision=9",
    "Order__x x00 external nobulk": "Amount__c double number precision=18 scale=2\nPlaced__c datetime moment",
    "Load__c a05 custom": """
Name string serial
Account__c reference ref to=Account rel=Account__r
Status__c picklist select
Segment__c picklist select
Email__c email email
Notes__c string short
Paid__c boolean bool
Active__c boolean bool
Amount__c currency money precision=18 scale=2
Tax__c currency money precision=18 scale=2
Rate__c percent money precision=5 scale=2
Units__c double whole precision=10 scale=0
Count__c int integer precision=9
Due__c date date
Sent__c datetime moment""",
    "Name 000 noquery": "Name string name\nEmail email email\nIsActive boolean bool\nType picklist select",
    "Group 00G user": "Name string serial\nType picklist select",
    "AccountChangeEvent 0CE noquery": "ReplayId string text",
    "ActivityHistory 0AH noquery": "Subject string text",
    "Signal__e e00 noquery": "ReplayId string text",
}


def _kind(head: str, text: str) -> Kind:
    name, prefix, *words = head.split()
    known = {*_END, "custom"}
    style = cast("Style", next((word for word in words if word in known), "standard"))
    begin = _BEGIN.get(style, "Id id id")
    found = tuple(fields_of("\n".join((begin, text.strip(), _END.get(style, _END["standard"])))))
    names = next((word.partition("=")[2].split(",") for word in words if word.startswith("filtered=")), ())
    return with_fields(
        Kind(
            name,
            prefix,
            found,
            style,
            bulk="nobulk" not in words,
            queryable="noquery" not in words,
            replicateable=style in {"standard", "custom", "user"},
            filtered=tuple(names),
        )
    )


def with_fields(kind: Kind, more: tuple[Field, ...] = ()) -> Kind:
    """*kind* with *more* fields, and its names looked up."""
    found = (*kind.fields, *more)
    names = MappingProxyType({one.name.lower(): one for one in found})
    return Kind(
        kind.name,
        kind.prefix,
        found,
        kind.style,
        kind.bulk,
        kind.queryable,
        kind.replicateable,
        kind.filtered,
        names,
    )


def without_field(kind: Kind, name: str) -> Kind:
    """*kind* without the field called *name*."""
    return with_fields(replace(kind, fields=tuple(one for one in kind.fields if one.name.lower() != name.lower())))


KINDS: tuple[Kind, ...] = tuple(_kind(head, text) for head, text in _LINES.items())
