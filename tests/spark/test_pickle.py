"""The package travels to workers that cannot import it."""

import subprocess
import sys

import pytest

from lakeflow_sources.registry import connector_names

DUMP = """
import sys
from pyspark import cloudpickle
import lakeflow_sources
from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
cloudpickle.register_pickle_by_value(lakeflow_sources)
sys.stdout.buffer.write(cloudpickle.dumps(data_source(connector(sys.argv[1]))))
"""
LOAD = """
import sys
sys.modules["lakeflow_sources"] = None
from pyspark import cloudpickle
found = cloudpickle.loads(sys.stdin.buffer.read())
print(found.name(), len(found.connector.title) > 0)
assert not [name for name in sys.modules if name.startswith("lakeflow_sources.")]
"""


@pytest.mark.parametrize("name", connector_names())
def test_a_data_source_is_whole_without_the_package(name):
    dumped = subprocess.run([sys.executable, "-c", DUMP, name], check=True, capture_output=True).stdout
    loaded = subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, input=dumped).stdout
    assert loaded.decode().split() == [name, "True"]
    assert len(dumped) < 1_000_000
