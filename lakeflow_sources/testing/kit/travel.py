"""Class, read and slices are pickled, and work in a process that can import neither our package nor the connector's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from lakeflow_sources.options import resolved
from lakeflow_sources.testing.kit.bench import Bench, texts_of

__all__ = ["travels_to_bare_workers"]

_WORKER = """
import json, sys
from pyspark import cloudpickle
blocked, asked, dumped = cloudpickle.load(sys.stdin.buffer)
for name in blocked:
    sys.modules[name] = None
source_class, found = cloudpickle.loads(dumped), []
assert "carried" in sys.modules["lakeflow_sources"].__spec__.origin, "our package was imported"
for options in asked:
    source = source_class(options)
    reader = cloudpickle.loads(cloudpickle.dumps(source.reader(source.schema())))
    parts = cloudpickle.loads(cloudpickle.dumps(reader.partitions()))
    found.append([row for part in parts for batch in reader.read(part) for row in batch.to_pylist()])
dump = lambda row: json.dumps(row, default=str, sort_keys=True, ensure_ascii=False)
print(json.dumps([[dump(row) for row in rows] for rows in found]))
"""
_TOLD = 1500  # characters of a worker's error


def travels_to_bare_workers(bench: Bench, tables: Sequence[str]) -> None:
    """What reads *tables* brings its code along, and gives the same rows where none of it can be imported."""
    import lakeflow_sources
    from lakeflow_sources.spark.by_value import packages_of, pickled_by_value
    from lakeflow_sources.spark.source import data_source

    given = {name: text for name, text in bench.given().items() if name != "start"}  # read all there is
    asked = [{**given, "tableName": table, "requests_per_second": "5000"} for table in tables]
    packages = packages_of(resolved(bench.connector, bench.given()))
    _expect_picklable(bench)
    with pickled_by_value(packages):
        dumped = _pickled(data_source(bench.connector))
    blocked = [lakeflow_sources.__name__, *packages]
    done = subprocess.run(  # noqa: S603 - our own interpreter, and what is secret goes through the pipe
        [sys.executable, "-c", _WORKER],
        input=_pickled((blocked, asked, dumped)),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace")[-_TOLD:]
        raise AssertionError(
            f"{bench.connector.name} does not work in a process without its packages: import everything at the top of "
            f"modules, and nothing of {', '.join(blocked)} inside functions\n{told}"
        )
    for table, rows in zip(tables, json.loads(done.stdout.splitlines()[-1]), strict=True):
        if sorted(rows) != sorted(texts_of(bench.rows(table))):
            raise AssertionError(f"{bench.connector.name}.{table} gives other rows in a bare process")


def _expect_picklable(bench: Bench) -> None:
    """Which part cannot be pickled, by name."""
    from pyspark import cloudpickle

    connector = resolved(bench.connector, bench.given())
    fixed = connector.static_tables if callable(connector.tables) else connector.tables
    parts: dict[str, Any] = {f"table {table.name}": table for table in fixed} | {"connector": connector}
    for name, part in parts.items():
        try:
            cloudpickle.loads(_pickled(part))
        except Exception as error:
            raise AssertionError(
                f"{connector.name}: the {name} cannot be pickled ({error}): keep locks, sessions, clients and open "
                "files out of its values and of what its functions close over"
            ) from error


def _pickled(value: Any) -> bytes:
    from pyspark import cloudpickle

    return bytes(cloudpickle.dumps(value))  # type: ignore[no-untyped-call]  # vendored without types
