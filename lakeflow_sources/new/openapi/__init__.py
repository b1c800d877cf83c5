"""A draft from an OpenAPI document, with notes on what it does not say.

document ──> operations ──> records, paging, cursor ──> tables ──┐
                                         server, sign-in ────────┴─> Draft
"""

from __future__ import annotations

import re
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.new.draft import Draft
from lakeflow_sources.new.openapi.document import Document, read_document
from lakeflow_sources.new.openapi.sign_in import sign_in_of
from lakeflow_sources.new.openapi.tables import Drafting

__all__ = ["draft_of"]

_NOWHERE = "https://api.example.com"


def draft_of(name: str, path: Path) -> Draft:
    """The draft of a connector called *name* from the document at *path*.

    Raises `ConfigurationError` where it is no OpenAPI document, or lists nothing.
    """
    document = read_document(path)
    drafting = Drafting(document)
    drafting.run()
    if not drafting.tables:
        raise ConfigurationError(
            f"{path} documents no GET that answers with a list of objects", "start without --from-openapi"
        )
    auth, about = sign_in_of(document)
    base_url, notes = _base_url(document)
    return Draft(
        name=name,
        title=_title(document, name),
        base_url=base_url,
        tables=tuple(drafting.tables.values()),
        auth=auth,
        options=drafting.options,
        notes=(
            f"Drafted from {path.name}: look at each note below, and at the tables against real answers.",
            *notes,
            *about,
        ),
        left_out=tuple(drafting.left_out),
    )


def _base_url(document: Document) -> tuple[str, list[str]]:
    address, values = document.server()
    for name, value in values.items():
        address = address.replace(f"{{{name}}}", value or "example")
    notes = [f"The address has values of an account: {', '.join(values)}."] if values else []
    if re.match(r"https?://[^/{}\s]", address) and "{" not in address:
        return address, notes
    rest = "/" + address.partition("://")[2].partition("/")[2] if "://" in address else address
    tail = rest if re.fullmatch(r"(/[\w.-]+)*", rest) else ""
    return f"{_NOWHERE}{tail}", [*notes, "The document does not say where the API is: correct base_url."]


def _title(document: Document, name: str) -> str:
    info = document.content.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    return " ".join(str(title).split())[:80] if title else name
