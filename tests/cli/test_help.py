"""Every command explains itself, and a shell can complete it."""

import os
import subprocess
import sys

import pytest
import typer

from lakeflow_sources.cli import commands, complete
from lakeflow_sources.cli.app import app
from lakeflow_sources.cli.examples import examples
from tests.cli.shell import run

commands.attach(app)
COMMANDS = {one.name: one.callback for one in app.registered_commands}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_sentence_help_for_each_parameter_and_examples(name):
    group = typer.main.get_command(app)
    command = group.commands[name]
    assert command.help.strip().endswith(".")
    assert [one.name for one in command.params if not getattr(one, "help", "")] == []
    assert examples(name)


def test_examples_belong_to_commands_and_use_their_flags():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        flags = {flag for one in command.params for flag in one.opts}
        for line in examples(name):
            used = {word for word in line.split() if word.startswith("-")}
            assert used <= flags, line


def test_help_shows_the_examples():
    shown = run("preview", "--help")
    assert shown.returncode == 0
    assert "lakeflow-sources preview hubspot contacts -n 5" in shown.stdout
    assert "Usage: lakeflow-sources preview" in shown.stdout


def test_without_a_command_the_help_is_shown():
    shown = run()
    assert shown.returncode == 0
    assert "generate-notebooks" in shown.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lakeflow-sources tables hub", "hubspot"),
        ("lakeflow-sources preview hubspot cont", "contacts"),
        ("lakeflow-sources schema github pull_request_", "pull_request_files"),
        ("lakeflow-sources preview hubspot contacts --set page", "page_size="),
        ("lakeflow-sources discover --connector-name zen", "zendesk"),
        ("lakeflow-sources mock-server sales", "salesforce"),
        ("lakeflow-sources run", "run-local"),
    ],
)
def test_bash_completes_commands_connectors_tables_and_options(words, expected):
    environment = {
        **os.environ,
        "_LAKEFLOW_SOURCES_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    command = [sys.executable, "-m", "lakeflow_sources.cli"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert expected in done.stdout.splitlines(), done.stderr


def test_secret_options_are_never_completed():
    class Context:
        params = {"name": "hubspot"}

    names = [name for name, _ in complete.options(Context(), "")]
    assert "api_version=" in names
    assert "access_token=" not in names
