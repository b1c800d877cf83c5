"""`spark.read.format("http")` in batch and stream."""

from datetime import timedelta

import pytest

from tests.declaration.shop import BEGIN, SECRET, SPEC, Shop, order

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def shop():
    made = Shop()
    yield made
    made.close()


def test_batch_reads_by_file_and_by_text(spark, shop):
    reader = spark.read.format("http").options(**shop.options)
    orders = reader.option("spec", str(SPEC)).load("orders")
    assert orders.columns == ["id", "customer_id", "state", "items", "updated_at", "_deleted"]
    assert sorted(row["id"] for row in orders.collect()) == [n for n in range(1, 301) if n % 10]
    prices = spark.read.format("http").options(**shop.options).option("spec", SPEC.read_text("utf-8")).load("prices")
    assert prices.dtypes == [("currency", "string"), ("sku", "string"), ("price", "double"), ("since", "date")]
    assert prices.count() == 60


def test_errors_of_a_declaration_reach_the_user_of_spark(spark, shop):
    text = SPEC.read_text("utf-8").replace("    records: hits", "    record: hits")
    with pytest.raises(Exception, match="there is no such key here: write records") as raised:
        spark.read.format("http").options(**shop.options).option("spec", text).load("visits").schema  # noqa: B018 (Spark asks for it)
    assert SECRET not in str(raised.value)


def test_streams_go_on_where_they_ended(spark, shop, tmp_path):
    def run():
        query = (
            spark.readStream.format("http")
            .options(**shop.options)
            .option("spec", str(SPEC))
            .option("tableName", "orders")
            .option("lookback_seconds", "0")
            .load()
            .select("id", "state", "_deleted")
            .writeStream.format("parquet")
            .option("path", str(tmp_path / "rows"))
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .trigger(availableNow=True)
            .start()
        )
        assert query.awaitTermination(180)
        return {(row["id"], row["state"]) for row in spark.read.parquet(str(tmp_path / "rows")).collect()}

    first = run()
    assert first == {(one["id"], one["state"]) for one in shop.orders}
    assert {number for number, state in first if state == "deleted"} == set(range(10, 301, 10))
    from datetime import UTC, datetime

    shop.orders.append(order(900, datetime.now(UTC) - timedelta(milliseconds=10)))
    shop.orders.append(order(901, BEGIN))
    assert run() - first == {(900, "paid")}
