"""Declared columns as Spark's schema, and a schema that a user gives as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
from pyspark.sql import types as st

from lakeflow_sources.declare import Column, Read
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.types import arrow_type

__all__ = ["follow", "struct_type"]

_SIMPLE: tuple[tuple[pa.DataType, st.DataType], ...] = (
    (pa.string(), st.StringType()),
    (pa.bool_(), st.BooleanType()),
    (pa.int32(), st.IntegerType()),
    (pa.int64(), st.LongType()),
    (pa.float32(), st.FloatType()),
    (pa.float64(), st.DoubleType()),
    (pa.date32(), st.DateType()),
    (pa.timestamp("us", tz="UTC"), st.TimestampType()),
    (pa.binary(), st.BinaryType()),
)


def struct_type(columns: tuple[Column, ...]) -> st.StructType:
    """The schema of *columns*; every column is nullable, as vendors promise little."""
    return st.StructType(
        [
            st.StructField(
                one.name, _spark_type(arrow_type(one.type)), metadata={"comment": one.comment} if one.comment else None
            )
            for one in columns
        ]
    )


def _spark_type(kind: pa.DataType) -> st.DataType:
    if pa.types.is_decimal(kind):
        return st.DecimalType(kind.precision, kind.scale)
    if pa.types.is_list(kind):
        return st.ArrayType(_spark_type(kind.value_type))
    if pa.types.is_struct(kind):
        return st.StructType([st.StructField(part.name, _spark_type(part.type)) for part in kind])
    return next(spark for arrow, spark in _SIMPLE if arrow == kind)


def follow(read: Read, schema: st.StructType) -> Read:
    """*read* with the columns of *schema* in its order, which a user may have given by `.schema()`.

    Raises `ConfigurationError` for columns that the table does not have.
    """
    if schema.fieldNames() == [one.name for one in read.columns] and schema == struct_type(read.columns):
        return read
    known = {one.name: one for one in (*read.known, *read.columns)}
    missing = [name for name in schema.fieldNames() if name not in known]
    if missing:
        raise ConfigurationError(
            f"{read.connector.name}: the schema given for table {read.table.name} has columns that the table lacks: "
            f"{', '.join(missing)}",
            "leave out .schema(), or name columns of the table only",
        )
    return replace(read, columns=tuple(_typed(known, part) for part in schema))


def _typed(known: Mapping[str, Column], part: st.StructField) -> Column:
    column = known[part.name]
    same = _spark_type(arrow_type(column.type)) == part.dataType
    return column if same else replace(column, type=part.dataType.simpleString())
