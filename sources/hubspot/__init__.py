"""HubSpot: CRM objects of every kind, their associations, and the account's reference data.

API facts: developers.hubspot.com/docs/api-reference, dated versions of 2026.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
