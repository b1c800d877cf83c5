"""APIs on loopback for the contract of a connector: one that serves samples, or the mock of a connector.

from_samples(FOLDER)        `api.yaml` and JSON files of records; see `testing.sampled`
of("hubspot", records=...)  the mock that a connector brings
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeflow_sources.testing.handle import MockServer, mock_server
from lakeflow_sources.testing.sampled import find_samples

__all__ = ["FakeApi", "from_samples", "of"]


@dataclass(frozen=True)
class FakeApi:
    """How an API is started, in a process of its own."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def start(self) -> MockServer:
        """The running API; use it in a `with` statement."""
        return mock_server(self.name, **self.settings)


def from_samples(folder: str | Path, **options: Any) -> FakeApi:
    """The API that serves the samples of *folder*; *options* as of `mock_server`."""
    place = Path(folder).resolve()
    path = find_samples(place)
    name = (path or place).parent.name
    return FakeApi("samples" if name == "samples" else name, {**options, "source": place})


def of(name: str, **settings: Any) -> FakeApi:
    """The mock of the connector called *name*; *settings* as of `mock_server`: `records`, `seed`, its own options."""
    return FakeApi(name, settings)
