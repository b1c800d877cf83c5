"""Runs a rendered notebook on modules that record what it asks for."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

CONF = {"spark.databricks.workspaceUrl": "adb-1.2.azuredatabricks.net", "pipelines.id": "p-1", "my.key": "mine"}


class Reader:
    """spark.read or spark.readStream."""

    def __init__(self, kind: str) -> None:
        self.read: dict[str, Any] = {"kind": kind, "options": {}}

    def format(self, name: str) -> Reader:
        self.read["format"] = name
        return self

    def options(self, **options: str) -> Reader:
        self.read["options"].update(options)
        return self

    def option(self, name: str, value: str) -> Reader:
        self.read["options"][name] = value
        return self

    def load(self) -> dict[str, Any]:
        return self.read


class Spark:
    conf = SimpleNamespace(get=CONF.__getitem__)
    catalog = SimpleNamespace(currentCatalog=lambda: "cat", currentDatabase=lambda: "sch")

    @property
    def read(self) -> Reader:
        return Reader("batch")

    @property
    def readStream(self) -> Reader:  # noqa: N802 - Spark's name
        return Reader("stream")

    def sql(self, text: str) -> Any:
        return SimpleNamespace(first=lambda: {"name": f"user by {text}"})


class Recorder:
    """What a notebook defined: by name, the function's read and the arguments; and the merges."""

    def __init__(self, *names: str) -> None:
        self.calls: list[tuple[str, dict[str, Any], Any]] = []
        self.module = ModuleType("pipelines")
        for name in names:
            setattr(self.module, name, self._decorator(name) if name in DECORATORS else self._function(name))
        for name in {"expect_all", "expect_all_or_drop", "expect_all_or_fail"} & set(names):
            setattr(self.module, name, self._expectation(name))

    def _decorator(self, kind: str) -> Callable[..., Any]:
        def take(**arguments: Any) -> Callable[[Callable[[], Any]], None]:
            def define(function: Callable[[], Any]) -> None:
                rules = getattr(function, "rules", {})
                self.calls.append((kind, {**arguments, **({"rules": rules} if rules else {})}, function()))

            return define

        return take

    def _function(self, kind: str) -> Callable[..., None]:
        return lambda **arguments: self.calls.append((kind, arguments, None))

    def _expectation(self, kind: str) -> Callable[..., Any]:
        def take(rules: Mapping[str, str]) -> Callable[[Any], Any]:
            def attach(function: Any) -> Any:
                function.rules = {**getattr(function, "rules", {}), kind: dict(rules)}
                return function

            return attach

        return take

    def named(self, name: str) -> tuple[str, dict[str, Any], Any]:
        (found,) = [call for call in self.calls if call[1].get("name") == name]
        return found


DECORATORS = {"table", "materialized_view", "temporary_view", "view"}
DATABRICKS = (
    "table", "materialized_view", "temporary_view", "create_streaming_table", "append_flow", "create_auto_cdc_flow",
    "create_auto_cdc_from_snapshot_flow", "expect_all", "expect_all_or_drop", "expect_all_or_fail",
)  # fmt: skip
OPEN_SOURCE = DATABRICKS[:6]
DLT = (
    "table", "view", "create_streaming_table", "append_flow", "apply_changes", "apply_changes_from_snapshot",
    "expect_all", "expect_all_or_drop", "expect_all_or_fail",
)  # fmt: skip


class Secrets:
    """dbutils.secrets with *values* by (scope, key); an exception among them is raised."""

    def __init__(self, values: Mapping[tuple[str, str], Any]) -> None:
        self.values = values
        self.asked: list[tuple[str, str]] = []

    def get(self, scope: str, key: str) -> str:
        self.asked.append((scope, key))
        value = self.values.get((scope, key), KeyError(f"no secret {key}"))
        if isinstance(value, Exception):
            raise value
        return str(value)


class AnySecret(Secrets):
    def get(self, scope: str, key: str) -> str:
        self.asked.append((scope, key))
        return f"secret {scope}/{key}"


def run_notebook(
    source: str, *, names: tuple[str, ...] = DATABRICKS, secrets: Secrets | None = None
) -> tuple[Recorder, list[Any]]:
    """What the notebook defined, and what it registered."""
    recorder = Recorder(*names)
    old = names is DLT
    pyspark: Any = ModuleType("pyspark")
    modules: dict[str, Any] = {"pyspark": pyspark, "dlt": recorder.module if old else None}
    if not old:
        pyspark.pipelines = recorder.module
    sql: Any = ModuleType("pyspark.sql")
    functions: Any = ModuleType("pyspark.sql.functions")
    package: Any = ModuleType("lakeflow_sources")
    modules |= {"pyspark.sql": sql, "pyspark.sql.functions": functions, "lakeflow_sources": package}
    sql.SparkSession = SimpleNamespace(active=Spark)
    functions.expr = lambda text: ("expr", text)
    registered: list[Any] = []
    package.register = lambda _, *wanted: registered.append(wanted)
    dbutils = SimpleNamespace(secrets=secrets or AnySecret({}))
    with (
        patch.dict(sys.modules, modules),
        patch.object(builtins, "dbutils", dbutils, create=True),
    ):
        sys.modules.pop("pyspark.pipelines", None)
        exec(compile(source, "notebook", "exec"), {"__name__": "notebook"})
    return recorder, registered
