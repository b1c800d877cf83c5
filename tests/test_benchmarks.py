"""Each benchmark in its smallest form, without the other tools: what it gives has its shape; nothing about speed."""

import importlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.__main__ import WORKS
from benchmarks.chart import drawn
from benchmarks.measure import AtLeast, AtMost, Below, Figure, Result, Run, Scale, in_turns
from benchmarks.readme import figures, write_figures

ROOT = Path(__file__).resolve().parents[1]
TINY = Scale(rounds=1, size=0.001)
WITHOUT_SPARK = ("quota", "increment")


def check(result, work):
    assert result["work"] == work
    assert result["title"]
    assert result["unit"]
    assert all(value >= 0 for value in result["medians"].values())
    assert any(one["target"] for one in result["figures"])
    for one in result["figures"]:
        assert one["what"]
        assert isinstance(one["value"], float)
        assert isinstance(one["met"], bool) is (one["target"] is not None)
    json.dumps(result, allow_nan=False)


@pytest.mark.spark
@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("work", [work for work in WORKS if work not in WITHOUT_SPARK])
def test_a_work_on_spark_measures_every_way(work):
    result = importlib.import_module(f"benchmarks.{work}").run(TINY).as_json()
    check(result, work)
    assert len(result["medians"]) > 1


@pytest.mark.parametrize("work", WITHOUT_SPARK)
def test_a_work_without_spark_measures(work):
    result = importlib.import_module(f"benchmarks.{work}").run(TINY).as_json()
    check(result, work)
    assert result["samples"]


def test_ways_take_turns_after_each_has_been_warmed_up():
    order = []

    def way(name):
        return lambda: order.append(name) or Run(1, 1.0)

    runs = in_turns({"a": way("a"), "b": way("b")}, 2)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert {name: len(some) for name, some in runs.items()} == {"a": 2, "b": 2}


def test_targets_say_which_side_is_good():
    assert AtLeast(4).met(4)
    assert not AtLeast(4).met(3.9)
    assert AtMost(1.35).met(1.35)
    assert not AtMost(1.35).met(1.36)
    assert Below(3).met(2.9)
    assert not Below(3).met(3)
    assert Figure("for information", 1.0, "x").met is None


def test_a_missed_target_is_reported_and_the_figures_replace_the_old_ones(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- figures: written by make bench -->\nold\n<!-- end of figures -->\nafter\n")
    shown = (Figure("factor", 3.94, "x", AtLeast(4)), Figure("seconds", 1234.5, "s"))
    result = Result("engine", "Title", "rows/s", {"ours": 3.94, "a < b": 1.0}, shown).as_json()
    machine = {
        "cores": 2,
        "system": "Linux",
        "python": "3.11",
        "pyspark": "4",
        "load": 0.1,
        "pyarrow": "1",
        "requests": "2",
    }
    whole = {"machine": {**machine, "orjson": "3"}, "rounds": 5, "size": 1.0, "works": [result]}
    write_figures(readme, whole)
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "busy" not in text
    assert "busy" in figures({**whole, "machine": {**whole["machine"], "load": 9.0}})
    assert "| engine | factor | ≥ 4 | 3.94 x | **missed** |" in text
    assert "|  | seconds |  | 1,234 s |  |" in text
    texts = [one.text for one in ET.fromstring(drawn([result])).iter() if one.tag.endswith("text")]
    assert "a < b" in texts


def test_the_figures_in_the_readme_are_those_of_the_results():
    whole = json.loads((ROOT / "benchmarks" / "results" / "results.json").read_text(encoding="utf-8"))
    assert [one["work"] for one in whole["works"]] == list(WORKS)
    assert figures(whole) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "benchmarks" / "results" / "results.svg").read_text(encoding="utf-8") == drawn(whole["works"])
