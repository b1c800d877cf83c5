"""Ids come in clouds: ranges are cut where the records are, at the cost of a few counts."""

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeflow_sources.sources.hubspot.density import cuts


class Account:
    """Sorted *ids*, of which it counts those at least or below one."""

    def __init__(self, ids):
        self.ids = sorted(ids)
        self.calls = 0

    def beyond(self, one, side):
        self.calls += 1
        place = bisect_left(self.ids, one)
        found = self.ids[place:] if side == "GTE" else self.ids[:place]
        return (found[0 if side == "GTE" else -1] if found else None), len(found)

    def ranges(self, count, most):
        """How many records each range has."""
        found = cuts(self.ids[0], self.ids[-1], len(self.ids), count, self.beyond, most)
        bounds = [self.ids[0], *found, self.ids[-1] + 1]
        assert all(low < high for low, high in pairwise(bounds))
        places = [bisect_left(self.ids, bound) for bound in bounds]
        return [high - low for low, high in pairwise(places)]


CLOUDS = {
    "even": range(1, 10_001),
    "all but one at the end": [1, *range(10**11, 10**11 + 9_999)],
    "all but one at the start": [*range(1, 10_000), 10**11],
    "outliers on both sides": [1, *range(10**10, 10**10 + 9_998), 10**12],
    "old and new": [*range(1, 4_001), *range(10**10, 10**10 + 6_000)],
    "every fiftieth, then a cloud": [*range(51, 100_051, 50), *range(33 * 10**9, 33 * 10**9 + 8_000)],
}


@pytest.mark.parametrize("name", CLOUDS)
def test_ranges_have_about_as_many_records_each(name):
    account = Account(CLOUDS[name])
    found = account.ranges(16, 10)
    assert sum(found) == len(account.ids)
    assert max(found) <= 1.5 * len(account.ids) / 16, found
    assert len(found) >= 12
    assert account.calls <= 10


def test_an_even_account_costs_one_count():
    account = Account(CLOUDS["even"])
    account.ranges(16, 10)
    assert account.calls == 1


def test_without_a_count_ids_are_cut_evenly():
    account = Account(CLOUDS["even"])
    assert account.ranges(8, 0) == [1_250] * 8
    assert account.calls == 0


@given(
    st.lists(st.tuples(st.integers(1, 10**12), st.integers(1, 300)), min_size=1, max_size=6),
    st.integers(2, 40),
    st.integers(0, 60),
)
def test_every_record_is_in_one_range_and_calls_are_bounded(clouds, count, most):
    ids = {start + number for start, size in clouds for number in range(size)}
    account = Account(ids)
    found = account.ranges(count, most)
    assert sum(found) == len(ids)
    assert len(found) <= count
    assert account.calls <= most
