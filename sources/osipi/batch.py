"""What hangs below many objects, asked for in batches whose parts are checked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lakeflow_sources import Settings
from lakeflow_sources.http import Client, MissingError, Request, get, post

from .faults import broken
from .lists import SIZE, walk
from .paths import absolute, path

__all__ = ["children", "contents"]

_PARTS = 50
_OK = 200


def contents(client: Client, settings: Settings, requests: Sequence[Request]) -> Iterator[Any]:
    """The content of each of *requests*, in their order; `None` for an object that is gone.

    A part that failed is asked for by itself, with the client's retries and errors.
    """
    for start in range(0, len(requests), _PARTS):
        some = requests[start : start + _PARTS]
        parts = {
            str(place): {"Method": "GET", "Resource": absolute(settings, one.target)} for place, one in enumerate(some)
        }
        response, fault = client.attempt(post(path(settings, "batch")).with_json(**parts))
        answers = response.json() if fault is None else {}
        for place, one in enumerate(some):
            answer = answers.get(str(place)) or {}
            content = answer.get("Content")
            good = answer.get("Status") == _OK and isinstance(content, dict) and not broken(content)
            yield content if good else _alone(client, one)


def _alone(client: Client, request: Request) -> Any:
    try:
        return client.send(request).json()
    except MissingError as error:
        client.note(f"{request.url} is left out, as it is gone: {error.cause}")
        return None


def children(
    client: Client, settings: Settings, parents: Sequence[str], names: tuple[str, str], *, paged: bool = False
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each of *parents* with the items below it: *names* are the collection and what lies below one; *paged* go on."""
    requests = [get(path(settings, names[0], one, names[1])) for one in parents]
    for parent, request, content in zip(parents, requests, contents(client, settings, requests), strict=True):
        if content is None:
            continue
        rows = content["Items"]
        if paged and (len(rows) >= SIZE or (content.get("Links") or {}).get("Next")):
            rows = [one for page in walk(client, request, settings) for one in page]
        yield parent, rows
