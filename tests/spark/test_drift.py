"""Fields that come while a stream runs: kept, refused or left out by the rule, and a column once the query starts anew."""

import json

import pytest

from tests.declaration.things import SPEC, Things, thing
from tests.http.loopback import Service
from tests.spark.frames import drained

pytestmark = pytest.mark.spark


@pytest.fixture
def things():
    service = Service()
    yield Things(service)
    service.close()


def stream(spark, things, drift, **options):
    given = {"base_url": things.service.url, "spec": SPEC, "on_schema_drift": drift, "lag_seconds": "0", **options}
    return spark.readStream.format("http").options(**given).load("things")


def rescued(rows):
    return {row["id"]: json.loads(row["_rescued_data"] or "{}") for row in rows}


def test_micro_batches_keep_what_their_columns_do_not_know(spark, things, tmp_path):
    things.records = [thing(n, 1) for n in range(4)]
    assert rescued(drained(stream(spark, things, "rescue"), tmp_path, "first")) == {n: {} for n in range(4)}
    things.now([thing(4), thing(5, colour="red"), thing(6, price={"amount": 3})])
    second = rescued(drained(stream(spark, things, "rescue"), tmp_path, "second"))
    assert second == {4: {}, 5: {"colour": "red"}, 6: {"price": {"amount": 3}}}
    assert drained(stream(spark, things, "rescue"), tmp_path, "third") == []


def test_a_micro_batch_that_is_refused_is_read_again_once_the_rule_allows_it(spark, things, tmp_path):
    things.records = [thing(n, 1) for n in range(4)]
    drained(stream(spark, things, "fail"), tmp_path, "first")
    things.now([thing(4), thing(5, colour="red")])
    with pytest.raises(Exception, match="Fields that no column reads: colour"):
        drained(stream(spark, things, "fail"), tmp_path, "second")
    assert sorted(row["id"] for row in drained(stream(spark, things, "ignore"), tmp_path, "third")) == [4, 5]


def test_a_new_column_of_the_declaration_is_filled_from_the_next_start_on(spark, things, tmp_path):
    things.records = [thing(n, 1) for n in range(4)]
    drained(stream(spark, things, "rescue"), tmp_path, "first")
    things.now([thing(4, colour="red")])
    wider = SPEC.replace("[id long,", "[id long, colour,")
    (row,) = drained(stream(spark, things, "rescue", spec=wider), tmp_path, "second")
    assert (row["id"], row["colour"], row["_rescued_data"]) == (4, "red", None)
