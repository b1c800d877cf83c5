"""Labels, milestones, issues and pull requests."""

from __future__ import annotations

import hashlib

from .people import APP, node, reactions, team, user
from .repository import Record, Repository, Times, second

__all__ = ["ROLES", "add_issue", "fill_tracker", "sha_of"]

_COLORS = ("d73a4a", "0075ca", "a2eeef", "ffffff")
ROLES = ("OWNER", "MEMBER", "CONTRIBUTOR", "NONE")
_PULL_EVERY = 3


def sha_of(*parts: object) -> str:
    """A made-up commit hash."""
    return hashlib.sha1("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def fill_tracker(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    """Issues, and what they are sorted by."""
    for number in range(min(10, 2 + amounts["issues"] // 8)):
        repository.of("labels").append(_label(repository, number))
    for number in range(1, min(7, 2 + amounts["issues"] // 15)):
        repository.of("milestones").append(_milestone(repository, times, number))
    for index in range(amounts["issues"]):
        created = times.rising("issue", index, amounts["issues"])
        add_issue(repository, created, times.changed("issue", index, created), pull=index % _PULL_EVERY == 2)


def _label(repository: Repository, number: int) -> Record:
    name = ("bug", "good first issue", "ünï/code", "type: a,b")[number % 4] + (f" {number}" if number > 3 else "")
    return {
        "id": repository.new_id(),
        "node_id": node("LA", repository.id * 100 + number),
        "url": f"{repository.api}/labels/{number}",
        "name": name,
        "description": None if number % 2 else repository.text("label", number),
        "color": _COLORS[number % len(_COLORS)],
        "default": number == 0,
    }


def _milestone(repository: Repository, times: Times, number: int) -> Record:
    created = times.rising("milestone", number, 10)
    closed = number % 2 == 0
    return {
        "url": f"{repository.api}/milestones/{number}",
        "html_url": f"{repository.web}/milestone/{number}",
        "labels_url": f"{repository.api}/milestones/{number}/labels",
        "id": repository.new_id(),
        "node_id": node("MI", repository.id * 100 + number),
        "number": number,
        "state": "closed" if closed else "open",
        "title": f"v{number}.0 {repository.text('milestone', number)[:20]}",
        "description": None if closed else "",
        "creator": user(number),
        "open_issues": number,
        "closed_issues": 0,
        "created_at": second(created),
        "updated_at": second(created + 1000),
        "closed_at": second(created + 5000) if closed else None,
        "due_on": second(created + 86_400_000) if number % 3 else None,
    }


def add_issue(repository: Repository, created: int, changed: int, *, pull: bool) -> Record:
    """An issue, or a pull request, which is one as well."""
    number = len(repository.of("issues")) + len(repository.of("deleted")) + 1
    key = repository.key("issue", number)
    api = f"{repository.api}/issues/{number}"
    closed = key % 4 == 0
    people = [user(key % 11), user(key % 13)][: key % 3]
    labels = repository.of("labels")
    milestones = repository.of("milestones")
    issue: Record = {
        "id": repository.new_id(),
        "node_id": node("I", repository.id * 10_000 + number),
        "url": api,
        "repository_url": repository.api,
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": f"{repository.web}/{'pull' if pull else 'issues'}/{number}",
        "number": number,
        "state": "closed" if closed else "open",
        "state_reason": "completed" if closed and not pull else None,
        "title": repository.text("title", number),
        "body": None if key % 7 == 0 else repository.text("body", number),
        "user": None if key % 29 == 0 else user(key % 9),
        "labels": [labels[(key + index) % len(labels)] for index in range(key % 3)] if labels else [],
        "assignee": people[0] if people else None,
        "assignees": people,
        "milestone": milestones[key % len(milestones)] if milestones and key % 5 == 0 else None,
        "locked": key % 17 == 0,
        "active_lock_reason": "spam" if key % 17 == 0 else None,
        "comments": 0,
        "closed_at": second(changed) if closed else None,
        "created_at": second(created),
        "updated_at": second(changed),
        "closed_by": user(key % 4) if closed else None,
        "timeline_url": f"{api}/timeline",
        "type": None if pull or key % 3 else _issue_type(),
        "performed_via_github_app": APP if key % 19 == 0 else None,
        "author_association": ROLES[key % len(ROLES)],
        "reactions": reactions(api, key),
        "sub_issues_summary": {"total": key % 3, "completed": 0, "percent_completed": 0},
        "issue_dependencies_summary": {"blocked_by": 0, "blocking": 0, "total_blocked_by": 0, "total_blocking": 0},
    }
    if pull:
        merged = second(changed) if closed and key % 8 == 0 else None
        issue["draft"] = key % 6 == 0
        issue["pull_request"] = {
            "url": f"{repository.api}/pulls/{number}",
            "html_url": issue["html_url"],
            "diff_url": f"{issue['html_url']}.diff",
            "patch_url": f"{issue['html_url']}.patch",
            "merged_at": merged,
        }
        repository.of("pulls").append(_pull(repository, issue, key))
    repository.of("issues").append(issue)
    return issue


def _issue_type() -> Record:
    return {
        "id": 410,
        "node_id": "IT_410",
        "name": "Task",
        "description": "A specific piece of work",
        "color": "yellow",
        "created_at": "2023-01-25T18:44:37Z",
        "updated_at": "2023-01-26T10:47:34Z",
        "is_enabled": True,
    }


def _pull(repository: Repository, issue: Record, key: int) -> Record:
    number = issue["number"]
    api = f"{repository.api}/pulls/{number}"
    same = ("number", "state", "locked", "title", "user", "body", "milestone", "active_lock_reason", "assignee")
    later = ("assignees", "created_at", "updated_at", "closed_at", "draft", "author_association", "html_url")
    return {
        "url": api,
        "id": repository.new_id(),
        "node_id": node("PR", repository.id * 10_000 + number),
        **{name: issue[name] for name in (*same, *later)},
        "diff_url": issue["pull_request"]["diff_url"],
        "patch_url": issue["pull_request"]["patch_url"],
        "issue_url": issue["url"],
        "commits_url": f"{api}/commits",
        "review_comments_url": f"{api}/comments",
        "review_comment_url": f"{repository.api}/pulls/comments{{/number}}",
        "comments_url": f"{issue['url']}/comments",
        "statuses_url": f"{repository.api}/statuses/{sha_of(api)}",
        "labels": [{**label, "description": label["description"] or ""} for label in issue["labels"]],
        "merged_at": issue["pull_request"]["merged_at"],
        "merge_commit_sha": sha_of(api, "merge") if key % 2 else None,
        "requested_reviewers": [user(key % 6)] if key % 4 == 1 else [],
        "requested_teams": [{**team(1, repository.owner), "parent": None}] if key % 5 == 1 else [],
        "head": _end(repository, f"feature-{number}", sha_of(api, "head"), gone=key % 9 == 0),
        "base": _end(repository, "main", sha_of(api, "base"), gone=False),
        "_links": {name: {"href": api} for name in _PULL_LINKS},
        "auto_merge": None,
    }


_PULL_LINKS = (
    "self", "html", "issue", "comments", "review_comments", "review_comment", "commits", "statuses",
)  # fmt: skip


def _end(repository: Repository, branch: str, sha: str, *, gone: bool) -> Record:
    """One end of a pull request; the fork that it comes from may be gone."""
    return {
        "label": f"{repository.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": None if gone else user(1),
        "repo": None if gone else repository.record,
    }
