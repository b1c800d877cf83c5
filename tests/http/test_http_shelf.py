"""One token for all processes of a machine."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from lakeflow_sources.errors import SignInError
from lakeflow_sources.http import RefreshToken, Shelved, get
from lakeflow_sources.redact import Secret
from tests.http.loopback import Answer, jsons

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def auth(service, token):
    numbers = count(1)
    service.on(
        "/token", lambda _: jsons({"access_token": f"access-{next(numbers)}", "expires_in": 3600, "api_domain": "x"})
    )
    return Shelved(RefreshToken(f"{service.url}/token", "id", Secret("s"), Secret(token)), Secret(token))


def test_the_second_client_asks_for_no_token(service, connect, auth):
    first, second = connect(auth=auth).sign_in(), connect(auth=auth).sign_in()
    assert (first.access, second.access) == (Secret("access-1"), Secret("access-1"))
    assert (second.expires_at, second.facts["api_domain"]) == (first.expires_at, "x")
    assert len(service.to("/token")) == 1


def test_other_processes_use_it_too(service, connect, auth):
    connect(auth=auth).sign_in()
    code = (
        "import pickle, sys, uuid; from lakeflow_sources.http import Client, Connection\n"
        "auth = pickle.load(sys.stdin.buffer)\n"
        f"print(Client(Connection('acme', {service.url!r}, auth)).sign_in().access.reveal())"
    )
    import pickle

    said = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(auth), capture_output=True, check=True, cwd=ROOT
    )
    assert said.stdout.decode().strip() == "access-1"
    assert len(service.to("/token")) == 1


def test_a_refused_token_is_replaced_for_everybody(service, connect, auth):
    def answer(call):
        return jsons({"ok": True}) if call.headers["authorization"] == "Bearer access-2" else Answer(401, b"{}", {})

    service.on("/items", answer)
    old = connect(auth=auth).sign_in()
    task = connect(auth=auth, token=old)
    assert task.send(get("/items")).json() == {"ok": True}
    assert connect(auth=auth, token=old).send(get("/items")).json() == {"ok": True}
    assert connect(auth=auth).sign_in().access == Secret("access-2")
    assert len(service.to("/token")) == 2


def test_nobody_reads_it_without_the_key(connect, auth, shelf):
    connect(auth=auth).sign_in()
    (file,) = shelf.rglob("*.token")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"access-1" not in file.read_bytes()
    assert auth.key.reveal() not in file.name
    stranger = Shelved(auth.inner, Secret("another key"))
    assert connect(auth=stranger).sign_in().access == Secret("access-2")


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_damaged_file_is_as_good_as_none(connect, auth, shelf, content):
    connect(auth=auth).sign_in()
    (file,) = shelf.rglob("*.token")
    file.write_bytes(content)
    assert connect(auth=auth).sign_in().access == Secret("access-2")


def test_a_token_that_ends_soon_is_left_lying(service, connect, auth):
    numbers = count(1)
    service.on("/token", lambda _: jsons({"access_token": f"short-{next(numbers)}", "expires_in": 0.2}))
    assert connect(auth=auth).sign_in().access == Secret("short-1")
    import time

    time.sleep(0.2)
    assert connect(auth=auth).sign_in().access == Secret("short-2")


def test_a_token_without_an_end_is_not_kept(service, connect, auth, shelf):
    service.on("/token", jsons({"access_token": "endless"}))
    connect(auth=auth).sign_in()
    assert list(shelf.rglob("*.token")) == []


def test_a_token_without_an_end_is_kept_for_as_long_as_the_connector_says(service, connect, auth, shelf):
    numbers = count(1)
    service.on("/token", lambda _: jsons({"access_token": f"endless-{next(numbers)}"}))
    lasting = replace(auth, endless_seconds=600.0)
    first = connect(auth=lasting).sign_in()
    assert first.expires_at is None
    assert connect(auth=lasting).sign_in().access == first.access
    assert connect(auth=replace(auth, endless_seconds=0.001)).sign_in().access == first.access, "kept by the first one"
    for path in shelf.rglob("*.token"):
        path.unlink()
    short = replace(auth, endless_seconds=0.001)
    second = connect(auth=short).sign_in()
    import time

    time.sleep(0.05)
    assert connect(auth=short).sign_in().access != second.access


def test_a_failed_sign_in_is_told_and_kept_nowhere(service, connect, auth, shelf):
    service.on("/token", jsons({"error": "invalid_code"}))
    with pytest.raises(SignInError, match="invalid_code"):
        connect(auth=auth).sign_in()
    assert list(shelf.rglob("*.token")) == []
