"""A made-up repository: its own record, and the lists of everything that lies in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import TEXTS, number_of

from .people import API, WEB, node, user

__all__ = ["Record", "Repository", "Times", "describe", "details", "second"]

Record = dict[str, Any]
_SPAN = 2 * 365 * 86_400


def second(moment: int) -> str:
    """Milliseconds as GitHub writes times: the part of a second is cut off."""
    return iso(moment // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class Times:
    """Made-up times within the two years before *until* (in milliseconds)."""

    seed: int
    until: int

    def rising(self, purpose: str, index: int, total: int) -> int:
        """The time of creation of the *index*th of *total* things, each one later than the one before."""
        step = _SPAN * 1000 // max(total, 1)
        back = (total - index) * step - number_of(self.seed, purpose, index) % max(step * 3 // 4, 1)
        return self.until - 1000 - back // 1000 * 1000

    def changed(self, purpose: str, index: int, created: int) -> int:
        """When it changed last; three of ten share that second with their neighbours."""
        shared = index - index % 10 + 2 if index % 10 < 3 else index
        if shared != index:
            return max(created, self.until - 1000 - number_of(self.seed, purpose, shared) % 20_000_000 // 1000 * 1000)
        left = max(self.until - 1000 - created, 1)
        if index % 10 == 2:
            return max(created, self.until - 1000 - number_of(self.seed, purpose, shared) % 20_000_000 // 1000 * 1000)
        return created + number_of(self.seed, purpose, index, "changed") % left // 1000 * 1000


@dataclass
class Repository:
    """*lists* holds the records of each kind in the order of their creation; *below* those under a parent's number."""

    id: int
    owner: str
    name: str
    seed: int
    record: Record = field(default_factory=dict)
    lists: dict[str, list[Record]] = field(default_factory=dict)
    below: dict[str, dict[int, list[Record]]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    """Areas below it that the token may not read; `*` for all."""
    sizes: dict[tuple[int, str], int] = field(default_factory=dict)
    """How many commits or files a pull request has, where a test wants many."""
    hidden: bool = False
    blocked: bool = False
    issues_enabled: bool = True
    discussions_enabled: bool = True
    serial: Iterator[int] = field(default_factory=lambda: count(1))
    fill: Callable[[Repository], None] | None = None
    """Makes what lies in it when somebody first looks."""

    @property
    def api(self) -> str:
        """Address below which everything of it lies."""
        return f"{API}/repos/{self.owner}/{self.name}"

    @property
    def web(self) -> str:
        """Its page."""
        return f"{WEB}/{self.owner}/{self.name}"

    def key(self, *parts: object) -> int:
        """A made-up number that depends on *parts* only."""
        return number_of(self.seed, self.id, *parts)

    def text(self, *parts: object) -> str:
        """A made-up text, some of them awkward."""
        return TEXTS[self.key("text", *parts) % len(TEXTS)]

    def new_id(self) -> int:
        """An id that no other record of any repository has."""
        return self.id * 1_000_000 + next(self.serial)

    def of(self, kind: str) -> list[Record]:
        """The list of *kind*, empty where there is none."""
        self._look()
        return self.lists.setdefault(kind, [])

    def under(self, kind: str, parent: int) -> list[Record]:
        """The list of *kind* below a parent."""
        self._look()
        return self.below.setdefault(kind, {}).setdefault(parent, [])

    def _look(self) -> None:
        if self.fill is not None:
            fill, self.fill = self.fill, None
            fill(self)


_PATHS = {
    "archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
    "downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
    "languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags",
    "teams_url": "/teams", "trees_url": "/git/trees{/sha}", "hooks_url": "/hooks",
}  # fmt: skip


def describe(repository: Repository, owner: Record, created: int) -> Record:
    """The record of a repository as lists have it."""
    api, web = repository.api, repository.web
    flags = {"has_projects": True, "has_wiki": True, "has_pages": False, "has_downloads": True, "is_template": False}
    return {
        "id": repository.id,
        "node_id": node("R", repository.id),
        "name": repository.name,
        "full_name": f"{repository.owner}/{repository.name}",
        "owner": owner,
        "private": False,
        "html_url": web,
        "description": repository.text("description"),
        "fork": False,
        "url": api,
        **{name: api + path for name, path in _PATHS.items()},
        "git_url": web.replace("https", "git") + ".git",
        "ssh_url": f"git@github.com:{repository.owner}/{repository.name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "mirror_url": None,
        "homepage": None if repository.id % 2 else "https://example.com/näme",
        "language": "Python",
        "forks_count": 3,
        "stargazers_count": 0,
        "watchers_count": 0,
        "size": 108,
        "default_branch": "main",
        "open_issues_count": 0,
        "topics": ["data", f"topic-{repository.id % 7}", "ünï"],
        "has_issues": repository.issues_enabled,
        **flags,
        "has_discussions": repository.discussions_enabled,
        "archived": False,
        "disabled": False,
        "visibility": "public",
        "pushed_at": None,
        "created_at": second(created),
        "updated_at": second(created + 86_400_000),
        "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
        "license": {
            "key": "mit",
            "name": "MIT License",
            "spdx_id": "MIT",
            "url": f"{API}/licenses/mit",
            "node_id": "MIT",
        },
        "forks": 3,
        "open_issues": 0,
        "watchers": 0,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "custom_properties": {"tier": "gold", "areas": ["a", "b"], "none": None},
        "security_and_analysis": None,
    }


def details(repository: Repository) -> Record:
    """The record as it is asked for alone: with some counts more."""
    watchers = len(repository.of("watchers"))
    return {
        **repository.record,
        "subscribers_count": watchers,
        "network_count": 3,
        "temp_clone_token": None,
        "allow_rebase_merge": True,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_auto_merge": False,
        "allow_update_branch": False,
        "delete_branch_on_merge": True,
        "use_squash_pr_title_as_default": False,
        "organization": user(2),
    }
