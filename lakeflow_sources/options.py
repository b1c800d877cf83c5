"""Spark's option strings, checked: every mistake is found on the driver, before any request."""

from __future__ import annotations

import difflib
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lakeflow_sources.declare import Connector, Option
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.redact import Redactor, Secret

__all__ = ["COMMON_OPTIONS", "Settings", "check_options", "moment", "resolved"]

COMMON_OPTIONS: tuple[Option, ...] = (
    Option("tableName", "Table to read; the load path and `table` say the same.", aliases=("table", "path")),
    Option("base_url", "Another host: sandbox, proxy or mock server."),
    Option("auth_url", "Another token host for OAuth, for tests and proxies."),
    Option("start", "Batch: first instant of a table with a cursor, ISO 8601. Stream: where a new query begins."),
    Option("end", "Batch: the instant before which a table with a cursor is read, ISO 8601."),
    Option("columns", "Comma list of columns; all without it."),
    Option("page_size", "Records a page; the vendor's maximum without it.", kind="integer"),
    Option("parallelism", "Most Spark partitions of one read.", "8", kind="integer"),
    Option("concurrency", "Requests in flight inside one task.", "4", kind="integer"),
    Option("requests_per_second", "Budget of the whole read; the vendor's limit without it.", kind="number"),
    Option("reserve", "Percentage of the vendor's limit left to other programs.", "0", kind="number"),
    Option("timeout_seconds", "Longest wait for one answer.", "60", kind="number"),
    Option("max_retries", "Most repetitions of one call.", "8", kind="integer"),
    Option("retry_deadline_seconds", "Longest time spent on one call with its repetitions.", "900", kind="number"),
    Option("lookback_seconds", "How far an increment reaches back; per table without it.", kind="number"),
    Option("lag_seconds", "How far behind now an increment ends; per table without it.", kind="number"),
    Option(
        "on_schema_drift",
        "Fields and values that the declared columns cannot hold: leave out, fail, or keep in `_rescued_data`.",
        "ignore",
        choices=("ignore", "fail", "rescue"),
    ),
    Option("verify_ssl", "`false` accepts any certificate, and warns.", "true", kind="boolean"),
    Option("ca_bundle", "File with the certificates of a private authority."),
    Option("token_store_scope", "Databricks secret scope that keeps a refresh token which the vendor renews."),
    Option("token_store_key", "Key of that secret."),
    Option("token_store_file", "File, readable for its owner only, that keeps such a token outside of Databricks."),
    Option("log_reads", "One line in the log for the plan and for each task of a read.", "true", kind="boolean"),
    Option("log_requests", "Log each call: method, path, status, time, attempt.", "false", kind="boolean"),
)
_FOREIGN = ("spark.", "databricks.", "__")  # what platforms add on their own
_POSITIVE = {"page_size", "parallelism", "concurrency", "requests_per_second", "timeout_seconds"}
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Settings:
    """Checked options of one read; secret ones are `Secret` and show nothing when printed."""

    connector: str
    values: Mapping[str, str | Secret] = field(default_factory=dict)
    credentials: tuple[str, ...] = ()
    """The set of credential options that is used."""

    def get(self, name: str) -> str | None:
        """The text of a plain option, or `None`."""
        value = self.values.get(name)
        return None if isinstance(value, Secret) else value

    def text(self, name: str) -> str:
        """The text of an option that is known to be set, secret or not."""
        value = self.values[name]
        return value.reveal() if isinstance(value, Secret) else value

    def secret(self, name: str) -> Secret:
        """A credential that is known to be set."""
        value = self.values[name]
        return value if isinstance(value, Secret) else Secret(value)

    def integer(self, name: str) -> int | None:
        """A whole number, or `None`."""
        value = self.get(name)
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        """A number, or `None`."""
        value = self.get(name)
        return None if value is None else float(value)

    def flag(self, name: str) -> bool:
        """`true` or not."""
        return _BOOLEANS[(self.get(name) or "false").lower()]

    def moment(self, name: str) -> datetime | None:
        """A time with its zone (UTC where the text names none), or `None`."""
        value = self.get(name)
        return None if value is None else moment(value)

    def names(self, name: str) -> tuple[str, ...]:
        """A comma list."""
        return tuple(part.strip() for part in (self.get(name) or "").split(",") if part.strip())

    def redactor(self) -> Redactor:
        """Masks every secret of these settings."""
        return Redactor(value.reveal() for value in self.values.values() if isinstance(value, Secret))

    def account(self) -> str:
        """A name for the account, the same in every process, that tells nothing about its secrets."""
        parts = [self.connector, self.get("base_url") or "", *(self.text(name) for name in self.credentials)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def moment(text: str) -> datetime:
    """An ISO 8601 *text* as UTC; raises `ValueError`."""
    parsed = datetime.fromisoformat(text.strip())
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC") from None


def resolved(connector: Connector, options: Mapping[str, str] | Settings) -> Connector:
    """*connector*, or the one that *options* declare where its options do that."""
    if connector.resolve is None:
        return connector
    if isinstance(options, Settings):
        options = {name: value for name, value in options.values.items() if isinstance(value, str)}
    return connector.resolve(options)


def check_options(connector: Connector, options: Mapping[str, str]) -> Settings:
    """*options* as Spark gives them, checked against what *connector* declares.

    Raises `ConfigurationError` that names all that is wrong.
    """
    connector = resolved(connector, options)
    declared = (*COMMON_OPTIONS, *connector.options)
    known = {name.lower(): option for option in declared for name in (option.name, *option.aliases)}
    values: dict[str, str | Secret] = {
        option.name: option.default for option in known.values() if option.default is not None
    }
    problems = []
    for given, text in options.items():
        option = known.get(given.lower())
        if option is None:
            if not given.lower().startswith(_FOREIGN):
                problems.append(_unknown(given, connector, tuple(known)))
        elif problem := _wrong(option, text):
            problems.append(problem)
        else:
            values[option.name] = Secret(text) if option.secret else _plain(option, text)
    used, missing = _credentials(connector, values)
    if problems or missing:
        raise ConfigurationError(f"{connector.name}: " + "; ".join([*problems, *missing]))
    return Settings(connector.name, values, used)


def _unknown(given: str, connector: Connector, known: tuple[str, ...]) -> str:
    names = {option.name.lower(): option.name for option in (*COMMON_OPTIONS, *connector.options)}
    near = difflib.get_close_matches(given.lower(), known, 1, 0.6)
    hint = f"write {names[near[0]]}" if near else f"the options are {', '.join(sorted(names.values()))}"
    return f"there is no option {given!r}, {hint}"


def _plain(option: Option, text: str) -> str:
    return text.strip().lower() if option.choices else text.strip()


def _wrong(option: Option, text: str) -> str | None:
    """What is wrong with *text*, never showing the value of a secret."""
    name, value = option.name, text.strip()
    if option.secret:
        return None if value else f"{name} is empty, give its value or leave it out"
    if option.choices and value.lower() not in option.choices:
        return f"{name}={value!r} is not one of {', '.join(option.choices)}"
    if option.kind == "boolean" and value.lower() not in _BOOLEANS:
        return f"{name}={value!r} is neither true nor false"
    if option.kind in ("integer", "number"):
        return _wrong_number(option, value)
    if name in ("start", "end"):
        return _wrong_moment(name, value)
    if name in ("base_url", "auth_url") and not value.startswith(("http://", "https://")):
        return f"{name}={value!r} is no address, write https://host"
    return None


def _wrong_number(option: Option, value: str) -> str | None:
    try:
        number = int(value) if option.kind == "integer" else float(value)
    except ValueError:
        kind = "a whole number" if option.kind == "integer" else "a number"
        return f"{option.name}={value!r} is not {kind}, write for example {option.default or 100}"
    least = 1 if option.kind == "integer" and option.name in _POSITIVE else 0
    if not math.isfinite(number):
        return f"{option.name}={value} is not a finite number, write for example {option.default or 100}"
    if number < least or (option.name in _POSITIVE and number == 0):
        return f"{option.name}={value} is too small, write a number above {least - 1 if least else 0}"
    if option.name == "reserve" and number > 90:  # noqa: PLR2004 (a read needs some of the limit)
        return f"reserve={value} leaves too little to read with, write at most 90"
    return None


def _wrong_moment(name: str, value: str) -> str | None:
    try:
        moment(value)
    except ValueError:
        return f"{name}={value!r} is no time, write for example 2026-01-31T00:00:00Z"
    return None


def _credentials(connector: Connector, values: Mapping[str, str | Secret]) -> tuple[tuple[str, ...], list[str]]:
    """The first complete set of credentials, or one sentence on what is missing."""
    if not connector.credentials:
        return (), []
    complete = [names for names in connector.credentials if all(name in values for name in names)]
    if complete:
        return max(complete, key=len), []
    begun = max(connector.credentials, key=lambda names: sum(name in values for name in names))
    missing = [name for name in begun if name not in values]
    if len(missing) < len(begun):
        return (), [f"credentials are incomplete, add {' and '.join(missing)}"]
    sets = " or ".join("+".join(names) for names in connector.credentials)
    return (), [f"credentials are missing, give {sets}"]
