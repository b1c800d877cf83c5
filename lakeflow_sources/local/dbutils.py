"""The part of `dbutils` that generated notebooks use, away from Databricks."""

from __future__ import annotations

from typing import NoReturn

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.secrets import SecretStore, find_secret

__all__ = ["Dbutils"]


class _Secrets:
    def __init__(self, store: SecretStore) -> None:
        self._store = store

    def get(self, scope: str, key: str) -> str:
        return find_secret(self._store, scope, key)

    def __getattr__(self, name: str) -> NoReturn:
        _absent(f"dbutils.secrets.{name}", name)


class Dbutils:
    """`dbutils.secrets.get(scope, key)`; whatever else is asked for says that it needs Databricks."""

    def __init__(self, store: SecretStore) -> None:
        self.secrets = _Secrets(store)

    def __getattr__(self, name: str) -> NoReturn:
        _absent(f"dbutils.{name}", name)

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            "dbutils, which holds secrets, cannot be sent to Spark workers", "read secrets on the driver"
        )


def _absent(what: str, name: str) -> NoReturn:
    if name.startswith("_"):
        raise AttributeError(name)
    raise ConfigurationError(f"{what} needs Databricks", "use dbutils.secrets.get alone in notebooks that run locally")
