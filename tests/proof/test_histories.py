"""Histories of sources against streams that follow them, without a JVM; `make proof` tries many more of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof import history
from tests.proof.kinds import KINDS, name_of
from tests.proof.trying import try_histories

LOSERS = [one for one in KINDS if one.own]


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_few_histories(servers, tally, kind):
    try_histories(history.of(kind, servers(kind), tally), 3, 15)


@pytest.mark.parametrize("drift", history.RULES)
@pytest.mark.parametrize("kind", LOSERS, ids=name_of)
@settings(max_examples=1, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.just(1))  # its steps make notes, which only a test of Hypothesis may
def test_each_field_goes_while_a_stream_has_its_column(servers, tally, kind, drift, seed):
    told = history.of(kind, servers(kind), tally)()
    told.begin(seed=seed, skew=0.0, drift=drift)
    try:
        while told.account.fields():
            told.narrow_between_micro_batches(pick=0, count=2)
        told.batch_read()
    finally:
        told.teardown()


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_many_histories(servers, tally, kind):
    try_histories(history.of(kind, servers(kind), tally), 30, 30, seeded=False)
