"""Java is found as Spark would find it, or the way to install it is told."""

import os

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.java import require_java


@pytest.fixture
def machine(tmp_path):
    """An environment whose only program is a `java` that says *told* about itself."""

    def machine(told, home=False):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "java"
        program.write_text(f"#!/bin/sh\n{told}\n")
        program.chmod(0o755)
        return {"JAVA_HOME": str(tmp_path), "PATH": os.environ["PATH"]} if home else {"PATH": str(folder)}

    return machine


def says(version):
    return f"echo 'openjdk version \"{version}\" 2025-04-15' >&2"


@pytest.mark.parametrize("home", [False, True])
@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("21", 21), ("25-ea", 25)])
def test_a_new_java_is_found(machine, version, major, home):
    found = require_java(machine(says(version), home))
    assert found.version == major
    assert found.path.endswith("/bin/java")


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (says("1.8.0_402"), "only Java 8: install it with `sudo apt-get install -y openjdk-17-jre-headless`"),
        (says("11.0.2"), "only Java 11"),
        ("echo 'Unable to locate a Java Runtime.' >&2; exit 1", "does not start or does not tell its version"),
    ],
)
def test_an_old_or_broken_java_is_told(machine, told, cause):
    with pytest.raises(ConfigurationError, match=cause):
        require_java(machine(told))


def test_no_java_is_one_sentence_with_the_commands_that_install_it(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        require_java({"PATH": str(tmp_path)})
    text = str(caught.value)
    assert text.startswith("No Java 17 or newer was found in the PATH: install it with `sudo apt-get install")
    assert "`brew install openjdk@17` (macOS)" in text
    assert "\n" not in text


def test_a_java_home_without_java_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="was found in JAVA_HOME"):
        require_java({"JAVA_HOME": str(tmp_path), "PATH": os.environ["PATH"]})
