"""Zoho CRM: a module by If-Modified-Since or COQL, and its deletes; deleted records as they are appended."""

import json
from datetime import UTC, datetime

from tests.proof.accounts.account import Account, iso
from tests.sources.zoho_crm.truth import Truth, plain


class Deals(Account):
    format, table, cursor = "zoho_crm", "Deals", "Modified_Time"
    late = 60 + 300 - 20 - 2
    deletes = restores = widens = True
    own = ("Account_Name", "Stage", "Amount", "Probability", "Closing_Date")
    records = {"Deals": 9}
    mock_options = {"each": 1, "deleted": 2, "token_law": False}
    options = {"poll_seconds": "0.01"}
    paths = "/Deals|/coql"

    def seeded(self):
        return [one["id"] for one in self.mock.rows("Deals")]

    def create(self, count, at):
        return self.mock.write("create", module="Deals", count=count, time=iso(at))["ids"]

    def change(self, ids, at, text):
        self.mock.write("change", module="Deals", ids=ids, time=iso(at), fields={"Deal_Name": text})

    def later(self, calls, ids, text):
        self.mock.write_after(calls, "change", path=self.paths, module="Deals", ids=ids, fields={"Deal_Name": text})

    def delete(self, ids):
        self.mock.write("delete", module="Deals", ids=ids)

    def restore(self, ids):
        self.mock.write("restore", module="Deals", ids=ids)

    def widen(self, number):
        name = f"Extra_{number}"
        self.mock.write("add_field", module="Deals", name=name)
        return name

    def narrow(self, column):
        self.mock.write("remove_field", module="Deals", name=column)

    def truth(self):
        return {(one,): row for one, row in Truth(self.mock).rows("Deals", deletes=True).items()}

    def wrong(self, row, raw, columns):
        texts = {one.name for one in columns if one.type == "json"}
        shown = {
            name: plain(json.loads(one) if one is not None and name in texts else one) for name, one in row.items()
        }
        return [name for name, value in raw.items() if name in shown and shown[name] != value]


class QueriedDeals(Deals):
    """The same by COQL, which refuses a query for a field that is gone."""

    options = {**Deals.options, "read_by": "query"}


class Deletions(Deals):
    """Each delete is a row: a history creates some records and deletes them."""

    table, key, cursor = "Deleted_Records", ("module", "id", "deleted_time"), "deleted_time"
    late = 300 - 20 - 2
    appends = True
    deletes = restores = widens = False
    own = ()
    options = {"poll_seconds": "0.01", "modules": "Deals"}

    def seeded(self):
        return [one["id"] for one in self._found()]

    def create(self, count, at):
        made = self.mock.write("create", module="Deals", count=count, time=iso(at))["ids"]
        self.mock.write("delete", module="Deals", ids=made, time=iso(at))
        return made

    def _found(self):
        return [one for one in self.mock.rows("Deleted_Records") if one["module"] == "Deals"]

    def truth(self):
        return {
            ("Deals", one["id"], datetime.fromisoformat(one["deleted_time"]).astimezone(UTC)): one
            for one in self._found()
        }

    def wrong(self, row, raw, columns):
        return [name for name in ("display_name", "type") if row[name] != raw[name]]
