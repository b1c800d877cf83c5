"""Event frames: open and closed ones, which tests close, acknowledge and add."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from lakeflow_sources.testing.samples import NAMES, TEXTS

from .endpoints import Endpoint, Query, page_of
from .plant import Plant, guid, webid
from .refusals import Refused, unknown
from .times import DAY, SECOND, text, ticks

__all__ = ["NEVER", "Frames"]

NEVER = "9999-12-31T23:59:59Z"
_FRAME_TAGS = 2
_FOREVER = 253_402_300_799 * SECOND


class Frames:
    """The event frames of all databases."""

    def __init__(self, plant: Plant, count: int) -> None:
        self.plant = plant
        self.rows: dict[str, list[dict[str, Any]]] = {one["WebId"]: [] for one in plant.databases}
        self.times: dict[str, list[int]] = {}
        self.made = 0
        begin = plant.archive.begin
        step = max(1, (plant.archive.end - begin) // max(count, 1))
        for number in range(count):
            start = begin + number // 3 * 3 * step // SECOND * SECOND  # three begin at one time
            ended = number % 9 != 4
            self.create(start, start + (number % 5) * step // SECOND * SECOND if ended else None)

    def create(self, start: int, end: int | None) -> dict[str, Any]:
        """A new frame; open without *end*."""
        number, database = self.made, self.plant.databases[self.made % len(self.plant.databases)]
        self.made += 1
        name = f"Batch {number} {NAMES[number % len(NAMES)]}"
        elements = self.plant.elements[database["WebId"]]
        frame = {
            "WebId": webid("Fm", number),
            "Id": guid("frame", number),
            "Name": name,
            "Description": TEXTS[number % 15],
            "Path": f"{database['Path']}\\EventFrames[{name}]",
            "TemplateName": "Batch",
            "CategoryNames": [],
            "ExtendedProperties": {},
            "StartTime": text(start),
            "EndTime": NEVER if end is None else text(end),
            "Severity": ("None", "Minor", "Critical")[number % 3],
            "IsAcknowledged": False,
            "CanBeAcknowledged": True,
            "AcknowledgedBy": "",
            "AcknowledgedDate": "1970-01-01T00:00:00Z",
            "IsAnnotated": number % 4 == 0,
            "IsLocked": False,
            "AreValuesCaptured": end is not None,
            "HasChildren": False,
            "RefElementWebIds": [elements[number % len(elements)]["WebId"]] if elements else [],
            "Links": {},
        }
        self.rows[database["WebId"]].append(frame)
        self.times[str(frame["WebId"])] = [start, _FOREVER if end is None else end]
        return frame

    def close(self, web: str, end: int) -> None:
        """End an open frame."""
        frame = self.find(web)
        frame["EndTime"], frame["AreValuesCaptured"] = text(end), True
        self.times[web][1] = end

    def find(self, web: str) -> dict[str, Any]:
        """The frame with this WebID."""
        for rows in self.rows.values():
            for one in rows:
                if one["WebId"] == web:
                    return one
        raise unknown(web)

    def endpoints(self) -> list[Endpoint]:
        """Lists of frames, and what belongs to one of them."""
        return [
            Endpoint("/assetdatabases/{webid}/eventframes", self._list),
            Endpoint(
                "/eventframes/{webid}/attributes", lambda query, web: page_of(query, self.attributes(web), 150_000)
            ),
            Endpoint("/eventframes/{webid}/annotations", lambda _, web: {"Items": self.annotations(web)}),
            Endpoint("/eventframes/{webid}/referencedelements", lambda _, web: {"Items": self.elements(web)}),
            Endpoint("/streamsets/{webid}/value", lambda _, web: {"Links": {}, "Items": self.values(web)}),
        ]

    def _list(self, query: Query, database: str) -> Any:
        if database not in self.rows:
            raise unknown(database)
        now = self.plant.now()
        start = ticks(query.get("startTime", "*-8h"), now)
        end = ticks(query.get("endTime", "*"), now)
        mode = query.get("searchMode", "Overlapped")
        tests = {
            "Overlapped": lambda first, last: first <= end and last >= start,
            "StartInclusive": lambda first, last: start <= first <= end and last >= first,
            "EndInclusive": lambda first, last: start <= last <= end and last >= first,
            "Inclusive": lambda first, last: start <= first and last <= end,
            "InProgress": lambda first, last: start <= first <= end and last == _FOREVER,
        }
        if mode not in tests:
            raise Refused(HTTPStatus.BAD_REQUEST, f"The search mode '{mode}' is not known.")
        found = [one for one in self.rows[database] if tests[mode](*self.times[one["WebId"]])]
        order = 1 if query.get("sortField") == "EndTime" else 0
        if query.get("sortField") in ("StartTime", "EndTime"):
            found.sort(key=lambda one: (self.times[one["WebId"]][order], one["WebId"]))
        return page_of(query, found, 150_000)

    def attributes(self, web: str) -> list[dict[str, Any]]:
        """Attributes of a frame."""
        frame = self.find(web)
        number = int(web[-6:])
        rows: list[dict[str, Any]] = []
        for place, name in enumerate(("Operator", "Quantity")[:_FRAME_TAGS]):
            own = webid("Ab", 500_000 + number * _FRAME_TAGS + place)
            rows.append(
                {
                    "WebId": own,
                    "Id": guid("frame attribute", number * _FRAME_TAGS + place),
                    "Name": name,
                    "Description": "",
                    "Path": f"{frame['Path']}|{name}",
                    "Type": ("String", "Double")[place],
                    "TypeQualifier": "",
                    "DefaultUnitsName": ("", "kilogram")[place],
                    "DefaultUnitsNameAbbreviation": ("", "kg")[place],
                    "DataReferencePlugIn": "",
                    "ConfigString": "",
                    "CategoryNames": [],
                    "HasChildren": False,
                    "DisplayDigits": -5,
                    "Span": 100.0,
                    "Zero": 0.0,
                    "Step": False,
                    "TraitName": "",
                    "IsConfigurationItem": True,
                    "IsExcluded": False,
                    "IsHidden": False,
                    "IsManualDataEntry": False,
                }
            )
        return rows

    def values(self, web: str) -> list[dict[str, Any]]:
        """Their values."""
        number = int(web[-6:])
        start = self.times[web][0]
        given = (NAMES[number % len(NAMES)], number / 8)
        return [
            {
                **{key: row[key] for key in ("WebId", "Name", "Path")},
                "Value": {
                    "Timestamp": text(start),
                    "UnitsAbbreviation": row["DefaultUnitsNameAbbreviation"],
                    "Good": True,
                    "Questionable": False,
                    "Substituted": False,
                    "Annotated": False,
                    "Value": value,
                },
            }
            for row, value in zip(self.attributes(web), given, strict=True)
        ]

    def annotations(self, web: str) -> list[dict[str, Any]]:
        """What people wrote beside a frame."""
        frame, number = self.find(web), int(web[-6:])
        if not frame["IsAnnotated"]:
            return []
        return [
            {
                "Id": guid("annotation", number),
                "Name": "note",
                "Description": "",
                "Value": TEXTS[number % len(TEXTS)],
                "Creator": "PLANT\\ada",
                "CreationDate": text(self.times[web][0] + DAY),
                "Modifier": "PLANT\\ada",
                "ModifyDate": text(self.times[web][0] + DAY),
                "Links": {},
            }
        ]

    def elements(self, web: str) -> list[dict[str, Any]]:
        """The elements that a frame is about."""
        wanted: Sequence[str] = self.find(web)["RefElementWebIds"]
        return [one for rows in self.plant.elements.values() for one in rows if one["WebId"] in wanted]
