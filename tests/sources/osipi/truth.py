"""What a correct read of the mock gives, worked out without the code under test."""

import json
import re
from datetime import UTC, datetime

WHOLE = {"Int16", "Int32", "Int64"}


def instant(text):
    """A time cut to microseconds."""
    return datetime.strptime(
        re.sub(r"(\.\d{6})\d+Z$", r"\1Z", text if "." in text else text[:-1] + ".0Z"), "%Y-%m-%dT%H:%M:%S.%fZ"
    ).replace(tzinfo=UTC)


def value(event, kind=""):
    """The columns of a value, of which only those of its kind are set."""
    found = dict.fromkeys(
        ("value_double", "value_int", "value_string", "value_digital_code", "value_digital_name", "is_system_state")
    )
    given = event["Value"]
    if isinstance(given, dict) and "Name" in given:
        found |= {
            "value_digital_code": given["Value"],
            "value_digital_name": given["Name"],
            "is_system_state": given["IsSystem"],
        }
    elif isinstance(given, dict | list):
        found["value_string"] = json.dumps(given, separators=(",", ":"))
    elif isinstance(given, str):
        found["value_string"] = given
    elif isinstance(given, bool) or kind in WHOLE:
        found["value_int"] = int(given)
    elif given is not None:
        found["value_double"] = float(given)
    flags = {name: event[name.title()] for name in ("good", "questionable", "substituted", "annotated")}
    return {**found, **flags, "units": event["UnitsAbbreviation"]}


def recorded(rows, start=None, end=None):
    """Rows of recorded_values by key; *start* belongs to the window, *end* does not."""
    found, numbers = {}, {}
    for row in rows:
        moment = instant(row["Timestamp"])
        key = (row["WebId"], moment)
        numbers[key] = numbers.get(key, -1) + 1
        if (start is None or moment >= start) and (end is None or moment < end):
            found[(*key, numbers[key])] = value(row, row["PointType"])
    return found


def keyed(rows):
    """Rows that were read, by key; fails on one that comes twice."""
    found = {}
    for row in rows:
        key = (row["webid"], row["timestamp"].replace(tzinfo=UTC), row["sequence"])
        assert key not in found, f"{key} came twice"
        found[key] = {name: row[name] for name in row if name not in ("webid", "timestamp", "sequence", "name", "path")}
    return found
