"""What every connector promises, of tables that are read in different ways."""

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("zoho_crm"),
    fake_api.of("zoho_crm", records={"Leads": 40}),
    tables=("Leads", "Contacts", "users", "tags"),
    page_size=20,
    empty=(
        "users.alias",
        "users.phone",
        "users.mobile",
        "users.fax",
        "users.website",
        "users.street",
        "users.city",
        "users.state",
        "users.zip",
        "users.country",
        "users.date_of_birth",
        "users.language",
        "users.country_locale",
        "users.date_format",
        "users.time_format",
        "users.status_reason",
        "users.reporting_to",
        "users.territories",
        "users.modified_by",
    ),
)
