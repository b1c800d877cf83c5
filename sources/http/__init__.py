"""Any HTTP API, by a declaration in YAML or JSON."""

from .connector import CONNECTOR

__all__ = ["CONNECTOR"]
