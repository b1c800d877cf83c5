"""What tests ask of a DataFrame, alike in classic Spark and in Connect, which has no RDD and runs `foreachBatch` elsewhere."""

from pathlib import Path

from pyspark.sql import functions


def partitions(frame):
    """How many partitions of *frame* have rows."""
    return frame.select(functions.spark_partition_id().alias("n")).distinct().count()


def drained(source, folder, name):
    """The rows of one available-now run of the stream *source* from its checkpoint in *folder*; *name* is of this run."""
    target = Path(folder, name)
    query = (
        source.writeStream.format("parquet")
        .option("checkpointLocation", str(Path(folder, "checkpoint")))
        .option("path", str(target))
        .trigger(availableNow=True)
        .start()
    )
    assert query.awaitTermination(300)
    assert query.exception() is None
    # File by file: a folder that another run of the same stream wrote is no table to Spark.
    files = [str(one) for one in target.glob("*.parquet")]
    return source.sparkSession.read.parquet(*files).collect() if files else []
