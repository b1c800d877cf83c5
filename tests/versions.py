"""The Spark tests on every Spark and Python that users have: environments below .venv-compat, and a table at the end.

python tests/versions.py [--spark 4.0 4.3] [--python 3.12] [--mode classic] [--smoke] [-- pytest arguments]

A Python that is not on the PATH is named by PYTHON312=/path/to/python3.12.
"""

import argparse
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv-compat"
PYTHONS = ("3.11", "3.12")
MODES = ("classic", "connect")
# Beside each Spark the libraries that the Databricks runtime of that Spark has, as its release notes list them.
RUNTIMES = {
    "4.0": ("requests==2.32.3", "tenacity==9.0.0", "pyarrow==19.0.1", "jinja2==3.1.5", "pyyaml==6.0.2", "pandas==2.2.3"),
    "4.1": ("requests==2.32.3", "tenacity==9.0.0", "pyarrow==21.0.0", "jinja2==3.1.6", "pyyaml==6.0.2", "orjson==3.11.5"),
    "4.2": ("requests==2.32.5", "tenacity==9.1.2", "pyarrow==21.0.0", "jinja2==3.1.6", "pyyaml==6.0.3"),
    "4.3": (),
}  # fmt: skip
SMOKE = ("tests/spark/test_registration.py", "tests/spark/test_triggers.py")


@dataclass(frozen=True)
class Outcome:
    """How the tests went in one environment and mode."""

    spark: str
    python: str
    mode: str
    counts: dict[str, int]
    seconds: float
    problem: str = ""

    @property
    def good(self):
        return not self.problem and self.counts["tests"] > 0 and not self.counts["failed"]


def interpreter(version):
    """A Python of *version* that starts, or None."""
    named = os.environ.get(f"PYTHON{version.replace('.', '')}")
    for path in (named, sys.executable, shutil.which(f"python{version}"), *pyenv(version)):
        if path and answer([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) == version:
            return path
    return None


def pyenv(version):
    """Where pyenv keeps it: its shim on the PATH starts only what is chosen at the moment."""
    root = answer(["pyenv", "root"])
    return sorted(Path(root, "versions").glob(f"{version}.*/bin/python")) if root else []


def answer(command):
    try:
        return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60).stdout.strip()
    except OSError:
        return ""


def environment(spark, python):
    """The interpreter of an environment with this Spark, made where it is not there or where the project changed."""
    folder = HOME / f"spark{spark}-python{python}"
    wanted = ("--editable", ".[all]", "--group", "test", f"pyspark[connect]=={spark}.*", *RUNTIMES[spark])
    told = hashlib.sha256(repr((wanted, (ROOT / "pyproject.toml").read_bytes())).encode()).hexdigest()
    mark = folder / "ready"
    own = folder / "bin" / "python"
    if not mark.is_file() or mark.read_text() != told:
        pip = [own, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        if not mark.is_file():
            subprocess.run([interpreter(python), "-m", "venv", "--clear", folder], check=True)
            subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
        subprocess.run([*pip, *wanted], cwd=ROOT, check=True)
        mark.write_text(told)
    return own


def tested(spark, python, mode, arguments):
    """Run the tests in one environment; what they print goes to the screen."""
    begun = time.monotonic()
    try:
        own = environment(spark, python)
    except subprocess.CalledProcessError as error:
        return Outcome(
            spark, python, mode, {}, time.monotonic() - begun, f"not installed: pip ended with {error.returncode}"
        )
    report = HOME / f"spark{spark}-python{python}-{mode}.xml"
    report.unlink(missing_ok=True)
    begun = time.monotonic()
    command = [own, "-m", "pytest", "-m", "spark and not proof", "--spark-mode", mode, "--junitxml", report]
    # Older Sparks leave sockets to the garbage collector, which then tells of them in the midst of any test.
    command += ["-W", "ignore::pytest.PytestUnraisableExceptionWarning", *arguments]
    env = {**os.environ, "SPARK_TESTING": "1", "PYSPARK_PYTHON": str(own), "PYSPARK_DRIVER_PYTHON": str(own)}
    subprocess.run(command, cwd=ROOT, env=env, check=False)
    counts = counted(report) if report.is_file() else {}
    return Outcome(spark, python, mode, counts, time.monotonic() - begun, "" if counts else "pytest did not run")


def counted(report):
    """Tests, failed and skipped ones of a JUnit report."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total = {name: sum(int(one.get(name, 0)) for one in suites) for name in ("tests", "failures", "errors", "skipped")}
    return {"tests": total["tests"], "failed": total["failures"] + total["errors"], "skipped": total["skipped"]}


def show(outcomes, missing):
    table = Table(title="Spark tests by version", title_justify="left")
    for name in ("Spark", "Python", "mode"):
        table.add_column(name)
    for name in ("passed", "failed", "skipped", "seconds"):
        table.add_column(name, justify="right")
    for one in outcomes:
        counts = one.counts or {"tests": 0, "failed": 0, "skipped": 0}
        passed = counts["tests"] - counts["failed"] - counts["skipped"]
        numbers = (passed, counts["failed"], counts["skipped"], round(one.seconds))
        table.add_row(one.spark, one.python, one.mode, *map(str, numbers), style="" if one.good else "red")
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(table)
    for one in outcomes:
        if one.problem:
            console.print(f"Spark {one.spark} on Python {one.python}, {one.mode}: {one.problem}")
    for version in missing:
        console.print(
            f"Python {version} was not tried: it is not here. Name it by PYTHON{version.replace('.', '')}=PATH."
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spark", nargs="+", choices=RUNTIMES, default=list(RUNTIMES))
    parser.add_argument("--python", nargs="+", choices=PYTHONS, default=None)
    parser.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--first-python", action="store_true", help="only on the first Python that is here")
    parser.add_argument("--smoke", action="store_true", help="a few tests only")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    asked = parser.parse_args()
    missing = [version for version in asked.python or PYTHONS if not interpreter(version)]
    pythons = [version for version in asked.python or PYTHONS if version not in missing]
    if asked.first_python:
        pythons, missing = pythons[:1], []
    arguments = [*asked.pytest, *(SMOKE if asked.smoke else ())]
    outcomes = [tested(*one, arguments) for one in itertools.product(asked.spark, pythons, asked.mode)]
    show(outcomes, missing)
    fine = bool(outcomes) and all(one.good for one in outcomes) and not (asked.python and missing)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
