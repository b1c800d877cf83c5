"""What notebooks may say to a change flow, without a server."""

import pytest
from pyspark.sql import functions as F  # noqa: N812 - as everyone calls it

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.change_flow import ChangeFlow


@pytest.fixture(autouse=True)
def _connect(monkeypatch):
    """Columns of Spark Connect need no session."""
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")


def flow(**more):
    return ChangeFlow.of(**{"target": "b.t", "source": "s", "keys": ["id"], "sequence_by": "at", **more})


def test_names_and_columns_are_the_same():
    plain = flow(keys=["id", "odd name"], except_column_list=["_deleted"])
    columns = flow(keys=[F.col("id"), F.col("`odd name`")], except_column_list=[F.col("_deleted")])
    assert plain.keys == columns.keys == ("id", "odd name")
    assert plain.left_out == columns.left_out == ("_deleted",)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("updated_at", "updated_at"), ("odd-name", "odd-name"), ("struct(a, b)", "struct(a, b)"), ("a + 1", "a + 1")],
)
def test_a_sequence_is_a_name_or_an_expression(value, shown):
    assert shown in str(flow(sequence_by=value).sequence_by)


@pytest.mark.parametrize(("kind", "history"), [(None, False), (1, False), ("1", False), (2, True), ("2", True)])
def test_scd_types(kind, history):
    assert flow(stored_as_scd_type=kind).history is history


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"keys": []}, "has no keys: name the primary key"),
        ({"stored_as_scd_type": 3}, "stored_as_scd_type=3: write 1 or 2"),
        ({"ignore_null_updates": True, "once": True}, "sets ignore_null_updates, once, which needs Databricks"),
        ({"column_list": ["a"], "except_column_list": ["b"]}, "both to take and to leave out"),
        ({"track_history_column_list": ["a"]}, "tracks columns but keeps no history"),
    ],
)
def test_what_cannot_be_done_is_refused(more, message):
    with pytest.raises(ConfigurationError, match=message):
        flow(**more)


def test_what_is_switched_off_does_no_harm():
    assert flow(ignore_null_updates=False, once=False, apply_as_truncates=None).stream == "b.t__changes"
