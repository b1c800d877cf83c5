"""The budget that all tasks of a machine share: exact, fair to others, and used up to the last call."""

from __future__ import annotations

import collections
import itertools
import os
import stat
import subprocess
import sys
import threading
import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.errors import QuotaError
from lakeflow_sources.http import Rate, get, machine, process
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.connection import Connection, budgets
from lakeflow_sources.http.ledger import open_ledger
from lakeflow_sources.http.pacing import UNLIMITED, Budget, acquire, per_second, reserved
from tests.http.loopback import Answer, jsons


class Hands:
    """A clock that is moved by those who sleep."""

    def __init__(self, start=1_000_000.0):
        self.time = start

    def sleep(self, seconds):
        assert seconds > 0
        self.time += seconds

    @property
    def clock(self):
        return Clock(lambda: self.time, self.sleep)


def fresh(rate=UNLIMITED, kind="default"):
    return Budget(uuid.uuid4().hex, kind, rate)


def most_in_any(times, seconds):
    window, most = collections.deque(), 0
    for moment in times:
        window.append(moment)
        while window[0] <= moment - seconds:
            window.popleft()
        most = max(most, len(window))
    return most


@settings(max_examples=25, deadline=None)
@given(
    requests=st.integers(1, 50),
    seconds=st.sampled_from([0.25, 1.0, 10.0, 60.0]),
    idle=st.lists(st.floats(0, 30), max_size=120),
)
def test_no_window_ever_holds_more_than_the_rate(requests, seconds, idle):
    hands, budget = Hands(), fresh(Rate(requests, seconds))
    times = []
    for pause in [*idle, *([0.0] * 3 * requests)]:
        hands.time += pause
        budget.acquire(clock=hands.clock)
        times.append(hands.time)
    assert most_in_any(times, seconds) <= requests


def test_nearly_all_of_the_rate_is_used():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    start = hands.time
    for _ in range(2000):
        budget.acquire(clock=hands.clock)
    assert 2000 / ((hands.time - start + 10) * 10) >= 0.985


def test_a_slow_call_counts_from_when_the_vendor_may_have_seen_it():
    hands, budget = Hands(), fresh(Rate(1, 10.0))
    number = budget.acquire(clock=hands.clock)
    start = hands.time
    hands.time += 3
    budget.settle(number, 3)
    budget.acquire(clock=hands.clock)
    assert 10.3 <= hands.time - start <= 10.4


@pytest.mark.parametrize(
    ("requests", "rate"),
    [(10, Rate(10, 1.0)), (2.5, Rate(2, 0.8)), (1, Rate(1, 1.0)), (0.1, Rate(1, 10.0)), (0.5, Rate(1, 2.0))],
)
def test_the_rate_of_a_user(requests, rate):
    assert per_second(requests) == rate


@given(st.integers(1, 5000), st.floats(0, 90))
def test_a_reserve_leaves_exactly_its_share(requests, percent):
    left = reserved(Rate(requests, 10.0), percent)
    assert left.requests >= 1
    assert left.requests / left.seconds == pytest.approx(requests / 10 * (1 - percent / 100))


def test_which_budgets_a_call_is_charged_to():
    rates = {"default": Rate(100, 10.0), "search": Rate(5, 1.0)}
    plain = Connection("acme", "https://acme.example", rates=rates)
    assert budgets(plain, "default", "a") == (Budget("a", "default", Rate(100, 10.0)),)
    assert budgets(plain, "search", "a") == (Budget("a", "search", Rate(5, 1.0)),)
    assert budgets(plain, "unheard of", "a") == budgets(plain, "default", "a")
    assert budgets(plain, "sign_in", "a") == (Budget("a", "sign_in", UNLIMITED),)
    asked = Connection("acme", "https://acme.example", rates=rates, requests_per_second=25, reserve=40)
    assert budgets(asked, "default", "a") == (Budget("a", "all", Rate(25, 1.0)),)
    assert budgets(asked, "search", "a") == (Budget("a", "search", Rate(3, 1.0)), Budget("a", "all", Rate(25, 1.0)))


