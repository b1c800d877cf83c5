"""The vendors' APIs on loopback, for a shell."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakeflow_sources.cli import complete
from lakeflow_sources.cli.catalogue import Json
from lakeflow_sources.cli.console import ERRORS, OUT, show_json
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.registry import connector as find_connector

if TYPE_CHECKING:
    from lakeflow_sources.testing.handle import MockServer

__all__ = ["mock_server"]

_USUAL = "hubspot"


def mock_server(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help=f"Connectors, or folders of samples such as ./acme; {_USUAL} without any.",
            autocompletion=complete.connectors,
        ),
    ] = None,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the first one, 0 for a free one.")] = 0,
    records: Annotated[
        list[str],
        typer.Option(
            metavar="[NAME.]OBJECT=NUMBER", help="How many records, of one mock where several run; repeatable."
        ),
    ] = [],  # noqa: B006 (typer copies it)
    seed: Annotated[int, typer.Option(help="Another seed, other data.")] = 0,
    option: Annotated[
        list[str],
        typer.Option(metavar="[NAME.]KEY=VALUE", help="An option of the mock itself; repeatable."),
    ] = [],  # noqa: B006 (typer copies it)
    as_json: Json = False,
) -> None:
    """Serve the vendors' APIs on loopback until interrupted."""
    sources = dict(map(_mock, names or [_USUAL]))
    chosen = list(sources)
    counts = _by_name("--records", records, chosen, "contacts=1000")
    options = _by_name("--option", option, chosen, "expires_in=60")
    with ExitStack() as stack:
        started = []
        with Progress() as progress:
            progress.expect(len(chosen))
            for number, name in enumerate(chosen):
                progress.step(f"starting {name}")
                started.append(
                    stack.enter_context(
                        _start(
                            name,
                            _numbers(counts[name]),
                            {**options[name], "source": sources[name]},
                            seed,
                            port + number if port else 0,
                        )
                    )
                )
        ended = threading.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: ended.set())
        _announce(started, as_json=as_json)
        ended.wait()


def _mock(name: str) -> tuple[str, str]:
    """The mock of a connector, or the samples of a folder, which has a slash: its name and, of samples, the folder."""
    folder = Path(name).resolve()
    if os.sep not in name or not folder.is_dir():
        return find_connector(name).name, ""
    return (folder.parent if folder.name == "samples" else folder).name, str(folder)


def _start(name: str, records: dict[str, int], settings: dict[str, str], seed: int, port: int) -> MockServer:
    from lakeflow_sources.testing.handle import mock_server as start

    return start(name, records=records, seed=seed, port=port, **settings)


def _announce(servers: Sequence[MockServer], *, as_json: bool) -> None:
    """Where they are, and what another shell sets to use them."""
    if as_json:
        show_json([{"name": one.name, "url": one.url, "options": one.options} for one in servers])
    else:
        for server in servers:
            OUT.print(f"# {server.name} at {server.url}", markup=False)
            for key, value in server.options.items():
                OUT.print(f"export LAKEFLOW_{server.name.upper()}_{key.upper()}={value}", markup=False)
    ERRORS.print(
        "Set these in another shell. Faults, limits and writes on demand are below /_mock/; Ctrl+C ends it.",
        markup=False,
        style="dim",
    )


def _by_name(flag: str, texts: Sequence[str], names: Sequence[str], example: str) -> dict[str, dict[str, str]]:
    """Pairs by mock; one without a name is for the only mock, or for all where it is an option."""
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for text in texts:
        key, equals, value = text.partition("=")
        name, dot, rest = key.partition(".")
        if not (equals and key):
            raise UsageError(f"{flag} {text} is not understood", f"write for example {flag} {example}")
        if dot and name in found:
            found[name][rest] = value
        elif dot or (flag == "--records" and len(names) > 1):
            raise UsageError(f"{flag} {text} does not say which mock", f"write for example {flag} {names[0]}.{example}")
        else:
            for one in found.values():
                one[key] = value
    return found


def _numbers(texts: dict[str, str]) -> dict[str, int]:
    for name, text in texts.items():
        if not text.isdigit():
            raise UsageError(f"--records {name}={text} is not a number", f"write for example --records {name}=1000")
    return {name: int(text) for name, text in texts.items()}
