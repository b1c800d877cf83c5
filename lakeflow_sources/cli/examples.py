"""Command lines to start from, shown by `--help` and in the command reference; a test runs each of them."""

from __future__ import annotations

__all__ = ["epilog", "examples"]

# A line that begins with blanks continues the one before it.
_LINES = """
lakeflow-sources connectors
lakeflow-sources connectors --json
lakeflow-sources tables hubspot
lakeflow-sources tables salesforce --secrets-file secrets.toml --json
lakeflow-sources tables http --set spec=shop.yaml
lakeflow-sources schema github issues
lakeflow-sources schema hubspot contacts --secrets-file secrets.toml
lakeflow-sources check hubspot --secrets-file secrets.toml
lakeflow-sources check http --set spec=shop.yaml
lakeflow-sources preview hubspot contacts -n 5
lakeflow-sources preview hubspot contacts --set columns=id,email,createdate
lakeflow-sources preview salesforce Account --set start=2026-01-01 --json
lakeflow-sources plan hubspot contacts
lakeflow-sources plan salesforce Account --set start=2026-01-01 --json
lakeflow-sources discover --connector-name hubspot --output-csv crm.csv
    --tables contacts,deals,owners --group-by category
lakeflow-sources discover --connector-name hubspot --output-csv all.csv --best-effort --json
lakeflow-sources discover --connector-name github --output-csv code.csv
    --tables issues,pull_requests --schedule-cdc "0 * * * *"
lakeflow-sources generate-notebooks --connector-name hubspot --input-csv crm.csv
    --output-dir bundle/notebooks --generate-all-groups
lakeflow-sources generate-notebooks --connector-name hubspot --input-csv crm.csv
    --output-dir bundle/notebooks --pipeline-group crm --json
lakeflow-sources generate-bundle --connector-name hubspot --input-csv crm.csv --output-dir bundle
    --notebook-base-path notebooks --dest-catalog main --dest-schema crm --emit-jobs --serverless
lakeflow-sources build-source hubspot -o _generated_hubspot_python_source.py
lakeflow-sources deploy --preset sources/hubspot/deployment/deploy_preset.json --dry-run
lakeflow-sources deploy --preset sources/hubspot/deployment/deploy_preset.json --json
lakeflow-sources deploy --preset sources/hubspot/deployment/deploy_preset.json --prune --yes
lakeflow-sources new acme
lakeflow-sources new acme --style python --output-dir connectors
lakeflow-sources new acme --from-openapi openapi.json
lakeflow-sources run-local bundle/notebooks --secrets-file scopes.toml
lakeflow-sources mock-server hubspot --port 8080 --records contacts=50000
lakeflow-sources mock-server hubspot zendesk --records zendesk.tickets=500 --option enforce_limits=true
lakeflow-sources demo
lakeflow-sources demo --folder .demo --contacts 5000
"""


def examples(command: str) -> list[str]:
    """The examples of *command*, a line each."""
    lines = _LINES.replace("\n    ", " ").strip().splitlines()
    return [line for line in lines if line.split()[1] == command]


def epilog(command: str) -> str:
    """The examples of *command* as the end of its help."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"[dim]$[/dim] {line}" for line in examples(command))])
