"""Who one is in a workspace on loopback, what may be read there, and its secrets."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.workspace_state import Refused, State, answer, body

__all__ = ["ROUTES"]

_SECRETS = "/api/2.0/secrets"
_PRINCIPALS = ("user_name", "group_name", "service_principal_name")
_ME = {"id": "1", "userName": "deployer@example.com", "active": True}


async def _me(_: State, __: web.Request) -> web.Response:
    return answer(_ME)


async def _scopes(state: State, _: web.Request) -> web.Response:
    return answer({"scopes": [{"name": scope, "backend_type": "DATABRICKS"} for scope in sorted(state.scopes)]})


async def _create_scope(state: State, request: web.Request) -> web.Response:
    scope = (await body(request))["scope"]
    if scope in state.scopes:
        raise Refused(HTTPStatus.BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", f"Scope {scope} already exists!")
    state.scopes[scope] = {}
    return answer({})


def _scope(state: State, scope: str) -> dict[str, bytes]:
    if scope not in state.scopes:
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", f"Scope {scope} does not exist!")
    return state.scopes[scope]


async def _put_secret(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    text = asked.get("string_value")
    value = base64.b64decode(asked.get("bytes_value", "")) if text is None else text.encode()
    _scope(state, asked["scope"])[asked["key"]] = value
    return answer({})


async def _get_secret(state: State, request: web.Request) -> web.Response:
    scope, key = request.query["scope"], request.query["key"]
    value = _scope(state, scope).get(key)
    if value is None:
        message = f"Secret does not exist with scope: {scope} and key: {key}"
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", message)
    return answer({"key": key, "value": base64.b64encode(value).decode()})


async def _list_secrets(state: State, request: web.Request) -> web.Response:
    keys = sorted(_scope(state, request.query["scope"]))
    return answer({"secrets": [{"key": key, "last_updated_timestamp": 1} for key in keys]})


async def _get_permissions(state: State, request: web.Request) -> web.Response:
    name = _permitted(state, request)
    access = [_shown(entry) for entry in state.permissions.get(name, [])]
    return answer({"object_id": f"/{name}", "access_control_list": access})


async def _patch_permissions(state: State, request: web.Request) -> web.Response:
    name = _permitted(state, request)
    asked = (await body(request)).get("access_control_list", [])
    changed = {_who(entry) for entry in asked}
    kept = [entry for entry in state.permissions.get(name, []) if _who(entry) not in changed]
    state.permissions[name] = [*kept, *asked]
    return await _get_permissions(state, request)


async def _put_permissions(state: State, request: web.Request) -> web.Response:
    state.permissions[_permitted(state, request)] = (await body(request)).get("access_control_list", [])
    return await _get_permissions(state, request)


def _permitted(state: State, request: web.Request) -> str:
    kind, number = request.match_info["kind"], request.match_info["id"]
    known = {"pipelines": set(state.pipelines), "jobs": set(map(str, state.jobs))}.get(kind, set())
    if number not in known:
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", f"{kind} {number} does not exist.")
    return f"{kind}/{number}"


def _who(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(entry.get(kind) for kind in _PRINCIPALS)


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    who = {kind: entry[kind] for kind in _PRINCIPALS if kind in entry}
    return {**who, "all_permissions": [{"permission_level": entry["permission_level"], "inherited": False}]}


_PERMISSIONS = "/api/2.0/permissions/{kind}/{id}"
ROUTES = (
    ("GET", "/api/2.0/preview/scim/v2/Me", _me),
    ("GET", f"{_SECRETS}/scopes/list", _scopes),
    ("POST", f"{_SECRETS}/scopes/create", _create_scope),
    ("POST", f"{_SECRETS}/put", _put_secret),
    ("GET", f"{_SECRETS}/get", _get_secret),
    ("GET", f"{_SECRETS}/list", _list_secrets),
    ("GET", _PERMISSIONS, _get_permissions),
    ("PATCH", _PERMISSIONS, _patch_permissions),
    ("PUT", _PERMISSIONS, _put_permissions),
)
"""Method, path and handler of each call."""
