"""Histories on real Spark: available-now streams with a checkpoint, whose driver fails before the commit log is written."""

import tempfile

import pytest
from pyspark import cloudpickle

import lakeflow_sources
from tests.proof import history, simulated
from tests.proof.accounts import hubspot, links, osipi, zendesk
from tests.proof.engine import CrashedError
from tests.proof.kinds import name_of
from tests.proof.trying import try_histories
from tests.spark.old import needs_replacement

pytestmark = [pytest.mark.spark, needs_replacement]


class SparkQuery:
    """What `engine.Query` does, by Spark itself; rows of each batch are kept once."""

    def __init__(self, spark, source, options, folder, sink):
        self.spark, self.options, self.folder, self.sink = spark, options, folder, sink
        spark.dataSource.register(source)
        made = source(options)
        made.schema()
        self.columns, self.name = made._prepared().columns, source.name()

    def run(self, trouble, *, available_now=True):
        batches = []

        def keep(frame, number):
            if trouble.point in ("logged", "planned"):
                raise CrashedError(trouble.point)
            rows = frame.toArrow().to_pylist()
            if trouble.point in ("share", "batch", "read"):
                raise CrashedError(trouble.point)
            self.sink.write(number, rows)
            if trouble.point == "sunk":
                raise CrashedError("sunk")
            batches.append(number)

        stream = self.spark.readStream.format(self.name).options(**self.options).load()
        writer = stream.writeStream.foreachBatch(keep).option("checkpointLocation", self.folder)
        query = writer.trigger(availableNow=True).start()
        try:
            query.awaitTermination()
        except Exception as error:
            if "CrashedError" in str(error):
                raise CrashedError(trouble.point) from None
            raise
        return len(batches)

    def stop(self):
        """A run of an available-now trigger ends by itself."""


def on_spark(spark, kind, server, tally):
    cloudpickle.register_pickle_by_value(simulated)

    def new_query(self):
        if not hasattr(self, "log"):
            self.log = tempfile.mkdtemp(dir=self.folder.name)
        return SparkQuery(spark, self.source, self._options(), self.log, self.sink)

    machine = history.of(kind, server, tally)
    return type(f"Spark{machine.__name__}", (machine,), {"new_query": new_query})


@pytest.fixture
def lent(spark):
    """The session that other tests read with: sources of simulated accounts do not stay in it."""
    if "connect" in type(spark).__module__:
        pytest.skip("with Connect, what is done with a batch runs in another process, which cannot fill our sink")
    yield spark
    lakeflow_sources.register(spark)


@pytest.mark.parametrize("kind", [hubspot.HubSpot], ids=name_of)
def test_a_history_on_spark(lent, servers, tally, kind):
    try_histories(on_spark(lent, kind, servers(kind), tally), 1, 8)


@pytest.mark.proof
@pytest.mark.parametrize("kind", [hubspot.HubSpot, zendesk.Tickets, osipi.Recorded, links.Links], ids=name_of)
def test_histories_on_spark(lent, servers, tally, kind):
    try_histories(on_spark(lent, kind, servers(kind), tally), 4, 20, seeded=False)
