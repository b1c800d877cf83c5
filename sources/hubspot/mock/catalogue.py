"""The object types of the made-up account and their properties, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = ["KINDS", "PIPED", "Kind", "Property", "custom_kind", "extra_properties", "property_of"]

PIPED = ("deals", "tickets", "leads")
"""Standard types that have pipelines; custom ones have them too."""

_CUSTOM = 2_000_000


@dataclass(frozen=True, slots=True)
class Property:
    """A property: what its API answers, and *fill*, by which values are made up."""

    name: str
    type: str
    field_type: str
    fill: str
    label: str = ""
    unique: bool = False
    defined: bool = True
    """By HubSpot, not by the account."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An object type; *defaults* come back when no property is named."""

    api: str
    type_id: str
    singular: str
    scope: str
    properties: tuple[Property, ...]
    defaults: tuple[str, ...]
    created: str = "hs_createdate"
    cursor: str = "hs_lastmodifieddate"
    first_id: int = 1
    stride: int = 17
    custom: bool = False

    @property
    def system(self) -> tuple[str, str, str]:
        """Properties that every answer holds."""
        return self.created, "hs_object_id", self.cursor


_CONTACT = """
email string text email unique
firstname string text name
lastname string text name
phone phone_number phonenumber phone
company string text text
jobtitle string text text
lifecyclestage enumeration radio stage
hs_lead_status enumeration select select
annualrevenue number number number
numemployees number number integer
hs_email_optout bool booleancheckbox bool
newsletter enumeration booleancheckbox yesno
favourite_products enumeration checkbox checkbox
date_of_birth date date date
first_deal_created_date datetime date moment
hubspot_owner_id enumeration select owner
website string text text
message string textarea text
hs_calculated_merged_vids string calculation_equation text
hs_all_contact_vids json text json
hs_latitude_longitude object_coordinates text coordinates
"""
_COMPANY = """
name string text serial
domain string text email
industry enumeration select select
annualrevenue number number number
numberofemployees number number integer
is_public bool booleancheckbox bool
founded_year string text text
description string textarea text
recent_deal_close_date datetime date moment
hubspot_owner_id enumeration select owner
"""
_DEAL = """
dealname string text serial
amount number number amount
dealstage enumeration radio dealstage
pipeline enumeration select pipeline
closedate datetime date moment
hs_forecast_probability number number number
hs_is_closed bool calculation_equation bool
dealtype enumeration radio select
description string textarea text
hubspot_owner_id enumeration select owner
"""
_TICKET = """
subject string text serial
content string textarea text
hs_pipeline enumeration select pipeline
hs_pipeline_stage enumeration select dealstage
hs_ticket_priority enumeration select select
time_to_close number number integer
closed_date datetime date moment
hubspot_owner_id enumeration select owner
"""
_PRODUCT = """
name string text serial
price number number amount
hs_cost_of_goods_sold number number number
hs_sku string text text
description string textarea text
hs_active bool booleancheckbox bool
"""
_LINE_ITEM = """
name string text serial
quantity number number integer
price number number amount
discount number number number
hs_recurring_billing_start_date date date date
hs_product_id number number integer
"""
_QUOTE = """
hs_title string text serial
hs_expiration_date datetime date moment
hs_status enumeration select select
hs_quote_amount number number amount
hs_terms string html html
hs_esign_enabled bool booleancheckbox bool
"""
_LEAD = """
hs_lead_name string text serial
hs_lead_type enumeration select select
hs_pipeline_stage enumeration select dealstage
hs_lead_disqualification_note string textarea text
hubspot_owner_id enumeration select owner
"""
_ENGAGEMENT = """
hs_timestamp datetime date moment
hs_{0}_title string text serial
hs_{0}_body string html html
hs_{0}_status enumeration select select
hs_{0}_duration number number number
hs_{0}_visible bool booleancheckbox bool
hubspot_owner_id enumeration select owner
hs_attachment_ids string file text
"""
_FEEDBACK = """
hs_content string textarea text
hs_survey_name string text serial
hs_response_group enumeration select select
hs_value number number number
hs_submission_timestamp datetime date moment
"""
_THING = """
{0}_name string text serial
{0}_price number number amount
{0}_bought date date date
{0}_colours enumeration checkbox checkbox
{0}_for_sale bool booleancheckbox bool
{0}_notes string textarea text
"""
_DRESSES = """
string text text
number number number
enumeration checkbox checkbox
bool booleancheckbox bool
date date date
datetime date moment
enumeration booleancheckbox yesno
string textarea name
number number integer
enumeration select select
"""


