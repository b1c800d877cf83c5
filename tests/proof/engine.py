"""What Spark's micro-batch engine does with a reader, small enough to be run through hundreds of histories a minute.

offset log    end of each batch, written before the batch is planned
commit log    batches that are done
sink          rows of each batch, written once: what a replay brings for a batch that is there already is left out

The data source is pickled once it knows its schema; planner and tasks get readers of their own, and tasks get
partitions that were pickled. A batch that is in the offset log and not in the commit log is done again after a restart.
"""

import json
from dataclasses import dataclass, field

from pyspark import cloudpickle


class CrashedError(Exception):
    """The driver died here."""


@dataclass
class Checkpoint:
    offsets: dict[int, str] = field(default_factory=dict)
    commits: set[int] = field(default_factory=set)


@dataclass
class Sink:
    batches: dict[int, list[dict]] = field(default_factory=dict)

    def write(self, number, rows):
        self.batches.setdefault(number, rows)


@dataclass
class Trouble:
    """Where the driver dies, and which share of which batch fails once before it is read.

    *point*: `logged planned share batch read sunk committed`; *after*: how many times it is passed before.
    """

    point: str = ""
    after: int = 0
    stumbles: bool = False

    def reach(self, point):
        if point == self.point:
            self.after -= 1
            if self.after < 0:
                raise CrashedError(point)


class Query:
    """A streaming query from its start to its end; *checkpoint* and *sink* outlive it."""

    def __init__(self, source, options, checkpoint, sink):
        made = source(options)
        schema = made.schema()
        self.columns = made._prepared().columns
        shipped = cloudpickle.dumps(made)
        self.planner = cloudpickle.loads(shipped).streamReader(schema)
        self.task = cloudpickle.dumps(cloudpickle.loads(shipped).streamReader(schema))
        self.checkpoint, self.sink = checkpoint, sink

    def run(self, trouble=None, *, available_now=True):
        """One run of an available-now trigger, or one micro-batch; the number of batches that were done."""
        trouble = trouble or Trouble()
        try:
            return self._run(trouble, available_now)
        except BaseException:
            self.stop()
            raise

    def _run(self, trouble, available_now):
        if available_now:
            self.planner.prepareForTriggerAvailableNow()
        done = 0
        for number in sorted(self.checkpoint.offsets.keys() - self.checkpoint.commits):
            self._batch(number, trouble)
            done += 1
        while self._next():
            trouble.reach("logged")
            self._batch(max(self.checkpoint.offsets), trouble)
            done += 1
            if not available_now:
                break
        return done

    def _start(self, number):
        return self.checkpoint.offsets.get(number - 1) or json.dumps(self.planner.initialOffset())

    def _next(self):
        number = len(self.checkpoint.offsets)
        start = self._start(number)
        end = json.dumps(self.planner.latestOffset(json.loads(start), None))
        if end == start:
            return False
        self.checkpoint.offsets[number] = end
        return True

    def _batch(self, number, trouble):
        rows = self.read(json.loads(self._start(number)), json.loads(self.checkpoint.offsets[number]), trouble)
        self.sink.write(number, rows)
        trouble.reach("sunk")
        self.checkpoint.commits.add(number)
        self.planner.commit(json.loads(self.checkpoint.offsets[number]))
        trouble.reach("committed")

    def read(self, start, end, trouble=None):
        """The rows between two offsets."""
        trouble = trouble or Trouble()
        shipped = [cloudpickle.dumps(one) for one in self.planner.partitions(start, end)]
        trouble.reach("planned")
        rows = []
        for place, share in enumerate(shipped):
            trouble.reach("share")
            if trouble.stumbles and place == 0:
                batches = cloudpickle.loads(self.task).read(cloudpickle.loads(share))
                next(batches, None)
                batches.close()
            for batch in cloudpickle.loads(self.task).read(cloudpickle.loads(share)):
                trouble.reach("batch")
                assert batch.schema.names == [one.name for one in self.columns]
                rows += batch.to_pylist()
        trouble.reach("read")
        return rows

    def stop(self):
        self.planner.stop()


def batch_rows(source, options):
    """The rows of a batch read, and its columns."""
    made = source(options)
    schema = made.schema()
    reader = cloudpickle.dumps(cloudpickle.loads(cloudpickle.dumps(made)).reader(schema))
    shipped = [cloudpickle.dumps(one) for one in cloudpickle.loads(reader).partitions()]
    task = cloudpickle.loads(reader)
    rows = [row for one in shipped for batch in task.read(cloudpickle.loads(one)) for row in batch.to_pylist()]
    return rows, made._prepared().columns
