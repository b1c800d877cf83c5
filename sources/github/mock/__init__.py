"""A part of GitHub on loopback: two organizations and a user with their repositories."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lakeflow_sources.testing.limits import Limit
from lakeflow_sources.testing.vendor import Mock, Service, Setup

from .calls import Calls
from .caps import caps_of
from .graph import graph_routes
from .owners import APP_ID, INSTALLATION, Owners, owner_routes
from .refusals import refuse
from .rest import rest_routes
from .reviewing import Reviewing
from .truth import Truth
from .world import AMOUNTS, World
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "core_limit": "calls an hour of each token, enforced (5000, told only)",
    "graphql_limit": "points an hour of each token, enforced (5000, told only)",
    "reset_seconds": "how long an hour of these limits is (3600)",
    "large": "true: every numbered repository is as large as the first one (false)",
    "tokens": "static tokens of different users, for a pool (3)",
    "since_exclusive": "true: `since` leaves out its own second",
    "issue_page_cap": "pages of issues by number (100)",
    "page_cap": "pages of lists of people, comments and events (400)",
    "release_page_cap": "pages of releases (100)",
    "run_cap": "workflow runs that a query shows (1000)",
    "pull_commit_cap": "commits that a pull request shows (250)",
    "pull_file_cap": "files that a pull request shows (3000)",
}
_SECONDARY = {"default": (Limit(900, 60.0, per="token", policy="secondary"),)}


@cache
def _key_pair() -> tuple[str, str]:
    """The private key of the app, and the public one that is known here."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _build(setup: Setup) -> Service:
    tokens = setup.tokens
    if "expires_in" not in setup.options:
        tokens.expires_in = 3600.0
    static = [setup.text("access_token") or tokens.make("static")]
    static += [tokens.make(f"static{number}") for number in range(1, int(setup.number("tokens", 3)))]
    for token in static:
        tokens.add_static(token)
    private, public = _key_pair()
    world = World(setup)
    calls = Calls(world)
    caps, owners = caps_of(setup), Owners(world, public)
    reviewing = Reviewing(caps, world.amounts)
    calls.write = Writes(world, calls, caps).write
    truth = Truth(world, reviewing, owners)

    def sign_ins(url: str) -> Mapping[str, Mapping[str, str]]:
        app = {"app_id": APP_ID, "installation_id": INSTALLATION, "private_key_secret": private}
        return {
            "access_token": {"base_url": url, "access_token": static[0]},
            "pool": {"base_url": url, "access_token": ",".join(static)},
            "app": {"base_url": url, **app},
        }

    return Service(
        routes=[*rest_routes(calls, caps, reviewing), *owner_routes(calls, owners), *graph_routes(calls)],
        refuse=refuse,
        sign_ins=sign_ins,
        tables=truth.tables,
        rows=truth.rows,
        write=calls.write,
        limits=_SECONDARY,
    )


MOCK = Mock(
    "github",
    f"GitHub REST and GraphQL API ({', '.join(AMOUNTS)})",
    _build,
    options=_OPTIONS,
    token_prefix="ghs",  # noqa: S106 - the beginning of made-up tokens
)
