"""Ways to sign in, as a declaration names them."""

from __future__ import annotations

from lakeflow_sources.declaration.shape import Anything, Choice, Flag, Text, Whole
from lakeflow_sources.declaration.structure import Key, Named, Record, Variants

__all__ = ["AUTH", "DEFAULTS", "SECRETS", "STANDARD"]

SECRETS = frozenset({"token", "password", "key", "client_secret", "refresh_token", "private_key"})
"""Keys that hold a credential: always an option, never written out."""

STANDARD = {
    "access_token": "Token that somebody made in the settings of the service.",
    "api_token": "Key of the API.",
    "client_id": "OAuth client.",
    "client_secret": "Secret of the OAuth client.",
    "refresh_token": "OAuth refresh token.",
    "username": "User to sign in as.",
    "password": "Password of the user.",
    "private_key_secret": "Private key in PEM form.",
}
"""Options that need not be declared, with their descriptions."""

DEFAULTS = {
    "bearer": {"token": "{{ options.access_token }}"},
    "basic": {"username": "{{ options.username }}", "password": "{{ options.password }}"},
    "api_key": {"key": "{{ options.api_token }}"},
    "client_credentials": {"client_id": "{{ options.client_id }}", "client_secret": "{{ options.client_secret }}"},
    "refresh_token": {
        "client_id": "{{ options.client_id }}",
        "client_secret": "{{ options.client_secret }}",
        "refresh_token": "{{ options.refresh_token }}",
    },
    "password": {
        "client_id": "{{ options.client_id }}",
        "client_secret": "{{ options.client_secret }}",
        "username": "{{ options.username }}",
        "password": "{{ options.password }}",
    },
    "jwt_bearer": {
        "issuer": "{{ options.client_id }}",
        "subject": "{{ options.username }}",
        "private_key": "{{ options.private_key_secret }}",
    },
}
"""What a key of a way holds where the declaration does not say."""


def _secret(name: str, option: str) -> dict[str, Key]:
    shape = Text(example=f"'{{{{ options.{option} }}}}'", private=True)
    return {name: Key(shape, f"A secret option; {{{{ options.{option} }}}} without it.")}


def _plain(name: str, option: str) -> dict[str, Key]:
    return {name: Key(Text(example=f"'{{{{ options.{option} }}}}'"), f"{{{{ options.{option} }}}} without it.")}


_SCHEME = {
    "scheme": Key(Text(r"^\S+$", "Bearer"), "Word before the token in the header Authorization; Bearer without it.")
}
_TOKEN_URL = {
    "token_url": Key(
        Text(r"^(https?://|/|\{\{)", "https://login.acme.com/oauth/token"),
        "Where tokens are given out; a path lies below base_url.",
        required=True,
    )
}
_EXTRA = {"extra": Key(Named(Anything(plain=True)), "Further members of the token call, such as audience.")}
_STYLE = {
    "style": Key(
        Choice(("basic", "body", "json")),
        "Where client_id and client_secret stand: header Authorization, form, or JSON; body without it.",
    )
}
_CLIENT = {
    **_TOKEN_URL,
    **_plain("client_id", "client_id"),
    **_secret("client_secret", "client_secret"),
    **_STYLE,
    **_EXTRA,
    **_SCHEME,
}

AUTH = Variants(
    {
        "none": Record({}),
        "bearer": Record({**_secret("token", "access_token"), **_SCHEME}),
        "basic": Record({**_plain("username", "username"), **_secret("password", "password")}),
        "api_key": Record(
            {
                "header": Key(Text(r"^[A-Za-z0-9-]+$", "X-Api-Key"), "Header that takes the key."),
                "query": Key(Text(example="api_key"), "Query parameter that takes it."),
                **_secret("key", "api_token"),
            },
            one_of=("header", "query"),
        ),
        "client_credentials": Record({**_CLIENT, "scope": Key(Text(example="read"), "What the token may do.")}),
        "refresh_token": Record(
            {
                **_CLIENT,
                **_secret("refresh_token", "refresh_token"),
                "rotates": Key(Flag(), "Each use of a refresh token ends it and gives the next one."),
            }
        ),
        "password": Record({**_CLIENT, **_plain("username", "username"), **_secret("password", "password")}),
        "jwt_bearer": Record(
            {
                **_TOKEN_URL,
                **_plain("issuer", "client_id"),
                **_plain("subject", "username"),
                "audience": Key(
                    Text(example="https://login.acme.com"), "Whom the statement is for; token_url without it."
                ),
                **_secret("private_key", "private_key_secret"),
                "lifetime": Key(Whole(1), "Seconds that a statement is good for; 180 without it."),
                **_EXTRA,
                **_SCHEME,
            }
        ),
    }
)
