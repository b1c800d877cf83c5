"""Zendesk: tickets by the cursor export, organizations by the export by time, comments as they are appended."""

from lakeflow_sources.types import arrow_type
from tests.proof.accounts.account import Account, iso
from tests.sources.zendesk import truth

LATE = 120 - 20 - 2  # the lag, and clocks that differ


class Tickets(Account):
    format, table, cursor = "zendesk", "tickets", "generated_timestamp"
    late = LATE
    hidden = 62.0
    deletes = widens = True
    records = {"tickets": 9, "users": 6, "organizations": 3}
    options = {"exports_per_minute": "60000", "page_size": "4"}
    paths = "/incremental/"

    def seeded(self):
        return [one["id"] for one in self.mock.rows(self.table)]

    def create(self, count, at):
        return self.mock.write("create", table=self.table, count=count, time=iso(at))["ids"]

    def change(self, ids, at, text):
        self.mock.write("change", table=self.table, ids=ids, time=iso(at), values=self.values(text))

    def values(self, text):
        return {"subject": text}

    def later(self, calls, ids, text):
        self.mock.write_after(calls, "change", path=self.paths, table=self.table, ids=ids, values=self.values(text))

    def delete(self, ids):
        self.mock.write("delete", table=self.table, ids=ids)

    def widen(self, number):
        self.mock.write("add_field", table="ticket_fields", id=900 + number, type="text", title=f"extra {number}")

    def wrong(self, row, raw, columns):
        names = [one for one in columns if one.name != "_deleted"]
        return [one.name for one in names if not truth.same(row.get(one.name), raw.get(one.name), arrow_type(one.type))]


class Organizations(Tickets):
    table, cursor = "organizations", "updated_at"
    deletes = widens = False
    hidden = 0.0

    def values(self, text):
        return {"name": text}


class Comments(Tickets):
    table, cursor = "ticket_comments", "created_at"
    appends = True
    deletes = widens = False

    def seeded(self):
        return [one["id"] for one in self.mock.rows("ticket_comments")]

    def create(self, count, at):
        tickets = [one["id"] for one in self.mock.rows("tickets")]
        return [
            self.mock.write("comment", ticket=tickets[n % len(tickets)], time=iso(at), values={"body": f"№{n}"})["id"]
            for n in range(count)
        ]
