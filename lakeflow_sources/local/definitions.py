"""What notebooks define, collected before any of it reaches Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pyspark import pipelines
from pyspark.pipelines.flow import Flow
from pyspark.pipelines.graph_element_registry import GraphElementRegistry, graph_element_registration_context
from pyspark.pipelines.output import MaterializedView, Output, Sink, StreamingTable, TemporaryView
from pyspark.sql.connect.readwriter import DataFrameReader
from pyspark.sql.connect.session import SparkSession as ConnectSession
from pyspark.sql.connect.streaming.readwriter import DataStreamReader

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.change_flow import ChangeFlow
from lakeflow_sources.local.names import full_name, local_table, local_view, name_parts

__all__ = ["Definitions", "collecting", "local_reads"]


@dataclass
class Definitions(GraphElementRegistry):
    """The outputs and flows of one notebook under their local names; *schema* is for names without one."""

    schema: str
    outputs: dict[str, Output] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    changes: list[ChangeFlow] = field(default_factory=list)

    def register_output(self, output: Output) -> None:
        """Keep *output*; a name that comes twice is refused."""
        local = replace(output, name=self._name(output))
        if isinstance(local, MaterializedView | StreamingTable):
            # Clustering is a matter of Delta tables.
            local = replace(local, cluster_by=None)
        if local.name in self.outputs:
            raise ConfigurationError(f"{local.name} is defined twice", "give each table a destination of its own")
        self.outputs[local.name] = local

    def register_flow(self, flow: Flow) -> None:
        """Keep *flow*, whose function is called when the notebook has ended, under the name of what it fills.

        Spark keeps a flow's position under its name, and beside it skips batches that the table's folder has seen:
        a second flow into one folder of parquet, or one with a new name, would lose rows without a word.
        """
        target = self._target(flow.target)
        sink = isinstance(self.outputs.get(target), Sink)
        if not sink:
            self._refuse_second(target, [*(own.target for own in self.flows), *(own.target for own in self.changes)])
        self.flows.append(replace(flow, target=target, name=flow.name if sink else target))

    def register_change_flow(self, *args: Any, **options: Any) -> None:
        """Stands in for `pyspark.pipelines.create_auto_cdc_flow`."""
        flow = ChangeFlow.of(*args, **options)
        target = self._target(flow.target)
        if not isinstance(self.outputs.get(target), StreamingTable):
            cause = f"The change flow into {flow.target!r} has no target"
            raise ConfigurationError(cause, "call create_streaming_table for it first")
        self._refuse_second(target, [own.target for own in self.flows])
        local = replace(flow, target=target, source=self._target(flow.source))
        if local.stream in {known.stream for known in self.changes}:
            raise ConfigurationError(f"{target} has two change flows of one name", "give each a name of its own")
        self.changes.append(local)

    def register_auto_cdc_flow(self, flow: Any) -> None:
        """Never called while `collecting`, which replaces the function that would."""
        raise NotImplementedError(flow)

    def register_sql(self, sql_text: str, file_path: Path) -> None:
        """Notebooks are Python."""
        raise NotImplementedError(file_path, sql_text)

    def _refuse_second(self, target: str, filled: list[str]) -> None:
        if target in filled:
            cause = f"{target} is filled by two flows, which a local table cannot take"
            raise ConfigurationError(cause, "read all sources in one flow with unionByName")

    def _name(self, output: Output) -> str:
        if isinstance(output, TemporaryView):
            return local_view(output.name)
        return output.name if isinstance(output, Sink) else local_table(output.name, self.schema)

    def _target(self, name: str) -> str:
        """The view or sink called *name*, else the table."""
        return name if name in self.outputs else local_table(name, self.schema)


@contextmanager
def collecting(definitions: Definitions) -> Iterator[None]:
    """While open, the decorators of `pyspark.pipelines` fill *definitions*."""
    with (
        graph_element_registration_context(definitions),
        _replaced(pipelines, "create_auto_cdc_flow", lambda _: definitions.register_change_flow),
    ):
        yield


@contextmanager
def local_reads() -> Iterator[None]:
    """While open, tables are read by their local names, whatever catalog a notebook names."""

    def by_local_name(read: Callable[..., Any]) -> Callable[..., Any]:
        def table(reader: Any, tableName: str, *more: Any, **options: Any) -> Any:  # noqa: N803 - Spark's name for it
            known = len(name_parts(tableName)) == 1
            return read(reader, tableName if known else full_name(local_table(tableName, "")), *more, **options)

        return table

    with ExitStack() as stack:
        for reader in (DataFrameReader, DataStreamReader, ConnectSession):
            stack.enter_context(_replaced(reader, "table", by_local_name))
        yield


@contextmanager
def _replaced(owner: Any, name: str, change: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name, None)
    setattr(owner, name, change(original))
    try:
        yield
    finally:
        if original is None:
            delattr(owner, name)
        else:
            setattr(owner, name, original)
