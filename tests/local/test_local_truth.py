"""Days of a vendor's history, read once a day by generated notebooks, against a merge of a few lines in Python."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.cli.generate import facts_of
from lakeflow_sources.deploy.connector_config import ConnectorConfig
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.local import LocalSettings, run_local

pytestmark = [pytest.mark.spark, pytest.mark.proof, pytest.mark.timeout(1800)]

DAYS = 4
CSV = """source_table,pipeline_group,destination_table,destination_schema,ingestion_type,scd_type
contacts,crm,contacts,hubspot,cdc_with_deletes,1
contacts,crm,contacts_history,hubspot,cdc_with_deletes,2
notes,crm,notes,hubspot,cdc,1
notes,crm,notes_history,hubspot,cdc,2
"""
QUERIES = (
    "SELECT id, lastmodifieddate AS stamp, firstname AS text FROM hubspot.contacts",
    "SELECT id, __START_AT AS begun, __END_AT AS ended, firstname AS text FROM hubspot.contacts_history",
    "SELECT id, hs_lastmodifieddate AS stamp, hs_note_body AS text FROM hubspot.notes",
    "SELECT id, __START_AT AS begun, __END_AT AS ended, hs_note_body AS text FROM hubspot.notes_history",
)


@dataclass
class Merge:
    """What a table and its history must hold, by what the account shows at the end of each day."""

    stamp: str
    text: str
    deletes: bool
    current: dict = field(default_factory=dict)
    history: dict = field(default_factory=dict)

    def day(self, rows):
        live = {row["id"]: (moment(row["properties"][self.stamp]), row["properties"].get(self.text)) for row in rows}
        for key, (stamp, text) in live.items():
            if key not in self.current or self.current[key][0] != stamp:
                self.end(key, stamp)
                self.history[key, stamp] = [text, None]
        if self.deletes:
            for key in self.current.keys() - live.keys():
                self.end(key, "deleted")
            self.current = live
        else:
            self.current |= live

    def end(self, key, when):
        """Close the version of *key* that is open."""
        if key in self.current:
            self.history[key, self.current[key][0]][1] = when


def moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def generate(mock, folder, day):
    """Notebooks whose windows end half an hour after *day*."""
    lag = (datetime.now(UTC) - day).total_seconds() - 1800
    plain = {name: value for name, value in mock.options.items() if name != "access_token"}
    quick = {"requests_per_second": "2000", "search_requests_per_second": "2000", "lag_seconds": f"{lag:.0f}"}
    (folder / "tables.csv").write_text(CSV)
    generate_notebooks(
        connector_name="hubspot",
        input_csv=folder / "tables.csv",
        output_dir=folder / "notebooks",
        connector_config=ConnectorConfig("hubspot", {"access_token": ("token",)}, {**plain, **quick}),
        all_groups=True,
        facts=facts_of("hubspot"),
    )


def lives(mock, chance):
    """A day in the account: rows come, change, go, come back and are changed twice."""
    for kind, text in (("contacts", "firstname"), ("notes", "hs_note_body")):
        live = [row["id"] for row in mock.rows(kind)]
        mock.write("create", object_type=kind, count=chance.randint(1, 6), same_time=True)
        for _ in range(2):
            some = chance.sample(live, chance.randint(3, 9))
            mock.write(
                "change", object_type=kind, ids=some, properties={text: f"word {chance.random()}"}, same_time=True
            )
            mock.advance(60)
    live = [row["id"] for row in mock.rows("contacts")]
    gone = [row["id"] for row in mock.rows("contacts", archived=True)]
    mock.write("archive", object_type="contacts", ids=chance.sample(live, 4))
    mock.advance(60)
    back = chance.sample(gone, min(2, len(gone)))
    mock.write("restore", object_type="contacts", ids=back)
    mock.advance(60)
    mock.write("change", object_type="contacts", ids=back, properties={"firstname": "back"}, same_time=True)


def check_current(rows, merge):
    assert {row["id"]: (moment(row["stamp"]), row["text"]) for row in rows} == merge.current
    assert len(rows) == len(merge.current)


def check_history(rows, merge):
    found = {(row["id"], moment(row["begun"])): row for row in rows}
    assert len(found) == len(rows), "two versions begin at once"
    assert found.keys() == merge.history.keys()
    for (key, start), (text, end) in merge.history.items():
        row = found[key, start]
        assert row["text"] == text
        if end == "deleted":
            assert moment(row["ended"]) > start
        else:
            assert (row["ended"] and moment(row["ended"])) == end


def test_final_tables_are_those_of_the_model_day_by_day(lakeflow_mock, tmp_path):
    begin = (datetime.now(UTC) - timedelta(days=DAYS + 1)).replace(microsecond=0)
    mock = lakeflow_mock("hubspot", records={"contacts": 60, "notes": 40}, seed=12, now=begin.isoformat())
    secrets = tmp_path / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text(f"[hubspot]\ntoken = {json.dumps(mock.token)}\n")
    chance = random.Random(12)
    contacts, notes = Merge("lastmodifieddate", "firstname", True), Merge("hs_lastmodifieddate", "hs_note_body", False)
    for number in range(DAYS):
        today = begin + timedelta(days=number)
        mock.freeze(today.isoformat())
        if number:
            lives(mock, chance)
        generate(mock, tmp_path, today)
        settings = LocalSettings(queries=QUERIES)
        report = run_local(
            tmp_path / "notebooks", state_dir=tmp_path / "state", secrets_file=secrets, settings=settings
        )
        assert report.ok, report.problems
        contacts.day(mock.rows("contacts"))
        notes.day(mock.rows("notes"))
        check_current(report.answers[0], contacts)
        check_history(report.answers[1], contacts)
        check_current(report.answers[2], notes)
        check_history(report.answers[3], notes)
    ends = [end for _, end in contacts.history.values()]
    assert ends.count("deleted") >= 8
    assert sum(end not in (None, "deleted") for end in ends) >= 20