def test_two_budgets_are_taken_together_or_not_at_all():
    hands = Hands()
    fast, slow = fresh(Rate(10, 1.0)), fresh(Rate(1, 5.0))
    times = []
    for _ in range(4):
        acquire((slow, fast), 1.0, hands.clock)
        times.append(hands.time)
    assert min(late - early for early, late in itertools.pairwise(times)) >= 5
    assert fast.acquire(clock=hands.clock) == 4


def test_budgets_taken_in_any_order_do_not_block_each_other():
    one, two = fresh(Rate(10_000, 1.0)), fresh(Rate(10_000, 1.0))
    threads = [
        threading.Thread(target=lambda pair=pair: [acquire(pair, 1.0, Clock()) for _ in range(200)])
        for pair in ((one, two), (two, one)) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    assert one.acquire() == two.acquire() == 1200


def test_a_refusal_makes_everybody_wait():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    budget.acquire(clock=hands.clock)
    start = hands.time
    budget.hold(30, hands.time)
    assert budget.waits(hands.time) == pytest.approx(30)
    budget.acquire(clock=hands.clock)
    assert 30 <= hands.time - start < 30.1


def test_a_wait_that_the_vendor_asks_for_may_be_too_long():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    budget.hold(3600, hands.time)
    with pytest.raises(QuotaError, match=r"spent for another 3600 seconds, longer than the 900"):
        budget.acquire(900, hands.clock)
    assert hands.time == 1_000_000.0


def test_a_turn_of_ones_own_is_waited_for_however_long_it_takes():
    hands, budget = Hands(), fresh(Rate(1, 3600.0))
    budget.acquire(1.0, hands.clock)
    budget.acquire(1.0, hands.clock)
    assert hands.time >= 1_003_600


def speed(budget, hands, seconds):
    """Calls that are granted in *seconds*."""
    count, end = 0, hands.time + seconds
    while True:
        budget.acquire(clock=hands.clock)
        if hands.time >= end:
            return count
        count += 1


def refused(budget, hands, times=1):
    """As many windows in a row end with a refusal."""
    for _ in range(times):
        budget.hold(1.0, hands.time)
        hands.time += 1.1
        speed(budget, hands, budget.rate.seconds)


def test_one_refusal_may_be_an_accident():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    full = speed(budget, hands, 100)
    refused(budget, hands)
    assert speed(budget, hands, 100) >= 0.98 * full
    refused(budget, hands)
    assert speed(budget, hands, 100) >= 0.98 * full


def test_after_refusals_in_a_row_less_is_asked_and_then_more_again():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    full = speed(budget, hands, 100)
    refused(budget, hands, 5)
    assert 0.5 * full / 5 < speed(budget, hands, 20) < 0.8 * full / 5
    speed(budget, hands, 300)
    assert speed(budget, hands, 100) > 0.98 * full


def test_refusals_that_have_nothing_to_do_with_the_speed_do_not_slow_down():
    """A service that answers 429 now and then, however few calls there are, as an overloaded one does."""
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    full = speed(budget, hands, 100)
    for _ in range(20):
        hands.time += 0.1
        budget.hold(0.1, hands.time)
        speed(budget, hands, 15)
    assert speed(budget, hands, 100) >= 0.98 * full


def test_the_refusals_of_one_burst_count_once():
    hands, budget = Hands(), fresh(Rate(100, 10.0))
    speed(budget, hands, 20)
    refused(budget, hands)
    for _ in range(30):
        budget.hold(10.0, hands.time)
    hands.time += 10.5
    assert speed(budget, hands, 9) == 96


def test_an_unknown_limit_is_learnt_from_refusals():
    hands, budget = Hands(), fresh()
    for _ in range(400):
        budget.acquire(clock=hands.clock)
        hands.time += 0.01
    for _ in range(2):
        budget.hold(0.1, hands.time)
        hands.time += 0.11
    assert 70 <= speed(budget, hands, 1) + speed(budget, hands, 1) <= 180
    slow = fresh()
    slow.acquire(clock=hands.clock)
    refused(slow, hands, 2)
    slow = fresh()
    for _ in range(3):
        slow.acquire(clock=hands.clock)
        slow.hold(1.0, hands.time)
        hands.time += 1.5
    assert speed(slow, hands, 1) >= 900


def test_two_machines_find_their_shares():
    """Each machine has a budget file of its own; the vendor counts both."""
    hands, machines = Hands(), [fresh(Rate(100, 10.0)), fresh(Rate(100, 10.0))]
    seen, granted, denied = collections.deque(), 0, 0
    end = hands.time + 600
    while hands.time < end:
        waits = [budget.waits(hands.time) for budget in machines]
        if min(waits) > 0:
            hands.time += min(waits) + 0.001
            continue
        budget = machines[waits.index(min(waits))]
        budget.acquire(clock=hands.clock)
        hands.time += 0.01
        while seen and seen[0] <= hands.time - 10:
            seen.popleft()
        if len(seen) >= 100:
            denied += 1
            budget.hold(seen[0] + 10 - hands.time, hands.time)
        else:
            seen.append(hands.time)
            granted += 1
    assert denied < 0.03 * granted
    assert granted > 0.85 * 6_000


def test_what_the_vendor_says_is_left_is_believed():
    hands, budget = Hands(), fresh(Rate(5000, 3600.0))
    number = budget.acquire(clock=hands.clock)
    assert budget.left(hands.time) == float("inf")
    budget.observe(number, 3, 600.0, hands.time)
    assert budget.left(hands.time) == 3
    start = hands.time
    for _ in range(3):
        budget.acquire(clock=hands.clock)
    assert hands.time == start
    budget.acquire(clock=hands.clock)
    assert hands.time - start >= 600


def test_calls_on_their_way_are_not_counted_as_left():
    hands, budget = Hands(), fresh(Rate(5000, 3600.0))
    first = budget.acquire(clock=hands.clock)
    for _ in range(4):
        budget.acquire(clock=hands.clock)
    budget.observe(first, 10, 600.0, hands.time)
    assert budget.left(hands.time) == 6


def test_a_spent_quota_ends_the_call_at_once():
    hands, budget = Hands(), fresh(Rate(5000, 3600.0))
    budget.observe(budget.acquire(clock=hands.clock), 0, 2400.0, hands.time)
    with pytest.raises(QuotaError, match="2400 seconds"):
        budget.acquire(900, hands.clock)


def test_a_clock_that_was_set_back_blocks_nobody():
    hands, budget = Hands(), fresh(Rate(2, 10.0))
    budget.acquire(clock=hands.clock)
    budget.acquire(clock=hands.clock)
    hands.time -= 86_400
    start = hands.time
    budget.acquire(clock=hands.clock)
    assert hands.time - start < 11


def test_the_memory_is_private_and_survives_the_process():
    budget = fresh(Rate(3, 60.0))
    for _ in range(2):
        budget.acquire()
    home = machine.folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    files = [path for path in home.glob("*.budget") if time.time() - path.stat().st_mtime < 5]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    code = (
        "from lakeflow_sources.http.pacing import Budget, Rate\n"
        f"print(Budget({budget.account!r}, 'default', Rate(3, 60.0)).acquire())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "2"
    assert budget.waits(time.time()) > 50


def test_old_files_are_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path))
    open_ledger(uuid.uuid4().hex, 5)
    (old,) = machine.folder().glob("*.budget")
    os.utime(old, (time.time() - 90_000,) * 2)
    monkeypatch.delitem(sys.modules, "_lakeflow_sources_process")  # the next process looks for them
    open_ledger(uuid.uuid4().hex, 5)
    (new,) = machine.folder().glob("*.budget")
    assert new != old


