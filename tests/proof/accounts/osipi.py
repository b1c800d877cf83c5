"""OSI PI: recorded values, of which several share a time, as they are appended."""

from tests.proof.accounts.account import Account, iso
from tests.sources.osipi import truth


class Recorded(Account):
    format, table, cursor = "osipi", "recorded_values", "timestamp"
    key = ("webid", "timestamp", "sequence")
    late = 300 - 20 - 2
    tick = 0.001
    appends = True
    records = {"points": 4, "burst": 7, "elements": 1, "event_frames": 1}
    mock_options = {"days": 1, "gap_seconds": 7200, "sharing": "shared"}
    options = {"page_size": "40"}

    def seeded(self):
        return []

    def create(self, count, at):
        for number in range(count):
            self.mock.write("add", tag=number % 2, time=iso(at), values=[float(number)])
        return []

    def truth(self):
        return truth.recorded(self.mock.rows(self.table))

    def wrong(self, row, raw, columns):
        return [name for name, value in raw.items() if row[name] != value]
