"""How a documented API signs in, in the keys of a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.new.openapi.document import Document

__all__ = ["sign_in_of"]


def sign_in_of(document: Document) -> tuple[dict[str, Any], list[str]]:
    """The first way that a program can use by itself, and notes."""
    schemes = document.schemes()
    for scheme in schemes.values():
        found = _way(scheme)
        if found:
            return found, []
    if any(scheme.get("type") in ("oauth2", "openIdConnect") for scheme in schemes.values()):
        return {"type": "bearer"}, [
            "People sign in to this API by OAuth: an access token is asked for; `type: refresh_token` renews one."
        ]
    if schemes:
        return {"type": "bearer"}, [f"How to sign in by {', '.join(schemes)} is not known: a bearer token is a guess."]
    return {"type": "bearer"}, ["The document does not say how to sign in: a bearer token is a guess."]


def _way(scheme: Mapping[str, Any]) -> dict[str, Any]:
    kind, word = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "oauth2":
        return _oauth(scheme)
    if kind == "basic" or word == "basic":
        return {"type": "basic"}
    if word == "bearer":
        return {"type": "bearer"}
    if kind == "apiKey" and scheme.get("in") in ("header", "query") and scheme.get("name"):
        return {"type": "api_key", scheme["in"]: str(scheme["name"])}
    return {}


def _oauth(scheme: Mapping[str, Any]) -> dict[str, Any]:
    flows = scheme.get("flows") or {}
    flow = flows.get("clientCredentials") or (scheme if scheme.get("flow") == "application" else {})
    url = str(flow.get("tokenUrl", ""))
    return {"type": "client_credentials", "token_url": url} if url.startswith(("http", "/")) else {}
