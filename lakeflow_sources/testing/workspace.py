"""A Databricks workspace on loopback in a process of its own, for tests of what is deployed there."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lakeflow_sources.errors import VendorError

__all__ = ["LoopbackWorkspace", "loopback_workspace"]

_STOP_SECONDS = 5.0
_CALL_SECONDS = 60.0
_TOKEN = "loopback-" + "token"
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy


class LoopbackWorkspace:
    """Handle of one workspace; closed by `close` or as a context manager, and ends with its parent."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self._process = process

    @property
    def environment(self) -> dict[str, str]:
        """What the SDK signs in with."""
        return {"DATABRICKS_HOST": self.url, "DATABRICKS_TOKEN": _TOKEN, "DATABRICKS_AUTH_TYPE": "pat"}

    def client(self, *, retry_timeout_seconds: int = 5) -> Any:
        """A `WorkspaceClient` of the real SDK."""
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config

        return WorkspaceClient(
            config=Config(
                host=self.url,
                token=_TOKEN,
                auth_type="pat",
                retry_timeout_seconds=retry_timeout_seconds,
                http_timeout_seconds=20,
                disable_experimental_files_api_client=True,
            )
        )

    def state(self) -> dict[str, Any]:
        """All that it holds."""
        return dict(self._call("GET", "state"))

    def clear(self) -> None:
        """Empty it, and end all trouble."""
        self._call("DELETE", "state")

    def notebook(self, path: str) -> str:
        """The text of a notebook."""
        content = self.state()["objects"][path.removeprefix("/Workspace")]["content"]
        return base64.b64decode(content).decode()

    def file(self, path: str) -> bytes:
        """The bytes of a file in a volume."""
        return base64.b64decode(self.state()["files"][path])

    def journal(self) -> list[dict[str, Any]]:
        """Every call since it was last forgotten: method, path, query, status."""
        return list(self._call("GET", "journal"))

    def forget(self) -> None:
        """Begin the journal anew."""
        self._call("DELETE", "journal")

    def trouble(self, kind: str, at: int = 1, times: int = 1) -> None:
        """Let something go wrong, see `Trouble`."""
        said = self._call("POST", "trouble", {"kind": kind, "at": at, "times": times})
        if "error" in said:
            raise VendorError(said["error"])

    def heal(self) -> None:
        """End all trouble."""
        self._call("DELETE", "trouble")

    def page_size(self, size: int) -> None:
        """Let lists come in pages of at most *size*."""
        self._call("POST", "page-size", {"size": size})

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: str, path: str, value: object = None) -> Any:
        data = None if value is None else json.dumps(value).encode()
        call = urllib.request.Request(f"{self.url}/_workspace/{path}", data, method=method)  # noqa: S310 - loopback
        with _OPENER.open(call, timeout=_CALL_SECONDS) as response:
            return json.load(response)


def loopback_workspace(port: int = 0) -> LoopbackWorkspace:
    """Start an empty workspace and wait until it answers; use it in a `with` statement."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    process = subprocess.Popen(
        [sys.executable, "-m", "lakeflow_sources.testing.workspace_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps({"token": _TOKEN, "port": port}).encode() + b"\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        process.wait(_STOP_SECONDS)
        raise VendorError("The workspace on loopback ended before it answered", "see what it wrote to stderr")
    return LoopbackWorkspace(f"http://127.0.0.1:{json.loads(line)['port']}", process)
