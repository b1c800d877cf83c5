"""What of a connector depends on options: its host, its budgets, columns beside the fixed ones."""

from dataclasses import replace

import pytest

from lakeflow_sources.connect import base_url, connection, rates
from lakeflow_sources.declare import Column, Connector, Cursor, Option, Table
from lakeflow_sources.discover import all_columns, prepare
from lakeflow_sources.http import NoAuth, Rate
from lakeflow_sources.options import check_options

PLAIN = Connector(
    name="acme",
    title="Acme",
    base_url="https://api.acme.test",
    auth=lambda settings: NoAuth(),
    tables=(),
    options=(
        Option("site", "Site.", "eu"),
        Option("plan", "Plan.", "1", kind="integer"),
        Option("more", "More columns."),
    ),
    rates={"default": Rate(5)},
)
CHOOSING = replace(
    PLAIN,
    base_url=lambda settings: f"https://{settings.get('site')}.acme.test",
    rates=lambda settings: {"default": Rate(settings.integer("plan"))},
)


@pytest.mark.parametrize(
    ("connector", "options", "host", "requests"),
    [
        (PLAIN, {"site": "us", "plan": "9"}, "https://api.acme.test", 5),
        (CHOOSING, {}, "https://eu.acme.test", 1),
        (CHOOSING, {"site": "us", "plan": "9"}, "https://us.acme.test", 9),
        (CHOOSING, {"base_url": "http://127.0.0.1:1"}, "http://127.0.0.1:1", 1),
    ],
)
def test_host_and_budgets_as_values_or_by_options(connector, options, host, requests):
    settings = check_options(connector, options)
    assert base_url(connector, settings) == host
    assert rates(connector, settings) == {"default": Rate(requests)}
    found = connection(connector, settings)
    assert (found.base_url, found.rates) == (host, {"default": Rate(requests)})


def added(settings, client):
    names = settings.names("more")
    return tuple(Column(name) for name in names)


@pytest.mark.parametrize(
    ("ingestion", "names"),
    [("cdc", ["id", "at", "a", "b"]), ("cdc_with_deletes", ["id", "a", "b", "at"])],
)
def test_added_columns_stand_before_the_one_that_marks_deletes(ingestion, names):
    table = Table(
        name="things",
        columns=(Column("id"), Column("at", "timestamp")),
        more_columns=added,
        cursor=Cursor("at"),
        ingestion=ingestion,
    )
    connector = PLAIN.with_tables((table,))
    settings = check_options(connector, {"tableName": "things", "more": "a,b"})
    assert [one.name for one in all_columns(table, settings, lambda: None)] == names
    assert [one.name for one in prepare(connector, settings, lambda: None).columns] == names


def test_rescued_data_stands_behind_added_columns():
    table = Table(name="things", columns=(Column("id"),), more_columns=added)
    settings = check_options(PLAIN, {"tableName": "things", "more": "a", "on_schema_drift": "rescue"})
    read = prepare(PLAIN.with_tables((table,)), settings, lambda: None)
    assert [one.name for one in read.columns] == ["id", "a", "_rescued_data"]


def test_the_host_of_the_data_comes_from_the_sign_in_unless_the_user_names_one():
    telling = replace(PLAIN, base_fact="instance_url")
    assert connection(telling, check_options(telling, {})).base_fact == "instance_url"
    given = connection(telling, check_options(telling, {"base_url": "http://127.0.0.1:1"}))
    assert (given.base_fact, given.base_url) == ("", "http://127.0.0.1:1")
