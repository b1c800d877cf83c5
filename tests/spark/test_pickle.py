"""Our code travels to workers that cannot import it, and stays there for their next task."""

import pickle
import subprocess
import sys

import pytest
from pyspark import cloudpickle

from lakeflow_sources.registry import connector, connector_names
from lakeflow_sources.spark.cargo import cargo
from lakeflow_sources.spark.source import data_source

BARE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("lakeflow_sources", "sources"):
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Blocked())
from pyspark import cloudpickle
found = cloudpickle.loads(sys.stdin.buffer.read())
"""
AGAIN = """
import importlib, sys
from pyspark import cloudpickle
first, second, third = cloudpickle.loads(sys.stdin.buffer.read())
installed = importlib.import_module("lakeflow_sources.declare")
one = cloudpickle.loads(first)
carried = sys.modules["lakeflow_sources.declare"]
two = cloudpickle.loads(second)
kept = sys.modules["lakeflow_sources.declare"]
three = cloudpickle.loads(third)
newer = sys.modules["lakeflow_sources.declare"]
print(carried is not installed, kept is carried, newer is not carried)
print(isinstance(two.made.source.connector, carried.Connector), isinstance(three.made.source.connector, newer.Connector))
print(len([one for one in sys.meta_path if type(one).__name__ == "_Carried"]))
"""


def run(code, data):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, input=data, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode().split()


@pytest.mark.parametrize("name", connector_names())
def test_a_data_source_is_whole_without_the_package(name):
    dumped = cloudpickle.dumps(data_source(connector(name)))
    code = f"{BARE}\nprint(found.name(), len(found.made.source.connector.title) > 0)"
    assert run(code, dumped) == [name, "True"]


def test_a_bare_process_hands_on_what_it_was_given():
    """The planner has no files to pack our code from: what it sends to tasks is what it received."""
    dumped = cloudpickle.dumps(data_source(connector("http")))
    code = f"{BARE}\nsent = cloudpickle.dumps(found)\nprint(len(sent))"
    (length,) = run(code, dumped)
    assert int(length) == pytest.approx(len(dumped), rel=0.05)


def test_modules_stay_for_the_next_task_and_make_way_for_another_version():
    """A worker serves one source after the other; a stale installed package must not read what a newer one planned."""
    first, second = (cloudpickle.dumps(data_source(connector(name))) for name in ("hubspot", "http"))
    third = first.replace(cargo()[0].encode(), b"0" * 64)
    assert third != first
    assert run(AGAIN, cloudpickle.dumps((first, second, third))) == ["True"] * 5 + ["1"]


def test_little_is_built_anew_for_each_task():
    """Building our functions anew for each of a read's three processes took several times what a short read takes."""
    dumped = cloudpickle.dumps(data_source(connector("hubspot")))
    assert len(dumped) < 1_000_000
    outside = len(dumped) - len(cargo()[1])
    assert outside < 60_000, "what is not our modules is built anew for each task"


def test_the_driver_keeps_its_own_modules():
    before = sys.modules["lakeflow_sources.declare"]
    copy = pickle.loads(cloudpickle.dumps(data_source(connector("hubspot"))))
    assert copy.made.source.connector.name == "hubspot"
    assert sys.modules["lakeflow_sources.declare"] is before


def test_a_cargo_has_nothing_that_only_a_laptop_needs():
    """Templates, mocks and commands stay where they are; two drivers of the same code give it the same mark."""
    code = "from lakeflow_sources.spark.cargo import cargo; print(cargo()[0])"
    assert run(code, b"") == run(f"import lakeflow_sources.sources.zendesk\n{code}", b"") == [cargo()[0]]
    listed = "import marshal, zlib; print(*marshal.loads(zlib.decompress(cargo()[1])))"
    names = run(f"{code}\n{listed}", b"")[1:]
    assert "lakeflow_sources.read" in names
    assert "lakeflow_sources.sources.osipi.connector" in names
    assert not [name for name in names if name.rpartition(".")[2].startswith("_generated_")]
    assert not [name for name in names if {"mock", "cli", "deploy", "testing", "local", "new"} & set(name.split("."))]
