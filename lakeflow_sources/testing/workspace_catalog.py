"""Unity Catalog of a workspace on loopback: schemas, volumes, and the files in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.workspace_state import Refused, State, answer, body

__all__ = ["ROUTES"]

_CATALOG = "/api/2.1/unity-catalog"
_PARTS = 3  # /Volumes/catalog/schema/volume


async def _create_schema(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    name = f"{asked['catalog_name']}.{asked['name']}".lower()
    if name in state.schemas:
        raise Refused(HTTPStatus.CONFLICT, "SCHEMA_ALREADY_EXISTS", f"Schema '{name}' already exists")
    catalog, short = name.split(".")
    state.schemas[name] = {**asked, "name": short, "catalog_name": catalog, "full_name": name}
    return answer(state.schemas[name])


async def _get_schema(state: State, request: web.Request) -> web.Response:
    name = request.match_info["name"].lower()
    if name not in state.schemas:
        raise Refused(HTTPStatus.NOT_FOUND, "SCHEMA_DOES_NOT_EXIST", f"Schema '{name}' does not exist.")
    return answer(state.schemas[name])


async def _create_volume(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    schema = f"{asked['catalog_name']}.{asked['schema_name']}".lower()
    if schema not in state.schemas:
        raise Refused(HTTPStatus.NOT_FOUND, "SCHEMA_DOES_NOT_EXIST", f"Schema '{schema}' does not exist.")
    name = f"{schema}.{asked['name'].lower()}"
    if name in state.volumes:
        raise Refused(HTTPStatus.CONFLICT, "VOLUME_ALREADY_EXISTS", f"Volume '{name}' already exists")
    catalog, schema_name, short = name.split(".")
    places = {"catalog_name": catalog, "schema_name": schema_name, "name": short, "full_name": name}
    state.volumes[name] = {**asked, **places}
    return answer(state.volumes[name])


async def _get_volume(state: State, request: web.Request) -> web.Response:
    name = request.match_info["name"].lower()
    if name not in state.volumes:
        raise Refused(HTTPStatus.NOT_FOUND, "VOLUME_DOES_NOT_EXIST", f"Volume '{name}' does not exist.")
    return answer(state.volumes[name])


async def _list_volumes(state: State, request: web.Request) -> web.Response:
    prefix = f"{request.query['catalog_name']}.{request.query['schema_name']}.".lower()
    return answer({"volumes": [volume for name, volume in state.volumes.items() if name.startswith(prefix)]})


def _path(state: State, request: web.Request) -> str:
    """The path of a file whose volume is there."""
    path = "/" + request.match_info["path"].strip("/")
    parts = path.removeprefix("/Volumes/").split("/")
    if not path.startswith("/Volumes/") or ".".join(parts[:_PARTS]).lower() not in state.volumes:
        raise Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", f"The volume of {path} does not exist.")
    return path


async def _put_file(state: State, request: web.Request) -> web.Response:
    path = _path(state, request)
    if path in state.files and request.query.get("overwrite", "true") == "false":
        raise Refused(HTTPStatus.CONFLICT, "ALREADY_EXISTS", f"{path} already exists.")
    state.files[path] = await request.read()
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _file(state: State, request: web.Request) -> bytes:
    path = _path(state, request)
    if path not in state.files:
        raise Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", f"The file {path} does not exist.")
    return state.files[path]


async def _get_file(state: State, request: web.Request) -> web.Response:
    headers = {"last-modified": "Tue, 24 Nov 2026 00:00:00 GMT"}
    return web.Response(body=_file(state, request), headers=headers, content_type="application/octet-stream")


async def _delete_file(state: State, request: web.Request) -> web.Response:
    _file(state, request)
    del state.files[_path(state, request)]
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def _make_folder(state: State, request: web.Request) -> web.Response:
    _path(state, request)
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def _list_folder(state: State, request: web.Request) -> web.Response:
    folder = _path(state, request).rstrip("/") + "/"
    found: dict[str, dict[str, Any]] = {}
    for path, content in sorted(state.files.items()):
        if path.startswith(folder):
            name, deeper, _ = path.removeprefix(folder).partition("/")
            size = {} if deeper else {"file_size": len(content)}
            found[name] = {"path": folder + name, "name": name, "is_directory": bool(deeper), **size}
    return answer({"contents": list(found.values())})


ROUTES = (
    ("POST", f"{_CATALOG}/schemas", _create_schema),
    ("GET", f"{_CATALOG}/schemas/{{name}}", _get_schema),
    ("POST", f"{_CATALOG}/volumes", _create_volume),
    ("GET", f"{_CATALOG}/volumes", _list_volumes),
    ("GET", f"{_CATALOG}/volumes/{{name}}", _get_volume),
    ("PUT", "/api/2.0/fs/files/{path:.*}", _put_file),
    ("GET", "/api/2.0/fs/files/{path:.*}", _get_file),
    ("DELETE", "/api/2.0/fs/files/{path:.*}", _delete_file),
    ("PUT", "/api/2.0/fs/directories/{path:.*}", _make_folder),
    ("GET", "/api/2.0/fs/directories/{path:.*}", _list_folder),
)
"""Method, path and handler of each call."""
