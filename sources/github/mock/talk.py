"""What is said and done about issues and pull requests: comments, events, reviews, timelines."""

from __future__ import annotations

from .people import API, full_name, node, reactions, user
from .repository import Record, Repository, Times, second
from .tracker import ROLES, sha_of

__all__ = ["add_comment", "add_event", "add_review", "add_review_comment", "fill_talk", "timeline"]

_STATES = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "PENDING")
_EVENTS = ("labeled", "assigned", "closed", "reopened", "renamed", "milestoned", "referenced", "review_requested")


def fill_talk(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    """Everything below issues."""
    issues = repository.of("issues")
    for index in range(amounts["comments"] if issues else 0):
        created = times.rising("comment", index, amounts["comments"])
        issue = issues[repository.key("comment", index) % len(issues)]
        add_comment(repository, issue, created, times.changed("comment", index, created))
    for index in range(amounts["events"] if issues else 0):
        created = times.rising("event", index, amounts["events"])
        add_event(repository, issues[repository.key("event", index) % len(issues)], created)
    pulls = repository.of("pulls")
    for place, pull in enumerate(pulls):
        for index in range(repository.key("reviews", place) % 4):
            add_review(repository, pull, times.until - 5_000_000 + index * 1000)
    for index in range(amounts["review_comments"] if pulls else 0):
        created = times.rising("review comment", index, amounts["review_comments"])
        pull = pulls[repository.key("review comment", index) % len(pulls)]
        add_review_comment(repository, pull, created, times.changed("review comment", index, created))


def add_comment(repository: Repository, issue: Record, created: int, changed: int) -> Record:
    """A comment on an issue or on the conversation of a pull request."""
    number = repository.new_id()
    api = f"{repository.api}/issues/comments/{number}"
    key = repository.key("comment", number)
    comment = {
        "id": number,
        "node_id": node("IC", number),
        "url": api,
        "html_url": f"{issue['html_url']}#issuecomment-{number}",
        "body": repository.text("comment", number),
        "user": None if key % 31 == 0 else user(key % 8),
        "created_at": second(created),
        "updated_at": second(changed),
        "issue_url": issue["url"],
        "author_association": ROLES[key % len(ROLES)],
        "performed_via_github_app": None,
        "reactions": reactions(api, key),
    }
    if key % 23 == 0:
        comment["minimized"] = {"reason": "off-topic"}
    repository.of("comments").append(comment)
    issue["comments"] += 1
    return comment


def add_event(repository: Repository, issue: Record, created: int) -> Record:
    """Something that was done to an issue."""
    number = repository.new_id()
    key = repository.key("event", number)
    kind = _EVENTS[key % len(_EVENTS)]
    event: Record = {
        "id": number,
        "node_id": node("EV", number),
        "url": f"{repository.api}/issues/events/{number}",
        "actor": None if key % 37 == 0 else user(key % 7),
        "event": kind,
        "commit_id": sha_of(number) if kind == "referenced" else None,
        "commit_url": f"{repository.api}/commits/{sha_of(number)}" if kind == "referenced" else None,
        "created_at": second(created),
        "performed_via_github_app": None,
        **_of_kind(repository, kind, key),
    }
    repository.under("events", issue["number"]).append(event)
    repository.of("events").append({**event, "issue": issue})
    return event


def _of_kind(repository: Repository, kind: str, key: int) -> Record:
    match kind:
        case "labeled":
            return {"label": {"name": "bug", "color": "d73a4a"}}
        case "assigned":
            return {"assignee": user(key % 5), "assigner": user(key % 3)}
        case "renamed":
            return {"rename": {"from": repository.text("from", key), "to": repository.text("to", key)}}
        case "milestoned":
            return {"milestone": {"title": "v1.0"}}
        case "review_requested":
            return {"review_requester": user(0), "requested_reviewer": user(key % 5)}
        case _:
            return {}


def add_review(repository: Repository, pull: Record, at: int) -> Record:
    """A review; one that was not submitted yet has no time."""
    number = repository.new_id()
    state = _STATES[repository.key("review", number) % len(_STATES)]
    review = {
        "id": number,
        "node_id": node("PRR", number),
        "user": user(number % 9),
        "body": repository.text("review", number),
        "state": state,
        "html_url": f"{pull['html_url']}#pullrequestreview-{number}",
        "pull_request_url": pull["url"],
        "author_association": "MEMBER",
        "_links": {"html": {"href": pull["html_url"]}, "pull_request": {"href": pull["url"]}},
        "commit_id": pull["head"]["sha"],
        **({} if state == "PENDING" else {"submitted_at": second(at)}),
    }
    repository.under("reviews", pull["number"]).append(review)
    return review


def add_review_comment(repository: Repository, pull: Record, created: int, changed: int) -> Record:
    """A comment on a line of code."""
    number = repository.new_id()
    api = f"{repository.api}/pulls/comments/{number}"
    key = repository.key("review comment", number)
    comment = {
        "url": api,
        "pull_request_review_id": None if key % 6 == 0 else number + 1,
        "id": number,
        "node_id": node("PRRC", number),
        "diff_hunk": "@@ -16,33 +16,40 @@ public class Connection {",
        "path": f"src/ünï {key % 5}.py",
        "position": None if key % 4 == 0 else key % 90,
        "original_position": key % 80,
        "commit_id": sha_of(number, "commit"),
        "original_commit_id": sha_of(number, "original"),
        "user": user(key % 8),
        "body": repository.text("review comment", number),
        "created_at": second(created),
        "updated_at": second(changed),
        "html_url": f"{pull['html_url']}#discussion_r{number}",
        "pull_request_url": pull["url"],
        "author_association": "NONE",
        "_links": {name: {"href": api} for name in ("self", "html", "pull_request")},
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": None if key % 4 == 0 else key % 300,
        "original_line": key % 300,
        "side": "RIGHT",
        "subject_type": "line",
        "reactions": reactions(api, key),
    }
    if key % 3 == 0:
        comment["in_reply_to_id"] = number - 1
    repository.of("review_comments").append(comment)
    return comment


def timeline(repository: Repository, issue: Record) -> list[Record]:
    """What happened to an issue, each kind in its own shape: a commit has a hash, a reference nothing of its own."""
    number, key = issue["number"], repository.key("timeline", issue["number"])
    found: list[Record] = [
        {**comment, "event": "commented", "actor": comment["user"]}
        for comment in repository.of("comments")
        if comment["issue_url"] == issue["url"]
    ]
    found += repository.under("events", number)
    if "pull_request" in issue:
        pull = next(one for one in repository.of("pulls") if one["number"] == number)
        found += [{**review, "event": "reviewed"} for review in repository.under("reviews", number)]
        found.append(_committed(repository, pull, key))
    if key % 2:
        found.append(
            {
                "actor": user(key % 5),
                "created_at": issue["created_at"],
                "updated_at": issue["created_at"],
                "source": {"type": "issue", "issue": {**issue, "repository": repository.record}},
                "event": "cross-referenced",
            }
        )
    return found


def _committed(repository: Repository, pull: Record, key: int) -> Record:
    person = {"name": full_name(key), "email": "dev@example.com", "date": pull["created_at"]}
    return {
        "sha": pull["head"]["sha"],
        "node_id": node("C", key),
        "url": f"{repository.api}/git/commits/{pull['head']['sha']}",
        "html_url": f"{repository.web}/commit/{pull['head']['sha']}",
        "author": person,
        "committer": person,
        "tree": {"sha": sha_of(key), "url": f"{API}/trees"},
        "message": repository.text("committed", key),
        "parents": [],
        "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
        "event": "committed",
    }
