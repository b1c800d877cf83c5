"""GitHub: issues by `since`, and events of issues as they are appended, newest first."""

from lakeflow_sources.types import arrow_type
from tests.proof.accounts.account import Account, iso
from tests.sources.github import truth

REPOSITORY = "repo-1"


class Issues(Account):
    format, table, cursor = "github", "issues", "updated_at"
    late = 60 + 60 - 20 - 2
    records = {"repositories": 1, "issues": 80, "comments": 8, "events": 48, "review_comments": 1, "commits": 1}
    options = {"repositories": f"octo-labs/{REPOSITORY}", "page_size": "4"}
    paths = f"/repos/octo-labs/{REPOSITORY}/issues"

    def rows(self):
        return self.mock.rows(f"{self.table}@{REPOSITORY}")

    def seeded(self):
        return [one["number"] for one in self.rows()]

    def create(self, count, at):
        return self.mock.write("create", repo=REPOSITORY, count=count, at=iso(at))

    def change(self, ids, at, text):
        self.mock.write("change", repo=REPOSITORY, keys=ids, at=iso(at), title=text)

    def later(self, calls, ids, text):
        self.mock.write_after(calls, "change", path=self.paths, repo=REPOSITORY, keys=ids, title=text)

    def wrong(self, row, raw, columns):
        return [
            one.name
            for one in columns
            if not truth.same(row.get(one.name), truth.value(self.table, one.name, raw), arrow_type(one.type))
        ]


class Events(Issues):
    table, cursor = "issue_events", "created_at"
    appends = True
    late = 60 - 20 - 2

    def seeded(self):
        return [one["id"] for one in self.rows()]

    def create(self, count, at):
        return self.mock.write("event", repo=REPOSITORY, count=count, at=iso(at))
