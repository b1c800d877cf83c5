"""What the decorators of pyspark.pipelines leave behind while a notebook is loaded; no Spark is started."""

import pytest
from pyspark import pipelines as dp
from pyspark.pipelines.output import MaterializedView, Sink, StreamingTable, TemporaryView

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.definitions import Definitions, collecting


@pytest.fixture
def definitions(monkeypatch):
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")  # columns need no session then
    definitions = Definitions("bronze")
    with collecting(definitions):
        yield definitions


def merge(target, source="changes", **more):
    dp.create_auto_cdc_flow(target=target, source=source, keys=["id"], sequence_by="at", **more)


def test_names_lose_their_catalog_and_flows_are_called_as_what_they_fill(definitions):
    dp.materialized_view(name="main.crm.owners", cluster_by=["id"])(lambda: None)
    dp.table(name="visits")(lambda: None)
    dp.temporary_view(name="changes")(lambda: None)
    dp.create_streaming_table("main.bronze.log")
    dp.append_flow(target="main.bronze.log", name="any_name")(lambda: None)
    dp.create_sink("elsewhere", "kafka", {})
    for name in ("to_kafka", "to_kafka_too"):
        dp.append_flow(target="elsewhere", name=name)(lambda: None)
    assert {name: type(output) for name, output in definitions.outputs.items()} == {
        "crm.owners": MaterializedView,
        "bronze.visits": StreamingTable,
        "changes": TemporaryView,
        "bronze.log": StreamingTable,
        "elsewhere": Sink,
    }
    assert definitions.outputs["crm.owners"].cluster_by is None
    assert [(flow.name, flow.target) for flow in definitions.flows] == [
        ("crm.owners", "crm.owners"),
        ("bronze.visits", "bronze.visits"),
        ("changes", "changes"),
        ("bronze.log", "bronze.log"),
        ("to_kafka", "elsewhere"),
        ("to_kafka_too", "elsewhere"),
    ]


def test_change_flows_are_kept_with_a_stream_each(definitions):
    dp.temporary_view(name="changes")(lambda: None)
    dp.create_streaming_table("main.bronze.contacts")
    merge("main.bronze.contacts", name="main.bronze.contacts")
    merge("main.bronze.contacts", source="main.crm.gone", name="deletes-of contacts")
    assert [(flow.target, flow.source, flow.stream) for flow in definitions.changes] == [
        ("bronze.contacts", "changes", "bronze.contacts__changes"),
        ("bronze.contacts", "crm.gone", "bronze.contacts__changes__deletes_of_contacts"),
    ]


def append(target):
    dp.append_flow(target=target, name="f")(lambda: None)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (lambda: (append("t"), append("main.bronze.t")), "bronze.t is filled by two flows.*unionByName"),
        (lambda: (append("t"), merge("t")), "bronze.t is filled by two flows"),
        (lambda: (merge("t"), append("t")), "bronze.t is filled by two flows"),
        (lambda: (merge("t"), merge("t", name="t")), "bronze.t has two change flows of one name"),
        (lambda: merge("u"), "The change flow into 'u' has no target: call create_streaming_table"),
        (lambda: dp.create_streaming_table("dev.bronze.t"), "bronze.t is defined twice"),
        (lambda: dp.temporary_view(name="bronze.v")(lambda: None), "has a schema: name it 'v'"),
    ],
)
def test_what_would_lose_rows_is_refused(definitions, cell, message):
    dp.create_streaming_table("t")
    with pytest.raises(ConfigurationError, match=message):
        cell()


def test_nothing_is_left_replaced():
    original = dp.create_auto_cdc_flow
    with collecting(Definitions("bronze")):
        assert dp.create_auto_cdc_flow is not original
    assert dp.create_auto_cdc_flow is original