def property_of(line: str, *, defined: bool = True) -> Property:
    """A property from `name type fieldType fill [unique]`."""
    name, kind, field_type, fill, *rest = line.split()
    label = name.replace("_", " ").capitalize()
    return Property(name, kind, field_type, fill, label, unique=bool(rest), defined=defined)


def extra_properties(count: int) -> tuple[Property, ...]:
    """Made-up custom properties with long names, of all types in turn."""
    dresses = _DRESSES.strip().splitlines()
    return tuple(
        property_of(f"custom_{index:04d}_a_rather_long_internal_name {dresses[index % len(dresses)]}", defined=False)
        for index in range(count)
    )


def _kind(api: str, type_id: str, singular: str, text: str, **more: object) -> Kind:
    created = "createdate" if str(more.get("created", "")) == "createdate" else "hs_createdate"
    cursor = str(more.get("cursor", "hs_lastmodifieddate"))
    lines = [
        "hs_object_id number number id",
        f"{created} datetime date created",
        f"{cursor} datetime date modified",
        *text.strip().format(singular).splitlines(),
    ]
    properties = tuple(property_of(line, defined=not more.get("custom")) for line in lines)
    shown = (*(one.name for one in properties[3:6]), created, "hs_object_id", cursor)
    plain = Kind(api, type_id, singular, str(more.get("scope", f"crm.objects.{api}.read")), properties, shown)
    return replace(plain, created=created, cursor=cursor, custom=bool(more.get("custom")))


def _numbered(kinds: Sequence[Kind]) -> tuple[Kind, ...]:
    """The types with ids of their own size: contacts begin with two digits, later types with eleven."""
    first = [61, 90_000, 7_000_000, 980_000_000, *(65_000_000_000 + 10**9 * place for place in range(len(kinds)))]
    return tuple(replace(kind, first_id=first[place], stride=17 + 6 * place) for place, kind in enumerate(kinds))


_PLAIN = {"created": "createdate"}
_TOUCH = {"scope": "crm.objects.contacts.read"}
KINDS: tuple[Kind, ...] = _numbered(
    (
        _kind("contacts", "0-1", "contact", _CONTACT, cursor="lastmodifieddate", **_PLAIN),
        _kind("companies", "0-2", "company", _COMPANY, **_PLAIN),
        _kind("deals", "0-3", "deal", _DEAL, **_PLAIN),
        _kind("tickets", "0-5", "ticket", _TICKET, scope="tickets", **_PLAIN),
        _kind("products", "0-7", "product", _PRODUCT, **_PLAIN),
        _kind("line_items", "0-8", "line_item", _LINE_ITEM, **_PLAIN),
        _kind("quotes", "0-14", "quote", _QUOTE),
        _kind("leads", "0-136", "lead", _LEAD, **_PLAIN),
        _kind("calls", "0-48", "call", _ENGAGEMENT, **_TOUCH),
        _kind("emails", "0-49", "email", _ENGAGEMENT, scope="sales-email-read"),
        _kind("meetings", "0-47", "meeting", _ENGAGEMENT, **_TOUCH),
        _kind("notes", "0-46", "note", _ENGAGEMENT, **_TOUCH),
        _kind("tasks", "0-27", "task", _ENGAGEMENT, **_TOUCH),
        _kind("communications", "0-18", "communication", _ENGAGEMENT, **_TOUCH),
        _kind("feedback_submissions", "0-19", "feedback_submission", _FEEDBACK),
    )
)


def custom_kind(name: str, place: int) -> Kind:
    """A custom object of the account, as `cars` with the type id `2-2000000`."""
    kind = _kind(name, f"2-{_CUSTOM + 37 * place}", name.removesuffix("s"), _THING, custom=True)
    return replace(
        kind, scope="crm.objects.custom.read", first_id=99_000_000_000 + 10**9 * place, stride=17 + 6 * place
    )
