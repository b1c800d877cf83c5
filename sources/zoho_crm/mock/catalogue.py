"""The modules of the made-up account with their fields: standard, custom, linking and subform ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["HIDDEN", "MODULES", "NESTED", "SYSTEM", "UNQUERIED", "Field", "Module", "find"]

UNQUERIED = frozenset({"subform", "multiselectlookup", "multiuserlookup", "fileupload", "imageupload"})
"""Types that neither COQL nor bulk reads know."""
NESTED = frozenset({"subform", "multiselectlookup", "multiuserlookup"})
"""Types that only the answer for a single record carries."""

_JSON = {
    **dict.fromkeys(("lookup", "ownerlookup", "userlookup", "multi_module_lookup", "consent_lookup"), "jsonobject"),
    **dict.fromkeys(("ALARM", "RRULE", "layout"), "jsonobject"),
    **dict.fromkeys((*UNQUERIED, "multiselectpicklist", "tag", "participants"), "jsonarray"),
    **dict.fromkeys(("integer",), "integer"),
    **dict.fromkeys(("double", "percent", "currency", "rollup_summary"), "double"),
    "boolean": "boolean",
}
_SHOWN = {"tag": "text", "participants": "bigint"}
"""What the metadata calls types that have no name of their own."""
_FORMULAS = {"double": "double", "currency": "double", "boolean": "boolean", "integer": "integer"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field; *target* is the module of a lookup or a subform, *facts* are further members of its metadata."""

    name: str
    type: str = "text"
    target: str = ""
    options: tuple[str, ...] = ()
    decimals: int | None = None
    returns: str = ""
    visible: bool = True
    display: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """What the metadata calls `json_type`."""
        return _FORMULAS.get(self.returns, "string") if self.type == "formula" else _JSON.get(self.type, "string")

    @property
    def shown(self) -> str:
        """What the metadata calls `data_type`."""
        return _SHOWN.get(self.type, self.type)


@dataclass(frozen=True, slots=True)
class Module:
    """A module; *parent* is that of a subform, *ends* are both sides of a linking module."""

    name: str
    fields: tuple[Field, ...]
    generated: str = "default"
    parent: str = ""
    ends: tuple[str, str] = ("", "")
    supported: bool = True

    @property
    def display(self) -> str:
        """The field that lookups show as their name."""
        return next((one.name for one in self.fields if one.display), "id")

    def field(self, name: str) -> Field | None:
        """The field called *name*."""
        return next((one for one in self.fields if one.name == name), None)


_AUDIT = (
    Field("Owner", "ownerlookup"),
    Field("Created_By", "ownerlookup"),
    Field("Modified_By", "ownerlookup"),
    Field("Created_Time", "datetime"),
    Field("Modified_Time", "datetime"),
    Field("Last_Activity_Time", "datetime"),
    Field("Tag", "tag"),
    Field("Locked__s", "boolean"),
    Field("Record_Image", "profileimage"),
)
SYSTEM = frozenset(one.name for one in _AUDIT)
"""Fields that every module has and nobody removes."""
_STAGES = ("Qualification", "Closed Won", "Closed Lost", "Needs Analysis; later")
_SOURCES = ("Advertisement", "Cold Call", "Trade Show", "-None-")


def _module(name: str, display: str, *fields: Field, **more: Any) -> Module:
    first = Field(display, "text", display=True)
    return Module(name, (first, *fields, *_AUDIT), **more)


def _money(name: str) -> Field:
    return Field(name, "currency", decimals=2)


def _items(parent: str) -> Field:
    names = {"Quotes": "Quoted", "Sales_Orders": "Ordered", "Purchase_Orders": "Purchase", "Invoices": "Invoiced"}
    return Field(f"{names[parent]}_Items", "subform", target=f"{names[parent]}_Items")


def _rows(name: str, parent: str, *fields: Field) -> Module:
    common = (Field("Parent_Id", "lookup", target=parent), Field("Created_Time", "datetime"))
    return Module(name, (*common, *fields), generated="subform", parent=parent)


def _line(name: str, parent: str) -> Module:
    return _rows(
        name,
        parent,
        Field("Product_Name", "lookup", target="Products"),
        Field("Quantity", "double", decimals=2),
        _money("List_Price"),
        Field("Discount", "text"),
        Field("Description", "textarea"),
    )


_ACTIVITY = (
    Field("Who_Id", "lookup", target="Contacts"),
    Field("What_Id", "multi_module_lookup", options=("Deals", "Accounts")),
    Field("Description", "textarea"),
)
_EVERY_TYPE = (
    Field("Summary", "textarea"),
    Field("Story", "mediumtext"),
    Field("Email", "email"),
    Field("Phone", "phone"),
    Field("Website", "website"),
    Field("Number", "autonumber"),
    Field("Status", "picklist", options=("Open", "Closed", "On Hold, for now", 'Quoted "yes"')),
    Field("Skills", "multiselectpicklist", options=("Python", "C++", "SQL", "Ελληνικά")),
    Field("Headcount", "integer"),
    Field("External_Number", "bigint"),
    Field("Weight", "double", decimals=4),
    Field("Progress", "percent", decimals=2),
    Field("Budget", "currency", decimals=2),
    Field("Total", "formula", returns="currency", decimals=2),
    Field("Title_Line", "formula", returns="string"),
    Field("Is_Late", "formula", returns="boolean"),
    Field("Next_Review", "formula", returns="date"),
    Field("Sum_of_Deals", "rollup_summary", returns="currency", decimals=2),
    Field("Billable", "boolean"),
    Field("Due_Date", "date"),
    Field("Kickoff", "datetime"),
    Field("Customer", "lookup", target="Accounts"),
    Field("Parent_Project", "lookup", target="Projects"),
    Field("Reviewer", "userlookup"),
    Field("Regarding", "multi_module_lookup", options=("Contacts", "Leads")),
    Field("Team", "multiuserlookup"),
    Field("Members", "multiselectlookup", target="Contacts"),
    Field("Milestones", "subform", target="Milestones"),
    Field("Papers", "fileupload"),
    Field("Photos", "imageupload"),
    Field("Layout", "layout"),
    Field("Data_Processing_Basis_Details", "consent_lookup", target="Consents"),
    Field("External", "text"),
    Field("Not_Shown", "text", visible=False),
)
_WIDE = 120

