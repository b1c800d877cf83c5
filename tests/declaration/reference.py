"""The reference of `sources/http/README.md`, made from the description; `python -m tests.declaration.reference` prints it."""

from collections.abc import Iterator, Mapping

from lakeflow_sources.declaration.auth_keys import AUTH
from lakeflow_sources.declaration.keys import (
    COLUMN,
    CURSOR,
    DECLARATION,
    DELETES,
    ERROR_RULE,
    OPTION,
    RATE,
    SLICE,
    TABLE,
)
from lakeflow_sources.declaration.paging_keys import PAGING
from lakeflow_sources.declaration.structure import Key, Record

SECTIONS = {
    "At the top": DECLARATION,
    "Below `options.NAME`": OPTION,
    "Below `rates.NAME`": RATE,
    "In the list `errors`": ERROR_RULE,
    "Below `tables.NAME`": TABLE,
    "In the list `columns`": COLUMN,
    "Below `cursor`": CURSOR,
    "Below `slices`": SLICE,
    "Below `numbers` of slices": SLICE.keys["numbers"].shape,
    "Below `dates` of slices": SLICE.keys["dates"].shape,
    "Below `deletes`": DELETES,
}


def rows(keys: Mapping[str, Key], kinds: Mapping[str, list[str]] | None = None) -> Iterator[str]:
    yield f"| key |{' type |' if kinds else ''} |"
    yield f"|---|{'---|' if kinds else ''}---|"
    for name, key in keys.items():
        kind = f" {', '.join(f'`{one}`' for one in kinds[name])} |" if kinds else ""
        yield f"| `{name}`{' (needed)' if key.required else ''} |{kind} {key.help.replace('|', chr(92) + '|')} |"


def variants(kinds: Mapping[str, Record]) -> Iterator[str]:
    keys: dict[str, Key] = {}
    used: dict[str, list[str]] = {}
    for kind, record in kinds.items():
        for name, key in record.keys.items():
            keys.setdefault(name, key)
            used.setdefault(name, []).append(kind)
    yield from rows(keys, used)


def lines() -> Iterator[str]:
    for title, record in SECTIONS.items():
        yield from (f"### {title}", "", *rows(record.keys), "")
    names = {"auth": AUTH.kinds, "paging": PAGING.kinds}
    for title, kinds in names.items():
        yield from (
            f"### Below `{title}`",
            "",
            f"`type` is one of {', '.join(f'`{one}`' for one in kinds)}.",
            "",
            *variants(kinds),
            "",
        )


def reference() -> str:
    return "\n".join(lines()).rstrip() + "\n"


if __name__ == "__main__":
    print(reference())  # noqa: T201 (its purpose)
