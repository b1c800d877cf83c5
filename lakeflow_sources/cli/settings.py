"""Connector options of a command: plain ones by `--set`, secret ones by file or environment."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lakeflow_sources.cli import complete
from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import COMMON_OPTIONS, Settings, check_options, resolved
from lakeflow_sources.redact import SECRET_NAME

__all__ = ["SecretsFile", "Sets", "UsageError", "gather", "read_secrets", "settings_of"]

Sets = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A plain connector option; repeatable.",
        autocompletion=complete.options,
    ),
]
SecretsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="TOML file with secret options, flat or in a table named for the connector; mode 0600. "
        "Else LAKEFLOW_<NAME>_<OPTION> in the environment.",
    ),
]


class UsageError(ConfigurationError):
    """The command line itself is wrong: exit code 2."""


def settings_of(connector: Connector, sets: Sequence[str], secrets_file: Path | None, **more: str) -> Settings:
    """The checked options of *connector*."""
    return check_options(connector, {**gather(connector, sets, secrets_file), **more})


def gather(connector: Connector, sets: Sequence[str], secrets_file: Path | None) -> dict[str, str]:
    """Options from the environment, then the file, then `--set`; the later ones win.

    Raises `ConfigurationError` for a secret on the command line and for a file that others may read.
    """
    found = {**_environment(connector), **_file(connector, secrets_file), **_plain(connector, sets)}
    if connector.resolve is None:
        return found
    declared = resolved(connector, found)
    named = replace(declared, name=connector.name)  # what is set for the command's name comes before
    both = {
        **_environment(declared),
        **_environment(named),
        **_file(declared, secrets_file),
        **_file(named, secrets_file),
    }
    return {**both, **_plain(declared, sets)}


def _environment(connector: Connector) -> dict[str, str]:
    """`LAKEFLOW_<NAME>_<OPTION>` for every option there is."""
    prefix = f"LAKEFLOW_{connector.name.upper()}_"
    names = (option.name for option in (*COMMON_OPTIONS, *connector.options))
    return {name: os.environ[prefix + name.upper()] for name in names if prefix + name.upper() in os.environ}


def _file(connector: Connector, path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    content = read_secrets(path)
    own = content.get(connector.name, content)
    return {name: str(value) for name, value in own.items() if not isinstance(value, dict)}


def read_secrets(path: Path) -> Mapping[str, Any]:
    """The TOML of a secrets file that nobody else may read."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ConfigurationError(
                f"The secrets file {path} can be read by others (mode {mode:04o})", f"run chmod 600 {path}"
            )
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The secrets file {path} cannot be read ({error.strerror})", "give the path of a TOML file"
        ) from None
    except (ValueError, RecursionError):
        # The parser's own message quotes the line, which may hold a secret.
        raise ConfigurationError(
            f"The secrets file {path} is not TOML", 'write lines like access_token = "…"'
        ) from None


def _plain(connector: Connector, sets: Sequence[str]) -> dict[str, str]:
    secret = {option.name.lower() for option in connector.options if option.secret}
    found: dict[str, str] = {}
    for text in sets:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError("--set takes KEY=VALUE", "write for example --set base_url=http://127.0.0.1:8080")
        if name.strip().lower() in secret or SECRET_NAME.search(name):
            raise UsageError(
                f"{name.strip()} is a secret, and other users of this machine can read command lines",
                f"put it into --secrets-file, or set LAKEFLOW_{connector.name.upper()}_{name.strip().upper()}",
            )
        found[name.strip()] = value
    return found
