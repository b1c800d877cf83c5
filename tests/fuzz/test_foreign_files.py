"""Files that people write, damaged in every way: a clear error or a right result, never another exception, never a hang."""

import json
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lakeflow_sources.cli.settings import read_secrets as read_option_secrets
from lakeflow_sources.declaration.load import load
from lakeflow_sources.deploy.connector_config import read_connector_config
from lakeflow_sources.deploy.cron import quartz
from lakeflow_sources.deploy.metadata import read_metadata, write_metadata
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.local.secrets import read_secrets
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from tests.conftest import ROOT
from tests.fuzz.strategies import MANY, TEXT, VALUE, damaged, reshaped, survives

pytestmark = pytest.mark.timeout(300)

PRESETS = [json.loads(path.read_text()) for path in sorted(ROOT.glob("sources/*/deployment/deploy_preset.json"))]
TABLES = [path.read_text() for path in sorted(ROOT.glob("sources/*/deployment/tables.csv"))]
DECLARATIONS = [path.read_text() for path in sorted(ROOT.glob("tests/declaration/vendors/*.yaml"))]
DECLARATIONS.append((ROOT / "sources/http/samples/shop.yaml").read_text())
CONFIGS = [preset["connector_config"] for preset in PRESETS]
SECRETS = ['[acme]\nkey = "value"\nother = "two"\n', 'token = "x"\n', "[hubspot]\naccess_token = '''\nlong\n'''\n"]
CRONS = ["0 6 * * *", "*/15 0-6 1,15 * MON-FRI", "5 4 31 JAN,FEB 0/2", "0 0 * * 7"]


def put(path, text):
    path.touch(0o600)
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    return path


@MANY
@given(damaged(TABLES))
@example('source_table,pipeline_group\n"a\n')
@example("source_table,pipeline_group\n" + "x" * 200_000 + ",g\n")
@example("source_table,pipeline_group,weight,priority\na,g,1e999999999," + "9" * 5_000)
@example('source_table,pipeline_group,table_options_json\na,g,"' + "[" * 50_000 + '"\n')
def test_metadata(tmp_path, text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        specs = survives(read_metadata, put(tmp_path / "tables.csv", text))
        if specs is not None:
            again = read_metadata(write_metadata(tmp_path / "again.csv", specs))
            assert [(one.source_table, one.pipeline_group, one.table_options) for one in again] == [
                (one.source_table, one.pipeline_group, one.table_options) for one in specs
            ]


@MANY
@given(st.one_of(reshaped(PRESETS), VALUE))
def test_presets_of_every_shape(tmp_path, value):
    survives(load_preset, put(tmp_path / "preset.json", json.dumps(value)))


@MANY
@given(damaged([json.dumps(one) for one in PRESETS]))
@example("[" * 100_000)
@example('{"weight_snapshot": ' + "9" * 5_000 + "}")
def test_preset_texts(tmp_path, text):
    survives(load_preset, put(tmp_path / "preset.json", text))


@MANY
@given(st.one_of(reshaped(CONFIGS), VALUE))
def test_connector_configs(tmp_path, value):
    survives(read_connector_config, put(tmp_path / "config.json", json.dumps(value)))


@MANY
@given(damaged(DECLARATIONS))
@example("name: &a [*a]\n")
@example("name: &a {x: *a}\ntables: *a\n")
@example("a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)))
@example("name: x\nrequests_per_second: " + "9" * 5_000 + "\n")
@example("name: x\nrequests_per_second: 1e999999999\n")
@example("name: x\n? [a]\n: b\n")
@example("name: !!python/object/apply:os.system [true]\n")
@example("a:\n" + "".join(" " * n + "a:\n" for n in range(1, 900)))
def test_declarations(text):
    survives(load, text + "\n")


@MANY
@given(
    reshaped(
        [
            {
                "name": "x",
                "base_url": "https://x.example.com",
                "tables": {"t": {"path": "/t", "columns": {"a": "string"}}},
            }
        ]
    )
)
def test_declarations_of_every_shape(value):
    survives(load, json.dumps(value) + "\n")


@MANY
@given(st.one_of(damaged(SECRETS), st.binary(max_size=60)))
@example(b"\xff\xfe[a]")
@example("a = " + "[" * 20_000)
@example("a = " + "9" * 5_000)
def test_secrets(tmp_path, text):
    path = put(tmp_path / "secrets.toml", text)
    survives(read_secrets, path)
    survives(read_option_secrets, path)


@MANY
@given(st.one_of(damaged(CRONS), TEXT))
@example("0 0 1-999999999/1 * *")
@example("*/999999999 * * * *")
@example(" ".join(["*"] * 100_000))
def test_schedules(text):
    found = survives(quartz, text)
    assert found is None or all(len(one.split()) == 6 for one in found)


@MANY
@given(
    st.sampled_from(
        ["start", "end", "page_size", "timeout_seconds", "columns", "verify_ssl", "base_url", "on_schema_drift"]
    ),
    st.one_of(damaged(["2026-01-31T12:00:00Z", "100", "true", "https://api.example.com/x"]), TEXT),
)
@example("start", "0001-01-01T00:00:00+01:00")
@example("end", "9999-12-31T23:59:59-01:00")
@example("page_size", "9" * 5_000)
@example("timeout_seconds", "nan")
def test_options(name, text):
    settings = survives(
        check_options, connector("hubspot"), {"access_token": "planted", "tableName": "contacts", name: text}
    )
    if settings is not None:
        survives(settings.moment, "start")
        survives(settings.moment, "end")
