"""Editors and the loader say the same of a declaration: both are made from one description."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from lakeflow_sources import ConfigurationError
from lakeflow_sources.declaration import json_schema, load, schema
from lakeflow_sources.declaration.document import parse
from lakeflow_sources.declaration.keys import DECLARATION
from lakeflow_sources.declaration.problems import Problems
from tests.declaration import test_bad_declarations as bad

ROOT = Path(__file__).resolve().parents[2]
HTTP = ROOT / "sources" / "http"
GOOD = [HTTP / "samples" / "shop.yaml", *(Path(__file__).parent / "vendors").glob("*.yaml")]


def keys_of(value, found):
    if isinstance(value, dict):
        found.update(value.get("properties", {}))
        for one in value.values():
            keys_of(one, found)
    elif isinstance(value, list):
        for one in value:
            keys_of(one, found)
    return found


def test_the_shipped_file_is_that_of_the_description():
    shipped = Path(schema.__file__).with_name("declaration.schema.json")
    assert shipped.read_text("utf-8") == schema.schema_text(), "write schema.schema_text() into it"
    Draft7Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_declarations_are_good_for_both(path):
    load(path)
    Draft7Validator(json_schema()).validate(parse(path.read_text("utf-8"), "x").value)


def structural():
    """Every bad declaration of the other tests, and what the description alone says of it."""
    lines = [case[0] for case in bad.test_a_mistake_in_a_table.pytestmark[0].args[1]]
    lines += [case[0] for case in bad.test_a_mistake_at_the_top.pytestmark[0].args[1]]
    columns = [case[0] for case in bad.test_a_mistake_in_a_column.pytestmark[0].args[1]]
    yield from (bad.GOOD + line + "\n" for line in lines)
    yield from (bad.GOOD.replace("updated_at timestamp]", f"updated_at timestamp, {one}]") for one in columns)


@pytest.mark.parametrize("text", list(structural()))
def test_bad_ones_are_bad_for_both(text):
    try:
        document = parse(text, "x")
    except ConfigurationError:
        return  # a key that is there twice: no schema sees it
    problems = Problems(document.lines)
    DECLARATION.check(document.value, (), problems)
    assert problems.below(()) == bool(list(Draft7Validator(json_schema()).iter_errors(document.value))), text


def test_the_reference_tells_every_key():
    told = set(re.findall(r"`([A-Za-z_]+)`", (ROOT / "docs" / "declaration.md").read_text("utf-8")))
    assert keys_of(json_schema(), set()) - told == set()


def test_samples_name_the_schema_for_editors():
    for path in GOOD:
        first = path.read_text("utf-8").splitlines()[0]
        relative = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / relative).resolve() == Path(schema.__file__).with_name("declaration.schema.json"), path


def test_plain_yaml_reads_the_samples_the_same():
    for path in GOOD:
        text = path.read_text("utf-8")
        assert json.dumps(parse(text, "x").value, default=str) == json.dumps(yaml.safe_load(text), default=str)
