"""State that belongs to the process: found through `sys`, as our modules may make way for those of another source."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

__all__ = ["shared"]

_HOME = "_lakeflow_sources_process"
T = TypeVar("T")


def shared(name: str, make: Callable[[], T]) -> T:
    """The one object of this process that *name* stands for, made by *make* when it is first asked for.

    A fork starts with none of its parent's objects: sockets and locks must not be used on both sides.
    """
    state = sys.modules.setdefault(_HOME, ModuleType(_HOME)).__dict__
    key = f"{os.getpid()}:{name}"
    found: T | None = state.get(key)
    # setdefault decides between threads that arrive together.
    return state.setdefault(key, make()) if found is None else found
