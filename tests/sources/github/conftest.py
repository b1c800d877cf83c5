"""Accounts: one that nobody changes, and one in which each test that changes something has a repository of its own."""

from contextlib import contextmanager
from itertools import count

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.github import reading

RECORDS = {
    "repositories": 140,
    "issues": 90,
    "comments": 100,
    "events": 90,
    "review_comments": 45,
    "commits": 70,
    "stargazers": 40,
    "runs": 30,
    "discussions": 12,
    "public_events": 20,
    "watchers": 12,
}

USUAL = {
    "issue_pages": 100,
    "pages": 400,
    "release_pages": 100,
    "runs": 1000,
    "commits": 250,
    "files": 3000,
    "since_exclusive": False,
}


class Mine:
    """A repository that belongs to one test."""

    def __init__(self, mock, name):
        self.mock, self.name = mock, name
        self.options = {"repositories": f"octo-labs/{name}"}

    def truth(self, table):
        """Rows of the repository that a complete read gives."""
        return self.mock.rows(f"{table}@{self.name}")

    def rows(self, table, window=None, **options):
        return reading.rows(self.mock, table, window, **{**self.options, **options})

    def write(self, action, **values):
        return self.mock.write(action, repo=self.name, **values)

    def after(self, path, calls, write, **values):
        """Write when this many calls of a path from now on are answered."""
        self.mock.write("plan", path=path, count=calls, write=write, values={"repo": self.name, **values})

    @contextmanager
    def caps(self, **smaller):
        """Let lists end earlier than at the vendor."""
        self.mock.write("caps", **smaller)
        try:
            yield
        finally:
            self.mock.write("caps", **{name: USUAL[name] for name in smaller})

    def paths(self):
        """Paths of its calls since the counters were reset."""
        return [path for path in reading.paths(self.mock) if not path.startswith("/_mock")]


@pytest.fixture(scope="session")
def still():
    """An account that nobody changes."""
    with mock_server("github", seed=4) as server:
        yield server


@pytest.fixture(scope="session")
def shared():
    with mock_server("github", seed=5, records=RECORDS, large=True) as server:
        server.serial = count(2)
        yield server


@pytest.fixture
def mine(shared):
    """A repository of one's own in an account with many."""
    shared.reset_counters()
    return Mine(shared, f"repo-{next(shared.serial)}")
