"""A connector that keeps its promises passes all of them; one that breaks a promise fails the check of that promise."""

import logging
import threading
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from lakeflow_sources import ConfigurationError, LakeflowError, Slice, fields
from lakeflow_sources.http import Fault, by_status, get, paging
from lakeflow_sources.testing import contract, fake_api
from lakeflow_sources.testing.kit import leaks, promises, travel, troubles
from lakeflow_sources.testing.kit.bench import Bench
from tests.testing.library_connector import BOOKS, COPIES, LIBRARY, LOANS, SHELVES, auth, books

API = fake_api.from_samples(Path(__file__).with_name("library"))
TestLibrary = contract(LIBRARY, API)


@pytest.fixture(scope="module")
def server():
    with API.start() as made:
        yield made


def bench(server, *tables, way="", **changes):
    """The library with one thing broken."""
    made = Bench(replace(LIBRARY, tables=tables or LIBRARY.tables, **changes), server, way=way, most_calls=200)
    made.calm()
    return made


def fails(check, *arguments):
    with pytest.raises(AssertionError) as raised:
        check(*arguments)
    return str(raised.value)


def test_a_column_that_no_record_fills(server):
    wrong = replace(BOOKS, columns=fields("id long", "author.nom -> author", "changed timestamp"))
    said = fails(promises.columns_are_filled, bench(server, wrong), "books")
    assert "library.books never fills author in 20 rows: correct their paths" in said
    promises.columns_are_filled(bench(server, wrong), "books", {"author"})


def test_records_at_another_path(server):
    nowhere = replace(BOOKS, request=lambda read, piece: get("/books/99/copies"), records="items", paging=None)
    assert "library.books gives no row: put records" in fails(
        promises.columns_are_filled, bench(server, nowhere), "books"
    )


def only_first(request, response):
    return None


def one_too_far(request, response):
    here = int(dict(request.params)["page"])
    return request.with_params(page=here + 2) if here < response.json()["pages"] else None


def from_the_end_back(request, response):
    reached = int(dict(request.params).get("offset", 0)) + len(response.json()["data"])
    return request.with_params(offset=reached - 1) if reached < response.json()["total"] else None


def for_ever(request, response):
    return request.with_params(offset=int(dict(request.params).get("offset", 0)) + 1)


@pytest.mark.parametrize(
    ("table", "following", "said"),
    [
        (BOOKS, only_first, "library.books gives 2 rows of the 10 that there are, such as 10, 3, 4"),
        (COPIES, one_too_far, "library.copies gives 20 rows of the 30 that there are"),
        (LOANS, only_first, "library.loans gives 3 rows of the 8 that there are, such as l4, l5, l6"),
        (SHELVES, from_the_end_back, "of its keys (code) more than once, such as s2; s3; s4: a page is read twice"),
    ],
)
def test_a_page_that_is_dropped_or_read_twice(server, table, following, said):
    broken = replace(table, paging=following)
    assert said in fails(promises.every_page_is_followed, bench(server, broken), table.name, 2)


def test_paging_without_an_end(server):
    endless = bench(server, replace(SHELVES, paging=for_ever))
    said = fails(promises.every_page_is_followed, endless, "shelves", 2)
    assert "library.shelves does not come to an end" in said


def test_paging_in_a_circle(server):
    circle = replace(SHELVES, paging=lambda request, response: request)
    said = fails(promises.every_page_is_followed, bench(server, circle), "shelves", 2)
    assert "library.shelves does not come to an end" in said


def test_a_size_of_page_that_changes_what_comes(server):
    proud = replace(SHELVES, paging=paging.offset(size=3, records="data"))
    assert len(bench(server, proud).rows("shelves")) == 7
    said = fails(promises.every_page_is_followed, bench(server, proud), "shelves", 2)
    assert "library.shelves gives 2 rows of the 7" in said


def test_a_window_that_answers_differently_the_second_time(server):
    numbers = count()

    def drifting(read, piece):
        asked = books(read, piece)
        return asked.with_params(since=f"2026-0{1 + next(numbers) % 5}-01T00:00:00Z") if piece.window else asked

    said = fails(promises.windows_are_replayed, bench(server, replace(BOOKS, request=drifting)), "books")
    assert "library.books answers the same window with other rows the second time" in said
    assert "ask with the bounds of the window only" in said


@pytest.mark.parametrize(("edge", "word"), [("before", "too many"), ("since", "missing")])
def test_a_window_that_is_not_half_open(server, edge, word):
    from datetime import timedelta

    def shifted(read, piece):
        if piece.window is None:
            return books(read, piece)
        second = timedelta(seconds=1)
        window = replace(piece.window, end=piece.window.end + second) if edge == "before" else piece.window
        window = replace(window, start=window.start + second) if edge == "since" else window
        return books(read, replace(piece, window=window))

    said = fails(promises.windows_are_replayed, bench(server, replace(BOOKS, request=shifted)), "books")
    assert "by two windows that meet at" in said
    assert word in said


