"""OSI PI by PI Web API: points and their values, the asset tree, event frames.

API facts: PI Web API 2018 SP1 and later, docs.aveva.com, as of November 2026.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
