"""Salesforce: a custom object by SOQL windows, deletes by the recycle bin and the delete log."""

from lakeflow_sources.spark.schema import struct_type
from tests.proof.accounts.account import Account, iso
from tests.sources.salesforce import truth
from tests.sources.zoho_crm.truth import plain


class Salesforce(Account):
    format, table, key, cursor = "salesforce", "Invoice__c", ("Id",), "SystemModstamp"
    late = 300 + 600 - 20 - 2
    deletes = restores = widens = True
    own = ("Html__c", "Picklist__c", "Colours__c", "Rate__c", "Due__c", "Label__c")
    records = {"Invoice__c": 9}
    mock_options = {"each": 0, "page_rows": 4}
    paths = "/query"

    def seeded(self):
        return [one["Id"] for one in self.mock.rows(self.table)]

    def create(self, count, at):
        return self.mock.write("create", object=self.table, count=count, stamp=iso(at))

    def change(self, ids, at, text):
        self.mock.write("change", object=self.table, ids=ids, stamp=iso(at), values={"Text__c": text})

    def later(self, calls, ids, text):
        self.mock.write_after(calls, "change", path=self.paths, object=self.table, ids=ids, values={"Text__c": text})

    def delete(self, ids):
        self.mock.write("delete", object=self.table, ids=ids[::2])
        if ids[1::2]:
            self.mock.write("delete", object=self.table, ids=ids[1::2])

    def restore(self, ids):
        self.mock.write("undelete", object=self.table, ids=ids)

    def widen(self, number):
        name = f"Extra_{number}__c"
        self.mock.write("add_field", object=self.table, name=name)
        return name

    def narrow(self, column):
        self.mock.write("remove_field", object=self.table, name=column)

    def ends(self, error, columns):
        """A query that names a field which is gone is refused as a whole."""
        return "INVALID_FIELD" in str(error) and "start it again" in str(error) and not columns.isdisjoint(self.removed)

    def wrong(self, row, raw, columns):
        expected = truth.record(raw, struct_type(columns))
        return [name for name, value in expected.items() if name in row and plain(row[name]) != value]
