"""What a connector does when it is refused: an expired token, refused credentials, a full quota."""

from __future__ import annotations

from lakeflow_sources.errors import LakeflowError, SignInError
from lakeflow_sources.plan import plan
from lakeflow_sources.testing.kit.bench import Bench, PatientClock, counted
from lakeflow_sources.testing.kit.differences import difference, examples, expect, name_of

__all__ = ["refused_tokens_are_renewed_once", "retry_after_is_obeyed"]

_WAIT = 45.0  # seconds that a mock asks for: longer than any backoff by itself
_FEW_CALLS = 3  # with a refused token: one, one more, and a sign-in


def refused_tokens_are_renewed_once(bench: Bench, table: str) -> None:
    """An expired token costs one new one and no rows; one that stays refused ends the read at once."""
    expected = counted(bench.rows(table))
    settings = bench.settings(table, concurrency="1")
    with bench.client(settings) as client:
        client.sign_in()
        bench.server.expire_tokens()
        bench.server.reset_counters()
        issued = bench.count("tokens_issued")
        read = bench.prepared(settings, client)
        rows = list(bench.read(read, plan(read, client), client))
    _expect_renewal(bench, table, bench.count("tokens_issued") - issued)
    lost, more = difference(counted(rows), expected)
    expect(
        not lost and not more, f"{name_of(bench, table)} loses rows when its token expires: {examples(lost, more)}", ""
    )
    _expect_refusal(bench, table)


def retry_after_is_obeyed(bench: Bench, table: str) -> None:
    """A 429 is waited out for as long as `Retry-After` says, and loses no row; the wait takes no real time."""
    expected, patient = counted(bench.rows(table)), PatientClock()
    bench.server.faults("429", count=1, retry_after=_WAIT)
    try:
        rows = bench.rows(table, clock=patient)
    except LakeflowError as error:
        remedy = "let `faults` call it `retry`, with the seconds of the header"
        raise AssertionError(f"{name_of(bench, table)} ends at a 429: {error} ({remedy})") from error
    finally:
        bench.calm()
    expect(bench.count("faults", "429"), f"{name_of(bench, table)} made no call that a 429 could answer", "")
    waited = sum(patient.slept)
    cause = f"{name_of(bench, table)} waited {waited:.1f} seconds where Retry-After asked for {_WAIT:.0f}"
    expect(
        waited >= _WAIT or _is_pooled(bench, table),
        cause,
        "hand the header on as `wait_seconds` of the fault (`retry_after(response)`)",
    )
    lost, more = difference(counted(rows), expected)
    expect(not lost and not more, f"{name_of(bench, table)} loses rows after a 429: {examples(lost, more)}", "")


def _is_pooled(bench: Bench, table: str) -> bool:
    """Whether there are several tokens, another of which need not wait."""
    with bench.client(bench.settings(table)) as client:
        return client.sign_in().pooled


def _expect_renewal(bench: Bench, table: str, issued: int) -> None:
    if not bench.count("statuses", "401"):
        return  # a token that lives as long as the account
    cause = f"{name_of(bench, table)} asked for {issued} tokens when one had expired"
    expect(
        issued == 1, cause, "sign in through one of `lakeflow_sources.http`, which renews a token once for all calls"
    )


def _expect_refusal(bench: Bench, table: str) -> None:
    bench.server.faults("expired")
    bench.server.reset_counters()
    try:
        bench.rows(table, concurrency="1", parallelism="1")
    except SignInError:
        refused = bench.count("faults", "expired")
        cause = f"{name_of(bench, table)} was refused {refused} times before it gave up"
        expect(refused <= _FEW_CALLS, cause, "let `faults` call a 401 `sign_in`, not `retry`")
    except LakeflowError as error:
        raise AssertionError(
            f"{name_of(bench, table)} takes refused credentials for {type(error).__name__}: {error} "
            "(let `faults` call a 401 `sign_in`)"
        ) from error
    else:
        raise AssertionError(f"{name_of(bench, table)} takes a refused call for an empty answer")
    finally:
        bench.calm()
