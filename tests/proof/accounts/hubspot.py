"""HubSpot contacts: changes by search, whose index lags, and deletes by the archive."""

from lakeflow_sources.spark.schema import struct_type
from tests.proof.accounts.account import Account, iso
from tests.sources.hubspot import truth
from tests.sources.zoho_crm.truth import plain


class HubSpot(Account):
    format, table, cursor = "hubspot", "contacts", "lastmodifieddate"
    tick = 0.001
    index_lag = 100
    late = 60 + 240 - 20 - index_lag - 1
    deletes = restores = widens = True
    own = ("phone", "jobtitle", "annualrevenue", "newsletter", "date_of_birth", "first_deal_created_date")
    records = {"contacts": 9, "companies": 1, "deals": 1}
    mock_options = {"each": 0, "archived": 2, "index_lag": index_lag}
    options = {"search_requests_per_second": "5000", "page_size": "5"}
    paths = "/objects/contacts"

    def seeded(self):
        return [one["id"] for one in self.mock.rows(self.table)]

    def create(self, count, at):
        return self.mock.write("create", object_type=self.table, count=count, time=iso(at), same_time=True)["ids"]

    def change(self, ids, at, text):
        properties = {"firstname": text, **{name: text for name in self.added if name not in self.removed}}
        self.mock.write("change", object_type=self.table, ids=ids, time=iso(at), same_time=True, properties=properties)

    def later(self, calls, ids, text):
        properties = {"firstname": text}
        self.mock.write_after(
            calls, "change", path=self.paths, object_type=self.table, ids=ids, same_time=True, properties=properties
        )

    def delete(self, ids):
        self.mock.write("archive", object_type=self.table, ids=ids)

    def restore(self, ids):
        self.mock.write("restore", object_type=self.table, ids=ids)

    def widen(self, number):
        name = f"extra_{number}"
        self.mock.write("add_property", object_type=self.table, name=name)
        return name

    def narrow(self, column):
        self.mock.write("remove_property", object_type=self.table, name=column)

    def wrong(self, row, raw, columns):
        expected = truth.record(raw, struct_type(columns))
        return [name for name, value in expected.items() if name in row and plain(row[name]) != value]
