"""Zendesk: tickets by the cursor export, organizations by the export by time, comments as they are appended."""

import json

from lakeflow_sources.types import arrow_type
from tests.proof.accounts.account import Account, iso
from tests.sources.zendesk import truth

LATE = 120 - 20 - 2  # the lag, and clocks that differ


class Tickets(Account):
    format, table, cursor = "zendesk", "tickets", "generated_timestamp"
    late = LATE
    hidden = 62.0
    deletes = widens = True
    own = ("custom_27642", "custom_27650", "custom_27652", "custom_27656", "custom_27660", "custom_27664")
    records = {"tickets": 9, "users": 6, "organizations": 3}
    options = {"exports_per_minute": "60000", "page_size": "4", "custom_fields": "key"}
    defined, member = "ticket_fields", "custom_fields"
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
        self.mock.write("add_field", table=self.defined, id=900 + number, type="text", key=f"extra_{number}")
        return f"custom_{900 + number}"

    def narrow(self, column):
        self.mock.write("remove_field", table=self.defined, id=int(column.removeprefix("custom_")))

    def ends(self, error, columns):
        """New tickets hold values of a field that is new, which a query has no column for."""
        return "Fields that no column reads" in str(error) and not columns.issuperset(self.fields())

    def values_of(self, custom):
        """Values of custom fields by column."""
        return {f"custom_{one['id']}": one["value"] for one in custom}

    def left(self, custom):
        """*custom* without the fields that went since it was read."""
        return [one for one in custom if f"custom_{one['id']}" not in self.removed]

    def wrong(self, row, raw, columns):
        if self.own:
            raw = {**raw, **self.values_of(raw[self.member])}
            row = {**row, self.member: json.dumps(self.left(json.loads(row[self.member])))}
        names = [one for one in columns if one.name != "_deleted" and one.name in row]
        return [one.name for one in names if not truth.same(row[one.name], raw.get(one.name), arrow_type(one.type))]


class Organizations(Tickets):
    table, cursor = "organizations", "updated_at"
    deletes = False
    hidden = 0.0
    own = ("region", "contract_end", "seats")
    ids = {"region": 8_001, "contract_end": 8_002, "seats": 8_003}
    defined = member = "organization_fields"

    def values(self, text):
        return {"name": text}

    def widen(self, number):
        super().widen(number)
        self.ids = {**self.ids, f"extra_{number}": 900 + number}
        return f"extra_{number}"

    def narrow(self, column):
        super().narrow(str(self.ids[column]))

    def values_of(self, custom):
        return custom

    def left(self, custom):
        return {name: one for name, one in custom.items() if name not in self.removed}


class Comments(Tickets):
    table, cursor = "ticket_comments", "created_at"
    appends = True
    deletes = widens = False
    own = ()

    def seeded(self):
        return [one["id"] for one in self.mock.rows("ticket_comments")]

    def create(self, count, at):
        tickets = [one["id"] for one in self.mock.rows("tickets")]
        return [
            self.mock.write("comment", ticket=tickets[n % len(tickets)], time=iso(at), values={"body": f"№{n}"})["id"]
            for n in range(count)
        ]
