"""Spark's Python workers below this process: their processor time, and the most memory that one of them takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

__all__ = ["cpu_seconds", "peak_memory"]


def _workers() -> Iterator[psutil.Process]:
    for process in psutil.Process().children(recursive=True):
        try:
            if any("pyspark" in part and "daemon" in part for part in process.cmdline()):
                yield process
        except psutil.Error:  # ended meanwhile
            continue


def cpu_seconds() -> float:
    """Of all workers that live now; they outlast the tasks of a session."""
    total = 0.0
    for worker in _workers():
        try:
            times = worker.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


@contextmanager
def peak_memory() -> Iterator[Callable[[], float]]:
    """Gives a function: megabytes of the largest worker since then, looked at ten times a second."""
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            for worker in _workers():
                try:
                    peak[0] = max(peak[0], worker.memory_info().rss / 2**20)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: peak[0]
    finally:
        ended.set()
        thread.join()
