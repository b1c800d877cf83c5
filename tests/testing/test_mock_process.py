"""The mock as a process: it starts fast, stays small, and never outlives the test."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing import MockServer, mock_server
from lakeflow_sources.testing.stages import Spec, stage_of

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PLUGIN = "lakeflow_sources.testing.plugin"
LIST = "/crm/objects/2026-03/contacts"


def peak_megabytes(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(url):
    try:
        urllib.request.urlopen(f"{url}/_mock/state", timeout=2).close()
    except OSError:
        return False
    return True


def gone_within(seconds, url):
    end = time.monotonic() + seconds
    while answers(url):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_a_million_contacts_start_fast_and_stay_small(connect):
    with mock_server("hubspot", records={"contacts": 1_000_000}) as mock:
        if sys.platform == "linux":
            assert cpu_seconds(mock._process.pid) < 3, "about one second, most of it imports"
        api = connect(mock)
        window = [("lastmodifieddate", "GTE", "2024-01-01"), ("lastmodifieddate", "LT", "2025-01-01")]
        answer = api.search("contacts", *window, limit=200)
        assert 450_000 < answer["total"] < 550_000
        middle = answer["results"][-1]["id"]
        narrower = api.search("contacts", *window, ("hs_object_id", "GT", middle), limit=200)
        assert narrower["total"] == answer["total"] - 200
        assert int(narrower["results"][0]["id"]) > int(middle)
        for after in ("0", "5000000", "8016000000"):
            assert len(api.get(LIST, limit=100, after=after)["results"]) == 100
        mock.reset_counters()
        for _ in range(20):
            api.get(LIST, limit=100, properties=",".join(api.names("companies")))
        mock.write("change", object_type="contacts", count=1000)
        recent = api.search("contacts", ("lastmodifieddate", "GTE", "2025-07-01"))
        assert recent["total"] == 1000
        if sys.platform == "linux":
            assert peak_megabytes(mock._process.pid) < 200


def test_every_page_of_a_long_list(connect, large):
    ids = [row["id"] for row in connect(large).walk(LIST, limit=100, properties="hs_object_id")]
    assert ids == [row["id"] for row in large.iter_rows("contacts")]
    assert len(set(ids)) == 12_000


def test_it_ends_with_the_handle_even_while_a_call_hangs(connect):
    with mock_server("hubspot", each=1) as mock:
        assert answers(mock.url)
        mock.faults("never")
        with pytest.raises(OSError):
            connect(mock).send("GET", LIST, timeout=0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 4
    assert not answers(mock.url)
    mock.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent(number):
    code = (
        "import time; from lakeflow_sources.testing import mock_server\n"
        "m = mock_server('hubspot', each=1); print(m.url, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=ENVIRONMENT, text=True)
    try:
        url = parent.stdout.readline().strip()
        assert answers(url)
        parent.send_signal(number)
        parent.wait(10)
        assert gone_within(5, url)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("nosuch", {}, "no mock of 'nosuch'"),
        ("hubspot", {"recrods": 3}, "no option recrods"),
        ("hubspot", {"records": {"cats": 3}}, "no cats to make"),
        ("hubspot", {"rotate_refresh": "maybe"}, "write true or false"),
        ("hubspot", {"expires_in": "long"}, "write a number"),
        ("hubspot", {"now": "later"}, "is no time"),
    ],
)
def test_a_wrong_start_says_what_is_wrong(name, settings, said):
    records = settings.pop("records", {})
    with pytest.raises(ConfigurationError, match=said):
        stage_of(Spec(name, records=records, options=settings))


def test_a_wrong_start_is_told_to_the_caller():
    with pytest.raises(ConfigurationError, match="no option recrods") as caught:
        mock_server("hubspot", recrods=3)
    assert "did not start" in str(caught.value)


def test_several_by_hand_on_chosen_ports(unused_port):
    command = [sys.executable, "-m", "lakeflow_sources.testing.serve", "hubspot", "hubspot", "--port", str(unused_port)]
    command += ["--records", "contacts=5", "deals=2", "--seed", "3", "--set", "each=1", "access_token=given"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT)
    try:
        first, second = (MockServer(json.loads(process.stdout.readline())) for _ in range(2))
        assert (first.url, second.url) == (f"http://127.0.0.1:{unused_port}", f"http://127.0.0.1:{unused_port + 1}")
        assert first.token == "given"
        assert [len(first.rows(name)) for name in ("contacts", "deals", "quotes")] == [5, 2, 1]
        first.write("archive", object_type="contacts", count=1)
        assert (len(first.rows("contacts")), len(second.rows("contacts"))) == (4, 5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_port_that_is_taken(mock):
    port = int(mock.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match="did not start"):
        mock_server("hubspot", each=1, port=port)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_fixture_of_the_plugin(tmp_path):
    (tmp_path / "test_pipeline.py").write_text(
        "import urllib.request\n"
        "def test_it(lakeflow_mock):\n"
        "    mock = lakeflow_mock('hubspot', records={'contacts': 12}, seed=1)\n"
        "    assert len(mock.rows('contacts')) == 12\n"
        "    __import__('pathlib').Path('url.txt').write_text(mock.url)\n"
    )
    code = "import sys, pytest; sys.exit(pytest.main(['-q', '-W', 'error', '-p', 'no:cacheprovider', *sys.argv[1:]]))"
    installed = any(entry.value == PLUGIN for entry in entry_points(group="pytest11"))
    loaded = [] if installed else ["-p", PLUGIN]
    done = subprocess.run(
        [sys.executable, "-c", code, *loaded],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not answers((tmp_path / "url.txt").read_text())


def test_the_plugin_is_light():
    code = (
        "import sys, lakeflow_sources.testing.plugin\n"
        "assert not {'aiohttp', 'numpy', 'pyspark', 'requests_oauthlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)


def test_another_account_of_the_same_process_begins_anew_and_ends_alone(lakeflow_mock):
    first = lakeflow_mock("hubspot", records={"contacts": 5}, now="2026-01-01T00:00:00Z", each=0)
    first.write("create", object_type="contacts", count=3)
    with first.another(seed=4, records={"contacts": 5}, options={"archived": "1"}) as second:
        assert second.url != first.url
        assert len(second.rows("contacts")) == 5
        assert len(second.rows("contacts", archived=True)) == 1
        assert len(first.rows("contacts")) == 8
        url = second.url
    assert not answers(url)
    assert answers(first.url)


def test_a_write_waits_for_the_call_that_it_comes_after(lakeflow_mock, connect):
    mock = lakeflow_mock("hubspot", records={"contacts": 3})
    api = connect(mock)
    mock.write_after(2, "create", path="/contacts", object_type="contacts", count=1)
    mock.write_after(9, "create", path="/contacts", object_type="contacts", count=1)
    seen = []
    for _ in range(3):
        api.get(LIST)
        seen.append(len(mock.rows("contacts")))
    assert seen == [3, 4, 4]
    mock.forget_writes()
    for _ in range(9):
        api.get(LIST)
    assert len(mock.rows("contacts")) == 4