def stubborn(response):
    fault = by_status(response)
    return replace(fault, kind="retry", wait_seconds=0.0) if fault and fault.kind == "sign_in" else fault


def blind(response):
    return None if response.status == 401 else by_status(response)


def test_a_401_that_is_only_repeated(server):
    said = fails(
        troubles.refused_tokens_are_renewed_once, bench(server, SHELVES, faults=stubborn, way="bearer"), "shelves"
    )
    assert "takes refused credentials for TransientError" in said
    assert "let `faults` call a 401 `sign_in`" in said


def test_a_401_that_is_an_access_error(server):
    def denied(response):
        fault = by_status(response)
        return Fault("access", "no") if fault and response.status == 401 else fault

    said = fails(
        troubles.refused_tokens_are_renewed_once, bench(server, SHELVES, faults=denied, way="bearer"), "shelves"
    )
    assert "takes refused credentials for AccessError" in said


def test_a_sign_in_for_every_call(server):
    class Greedy:
        renewable_in_tasks = True

        def __init__(self, inner):
            self.inner = inner

        def sign_in(self, send):
            self.inner.sign_in(send)
            return self.inner.sign_in(send)

        def apply(self, request, token):
            return self.inner.apply(request, token)

    broken = bench(server, SHELVES, auth=lambda settings: Greedy(auth(settings)), way="client_credentials")
    said = fails(troubles.refused_tokens_are_renewed_once, broken, "shelves")
    assert "library.shelves asked for 2 tokens when one had expired" in said


def test_a_wait_that_is_ignored(server):
    def hasty(response):
        fault = by_status(response)
        return replace(fault, wait_seconds=0.01) if fault else None

    said = fails(troubles.retry_after_is_obeyed, bench(server, SHELVES, faults=hasty), "shelves")
    assert "seconds where Retry-After asked for 45: hand the header on" in said


def test_a_429_that_ends_the_read(server):
    def fatal(response):
        fault = by_status(response)
        return replace(fault, kind="quota") if fault and response.status == 429 else fault

    said = fails(troubles.retry_after_is_obeyed, bench(server, SHELVES, faults=fatal), "shelves")
    assert "library.shelves ends at a 429" in said


def test_a_table_that_cannot_be_pickled(server):
    held = replace(SHELVES, data=threading.Lock())
    said = fails(travel.travels_to_bare_workers, bench(server, BOOKS, held), ["books"])
    assert "library: the table shelves cannot be pickled (cannot pickle '_thread.lock' object)" in said


def test_a_package_that_workers_would_have_to_import(server):
    def late(read, piece):
        from tests.testing.library_connector import shelves

        return shelves(read, piece)

    said = fails(travel.travels_to_bare_workers, bench(server, replace(SHELVES, request=late)), ["shelves"])
    assert "library does not work in a process without its packages: import everything at the top" in said


def loud(settings):
    logging.getLogger("acme").info("signing in with %s", settings.text("client_secret"))
    return auth(settings)


def printing(settings):
    print("token", settings.text("client_secret"))  # noqa: T201 (what the check is for)
    return auth(settings)


def telling(read, piece):
    raise LakeflowError(f"cannot ask with {read.settings.text('client_secret')}", "ask again")


def carrying(read, client):
    return [Slice({"secret": read.settings.text("client_secret")})]


@pytest.mark.parametrize(
    ("changes", "table", "place"),
    [
        ({"auth": loud}, SHELVES, "client_secret is in the log"),
        ({"auth": printing}, SHELVES, "client_secret is in the standard output"),
        ({}, replace(SHELVES, request=telling), "client_secret is in an error of a read"),
        ({}, replace(SHELVES, slices=carrying), "client_secret is in the repr of a slice"),
    ],
)
def test_a_credential_that_is_shown(server, changes, table, place):
    said = fails(leaks.no_secret_is_shown, bench(server, table, **changes), "shelves")
    assert f"library.shelves shows {place}" in said
    assert server.sign_in("client_credentials")["client_secret"] not in said


def test_a_credential_that_the_api_repeats_is_masked(server):
    made = bench(server)
    server.faults("echo")
    with pytest.raises(LakeflowError, match=r"Bearer \*\*\*"):
        made.rows("shelves")


def test_a_table_that_is_not_there_is_told_when_the_contract_is_made():
    with pytest.raises(ConfigurationError, match="library has no table shelfs: name some of books, copies"):
        contract(LIBRARY, API, tables=("shelfs",))