MODULES: tuple[Module, ...] = (
    _module(
        "Leads", "Last_Name", Field("First_Name"), Field("Company"), Field("Email", "email"), Field("Phone", "phone"),
        Field("Lead_Source", "picklist", options=_SOURCES), _money("Annual_Revenue"),
        Field("Email_Opt_Out", "boolean"), Field("Description", "textarea"),
    ),
    _module(
        "Contacts", "Full_Name", Field("First_Name"), Field("Last_Name"), Field("Email", "email"),
        Field("Account_Name", "lookup", target="Accounts"), Field("Date_of_Birth", "date"),
        Field("Projects", "multiselectlookup", target="Projects"),
    ),
    _module(
        "Accounts", "Account_Name", Field("Parent_Account", "lookup", target="Accounts"), Field("Website", "website"),
        Field("Employees", "integer"), _money("Annual_Revenue"), Field("Description", "textarea"),
    ),
    _module(
        "Deals", "Deal_Name", Field("Account_Name", "lookup", target="Accounts"),
        Field("Contact_Name", "lookup", target="Contacts"), Field("Stage", "picklist", options=_STAGES),
        _money("Amount"), Field("Probability", "percent", decimals=0), Field("Closing_Date", "date"),
    ),
    _module("Campaigns", "Campaign_Name", Field("Start_Date", "date"), _money("Budgeted_Cost")),
    _module("Cases", "Subject", Field("Deal_Name", "lookup", target="Deals"), Field("Description", "textarea")),
    _module("Solutions", "Solution_Title", Field("Answer", "textarea")),
    _module("Products", "Product_Name", Field("Product_Code"), _money("Unit_Price"), Field("Qty_in_Stock", "double")),
    _module("Vendors", "Vendor_Name", Field("Email", "email")),
    _module("Price_Books", "Price_Book_Name", Field("Active", "boolean")),
    _module("Quotes", "Subject", Field("Deal_Name", "lookup", target="Deals"), _items("Quotes"), _money("Grand_Total")),
    _module("Sales_Orders", "Subject", Field("Account_Name", "lookup", target="Accounts"), _items("Sales_Orders")),
    _module("Purchase_Orders", "Subject", Field("Vendor_Name", "lookup", target="Vendors"), _items("Purchase_Orders")),
    _module("Invoices", "Subject", Field("Account_Name", "lookup", target="Accounts"), _items("Invoices")),
    _module("Tasks", "Subject", *_ACTIVITY, Field("Due_Date", "date"), Field("Recurring_Activity", "RRULE")),
    _module(
        "Events", "Event_Title", *_ACTIVITY, Field("Start_DateTime", "datetime"), Field("Remind_At", "ALARM"),
        Field("Participants", "participants"),
    ),
    _module("Calls", "Subject", *_ACTIVITY, Field("Call_Start_Time", "datetime"), Field("Call_Duration", "text")),
    _module("Notes", "Note_Title", Field("Note_Content", "textarea"),
            Field("Parent_Id", "multi_module_lookup", options=("Deals", "Contacts"))),
    _module("Attachments", "File_Name", Field("Size", "bigint"),
            Field("Parent_Id", "multi_module_lookup", options=("Deals", "Contacts"))),
    _module("Projects", "Name", *_EVERY_TYPE, generated="custom"),
    _module(
        "Assets", "Name", *(Field(f"Measurement_of_the_asset_{place:03}", "double" if place % 3 else "text")
                            for place in range(_WIDE)), generated="custom",
    ),
    Module("Projects_X_Contacts", (
        Field("Projects", "lookup", target="Projects"), Field("Contacts", "lookup", target="Contacts"),
        Field("Role", "picklist", options=("Lead", "Guest")), *_AUDIT[:5],
    ), generated="linking", ends=("Projects", "Contacts")),
    _line("Quoted_Items", "Quotes"),
    _line("Ordered_Items", "Sales_Orders"),
    _line("Purchase_Items", "Purchase_Orders"),
    _line("Invoiced_Items", "Invoices"),
    _rows("Milestones", "Projects", Field("Milestone", "text"), Field("Reached_At", "datetime"),
          Field("Effort", "double", decimals=2), Field("Responsible", "userlookup")),
)  # fmt: skip

HIDDEN: tuple[Module, ...] = (
    Module("Activities", ()),
    Module("Home", (), supported=False),
    Module("Reports", (), supported=False),
    Module("Locking_Information__s", ()),
    replace(MODULES[0], name="Emails"),
)
"""What the metadata lists beside them, and nobody can read."""


def find(name: str) -> Module | None:
    """The module called *name*, in any case, as the API takes it."""
    lowered = name.lower()
    return next((one for one in MODULES if one.name.lower() == lowered), None)
