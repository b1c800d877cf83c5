"""Options: every mistake in one sentence, before any request."""

import pickle

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector

HUBSPOT = connector("hubspot")
TOKEN = "pat-na1-very-secret"


def check(**options):
    return check_options(HUBSPOT, {"access_token": TOKEN, **options})


def test_names_are_case_insensitive_and_defaults_are_filled():
    settings = check(TABLENAME="contacts", Page_Size="50")
    assert settings.get("tableName") == "contacts"
    assert settings.integer("page_size") == 50
    assert settings.integer("parallelism") == 8
    assert settings.flag("verify_ssl") is True
    assert settings.credentials == ("access_token",)


@pytest.mark.parametrize("name", ["path", "table", "tableName", "tablename"])
def test_three_names_for_the_table(name):
    assert check(**{name: "deals"}).get("tableName") == "deals"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pagesize": "5"}, "there is no option 'pagesize', write page_size"),
        ({"acces_token": "x"}, "write access_token"),
        ({"page_size": "many"}, "page_size='many' is not a whole number"),
        ({"parallelism": "0"}, "parallelism=0 is too small"),
        ({"requests_per_second": "nan"}, "requests_per_second=nan"),
        ({"reserve": "95"}, "at most 90"),
        ({"start": "yesterday"}, "start='yesterday' is no time, write for example 2026-01-31T00:00:00Z"),
        ({"verify_ssl": "no"}, "verify_ssl='no' is neither true nor false"),
        ({"on_schema_drift": "explode"}, "is not one of ignore, fail, rescue"),
        ({"base_url": "api.hubapi.com"}, "write https://host"),
        ({"access_token": " "}, "access_token is empty"),
    ],
)
def test_a_mistake_names_the_option_and_what_to_write(options, said):
    with pytest.raises(ConfigurationError, match="^hubspot: ") as caught:
        check(**options)
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_mistakes_at_once():
    with pytest.raises(ConfigurationError) as caught:
        check(page_size="x", timeout_seconds="y", colums="a")
    assert all(part in str(caught.value) for part in ("page_size", "timeout_seconds", "write columns"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "credentials are missing, give access_token or client_id+client_secret+refresh_token"),
        ({"client_id": "a", "refresh_token": "b"}, "credentials are incomplete, add client_secret"),
    ],
)
def test_missing_credentials_are_named(given, said):
    with pytest.raises(ConfigurationError, match="hubspot") as caught:
        check_options(HUBSPOT, {"tableName": "contacts", **given})
    assert said in str(caught.value)


def test_options_of_the_platform_are_let_through():
    assert check(**{"databricks.connection": "x", "spark.foo": "y"}).get("databricks.connection") is None


def test_settings_show_no_secret_and_survive_pickling():
    settings = check(tableName="contacts")
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.values)
    again = pickle.loads(pickle.dumps(settings))
    assert again.text("access_token") == TOKEN


def test_the_account_key_tells_nothing_and_differs_by_credential():
    one, other = check().account(), check(access_token="another-token").account()
    assert one == check().account() != other
    assert TOKEN not in one
