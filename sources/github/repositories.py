"""Which repositories and organizations a read is about: the option `repositories`, looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from lakeflow_sources import AccessError, ConfigurationError, Read, Slice
from lakeflow_sources.http import Client, MissingError, Request, get

from .cache import cache_of
from .pages import MOST, ask, failure, skippable, walk
from .walks import Records, steady

__all__ = [
    "Entry",
    "Repository",
    "crowd",
    "entries",
    "entry_records",
    "few",
    "lenient",
    "owners",
    "repositories",
    "repository_path",
    "slice_of",
]

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the option: an owner, and a name that may have wildcards; no owner stands for all one may see."""

    owner: str = ""
    name: str = "*"

    @property
    def single(self) -> bool:
        """Whether it names one repository."""
        return bool(self.owner) and not _WILD & set(self.name)

    def has(self, record: Mapping[str, Any]) -> bool:
        """Whether a repository belongs to it; GitHub's names know no case."""
        owner = record["owner"]["login"].lower()
        return self.owner.lower() in ("", owner) and fnmatchcase(record["name"].lower(), self.name.lower())


@dataclass(frozen=True, slots=True)
class Repository:
    """What the other tables need to know of a repository."""

    owner: str
    name: str
    id: int
    pushed_at: str | None = None
    created_at: str | None = None


def entries(read: Read) -> tuple[Entry, ...]:
    """The items of `repositories`; raises `ConfigurationError` for one that is no `owner/repo`."""
    named = read.settings.names("repositories")
    wrong = [one for one in named if one.count("/") != 1 or one.startswith("/") or one.endswith("/")]
    if wrong:
        raise ConfigurationError(
            f"github: repositories has {', '.join(map(repr, wrong))}",
            "write owner/repo, or owner/* for all of an owner",
        )
    return tuple(Entry(*one.split("/")) for one in named) or (Entry(),)


def lenient(read: Read) -> bool:
    """Whether a repository that cannot be read is left out with a note: not when it is the only one."""
    found = entries(read)
    return len(found) > 1 or not found[0].single


def crowd(read: Read) -> int:
    """How many slices keep all tasks and their threads busy."""
    return (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)


def few(read: Read, found: Sequence[Repository]) -> bool:
    """Whether the repositories alone would leave tasks idle, so that a call each to plan their pages is worth it."""
    return 2 * len(found) <= (read.settings.integer("parallelism") or 1)


def repositories(read: Read, client: Client) -> list[Repository]:
    """All repositories of the read, each once, under the names that they have now."""
    if cache := cache_of(read.settings):
        cache.tidy()
    wanted = entries(read)
    records = (record for entry in wanted for record in entry_records(read, client, entry))
    found = {record["id"]: _repository(record) for record in records}
    if not found and all(entry.single for entry in wanted):
        raise AccessError(
            f"github: none of the repositories {', '.join(f'{one.owner}/{one.name}' for one in wanted)} can be read",
            "check the names, and that the token may see them",
        )
    return list(found.values())


def _repository(record: Mapping[str, Any]) -> Repository:
    owner = record["owner"]["login"]
    return Repository(owner, record["name"], record["id"], record.get("pushed_at"), record.get("created_at"))


def entry_records(read: Read, client: Client, entry: Entry) -> Iterator[Mapping[str, Any]]:
    """GitHub's records of the repositories of *entry*."""
    if entry.single:
        yield from _one(read, client, entry)
        return
    for records in _listing(read, client, entry.owner):
        yield from (one for one in records if entry.has(one))


def _one(read: Read, client: Client, entry: Entry) -> Iterator[Mapping[str, Any]]:
    asked = f"{entry.owner}/{entry.name}"
    response, fault = ask(read, client, get(f"/repos/{asked}"))
    if fault is None:
        record = response.json()
        if record["full_name"].lower() != asked.lower():
            client.note(f"{asked} is {record['full_name']} now: write that in `repositories`")
        yield record
    elif skippable(fault, lenient=lenient(read)):
        client.note(f"nothing is read of {asked}: {fault.message}")
    else:
        raise failure(response, fault)


def _listing(read: Read, client: Client, owner: str) -> Iterator[Records]:
    """The pages of the list that has the repositories of *owner*, or all that the credentials may see."""
    several = len(entries(read)) > 1
    app = "app_id" in read.settings.credentials
    if owner:
        begun = False
        try:
            pages = walk(read, client, _list(f"/orgs/{owner}/repos", type="all"), lenient=False)
            for records in steady(client, pages):
                begun = True
                yield records
        except MissingError:  # a user, most likely
            if begun:
                raise
        else:
            return
    if app:
        first = get("/installation/repositories", per_page=MOST)
    elif not owner:
        first = _list("/user/repos")
    elif _is_self(read, client, owner):  # the list of a user has the public ones only
        first = _list("/user/repos", affiliation="owner")
    else:
        first = _list(f"/users/{owner}/repos", type="owner")
    yield from steady(client, walk(read, client, first, lenient=several))


def _list(path: str, **params: object) -> Request:
    """By the time of creation: new ones come at the end."""
    return get(path, per_page=MOST).with_params(sort="created", direction="asc", **params)


def _is_self(read: Read, client: Client, owner: str) -> bool:
    response, fault = ask(read, client, get("/user"))
    return fault is None and str(response.json().get("login", "")).lower() == owner.lower()


def owners(read: Read, client: Client) -> list[str]:
    """The owners of the repositories of the read, each once."""
    wanted = entries(read)
    named = [entry.owner for entry in wanted] if wanted[0].owner else [one.owner for one in repositories(read, client)]
    found: dict[str, str] = {}
    for owner in named:
        found.setdefault(owner.lower(), owner)
    return list(found.values())


def slice_of(one: Repository, **values: Any) -> Slice:
    """A slice of one repository: names what its columns and addresses need."""
    weight = values.pop("weight", 1.0)
    return Slice({"owner": one.owner, "repo": one.name, "repository_id": one.id, **values}, weight=weight)


def repository_path(piece: Slice, *rest: object) -> str:
    """The address of something below the repository of a slice."""
    return "/".join((f"/repos/{piece['owner']}/{piece['repo']}", *map(str, rest)))
