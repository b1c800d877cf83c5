"""How a test changes the data as users of GitHub would."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis

from .automation import add_deployment, add_run, add_status
from .calls import Calls, Planned
from .caps import Caps
from .code import add_commit, add_release
from .crowd import add_discussion, add_public_event, add_star
from .repository import Record, Repository, second
from .talk import add_comment, add_event, add_review, add_review_comment
from .tracker import add_issue
from .world import ORGANIZATION, World

__all__ = ["Writes"]

Values = Mapping[str, Any]


class Writes:
    """The actions by their name; `repo` names a repository, hello-world without it."""

    def __init__(self, world: World, calls: Calls, caps: Caps) -> None:
        self.world, self.calls, self.caps = world, calls, caps
        self._all: dict[str, Callable[[Values], Any]] = {
            "plan": self._plan,
            "spend": self._spend,
            "secondary": self._secondary,
            "quota": lambda _: world.quota.used(),
            "limits": world.quota.enforce,
            "caps": self._change_caps,
            "endless": lambda values: setattr(calls, "endless", bool(values.get("endless", True))),
            "project": self._project,
            "deny_organization": lambda values: world.denied_organizations.add(str(values["organization"])),
        }
        self._in: dict[str, Callable[[Repository, Values], Any]] = {
            "create": self._create,
            "change": self._change,
            "delete": self._delete,
            "comment": self._comment,
            "event": self._event,
            "review": self._review,
            "review_comment": self._review_comment,
            "push": self._push,
            "release": lambda one, _: add_release(one, len(one.of("releases")), self._now())["id"],
            "star": self._star,
            "unstar": lambda one, values: one.of("stargazers").pop(int(values.get("place", 0)))["user"]["id"],
            "run": self._run,
            "rerun": self._rerun,
            "deploy": lambda one, values: add_deployment(one, self._at(values))["id"],
            "status": self._status,
            "public_event": lambda one, values: [add_public_event(one, self._at(values))["id"] for _ in _times(values)],
            "discuss": lambda one, values: add_discussion(one, self._at(values), self._at(values))["databaseId"],
            "size": self._size,
            "rename": self._rename,
            "deny": lambda one, values: one.denied.add(str(values.get("area", "*"))),
            "allow": lambda one, _: one.denied.clear(),
            "hide": lambda one, values: setattr(one, "hidden", bool(values.get("hidden", True))),
        }

    def write(self, action: str, values: Values) -> Any:
        """Do *action*; gives what it made."""
        if action in self._all:
            return self._all[action](values)
        if action not in self._in:
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join((*self._in, *self._all))}")
        return self._in[action](self.world.known(str(values.get("repo", "hello-world"))), values)

    def _secondary(self, values: Values) -> None:
        """Refuse the next calls by a secondary limit."""
        self.calls.busy.extend([values.get("retry_after")] * int(values.get("count", 1)))

    def _change_caps(self, values: Values) -> None:
        for name, value in values.items():
            setattr(self.caps, name, value)

    def _now(self) -> int:
        return self.world.clock.now()

    def _at(self, values: Values) -> int:
        return millis(str(values["at"])) if "at" in values else self._now()

    def _plan(self, values: Values) -> None:
        """Write `write` right after the `count`th call whose path fits `path`."""
        pattern = re.compile(str(values["path"]))
        count = int(values.get("count", 1))
        self.calls.planned.append(Planned(pattern, count, str(values["write"]), values.get("values", {})))

    def _spend(self, values: Values) -> None:
        token = f"Bearer {values['token']}"
        self.world.quota.enforced = True
        self.world.quota.spend(token, str(values.get("resource", "core")), int(values.get("left", 0)))

    def _project(self, values: Values) -> str:
        rows = self.world.projects[ORGANIZATION]
        if "number" in values:
            row = next(one for one in rows if one["number"] == values["number"])
            row.update(title=str(values.get("title", "changed")), updatedAt=second(self._at(values)))
        else:
            row = self.world.project(ORGANIZATION, len(rows) + 1, self._at(values), self._at(values))
            rows.append(row)
        return str(row["id"])

    def _create(self, one: Repository, values: Values) -> list[int]:
        """Issues, or pull requests, all at one time."""
        pull = values.get("kind") == "pulls"
        at = self._at(values)
        return [add_issue(one, at, at, pull=pull)["number"] for _ in _times(values)]

    def _change(self, one: Repository, values: Values) -> list[int]:
        """Change rows of `kind` (issues, pulls, comments, ...): those with `keys`, or the first `count`."""
        kind = str(values.get("kind", "issues"))
        key = {"issues": "number", "pulls": "number", "discussions": "databaseId"}.get(kind, "id")
        rows = one.of(kind)
        keys = values.get("keys")
        chosen = [row for row in rows if row[key] in keys] if keys else rows[: int(values["count"])]
        for row in chosen:
            self._touch(one, kind, row, values)
        return [row[key] for row in chosen]

    def _touch(self, one: Repository, kind: str, row: Record, values: Values) -> None:
        moment = second(self._at(values))
        if kind == "discussions":
            row.update(updatedAt=moment, title=str(values.get("title", "changed")))
            return
        row["updated_at"] = moment
        if kind in ("issues", "pulls"):
            same = [two for two in (*one.of("issues"), *one.of("pulls")) if two["number"] == row["number"]]
            for two in same:
                two.update(updated_at=moment, title=str(values.get("title", "changed")))
        elif kind.endswith("comments"):
            row["body"] = str(values.get("title", "changed"))

    def _delete(self, one: Repository, values: Values) -> None:
        """Delete an issue with its comments and events, or a row of another `kind` by its id."""
        kind = str(values.get("kind", "issues"))
        if kind != "issues":
            one.lists[kind] = [row for row in one.of(kind) if row["id"] not in values["keys"]]
            return
        for number in values["keys"]:
            issue = next(row for row in one.of("issues") if row["number"] == number)
            one.of("issues").remove(issue)
            one.of("deleted").append(issue)
            one.lists["comments"] = [row for row in one.of("comments") if row["issue_url"] != issue["url"]]
            one.lists["events"] = [row for row in one.of("events") if row["issue"]["number"] != number]

    def _issue(self, one: Repository, values: Values) -> Record:
        wanted = values.get("number")
        return next(row for row in one.of("issues") if wanted in (None, row["number"]))

    def _comment(self, one: Repository, values: Values) -> list[int]:
        issue, at = self._issue(one, values), self._at(values)
        issue["updated_at"] = second(at)
        return [add_comment(one, issue, at, at)["id"] for _ in _times(values)]

    def _event(self, one: Repository, values: Values) -> list[int]:
        issue, at = self._issue(one, values), self._at(values)
        issue["updated_at"] = second(at)
        return [add_event(one, issue, at)["id"] for _ in _times(values)]

    def _pull(self, one: Repository, values: Values) -> Record:
        wanted = values.get("number")
        return next(row for row in one.of("pulls") if wanted in (None, row["number"]))

    def _review(self, one: Repository, values: Values) -> int:
        """A review; it moves its pull request unless `silent`."""
        pull = self._pull(one, values)
        if not values.get("silent"):
            self._touch(one, "pulls", pull, {"title": pull["title"], **values})
        return int(add_review(one, pull, self._at(values))["id"])

    def _review_comment(self, one: Repository, values: Values) -> int:
        at = self._at(values)
        return int(add_review_comment(one, self._pull(one, values), at, at)["id"])

    def _push(self, one: Repository, values: Values) -> list[str]:
        """Commits, which may be older (`committed`) than the push."""
        committed = millis(str(values["committed"])) if "committed" in values else self._at(values)
        one.record["pushed_at"] = second(self._at(values))
        return [add_commit(one, committed, message=str(values.get("message", "")))["sha"] for _ in _times(values)]

    def _star(self, one: Repository, values: Values) -> int:
        star = add_star(one, int(values.get("user", 5000 + len(one.of("stargazers")))), self._at(values))
        return int(star["user"]["id"])

    def _run(self, one: Repository, values: Values) -> list[int]:
        return [add_run(one, self._at(values))["id"] for _ in _times(values)]

    def _rerun(self, one: Repository, values: Values) -> int:
        run = next(row for row in one.of("runs") if row["id"] == values["id"])
        run.update(run_attempt=run["run_attempt"] + 1, updated_at=second(self._at(values)))
        return int(run["run_attempt"])

    def _status(self, one: Repository, values: Values) -> int:
        deployment = next(row for row in one.of("deployments") if row["id"] == values["id"])
        return int(add_status(one, deployment, self._at(values))["id"])

    def _size(self, one: Repository, values: Values) -> None:
        """Let a pull request have many commits or files."""
        for kind in ("pull_commits", "pull_files"):
            if kind in values:
                one.sizes[int(values["number"]), kind] = int(values[kind])

    def _rename(self, one: Repository, values: Values) -> None:
        self.world.moved[f"{one.owner}/{one.name}".lower()] = one
        one.name = str(values["name"])
        one.record.update(name=one.name, full_name=f"{one.owner}/{one.name}")


def _times(values: Values) -> range:
    return range(int(values.get("count", 1)))
