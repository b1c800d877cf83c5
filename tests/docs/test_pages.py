"""The pages are complete, up to date, and lead somewhere."""

import re

import pytest

from docs.generator.connectors import built_in
from docs.generator.pages import pages, written
from lakeflow_sources.cli import commands
from lakeflow_sources.cli.app import app
from lakeflow_sources.cli.examples import examples
from lakeflow_sources.options import COMMON_OPTIONS
from tests.docs.blocks import PAGES, ROOT

DOCS = ROOT / "docs"
CONNECTORS = {one.name: one for one in built_in()}
commands.attach(app)


def ticked(path):
    """Names between backticks, also where several stand together."""
    return {word for text in re.findall(r"`([^`\n]+)`", path.read_text("utf-8")) for word in re.split(r"[ ,=]+", text)}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_pages_are_up_to_date(page):
    assert page.read_text("utf-8") == written(page), "run make docs"


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_has_a_page_with_every_table_column_option_credential_and_limit(name):
    connector, told = CONNECTORS[name], ticked(DOCS / "connectors" / f"{name}.md")
    assert {one.name for one in connector.fixed_tables} <= told
    assert {one.name for one in connector.options} <= told
    assert {option for names in connector.credentials for option in names} <= told
    for table in connector.fixed_tables:
        fixed = () if callable(table.columns) else table.columns
        assert {column.name for column in fixed} <= told, table.name


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_accepted_set_of_credentials_stands_in_one_line_of_its_page(name):
    text = (DOCS / "connectors" / f"{name}.md").read_text("utf-8")
    section = text.partition("## Sign-in")[2].partition("\n## ")[0]
    always, *rows = [part for part in re.split(r"\n(?=\|)|\n\n", section) if "`" in part] or [""]
    lines = [set(re.findall(r"`([^`]+)`", row)) for row in (always, *rows)]
    for names in CONNECTORS[name].credentials:
        assert any(set(names) <= line | lines[0] for line in lines), names


def test_every_common_option_is_on_the_options_page_and_in_the_readme():
    for page in (DOCS / "options.md", ROOT / "README.md"):
        assert {one.name for one in COMMON_OPTIONS} <= ticked(page)


def test_every_command_and_its_examples_are_on_the_commands_page():
    text = (DOCS / "commands.md").read_text("utf-8").replace(" \\\n   ", "")
    for one in app.registered_commands:
        assert f"\n## {one.name}\n" in text
        assert all(line in text for line in examples(one.name))


def anchors(path):
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page):
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_reached_from_the_index():
    reached, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = re.findall(r"\]\((?!https?://)([^)#\s]+)", page.read_text("utf-8"))
        left += [(page.parent / target).resolve() for target in targets]
    assert set(pages()) <= reached
