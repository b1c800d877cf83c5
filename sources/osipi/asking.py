"""Sets of streams asked for together, and what to do when one of them spoils the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from lakeflow_sources import TransientError, VendorError
from lakeflow_sources.http import Client, Request, Response, get

from .faults import limit_of, unknown_resource
from .streams import Stream

__all__ = ["LimitError", "ask", "check_absent", "ids", "left_alone"]

_HALVINGS = 3  # for a server that cannot take so many streams at once; more would only make an outage longer
_SPLIT = frozenset({400, 403, 404, 409, 501})
_LEFT_OUT = frozenset({404, 409, 501})


class LimitError(Exception):
    """The server returns at most *most* items of one call."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(most)


def ids(streams: Iterable[Stream]) -> list[str]:
    """Their WebIDs."""
    return [one.webid for one in streams]


def ask(
    client: Client, streams: Sequence[Stream], request: Callable[[Sequence[Stream]], Request], halvings: int = _HALVINGS
) -> Iterator[tuple[Sequence[Stream], Response]]:
    """Good answers to *request*, for all *streams* or for parts of them.

    A stream that is gone or has no values of this kind is left out with a note; one that must not be read is an error.
    """
    call = request(streams)
    try:
        response, fault = client.attempt(call)
    except TransientError:
        if len(streams) == 1 or not halvings:
            raise
        yield from _halves(client, streams, request, halvings - 1)
        return
    limit = limit_of(response) if fault is not None else None
    if limit is not None:
        raise LimitError(limit)
    if fault is None:
        yield streams, response
    elif response.status in _SPLIT and len(streams) > 1 and not unknown_resource(response):
        yield from _halves(client, streams, request, halvings)
    elif response.status in _LEFT_OUT and not unknown_resource(response):
        client.note(f"stream {streams[0].name} is left out: {response.status} {fault.message}")
    else:
        client.send(call)  # raises what is wrong


def _halves(
    client: Client, streams: Sequence[Stream], request: Callable[[Sequence[Stream]], Request], halvings: int
) -> Iterator[tuple[Sequence[Stream], Response]]:
    middle = len(streams) // 2
    yield from ask(client, streams[:middle], request, halvings)
    yield from ask(client, streams[middle:], request, halvings)


def left_alone(client: Client, streams: Sequence[Stream], found: Iterable[str], single: str) -> Iterator[Stream]:
    """Those of *streams* that a set left out although they can be read by themselves, at *single* with their WebID.

    A set leaves out what may not be read, without a word: that is raised, and what is gone is noted.
    """
    there = set(found)
    for one in streams:
        if one.webid in there:
            continue
        response, fault = client.attempt(get(single.format(one.webid), maxCount=1))
        if fault is None:
            yield one
        elif response.status in _LEFT_OUT and not unknown_resource(response):
            client.note(f"stream {one.name} is left out: {response.status} {fault.message}")
        else:
            client.send(get(single.format(one.webid), maxCount=1))  # raises what is wrong


def check_absent(client: Client, streams: Sequence[Stream], found: Iterable[str], single: str) -> None:
    """The same where a set must hold every stream that can be read."""
    for one in left_alone(client, streams, found, single):
        raise VendorError(
            f"A set of streams came without {one.name}, which can be read by itself",
            "read again; if it stays, read the stream apart from the others by the option webids",
        )
