"""What users may rely on changes only on purpose."""

import importlib

import pytest

NAMES = {
    "lakeflow_sources": [
        "EPOCH",
        "AccessError",
        "Column",
        "ConfigurationError",
        "Connector",
        "Cursor",
        "DataError",
        "Ingestion",
        "LakeflowError",
        "Option",
        "Page",
        "QuotaError",
        "Rate",
        "Read",
        "Secret",
        "Settings",
        "SignInError",
        "Slice",
        "Table",
        "TransientError",
        "VendorError",
        "Window",
        "arrow_type",
        "fields",
        "moment",
        "register",
        "snake_case",
    ],
    "lakeflow_sources.declaration": ["UnseenError", "json_schema", "load"],
    "lakeflow_sources.testing": ["MockServer", "contract", "fake_api", "mock_server"],
    "lakeflow_sources.testing.fake_api": ["FakeApi", "from_samples", "of"],
    **{
        f"pyspark_{name}": ["DefaultSource"]
        for name in ("github", "http", "hubspot", "osipi", "salesforce", "zendesk", "zoho_crm")
    },
}


@pytest.mark.parametrize("module", NAMES)
def test_exported_names(module):
    found = importlib.import_module(module)
    assert found.__all__ == NAMES[module]
    assert all(getattr(found, name) is not None for name in found.__all__)


def test_connectors_and_their_format_names():
    from lakeflow_sources.registry import connector, connector_names

    assert [connector(name).name for name in connector_names()] == list(connector_names())
    assert "hubspot" in connector_names()


def test_every_secret_option_is_named_so_that_spark_redacts_it():
    from lakeflow_sources.redact import SECRET_NAME
    from lakeflow_sources.registry import connector, connector_names

    for name in connector_names():
        for option in connector(name).options:
            assert bool(SECRET_NAME.search(option.name)) >= option.secret, f"{name}: {option.name}"
