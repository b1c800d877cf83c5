"""Where a refresh token that changes with each use is kept, for every connector that has one."""

import pytest

from lakeflow_sources.connect import connect, connection
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http import FileStore
from lakeflow_sources.http.secret_store import DatabricksSecretStore
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector

SIGN_INS = {
    "hubspot": {},
    "salesforce": {"instance_url": "https://acme.my.salesforce.com"},
    "zendesk": {"subdomain": "acme"},
    "zoho_crm": {},
}
CREDENTIALS = {"client_id": "app", "client_secret": "planted-a", "refresh_token": "planted-b"}


def auth_of(name, **options):
    found = connector(name)
    return connection(found, check_options(found, {**SIGN_INS[name], **CREDENTIALS, **options})).auth


@pytest.mark.parametrize("name", SIGN_INS)
def test_every_refresh_token_can_be_kept(name, tmp_path):
    for options, store in (
        ({"token_store_file": str(tmp_path / "kept")}, FileStore(tmp_path / "kept")),
        ({"token_store_scope": "vendor", "token_store_key": "newest"}, DatabricksSecretStore("vendor", "newest")),
        ({}, None),
    ):
        auth = auth_of(name, **options)
        assert getattr(auth, "inner", auth).store == store


@pytest.mark.parametrize("half", [{"token_store_scope": "s"}, {"token_store_key": "k"}])
def test_half_a_store_or_two_are_refused(half, tmp_path):
    for options in (half, {"token_store_scope": "s", "token_store_key": "k", "token_store_file": str(tmp_path)}):
        with pytest.raises(ConfigurationError, match="token_store_scope and token_store_key, or token_store_file"):
            auth_of("hubspot", **options)


def test_a_rotated_token_of_salesforce_is_in_the_file_before_the_first_call(lakeflow_mock, tmp_path):
    mock = lakeflow_mock("salesforce", each=3, rotate_refresh=True)
    salesforce, kept = connector("salesforce"), tmp_path / "token"
    options = {**mock.sign_in("refresh_token"), "rotating_refresh": "true", "token_store_file": str(kept)}
    seen = [options["refresh_token"]]
    for version in ("64.0", "65.0", "66.0"):  # another option, another read: each signs in with what is in the file
        settings = check_options(salesforce, {**options, "api_version": version})
        made = connection(salesforce, settings)
        assert not made.auth.renewable_in_tasks
        with connect(salesforce, settings) as client:
            made.auth.inner.sign_in(client._send_unsigned)
        seen.append(kept.read_text())
        assert kept.stat().st_mode & 0o777 == 0o600
    assert len(set(seen)) == 4
