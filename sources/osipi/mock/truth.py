"""What a complete read of each table must give, in the vendor's shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.vendor import RowsAsked

from .archive import event_json
from .catalogue import Catalogue
from .frames import Frames
from .plant import Plant

__all__ = ["Truth"]


class Truth:
    """Rows by table; values are generated a page at a time."""

    def __init__(self, plant: Plant, catalogue: Catalogue, frames: Frames) -> None:
        self._plant, self._catalogue, self._frames = plant, catalogue, frames
        self._walk: tuple[str, int, Iterator[Any]] = ("", 0, iter(()))
        self._tables: Mapping[str, Callable[[], Iterator[Any]]] = {
            "data_servers": lambda: iter(plant.servers),
            "points": self._points,
            "point_attributes": self._point_attributes,
            "recorded_values": self._recorded,
            "asset_servers": lambda: iter(plant.asset_servers),
            "asset_databases": lambda: iter(plant.databases),
            "elements": lambda: (one for rows in plant.elements.values() for one in rows),
            "attributes": lambda: (plant.attribute(one) for one in plant.attributes.values()),
            "event_frames": lambda: (one for rows in frames.rows.values() for one in rows),
            "event_frame_attributes": lambda: self._of_frames(frames.attributes),
            "event_frame_annotations": lambda: self._of_frames(frames.annotations),
            "event_frame_elements": lambda: self._of_frames(frames.elements),
            "element_templates": lambda: self._of_databases(catalogue.templates),
            "attribute_templates": self._attribute_templates,
            "analyses": lambda: self._of_databases(catalogue.analyses),
            "analysis_templates": lambda: self._of_databases(catalogue.analysis_templates),
            "enumeration_sets": self._sets,
            "enumeration_values": lambda: (
                {**one, "Set": owner["WebId"]}
                for owner in self._sets()
                for one in catalogue.enumeration_values(owner["WebId"])
            ),
            "categories": lambda: (
                {**one, "Kind": kind}
                for kind in ("element", "attribute", "analysis", "table")
                for one in self._of_databases(partial(_categories, catalogue, kind))
            ),
            "units": lambda: iter(catalogue.units()),
            "af_tables": lambda: self._of_databases(catalogue.tables),
            "af_table_rows": lambda: (
                {"Table": table["WebId"], "Row": place, "Values": row}
                for table in self._of_databases(catalogue.tables)
                for place, row in enumerate(catalogue.table_data(table["WebId"])["Rows"])
            ),
        }

    def tables(self) -> list[str]:
        """Names that `rows` takes."""
        return list(self._tables)

    def rows(self, asked: RowsAsked) -> Sequence[Any]:
        """A page of a table; pages are asked for in order."""
        if asked.table not in self._tables:
            raise ConfigurationError(f"There is no table {asked.table!r}", f"use {', '.join(self._tables)}")
        if self._walk[:2] != (asked.table, asked.start) or asked.start == 0:
            self._walk = (asked.table, asked.start, islice(self._tables[asked.table](), asked.start, None))
        found = list(islice(self._walk[2], asked.limit))
        self._walk = (asked.table, asked.start + len(found), self._walk[2])
        return found

    def _points(self) -> Iterator[Any]:
        return (self._plant.point(one) for one in self._plant.tags if one.webid not in self._plant.hidden)

    def _point_attributes(self) -> Iterator[Any]:
        for tag in self._plant.tags:
            for one in self._catalogue.point_attributes(tag):
                yield {"Point": tag.webid, **one}

    def _recorded(self) -> Iterator[Any]:
        for tag in self._plant.tags:
            for event in self._plant.archive.all(tag):
                yield {"WebId": tag.webid, "PointType": tag.kind, **event_json(event, tag.units)}

    def _of_databases(self, rows: Callable[[str], Sequence[Any]]) -> Iterator[Any]:
        return (one for database in self._plant.databases for one in rows(database["WebId"]))

    def _of_frames(self, rows: Callable[[str], Sequence[Any]]) -> Iterator[Any]:
        for frames in self._frames.rows.values():
            for frame in frames:
                for one in rows(frame["WebId"]):
                    yield {"Frame": frame["WebId"], **one}

    def _attribute_templates(self) -> Iterator[Any]:
        for template in self._of_databases(self._catalogue.templates):
            for one in self._catalogue.attribute_templates(template["WebId"]):
                yield {"Template": template["WebId"], **one}

    def _sets(self) -> Iterator[Any]:
        for owner in (*self._plant.databases, *self._plant.servers):
            yield from self._catalogue.enumeration_sets(owner["WebId"])


def _categories(catalogue: Any, kind: str, web: str) -> Any:
    return catalogue.categories(web, kind)
