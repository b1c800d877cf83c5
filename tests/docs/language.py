"""How a block of each language is run."""

import csv
import io
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib

import yaml
from pyspark.sql import DataFrame

from lakeflow_sources.cli import commands
from lakeflow_sources.cli.app import _run, app
from lakeflow_sources.declaration import load

NOT_RUN = {
    "make demo": "three minutes of Spark: the proof test_the_demo runs the command behind it",
    "make test": "runs this very test",
    "make docs": "test_pages_are_up_to_date makes the same pages",
    "pip install": "needs a package index",
    "lakeflow-sources demo": "three minutes of Spark: the proof test_the_demo runs it",
}
commands.attach(app)


def shell(stage, block, done, setenv):
    """Runs each line once, however many pages show it."""
    for line in block.lines:
        local = stage.local(line)
        if local in done or any(line.startswith(begin) for begin in NOT_RUN):
            continue
        done.add(local)
        if match := re.fullmatch(r"export (LAKEFLOW_(\w+?)_(\w+))=\.\.\.", local):
            setenv(match[1], stage.secret(match[2].lower(), match[3].lower()))
        elif local.startswith("lakeflow-sources mock-server"):
            served(stage, shlex.split(local))
        elif local.startswith("lakeflow-sources "):
            assert _run(placed(stage, shlex.split(local)[1:])) == 0, f"{block.place}: {line}"
        elif local.startswith("pytest "):
            tested(stage, shlex.split(local)[1:], block.place)
        else:
            raise AssertionError(f"{block.place}: nobody knows how to run {line!r}: say why not in NOT_RUN")


def placed(stage, words):
    """Generated notebooks find the vendor on loopback, as `stage.local` lets everything else; `new` finds its place empty."""
    if words[0] == "new":
        shutil.rmtree(stage.home / words[1], ignore_errors=True)
    if words[0] != "generate-notebooks":
        return words
    name = words[words.index("--connector-name") + 1]
    given = words.index("--connector-config") if "--connector-config" in words else None
    if given is None:
        preset = stage.home / "sources" / name / "deployment" / "deploy_preset.json"
        config = json.loads(preset.read_text("utf-8"))["connector_config"]
    else:
        config = json.loads((stage.home / words[given + 1]).read_text("utf-8"))
        words = words[:given] + words[given + 2 :]
    config["static_options"] = {**config.get("static_options", {}), **stage.hosts(name)}
    (stage.home / "placed.json").write_text(json.dumps(config), "utf-8")
    return [*words, "--connector-config", "placed.json"]


def served(stage, words):
    """A mock is up when it has said where, and ends when it is told to."""
    words = [word if before != "--port" else "0" for before, word in zip(["", *words], words, strict=False)]
    command = [sys.executable, "-m", "lakeflow_sources.cli", *words[1:]]
    with subprocess.Popen(command, cwd=stage.home, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        assert " at http://127.0.0.1:" in said, said
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, process.returncode


def tested(stage, arguments, place):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(stage.home), *arguments]
    done = subprocess.run(command, cwd=stage.home, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{place}: {done.stdout[-3000:]}"


def python(stage, block, names):
    """Runs the block, and every table that it makes."""
    before = dict(names)
    exec(compile(stage.local(block.text), block.place, "exec"), names)
    for name, value in names.items():
        if before.get(name) is not value and isinstance(value, DataFrame):
            read(stage, name, value)


def read(stage, name, table):
    if not table.isStreaming:
        table.limit(3).collect()
        return
    writer = table.writeStream.format("noop").option("checkpointLocation", str(stage.home / "checkpoints" / name))
    query = writer.trigger(availableNow=True).start()
    query.awaitTermination()
    assert query.exception() is None


def document(block):
    """Parsed, and loaded where it is a declaration."""
    if block.language == "yaml":
        found = yaml.safe_load(block.text)
        if "base_url" in found:
            load(block.text)
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "text":
        assert block.text.strip()
    elif block.language == "csv":
        rows = list(csv.reader(io.StringIO(block.text)))
        assert len({len(row) for row in rows}) == 1, block.place
    else:
        raise AssertionError(f"{block.place}: nobody knows the language {block.language!r}")
