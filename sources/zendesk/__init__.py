"""Zendesk: tickets with their comments and events, people, business rules, and the Help Center.

API facts: developer.zendesk.com/api-reference, as of November 2026.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
