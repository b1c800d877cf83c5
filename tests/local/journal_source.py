"""A data source for tests: tables are files of JSON lines that a test may add to; `register_lakeflow_source` as the generator's single files have it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader, InputPartition

READ = {"decimal": Decimal, "timestamp": lambda text: datetime.fromisoformat(text).astimezone(UTC)}


def journal(options, kind):
    return Path(options["folder"]) / f"{options['tableName']}.{kind}"


def rows(options, start=0, end=None):
    token, place = options["access_token"], journal(options, "fail")
    if place.exists():
        raise ValueError(f"the API said no to {token}:\nline two of {place.read_text()}")
    columns = [part.split(maxsplit=1) for part in journal(options, "ddl").read_text().split(";")]
    for line in journal(options, "jsonl").read_text().splitlines()[start:end]:
        record = json.loads(line)
        values = ((record.get(name), kind.split("(")[0]) for name, kind in columns)
        yield tuple(READ.get(kind, lambda same: same)(value) if value is not None else None for value, kind in values)


class Reader(DataSourceReader):
    def __init__(self, options):
        self.options = options

    def partitions(self):
        return [InputPartition(0)]

    def read(self, partition):
        yield from rows(self.options)


class StreamReader(DataSourceStreamReader):
    def __init__(self, options):
        self.options = options

    def initialOffset(self):  # noqa: N802 - Spark's name
        return {"line": 0}

    def latestOffset(self, start=None, limit=None):  # noqa: N802 - Spark's name
        return {"line": len(journal(self.options, "jsonl").read_text().splitlines())}

    def partitions(self, start, end):
        return [InputPartition((start["line"], end["line"]))]

    def read(self, partition):
        yield from rows(self.options, *partition.value)

    def commit(self, end):
        pass


class Journal(DataSource):
    @classmethod
    def name(cls):
        return "journal"

    def schema(self):
        return journal(self.options, "ddl").read_text().replace(";", ", ")

    def reader(self, schema):
        return Reader(dict(self.options.items()) | {"tableName": self.options["tableName"]})

    def streamReader(self, schema):  # noqa: N802 - Spark's name
        return StreamReader(dict(self.options.items()) | {"tableName": self.options["tableName"]})


def register_lakeflow_source(spark):
    spark.dataSource.register(Journal)