@pytest.mark.parametrize("trap", ["readable", "link", "file"])
def test_a_folder_that_others_could_use_is_not_trusted(monkeypatch, tmp_path, trap, caplog):
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path))
    path = tmp_path / f"lakeflow-sources-{os.getuid()}"
    if trap == "readable":
        path.mkdir(mode=0o700)
        path.chmod(0o777)
    elif trap == "link":
        (tmp_path / "elsewhere").mkdir()
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.write_text("")
    budget = fresh(Rate(1, 0.2))
    start = time.monotonic()
    budget.acquire()
    budget.acquire()
    assert time.monotonic() - start >= 0.2
    assert "not a private folder" in caplog.text
    assert not list(tmp_path.glob("**/*.budget"))


def test_a_fork_starts_without_the_objects_of_its_parent():
    mine = process.shared("a thing", object)
    assert process.shared("a thing", object) is mine
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"other" if process.shared("a thing", object) is not mine else b"same!")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 5) == b"other"


WORKER = """
import sys, threading
from lakeflow_sources.http import Client, Connection, Rate, get
url, account, threads, calls = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = Client(Connection("acme", url, account=account, rates={"default": Rate(60, 1.5)}))
work = [threading.Thread(target=lambda: [client.send(get("/items")) for _ in range(calls)]) for _ in range(threads)]
[thread.start() for thread in work]
[thread.join() for thread in work]
print(client.stats.rate_limited)
"""


