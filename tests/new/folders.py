"""New connectors, installed as their users would: built by their own build backend into a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

from lakeflow_sources.new import draft_of, project_files, starter, write_folder

ROOT = Path(__file__).resolve().parents[2]


def made(place, name, style, document=None):
    """The folder of a new connector."""
    draft = draft_of(name, document) if document else starter(name)
    write_folder(place / name, project_files(draft, style))
    return place / name


def installed(folder, target):
    """Its distribution, entry points included, in the folder *target*."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"),
            *("--disable-pip-version-check", "--no-cache-dir", "--target", str(target), str(folder)),
        ],
        check=True,
        capture_output=True,
    )
    return target


def environment(*folders, **more):
    """That of a process that sees *folders* and nothing of what this one has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LAKEFLOW_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, [*folders, ROOT])), "COLUMNS": "200", **more}


def command(*words, env, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "lakeflow_sources.cli", *map(str, words)],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run_tests(folder):
    """What pytest says in *folder*, where nothing but lakeflow_sources is installed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
