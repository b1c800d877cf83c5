"""Every key of a declaration with its shape and its meaning: the one description that all else is made from."""

from __future__ import annotations

from typing import get_args

from lakeflow_sources.declaration.auth_keys import AUTH
from lakeflow_sources.declaration.paging_keys import PAGING
from lakeflow_sources.declaration.shape import Anything, Choice, Duration, Flag, Number, Text, Whole
from lakeflow_sources.declaration.structure import Either, Key, ListOf, Named, OneOrMany, Record
from lakeflow_sources.declare import Ingestion

__all__ = ["DECLARATION", "FAULT_KINDS", "IDENTIFIER", "TABLE"]

IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"
FAULT_KINDS = ("retry", "sign_in", "access", "quota", "missing", "fatal")
_NAME = r"^[a-z][a-z0-9_]{0,62}$"
_TEXTS = Named(Anything(plain=True), example="name")

OPTION = Record(
    {
        "description": Key(Text(example="Region of the account"), "What users read about it."),
        "default": Key(Anything(plain=True), "Its value where users set none."),
        "secret": Key(
            Flag(),
            "A credential: its name has secret, password, token or accesskey in it, as Spark hides such options.",
        ),
        "kind": Key(Choice(("text", "integer", "number", "boolean")), "What its value must be; text without it."),
        "choices": Key(ListOf(Anything(plain=True)), "The values that it may have."),
        "required": Key(Flag(), "Users have to set it."),
    }
)

RATE = Record(
    {
        "requests": Key(Whole(1), "So many calls", required=True),
        "seconds": Key(Number(), "in any span of so many seconds; 1 without it."),
    }
)

ERROR_RULE = Record(
    {
        "status": Key(OneOrMany(Either(text=Anything(plain=True))), "Status, such as 403 or 5xx, or a list of them."),
        "field": Key(Text(example="error.code"), "Path in the body of the answer."),
        "equals": Key(OneOrMany(Anything(plain=True)), "What stands there, or a list of such values."),
        "contains": Key(Text(example="rate limit"), "A part of what stands there, in any case of letters."),
        "kind": Key(
            Choice(FAULT_KINDS),
            "retry: again; sign_in: with a new token; access: a right is missing; quota: spent for long; "
            "missing: not there; fatal: none of these.",
            required=True,
        ),
        "message": Key(Text(example="error.message"), "Path of the text that users are shown."),
        "wait_field": Key(Text(example="retry_in"), "Path of the seconds to wait; the header Retry-After without it."),
        "remedy": Key(Text(example="ask an admin for the role Reader"), "What users can do about it."),
    }
)

COLUMN = Record(
    {
        "name": Key(Text(example="owner_id"), "Name in Spark.", required=True),
        "type": Key(
            Text(example="decimal(18,2)"),
            "string, boolean, int, long, double, decimal(p,s), date, timestamp, json, binary, array<T> or "
            "struct<a:T,...>; string without it.",
        ),
        "path": Key(
            Text(example="owner.id"), "Way into the record; @name for a value of the slice; the name without it."
        ),
        "format": Key(Choice(("iso", "millis", "seconds")), "How a time is written; iso without it."),
        "comment": Key(Text(example="Who is in charge"), "What it means."),
    }
)

CURSOR = Record(
    {
        "field": Key(Text(example="updated_at"), "Column that tells when a row changed.", required=True),
        "format": Key(
            Text(pattern=r"^(iso|millis|seconds|date)$|%", example="iso, millis, seconds, date or '%Y-%m-%d %H:%M'"),
            "How the API wants times: iso, millis, seconds, date, or a pattern of strftime; iso without it.",
        ),
        "start_param": Key(
            Text(example="updated_since"), "Query parameter for the start of a window, which belongs to it."
        ),
        "end_param": Key(Text(example="updated_before"), "Query parameter for its end, which does not belong to it."),
        "end_inclusive": Key(Flag(), "The API counts the end in."),
        "client_side": Key(
            Flag(),
            "Drop rows outside the window after reading; true without it where the API cannot cut exactly.",
        ),
        "begin": Key(Text(example="2020-01-01"), "Nothing is older: where windows begin, ISO 8601."),
        "window": Key(Duration(zero=False), "Cut longer windows into pieces of this length, read at the same time."),
        "lag": Key(Duration(), "How far behind now windows end, for rows that the API shows late; 60s without it."),
        "lookback": Key(Duration(), "How far increments reach back, for rows that arrive late; 0 without it."),
    }
)

