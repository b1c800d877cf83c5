"""The zipped CSV file of a bulk read as record batches, in bounded memory."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

from lakeflow_sources import Column, Read, TransientError, VendorError

from .columns import LOOKUP, TAGS, USER
from .demand import demand_of

__all__ = ["Gaps", "batches", "opened"]

_MEMORY = 32 << 20  # bytes of a file that are held without a disk
_BLOCK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, csv.Error, ValueError, RuntimeError)  # the last: encrypted
_LARGE = 64 << 20  # for rows that do not fit into one block


@dataclass(frozen=True)
class Gaps:
    """What a file leaves out: users by id, columns with the names of looked-up records, tags by name."""

    users: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]
    tags: Mapping[str, Mapping[str, Any]]


def opened(body: io.RawIOBase) -> IO[bytes]:
    """The archive of *body*, whole and checked, as its directory stands at the end."""
    file = tempfile.SpooledTemporaryFile(_MEMORY)  # noqa: SIM115 (closed by who reads it)
    try:
        shutil.copyfileobj(body, file, _BLOCK)
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            archive.infolist()
    except _DAMAGE:
        file.close()
        raise TransientError("The file of a bulk read is not a whole ZIP archive", "read again") from None
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def batches(read: Read, file: IO[bytes], gaps: Gaps) -> Iterator[pa.RecordBatch]:
    """The rows of all CSV files in the archive *file*, with columns named like those of *read*."""
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".csv"):
                    yield from _file(read, archive, name, gaps)
    except _DAMAGE as error:
        raise TransientError(f"The file of a bulk read is damaged: {error}", "read again") from None


def _file(read: Read, archive: zipfile.ZipFile, name: str, gaps: Gaps) -> Iterator[Any]:
    done = 0
    try:
        for batch in _texts(archive, name, _BLOCK):
            done += batch.num_rows
            yield _shaped(read, batch, gaps)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise VendorError(f"The CSV file of a bulk read cannot be read: {error}", "read again") from None
    else:
        return
    for batch in _texts(archive, name, _LARGE):  # a row longer than a block: once more, without what was handed on
        rest = batch.slice(min(done, batch.num_rows))
        done -= batch.num_rows - rest.num_rows
        if rest.num_rows:
            yield _shaped(read, rest, gaps)


def _texts(archive: zipfile.ZipFile, name: str, block: int) -> Iterator[Any]:
    """Batches of nothing but text; an empty cell is null, quoted or not, and NA is a word."""
    with archive.open(name) as head:
        header = head.readline()
    if not header.strip():
        return
    names = _header(header)
    with (
        archive.open(name) as content,
        open_csv(
            content,
            ReadOptions(use_threads=False, block_size=block, column_names=names, skip_rows=1),
            ParseOptions(newlines_in_values=True),
            ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True),
        ) as reader,
    ):
        yield from reader


def _header(line: bytes) -> list[str]:
    """Column names; the id comes with a capital letter, whatever was asked for."""
    (names,) = csv.reader([line.decode("utf-8-sig")])
    return ["id" if name.strip().lower() == "id" else name.strip() for name in names]


def _shaped(read: Read, texts: Any, gaps: Gaps) -> Any:
    """*texts* with structs and arrays of what the columns say; everything else is converted by who gets it."""
    found: dict[str, Any] = {"id": _column(texts, "id")}
    for one in demand_of(read).plain:
        array = _column(texts, one.source)
        found[one.source] = _nested(one, array, texts, gaps)
    found["_deleted"] = pa.array([False] * texts.num_rows)
    return pa.RecordBatch.from_pydict(found)


def _column(texts: Any, name: str) -> Any:
    place = texts.schema.get_field_index(name)
    if place < 0:
        raise VendorError(
            f"The CSV file of a bulk read has no column {name}", "read again; if it stays, leave the column out"
        )
    return texts.column(place)


def _nested(one: Column, array: Any, texts: Any, gaps: Gaps) -> Any:
    text = pa.string()
    if one.type == LOOKUP:
        shown = _column(texts, gaps.names[one.source])
        return pa.StructArray.from_arrays([array, shown], ["id", "name"], mask=array.is_null())
    if one.type == USER:
        members = pa.struct([("id", text), ("name", text), ("email", text)])
        return _mapped(array, lambda key: dict(gaps.users.get(key, {"id": key})), members)
    if one.type == TAGS:
        members = pa.struct([("id", text), ("name", text), ("color_code", text)])
        kind = pa.list_(pa.field("element", members))
        return _mapped(array.fill_null(""), lambda names: _tags(names, gaps.tags), kind)
    if one.type == "array<string>":
        kind = pa.list_(pa.field("element", text))
        return _mapped(array.fill_null(""), lambda names: names.split(";") if names else [], kind)
    return array


def _mapped(array: Any, function: Callable[[str], Any], kind: Any) -> Any:
    """*function* of each cell, called once for each text that occurs: users, tags and options are few."""
    keys = array.dictionary_encode()
    return pa.array([function(key) for key in keys.dictionary.to_pylist()], kind).take(keys.indices)


def _tags(names: str, tags: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tags by their names, which cannot hold a comma."""
    return [
        {"id": None, "color_code": None, **tags.get(name, {}), "name": name}
        for name in names.replace(";", ",").split(",")
        if name
    ]
