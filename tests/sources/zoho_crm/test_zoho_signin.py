"""Signing in: data centres, one token for a machine, errors with status 200."""

import json
import os
import subprocess
import sys
import tempfile

import pytest

from lakeflow_sources import ConfigurationError, QuotaError, SignInError
from lakeflow_sources.connect import connect, connection
from lakeflow_sources.http import get
from lakeflow_sources.options import check_options
from lakeflow_sources.testing import mock_server
from tests.sources.zoho_crm.reading import ZOHO, client_of, read

CREDENTIALS = {"client_id": "1000.X", "client_secret": "planted-secret-a", "refresh_token": "planted-secret-b"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delitem(sys.modules, "_lakeflow_sources_process", raising=False)  # tokens of other tests


@pytest.fixture(scope="module")
def mock():
    with mock_server("zoho_crm", each=5, records={"Deals": 900}, seed=8, token_law=False) as server:
        yield server


@pytest.fixture
def issued(mock):
    """Access tokens that were given out since the test began."""
    before = mock.counters()["tokens_issued"]
    return lambda: mock.counters()["tokens_issued"] - before


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://accounts.zoho.com/oauth/v2/token"),
        ({"accounts_url": "https://accounts.zoho.eu"}, "https://accounts.zoho.eu/oauth/v2/token"),
        ({"accounts_url": "https://accounts.zohocloud.ca/"}, "https://accounts.zohocloud.ca/oauth/v2/token"),
        (
            {"accounts_url": "https://accounts.zoho.eu", "auth_url": "http://127.0.0.1:1"},
            "http://127.0.0.1:1/oauth/v2/token",
        ),
        ({"auth_url": "https://proxy.example.com/zoho/token"}, "https://proxy.example.com/zoho/token"),
    ],
)
def test_the_token_comes_from_the_data_centre(options, url):
    auth = connection(ZOHO, check_options(ZOHO, {**CREDENTIALS, **options})).auth
    assert auth.inner.url == url
    assert "planted" not in repr(auth)


def test_the_host_of_the_api_comes_with_the_token(mock):
    """Canada's cannot be derived from that of the accounts."""
    settings = check_options(ZOHO, mock.sign_in("data_center"))
    assert settings.get("base_url") is None
    answer = connect(ZOHO, settings).send(get("/crm/v8/org"))
    assert answer.url.startswith(mock.url)
    assert answer.json()["org"][0]["company_name"] == "Mock & Söhne"


def test_base_url_goes_before_what_the_token_says(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", each=5, seed=8, api_domain="https://www.zohoapis.invalid")
    assert client_of(server)[1].send(get("/crm/v8/org")).url.startswith(server.url)


def test_calls_carry_zohos_own_word_before_the_token(mock):
    _, client = client_of(mock)
    client.send(get("/crm/v8/org"))
    auth = client.connection.auth
    assert (
        dict(auth.apply(get("/x"), client.token).headers)["Authorization"]
        == f"Zoho-oauthtoken {client.token.access.reveal()}"
    )


def test_thirty_reads_use_one_token(mock, issued):
    """Ten in ten minutes is the law; each table of a pipeline is a read of its own."""
    for number in range(30):
        settings = check_options(ZOHO, {**mock.options, "page_size": str(number + 1)})
        connect(ZOHO, settings).sign_in()
    assert issued() == 1


def test_other_processes_of_the_machine_use_it_too(mock, issued, tmp_path):
    code = (
        "import json, sys\n"
        "from lakeflow_sources.connect import connect\n"
        "from lakeflow_sources.options import check_options\n"
        "from lakeflow_sources.registry import connector\n"
        "zoho = connector('zoho_crm')\n"
        "connect(zoho, check_options(zoho, json.load(sys.stdin))).sign_in()\n"
    )
    for _ in range(3):
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        subprocess.run(
            [sys.executable, "-c", code], input=json.dumps(mock.options).encode(), check=True, env=environment
        )
    assert issued() == 1


def test_a_token_that_dies_early_is_replaced_once(mock, issued):
    _, client = client_of(mock)
    client.send(get("/crm/v8/org"))
    mock.expire_tokens()
    assert client.send(get("/crm/v8/org")).status == 200
    assert client_of(mock)[1].send(get("/crm/v8/org")).status == 200
    assert issued() == 2


def test_tokens_that_end_while_a_module_is_read(mock, issued):
    mock.faults("expired", paths=["/Deals$"], count=1, skip=2)
    assert len(read(mock, "Deals", columns="id").by_id) == len(mock.rows("Deals"))
    assert issued() == 2


@pytest.mark.parametrize(
    ("wrong", "code", "remedy"),
    [
        ({"refresh_token": "revoked-token"}, "invalid_code", "data centre"),
        ({"client_secret": "another-secret"}, "invalid_client", "client_id"),
    ],
)
def test_errors_that_come_with_status_200_are_understood(mock, wrong, code, remedy):
    settings = check_options(ZOHO, {**mock.options, **wrong})
    with pytest.raises(SignInError, match=code) as caught:
        connect(ZOHO, settings).sign_in()
    assert remedy in str(caught.value)
    for secret in (*wrong.values(), mock.options["refresh_token"], mock.options["client_secret"]):
        assert secret not in str(caught.value)


def test_a_throttled_sign_in_waits_for_a_minute_at_a_time(lakeflow_mock):
    mock = lakeflow_mock("zoho_crm", each=5, seed=8)
    _, client = client_of(mock, retry_deadline_seconds="5")
    sign_in = client.connection.auth.inner.sign_in
    for _ in range(10):
        sign_in(client._send_unsigned)
    with pytest.raises(QuotaError, match=r"too many requests continuously.* come back in 60 seconds"):
        sign_in(client._send_unsigned)
    assert mock.counters()["tokens_issued"] == 10


def test_missing_credentials_are_named_before_any_call():
    with pytest.raises(ConfigurationError, match="refresh_token"):
        check_options(ZOHO, {"client_id": "1", "client_secret": "2"})
