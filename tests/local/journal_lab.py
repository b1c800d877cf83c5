"""Notebooks of the generator's shape over a source whose tables a test fills."""

import json
import random

HEAD = """\
# Databricks notebook source
# MAGIC %%pip install nothing

# COMMAND ----------

try:
    from pyspark import pipelines as dp
except ImportError:
    import dlt as dp
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, expr

spark = globals().get("spark") or SparkSession.active()
with open("journal_source.txt", encoding="utf-8") as source:
    exec(compile(source.read(), "journal_source.txt", "exec"))
register_lakeflow_source(spark)

# COMMAND ----------

OPTIONS = {"folder": %(folder)r, "access_token": dbutils.secrets.get(scope="acme", key=%(key)r)}


def rows(reader, table):
    return reader.format("journal").options(**OPTIONS).option("tableName", table).load()


def snapshot(table, target):
    @dp.materialized_view(name=target, comment="all of it")
    def read():
        return rows(spark.read, table)


def append(table, target):
    @dp.table(name=target, cluster_by=["id"])
    def read():
        return rows(spark.readStream, table)


def cdc(table, target, scd_type):
    @dp.temporary_view(name=table + "_changes")
    def read():
        return rows(spark.readStream, table)

    dp.create_streaming_table(name=target, comment="merged", cluster_by=["id"])
    dp.create_auto_cdc_flow(
        target=target, source=table + "_changes", keys=["id"], sequence_by="updated_at",
        apply_as_deletes=expr("_deleted = true"), except_column_list=["_deleted"], stored_as_scd_type=scd_type,
    )

# COMMAND ----------

"""


class Journals:
    """Tables of the journal source, by name, as files."""

    def __init__(self, folder):
        self.folder = folder

    def declare(self, table, ddl):
        (self.folder / f"{table}.ddl").write_text(ddl)
        (self.folder / f"{table}.jsonl").touch()

    def add(self, table, records):
        with (self.folder / f"{table}.jsonl").open("a") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def records(self, table):
        return [json.loads(line) for line in (self.folder / f"{table}.jsonl").read_text().splitlines()]

    def fail(self, table, text):
        (self.folder / f"{table}.fail").write_text(text)

    def heal(self, table):
        (self.folder / f"{table}.fail").unlink()


def events(seed, keys, count):
    """Changes in random order, some older than what came before, some told twice, some deletions."""
    chance = random.Random(seed)
    told = []
    for _ in range(count):
        if told and chance.random() < 0.1:
            told.append(dict(chance.choice(told)))
            continue
        moment = f"2026-01-{chance.randint(1, 28):02}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}.{chance.randint(0, 999999):06}+00:00"
        gone = chance.random() < 0.25
        name = None if gone else chance.choice(["red", "green", "blue"])
        told.append({"id": chance.randint(1, keys), "name": name, "updated_at": moment, "_deleted": gone})
    return told
