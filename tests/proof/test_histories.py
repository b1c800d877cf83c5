"""Histories of sources against streams that follow them, without a JVM; `make proof` tries many more of them."""

import pytest

from tests.proof import history
from tests.proof.kinds import KINDS, name_of
from tests.proof.trying import try_histories


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_few_histories(servers, tally, kind):
    try_histories(history.of(kind, servers(kind), tally), 3, 15)


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_many_histories(servers, tally, kind):
    try_histories(history.of(kind, servers(kind), tally), 30, 30, seeded=False)
