"""The connector http as a value: what it is, its option `spec` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lakeflow_sources import Connector, Option, Settings
from lakeflow_sources.declaration import UnseenError, load
from lakeflow_sources.http import Auth, NoAuth

__all__ = ["CONNECTOR", "declared"]

_SPEC = Option("spec", "Declaration of the API: path of a YAML or JSON file that the driver sees, or its text.")


def declared(options: Mapping[str, str]) -> Connector:
    """The connector that option `spec` declares."""
    given = next((text for name, text in options.items() if name.lower() == _SPEC.name), "")
    if not given.strip():
        raise UnseenError(
            "http: no declaration is given", 'write .option("spec", PATH), the path of a YAML or JSON file, or its text'
        )
    found = load(given if "\n" in given else given.strip())
    return replace(found, options=(_SPEC, *found.options))


def _auth(settings: Settings) -> Auth:
    return NoAuth()


CONNECTOR = Connector(
    name="http",
    title="Any HTTP API by declaration",
    base_url="",
    auth=_auth,
    tables=(),
    options=(_SPEC,),
    resolve=declared,
)
