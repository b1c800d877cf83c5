"""The files of a new connector by relative path, each checked before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import jinja2

import lakeflow_sources
from lakeflow_sources.declaration import load
from lakeflow_sources.deploy.template import template_folder
from lakeflow_sources.new.draft import Draft
from lakeflow_sources.new.python_text import connector_text
from lakeflow_sources.new.samples_text import samples_files
from lakeflow_sources.new.scalars import comment, flow
from lakeflow_sources.new.yaml_text import declaration_keys

__all__ = ["Style", "package_of", "project_files"]

Style = Literal["yaml", "python"]


def package_of(name: str) -> str:
    """The package of a connector that is made here."""
    return f"lakeflow_{name}"


def project_files(draft: Draft, style: Style) -> dict[str, str]:
    """Every file of the folder; raises `ConfigurationError` where the draft makes no good connector."""
    package = package_of(draft.name)
    facts = _facts(draft, style)
    declaration = _fill("declaration.yaml.j2", {**facts, "keys": declaration_keys(draft)})
    load(declaration)
    if style == "yaml":
        own = {f"{draft.name}.yaml": declaration, "__init__.py": _fill("package_yaml.py.j2", facts)}
    else:
        own = {"connector.py": connector_text(draft), "__init__.py": _fill("package_python.py.j2", facts)}
    samples = {f"samples/{name}": text for name, text in samples_files(draft).items()}
    return {
        "README.md": _fill("README.md.j2", facts),
        "pyproject.toml": _fill("pyproject.toml.j2", facts),
        **{f"{package}/{name}": text for name, text in {**own, **samples}.items()},
        f"pyspark_{draft.name}/__init__.py": _fill("pyspark.py.j2", facts),
        f"tests/test_{draft.name}.py": _fill("test.py.j2", facts),
        "deployment/deploy_preset.json": json.dumps(_preset(draft), indent=2) + "\n",
    }


def _facts(draft: Draft, style: Style) -> dict[str, Any]:
    """What templates show; all of it was checked or is quoted by them."""
    return {
        "name": draft.name,
        "title": draft.title,
        "package": package_of(draft.name),
        "style": style,
        "class_name": "".join(part.capitalize() for part in draft.name.split("_")),
        "table": draft.tables[0].name,
        "tables": draft.tables,
        "options": _options(draft),
        "notes": draft.notes,
        "left_out": draft.left_out,
        "version": lakeflow_sources.__version__,
    }


def _options(draft: Draft) -> list[str]:
    """The options that sign in and that calls need."""
    declared = load(_fill("declaration.yaml.j2", {"keys": declaration_keys(draft), "notes": (), "left_out": ()}))
    return list(dict.fromkeys(name for names in declared.credentials[:1] for name in names))


def _preset(draft: Draft) -> Mapping[str, Any]:
    return {
        "connector_name": draft.name,
        "generated_source_rel_path": f"deployment/_generated_{draft.name}_python_source.py",
        "dest_catalog": "main",
        "dest_schema": draft.name,
        "csv": {"mode": "manual", "tables": [table.name for table in draft.tables]},
        "connector_config": {
            "secrets_scope": draft.name,
            "secret_mappings": {name: name for name in _options(draft)},
            "static_options": {name: f"put your {name} here" for name in draft.options},
        },
        "discover": {"group_by": "ingestion_type", "schedule_snapshot": "0 4 * * *", "schedule_cdc": "*/30 * * * *"},
        "pipeline": {"serverless": True, "channel": "CURRENT"},
        "jobs": {"create": True, "pause": True, "timezone_id": "UTC"},
        "storage": {"uc_volume_name": "lakeflow_sources"},
    }


def _fill(template: str, context: Mapping[str, Any]) -> str:
    environment = jinja2.Environment(  # noqa: S701 - no HTML; values are quoted by `flow` or are checked names
        loader=jinja2.FileSystemLoader(template_folder() / "new"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"flow": flow, "comment": comment}
    return environment.get_template(template).render(context)
