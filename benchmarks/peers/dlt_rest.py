"""dlt's own source for REST APIs, extracted: calls, paging and its files, without normalize and load."""

from __future__ import annotations

import os
import tempfile

os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR", DLT_DATA_DIR=tempfile.mkdtemp(prefix="dlt")
)

import dlt
from dlt.sources.rest_api import rest_api_source
from turns import take_turns


def read(question):
    source = rest_api_source(
        {
            "client": {
                "base_url": question["url"],
                "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
            },
            "resources": [
                {
                    "name": "contacts",
                    "endpoint": {
                        "path": "crm/objects/2026-03/contacts",
                        "params": {"limit": 100, "properties": ",".join(question["properties"])},
                        "data_selector": "results",
                    },
                }
            ],
        }
    )
    with tempfile.TemporaryDirectory() as home:
        pipeline = dlt.pipeline("contacts", pipelines_dir=home, destination="filesystem", dataset_name="contacts")
        found = pipeline.extract(source)
    tables = [step["table_metrics"] for steps in found.metrics.values() for step in steps]
    return sum(table["contacts"].items_count for table in tables if "contacts" in table)


if __name__ == "__main__":
    take_turns(read)
