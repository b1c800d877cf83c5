"""Folders, notebooks and files of a workspace on loopback."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.workspace_state import Refused, State, answer, body

__all__ = ["ROUTES"]

_MARK = b"# Databricks notebook source"
_LARGEST = 10 * 2**20


def _clean(path: str) -> str:
    """The path as the workspace keeps it: `/Workspace` in front says nothing."""
    if not path.startswith("/"):
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", f"Path ({path}) doesn't start with '/'")
    return str(PurePosixPath("/" + path.removeprefix("/Workspace").strip("/")))


async def _mkdirs(state: State, request: web.Request) -> web.Response:
    path = _clean((await body(request))["path"])
    folders = [path, *map(str, PurePosixPath(path).parents)]
    if taken := [folder for folder in folders if folder in state.objects]:
        raise Refused(HTTPStatus.BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", f"{taken[0]} is not a folder.")
    state.folders.update(folders)
    return answer({})


async def _import(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    path = _clean(asked["path"])
    try:
        content = base64.b64decode(asked["content"], validate=True)
    except binascii.Error:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", "content is not base64.") from None
    if len(content) > _LARGEST:
        raise Refused(HTTPStatus.BAD_REQUEST, "MAX_NOTEBOOK_SIZE_EXCEEDED", "File size imported is over 10485760 bytes")
    notebook = asked.get("format", "SOURCE") == "SOURCE"
    if asked.get("format") == "AUTO":
        notebook = path.endswith(".py") and content.startswith(_MARK)
        path = path.removesuffix(".py") if notebook else path
    parent = str(PurePosixPath(path).parent)
    if parent not in state.folders:
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", f"The parent folder ({parent}) does not exist.")
    if path in state.folders:
        raise Refused(HTTPStatus.BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", f"{path} is a folder.")
    if path in state.objects and not asked.get("overwrite"):
        raise Refused(HTTPStatus.BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", f"Path ({path}) already exists.")
    language = {"language": asked.get("language", "PYTHON")} if notebook else {}
    state.objects[path] = {
        "path": path,
        "object_type": "NOTEBOOK" if notebook else "FILE",
        "object_id": state.objects.get(path, {}).get("object_id") or next(state.ids),
        "content": base64.b64encode(content).decode(),
        **language,
    }
    return answer({})


def _status(state: State, path: str) -> dict[str, Any]:
    if path in state.folders:
        return {"path": path, "object_type": "DIRECTORY", "object_id": 1}
    return {name: value for name, value in _object(state, path).items() if name != "content"}


def _object(state: State, path: str) -> dict[str, Any]:
    if path not in state.objects:
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", f"Path ({path}) doesn't exist.")
    return state.objects[path]


async def _get_status(state: State, request: web.Request) -> web.Response:
    return answer(_status(state, _clean(request.query["path"])))


async def _list(state: State, request: web.Request) -> web.Response:
    path = _clean(request.query["path"])
    if path not in state.folders:
        return answer({"objects": [_status(state, path)]})
    found = [one for one in sorted({*state.folders, *state.objects}) if str(PurePosixPath(one).parent) == path != one]
    return answer({"objects": [_status(state, one) for one in found]} if found else {})


async def _export(state: State, request: web.Request) -> web.Response:
    content = _object(state, _clean(request.query["path"]))["content"]
    if request.query.get("direct_download") == "true":
        return web.Response(body=base64.b64decode(content))
    return answer({"content": content, "file_type": "py"})


async def _delete(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    path = _clean(asked["path"])
    _status(state, path)
    below = {one for one in (*state.folders, *state.objects) if one.startswith(f"{path}/")}
    if below and not asked.get("recursive"):
        raise Refused(HTTPStatus.BAD_REQUEST, "DIRECTORY_NOT_EMPTY", f"Folder ({path}) is not empty")
    for one in {path, *below}:
        state.folders.discard(one)
        state.objects.pop(one, None)
    return answer({})


ROUTES = (
    ("POST", "/api/2.0/workspace/mkdirs", _mkdirs),
    ("POST", "/api/2.0/workspace/import", _import),
    ("GET", "/api/2.0/workspace/get-status", _get_status),
    ("GET", "/api/2.0/workspace/list", _list),
    ("GET", "/api/2.0/workspace/export", _export),
    ("POST", "/api/2.0/workspace/delete", _delete),
)
"""Method, path and handler of each call."""
