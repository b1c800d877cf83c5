"""What the figures depend on, and nothing that names the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

__all__ = ["facts"]


def facts() -> Mapping[str, object]:
    """Cores, how busy others kept them for the last minute, Python, and the versions that matter."""
    packages = {name: _version(name) for name in ("pyspark", "pyarrow", "orjson", "requests", "urllib3")}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = round(os.getloadavg()[0], 1)
    return {"cores": cores, "load": load, "system": platform.system(), "python": platform.python_version(), **packages}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
