"""Spark data sources for HTTP APIs, and the generator that puts them into production.

`register(spark)` makes every connector known; the other names are what a connector is written with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakeflow_sources.declare import (
    EPOCH,
    Column,
    Connector,
    Cursor,
    Ingestion,
    Option,
    Page,
    Read,
    Slice,
    Table,
    Window,
)
from lakeflow_sources.errors import (
    AccessError,
    ConfigurationError,
    DataError,
    LakeflowError,
    QuotaError,
    SignInError,
    TransientError,
    VendorError,
)
from lakeflow_sources.fields import fields, snake_case
from lakeflow_sources.http.pacing import Rate
from lakeflow_sources.options import Settings, moment
from lakeflow_sources.redact import Secret

if TYPE_CHECKING:
    from lakeflow_sources.spark.register import register
    from lakeflow_sources.types import arrow_type

__version__ = "0.1.0"

__all__ = [
    "EPOCH",
    "AccessError",
    "Column",
    "ConfigurationError",
    "Connector",
    "Cursor",
    "DataError",
    "Ingestion",
    "LakeflowError",
    "Option",
    "Page",
    "QuotaError",
    "Rate",
    "Read",
    "Secret",
    "Settings",
    "SignInError",
    "Slice",
    "Table",
    "TransientError",
    "VendorError",
    "Window",
    "arrow_type",
    "fields",
    "moment",
    "register",
    "snake_case",
]


def __getattr__(name: str) -> Any:
    """`register` needs pyspark, which only those who call it must have, and types need pyarrow, which takes time."""
    if name == "register":
        from lakeflow_sources.spark.register import register

        return register
    if name == "arrow_type":
        from lakeflow_sources.types import arrow_type

        return arrow_type
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
