import ast
import csv
import json
import string
import tempfile
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.deploy import template
from lakeflow_sources.deploy.connector_config import DYNAMIC_VALUES, ConnectorConfig, TokenStore
from lakeflow_sources.deploy.metadata import COLUMNS, EXTRA_COLUMNS
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.errors import ConfigurationError
from tests.deploy.pipeline_recorder import run_notebook

BUNDLE_VARIABLE = "${var.x}"
EVIL = [
    'a") and __import__("os").system("touch /tmp/x") or ("',
    "a') and __import__('os').system('touch /tmp/x') or ('",
    "a\n\nimport os\nos.abort()\n",
    "\\", "\\'", '"""', "'''", "a\\\nb", "#", "\n# COMMAND ----------\n", "\n# MAGIC %sh echo\n", "\u2028import os", "\x85import os",
    "{{ 7 * 7 }}", "{% raw %}", BUNDLE_VARIABLE, "%s{}", "../../../x", "/etc/passwd", "..", "class", "None", "1abc", "con", "\x00", "\x1a", "\u202e", "",
    "日本語", "ß", "A" * 300, "`", "a`b", "a.b",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(EVIL), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
ANY_TEXTS = st.one_of(TEXTS, st.text(st.characters(), max_size=10))
USUAL = {
    "source_table": "contacts",
    "pipeline_group": "crm",
    "ingestion_type": "cdc_with_deletes",
    "primary_keys": "id",
    "cursor_field": "updatedAt",
}
CALM = settings(deadline=None)
Harmless = tuple[set[str], set[str]]


def names_of(source: str) -> set[str]:
    """Every name, attribute and argument that the code of *source* uses."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name"):
            if isinstance(value := getattr(node, field, None), str):
                found.add(value)
    return found


def lines_of(source: str) -> set[str]:
    return {line for line in source.splitlines() if line.startswith("#")}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Harmless:
    """Names and comments of notebooks of harmless input."""
    tmp_path = tmp_path_factory.mktemp("harmless")
    path = tmp_path / "usual.csv"
    path.write_text(
        "source_table,pipeline_group,ingestion_type,primary_keys,cursor_field,scd_type\n"
        "a,crm,cdc_with_deletes,id,u,\nb,crm,snapshot,id,,2\nc,crm,append,,,\nd,crm,snapshot,,,\n"
    )
    config = ConnectorConfig("scope", {"a": ("k",)}, {}, {name: name for name in DYNAMIC_VALUES})
    (written,) = generate_notebooks(
        connector_name="hubspot",
        input_csv=path,
        output_dir=tmp_path / "usual",
        connector_config=config,
        all_groups=True,
    )
    source = written.read_text()
    return names_of(source) | {
        "SOURCE_FILE",
        "open",
        "source",
        "exec",
        "compile",
        "register_lakeflow_source",
        "encoding",
        "read",
    }, lines_of(source)


def attempt(row: dict[str, str], **arguments: Any) -> str | None:
    """The notebook of a CSV with this one row; None when it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        return _attempt(Path(folder), row, **arguments)


def _attempt(folder: Path, row: dict[str, str], **arguments: Any) -> str | None:
    """Looks for files elsewhere, too."""
    inside = folder / "deep" / "below" / "inside"
    inside.mkdir(parents=True)
    with (folder / "tables.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerow(row)
    try:
        paths = generate_notebooks(
            connector_name="hubspot", input_csv=folder / "tables.csv", output_dir=inside, all_groups=True, **arguments
        )
    except ConfigurationError:
        paths = []
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"tables.csv", *(f"deep/below/inside/{path.name}" for path in paths)}
    if not paths:
        return None
    (path,) = paths
    assert set(path.stem) <= set(string.ascii_lowercase + string.digits + "_")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("column", [*COLUMNS, *EXTRA_COLUMNS])
@settings(CALM, max_examples=25)
@given(text=TEXTS)
def test_any_text_in_a_cell(harmless: Harmless, column: str, text: str) -> None:
    source = attempt({**USUAL, column: text})
    if source is None:
        return
    names, lines = harmless
    assert names_of(source) <= names
    assert {line for line in lines_of(source) if not line.startswith("# Generated")} <= lines
    recorder, _ = run_notebook(source)
    if column in {"source_table", "cursor_field"} and len(recorder.calls) == 3:
        view, _, flow = recorder.calls
        seen = {"source_table": view[2]["options"]["tableName"], "cursor_field": flow[1]["sequence_by"]}
        assert seen[column] == text.strip()
    if column == "comment":
        text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
        assert recorder.calls[1][1].get("comment", "") == text


@settings(CALM, max_examples=100)
@given(st.dictionaries(st.sampled_from([*COLUMNS, *EXTRA_COLUMNS]), TEXTS))
def test_any_text_in_all_cells(row: dict[str, str]) -> None:
    source = attempt({**USUAL, **row})
    if source is not None:
        run_notebook(source)


@settings(CALM, max_examples=100)
@given(
    values=st.dictionaries(st.sampled_from(["columns", "repo", "Query", "a.b-c"]), ANY_TEXTS),
    option=ANY_TEXTS,
    rule=ANY_TEXTS,
)
def test_any_value_of_options_and_expectations(values: dict[str, str], option: str, rule: str) -> None:
    row = {
        "table_options_json": json.dumps(values) if values else "",
        "expectations": json.dumps({rule or "x": rule or "x"}),
    }
    source = attempt({**USUAL, **row}, connector_config=ConnectorConfig(static_options={"base_url": option}))
    if (rule and not rule.strip()) or any(BUNDLE_VARIABLE in text for text in (option, *values.values())):
        assert source is None
        return
    assert source is not None
    recorder, _ = run_notebook(source)
    assert recorder.calls[0][2]["options"] == {"base_url": option, **values, "tableName": "contacts"}
    assert recorder.calls[1][1]["expect_all"] == {rule or "x": rule or "x"}


@settings(CALM, max_examples=100)
@given(
    scope=st.one_of(st.just("scope"), ANY_TEXTS),
    key=st.one_of(st.just("key"), ANY_TEXTS),
    name=st.one_of(st.just("name"), ANY_TEXTS),
    source=st.one_of(st.just("configuration:my.key"), st.just("pipeline_id"), ANY_TEXTS),
    path=st.one_of(st.none(), ANY_TEXTS, ANY_TEXTS.map("{}.whl".format)),
)
def test_any_connector_config(
    harmless: Harmless, scope: str, key: str, name: str, source: str, path: str | None
) -> None:
    config = ConnectorConfig(
        scope, {name: (key,)}, {f"{name}_static": name}, {f"{name}2": source}, TokenStore(scope, key)
    )
    notebook = attempt(USUAL, connector_config=config, connector_path=path)
    if notebook is not None:
        names, lines = harmless
        assert names_of(notebook) <= names
        extra = {line for line in lines_of(notebook) - lines if not line.startswith("# Generated")}
        assert extra <= {f"# MAGIC %pip install {path}"}


def test_a_template_cannot_put_a_bare_value_into_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bare.j2").write_text("name = {{ value }}\n")
    (tmp_path / "missing.j2").write_text("name = {{ nothing | literal }}\n")
    monkeypatch.setattr(template, "template_folder", lambda: tmp_path)
    with pytest.raises(TypeError, match="bare str"):
        template.render_python("bare.j2", {"value": "1"})
    with pytest.raises(Exception, match="'nothing' is undefined"):
        template.render_python("missing.j2", {})


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("name = {{ value | raw }}\n", "1 + 1", "a value became code"),
        ("name = '{{ value | raw }}'\n", "'; import os; '", "a value became code"),
        ("name = 1  # {{ value | raw }}\n", "MAGIC %sh", "a value became code"),
        ("name = {{ value | raw }}\n", "(", "did not become Python"),
    ],
)
def test_code_that_is_not_the_templates_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, value: str, expected: str
) -> None:
    """Even if a filter let a value through as it is."""
    real = jinja2.Environment

    def environment(**arguments: Any) -> Any:
        made = real(**arguments)
        made.filters["raw"] = template._Literal
        return made

    (tmp_path / "x.j2").write_text(text)
    monkeypatch.setattr(template, "template_folder", lambda: tmp_path)
    monkeypatch.setattr(jinja2, "Environment", environment)
    with pytest.raises(ConfigurationError, match=expected):
        template.render_python("x.j2", {"value": value})
