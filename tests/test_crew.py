"""Threads of a task: slices from a pile, pages on a bounded belt, large slices that come back in parts."""

import threading
from itertools import islice

import pyarrow as pa
import pytest

from lakeflow_sources import crew
from lakeflow_sources.belt import Belt, LeftError
from lakeflow_sources.crew import Crew
from lakeflow_sources.declare import Page, Slice
from lakeflow_sources.http.request import get
from lakeflow_sources.http.response import Response

LONG = 30


def page(name, size=1):
    return Page(Response(get(f"/{name}"), 200, {}, b"x" * size))


def named(found):
    return [(piece["name"], one.response.request.url) for piece, one in filter(None, found)]


def pieces(names):
    return [Slice({"name": name}) for name in names]


def test_pages_of_one_slice_come_in_order_and_no_slice_is_left_out():
    crew = Crew(lambda piece: (page(number) for number in range(5)), pieces("abcdefg"), 3)
    found = named(crew.pages())
    for name in "abcdefg":
        assert [url for one, url in found if one == name] == [f"/{number}" for number in range(5)]


def test_what_a_large_slice_gives_back_is_taken_by_an_idle_thread_while_it_goes_on():
    both_at_work = threading.Barrier(2, timeout=LONG)

    def fetch(piece):
        yield page("first")
        if piece["name"] == "large":
            yield Slice({"name": "half"})
        both_at_work.wait()
        yield page("second")

    crew = Crew(fetch, pieces(["large"]), 2)
    assert sorted(named(crew.pages())) == [
        ("half", "/first"),
        ("half", "/second"),
        ("large", "/first"),
        ("large", "/second"),
    ]


def test_parts_are_read_too_when_there_is_one_thread_only():
    def fetch(piece):
        yield page("page")
        if len(piece["name"]) < 4:
            yield Slice({"name": piece["name"] + "+"})

    crew = Crew(fetch, pieces(["a"]), 1)
    assert [name for name, _ in named(crew.pages())] == ["a", "a+", "a++", "a+++"]


def test_threads_are_hired_when_pages_are_waited_for_and_not_before(monkeypatch):
    """Where answers come at once, more threads only take the processor from the one that decodes."""
    threads = set()

    def fetch(piece):
        for number in range(50):
            threads.add(threading.get_ident())
            yield page(number)

    with monkeypatch.context() as patient:
        patient.setattr(crew, "_HUNGRY", LONG)
        assert len(named(Crew(fetch, pieces("abcd"), 4).pages())) == 200
    assert len(threads) == 1
    all_at_work = threading.Barrier(4, timeout=LONG)

    def wait(_piece):
        all_at_work.wait()
        yield page("page")

    assert len(named(Crew(wait, pieces("abcd"), 4).pages())) == 4


def test_the_first_failure_ends_all_and_is_raised():
    def fetch(piece):
        if piece["name"] == "b":
            raise ValueError("broken")
        yield page("page")

    crew = Crew(fetch, pieces("abc"), 2)
    with pytest.raises(ValueError, match="broken"):
        list(crew.pages())
    crew.stop(LONG)


def test_a_reader_that_leaves_lets_the_threads_go():
    crew = Crew(lambda piece: (page(number, 1 << 20) for number in range(10_000)), pieces("ab"), 2)
    list(islice(crew.pages(), 3))
    crew.stop(LONG)
    assert not any(thread.is_alive() for thread in crew._threads)


def test_a_reader_learns_that_nothing_came_for_a_while():
    go_on = threading.Event()

    def fetch(piece):
        go_on.wait(LONG)
        yield page("late")

    pages = Crew(fetch, pieces("a"), 1).pages()
    assert next(pages) is None
    go_on.set()
    assert named(pages) == [("a", "/late")]


def test_a_belt_is_bounded_by_weight_and_by_number_and_takes_a_few_of_any_weight():
    for weight, expected in [(0, 5), (10, 3), (1000, 2)]:
        belt = Belt(2, 5, 30)
        count = 0
        while not belt._full():
            belt.put("item", weight)
            count += 1
        assert count == expected


def test_who_waits_for_room_on_a_belt_goes_on_when_something_is_taken_and_stops_when_nobody_takes():
    belt = Belt(1, 1, 1)
    belt.put("first", 1)
    outcomes = []

    def put():
        try:
            belt.put("second", 1)
            belt.put("third", 1)
        except LeftError:
            outcomes.append("left")

    thread = threading.Thread(target=put)
    thread.start()
    assert belt.take(LONG) == "first"
    assert belt.take(LONG) == "second"
    assert belt.take(LONG) == "third"
    thread.join(LONG)
    belt.put("last", 1)
    thread = threading.Thread(target=put)
    thread.start()
    belt.leave()
    thread.join(LONG)
    assert outcomes == ["left"]


def test_batches_count_by_their_size():
    batch = pa.RecordBatch.from_pydict({"a": pa.array(range(4 << 20), pa.int64())})
    made = []

    def fetch(piece):
        for number in range(20):
            made.append(number)
            yield Page(batch=batch)

    crew = Crew(fetch, pieces("a"), 1)
    pages = crew.pages()
    next(pages)
    crew.stop(LONG)
    assert len(made) <= 5
