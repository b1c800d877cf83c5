"""GitHub: repositories with their issues, pull requests, commits, Actions and discussions, and organizations.

API facts: docs.github.com/rest and /graphql, API versions 2022-11-28 and 2026-03-10.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
