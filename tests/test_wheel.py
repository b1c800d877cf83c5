"""The wheel as a cluster gets it: light, named by its version, with all that it needs inside."""

import subprocess
import sys
import zipfile
from email import message_from_bytes

import pytest

from lakeflow_sources import __version__
from lakeflow_sources.registry import connector_names
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def test_its_name_has_the_version_as_clusters_cache_by_name(wheel):
    assert wheel.name == f"lakeflow_sources-{__version__}-py3-none-any.whl"


def test_it_brings_no_spark_and_no_sdk_onto_a_cluster(wheel):
    needed = [line for line in metadata(wheel).get_all("Requires-Dist") if "extra ==" not in line]
    assert needed
    assert not [line for line in needed if line.startswith(("pyspark", "databricks", "pandas", "numpy"))]


def test_connectors_templates_and_the_modules_that_spark_looks_for_are_inside(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in connector_names():
        assert f"pyspark_{name}/__init__.py" in names
        assert f"lakeflow_sources/sources/{name}/connector.py" in names
    assert "lakeflow_sources/shim_templates/notebook.py.j2" in names
    assert not [name for name in names if name.startswith("tests/")]
