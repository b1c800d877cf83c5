"""The lock covers what the project declares, by hash, and says nothing about where it was made; its audit is honest."""

import json
import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.audit import UNREACHED, judged
from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def locked():
    """Requirements of the lock by name; a name is there twice where platforms differ."""
    found = {}
    for entry in re.split(r"\n(?=\S)", LOCK):
        requirement = Requirement(entry.partition(" \\")[0])
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)
        assert hashes, f"{requirement.name} has no hash"
        if requirement.marker is None or requirement.marker.evaluate(default_environment()):
            found[canonicalize_name(requirement.name)] = requirement
    return found


def declared():
    """What `make setup` is for: the runtime, the extra `all` and the group `dev`, with what they include."""
    extras = PROJECT["project"]["optional-dependencies"]
    groups = PROJECT["dependency-groups"]
    texts = [*PROJECT["project"]["dependencies"]]
    texts += [line for name in ("spark", "cli", "deploy", "testing") for line in extras[name]]
    texts += [line for name in ("dev", "test") for line in groups[name] if isinstance(line, str)]
    return [Requirement(text) for text in texts]


def test_everything_declared_is_locked_at_a_version_that_will_do():
    pinned = locked()
    for requirement in declared():
        one = pinned.get(canonicalize_name(requirement.name))
        assert one is not None, f"{requirement} is not in requirements.lock: run `make lock`"
        (pin,) = one.specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{requirement} is locked at {pin.version}: run `make lock`"


def test_the_extra_all_is_made_of_the_extras_that_are_locked():
    assert PROJECT["project"]["optional-dependencies"]["all"] == ["lakeflow-sources[spark,cli,deploy,testing]"]


def test_the_lock_names_no_host():
    assert "://" not in LOCK
    assert not re.search(r"^\s*-", re.sub(r"--hash=\S+", "", LOCK).replace("\\", ""), re.MULTILINE)


FINE, HOLED = (
    {"name": "a", "version": "1", "vulns": []},
    {"name": "b", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]},
)
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "told", "code", "line"),
    [
        ([FINE], "", 0, "1 packages asked about, 0 known holes"),
        ([FINE, HOLED], "", 1, "b 2: X-1, mended in ['3']"),
        ([FINE, UNKNOWN], "", 1, "c: unknown to the service"),
        ([UNKNOWN], "", 0, UNREACHED),
        (None, "requests.exceptions.ConnectionError: no", 0, UNREACHED),
        (None, "usage: pip-audit", 1, "usage: pip-audit"),
    ],
)
def test_an_audit_tells_holes_from_silence(packages, told, code, line):
    found, lines = judged("" if packages is None else json.dumps({"dependencies": packages}), told)
    assert found == code
    assert line in lines
