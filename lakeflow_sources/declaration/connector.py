"""The parts of a declaration put together: a connector of the same values as the built-in ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declaration.auth import SignIn, Way, make_way
from lakeflow_sources.declaration.auth_keys import STANDARD
from lakeflow_sources.declaration.faults import make_rules
from lakeflow_sources.declaration.problems import Problems
from lakeflow_sources.declaration.scope import Vocabulary, scope_of
from lakeflow_sources.declaration.tables import make_tables
from lakeflow_sources.declaration.template import Template
from lakeflow_sources.declare import Connector, Option
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.pacing import Rate
from lakeflow_sources.http.request import Request, get
from lakeflow_sources.options import COMMON_OPTIONS, Settings
from lakeflow_sources.redact import SECRET_NAME

__all__ = ["Maker"]

_CREDENTIAL = re.compile(r"authorization|cookie|secret|password|token|api-?key|access-?key", re.IGNORECASE)


@dataclass
class Maker:
    """The parts of one declaration; those whose keys are wrong already are left out."""

    keys: Mapping[str, Any]
    problems: Problems

    def connector(self) -> Connector:
        """The whole; of use only when there are no problems."""
        declared = self._options()
        standard = {name: text for name, text in STANDARD.items() if name not in {one.name for one in declared}}
        secret = {one.name for one in declared if one.secret} | {name for name in standard if SECRET_NAME.search(name)}
        words = Vocabulary(self.problems, frozenset((*(one.name for one in declared), *standard)), frozenset(secret))
        base = words.template(self._part("base_url") or "", ("base_url",))
        plain, hidden = self._headers(words)
        ways = tuple(self._ways(words))
        check = words.template(self.keys["check"], ("check",)) if self._part("check") else None
        name, rates = self._part("name") or "", self._part("rates") or {}
        tables = make_tables(name, self._tables(), rates, words)
        required = tuple(self._required((base, *plain.values(), *hidden.values())))
        implied = [Option(one, standard[one], secret=one in secret) for one in standard if one in words.used]
        return Connector(
            name=name,
            title=self._part("title") or name,
            base_url=BaseUrl(base),
            auth=SignIn(ways, base, hidden, required),
            tables=tables,
            options=(*declared, *implied),
            credentials=_credentials(ways, required),
            rates={one: Rate(rate["requests"], float(rate.get("seconds", 1.0))) for one, rate in rates.items()},
            headers=Headers(plain) if plain else None,
            faults=make_rules(self._part("errors") or ()),
            hosts=tuple(self._part("hosts") or ()),
            check=Check(check) if check else None,
        )

    def _part(self, name: str) -> Any:
        return None if self.problems.below((name,)) else self.keys.get(name)

    def _tables(self) -> Mapping[str, Any]:
        found = self.keys.get("tables")
        if isinstance(found, dict) and not found:
            self.problems.add(("tables",), "there is no table", "declare one")
        return found if isinstance(found, dict) else {}

    def _options(self) -> tuple[Option, ...]:
        common = {name.lower() for one in COMMON_OPTIONS for name in (one.name, *one.aliases)} | {"spec"}
        found = []
        given = self.keys.get("options")
        for name, keys in (given if isinstance(given, dict) else {}).items():
            place = ("options", name)
            secret = bool(keys.get("secret")) if isinstance(keys, dict) else False
            if name.lower() in common:
                self.problems.add(place, "every connector has an option of this name", "give it another name")
            if secret and not SECRET_NAME.search(name):
                self.problems.add(
                    place, "Spark would print it", f"call it {name}_secret, or with token or password in it"
                )
            if not secret and SECRET_NAME.search(name) and isinstance(keys, dict):
                self.problems.add(place, "it is named like a secret", "write `secret: true`, or give it another name")
            if secret and "default" in keys:
                self.problems.add((*place, "default"), "a secret has no default", "leave it out")
            found.append(
                Option(name, secret=True, description="") if self.problems.below(place) else _option(name, keys)
            )
        return tuple(found)

    def _headers(self, words: Vocabulary) -> tuple[dict[str, Template], dict[str, Template]]:
        """Plain headers, and those that hold secrets."""
        plain: dict[str, Template] = {}
        hidden: dict[str, Template] = {}
        for name, value in (self._part("headers") or {}).items():
            place = ("headers", name)
            made = words.template(value, place, secrets=True)
            if any(f"options.{one}" in made.names for one in words.secret):
                hidden[name] = made
            else:
                plain[name] = made
                if _CREDENTIAL.search(name) and "{{" not in made.text:
                    self.problems.add(
                        place,
                        "a credential is written out here",
                        "hand it in as a secret option: '{{ options.api_token }}'",
                    )
        return plain, hidden

    def _ways(self, words: Vocabulary) -> Iterator[Way]:
        given = self._part("auth") or {"type": "none"}
        many = isinstance(given, list)
        for number, one in enumerate(given if many else [given]):
            yield make_way(one, words, ("auth", number) if many else ("auth",))

    def _required(self, templates: tuple[Template, ...]) -> Iterator[str]:
        """Options without which no call can be made."""
        given = self._part("options") or {}
        names = dict.fromkeys(name for name, keys in given.items() if keys.get("required"))
        names |= dict.fromkeys(name.removeprefix("options.") for one in templates for name in one.needs)
        yield from (name for name in names if "default" not in given.get(name, {}))


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A connector's `base_url`, in which options may stand."""

    template: Template

    def __call__(self, settings: Settings) -> str:
        found = self.template.render(scope_of(settings))
        if not found:
            raise ConfigurationError(
                f"{settings.connector}: {self.template.text} names an option that is not set",
                f"set {' and '.join(name.removeprefix('options.') for name in self.template.names)} or base_url",
            )
        return found


@dataclass(frozen=True, slots=True)
class Headers:
    """A connector's `headers`; one whose option is not set is left out."""

    templates: Mapping[str, Template]

    def __call__(self, settings: Settings) -> Mapping[str, str]:
        scope = scope_of(settings)
        return {name: text for name, one in self.templates.items() if (text := one.render(scope)) is not None}


@dataclass(frozen=True, slots=True)
class Check:
    """A connector's `check`."""

    path: Template

    def __call__(self, settings: Settings) -> Request:
        return get(self.path.path(scope_of(settings)) or "")


def _option(name: str, keys: Mapping[str, Any]) -> Option:
    return Option(
        name,
        keys.get("description", ""),
        _text(keys["default"]) if keys.get("default") is not None else None,
        secret=bool(keys.get("secret")),
        kind=keys.get("kind", "text"),
        choices=tuple(_text(one).lower() for one in keys.get("choices", ())),
    )


def _credentials(ways: tuple[Way, ...], required: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The options of each way beside those that every call needs."""
    sets = tuple(tuple(dict.fromkeys((*way.needs, *required))) for way in ways)
    return sets if any(sets) else ()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
