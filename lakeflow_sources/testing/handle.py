"""A mock API in a process of its own, as tests see it: its address, its credentials, its rows, its troubles."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lakeflow_sources.errors import ConfigurationError, VendorError

__all__ = ["MockServer", "mock_server"]

_ROWS = 5000
_STOP_SECONDS = 5.0
_CALL_SECONDS = 120.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy


class MockServer:
    """Handle of one mock.

    `url`, `token`, `options` (Spark options that sign in), `sign_in(way)` for the vendor's other ways in.
    Closed by `close` or as a context manager; the process also ends with its parent.
    """

    def __init__(
        self,
        ready: Mapping[str, Any],
        process: subprocess.Popen[bytes] | None = None,
        parent: MockServer | None = None,
    ) -> None:
        self.name: str = ready["name"]
        self.url: str = ready["url"]
        self.other_url: str = ready["other_url"]
        """A second host that records who follows a link to it."""
        self._sign_ins: Mapping[str, Mapping[str, str]] = ready["sign_ins"]
        self._process = process
        self._parent = parent

    @property
    def options(self) -> dict[str, str]:
        """Spark options of the usual way in, `base_url` among them."""
        return dict(next(iter(self._sign_ins.values())))

    @property
    def token(self) -> str:
        """An access token that is good for the whole life of the mock, empty where the vendor has none."""
        return next((values["access_token"] for values in self._sign_ins.values() if "access_token" in values), "")

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of all ways in, the usual one first."""
        return tuple(self._sign_ins)

    def sign_in(self, way: str) -> dict[str, str]:
        """Spark options of another way in, such as `refresh_token`."""
        if way not in self._sign_ins:
            raise ConfigurationError(
                f"The mock of {self.name} has no sign-in {way!r}", f"use {', '.join(self._sign_ins)}"
            )
        return dict(self._sign_ins[way])

    def faults(self, kind: str, *, paths: Sequence[str] = (), **fields: Any) -> None:
        """Put a fault in force beside those there are.

        *kind*: a status such as `503`, or one of `testing.faults.KINDS`; *fields*: `rate` (share of the calls),
        `count` (how many calls), `skip`, `method`, `retry_after` (seconds), `date`, `seconds`, `size`, `status`,
        `policy`.
        *paths*: regular expressions; without them every call except sign-ins may be hit.
        """
        self._send("POST", "faults", {"kind": str(kind), "paths": list(paths), **fields})

    def clear_faults(self) -> None:
        """Put no fault in force."""
        self._send("DELETE", "faults")

    def limit(self, requests: int | None = None, seconds: float = 10.0, **fields: Any) -> None:
        """Enforce a rate limit; without arguments the vendor's documented ones.

        *fields*: `style` (`rolling` or `bucket`), `endpoint_class` (`default`, `*` for all together, ...),
        `per` (`account` or `token`), `policy`.
        """
        body = {} if requests is None else {"requests": requests, "seconds": seconds, **fields}
        self._send("POST", "limits", body)

    def clear_limits(self) -> None:
        """Enforce no limit."""
        self._send("DELETE", "limits")

    def latency(self, seconds: float) -> None:
        """Let every call take this much longer."""
        self._send("POST", "latency", {"seconds": seconds})

    def counters(self) -> dict[str, Any]:
        """Calls by class and status, faults, tokens issued, credentials by host, calls to the other host."""
        return dict(self._send("GET", "counters"))

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """The latest 10,000 calls: number, time, method, path, query, beginning of the body, status, fault."""
        return list(self._send("GET", f"requests?after={after}"))

    def reset_counters(self) -> None:
        """Forget all calls so far."""
        self._send("POST", "reset")

    def advance(self, seconds: float) -> str:
        """Move the mock's clock; gives its time."""
        return str(self._send("POST", "clock", {"advance": seconds})["now"])

    def freeze(self, moment: str) -> str:
        """Let the mock's clock stand still at this ISO 8601 moment."""
        return str(self._send("POST", "clock", {"now": moment})["now"])

    def expire_tokens(self, *, static: bool = False) -> None:
        """Let every issued access token expire now; the *static* ones too where asked."""
        self._send("POST", "tokens", {"expire": True, "static": static})

    def tokens(self, **fields: Any) -> None:
        """Change `expires_in` or `rotates` of tokens to come, or `revoke_refresh=True`."""
        self._send("POST", "tokens", fields)

    def tables(self) -> list[str]:
        """Tables whose rows can be asked for."""
        return list(self._send("GET", "state")["tables"])

    def rows(self, table: str, *, archived: bool | None = False) -> list[dict[str, Any]]:
        """What a complete read must give, as JSON values in the vendor's shape."""
        return list(self.iter_rows(table, archived=archived))

    def iter_rows(self, table: str, *, archived: bool | None = False) -> Iterator[dict[str, Any]]:
        """The same, a page at a time; *archived* `None` gives archived rows beside the others."""
        start, kind = 0, "any" if archived is None else str(archived).lower()
        while True:
            query = urllib.parse.urlencode({"table": table, "start": start, "limit": _ROWS, "archived": kind})
            page = self._send("GET", f"rows?{query}")
            yield from page
            if len(page) < _ROWS:
                return
            start += len(page)

    def write(self, action: str, **fields: Any) -> Any:
        """Change the data as a user of the vendor would; each mock says which actions it knows."""
        return self._send("POST", "write", {"action": action, **fields})

    def write_after(self, calls: int, action: str, *, path: str = "", **fields: Any) -> None:
        """Do `write` right after so many more *calls* whose path fits the regular expression *path* are answered."""
        self._send("POST", "plan", {"count": calls, "path": path, "action": action, "values": fields})

    def forget_writes(self) -> None:
        """Do none of the writes that wait for calls."""
        self._send("DELETE", "plan")

    def another(self, **changed: Any) -> MockServer:
        """One more account like this one in the same process, in the state of its beginning, within milliseconds.

        *changed*: `seed`, `records`, and `options` beside those of this one. It ends when it is closed, or with this
        one.
        """
        return MockServer(self._send("POST", "another", changed), parent=self)

    def close(self) -> None:
        """End the process, or this account of it."""
        if self._parent is not None:
            parent, self._parent = self._parent, None
            parent._send("POST", "close", {"url": self.url})  # noqa: SLF001 (of the same class)
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close_pipes(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        call = urllib.request.Request(f"{self.url}/_mock/{path}", data, headers, method=method)  # noqa: S310 - loopback
        try:
            with _OPENER.open(call, timeout=_CALL_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                said = json.loads(error.read()).get("error", "")
            raise ConfigurationError(f"The mock of {self.name} refused {path.partition('?')[0]}: {said}") from None


def mock_server(
    name: str,
    *,
    records: Mapping[str, int] | None = None,
    seed: int = 0,
    port: int = 0,
    source: str | Path = "",
    **options: Any,
) -> MockServer:
    """Start the mock of a connector and wait until it answers; use it in a `with` statement.

    *records*: how many of each object, *options*: the mock's own ones, such as `expires_in=5`.
    *source*: a folder of samples, or a module with `MOCK`, that takes the place of the connector's own mock.
    """
    texts = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in options.items()}
    spec = {
        "name": name,
        "seed": seed,
        "port": port,
        "records": dict(records or {}),
        "options": texts,
        "source": str(source),
    }
    process = subprocess.Popen(
        # Never a shell, and what may be secret goes through the pipe.
        [sys.executable, "-m", "lakeflow_sources.testing.serve", "--config", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps([spec]).encode() + b"\n")
        process.stdin.flush()
    line = process.stdout.readline()
    ready = json.loads(line) if line else {"error": "its process ended before it answered"}
    if "error" in ready:
        process.wait(_STOP_SECONDS)
        _close_pipes(process)
        kind = ConfigurationError if process.returncode == 2 else VendorError  # noqa: PLR2004 - wrong usage
        raise kind(f"The mock of {name} did not start: {ready['error']}")
    return MockServer(ready, process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _environment() -> dict[str, str]:
    # The child must find this very package, and those of connectors, wherever they are imported from here.
    root = str(Path(__file__).resolve().parents[2])
    paths = dict.fromkeys([root, *(str(Path(entry).resolve()) for entry in sys.path if Path(entry).is_dir())])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
