"""Workers and drivers that are killed at random points: what a stream brings is what the source holds all the same."""

import random
import time

import pytest

from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.testing import mock_server
from tests.proof.accounts import hubspot, osipi, zendesk
from tests.proof.accounts.account import iso
from tests.proof.history import BEGIN
from tests.proof.kinds import name_of
from tests.proof.simulated import SimulatedTime
from tests.proof.target import differences, target_of
from tests.proof.victim import Victim
from tests.spark.old import needs_replacement

pytestmark = pytest.mark.spark

LATENCY = 0.15  # seconds of each call, so that there is time to kill somebody


class Scene:
    """An account, its stream and its driver."""

    def __init__(self, kind, server, folder, seed, tally, master):
        self.kind, self.folder, self.chance, self.tally, self.master = kind, folder, random.Random(seed), tally, master
        self.time = SimulatedTime(folder / "now", BEGIN)
        self.account = kind(server, seed)
        self.account.at(BEGIN)
        self.account.stamps = dict.fromkeys(self.account.seeded(), BEGIN - 1.0)
        self.victim = None

    def live(self):
        """Changes, new rows and deletes, and time that passes."""
        self.time.advance(self.chance.choice((90, 700)))
        self.account.at(self.time.now)
        account = self.account
        for one in account.create(self.chance.randint(1, 12), self.time.now):
            account.stamps[one] = self.time.now
        if not self.kind.appends:
            some = self.chance.sample(sorted(account.stamps), 4)
            account.change(some[:3], self.time.now, f"№{self.chance.random()}")
            if self.kind.deletes:
                account.delete(some[3:])
                del account.stamps[some[3]]
        self.time.advance(700)
        account.at(self.time.now)

    def started(self):
        if self.victim is None:
            self.victim = Victim(self.folder, self.kind, self.account.spark_options(), self.master)
            self.tally["restarts"] += 1
        self.victim.start_run()
        return self.victim

    def run(self):
        said = self.started().said()
        assert said == "done", said
        self.tally["micro-batches"] += 1

    def run_while_workers_die(self):
        """Kills workers until the run ends; where it failed, it is done again from its checkpoint."""
        victim = self.started()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(self.chance.uniform(0.02, 0.25))
            if workers := victim.workers():
                self.chance.choice(workers).kill()
                self.tally["workers killed"] += 1
                break
        if victim.said() != "done":
            self.tally["crashes survived"] += 1
            self.run()

    def run_until_the_driver_dies(self):
        """Kills everything somewhere between the offset log and the commit log of a batch."""
        victim = self.started()
        deadline = time.monotonic() + 60
        while not victim.uncommitted() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 1.5))
        self.tally["killed before the commit"] += victim.uncommitted()
        victim.kill()
        self.victim = None
        self.tally["crashes survived"] += 1

    def check(self):
        self.account.mock.latency(0)
        for _ in range(2):
            self.time.advance(4_000)
            self.account.at(self.time.now)
            self.run()
        held = target_of(self.kind, self.victim.batches())
        settings = check_options(self.account.connector, self.account.spark_options())
        columns = prepare(self.account.connector, settings, lambda: _client(self.account, settings)).columns
        found = differences(self.account, held, columns)
        self.tally["rows compared"] += len(held)
        self.tally["differences"] += len(found)
        assert not found, "\n".join(found[:10])

    def close(self):
        if self.victim is not None:
            self.victim.kill()
        self.account.close()


def _client(account, settings):
    from lakeflow_sources.connect import connect

    return connect(account.connector, settings)


def play(kind, folder, tally, steps, *, seed, master="local[2]"):
    options = {**kind.mock_options, "now": iso(BEGIN)}
    with mock_server(kind.format, records=kind.records, **options) as server:
        scene = Scene(kind, server, folder, seed, tally, master)
        try:
            for step in steps:
                scene.live()
                scene.account.mock.latency(LATENCY)
                getattr(scene, step)()
            scene.check()
        finally:
            scene.close()
    tally["histories tried"] += 1


@needs_replacement
def test_a_worker_and_a_driver_die(tmp_path, tally):
    play(hubspot.HubSpot, tmp_path, tally, ("run_while_workers_die", "run_until_the_driver_dies"), seed=1)
    assert tally["crashes survived"] >= 1


KINDS = (hubspot.HubSpot, zendesk.Tickets, osipi.Recorded)
TRIES_ONCE, TRIES_AGAIN = "local[2]", "local[2,4]"
"""What Spark does with a task whose worker died: the query fails, or the task is done again."""


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_workers_die(tmp_path, tally, kind):
    play(kind, tmp_path, tally, ("run_while_workers_die",) * 6, seed=2, master=TRIES_ONCE)
    assert tally["workers killed"] >= 3


@pytest.mark.proof
def test_workers_die_and_their_tasks_are_done_again(tmp_path, tally):
    play(hubspot.HubSpot, tmp_path, tally, ("run_while_workers_die",) * 6, seed=4, master=TRIES_AGAIN)
    assert tally["workers killed"] >= 3


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_drivers_die_between_offset_log_and_commit_log(tmp_path, tally, kind):
    play(kind, tmp_path, tally, ("run_until_the_driver_dies",) * 3, seed=3)
    assert tally["killed before the commit"] >= 1
