"""Loggers that are seen where nobody has set up logging, as in Spark's workers, whose lines go to the task's log."""

from __future__ import annotations

import logging

__all__ = ["visible"]


def visible(name: str) -> logging.Logger:
    """The logger *name*, which shows INFO unless somebody gave it another level."""
    log = logging.getLogger(name)
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)
    if not log.hasHandlers():
        log.addHandler(logging.StreamHandler())
    return log
