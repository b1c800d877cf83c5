"""Proxies, certificates, and processes that fork."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import os
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lakeflow_sources.errors import ConfigurationError, TransientError
from lakeflow_sources.http import get
from tests.http.loopback import Service, jsons


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls")
    form = serialization.PrivateFormat.PKCS8
    (path / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    (path / "certificate.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return path / "certificate.pem", path / "key.pem"


@pytest.fixture
def secure(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    service = Service(context)
    service.on("/items", jsons({"ok": 1}))
    yield service
    service.close()


def test_a_certificate_that_is_not_trusted_is_no_matter_of_retries(secure, connect):
    with pytest.raises(ConfigurationError, match=r"certificate is not trusted.*ca_bundle"):
        connect(base_url=secure.url).send(get("/items"))
    assert secure.calls == []


def test_a_bundle_of_certificates(secure, connect, certificate):
    client = connect(base_url=secure.url, verify=str(certificate[0]))
    assert client.send(get("/items")).json() == {"ok": 1}


def test_a_bundle_that_is_not_there_is_named(secure, connect):
    with pytest.raises(ConfigurationError, match="no-such-file"):
        connect(base_url=secure.url, verify="/no-such-file.pem").send(get("/items"))


def test_verification_can_be_switched_off_and_warns_once(secure, connect, caplog):
    for _ in range(2):
        client = connect(base_url=secure.url, verify=False)
        assert client.send(get("/items")).json() == {"ok": 1}
    warnings = [record for record in caplog.records if "verify_ssl=false" in record.getMessage()]
    assert len(warnings) == 1
    assert warnings[0].levelno == logging.WARNING


def test_one_client_that_does_not_verify_does_not_change_the_others(secure, connect):
    connect(base_url=secure.url, verify=False).send(get("/items"))
    with pytest.raises(ConfigurationError):
        connect(base_url=secure.url).send(get("/items"))


def test_plain_text_from_a_tls_port_is_a_fault(service, connect):
    with pytest.raises(TransientError, match="TLS failed|connection"):
        connect(base_url=service.url.replace("http://", "https://"), max_retries=1).send(get("/items"))


def test_a_proxy_of_the_environment_is_used(service, connect, monkeypatch):
    service.on("/items", jsons({"from": "proxy"}))
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", service.url.replace("http://", "http://someone:planted@"))
    client = connect(base_url="http://vendor.invalid")
    assert client.send(get("/items", a=1)).json() == {"from": "proxy"}
    (call,) = service.calls
    assert call.headers["host"] == "vendor.invalid"
    assert call.query == {"a": "1"}
    assert call.headers["proxy-authorization"].startswith("Basic ")
    assert "planted" not in repr(client._steps)
    monkeypatch.setenv("no_proxy", "vendor.invalid")
    with pytest.raises(TransientError, match="no connection"):
        connect(base_url="http://vendor.invalid").send(get("/items"))


def test_a_proxy_that_is_down_is_named(connect, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(TransientError, match=r"proxy.*refused"):
        connect(base_url="http://vendor.invalid").send(get("/items"))


def test_a_fork_opens_connections_of_its_own(service, connect):
    service.on("/items", jsons({"ok": 1}))
    client = connect()
    client.send(get("/items"))
    child = os.fork()
    if child == 0:
        os._exit(0 if client.send(get("/items")).json() == {"ok": 1} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    client.send(get("/items"))
    assert service.connections == 2


def test_a_process_that_calls_many_hosts_keeps_few_open_and_can_come_back(connect):
    services = [Service() for _ in range(70)]
    try:
        for one in services:
            one.on("/items", jsons({"ok": 1}))
            assert connect(base_url=one.url).send(get("/items")).status == 200
        held = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
        for one in services:
            assert connect(base_url=one.url).send(get("/items")).status == 200
        again = len(list(Path("/proc/self/fd").iterdir())) if held else 0
    finally:
        for one in services:
            one.close()
    assert [len(one.calls) for one in services] == [2] * 70
    assert again - held < 20  # each host and each account had taken descriptors of its own
