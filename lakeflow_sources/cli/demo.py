"""The main job on one machine: a vendor's API, its tables, its changes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from lakeflow_sources.cli.console import OUT
from lakeflow_sources.cli.discovering import write_discovered
from lakeflow_sources.cli.generate import facts_of
from lakeflow_sources.cli.local import print_report
from lakeflow_sources.deploy.connector_config import ConnectorConfig
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.local import RunReport, run_local
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import MockServer, mock_server

__all__ = ["Demo"]

_TABLES = (
    "contacts",
    "companies",
    "deals",
    "tickets",
    "notes",
    "associations_contacts_companies",
    "owners",
    "pipelines",
    "pipeline_stages",
    "lists",
)
_CHANGED, _ARCHIVED, _CREATED = 120, 30, 50
_SCOPE, _KEY = "demo", "hubspot_token"


class Demo:
    """Everything lies below *folder*, so that it can be looked at afterwards."""

    def __init__(self, folder: Path, contacts: int, say: Callable[[str], None]) -> None:
        self._folder, self._contacts, self._say = folder.resolve(), contacts, say

    def run(self) -> None:
        """All steps; raises `LakeflowError` when one fails."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._say(f"starting a HubSpot on loopback with {self._contacts:,} contacts")
        with mock_server("hubspot", records={"contacts": self._contacts}, seed=1) as hubspot:
            OUT.print(f"HubSpot lives at {hubspot.url}")
            self._generate(hubspot)
            self._pipeline("first run: everything")
            self._say("somebody works in HubSpot")
            live = [one["id"] for one in hubspot.rows("contacts")]
            hubspot.write("change", object_type="contacts", ids=live[:_CHANGED])
            hubspot.write("archive", object_type="contacts", ids=live[_CHANGED : _CHANGED + _ARCHIVED])
            hubspot.write("create", object_type="contacts", count=_CREATED)
            moved = _CHANGED + _ARCHIVED + _CREATED
            OUT.print(f"\nIn HubSpot {_CHANGED} contacts were changed, {_ARCHIVED} archived, {_CREATED} created.")
            report = self._pipeline("second run: only what moved")
            found = next(one for one in report.tables if one.name.endswith("contacts") and "assoc" not in one.name)
            if found.changed != moved:
                raise LakeflowError(f"{found.changed} contacts moved instead of {moved}", "please report this")
            OUT.print(f"Only those {moved} contacts moved.")

    def _generate(self, hubspot: MockServer) -> None:
        """Metadata CSV of the account, and its notebooks."""
        csv = self._folder / "hubspot.csv"
        settings = check_options(connector("hubspot"), hubspot.options)
        self._say("discovering its tables")
        write_discovered("hubspot", settings, csv, only=_TABLES)
        self._say("generating notebooks")
        config = ConnectorConfig(
            secrets_scope=_SCOPE,
            secret_mappings={"access_token": (_KEY,)},
            # The mock keeps no index, so that nothing has to be waited for; its budget is what the machine gives.
            static_options={
                "base_url": hubspot.url,
                "requests_per_second": "2000",
                "search_requests_per_second": "2000",
                "lag_seconds": "0",
                "lookback_seconds": "0",
            },
        )
        for path in generate_notebooks(
            connector_name="hubspot",
            input_csv=csv,
            output_dir=self._folder / "notebooks",
            connector_config=config,
            all_groups=True,
            facts=facts_of("hubspot"),
        ):
            OUT.print(f"wrote {path.relative_to(self._folder.parent)}", markup=False)
        secrets = self._folder / "secrets.toml"
        with os.fdopen(os.open(secrets, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f'[{_SCOPE}]\n{_KEY} = "{hubspot.token}"\n')

    def _pipeline(self, title: str) -> RunReport:
        self._say(f"local pipeline, {title}")
        report = run_local(
            self._folder / "notebooks",
            secrets_file=self._folder / "secrets.toml",
            state_dir=self._folder / "state",
            progress=self._say,
        )
        OUT.print(f"\n{title.capitalize()}")
        print_report(report)
        if not report.ok:
            raise LakeflowError("The pipeline failed", "its first error stands above")
        return report
