"""What has to change in schema, volume, files and notebooks for a deployment to be there."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from lakeflow_sources.deploy.change import Action, Change, text_lines
from lakeflow_sources.deploy.deployment import Deployment
from lakeflow_sources.deploy.resource import volume_resource
from lakeflow_sources.deploy.workspace import Workspace

__all__ = ["storage_changes"]


def storage_changes(workspace: Workspace, deployment: Deployment) -> Iterator[Change | None]:
    """A change for each thing that is not as it should be, None for each that is."""
    has_volume = yield from _places(workspace, deployment)
    for path, content in deployment.files.items():
        yield _file_change(workspace, path, content, workspace.file(path) if has_volume else None)
    for path, text in deployment.notebooks.items():
        yield _notebook_change(workspace, path, text)


def _places(workspace: Workspace, deployment: Deployment) -> Generator[Change | None, None, bool]:
    """Schema and volume; gives whether the volume is there already."""
    schema = f"{deployment.catalog}.{deployment.schema}"
    body = {"catalog_name": deployment.catalog, "name": deployment.schema}
    has_schema = workspace.schema(schema) is not None
    yield None if has_schema else Change("create", "schema", schema, (), lambda _: workspace.create_schema(body))
    volume = f"{schema}.{deployment.volume}"
    wanted = volume_resource(deployment.catalog, deployment.schema, deployment.volume)
    has_volume = has_schema and workspace.volume(volume) is not None
    yield None if has_volume else Change("create", "volume", volume, (), lambda _: workspace.create_volume(wanted))
    return has_volume


def _file_change(workspace: Workspace, path: str, content: bytes, there: bytes | None) -> Change | None:
    if there == content:
        return None
    size = f"{len(content)} bytes" if there is None else f"{len(there)} bytes -> {len(content)} bytes"
    action: Action = "create" if there is None else "update"
    return Change(action, "file", path, (size,), lambda _: workspace.put_file(path, content))


def _notebook_change(workspace: Workspace, path: str, text: str) -> Change | None:
    there = workspace.notebook(path)
    if there is not None and _plain(there) == _plain(text):
        return None
    lines = () if there is None else text_lines(there, text)
    action: Action = "create" if there is None else "update"
    return Change(action, "notebook", path, lines, lambda _: workspace.put_notebook(path, text))


def _plain(text: str) -> str:
    """Without the blanks at the ends of lines and of the file, which an export may leave out."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()
