"""A loopback service, and clients of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakeflow_sources.http import Bearer, Client, Connection, NoAuth
from lakeflow_sources.redact import Redactor, Secret
from tests.http.loopback import Service


@pytest.fixture
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.close()


@pytest.fixture
def other() -> Iterator[Service]:
    """Another host, as far as credentials are concerned."""
    one = Service()
    yield one
    one.close()


@pytest.fixture
def token() -> str:
    """A secret that no other test has, and that is easy to look for."""
    return f"planted-{uuid.uuid4().hex}"


@pytest.fixture
def connect(service: Service) -> Callable[..., Client]:
    """Makes a client of *service*; keywords are those of `Connection`, with little patience by default."""

    def make(**settings: Any) -> Client:
        clock = settings.pop("clock", None)
        token = settings.pop("token", None)
        defaults = {
            "name": "acme",
            "base_url": service.url,
            "auth": NoAuth(),
            "account": uuid.uuid4().hex,
            "backoff_seconds": 0.01,
            "timeout_seconds": 5.0,
            "retry_deadline_seconds": 20.0,
            "redactor": Redactor(),
        }
        connection = Connection(**{**defaults, **settings})
        return Client(connection, token, **({"clock": clock} if clock else {}))

    return make


@pytest.fixture
def bearer(connect: Callable[..., Client], token: str) -> Client:
    """A client of *service* that signs with the planted token."""
    return connect(auth=Bearer(Secret(token)))
