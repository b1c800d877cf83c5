"""Connectors as Spark data sources."""
