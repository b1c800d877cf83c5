"""Every key of `api.yaml` with its shape and its meaning; paging has the words of a declaration."""

from __future__ import annotations

from lakeflow_sources.declaration.keys import IDENTIFIER
from lakeflow_sources.declaration.paging_keys import PAGING
from lakeflow_sources.declaration.shape import Anything, Choice, Text
from lakeflow_sources.declaration.structure import Key, Named, OneOrMany, Record, Variants

__all__ = ["API", "ROLES"]

ROLES = {
    "none": {},
    "bearer": {"token": "access_token"},
    "basic": {"username": "username", "password": "password"},
    "api_key": {"key": "api_token"},
    "client_credentials": {"client_id": "client_id", "client_secret": "client_secret"},
    "refresh_token": {"client_id": "client_id", "client_secret": "client_secret", "refresh_token": "refresh_token"},
    "password": {
        "client_id": "client_id",
        "client_secret": "client_secret",
        "username": "username",
        "password": "password",
    },
}
"""What each way to sign in needs, and the options of a connector that usually carry it."""

_NAMES = {
    "options": Key(
        Named(Text(IDENTIFIER, "access_token")), "The connector's options by role, where they have other names."
    )
}
_TOKEN = {"token_path": Key(Text("^/", "/oauth/token"), "Path of the token endpoint.", required=True), **_NAMES}

SIGN_IN = Variants(
    {
        "none": Record({}),
        "bearer": Record(_NAMES),
        "basic": Record(_NAMES),
        "api_key": Record(
            {
                "header": Key(Text(r"^[A-Za-z0-9-]+$", "X-Api-Key"), "Header that holds the key."),
                "query": Key(Text(example="api_key"), "Query parameter that holds it."),
                **_NAMES,
            },
            one_of=("header", "query"),
        ),
        "client_credentials": Record(_TOKEN),
        "refresh_token": Record(_TOKEN),
        "password": Record(_TOKEN),
    }
)

WINDOW = Record(
    {
        "field": Key(Text(example="updated_at"), "Path of the time in a record.", required=True),
        "start_param": Key(Text(example="updated_since"), "What carries the start, which belongs to the window."),
        "end_param": Key(Text(example="updated_before"), "What carries the end, which does not."),
        "in": Key(Choice(("query", "body")), "Where they are; query without it, body for a POST."),
    }
)

TABLE = Record(
    {
        "path": Key(
            Text("^/", "/projects/{project_id}/tasks"),
            "Path below base_path; a name in braces is a field of the records, such as that of their parent.",
            required=True,
        ),
        "method": Key(Choice(("GET", "POST")), "GET without it."),
        "samples": Key(
            Text(r"^[\w.-]+$", "projects.json"),
            "File with the records, a list or a single one; NAME.json without it.",
        ),
        "records": Key(Text(example="data"), "Path at which an answer has them; without it the answer is the list."),
        "paging": Key(PAGING, "How it pages; all in one answer without it. `size` is the most of a page."),
        "window": Key(WINDOW, "How records are asked for by time."),
    }
)

API = Record(
    {
        "base_path": Key(Text("^/", "/v2"), "What base_url has behind its host."),
        "options": Key(Named(Anything(plain=True), IDENTIFIER, "region"), "Options that a read of the API needs too."),
        "sign_in": Key(OneOrMany(SIGN_IN), "How it lets clients in; with a bearer token without it."),
        "tables": Key(Named(TABLE, example="projects"), "What it serves, by table of the connector.", required=True),
    }
)
