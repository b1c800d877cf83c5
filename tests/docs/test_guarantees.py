"""Every promise names a test, and every test that is named is there."""

import ast
import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)


def functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_is_there():
    files = {file: functions(ROOT / "tests" / file) for file in {file for file, _ in NAMED}}
    assert not [f"{file}::{name}" for file, name in NAMED if name not in files[file]]
    assert len(NAMED) == PAGE.count(".py::"), "a test is named in another way than `file::function`"


def test_each_of_the_forty_scenarios_has_a_test():
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 41))
    assert all("::test_" in tests for _, tests in rows)
