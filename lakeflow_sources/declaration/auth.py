"""Sign-in as a declaration says it: from checked settings to an `Auth`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lakeflow_sources.declaration.auth_keys import DEFAULTS, SECRETS
from lakeflow_sources.declaration.headed import Headed
from lakeflow_sources.declaration.problems import Path
from lakeflow_sources.declaration.scope import Vocabulary, scope_of
from lakeflow_sources.declaration.template import Template
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.assertions import JwtBearer
from lakeflow_sources.http.auth import ApiKey, Auth, Basic, Bearer, NoAuth
from lakeflow_sources.http.oauth import ClientCredentials, Password, RefreshToken
from lakeflow_sources.http.shelf import Shelved
from lakeflow_sources.options import Settings
from lakeflow_sources.redact import Secret

__all__ = ["SignIn", "Way", "make_way"]


@dataclass(frozen=True)
class Way:
    """One way to sign in; *needs* are the options that it cannot do without."""

    kind: str
    templates: Mapping[str, Template]
    flags: Mapping[str, Any]
    extra: Mapping[str, Template]
    needs: tuple[str, ...] = ()

    def auth(self, settings: Settings, base_url: str) -> Auth:
        """The `Auth` for an account."""
        return _MAKERS[self.kind](_Values(self, settings, base_url))


@dataclass(frozen=True)
class SignIn:
    """A connector's `auth`: the way whose options are set, and the headers that hold secrets."""

    ways: tuple[Way, ...]
    base_url: Template
    headers: Mapping[str, Template]
    required: tuple[str, ...] = ()

    def __call__(self, settings: Settings) -> Auth:
        scope = scope_of(settings)
        base = settings.get("base_url") or self.base_url.render(scope) or ""
        auth = self._way(settings).auth(settings, base)
        shown = scope_of(settings, secrets=True)
        secret = tuple((name, Secret(text)) for name, one in self.headers.items() if (text := one.render(shown)))
        return Headed(auth, secret) if secret else auth

    def _way(self, settings: Settings) -> Way:
        """That whose options are those that were chosen when the settings were checked."""
        chosen = set(settings.credentials)
        return next((one for one in self.ways if {*one.needs, *self.required} == chosen), self.ways[0])


@dataclass(frozen=True)
class _Values:
    """The keys of a way, filled from an account's settings."""

    way: Way
    settings: Settings
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        template = self.way.templates.get(name)
        found = template.render(scope_of(self.settings)) if template else None
        return default if found is None else found

    def secret(self, name: str) -> Secret:
        found = self.way.templates[name].render(scope_of(self.settings, secrets=True))
        if not found:
            raise ConfigurationError(
                f"{self.settings.connector}: {name} of the sign-in is not set",
                f"set {' and '.join(self.way.needs)}",
            )
        return Secret(found)

    @property
    def url(self) -> str:
        """The token endpoint; `auth_url` may put another host, or another address, in its place."""
        declared = urljoin(self.base_url.rstrip("/") + "/", self.text("token_url"))
        if self.text("token_url").startswith("/"):
            declared = self.base_url.rstrip("/") + self.text("token_url")
        given = self.settings.get("auth_url")
        if not given:
            return declared
        return given if urlsplit(given).path.strip("/") else given.rstrip("/") + urlsplit(declared).path

    @property
    def extra(self) -> dict[str, str]:
        scope = scope_of(self.settings)
        return {name: text for name, one in self.way.extra.items() if (text := one.render(scope)) is not None}

    def flag(self, name: str, default: Any) -> Any:
        return self.way.flags.get(name, default)

    @property
    def scheme(self) -> str:
        return self.text("scheme", "Bearer")


def _api_key(values: _Values) -> Auth:
    header = values.text("header")
    return ApiKey(header or values.text("query"), values.secret("key"), "header" if header else "query")


def _client_credentials(values: _Values) -> Auth:
    return ClientCredentials(
        values.url,
        values.text("client_id"),
        values.secret("client_secret"),
        values.text("scope"),
        values.flag("style", "body"),
        values.extra,
        values.scheme,
    )


def _refresh_token(values: _Values) -> Auth:
    secret = values.secret("client_secret")
    refresh = RefreshToken(
        values.url,
        values.text("client_id"),
        secret,
        values.secret("refresh_token"),
        values.flag("rotates", default=False),
        values.flag("style", "body"),
        extra=values.extra,
        scheme=values.scheme,
    )
    # Spark asks for columns, plan and rows in processes of their own: one token serves them all.
    return Shelved(refresh, secret)


def _password(values: _Values) -> Auth:
    return Password(
        values.url,
        values.text("client_id"),
        values.secret("client_secret"),
        values.text("username"),
        values.secret("password"),
        values.flag("style", "body"),
        values.extra,
        values.scheme,
    )


def _jwt_bearer(values: _Values) -> Auth:
    return JwtBearer(
        values.url,
        values.text("issuer"),
        values.text("subject"),
        values.text("audience") or values.url,
        values.secret("private_key"),
        values.flag("lifetime", 180),
        values.extra,
        values.scheme,
    )


_MAKERS: Mapping[str, Callable[[_Values], Auth]] = {
    "none": lambda _: NoAuth(),
    "bearer": lambda values: Bearer(values.secret("token"), values.scheme),
    "basic": lambda values: Basic(values.text("username"), values.secret("password")),
    "api_key": _api_key,
    "client_credentials": _client_credentials,
    "refresh_token": _refresh_token,
    "password": _password,
    "jwt_bearer": _jwt_bearer,
}
_PLAIN = frozenset({"type", "style", "rotates", "lifetime", "extra"})


def make_way(keys: Mapping[str, Any], words: Vocabulary, path: Path) -> Way:
    """The way of checked *keys*."""
    kind = keys["type"]
    given = {**DEFAULTS.get(kind, {}), **{name: one for name, one in keys.items() if name not in _PLAIN}}
    templates = {}
    for name, text in given.items():
        place = (*path, name)
        made = templates[name] = words.template(text, place, secrets=name in SECRETS)
        secret = any(f"options.{one}" in made.names for one in words.secret)
        if name in SECRETS and not secret and not words.problems.below(place):
            remedy = f"write '{DEFAULTS[kind][name]}', and hand the credential in as option"
            words.problems.add(place, "it is no secret option", remedy)
    extra = {name: words.template(one, (*path, "extra", name)) for name, one in keys.get("extra", {}).items()}
    needs = dict.fromkeys(
        name.removeprefix("options.") for one in (*templates.values(), *extra.values()) for name in one.needs
    )
    flags = {name: keys[name] for name in ("style", "rotates", "lifetime") if name in keys}
    return Way(kind, templates, flags, extra, tuple(needs))
