"""The mocks that one process serves: each on a port of its own, opened one by one and closed one by one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import Clock
from lakeflow_sources.testing.control import control_routes
from lakeflow_sources.testing.faults import Faults
from lakeflow_sources.testing.find import find_mock
from lakeflow_sources.testing.journal import Journal
from lakeflow_sources.testing.server import Stage, other_host, vendor_routes
from lakeflow_sources.testing.tokens import Tokens
from lakeflow_sources.testing.vendor import COMMON_OPTIONS, Setup

__all__ = ["Spec", "Stages", "stage_of"]

_LINE = 65_536  # long addresses get the vendor's own answer, not the server's
_BODY = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Spec:
    """One mock to serve; port 0 takes a free one."""

    name: str
    port: int = 0
    seed: int = 0
    records: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    source: str = ""
    """A module with `MOCK`, or a folder of samples, where it is not that of the connector called *name*."""


def stage_of(spec: Spec) -> Stage:
    """The mock of *spec*, built and ready to be served."""
    mock = find_mock(spec.name, spec.source)
    known = {**COMMON_OPTIONS, **mock.options}
    unknown = sorted(set(spec.options) - set(known))
    if unknown:
        remedy = f"the options are {', '.join(sorted(known))}"
        raise ConfigurationError(f"The mock of {spec.name} has no option {', '.join(unknown)}", remedy)
    clock, journal = Clock(spec.options.get("now")), Journal()
    tokens = Tokens(clock, seed=spec.seed, prefix=mock.token_prefix)
    setup = Setup(spec.seed, spec.records, spec.options, clock, tokens, journal)
    tokens.expires_in = setup.number("expires_in", tokens.expires_in)
    tokens.rotates = setup.flag("rotate_refresh")
    stage = Stage(mock, mock.build(setup), clock, tokens, journal, Faults(spec.seed))
    stage.latency = setup.number("latency", 0.0)
    if setup.flag("enforce_limits"):
        stage.limits.enforce(stage.service.limits)
    return stage


class Stages:
    """What is open in this process."""

    def __init__(self) -> None:
        self._open: dict[str, contextlib.AsyncExitStack] = {}

    async def open(self, spec: Spec) -> Mapping[str, Any]:
        """Serve *spec*; gives what its handle is made of."""
        stage, stack = stage_of(spec), contextlib.AsyncExitStack()
        stage.another = lambda changed: self.open(_changed(spec, changed))
        stage.close = self.close
        await stack.enter_async_context(_up(stage, spec))
        self._open[stage.url] = stack
        return {
            "name": spec.name,
            "url": stage.url,
            "other_url": stage.other_url,
            "sign_ins": stage.service.sign_ins(stage.url),
            "pid": os.getpid(),
        }

    async def close(self, url: str | None = None) -> None:
        """Close the mock at *url*; all of them without one."""
        for one in [url] if url else list(self._open):
            await self._open.pop(one).aclose()


def _changed(spec: Spec, changed: Mapping[str, Any]) -> Spec:
    """*spec* on a free port, with other values; options are added to those that there are."""
    return replace(spec, **{"port": 0, **changed, "options": {**spec.options, **changed.get("options", {})}})


@contextlib.asynccontextmanager
async def _up(stage: Stage, spec: Spec) -> AsyncIterator[None]:
    app = web.Application(client_max_size=_BODY)
    app.add_routes(control_routes(stage))
    app.add_routes(vendor_routes(stage))
    main, other = _runner(app), _runner(other_host(stage))
    try:
        stage.url = f"http://{spec.host}:{await _listen(main, spec.host, spec.port)}"
        # Another name as well as another port, for clients that compare only one of the two.
        stage.other_url = f"http://localhost:{await _listen(other, '127.0.0.1', 0)}"
        yield
    finally:
        await other.cleanup()
        await main.cleanup()


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(
        app,
        access_log=None,
        max_line_size=_LINE,
        max_field_size=_LINE,
        keepalive_timeout=120,  # an idle connection outlives the pauses of a test
        shutdown_timeout=0.1,  # calls that hang are cut when the mock ends,
        handler_cancellation=True,  # or when the client gives up
    )


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    return int(runner.addresses[0][1])
