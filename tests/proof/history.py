"""Random histories of a source, with everything that may happen to a stream that follows it."""

import json
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from lakeflow_sources import LakeflowError, TransientError
from lakeflow_sources.drift import RESCUED
from lakeflow_sources.spark.source import data_source
from tests.proof.engine import Checkpoint, CrashedError, Query, Sink, Trouble, batch_rows
from tests.proof.simulated import SimulatedTime
from tests.proof.target import differences, target_of

BEGIN = int(time.time()) - 3 * 86_400
"""Of all histories: within what vendors keep of deletes, and far enough back to let days pass."""
SKEW = 20.0
POINTS = ("logged", "planned", "share", "batch", "read", "sunk", "committed")
FAULTS = (
    {"kind": "429", "retry_after": 0},
    {"kind": "500", "retry_after": 0},
    {"kind": "503", "retry_after": 0},
    {"kind": "drop"},
    {"kind": "truncate"},
    {"kind": "invalid_json"},
)
RULES = ("ignore", "fail", "rescue")


class History(RuleBasedStateMachine):
    """One account from its beginning to a quiet end; *kind*, *server* and *tally* are set by `of`."""

    kind = None
    server = None
    tally = Counter()

    def __init__(self):
        super().__init__()
        self.query = None

    @initialize(seed=st.integers(0, 3), skew=st.sampled_from((0.0, -SKEW, SKEW)), drift=st.sampled_from(RULES))
    def begin(self, seed, skew, drift):
        self.folder = TemporaryDirectory()
        self.time = SimulatedTime(Path(self.folder.name) / "now", BEGIN)
        self.account = self.kind(self.server, seed)
        self.account.at(BEGIN)
        self.account.stamps = dict.fromkeys(self.account.seeded(), BEGIN - 1.0)
        self.checkpoint, self.sink = Checkpoint(), Sink()
        self.source = data_source(self.account.connector, self.time.clock())
        self.serial, self.drift = 0, drift
        self.narrowed = {}
        """Of each column whose field went: the micro-batches that were there before."""
        self.skews(skew)
        self.tally["histories tried"] += 1

    # What happens at the source

    def let_pass(self, seconds):
        self.time.advance(seconds)
        self.account.at(self.time.now)

    @rule(count=st.integers(1, 9), late=st.floats(0, 1), tied=st.booleans())
    def create(self, count, late, tied):
        self._settle(tied)
        at = self.time.now - round(late * self.account.late, 3) if late > 0.5 else self.time.now
        for one in self.account.create(count, at):
            self.account.stamps[one] = at

    @precondition(lambda self: self._changeable())
    @rule(picks=st.lists(st.integers(0, 99), min_size=1, max_size=6), late=st.floats(0, 1), tied=st.booleans())
    def change(self, picks, late, tied):
        self._settle(tied)
        self.serial += 1
        back = late * self.account.late if late > 0.5 else 0.0
        for one in self._picked(picks):
            earliest = self.account.stamps[one] + max(self.account.tick, 0.001)
            at = min(self.time.now, max(round(self.time.now - back, 3), earliest))
            self.account.change([one], at, f"№{self.serial} “späť”")
            self.account.stamps[one] = at

    @precondition(lambda self: self.kind.deletes and self.account.stamps)
    @rule(picks=st.lists(st.integers(0, 99), min_size=1, max_size=4))
    def delete(self, picks):
        self._settle(tied=False)
        chosen = self._picked(picks)
        self.account.delete(chosen)
        for one in chosen:
            self.account.gone[one] = self.time.now
            del self.account.stamps[one]

    @precondition(lambda self: self.kind.restores and self.account.gone)
    @rule(pick=st.integers(0, 99))
    def restore(self, pick):
        self._settle(tied=False)
        one = list(self.account.gone)[pick % len(self.account.gone)]
        self.account.restore([one])
        del self.account.gone[one]
        self.account.stamps[one] = self.time.now

    @precondition(lambda self: self.kind.widens)
    @rule()
    def widen(self):
        self.serial += 1
        self.account.gain(self.serial)
        self.tally["fields that came"] += 1

    @precondition(lambda self: self.account.fields())
    @rule(pick=st.integers(0, 99))
    def narrow(self, pick):
        """A field goes; a query that has its column goes on as if it were empty, or ends and begins anew."""
        fields = self.account.fields()
        column = fields[pick % len(fields)]
        self.account.lose(column)
        self.narrowed[column] = set(self.sink.batches)
        self.tally["fields that went"] += 1

    @rule(seconds=st.sampled_from((0.4, 7, 61, 140, 600, 4_000)))
    def wait(self, seconds):
        self.let_pass(seconds)

    @rule(skew=st.floats(-SKEW, SKEW))
    def skews(self, skew):
        self.time.skew = round(skew, 3)
        self.time.show()

    # What happens to the stream

    @rule(
        available_now=st.booleans(),
        point=st.sampled_from(("", "", "", "", *POINTS)),
        after=st.integers(0, 2),
        stumbles=st.booleans(),
    )
    def micro_batch(self, available_now, point, after, stumbles):
        self._run(Trouble(point, after, stumbles), available_now)

    @precondition(lambda self: self._changeable() and hasattr(self.account, "later"))
    @rule(calls=st.integers(1, 4), picks=st.lists(st.integers(0, 99), min_size=1, max_size=3))
    def change_during_a_read(self, calls, picks):
        self._settle(tied=False)
        self.serial += 1
        chosen = self._picked(picks)
        self.account.later(calls, chosen, f"during №{self.serial}")
        for one in chosen:
            self.account.stamps[one] = self.time.now
        self.tally["writes during a read"] += 1
        self._run(Trouble(), available_now=True)
        self.account.forget()
        self.account.change(chosen, self.time.now, f"after №{self.serial}")

    @precondition(lambda self: self.account.fields())
    @rule(pick=st.integers(0, 99), count=st.integers(1, 9))
    def narrow_between_micro_batches(self, pick, count):
        self._run(Trouble(), available_now=True)
        self.narrow(pick)
        self.create(count, late=0.0, tied=False)
        self.let_pass(600)
        self._run(Trouble(), available_now=True)

    @precondition(lambda self: self.kind.format != "http")
    @rule(fault=st.sampled_from(FAULTS), calls=st.integers(0, 3))
    def fault(self, fault, calls):
        self.account.mock.faults(count=1, skip=calls, **fault)

    @rule(which=st.sampled_from(("restart", "batch_read")))
    def interlude(self, which):
        getattr(self, which)()

    def restart(self):
        if self.query is not None:
            self.query.stop()
            self.query = None
            self.tally["restarts"] += 1

    def batch_read(self):
        self.account.mend()
        rows, columns = batch_rows(self.source, self._options())
        self._check_columns(columns)
        names = [self._name(row) for row in rows]
        assert len(names) == len(set(names)), "a row came twice in one batch read"
        truth = self.account.truth()
        assert set(names) <= truth.keys(), "a row that is not there"
        if not self.kind.hidden:
            found = differences(self.account, dict(zip(names, rows, strict=True)), self._of_vendor(columns))
            assert not found, "\n".join(found[:10])
        self.tally["batch reads"] += 1
        self.tally["rows compared"] += len(names)

    # The proof

    def teardown(self):
        if not hasattr(self, "account"):
            return
        try:
            self._quiet_end()
        finally:
            self.restart()
            self.account.close()
            self.folder.cleanup()

    def _quiet_end(self):
        self.account.mend()
        self.let_pass(4_000)
        self.query = None
        self._run(Trouble(), available_now=True)
        self.let_pass(4_000)
        self._run(Trouble(), available_now=True)
        assert self.query is not None, "a query that begins anew ends although nothing changed any more"
        batches = [self.sink.batches[number] for number in sorted(self.sink.batches)]
        held = target_of(self.kind, batches)
        found = differences(self.account, held, self._of_vendor(self.query.columns)) + list(self._stray())
        self.tally["rows compared"] += len(held)
        self.tally["differences"] += len(found)
        self.tally["faults injected"] += self.account.faults()
        assert not found, "\n".join(found[:10])

    def _run(self, trouble, available_now):
        self.tally["tasks that failed once"] += trouble.stumbles
        if self.query is None:
            self.query = self.new_query()
            self._check_columns(self.query.columns)
        try:
            self.tally["micro-batches"] += self.query.run(trouble, available_now=available_now)
        except CrashedError as crashed:
            note(f"the driver died: {crashed}")
            self.query = None
            self.tally["crashes survived"] += 1
        except TransientError as error:  # more faults in a row than one call endures: the query fails
            note(f"the query failed: {error}")
            self.query = None
            self.tally["queries that failed"] += 1
        except LakeflowError as error:
            if not self.account.ends(error, {one.name for one in self.query.columns}):
                raise
            note(f"the query ended: {error}")
            self.query = None
            self.tally["queries that a new schema ended"] += 1

    def _stray(self):
        """What columns hold of fields that had gone when they were read, and what was rescued of known ones."""
        for column, before in self.narrowed.items():
            for number in self.sink.batches.keys() - before:
                yield from (f"{column} in {number}" for row in self.sink.batches[number] if row.get(column) is not None)
        came = {one.removeprefix("custom_") for one in self.account.added}
        for row in (row for rows in self.sink.batches.values() for row in rows if row.get(RESCUED)):
            yield from (f"rescued: {path}" for path in json.loads(row[RESCUED]) if path.rpartition(".")[2] not in came)

    def _check_columns(self, columns):
        """A read that begins now has a column for each field that is there, and none for one that went."""
        names = {one.name for one in columns}
        assert names.issuperset(self.account.fields()), "a new field has no column"
        assert self.kind.declared or names.isdisjoint(self.account.removed), "a field that went has a column"

    def _of_vendor(self, columns):
        return [one for one in columns if one.name != RESCUED]

    def new_query(self):
        return Query(self.source, self._options(), self.checkpoint, self.sink)

    def _options(self):
        return {**self.account.spark_options(), "on_schema_drift": self.drift}

    def _changeable(self):
        return not self.kind.appends and bool(self.account.stamps)

    def _settle(self, tied):
        if not tied:
            self.let_pass(1.5)

    def _picked(self, picks):
        live = sorted(self.account.stamps)
        return list(dict.fromkeys(live[pick % len(live)] for pick in picks))

    def _name(self, row):
        return tuple(row[one] for one in self.kind.key)


def of(kind, server, tally):
    """The machine for an account of this *kind*."""
    return type(f"{kind.__name__}History", (History,), {"kind": kind, "server": server, "tally": tally})