class Enforcer:
    """A vendor that allows 60 calls in any 1.5 seconds, in one of two ways of counting."""

    def __init__(self, way):
        self.lock, self.way = threading.Lock(), way
        self.times, self.refused = [], 0
        self.tokens, self.at = 60.0, time.monotonic()

    def __call__(self, call):
        with self.lock:
            now = time.monotonic()
            if self.way == "window":
                good = sum(moment > now - 1.5 for moment in self.times[-60:]) < 60
            else:
                self.tokens = min(60.0, self.tokens + (now - self.at) * 40)
                self.at = now
                good = self.tokens >= 1
                self.tokens -= good
            if good:
                self.times.append(now)
                return jsons({})
            self.refused += 1
            return jsons({}, 429, Retry_After="0.1")


@pytest.mark.parametrize(("way", "calls"), [("window", (40, 40)), ("bucket", (10, 70))])
def test_processes_share_one_budget(service, way, calls):
    """Even and skewed work in two processes of four threads, with room for the delays of a busy machine."""
    enforcer = Enforcer(way)
    service.on("/items", enforcer)
    account = uuid.uuid4().hex
    processes = [
        subprocess.Popen([sys.executable, "-c", WORKER, service.url, account, "4", str(count)], stdout=subprocess.PIPE)
        for count in calls
    ]
    for running in processes:
        running.communicate(timeout=90)
    assert [running.returncode for running in processes] == [0, 0]
    times = enforcer.times
    assert len(times) == 320
    assert enforcer.refused < 0.06 * 320
    allowed = 60 * 5  # by then: five windows have begun
    used = sum(moment < times[0] + 7.0 for moment in times) / allowed
    assert used >= 0.8, f"{used:.3f} of the quota, {enforcer.refused} refused"


def test_headers_of_the_vendor_steer_a_client(service, connect):
    remaining = [3, 2, 1, 0]

    def give(call):
        left = remaining.pop(0) if remaining else 50
        return jsons(
            {}, X_RateLimit_Limit="5000", X_RateLimit_Remaining=str(left), X_RateLimit_Reset=str(int(time.time()) + 2)
        )

    service.on("/items", give)
    client = connect(rates={"default": Rate(5000, 3600.0)})
    start = time.monotonic()
    for _ in range(4):
        client.send(get("/items"))
    assert time.monotonic() - start < 0.9
    assert client.stats.quota_left == 0
    client.send(get("/items"))
    assert time.monotonic() - start > 0.9


def test_each_token_of_a_pool_has_its_own_quota(service, connect):
    from lakeflow_sources.http import BearerPool
    from lakeflow_sources.redact import Secret

    left = {"token-a": 3, "token-b": 40}

    def give(call):
        name = call.headers["authorization"].removeprefix("Bearer ")
        left[name] -= 1
        if left[name] < 0:
            return jsons({"message": "API rate limit exceeded"}, 429, Retry_After="500")
        headers = {"X_RateLimit_Remaining": str(left[name]), "X_RateLimit_Reset": str(int(time.time()) + 600)}
        return jsons({}, X_RateLimit_Limit="5000", **headers)

    service.on("/items", give)
    client = connect(auth=BearerPool(Secret("token-a,token-b")), rates={"default": Rate(5000, 3600.0)})
    for _ in range(35):
        client.send(get("/items"))
    assert left["token-a"] >= 0
    assert client.stats.rate_limited == 0
    with pytest.raises(QuotaError, match=r"^GET /items: the vendor's quota is spent for another \d+ seconds"):
        [client.send(get("/items")) for _ in range(20)]


def test_waiting_for_a_turn_is_counted(service, connect):
    service.on("/items", Answer())
    client = connect(requests_per_second=4)
    for _ in range(6):
        client.send(get("/items"))
    assert 0.9 < client.stats.wait_seconds < 2
