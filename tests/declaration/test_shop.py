"""The sample declaration, read as a task reads it, by a process that has no package, and by commands."""

import json
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from pyspark import cloudpickle

from lakeflow_sources.declaration import load
from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from tests.declaration.reading import rows, span
from tests.declaration.shop import SECRET, SPEC, Shop

LOAD = """
import json, sys
sys.modules["lakeflow_sources"] = None
from pyspark import cloudpickle
options, dumped = cloudpickle.load(sys.stdin.buffer)
source = cloudpickle.loads(dumped)(options)
schema = source.schema()
reader = cloudpickle.loads(cloudpickle.dumps(source.reader(schema)))
parts = cloudpickle.loads(cloudpickle.dumps(reader.partitions()))
rows = [row for part in parts for batch in reader.read(part) for row in batch.to_pylist()]
print(json.dumps([schema.names, len(parts), rows], default=str))
assert "carried" in sys.modules["lakeflow_sources"].__spec__.origin
"""


@pytest.fixture(scope="module")
def shop():
    made = Shop()
    yield made
    made.close()


def read(shop, table, window=None, **options):
    return rows(load(SPEC), table, window, **shop.options, **options)


def test_every_table_of_the_sample(shop):
    customers = read(shop, "customers")
    assert len(customers) == 120
    assert customers[0] == {"id": 1, "name": "customer 1", "city": "city 1", "balance": Decimal("0.25")}
    addresses = read(shop, "addresses")
    assert len(addresses) == sum(map(len, shop.addresses.values()))
    assert {row["customer_id"] for row in addresses} == {n for n, found in shop.addresses.items() if found}
    orders = read(shop, "orders")
    assert sorted(row["id"] for row in orders) == [n for n in range(1, 301) if n % 10]
    assert orders[0].keys() == {"id", "customer_id", "state", "items", "updated_at", "_deleted"}
    assert sorted(row["id"] for row in read(shop, "visits")) == sorted(one["id"] for one in shop.visits)
    prices = read(shop, "prices")
    assert sorted((row["sku"], row["currency"]) for row in prices) == sorted(
        (f"s{n}", c) for n in range(30) for c in ("EUR", "NOK")
    )
    assert {type(row["price"]) for row in prices} == {float}


def test_changes_of_the_sample(shop):
    window = span("2026-01-02T00:00:00", "2026-01-03T00:00:00")
    assert sorted((row["id"], row["_deleted"]) for row in read(shop, "orders", window, lookback_seconds="0")) == [
        (n, n % 10 == 0) for n in range(24, 48)
    ]


def test_a_process_without_the_package_reads_a_declaration(shop):
    dumped = cloudpickle.dumps(data_source(connector("http")))
    options = {"spec": str(SPEC), "tableName": "orders", **shop.options}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], input=cloudpickle.dumps((options, dumped)), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    names, parts, found = json.loads(done.stdout)
    assert names[-1] == "_deleted"
    assert parts == 8
    assert sorted(row["id"] for row in found) == [n for n in range(1, 301) if n % 10]


@pytest.fixture
def command(shop, tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text(f'[shop]\nclient_secret = "{SECRET}"\n')

    def run(*words, spec=SPEC):
        plain = [word for name, value in {**shop.plain, "spec": spec}.items() for word in ("--set", f"{name}={value}")]
        done = subprocess.run(
            [sys.executable, "-m", "lakeflow_sources.cli", *words, *plain, "--secrets-file", str(secrets)],
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert SECRET not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_commands_on_a_declared_connector(command):
    code, out, _ = command("tables", "http", "--json")
    assert code == 0
    assert [(one["name"], one["ingestion_type"]) for one in json.loads(out)][2] == ("orders", "cdc_with_deletes")
    code, out, _ = command("schema", "http", "prices", "--json")
    assert [one["name"] for one in json.loads(out)] == ["currency", "sku", "price", "since"]
    code, out, _ = command("check", "http")
    assert "An online shop: signed in at http://127.0.0.1" in out
    code, out, _ = command("preview", "http", "customers", "-n", "2", "--json")
    assert [one["id"] for one in json.loads(out)] == [1, 2]
    code, out, _ = command("plan", "http", "addresses")
    assert code == 0
    assert "120 slices" in out


def test_discovery_of_a_declared_connector(command, tmp_path):
    csv = tmp_path / "shop.csv"
    code, _, err = command("discover", "--connector-name", "http", "--output-csv", str(csv), "--group-by", "category")
    assert code == 0, err
    assert "orders,sales,orders" in csv.read_text()


def test_a_command_tells_what_is_wrong_with_a_declaration(command, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("name: bad\nbase_url: https://x\ntabels: {}\n")
    code, _, err = command("tables", "http", spec=path)
    assert code == 1
    assert "line 3, tabels: there is no such key here: write tables." in err
