"""Plain Spark sources, as most are written: `requests`, `json`, and a tuple for each row."""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
import urllib.request
from datetime import date, datetime
from decimal import Decimal

import requests
from pyspark.sql.datasource import DataSource, DataSourceReader

from benchmarks.contacts import COLUMNS, LIST, PROPERTIES

__all__ = ["BulkTuples", "ContactTuples", "Trivial", "ValueTuples"]

_CONVERTERS = {
    "boolean": lambda text: text == "true",
    "decimal": Decimal,
    "int": lambda text: int(float(text)),
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def _converter(kind):
    return _CONVERTERS.get(kind.partition("(")[0], lambda text: text)


class _Source(DataSource):
    @classmethod
    def name(cls):
        return cls.__name__

    def reader(self, schema):  # noqa: ARG002 - a name that Spark calls by
        return self.Reader(dict(self.options))


class ContactTuples(_Source):
    """Contacts by one connection, one page after the other."""

    class Reader(DataSourceReader):
        def __init__(self, options):
            self.url = options["url"]

        def read(self, partition):  # noqa: ARG002 - there is one
            convert = [(name, _converter(COLUMNS[name])) for name in PROPERTIES]
            session, query = requests.Session(), {"limit": 100, "properties": ",".join(PROPERTIES)}
            while True:
                page = json.loads(session.get(self.url + LIST, params=query).content)
                for record in page["results"]:
                    values = record["properties"]
                    yield (
                        record["id"],
                        datetime.fromisoformat(record["createdAt"]),
                        datetime.fromisoformat(record["updatedAt"]),
                        None,
                        *(one(values[name]) if values[name] else None for name, one in convert),
                        record["archived"],
                    )
                if "paging" not in page:
                    return
                query["after"] = page["paging"]["next"]["after"]

    def schema(self):
        return ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())


class BulkTuples(_Source):
    """Bulk CSV by `csv.DictReader`, unpacked while it is received; *columns* is the schema, *query* is SOQL."""

    class Reader(DataSourceReader):
        def __init__(self, options):
            self.options = options

        def read(self, partition):  # noqa: ARG002 - there is one
            columns = [part.split() for part in self.options["columns"].split(", ")]
            fields = [(name, _converter(kind)) for name, kind in columns]
            job = self.call("POST", "", {"operation": "query", "query": self.options["query"]})["id"]
            while self.call("GET", f"/{job}")["state"] != "JobComplete":
                time.sleep(0.1)
            locator = ""
            while locator != "null":
                more = f"&locator={locator}" if locator else ""
                request = self.request("GET", f"/{job}/results?maxRecords={self.options['page']}{more}")
                with urllib.request.urlopen(request) as answer:
                    locator = answer.headers["Sforce-Locator"]
                    lines = io.TextIOWrapper(gzip.GzipFile(fileobj=answer), encoding="utf-8", newline="")
                    for row in csv.DictReader(lines):
                        yield tuple(one(row[name]) if row[name] else None for name, one in fields)

        def request(self, method, path, body=None):
            headers = {
                "Authorization": f"Bearer {self.options['access_token']}",
                "Accept-Encoding": "gzip",
                "Content-Type": "application/json",
            }
            url = f"{self.options['instance_url']}/services/data/v64.0/jobs/query{path}"
            return urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)

        def call(self, method, path, body=None):
            with urllib.request.urlopen(self.request(method, path, body)) as answer:
                return json.load(answer)

    def schema(self):
        return self.options["columns"]


class ValueTuples(_Source):
    """Recorded values of PI streams in one window, a call for each group of *webids*."""

    class Reader(DataSourceReader):
        def __init__(self, options):
            self.options = options

        def read(self, partition):  # noqa: ARG002 - there is one
            session = requests.Session()
            for target in json.loads(self.options["targets"]):
                answer = session.get(self.options["base_url"] + target, headers={"Accept-Encoding": "gzip"})
                for stream in json.loads(answer.content)["Items"]:
                    owner = (stream["WebId"], stream["Name"], stream["Path"])
                    for event in stream["Items"]:
                        yield (*owner, *_event(event))

    def schema(self):
        return (
            "webid string, name string, path string, timestamp timestamp, value_double double, value_int long, "
            "value_string string, value_digital_code int, value_digital_name string, is_system_state boolean, "
            "good boolean, questionable boolean, substituted boolean, annotated boolean, units string"
        )


def _event(event):
    value = event["Value"]
    double = whole = text = code = state = system = None
    if isinstance(value, dict):
        code, state, system = value["Value"], value["Name"], value["IsSystem"]
    elif isinstance(value, str):
        text = value
    else:
        double = float(value)
    flags = (event["Good"], event["Questionable"], event["Substituted"], event["Annotated"])
    kinds = (double, whole, text, code, state, system)
    return (datetime.fromisoformat(event["Timestamp"]), *kinds, *flags, event["UnitsAbbreviation"])


class Trivial(_Source):
    """The rows of one page; *url* says whether they are called for, without it they are made up."""

    class Reader(DataSourceReader):
        def __init__(self, options):
            self.url = options.get("url")

        def read(self, partition):  # noqa: ARG002 - there is one
            if not self.url:
                return iter([(str(number), f"name {number}") for number in range(100)])
            found = json.loads(requests.get(self.url).content)["results"]
            return iter([(one["id"], one["properties"]["email"]) for one in found])

    def schema(self):
        return "id string, email string"
