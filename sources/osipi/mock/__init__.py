"""A PI Web API on loopback, with a Databricks token endpoint beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.grants import token_endpoint
from lakeflow_sources.testing.limits import Limit
from lakeflow_sources.testing.vendor import Mock, Route, Service, Setup, bearer_options

from .catalogue import Catalogue
from .endpoints import batch_route, routes
from .frames import Frames
from .plant import Plant
from .refusals import refuse
from .streams import Manners, Streams
from .truth import Truth
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "days": "days of history before now (2)",
    "gap_seconds": "seconds between two events of every tag; by tag without it, from 20 s to 6 h",
    "busy": "so many tags have an event every 2 s (0)",
    "sharing": "what maxCount of a set means: per_stream, shared or in_turn (per_stream)",
    "max_returned": "most items of one call, MaxReturnedItemsPerCall (150000)",
    "counts": "false: a server that does not count events",
    "indented": "true: answers with the white space that people like",
    "omits_empty": "true: sets leave out streams without events",
    "coarse": "true: events are found by whole milliseconds, from the one that startTime lies in",
    "lacks": "resources that this server does not have, such as plot, as a comma list",
    "username": "user that is accepted (PLANT\\lakeflow)",
    "password": "that user's password",
}
_LIMITS = {"default": (Limit(1000, 1.0),)}
_SHARING = ("per_stream", "shared", "in_turn")


def _build(setup: Setup) -> Service:
    sharing = setup.text("sharing", "per_stream")
    if sharing not in _SHARING:
        raise ConfigurationError(f"The mock option sharing is {sharing!r}", f"write one of {', '.join(_SHARING)}")
    most = round(setup.number("max_returned", 150_000))
    plant = Plant(setup)
    streams = Streams(plant, sharing, most, Manners.of(setup))
    catalogue, frames = Catalogue(plant, most), Frames(plant, setup.records.get("event_frames", 40))
    lacking = tuple(f"/{name}" for name in setup.text("lacks").split(",") if name)
    every = [*streams.endpoints(), *catalogue.endpoints(), *frames.endpoints()]
    endpoints = [one for one in every if not one.path.endswith(lacking)]
    truth = Truth(plant, catalogue, frames)
    ways = _sign_ins(setup)
    return Service(
        routes=[
            *routes(endpoints, indented=setup.flag("indented")),
            batch_route(endpoints),
            Route(
                "POST", "/oidc/v1/token", token_endpoint(setup.tokens, ("client_credentials",)), "sign_in", signed=False
            ),
        ],
        refuse=refuse,
        sign_ins=lambda url: {way: _placed(way, url, values) for way, values in ways.items()},
        tables=truth.tables,
        rows=truth.rows,
        write=Writes(plant, streams, frames),
        limits=_LIMITS,
        tamper=_tamper,
    )


def _sign_ins(setup: Setup) -> Mapping[str, Mapping[str, str]]:
    usual = bearer_options(setup)
    client = {name: usual["refresh_token"][name] for name in ("client_id", "client_secret")}
    name, password = setup.text("username", "PLANT\\lakeflow"), setup.text("password") or setup.tokens.make("password")
    setup.tokens.add_user(name, password)
    return {
        "access_token": usual["access_token"],
        "service_principal": client,
        "basic": {"username": name, "password": password},
    }


def _placed(way: str, url: str, values: Mapping[str, str]) -> dict[str, str]:
    workspace = {"workspace_host": url} if way == "service_principal" else {}
    return {"base_url": url, **workspace, **values}


def _tamper(kind: str, request: web.Request, answer: Any) -> Any:
    """One more page for ever: a full page of what was there already."""
    if kind != "endless_pages" or not isinstance(answer, dict):
        return answer
    del request
    return {**answer, "Links": {**answer.get("Links", {}), "Next": "https://pi.example/again"}}


MOCK = Mock("osipi", "PI Web API", _build, _OPTIONS, token_prefix="pi")  # noqa: S106 - made-up tokens
