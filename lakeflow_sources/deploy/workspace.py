"""What the deployer asks of a Databricks workspace, through the SDK: its sign-in, its retries, its errors."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lakeflow_sources.errors import (
    AccessError,
    ConfigurationError,
    LakeflowError,
    SignInError,
    TransientError,
    VendorError,
)

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

__all__ = ["Workspace", "open_workspace"]

_CATALOG = "/api/2.1/unity-catalog"
_PIPELINES = "/api/2.0/pipelines"
_JOBS = "/api/2.2/jobs"
Found = dict[str, Any]


def open_workspace(profile: str | None = None) -> Workspace:
    """The workspace that the environment or *profile* signs in to; in a notebook, its own."""
    try:
        from databricks.sdk import WorkspaceClient
    except ImportError:
        raise ConfigurationError(
            "deploying needs the Databricks SDK", "install it with pip install 'lakeflow-sources[deploy]'"
        ) from None
    try:
        return Workspace(WorkspaceClient(profile=profile, product="lakeflow-sources"))
    except ValueError as error:
        reason = str(error).splitlines()[0].split(" Config:")[0]
        raise SignInError(
            f"There is no way to sign in to Databricks ({reason})",
            "set DATABRICKS_HOST and DATABRICKS_TOKEN, or name a profile of ~/.databrickscfg",
        ) from None


class Workspace:
    """Calls on one workspace.

    Pipelines and jobs go as plain JSON: objects of the SDK would drop settings that are newer than it.
    """

    def __init__(self, client: WorkspaceClient) -> None:
        self._client = client
        self.host = str(client.config.host).rstrip("/")

    def schema(self, name: str) -> Found | None:
        """The schema called *name*, `catalog.schema`."""
        return self._found(f"{_CATALOG}/schemas/{name}", f"schema {name}")

    def create_schema(self, body: Mapping[str, Any]) -> None:
        """Create a schema; one that is there already is as good."""
        self._create(f"{_CATALOG}/schemas", body, f"schema {body['name']}")

    def volume(self, name: str) -> Found | None:
        """The volume called *name*, `catalog.schema.volume`."""
        return self._found(f"{_CATALOG}/volumes/{name}", f"volume {name}")

    def create_volume(self, body: Mapping[str, Any]) -> None:
        """Create a volume; one that is there already is as good."""
        self._create(f"{_CATALOG}/volumes", body, f"volume {body['name']}")

    def file(self, path: str) -> bytes | None:
        """The bytes at *path* in a volume."""
        with _plain_errors(f"file {path}", missing=True) as found:
            contents = self._client.files.download(path).contents
            found["content"] = contents.read() if contents else b""
        return found.get("content")

    def put_file(self, path: str, content: bytes) -> None:
        """Put *content* at *path* in a volume."""
        with _plain_errors(f"file {path}"):
            self._client.files.create_directory(str(PurePosixPath(path).parent))
            self._client.files.upload(path, io.BytesIO(content), overwrite=True)

    def notebook(self, path: str) -> str | None:
        """The source text of the notebook at *path*."""
        found = self._found("/api/2.0/workspace/export", f"notebook {path}", path=path, format="SOURCE")
        return None if found is None else base64.b64decode(found.get("content", "")).decode(errors="replace")

    def notebooks(self, folder: str) -> list[str]:
        """Paths of the notebooks in *folder*, as the workspace writes them."""
        found = self._found("/api/2.0/workspace/list", f"folder {folder}", path=folder) or {}
        return sorted(one["path"] for one in found.get("objects", ()) if one.get("object_type") == "NOTEBOOK")

    def put_notebook(self, path: str, text: str) -> None:
        """Put a Python notebook at *path*, its folder too."""
        folder = str(PurePosixPath(path).parent)
        self._do("POST", "/api/2.0/workspace/mkdirs", f"folder {folder}", {"path": folder})
        body = {"path": path, "format": "SOURCE", "language": "PYTHON", "overwrite": True}
        content = base64.b64encode(text.encode()).decode()
        self._do("POST", "/api/2.0/workspace/import", f"notebook {path}", {**body, "content": content})

    def delete_notebook(self, path: str) -> None:
        """Delete the notebook at *path*."""
        self._delete("POST", "/api/2.0/workspace/delete", f"notebook {path}", {"path": path})

    def pipelines(self, pattern: str) -> list[Found]:
        """Pipelines, whole, whose names are like *pattern* (`%` stands for anything)."""
        asked = {"filter": f"name LIKE '{pattern}'", "max_results": 100}
        names = self._pages("GET", _PIPELINES, "statuses", "pipelines", asked)
        found = (self._found(f"{_PIPELINES}/{one['pipeline_id']}", f"pipeline {one.get('name')}") for one in names)
        return [one for one in found if one is not None]

    def create_pipeline(self, body: Mapping[str, Any]) -> str:
        """Create a pipeline; gives its id, also when the answer to an earlier try was lost."""
        from databricks.sdk.errors import BadRequest, ResourceConflict

        name, before = str(body["name"]), dict(body)
        with _plain_errors(f"pipeline {name}"):
            try:
                return str(self._client.api_client.do("POST", _PIPELINES, body=before)["pipeline_id"])
            except (BadRequest, ResourceConflict):
                made = [one for one in self.pipelines(name) if one.get("name") == name]
                if len(made) == 1 and (made[0].get("spec") or {}).get("tags") == body.get("tags"):
                    return str(made[0]["pipeline_id"])
                raise

    def replace_pipeline(self, number: str, body: Mapping[str, Any]) -> None:
        """Give a pipeline exactly the settings of *body*."""
        self._do("PUT", f"{_PIPELINES}/{number}", f"pipeline {body['name']}", body)

    def delete_pipeline(self, number: str, *, cascade: bool) -> None:
        """Delete a pipeline, with *cascade* its tables too."""
        path = f"{_PIPELINES}/{number}?cascade={str(cascade).lower()}"
        self._delete("DELETE", path, f"pipeline {number}")

    def jobs(self, name: str | None = None) -> list[Found]:
        """Jobs called *name*, in any case of letters, or all; without their tasks."""
        asked: Found = {"expand_tasks": "false", "limit": 100, **({"name": name} if name else {})}
        return self._pages("GET", f"{_JOBS}/list", "jobs", "jobs", asked)

    def job(self, number: int) -> Found | None:
        """A job with all its settings."""
        return self._found(f"{_JOBS}/get", f"job {number}", job_id=number)

    def create_job(self, body: Mapping[str, Any]) -> int:
        """Create a job; gives its id."""
        return int(self._do("POST", f"{_JOBS}/create", f"job {body['name']}", body)["job_id"])

    def update_job(self, number: int, changed: Mapping[str, Any]) -> None:
        """Change those settings of a job that *changed* has."""
        self._do("POST", f"{_JOBS}/update", f"job {number}", {"job_id": number, "new_settings": changed})

    def delete_job(self, number: int) -> None:
        """Delete a job."""
        self._delete("POST", f"{_JOBS}/delete", f"job {number}", {"job_id": number})

    def permissions(self, kind: str, number: str) -> list[Found]:
        """Who may do what with one of `pipelines` or `jobs`."""
        found = self._found(f"/api/2.0/permissions/{kind}/{number}", f"permissions of {kind} {number}") or {}
        return list(found.get("access_control_list", ()))

    def add_permissions(self, kind: str, number: str, wanted: list[Found]) -> None:
        """Give rights, and leave those of others as they are."""
        path = f"/api/2.0/permissions/{kind}/{number}"
        self._do("PATCH", path, f"permissions of {kind} {number}", {"access_control_list": wanted})

    def _do(self, method: str, path: str, what: str, body: Mapping[str, Any] | None = None, **query: Any) -> Found:
        with _plain_errors(what):
            answer = self._client.api_client.do(method, path, query=query or None, body=dict(body) if body else None)
        return dict(answer) if isinstance(answer, Mapping) else {}

    def _found(self, url: str, what: str, **query: Any) -> Found | None:
        with _plain_errors(what, missing=True) as found:
            answer = self._client.api_client.do("GET", url, query=query or None)
            found["answer"] = dict(answer) if isinstance(answer, Mapping) else {}
        return found.get("answer")

    def _create(self, path: str, body: Mapping[str, Any], what: str) -> None:
        from databricks.sdk.errors import ResourceConflict

        with _plain_errors(what):
            try:
                self._client.api_client.do("POST", path, body=dict(body))
            except ResourceConflict:
                return  # made by an earlier try of which the answer was lost

    def _delete(self, method: str, path: str, what: str, body: Mapping[str, Any] | None = None) -> None:
        with _plain_errors(what, missing=True):
            self._client.api_client.do(method, path, body=dict(body) if body else None)

    def _pages(self, method: str, path: str, key: str, what: str, asked: Found) -> list[Found]:
        items: list[Found] = []
        seen: set[str] = set()
        while True:
            answer = self._do(method, path, what, **asked)
            items.extend(answer.get(key) or ())
            following = answer.get("next_page_token") or ""
            if not following:
                return items
            if following in seen:
                raise VendorError(f"The list of {what} came to a page that it had given before", "run it again")
            seen.add(following)
            asked = {**asked, "page_token": following}


@contextmanager
def _plain_errors(what: str, *, missing: bool = False) -> Iterator[Found]:
    """Errors of the SDK as our own; with *missing*, what is not there raises nothing and leaves the mapping empty."""
    from databricks.sdk import errors
    from databricks.sdk.errors.base import DatabricksError

    try:
        yield {}
    except LakeflowError:
        raise
    except errors.NotFound as error:
        if not missing:
            raise ConfigurationError(f"{what}: {_first(error)}", "create what it says is missing") from None
    except errors.Unauthenticated as error:
        raise SignInError(f"Databricks refused to sign in ({_first(error)})", "check host and token") from None
    except errors.PermissionDenied as error:
        raise AccessError(f"{what}: Databricks refused it ({_first(error)})", "ask for the right") from None
    except (errors.TooManyRequests, errors.InternalError, errors.TemporarilyUnavailable) as error:
        raise _no_answer(what, error) from None
    except DatabricksError as error:
        raise VendorError(f"{what}: Databricks refused it ({_first(error)})", "change what it names") from None
    except OSError as error:  # time-outs and connections, which the SDK has retried
        raise _no_answer(what, error) from None


def _no_answer(what: str, error: Exception) -> TransientError:
    return TransientError(
        f"{what}: Databricks did not answer ({_first(error)})", "run it again, it goes on where it stopped"
    )


def _first(error: BaseException) -> str:
    """The first line without what the SDK adds of its configuration."""
    text = str(error).split(" Config:")[0].strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
