"""HubSpot-shaped pages, 24 columns, 100 a page, no latency, one partition: how much of the machine arrives as rows."""

from __future__ import annotations

from statistics import median

from benchmarks.contacts import PROPERTIES
from benchmarks.measure import AtLeast, AtMost, Figure, Result, Run, Scale, in_turns, peers, rates
from benchmarks.server import contacts_api
from benchmarks.session import spark_session, written
from benchmarks.tuples import ContactTuples

__all__ = ["HUBSPOT", "run"]

HUBSPOT = {
    "access_token": "benchmark",
    "requests_per_second": "100000",
    "search_requests_per_second": "100000",
}
"""Options that let a read go as fast as it can."""

OURS, TUPLES = "lakeflow-sources, Spark", "tuples from a plain Spark source"
DLT, AIRBYTE, SINGER = "dlt, rest_api extract", "airbyte-cdk, low-code", "singer-sdk"
SERVER, PARSED = "limit: http.client + discard", "limit: urllib3 + orjson parse only"
_OTHERS = {
    DLT: ("dlt", "dlt_rest.py"),
    AIRBYTE: ("airbyte-cdk", "airbyte.py"),
    SINGER: ("singer-sdk", "singer.py"),
    SERVER: ("", "limits.py", "discard_by_http_client"),
    "limit: requests + discard": ("", "limits.py", "discard_by_requests"),
    "limit: requests + json parse only": ("", "limits.py", "parse_by_requests"),
    PARSED: ("", "limits.py", "parse_by_urllib3"),
}


def run(scale: Scale) -> Result:
    """Rows a second of every way in the same run, and the processor time of the worker."""
    many, some, few = scale.rows(400_000), scale.rows(100_000), scale.rows(40_000)
    with (
        contacts_api(many) as large,
        contacts_api(some) as middle,
        contacts_api(few) as small,
        spark_session(ContactTuples) as spark,
        peers(scale, _OTHERS) as (others, missing),
    ):
        hubspot = spark.read.format("hubspot").options(**HUBSPOT, base_url=large, parallelism="1")
        plain = spark.read.format("ContactTuples").options(url=middle)
        ways = {OURS: lambda: written(lambda: hubspot.load("contacts")), TUPLES: lambda: written(plain.load)}
        for name, read in others.items():
            rows, url = (some, middle) if name.startswith("limit") else (few, small)
            question = {"url": url, "rows": rows, "properties": list(PROPERTIES)}
            ways[name] = lambda read=read, question=question: read(question)
        runs = in_turns(ways, scale.rounds)
    expected = {OURS: many, TUPLES: some}
    for name, one in runs.items():
        whole = expected.get(name, some if name.startswith("limit") else few)
        assert {turn.rows for turn in one} == {whole}, f"{name} read {one[0].rows} rows of {whole}"
    medians, samples = rates(runs)
    return Result("engine", __doc__, "rows/s", medians, _figures(medians, runs), missing, samples)


def _figures(medians: dict[str, float], runs: dict[str, list[Run]]) -> tuple[Figure, ...]:
    ours = medians[OURS]
    targets = {TUPLES: 4.0, AIRBYTE: 8.0, DLT: 10.0, SINGER: None, PARSED: None}
    against = [
        Figure(f"rows/s against {name}", ours / medians[name], "x", AtLeast(factor) if factor else None)
        for name, factor in targets.items()
        if name in medians and name != PARSED
    ]
    mine, theirs = (median(1e6 * one.cpu / one.rows for one in runs[name]) for name in (OURS, TUPLES))
    return (
        *against,
        Figure("share of urllib3 + orjson parse only", 100 * ours / medians[PARSED], "%", AtLeast(75)),
        Figure("CPU of the worker against tuples", mine / theirs, "x", AtMost(1 / 3)),
        Figure("CPU of the worker per million rows", mine, "s"),
        Figure("CPU of the tuples' worker per million rows", theirs, "s"),
        Figure("server against our reader", medians[SERVER] / ours, "x"),
    )
