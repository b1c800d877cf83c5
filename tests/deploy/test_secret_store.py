"""Rotated refresh tokens in a secret of the workspace on loopback, from the options on."""

from __future__ import annotations

import pytest

from lakeflow_sources.connect import connection
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.secret_store import DatabricksSecretStore
from lakeflow_sources.http.token import TokenStore
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector

SIGN_IN = {"tableName": "contacts", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
PLACE = {"token_store_scope": "vendor", "token_store_key": "renewed"}


def refreshing(made):
    """The grant itself, without the shelf that access tokens may lie on."""
    return getattr(made.auth, "inner", made.auth)


@pytest.fixture
def signed_in(loopback, monkeypatch):
    for name, value in loopback.environment.items():
        monkeypatch.setenv(name, value)
    return loopback


def test_the_options_of_a_generated_notebook_lead_to_the_store():
    hubspot = connector("hubspot")
    auth = refreshing(connection(hubspot, check_options(hubspot, {**SIGN_IN, **PLACE})))
    assert auth.store == DatabricksSecretStore("vendor", "renewed")
    assert isinstance(auth.store, TokenStore)
    assert refreshing(connection(hubspot, check_options(hubspot, SIGN_IN))).store is None
    half = check_options(hubspot, {**SIGN_IN, "token_store_scope": "vendor"})
    with pytest.raises(ConfigurationError, match="give token_store_scope and token_store_key"):
        connection(hubspot, half)


def test_what_is_saved_is_loaded(signed_in):
    store = DatabricksSecretStore("vendor", "renewed")
    assert store.load() is None
    with pytest.raises(ConfigurationError, match="create-scope vendor") as told:
        store.save("tok-1")
    assert "tok-1" not in str(told.value)
    signed_in.client().secrets.create_scope("vendor")
    assert store.load() is None
    store.save("tok-1")
    store.save("tok-2")
    assert store.load() == "tok-2"


def test_a_rotated_token_is_kept_before_it_is_used(signed_in, lakeflow_mock):
    signed_in.client().secrets.create_scope("vendor")
    mock = lakeflow_mock("hubspot", records={"contacts": 3}, seed=1, rotate_refresh=True)
    hubspot = connector("hubspot")
    options = {"tableName": "contacts", **mock.sign_in("refresh_token"), **PLACE}
    made = connection(hubspot, check_options(hubspot, options))
    stored = []
    for _ in range(2):  # the second sign-in has only the stored token to go by: the first one is spent
        with Client(made) as client:
            assert refreshing(made).sign_in(client._send_unsigned).access
        stored.append(DatabricksSecretStore("vendor", "renewed").load())
    assert len({*stored, options["refresh_token"]}) == 3


def test_without_a_workspace_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_AUTH_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="cannot be reached from here"):
        DatabricksSecretStore("vendor", "renewed").load()
