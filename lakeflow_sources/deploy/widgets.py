"""Deploying from inside a workspace: the widgets of its two notebooks, and what they come to."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lakeflow_sources.deploy.change import apply_plan, describe
from lakeflow_sources.deploy.connector_config import ConnectorConfig
from lakeflow_sources.deploy.deployer import Choices, plan_preset, plan_purge, urls
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.preset_section import CsvSettings, Preset
from lakeflow_sources.deploy.workspace import Workspace, open_workspace
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import Settings, check_options
from lakeflow_sources.registry import connector, connector_names
from lakeflow_sources.sources import folder_of

__all__ = ["deploy_by_hand", "deploy_from_preset", "hand_widgets", "preset_widgets", "secret_options"]

Say = Callable[[str], None]
_YES_NO = ("no", "yes")
_MODES = ("as the preset says", "static", "discover", "manual")
_SHARED: Mapping[str, tuple[str, ...]] = {
    "dest_catalog": (),
    "dest_schema": (),
    "notebooks_dir": (),
    "uc_volume_name": (),
    "input_csv": (),
    "wheel": (),
    "dry_run": ("yes", "no"),
    "prune": _YES_NO,
    "recreate": _YES_NO,
    "purge": _YES_NO,
    "confirm": (),
}
"""Widgets of both notebooks: text, or one of some choices of which the first is the default."""
_BY_HAND: Mapping[str, tuple[str, ...]] = {
    "secrets_scope": (),
    "secret_mappings_json": (),
    "static_options_json": (),
    "serverless": ("yes", "no"),
    "num_workers": (),
    "create_jobs": ("yes", "no"),
    "pause_jobs": ("yes", "no"),
    "timezone_id": (),
}


def preset_widgets(dbutils: Any) -> None:
    """Show the widgets of the preset-driven notebook."""
    names = [name for name in connector_names() if _own_preset(name).is_file()]
    _show(dbutils, {"connector": tuple(names), "csv_mode": _MODES, "manual_tables": (), **_SHARED})


def hand_widgets(dbutils: Any) -> None:
    """Show the widgets of the notebook that needs no preset."""
    _show(dbutils, {"connector": connector_names(), **_SHARED, **_BY_HAND})


def deploy_from_preset(dbutils: Any, say: Say, workspace: Workspace | None = None) -> None:
    """Deploy the preset of a connector as the widgets say."""
    get = _reader(dbutils)
    name = connector(get("connector")).name
    path = _own_preset(name)
    if not path.is_file():
        raise ConfigurationError(f"The connector {name} has no preset", f"write {path.name} for it")
    preset, mode = load_preset(path), get("csv_mode")
    tables = tuple(table.strip() for table in get("manual_tables").split(",") if table.strip())
    if mode == "static" and not (get("input_csv") or preset.csv.path):
        raise ConfigurationError("csv_mode is static and there is no CSV", "give its path in input_csv")
    if mode == "manual" and not (tables or preset.csv.tables):
        raise ConfigurationError("csv_mode is manual and no table is named", "name tables in manual_tables")
    if mode in _MODES[1:]:
        preset = replace(preset, csv=CsvSettings(mode, preset.csv.path, tables or preset.csv.tables))
    _deploy(dbutils, get, preset, say, workspace)


def deploy_by_hand(dbutils: Any, say: Say, workspace: Workspace | None = None) -> None:
    """Deploy a metadata CSV as the widgets say."""
    get = _reader(dbutils)
    if not get("input_csv") and get("purge") != "yes":
        raise ConfigurationError("input_csv is empty", "give the path of a metadata CSV")
    name = connector(get("connector")).name
    content: dict[str, Any] = {
        "connector_name": name,
        "generated_source_rel_path": f"sources/{name}/_generated_{name}_python_source.py",
        "csv": {"mode": "static", "path": "tables.csv"},
        "connector_config": {
            "secrets_scope": get("secrets_scope"),
            "secret_mappings": _mapping(get, "secret_mappings_json"),
            "static_options": _mapping(get, "static_options_json"),
        },
        "pipeline": {"serverless": get("serverless") == "yes", "num_workers": _number(get, "num_workers", 1)},
        "jobs": {
            "create": get("create_jobs") == "yes",
            "pause": get("pause_jobs") == "yes",
            "timezone_id": get("timezone_id") or "UTC",
        },
        "storage": {"uc_volume_name": get("uc_volume_name") or "lakeflow_sources"},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "widgets.json"
        path.write_text(json.dumps(content), "utf-8")
        preset = replace(load_preset(path), path=None, generated_source_rel_path="")
    _deploy(dbutils, get, preset, say, workspace)


def secret_options(dbutils: Any, config: ConnectorConfig) -> dict[str, str]:
    """The connector's options, secrets read from the scope on the driver."""
    options = dict(config.static_options)
    for option, keys in config.secret_mappings.items():
        problems = []
        for key in keys:
            try:
                value = dbutils.secrets.get(scope=config.secrets_scope, key=key)
            except Exception as error:  # noqa: BLE001 - dbutils raises errors of the JVM
                problems.append(f"{key}: {(str(error).strip().splitlines() or [type(error).__name__])[0]}")
                continue
            options[option] = value
            break
        else:
            raise ConfigurationError(
                f"The option {option} could not be read from the secret scope {config.secrets_scope} "
                f"({'; '.join(problems)})",
                f"put it there with databricks secrets put-secret {config.secrets_scope} {keys[0]}",
            )
    return options


