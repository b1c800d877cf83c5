"""Salesforce: every object of an org that can be queried, by REST and by the Bulk API.

API facts: developer.salesforce.com, REST API and Bulk API 2.0 guides of 2026.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
