"""What every connector promises, of tables that are read in different ways."""

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("osipi"),
    fake_api.of("osipi", records={"points": 6, "burst": 30}, days=1, now="2026-03-01T12:00:00Z"),
    tables=("points", "recorded_values", "event_frames", "elements", "data_servers"),
    page_size=50,
    empty=("event_frames.acknowledged_date",),
)
