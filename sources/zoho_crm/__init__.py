"""Zoho CRM: every module of the account with its fields, subforms and links, deletes, and the account's reference data.

API facts: zoho.com/crm/developer/docs/api/v8, and the OpenAPI files that Zoho publishes.
"""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
