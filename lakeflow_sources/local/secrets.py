"""Secrets of a local run: a TOML file that only its owner may read, then the environment."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeflow_sources.errors import ConfigurationError

__all__ = ["SecretStore", "find_secret", "read_secrets", "secret_values", "secret_variable"]

_PREFIX = "LAKEFLOW_SECRET_"
_ANY_SCOPE = ""


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Secrets by scope and key in lower case; the file wins over the environment."""

    file: Path | None = None
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_secrets(file: Path | None, environment: Mapping[str, str] = os.environ) -> SecretStore:
    """What *file* holds in `[scope]` tables of `key = "value"`, and `LAKEFLOW_SECRET_<SCOPE>_<KEY>` of *environment*.

    Keys of the file outside of any table serve every scope.
    """
    variables = {name: value for name, value in environment.items() if name.startswith(_PREFIX)}
    return SecretStore(file, _scopes(file) if file else {}, variables)


def secret_variable(scope: str, key: str) -> str:
    """Name of the environment variable for *key*: upper case, with `_` for all but letters and digits."""
    return _PREFIX + re.sub(r"[^A-Z0-9]", "_", f"{scope}_{key}".upper())


def find_secret(store: SecretStore, scope: str, key: str) -> str:
    """The secret *key* of *scope*; upper and lower case are the same, as on Databricks."""
    for name in (scope.lower(), _ANY_SCOPE):
        value = store.scopes.get(name, {}).get(key.lower())
        if value is not None:
            return value
    variable = secret_variable(scope, key)
    if variable in store.environment:
        return store.environment[variable]
    looked = f"{store.file} and the environment" if store.file else "the environment"
    place = str(store.file) if store.file else "a TOML file and name it as the secrets file"
    raise ConfigurationError(
        f"The secret {key!r} of scope {scope!r} is not in {looked}",
        f"write {key} under [{scope}] in {place}, or set {variable}",
    )


def secret_values(store: SecretStore) -> Iterator[str]:
    """Every secret, to be masked in what a run says."""
    yield from store.environment.values()
    for keys in store.scopes.values():
        yield from keys.values()


def _scopes(file: Path) -> dict[str, dict[str, str]]:
    content = _content(file)
    scopes: dict[str, dict[str, str]] = {_ANY_SCOPE: {}}
    wrong = []
    for name, value in content.items():
        found = value if isinstance(value, dict) else {name: value}
        scope = scopes.setdefault(name.lower() if isinstance(value, dict) else _ANY_SCOPE, {})
        wrong += [key for key, secret in found.items() if not isinstance(secret, str)]
        scope.update({key.lower(): secret for key, secret in found.items() if isinstance(secret, str)})
    if wrong:
        raise ConfigurationError(
            f"The secrets file {file} has values that are not text: {', '.join(wrong)}", 'write each as key = "value"'
        )
    return scopes


def _content(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise ConfigurationError(
                    f"The secrets file {file} can be read by others (mode {mode:04o})", f"run chmod 600 {file}"
                )
            return tomllib.load(stream)
    except OSError as error:
        cause = f"The secrets file {file} cannot be read ({error.strerror or error})"
        raise ConfigurationError(cause, "give the path of a TOML file") from None
    except (ValueError, RecursionError):
        # The parser's own message may quote the line with the secret.
        raise ConfigurationError(f"The secrets file {file} is not TOML", 'write each line as key = "value"') from None
