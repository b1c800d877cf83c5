"""An account of a vendor that a history changes: a mock of its own, and what is known about its rows."""

from datetime import UTC, datetime
from itertools import count

from lakeflow_sources.registry import connector

_SERIAL = count()


def iso(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Account:
    """Made anew for each history, at the same moment; what a vendor has of its own is in the subclasses.

    *late*: seconds that a commit may lie behind its stamp so that no row is lost, with clocks that are 20 s apart.
    *tick*: seconds of the vendor's smallest time. *hidden*: of the latest changes in a full read.
    *own*: columns of fields that the account may lose. *declared*: they stay columns all the same.
    """

    format = ""
    table = ""
    key = ("id",)
    cursor = ""
    late = 0.0
    tick = 1.0
    hidden = 0.0
    appends = False
    deletes = False
    restores = False
    widens = False
    own: tuple[str, ...] = ()
    declared = False
    mock_options: dict = {}
    records: dict = {}
    options: dict = {}

    def __init__(self, server, seed):
        # Ports are used again, and what a process knows about an account must not serve the next one.
        self.mock = server.another(seed=seed, options={"client_secret": f"secret-{next(_SERIAL)}"})
        self.stamps = {}
        """Of every live row by id: seconds of its last change."""
        self.gone = {}
        self.added, self.removed = [], []
        """Columns of fields that came and went."""

    @property
    def connector(self):
        return connector(self.format)

    def spark_options(self):
        return {**self.mock.options, "requests_per_second": "5000", **self.options, "tableName": self.table}

    def at(self, now):
        self.mock.freeze(iso(now))

    def truth(self):
        """Live rows by key, as the vendor shows them."""
        return {self.name(one): one for one in self.rows()}

    def rows(self):
        return self.mock.rows(self.table)

    def name(self, raw):
        return tuple(raw[one] for one in self.key)

    def fields(self):
        """Columns of fields that are there and may go."""
        return [one for one in (*self.own, *self.added) if one not in self.removed]

    def changing(self):
        """Columns that rows of some time may lack."""
        return {*self.added, *self.removed}

    def gain(self, number):
        """A new field."""
        self.added.append(self.widen(number))

    def lose(self, column):
        """The field behind *column* goes, and no row's time tells of it."""
        self.removed.append(column)
        self.narrow(column)

    def ends(self, error, columns):
        """Whether *error* is what a query with these *columns* says of a schema that is not that of its start."""
        return False

    def forget(self):
        """Do none of the writes that wait for a call."""
        self.mock.forget_writes()

    def mend(self):
        """Let no call go wrong from now on."""
        self.mock.clear_faults()

    def faults(self):
        return sum(self.mock.counters()["faults"].values())

    def close(self):
        self.mock.close()
