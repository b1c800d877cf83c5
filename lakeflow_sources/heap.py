"""Memory of pages stays with the process: asked of the system for each page, it costs a fault for every 4 kB of it."""

from __future__ import annotations

from functools import cache

__all__ = ["keep_memory"]

_LARGEST = (32 << 20) - (64 << 10)
"""Just below the most that glibc learns from: `DEFAULT_MMAP_THRESHOLD_MAX` of mallopt(3)."""


@cache
def keep_memory() -> None:
    """Have blocks of up to 32 MB come from the heap, which keeps up to 64 MB of them when they are free.

    The allocator of glibc learns from the largest block that is given back to it. The first one, which nobody wrote to,
    costs nothing; later ones would come from the heap and be filled with zeros, so it is done once in a process. A
    seventh of the time of large answers was spent on new memory. Others than glibc take no notice.
    """
    bytes(_LARGEST)
