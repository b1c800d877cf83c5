"""A declared table whose records a test changes as it likes."""

from datetime import UTC, datetime, timedelta

from tests.declaration.reading import declared, rows, span
from tests.http.loopback import jsons

TABLE = """
auth: {type: none}
tables:
  things:
    path: /things
    records: data
    paging: {type: page, size: 3, size_param: size}
    primary_key: [id]
    cursor: {field: at, start_param: since, end_param: until}
    ingestion: cdc
    columns: [id long, name, "price decimal(10,2)", "owner struct<id:long,name:string>", at timestamp]
"""
SPEC = f"name: acme\nbase_url: http://127.0.0.1:1\n{TABLE}"
DAYS = [("2026-01-01", "2026-01-02"), ("2026-01-02", "2026-01-03"), ("2026-01-03", "2026-01-04")]


def thing(number, day=1, **more):
    return {
        "id": number, "name": f"thing {number}", "price": "199.99", "owner": {"id": 7, "name": "Ann"},
        "at": f"2026-01-{day:02}T12:00:00Z", **more,
    }  # fmt: skip


class Things:
    """A table in pages of three, between two times where the caller names them."""

    def __init__(self, service):
        self.service, self.records = service, []
        service.on("/things", self.answer)
        self.connector = declared(service, TABLE)

    def now(self, records):
        """Put *records* behind those that are there, changed a moment ago."""
        moment = (datetime.now(UTC) - timedelta(milliseconds=5)).isoformat()
        self.records = [*self.records, *({**one, "at": moment} for one in records)]

    def answer(self, call):
        since, until = call.query.get("since"), call.query.get("until")
        found = [one for one in self.records if since is None or instant(since) <= instant(one["at"]) < instant(until)]
        first = (int(call.query.get("page", 1)) - 1) * 3
        return jsons({"data": found[first : first + 3]})

    def read(self, drift, day=None):
        return rows(self.connector, "things", span(*DAYS[day]) if day is not None else None, on_schema_drift=drift)


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)
