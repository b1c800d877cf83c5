"""Where a notebook takes the connector's options from: secret scope, fixed values, the workspace itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeflow_sources.deploy.bundle_variables import refuse_variable
from lakeflow_sources.deploy.cells import check_option_name
from lakeflow_sources.deploy.json_fields import Fields, read_object
from lakeflow_sources.deploy.problems import Problem, nearest, refuse, shown
from lakeflow_sources.errors import ConfigurationError

__all__ = [
    "DYNAMIC_VALUES",
    "ConnectorConfig",
    "TokenStore",
    "config_problems",
    "connector_config",
    "dynamic_value",
    "read_connector_config",
]

DYNAMIC_VALUES = (
    "workspace_url",
    "workspace_host",
    "current_catalog",
    "current_schema",
    "current_user",
    "pipeline_id",
)
"""What `dynamic_options` may name, beside `configuration:KEY` for a key of the pipeline's configuration."""

_SCOPE = re.compile(r"[A-Za-z0-9_.@-]{1,128}")
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}")
_CONFIGURATION = re.compile(r"configuration:([A-Za-z][A-Za-z0-9_.-]{0,127})")


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Secret that takes a refresh token which the vendor has rotated."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True)
class ConnectorConfig:
    """Options that every table of a connector gets.

    *secret_mappings*: option to the keys of *secrets_scope* that may hold it, tried in this order.
    *dynamic_options*: option to what the notebook asks of the workspace, see `DYNAMIC_VALUES`.
    """

    secrets_scope: str = ""
    secret_mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    static_options: Mapping[str, str] = field(default_factory=dict)
    dynamic_options: Mapping[str, str] = field(default_factory=dict)
    token_store: TokenStore | None = None


def read_connector_config(path: str | Path) -> ConnectorConfig:
    """The config in a JSON file of its own, or the `connector_config` of a preset."""
    problems: list[Problem] = []
    value = read_object(Path(path))
    preset = "connector_config" in value
    found = connector_config(
        Fields(value["connector_config"] if preset else value, "connector_config" if preset else "", problems)
    )
    refuse(path, problems)
    return found


def connector_config(fields: Fields) -> ConnectorConfig:
    """The config that *fields* state; what is wrong with it goes to their problems."""
    scope = fields.text("secrets_scope")
    store = fields.fields("token_store") if fields.has("token_store") else None
    config = ConnectorConfig(
        secrets_scope=scope,
        secret_mappings={name: _keys(fields, name, keys) for name, keys in fields.items("secret_mappings")},
        static_options={name: _text(fields, name, value) for name, value in fields.items("static_options")},
        dynamic_options=dict(fields.items("dynamic_options")),
        token_store=TokenStore(store.text("scope", scope), store.needed("key")) if store else None,
    )
    if store:
        store.close()
    fields.close()
    for problem in config_problems(config):
        fields.problem(problem.place, problem.cause, problem.remedy)
    return config


def config_problems(config: ConnectorConfig) -> Iterator[Problem]:
    """What keeps *config* from becoming a notebook, with the path of each field."""
    if config.secret_mappings and not config.secrets_scope:
        yield Problem("secrets_scope", "it is missing beside secret_mappings", "name the secret scope")
    if config.secrets_scope:
        yield from _match("secrets_scope", _SCOPE, config.secrets_scope)
    if config.token_store:
        yield from _match("token_store.scope", _SCOPE, config.token_store.scope)
        yield from _match("token_store.key", _KEY, config.token_store.key)
    for name, keys in config.secret_mappings.items():
        yield from _match("secret_mappings", _OPTION, name)
        for key in keys:
            yield from _match(f"secret_mappings.{name}", _KEY, key)
    yield from _plain_option_problems(config)
    for name, source in config.dynamic_options.items():
        if not isinstance(source, str) or dynamic_value(source) is None:
            remedy = f"{nearest(str(source), DYNAMIC_VALUES)}, or configuration:KEY"
            yield Problem(f"dynamic_options.{name}", f"{shown(source)} is nothing a notebook can ask for", remedy)


def dynamic_value(source: str) -> tuple[str, str] | None:
    """What *source* asks for, and the key where it asks for one; None when a notebook cannot."""
    if source in DYNAMIC_VALUES:
        return source, ""
    match = _CONFIGURATION.fullmatch(source)
    return ("configuration", match[1]) if match else None


def _plain_option_problems(config: ConnectorConfig) -> Iterator[Problem]:
    """Options that are named like secrets, or set in two ways."""
    used: dict[str, str] = {name.lower(): "secret_mappings" for name in config.secret_mappings}
    for place, options in (("static_options", config.static_options), ("dynamic_options", config.dynamic_options)):
        for name, value in options.items():
            try:
                check_option_name(name)
                refuse_variable(name, value)
            except ConfigurationError as error:
                yield Problem(f"{place}.{name}" if _OPTION.fullmatch(name) else place, error.cause, error.remedy)
            if used.setdefault(name.lower(), place) != place:
                yield Problem(f"{place}.{name}", f"the option is in {used[name.lower()]} too", "keep one of them")


def _match(place: str, pattern: re.Pattern[str], value: str) -> Iterator[Problem]:
    if not pattern.fullmatch(value):
        yield Problem(place, f"{shown(value)} is not allowed here", "write letters, digits, - _ and . only")


def _keys(fields: Fields, name: str, value: Any) -> tuple[str, ...]:
    keys = [value] if isinstance(value, str) else value
    if isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys):
        return tuple(dict.fromkeys(keys))
    fields.problem(
        f"secret_mappings.{name}", "it is not the key of a secret", 'write "key" or ["key", "alternative key"]'
    )
    return ()


def _text(fields: Fields, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    fields.problem(f"static_options.{name}", "it is neither a text nor a number nor a boolean", "write it as one")
    return ""
