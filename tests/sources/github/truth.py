"""What a correct read of the mock gives, worked out without the code under test."""

import json
from datetime import UTC, datetime

import pyarrow as pa


class Json:
    """A value that must arrive as JSON text, also where it is a text itself."""

    def __init__(self, value):
        self.value = value


def same(cell, raw, kind):
    """Whether *cell* is what *raw* must become in a column of this Arrow type."""
    if isinstance(raw, Json):
        return json.loads(cell) == raw.value
    if raw is None:
        return cell is None
    if pa.types.is_string(kind):
        return cell == raw if isinstance(raw, str) else cell is not None and json.loads(cell) == raw
    if pa.types.is_list(kind):
        alike = isinstance(cell, list) and len(cell) == len(raw)
        return alike and all(same(one, two, kind.value_type) for one, two in zip(cell, raw, strict=True))
    if pa.types.is_struct(kind):
        return cell is not None and all(same(cell[one.name], raw.get(one.name), one.type) for one in kind)
    if pa.types.is_timestamp(kind):
        return cell == datetime.fromisoformat(raw).astimezone(UTC)
    assert pa.types.is_boolean(kind) or pa.types.is_int64(kind), kind
    return cell == raw and type(cell) is type(raw)


def dig(raw, *path):
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def tail(field):
    return lambda raw: int(raw[field].rpartition("/")[2])


def at(*path):
    return lambda raw: dig(raw, *path)


def graphql_user(field):
    def found(raw):
        one = raw[field]
        return one and {
            "login": one["login"],
            "id": one["databaseId"],
            "node_id": one["id"],
            "type": one["__typename"],
            "site_admin": one["isSiteAdmin"],
        }

    return found


COMMIT = {
    "message": at("commit", "message"),
    "author": lambda raw: raw["author"] or None,
    "author_name": at("commit", "author", "name"),
    "author_email": at("commit", "author", "email"),
    "authored_at": at("commit", "author", "date"),
    "committer_name": at("commit", "committer", "name"),
    "committer_email": at("commit", "committer", "email"),
    "committed_at": at("commit", "committer", "date"),
    "tree_sha": at("commit", "tree", "sha"),
    "comment_count": at("commit", "comment_count"),
    "verified": at("commit", "verification", "verified"),
    "verification_reason": at("commit", "verification", "reason"),
    "verified_at": at("commit", "verification", "verified_at"),
}
RUN = {
    "head_commit_message": at("head_commit", "message"),
    "head_commit_at": at("head_commit", "timestamp"),
    "head_repository_id": at("head_repository", "id"),
    "head_repository": at("head_repository", "full_name"),
}
CASES = {
    name: "".join(part.capitalize() if place else part for place, part in enumerate(name.split("_")))
    for name in (
        "created_at",
        "updated_at",
        "closed_at",
        "short_description",
        "author_association",
        "state_reason",
        "active_lock_reason",
        "is_answered",
        "answer_chosen_at",
    )
}
GRAPHQL = {name: at(raw) for name, raw in CASES.items()} | {"html_url": at("url")}
SHAPES = {
    "issues": {"is_pull_request": lambda raw: "pull_request" in raw, "merged_at": at("pull_request", "merged_at")},
    "issue_comments": {"issue_number": tail("issue_url"), "minimized_reason": at("minimized", "reason")},
    "review_comments": {"pull_request_number": tail("pull_request_url")},
    "issue_events": {
        "issue_id": at("issue", "id"),
        "issue_number": at("issue", "number"),
        "milestone_title": at("milestone", "title"),
    },
    "issue_timeline": {
        "event_key": lambda raw: (
            raw.get("node_id") or f"cross-referenced:{raw['source']['issue']['id']}:{raw['created_at']}"
        ),
        "actor": lambda raw: raw.get("actor") or raw.get("user"),
        "created_at": lambda raw: raw.get("created_at") or raw.get("submitted_at") or dig(raw, "committer", "date"),
        "milestone_title": at("milestone", "title"),
        "source_issue_number": at("source", "issue", "number"),
        "source_repository": at("source", "issue", "repository", "full_name"),
        "payload": lambda raw: {name: value for name, value in raw.items() if name != "_at"},
    },
    "commits": COMMIT,
    "pull_request_commits": COMMIT,
    "branches": {"commit_sha": at("commit", "sha")},
    "tags": {"commit_sha": at("commit", "sha")},
    "repositories": {
        "parent_full_name": at("parent", "full_name"),
        "source_full_name": at("source", "full_name"),
        "template_full_name": at("template_repository", "full_name"),
    },
    "contributors": {"contributor": lambda raw: raw.get("login") or raw["email"]},
    "stargazers": {
        name: at("user", name) for name in ("id", "login", "node_id", "type", "site_admin", "avatar_url", "html_url")
    },
    "workflow_runs": RUN,
    "workflow_run_attempts": RUN,
    "deployments": {"payload": lambda raw: Json(raw["payload"])},
    "discussions": GRAPHQL
    | {
        "id": at("databaseId"),
        "node_id": at("id"),
        "author": graphql_user("author"),
        "answer_chosen_by": graphql_user("answerChosenBy"),
        "answer_id": at("answer", "id"),
        "comments": at("comments", "totalCount"),
        "upvotes": at("upvoteCount"),
        "labels": at("labels", "nodes"),
        "reactions": lambda raw: {"thumbs_up": raw["reactionGroups"][0]["reactors"]["totalCount"]},
    },
    "projects_v2": GRAPHQL | {"creator": graphql_user("creator"), "items": at("items", "totalCount")},
}


def value(table, column, raw):
    """What *column* of *table* must show of *raw*."""
    shape = SHAPES.get(table, {})
    if column in shape:
        return shape[column](raw)
    places = raw.get("_at", {})
    return places[column] if column in places else raw.get(column)


def check(table, got, expected, key):
    """Every row of the Arrow table *got* is one of *expected*, each of them once."""
    raw = {tuple(value(table, one, row) for one in key): row for row in expected}
    assert len(raw) == len(expected)
    found = {}
    for row in got.to_pylist():
        name = tuple(row[one] for one in key)
        assert name not in found, f"{name} came twice"
        found[name] = row
    assert found.keys() == raw.keys(), (len(found), len(raw), sorted(map(str, found.keys() ^ raw.keys()))[:5])
    for name, row in found.items():
        for field in got.schema:
            expect = value(table, field.name, raw[name])
            assert same(row[field.name], expect, field.type), (
                f"{table} {name}.{field.name}: {row[field.name]!r} is not {expect!r}"
            )
