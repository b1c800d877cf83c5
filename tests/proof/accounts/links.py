"""An API of one's own, declared in YAML: windows by parameters, `Link` pages, deletes by a field."""

from datetime import UTC, datetime

from lakeflow_sources.registry import connector
from tests.http.loopback import Answer, Service, jsons
from tests.proof.accounts.account import Account, iso

SPEC = """
name: adversary
base_url: URL
tables:
  orders:
    path: /orders
    params: {size: 3}
    records: data
    paging: {type: link_header}
    columns: [id long, note, colour, state, updated_at timestamp]
    primary_key: id
    ingestion: cdc_with_deletes
    cursor: {field: updated_at, format: FORM, start_param: since, end_param: before, lag: 60s, lookback: 120s}
    deletes: {field: state, equals: deleted}
"""


class Links(Account):
    format, table, cursor = "http", "orders", "updated_at"
    late = 60 + 120 - 20 - 2
    tick = 0.001
    deletes = restores = declared = True
    own = ("colour",)
    form = "iso"

    def __init__(self, server, seed):
        self.added, self.removed = [], []
        self.stamps, self.gone, self._rows, self._planned, self.now = {}, {}, {}, [], 0.0
        self.service = Service()
        self.service.on("/orders", self._orders)
        self._serial = seed % 7

    @property
    def connector(self):
        return connector("http")

    def spark_options(self):
        spec = SPEC.replace("URL", self.service.url).replace("FORM", self.form)
        return {"spec": spec, "requests_per_second": "5000", "tableName": self.table}

    def at(self, now):
        self.now = now

    def seeded(self):
        return self.create(8, self.now - 1.0)

    def create(self, count, at):
        made = range(self._serial + 1, self._serial + 1 + count)
        self._serial += count
        for number in made:
            row = {"id": number, "note": f"made {number}", "colour": f"hue {number}", "state": "open"}
            self._rows[number] = self._shown({**row, "updated_at": iso(at)})
        return list(made)

    def _shown(self, row):
        return {name: value for name, value in row.items() if name not in self.removed}

    def _set(self, ids, at, **values):
        for one in ids:
            self._rows[one] = {**self._rows[one], **values, "updated_at": iso(at)}

    def change(self, ids, at, text):
        self._set(ids, at, note=text)

    def delete(self, ids):
        self._set(ids, self.now, state="deleted")

    def restore(self, ids):
        self._set(ids, self.now, state="open")

    def narrow(self, column):
        self._rows = {number: self._shown(row) for number, row in self._rows.items()}

    def later(self, calls, ids, text):
        self._planned.append([calls, ids, text])

    def forget(self):
        self._planned.clear()

    def rows(self):
        return [one for one in self._rows.values() if one["state"] != "deleted"]

    def wrong(self, row, raw, columns):
        moment = datetime.fromisoformat(raw["updated_at"]).astimezone(UTC)
        expected = {**raw, "updated_at": moment, "_deleted": False}
        return [one.name for one in columns if one.name not in self.removed and row[one.name] != expected[one.name]]

    def mend(self):
        """Its calls never go wrong."""

    def faults(self):
        return 0

    def close(self):
        self.service.close()

    def _orders(self, call):
        query = call.query
        since, before = (self._bound(query[name]) if name in query else None for name in ("since", "before"))
        mark = (query["after"], int(query["id"])) if "after" in query else ("", 0)
        inside = [
            one
            for one in self._rows.values()
            if (since is None or one["updated_at"] >= since)
            and (before is None or one["updated_at"] < before)
            and (one["updated_at"], one["id"]) > mark
        ]
        found = sorted(inside, key=lambda one: (one["updated_at"], one["id"]))
        page = found[: int(query["size"])]
        answer = jsons({"data": page})
        if len(page) < len(found):
            edges = "".join(f"&{name}={query[name]}" for name in ("since", "before") if name in query)
            last = f"after={page[-1]['updated_at']}&id={page[-1]['id']}"
            link = f'<{self.service.url}/orders?size={query["size"]}{edges}&{last}>; rel="next"'
            answer = Answer(200, answer.body, {**answer.headers, "Link": link})
        self._count_down()
        return answer

    def _bound(self, text):
        return iso(datetime.fromisoformat(text).timestamp())

    def _count_down(self):
        for one in list(self._planned):
            one[0] -= 1
            if one[0] <= 0:
                self._planned.remove(one)
                self.change(one[1], self.now, one[2])


class Days(Links):
    """The same where bounds are whole seconds only, so that rows outside of a window come and are left out."""

    form = "seconds"

    def _bound(self, text):
        return iso(float(text))
