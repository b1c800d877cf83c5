"""A library's API in Python, which keeps every promise; tests break one at a time."""

from lakeflow_sources import Column, Connector, Cursor, Option, Read, Slice, Table, fields
from lakeflow_sources.http import Bearer, Client, ClientCredentials, get, paging


def auth(settings):
    if "access_token" in settings.credentials:
        return Bearer(settings.secret("access_token"))
    url = (settings.get("base_url") or "https://library.example/v1").removesuffix("/v1") + "/oauth/token"
    return ClientCredentials(url, settings.text("client_id"), settings.secret("client_secret"))


def limit(read: Read) -> int:
    return min(read.settings.integer("page_size") or 4, 4)


def books(read: Read, piece: Slice):
    request = get("/books", limit=limit(read))
    if piece.window is None:
        return request
    return request.with_params(since=piece.window.start.isoformat(), before=piece.window.end.isoformat())


def copies(read: Read, piece: Slice):
    return get(f"/books/{piece['book']}/copies", per_page=min(read.settings.integer("page_size") or 2, 2), page=1)


def next_copies(request, response):
    page = int(dict(request.params)["page"])
    return request.with_params(page=page + 1) if page < response.json()["pages"] else None


def by_book(read: Read, client: Client):
    after = None
    while True:
        answer = client.send(get("/books", limit=4, **({"after": after} if after else {}))).json()
        yield from (Slice({"book": one["id"]}) for one in answer["data"])
        after = answer["next"]["after"]
        if after is None:
            return


def shelves(read: Read, piece: Slice):
    return get("/shelves", limit=min(read.settings.integer("page_size") or 3, 3))


def next_shelves(request, response):
    answer = response.json()
    reached = int(dict(request.params).get("offset", 0)) + len(answer["data"])
    return request.with_params(offset=reached) if reached < answer["total"] else None


BOOKS = Table(
    "books",
    fields("id long", "title", "price decimal(9,2)", "author.name -> author", "changed timestamp"),
    primary_key=("id",),
    cursor=Cursor("changed"),
    ingestion="append",
    request=books,
    records="data",
    paging=paging.token("next.after", param="after"),
)
COPIES = Table(
    "copies",
    (Column("book", "long", "@book"), *fields("id long", "state")),
    primary_key=("id",),
    request=copies,
    records="items",
    paging=next_copies,
    slices=by_book,
)
LOANS = Table(
    "loans",
    fields("id", "copy long", "returned boolean"),
    primary_key=("id",),
    request=lambda read, piece: get("/loans"),
    paging=paging.link_header(),
)
SHELVES = Table(
    "shelves", fields("code", "room long"), primary_key=("code",), request=shelves, records="data", paging=next_shelves
)
LIBRARY = Connector(
    name="library",
    title="A library",
    base_url="https://library.example/v1",
    auth=auth,
    tables=(BOOKS, COPIES, LOANS, SHELVES),
    options=(
        Option("access_token", "Token.", secret=True),
        Option("client_id", "OAuth client."),
        Option("client_secret", "Its secret.", secret=True),
        Option("region", "Where the library is."),
    ),
    credentials=(("client_id", "client_secret"), ("access_token",)),
    check=get("/shelves"),
)
