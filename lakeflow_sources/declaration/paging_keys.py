"""Ways from one page to the next, as a declaration names them."""

from __future__ import annotations

from lakeflow_sources.declaration.shape import Choice, Text, Whole
from lakeflow_sources.declaration.structure import Key, ListOf, Record, Variants

__all__ = ["PAGING"]

_MORE = {
    "more": Key(Text(example="paging.has_more"), "Path of a flag that says whether there is another page."),
    "last": Key(Text(example="end_of_stream"), "Path of a flag that says that this page is the last one."),
}
_SIZE = {
    "size": Key(Whole(1), "Records of a page; the most that the API gives."),
    "size_param": Key(Text(example="per_page"), "What carries the size; it goes where the position goes."),
}
_IN = {"in": Key(Choice(("query", "body")), "Where position and size go; query without it, body for a POST.")}
_END = {
    "end": Key(
        Choice(("empty", "short")),
        "The last page is an empty one (without it), or one with fewer than `size` records, which saves a call "
        "and loses rows where the API gives smaller pages than it was asked for.",
    )
}

PAGING = Variants(
    {
        "none": Record({}),
        "page": Record(
            {
                "param": Key(Text(example="page"), "What carries the number; page without it."),
                "first": Key(Whole(), "Number of the first page; 1 without it."),
                "pages": Key(Text(example="meta.total_pages"), "Path of the number of pages."),
                **_SIZE,
                **_IN,
                **_MORE,
                **_END,
            }
        ),
        "offset": Record(
            {
                "param": Key(Text(example="offset"), "What carries the number of records before; offset without it."),
                "total": Key(Text(example="meta.total"), "Path of the number of all records."),
                **_SIZE,
                **_IN,
                **_MORE,
                **_END,
            }
        ),
        "token": Record(
            {
                "field": Key(Text(example="paging.next.after"), "Path of the token in the body of an answer."),
                "header": Key(Text(r"^[A-Za-z0-9-]+$", "X-Next-Token"), "Header of an answer that holds it."),
                "param": Key(Text(example="cursor"), "What carries it in the next call.", required=True),
                "drop": Key(ListOf(Text(example="start_time")), "Query parameters that calls with a token leave out."),
                **_SIZE,
                "in": Key(
                    Choice(("query", "body", "header")), "Where token and size go; query without it, body for a POST."
                ),
                **_MORE,
            },
            one_of=("field", "header"),
        ),
        "next_url": Record(
            {
                "field": Key(Text(example="links.next"), "Path of the address of the next page.", required=True),
                **_SIZE,
                **_MORE,
            }
        ),
        "link_header": Record(
            {"rel": Key(Text(example="next"), "Name of the link in the header Link; next without it."), **_SIZE}
        ),
        "keyset": Record(
            {
                "key": Key(Text(example="id"), "Path of the key in a record.", required=True),
                "param": Key(Text(example="after_id"), "What carries the last key of a page.", required=True),
                **_SIZE,
                **_IN,
                **_MORE,
                **_END,
            }
        ),
    }
)
