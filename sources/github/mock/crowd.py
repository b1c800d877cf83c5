"""Who takes part in a repository, its public events, and its discussions."""

from __future__ import annotations

from .people import API, WEB, full_name, node, user
from .repository import Record, Repository, Times, second

__all__ = ["add_discussion", "add_public_event", "add_star", "fill_crowd", "graphql_user"]

_KINDS = ("PushEvent", "IssuesEvent", "WatchEvent")
_RIGHTS = {"pull": True, "triage": True, "push": True, "maintain": False, "admin": False}


def fill_crowd(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    """Everything around people."""
    for index in range(amounts["stargazers"]):
        add_star(repository, index, times.rising("star", index, amounts["stargazers"]))
    repository.of("watchers").extend(user(20 + index) for index in range(amounts["watchers"]))
    people = max(2, amounts["watchers"] // 4)
    repository.of("assignees").extend(user(index) for index in range(people))
    repository.of("collaborators").extend(
        {
            **user(index),
            "permissions": {**_RIGHTS, "admin": index == 0},
            "role_name": "admin" if index == 0 else "write",
        }
        for index in range(people)
    )
    for index in range(people):
        repository.of("contributors").append({**user(index), "contributions": 1000 - index})
    repository.of("contributors").append(
        {"email": "ghost@example.com", "name": "O'Brien", "type": "Anonymous", "contributions": 3}
    )
    for index in range(amounts["public_events"]):
        add_public_event(repository, times.until - 1000 - (amounts["public_events"] - index) * 3_000_000)
    for index in range(amounts["discussions"]):
        created = times.rising("discussion", index, amounts["discussions"])
        add_discussion(repository, created, times.changed("discussion", index, created))


def add_star(repository: Repository, number: int, at: int) -> Record:
    """Somebody likes it."""
    star = {"starred_at": second(at), "user": user(number)}
    repository.of("stargazers").append(star)
    return star


def add_public_event(repository: Repository, at: int) -> Record:
    """An entry of the public feed, whose id is a text."""
    number = repository.new_id()
    person = user(number % 5)
    short = {"id": person["id"], "login": person["login"], "gravatar_id": "", "url": person["url"]}
    event: Record = {
        "id": str(20_000_000_000 + number),
        "type": _KINDS[number % 3],
        "actor": {**short, "display_login": person["login"], "avatar_url": person["avatar_url"]},
        "repo": {"id": repository.id, "name": f"{repository.owner}/{repository.name}", "url": repository.api},
        "payload": {"action": "started", "text": repository.text("payload", number), "n": None},
        "public": True,
        "created_at": second(at),
    }
    if number % 2:
        event["org"] = {"id": 9001, "login": "octo-labs", "gravatar_id": "", "url": API, "avatar_url": WEB}
    repository.of("public_events").append(event)
    return event


def graphql_user(number: int | None) -> Record | None:
    """A user as the GraphQL API knows it."""
    if number is None:
        return None
    short = user(number)
    return {
        "__typename": short["type"],
        "login": short["login"],
        "id": short["node_id"],
        "databaseId": short["id"],
        "isSiteAdmin": short["site_admin"],
        "avatarUrl": short["avatar_url"],
        "url": short["html_url"],
        "name": full_name(number),
    }


def add_discussion(repository: Repository, created: int, changed: int) -> Record:
    """A discussion in the shape of the GraphQL API."""
    number = len(repository.of("discussions")) + 1
    database = repository.new_id()
    key = repository.key("discussion", number)
    answered = key % 4 == 0
    discussion = {
        "__typename": "Discussion",
        "id": node("D", database),
        "databaseId": database,
        "number": number,
        "title": repository.text("discussion", number),
        "body": repository.text("talk", number),
        "url": f"{repository.web}/discussions/{number}",
        "createdAt": second(created),
        "updatedAt": second(changed),
        "closed": answered,
        "closedAt": second(changed) if answered else None,
        "stateReason": "RESOLVED" if answered else None,
        "locked": False,
        "activeLockReason": None,
        "isAnswered": answered,
        "answerChosenAt": second(changed) if answered else None,
        "answer": {"id": node("DC", database)} if answered else None,
        "answerChosenBy": graphql_user(key % 5) if answered else None,
        "author": None if key % 9 == 0 else graphql_user(key % 8),
        "authorAssociation": "NONE",
        "upvoteCount": key % 50,
        "category": {"id": f"DIC_{key % 3}", "name": "Q&A ünï", "slug": "q-a", "isAnswerable": True},
        "comments": {"totalCount": key % 6},
        "labels": {"nodes": [{"id": "LA_1", "name": "bug", "color": "d73a4a", "description": None}][: key % 2]},
        "reactionGroups": [{"content": "THUMBS_UP", "reactors": {"totalCount": key % 4}}],
    }
    repository.of("discussions").append(discussion)
    return discussion