def _deploy(dbutils: Any, get: Callable[[str], str], preset: Preset, say: Say, workspace: Workspace | None) -> None:
    preset = _placed(preset, get)
    name, dry = preset.connector_name, get("dry_run") == "yes"
    purge, recreate = get("purge") == "yes", get("recreate") == "yes"
    sure = get("confirm") == name
    if (purge or recreate) and not (sure or dry):
        what = "purge removes pipelines and jobs" if purge else "recreate drops the tables of the pipelines"
        raise ConfigurationError(what, f"write {name} into confirm, or look at it with dry_run")
    workspace = workspace or open_workspace()

    def settings() -> Settings:
        return check_options(connector(name), secret_options(dbutils, preset.connector_config))

    if purge:
        plan = plan_purge(workspace, name, get("notebooks_dir"))
    else:
        choices = Choices(get("notebooks_dir"), get("wheel"), recreate, prune=get("prune") == "yes")
        plan = plan_preset(workspace, preset, settings, choices, say)
    for line in describe((*plan.changes, *plan.removals)):
        say(line)
    if dry:
        say("nothing was changed: set dry_run to no")
        return
    apply_plan(plan, say, remove=sure)
    if plan.removals and not sure:
        say(f"{len(plan.removals)} to remove: write {name} into confirm")
    for url in urls(workspace, plan):
        say(url)


def _placed(preset: Preset, get: Callable[[str], str]) -> Preset:
    """*preset* with what the widgets state in its place."""
    if path := get("input_csv"):
        preset = replace(preset, csv=CsvSettings("static", str(Path(path).absolute())))
    return replace(
        preset,
        dest_catalog=get("dest_catalog") or preset.dest_catalog,
        dest_schema=get("dest_schema") or preset.dest_schema,
        storage=replace(preset.storage, uc_volume_name=get("uc_volume_name") or preset.storage.uc_volume_name),
    )


def _own_preset(name: str) -> Path:
    return folder_of(name) / "deployment" / "deploy_preset.json"


def _show(dbutils: Any, widgets: Mapping[str, tuple[str, ...]]) -> None:
    for name, choices in widgets.items():
        if choices:
            dbutils.widgets.dropdown(name, choices[0], list(choices))
        else:
            dbutils.widgets.text(name, "")


def _reader(dbutils: Any) -> Callable[[str], str]:
    return lambda name: str(dbutils.widgets.get(name)).strip()


def _mapping(get: Callable[[str], str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(get(name) or "{}")
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{name} is not JSON ({error.msg})", 'write it as {"option": "value"}') from None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{name} is not a JSON object", 'write it as {"option": "value"}')
    return found


def _number(get: Callable[[str], str], name: str, default: int) -> int:
    text = get(name) or str(default)
    if not text.isdecimal():
        raise ConfigurationError(f"{name} is {text!r}", "write a whole number")
    return int(text)
