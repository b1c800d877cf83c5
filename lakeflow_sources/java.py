"""The Java that local Spark runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from lakeflow_sources.errors import ConfigurationError

__all__ = ["OLDEST_JAVA", "Java", "require_java"]

OLDEST_JAVA = 17
_INSTALL = (
    "install it with `sudo apt-get install -y openjdk-17-jre-headless` (Debian, Ubuntu) "
    "or `brew install openjdk@17` (macOS), or point JAVA_HOME at one"
)
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that starts, and its major version."""

    path: str
    version: int


def require_java(environment: Mapping[str, str] = os.environ) -> Java:
    """The Java that Spark will find in *environment*: that of JAVA_HOME, else the first on the PATH."""
    home = environment.get("JAVA_HOME", "")
    path = shutil.which(os.path.join(home, "bin", "java") if home else "java", path=environment.get("PATH", ""))  # noqa: PTH118 - a name to look up
    where = f"JAVA_HOME ({home})" if home else "the PATH"
    if path is None:
        raise ConfigurationError(f"No Java {OLDEST_JAVA} or newer was found in {where}", _INSTALL)
    version = _version(path, environment)
    if version is None:
        raise ConfigurationError(f"{path} does not start or does not tell its version", _INSTALL)
    if version < OLDEST_JAVA:
        cause = f"No Java {OLDEST_JAVA} or newer was found in {where}, only Java {version}"
        raise ConfigurationError(cause, _INSTALL)
    return Java(path, version)


def _version(path: str, environment: Mapping[str, str]) -> int | None:
    try:
        answer = subprocess.run(  # noqa: S603 - the Java that Spark would start
            [path, "-version"], capture_output=True, check=False, env=dict(environment), text=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(answer.stderr + answer.stdout)
    return int(match[1]) if match else None
