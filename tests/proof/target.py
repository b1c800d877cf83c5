"""What a pipeline's target holds of what a stream brought, and how it differs from the source."""


class DoubledError(AssertionError):
    """A row that came twice into an append table, or two rows of which nobody can say which is the newer one."""


def merged(batches, key, cursor):
    """Newest row of each key by *cursor*, deleted ones left out: what an AUTO CDC flow makes of it."""
    newest = {}
    for rows in batches:
        latest = {}
        for row in rows:
            name = (*(row[one] for one in key), row[cursor])
            if latest.setdefault(name, row) != row:
                raise DoubledError(f"two rows for {name} in one batch")
        for row in rows:
            name = tuple(row[one] for one in key)
            if name not in newest or row[cursor] >= newest[name][cursor]:
                newest[name] = row
    return {name: row for name, row in newest.items() if not row.get("_deleted")}


def appended(batches, key):
    """Rows by key; raises `DoubledError` for a key that is there twice."""
    found = {}
    for row in (row for rows in batches for row in rows):
        name = tuple(row[one] for one in key)
        if name in found:
            raise DoubledError(f"{name} is there twice")
        found[name] = row
    return found


def target_of(kind, batches):
    """What the target of an account's table holds."""
    return appended(batches, kind.key) if kind.appends else merged(batches, kind.key, kind.cursor)


def differences(account, target, columns):
    """One line for each row that is lost, too much, or other than at the source."""
    truth = account.truth()
    lost = [f"lost: {name}" for name in truth.keys() - target.keys()]
    more = [f"not at the source: {name}" for name in target.keys() - truth.keys()]
    other = []
    always = {one.name for one in columns} - account.changing()
    for name in truth.keys() & target.keys():
        other += [f"{name} has no column {one}" for one in sorted(always - target[name].keys())]
        wrong = account.wrong(target[name], truth[name], columns)
        other += [f"{name}.{one}: {target[name].get(one)!r}" for one in wrong]
    return sorted(lost + more + other)