SLICE = Record(
    {
        "name": Key(Text(IDENTIFIER, "region"), "Name of a value: {{ slice.NAME }} in calls, @NAME in columns."),
        "values": Key(
            Either(text=Text(example="'{{ options.regions }}'"), many=ListOf(Anything(plain=True))),
            "A list, or a template that gives one with commas.",
        ),
        "numbers": Key(
            Record(
                {
                    "first": Key(Whole(None), "First number; 0 without it."),
                    "last": Key(Whole(None), "Last number.", required=True),
                    "step": Key(Whole(1), "Numbers in a slice; 1 without it."),
                }
            ),
            "A range of numbers: NAME is the first of a slice, NAME_end the first of the next one.",
        ),
        "dates": Key(
            Record(
                {
                    "first": Key(Text(r"^\d{4}-\d{2}-\d{2}$", "2020-01-01"), "First day.", required=True),
                    "last": Key(Text(r"^\d{4}-\d{2}-\d{2}$", "2025-12-31"), "Last day; today (UTC) without it."),
                    "days": Key(Whole(1), "Days in a slice; 1 without it."),
                    "format": Key(Text("%", "'%Y-%m-%d'"), "Pattern of strftime; %Y-%m-%d without it."),
                }
            ),
            "A range of days: NAME is the first of a slice, NAME_end the first of the next one.",
        ),
        "parent": Key(Text(example="projects"), "A table: a slice for each of its rows."),
        "map": Key(
            Named(Text(example="owner.login"), IDENTIFIER, "owner"),
            "With parent: names of values, and their paths in a row of it.",
        ),
    },
    one_of=("values", "numbers", "dates", "parent"),
)

DELETES = Record(
    {
        "field": Key(Text(example="status"), "Path in a record.", required=True),
        "equals": Key(OneOrMany(Anything(plain=True)), "Values that mark a deleted row; any value without it."),
    }
)

TABLE = Record(
    {
        "description": Key(Text(example="People who use the product"), "What its rows are."),
        "category": Key(Text(example="people"), "Groups tables when pipelines are generated."),
        "path": Key(Text(example="/users"), "Path below base_url; values in it are quoted.", required=True),
        "method": Key(Choice(("GET", "POST")), "GET without it; POST for searches."),
        "params": Key(
            Named(OneOrMany(Anything(plain=True))),
            "Query parameters; one whose template names something that is not set is left out.",
        ),
        "headers": Key(_TEXTS, "Headers of this table's calls; no secrets."),
        "body": Key(Named(Anything()), "JSON body of a POST; a member whose template names nothing is left out."),
        "records": Key(
            Text(example="data.items"), "Path of the records in an answer; without it the answer is a list."
        ),
        "single": Key(Flag(), "The path leads to one record, not to a list."),
        "columns": Key(
            ListOf(Either(text=Text(example="'owner.id long -> owner_id'"), mapping=COLUMN)),
            "Columns: `path [type] [-> name]`, or mappings.",
        ),
        "infer": Key(
            Choice(("sample",)), "Find the columns that are not declared, and their types, in the first page."
        ),
        "ignored": Key(ListOf(Text(example="links.self")), "Fields that are known and no columns."),
        "primary_key": Key(OneOrMany(Text(example="id")), "Column or columns that identify a row."),
        "ingestion": Key(Choice(get_args(Ingestion)), "How rows come about; snapshot without it."),
        "cursor": Key(CURSOR, "What increments follow."),
        "paging": Key(PAGING, "How to get from one page to the next; a single page without it."),
        "slices": Key(OneOrMany(SLICE), "Parts that are read at the same time; of several, each with each."),
        "deletes": Key(DELETES, "Which records are tombstones; for cdc_with_deletes."),
        "missing": Key(
            Choice(("fail", "skip")), "What 404 and 410 mean for a slice: an error (without it), or no rows and a note."
        ),
        "rate": Key(Text(example="search"), "Which of `rates` counts its calls; default without it."),
        "exact_numbers": Key(Flag(), "Numbers may have more digits than a double holds."),
    }
)

DECLARATION = Record(
    {
        "name": Key(Text(_NAME, "acme"), "Name of the connector: lower case, digits, underscores.", required=True),
        "title": Key(Text(example="Acme CRM"), "Name for people."),
        "base_url": Key(Text(r"^(https?://|\{\{)", "https://api.acme.com/v2"), "Where the API lives.", required=True),
        "hosts": Key(ListOf(Text(example="files.acme.com")), "Other hosts that may see the credentials."),
        "headers": Key(_TEXTS, "Headers of every call; secret options may stand in them."),
        "options": Key(Named(OPTION, IDENTIFIER, "region"), "Options of its own, beside those of every connector."),
        "auth": Key(OneOrMany(AUTH), "How it signs in; of a list, the first whose options are all set."),
        "rates": Key(Named(RATE, IDENTIFIER, "default"), "Limits of the API by class of calls; one is called default."),
        "errors": Key(ListOf(ERROR_RULE), "What answers mean; the first rule that fits, else the status decides."),
        "check": Key(Text(example="/me"), "Path of the cheapest call that needs the credentials."),
        "tables": Key(Named(TABLE, r"^[A-Za-z_][A-Za-z0-9_.]{0,126}$", "users"), "Tables by name.", required=True),
    }
)
