"""Ways in, addresses with and without the folder, and what is refused before any call."""

import sys
from types import SimpleNamespace

import pytest

from lakeflow_sources import ConfigurationError, SignInError
from lakeflow_sources.http import Response, get
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.sources.osipi.faults import faults
from lakeflow_sources.sources.osipi.kerberos import Kerberos
from lakeflow_sources.sources.osipi.paths import token_url
from tests.sources.osipi.reading import read_rows


@pytest.mark.parametrize("way", ["service_principal", "basic", "access_token"])
def test_every_way_in_with_and_without_the_folder_in_the_address(plant, way):
    options = plant.sign_in(way)
    base = options.pop("base_url")
    assert len(read_rows({**options, "pi_base_url": base}, "data_servers")) == 2
    assert len(read_rows({**options, "base_url": f"{base}/piwebapi/"}, "asset_databases")) == 2


def test_a_wrong_secret_is_told(plant):
    with pytest.raises(SignInError):
        read_rows({**plant.sign_in("service_principal"), "client_secret": "wrong"}, "data_servers")


def test_an_expired_token_is_renewed_in_the_middle(lakeflow_mock):
    mock = lakeflow_mock("osipi", days=1, records={"points": 3})
    mock.faults("expired", paths=["/points$"], count=1)
    assert len(read_rows(mock.sign_in("service_principal"), "points")) == 3


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({"workspace_host": "adb-1.azuredatabricks.net"}, "https://adb-1.azuredatabricks.net/oidc/v1/token"),
        ({"workspace_host": "https://adb-1.azuredatabricks.net/"}, "https://adb-1.azuredatabricks.net/oidc/v1/token"),
        ({"workspace_host": "x", "auth_url": "http://localhost:1"}, "http://localhost:1/oidc/v1/token"),
        (
            {"workspace_host": "x", "auth_url": "https://aim/identitymanager/connect/token"},
            "https://aim/identitymanager/connect/token",
        ),
    ],
)
def test_where_tokens_come_from(options, url):
    settings = check_options(
        connector("osipi"), {"base_url": "https://pi", "client_id": "a", "client_secret": "bbbbb", **options}
    )
    assert token_url(settings) == url


def test_kerberos_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests_kerberos", None)
    with pytest.raises(ConfigurationError, match=r"needs the package requests-kerberos.*pip install"):
        read_rows({"base_url": "http://127.0.0.1:1", "kerberos": "true"}, "data_servers")


def test_the_address_is_needed():
    with pytest.raises(ConfigurationError, match="credentials are incomplete, add base_url"):
        check_options(connector("osipi"), {"access_token": "x" * 8})


def test_the_header_against_forgery_is_sent_with_every_call(plant):
    assert connector("osipi").headers(None) == {"X-Requested-With": "XMLHttpRequest"}
    assert read_rows(plant.options, "units")  # by POST /batch, which the server refuses without it


def test_unknown_names_are_refused_with_those_there_are(plant):
    with pytest.raises(ConfigurationError, match="data_server names nowhere: there is PISRV1, PISRV2"):
        read_rows(plant.options, "points", data_server="nowhere")
    with pytest.raises(ConfigurationError, match="no point .* matches 'nothing.like.it'"):
        read_rows(plant.options, "points", points="nothing.like.it")
    with pytest.raises(ConfigurationError, match="webids names F1DPunknown, which the server does not know"):
        read_rows(plant.options, "end_values", webids="F1DPunknown")


def test_an_exception_behind_status_200_is_a_fault():
    def said(body, status=200):
        return faults(
            Response(get("/piwebapi/streamsets/recorded"), status, {"content-type": "application/json"}, body)
        )

    assert said(b'{"Items":[{"Errors":[]}]}') is None
    assert said(b'{"Items":[],"WebException":{"StatusCode":502,"Errors":["gone"]}}').kind == "retry"
    assert said(b'{"Items":[{"WebException":{"StatusCode":403,"Errors":["no"]}}]}').kind == "access"
    assert said(b'{"Items":[{"Items":[{"Errors":[{"FieldName":"Value","Message":["no"]}]}]}]}').kind == "retry"
    assert said(b'{"Errors":["Rate limit was reached"]}', 429).kind == "retry"
    assert said(b'{"Errors":["not supported"]}', 501).kind == "fatal"


def test_a_kerberos_ticket_goes_with_every_call(monkeypatch):
    class Signer:
        def __init__(self, **options):
            assert options["force_preemptive"] is True

        def generate_request_header(self, response, host, *, is_preemptive):
            return f"Negotiate ticket-for-{host}"

    library = SimpleNamespace(HTTPKerberosAuth=Signer, DISABLED=3)
    monkeypatch.setitem(sys.modules, "requests_kerberos", library)
    auth = Kerberos("https://pi.plant.example/piwebapi")
    signed = auth.apply(get("/points"), auth.sign_in(None))
    assert dict(signed.headers)["Authorization"] == "Negotiate ticket-for-pi.plant.example"
