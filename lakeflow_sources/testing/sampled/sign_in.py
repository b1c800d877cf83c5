"""How a sampled API lets clients in: the credentials it knows, and the options that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.grants import token_endpoint
from lakeflow_sources.testing.sampled.keys import ROLES
from lakeflow_sources.testing.tokens import Client, Tokens
from lakeflow_sources.testing.vendor import Route, authorization

__all__ = ["credentials_of", "token_routes", "ways_of"]

_OPEN = "none"


def ways_of(sign_in: Sequence[Mapping[str, Any]], tokens: Tokens) -> dict[str, dict[str, str]]:
    """The options of each way in by its name, made known to *tokens*."""
    return {way["type"]: _options(way, tokens) for way in sign_in}


def _options(way: Mapping[str, Any], tokens: Tokens) -> dict[str, str]:
    kind = way["type"]
    values = {role: tokens.make(role.replace("_", "-")) for role in ROLES[kind]}
    if kind in ("bearer", "api_key"):
        tokens.add_static(next(iter(values.values())))
    if "username" in values:
        values["username"] = "sam@example.com"
        tokens.add_user(values["username"], values["password"])
    if "client_id" in values:
        tokens.add_client(Client(values["client_id"], values["client_secret"]))
    if "refresh_token" in values:
        tokens.add_refresh(values["refresh_token"])
    return {way.get("options", {}).get(role, name): values[role] for role, name in ROLES[kind].items()}


def token_routes(sign_in: Sequence[Mapping[str, Any]], base_path: str, tokens: Tokens) -> Iterator[Route]:
    """The token endpoints, each with the grants that it gives; below *base_path* too, where a client may expect it."""
    grants: dict[str, list[str]] = {}
    for way in sign_in:
        if "token_path" in way:
            for path in dict.fromkeys((way["token_path"], base_path + way["token_path"])):
                grants.setdefault(path, []).append(way["type"])
    for path, allowed in grants.items():
        yield Route("POST", path, token_endpoint(tokens, tuple(allowed)), "sign_in", signed=False)


def credentials_of(sign_in: Sequence[Mapping[str, Any]]) -> Callable[[web.Request], str]:
    """Where a call shows its credential."""
    keys = [way for way in sign_in if way["type"] == "api_key"]

    def shown(request: web.Request) -> str:
        found = (
            request.headers.get(way["header"]) if "header" in way else request.query.get(way["query"]) for way in keys
        )
        return next((one for one in found if one), "") or authorization(request)

    return shown
