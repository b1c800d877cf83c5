"""What every connector promises, of tables that are read in different ways."""

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("hubspot"),
    fake_api.of("hubspot", records={"contacts": 60}, each=6),
    tables=("contacts", "companies", "owners", "pipelines", "lists"),
    page_size=20,
    empty=(
        "pipelines.archived_at",
        "lists.deleted_at",
    ),
)
