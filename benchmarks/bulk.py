"""Salesforce bulk CSV, gzip, 20 typed columns, one partition, into Spark."""

from __future__ import annotations

from statistics import median

from benchmarks.measure import AtLeast, Figure, Result, Scale, in_turns, peers, rates
from benchmarks.server import kept_answers
from benchmarks.session import spark_session, written
from benchmarks.tuples import BulkTuples
from lakeflow_sources.testing import mock_server

__all__ = ["run"]

COLUMNS = (
    "Id string, Name string, Account__c string, Status__c string, Segment__c string, Email__c string, Notes__c string, "
    "Paid__c boolean, Active__c boolean, Amount__c decimal(18,2), Tax__c decimal(18,2), Rate__c decimal(5,2), "
    "Units__c decimal(10,0), Count__c int, Due__c date, Sent__c timestamp, CreatedDate timestamp, "
    "LastModifiedDate timestamp, SystemModstamp timestamp, IsDeleted boolean"
)
NAMES = [part.split()[0] for part in COLUMNS.split(", ")]
PAGE = "50000"
OURS, TUPLES, SIMPLE = "lakeflow-sources, Spark", "csv.DictReader tuples, Spark", "simple-salesforce, untyped dicts"


def run(scale: Scale) -> Result:
    """Rows a second, each way by a bulk job of its own with the same query."""
    count = scale.rows(300_000)
    query = f"SELECT {', '.join(NAMES)} FROM Load__c"
    with (
        mock_server("salesforce", records={"Load__c": count}, each=5, deleted=False, job_polls=0) as mock,
        kept_answers(mock.url) as url,
        spark_session(BulkTuples) as spark,
        peers(scale, {SIMPLE: ("simple-salesforce", "salesforce.py")}) as (others, missing),
    ):
        options = {**mock.sign_in("access_token"), "instance_url": url}
        salesforce = spark.read.format("salesforce").options(**options, requests_per_second="2000")
        ours = salesforce.options(api="bulk", parallelism="1", columns=",".join(NAMES))
        plain = spark.read.format("BulkTuples").options(**options, columns=COLUMNS, query=query, page=PAGE)
        ways = {OURS: lambda: written(lambda: ours.load("Load__c")), TUPLES: lambda: written(plain.load)}
        question = {"url": url, "query": query, "token": mock.token}
        for name, read in others.items():
            ways[name] = lambda read=read: read(question)
        runs = in_turns(ways, scale.rounds)
    assert all(turn.rows == count for some in runs.values() for turn in some)
    medians, samples = rates(runs)
    mine, theirs = (median(1e6 * one.cpu / one.rows for one in runs[name]) for name in (OURS, TUPLES))
    return Result(
        "bulk",
        __doc__,
        "rows/s",
        medians,
        (
            Figure("rows/s against csv.DictReader tuples", medians[OURS] / medians[TUPLES], "x", AtLeast(5)),
            *([Figure(f"rows/s against {SIMPLE}", medians[OURS] / medians[SIMPLE], "x")] if SIMPLE in medians else []),
            Figure("CPU of the worker against tuples", mine / theirs, "x"),
        ),
        missing,
        samples,
    )
