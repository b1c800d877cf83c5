"""What every connector promises, of tables that are read in different ways."""

from datetime import UTC, datetime, timedelta

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("salesforce"),
    fake_api.of("salesforce", records={"Account": 40}),
    tables=("Account", "Contact", "Opportunity"),
    options={"start": (datetime.now(UTC) - timedelta(days=10)).isoformat()},  # deletes are told for 15 days
    page_size=20,
    empty=("Account.MasterRecordId",),
)
