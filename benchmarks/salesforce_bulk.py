"""Bulk CSV of Salesforce into Spark on one core: the connector beside csv.DictReader rows yielded as tuples.

python benchmarks/salesforce_bulk.py [--rows 1000000] [--json FILE] [--svg FILE]

The mock runs on the other cores and renders every page once before anything is measured. Both readers make their own
bulk job with the same query, ask for gzip, and write 20 typed columns into Spark's noop sink. Ends with status 1 when
the connector is not five times as fast, or when its memory grows with the rows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import sys
import time
import urllib.request
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ["PYSPARK_PYTHON"] = sys.executable

from memory import measured
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader

import lakeflow_sources
from lakeflow_sources.testing import mock_server

COLUMNS = (
    "Id string, Name string, Account__c string, Status__c string, Segment__c string, Email__c string, Notes__c string, "
    "Paid__c boolean, Active__c boolean, Amount__c decimal(18,2), Tax__c decimal(18,2), Rate__c decimal(5,2), "
    "Units__c decimal(10,0), Count__c int, Due__c date, Sent__c timestamp, CreatedDate timestamp, "
    "LastModifiedDate timestamp, SystemModstamp timestamp, IsDeleted boolean"
)
NAMES = [part.split()[0] for part in COLUMNS.split(", ")]
TYPES = [part.split()[1] for part in COLUMNS.split(", ")]
PAGE = 100_000
FACTOR = 5.0
GROWTH_MB = 60.0


class Rows(DataSource):
    """What a connector without Arrow looks like."""

    @classmethod
    def name(cls):
        return "dict_reader"

    def schema(self):
        return COLUMNS

    def reader(self, schema):  # noqa: ARG002 - a name that Spark calls by
        return RowsReader(dict(self.options))


class RowsReader(DataSourceReader):
    def __init__(self, options):
        self.url, self.token, self.limit = options["url"], options["token"], options["where"]

    def read(self, partition):  # noqa: ARG002 - there is one
        convert = [CONVERTERS.get(kind.partition("(")[0], lambda text: text) for kind in TYPES]
        fields = list(zip(NAMES, convert, strict=True))
        job = self.call("POST", "", {"operation": "query", "query": query(self.limit)})["id"]
        while self.call("GET", f"/{job}")["state"] != "JobComplete":
            time.sleep(0.1)
        locator = ""
        while locator != "null":
            more = f"&locator={locator}" if locator else ""
            request = self.request("GET", f"/{job}/results?maxRecords={PAGE}{more}")
            with urllib.request.urlopen(request) as answer:
                locator = answer.headers["Sforce-Locator"]
                lines = io.TextIOWrapper(gzip.GzipFile(fileobj=answer), encoding="utf-8", newline="")
                for row in csv.DictReader(lines):
                    yield tuple(one(row[name]) if row[name] else None for name, one in fields)

    def request(self, method, path, body=None):
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
        }
        data = json.dumps(body).encode() if body else None
        return urllib.request.Request(f"{self.url}/services/data/v64.0/jobs/query{path}", data, headers, method=method)

    def call(self, method, path, body=None):
        with urllib.request.urlopen(self.request(method, path, body)) as answer:
            return json.load(answer)


CONVERTERS = {
    "boolean": lambda text: text == "true",
    "decimal": Decimal,
    "int": lambda text: int(float(text)),
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def query(where):
    return f"SELECT {', '.join(NAMES)} FROM Load__c{where}"


def connector(spark, mock, **options):
    source = spark.read.format("salesforce").options(**mock.options, requests_per_second="2000", **options)
    return source.options(api="bulk", parallelism="1", columns=",".join(NAMES)).load("Load__c")


def tuples(spark, mock):
    return spark.read.format("dict_reader").options(url=mock.url, token=mock.token, where="").load()


def written(frame):
    from pyspark.sql import Observation, functions

    seen = Observation()
    frame.observe(seen, functions.count(functions.lit(1)).alias("rows")).write.format("noop").mode("overwrite").save()
    return seen.get["rows"]


def session():
    """Spark with its workers on one core, which processes started from here inherit."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    lakeflow_sources.register(spark, "salesforce")
    spark.dataSource.register(Rows)
    return spark


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()
    with mock_server("salesforce", records={"Load__c": arguments.rows}, each=60, deleted=False) as mock:
        others = os.sched_getaffinity(0) - {max(os.sched_getaffinity(0))}
        os.sched_setaffinity(mock._process.pid, others or os.sched_getaffinity(0))  # noqa: SLF001 - a benchmark
        spark = session()
        half = middle(mock)
        results = {}
        # First reads start workers, warm the JVM, and let the mock render each page of both queries.
        written(connector(spark, mock))
        written(connector(spark, mock, end=half, start="1971-01-01", deletes="none"))
        results["connector, half of it"] = measured(
            lambda: written(connector(spark, mock, end=half, start="1971-01-01", deletes="none"))
        )
        results["connector"] = measured(lambda: written(connector(spark, mock)))
        results["csv.DictReader tuples"] = measured(lambda: written(tuples(spark, mock)))
        spark.stop()
    for one in results.values():
        one["rows_per_second"] = round(one["rows"] / one["seconds"])
    sys.exit(report(results, arguments))


def middle(mock):
    """A time that half of the changes lie before."""
    stamps = sorted(one["SystemModstamp"] for one in mock.rows("Account"))
    return stamps[len(stamps) // 2]


def report(results, arguments):
    for name, one in results.items():
        print(
            f"{name:24} {one['rows']:>9,} rows {one['seconds']:>7.1f} s "
            f"{one['rows_per_second']:>9,} rows/s {one['peak_mb']:>7.1f} MB"
        )
    fast, slow, half = (results[name] for name in ("connector", "csv.DictReader tuples", "connector, half of it"))
    factor = fast["rows_per_second"] / slow["rows_per_second"]
    growth = fast["peak_mb"] - half["peak_mb"]
    print(f"{factor:.1f} times as fast; {growth:+.1f} MB for twice the rows")
    if arguments.json:
        arguments.json.write_text(json.dumps({**results, "factor": round(factor, 2)}, indent=2) + "\n")
    if arguments.svg:
        arguments.svg.write_text(drawn(results))
    same = fast["rows"] == slow["rows"] == arguments.rows
    return 0 if same and factor >= FACTOR and growth <= GROWTH_MB else 1


def drawn(results):
    """Bars of rows a second."""
    most = max(one["rows_per_second"] for one in results.values())
    bars = []
    for place, (name, one) in enumerate(results.items()):
        top = 14 + 34 * place
        width = 380 * one["rows_per_second"] / most
        bars.append(
            f'<text x="190" y="{top + 17}" text-anchor="end">{name}</text>'
            f'<rect x="200" y="{top}" width="{width:.0f}" height="24" fill="#3b6fb6"/>'
            f'<text x="{206 + width:.0f}" y="{top + 17}">{one["rows_per_second"]:,} rows/s</text>'
        )
    height = 20 + 34 * len(results)
    style = 'font-family="sans-serif" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="740" height="{height}" {style}>{"".join(bars)}</svg>\n'


if __name__ == "__main__":
    main()
