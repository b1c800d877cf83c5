"""Notebooks run again and again on local Spark, against what a model in Python expects."""

import json
from decimal import Decimal

import pytest

from lakeflow_sources.local import LocalSettings, last_report, query_local, run_local
from tests.local.journal_lab import events

pytestmark = pytest.mark.spark

CDC = "id long;name string;updated_at timestamp;_deleted boolean"
SECRET = "s3cret/of acme"
QUERIES = (
    "SELECT * FROM bronze.contacts ORDER BY id",
    "SELECT * FROM bronze.deals ORDER BY id, __START_AT",
    "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM bronze.visits",
    "SELECT * FROM crm.owners ORDER BY id",
    "SELECT * FROM default.shares",
    "SELECT * FROM bronze.colours ORDER BY id, __START_AT",
)


COLOURS = """
@dp.temporary_view(name="late")
def late():
    return rows(spark.readStream, "colours").where("id > 20")


@dp.temporary_view(name="early")
def early():
    return rows(spark.readStream, "colours").where("id <= 20")


dp.create_streaming_table("bronze.colours")
for source in ("early", "late"):
    dp.create_auto_cdc_flow(
        "bronze.colours", source, [col("id")], col("updated_at"), "_deleted", ["id", "name"],
        stored_as_scd_type=2, track_history_column_list=["name"], name="colours_" + source,
    )
"""


def plain(moment):
    return moment.replace(".000000", "")


def current(told):
    newest = {}
    for event in told:
        if event["id"] not in newest or event["updated_at"] >= newest[event["id"]]["updated_at"]:
            newest[event["id"]] = event
    return [
        {"id": key, "name": event["name"], "updated_at": plain(event["updated_at"])}
        for key, event in sorted(newest.items())
        if not event["_deleted"]
    ]


def history(told):
    """Every update of a key is a version, as its time is a tracked column; it ends where the next event begins."""
    versions = []
    for key in sorted({event["id"] for event in told}):
        by_time = sorted({event["updated_at"]: event for event in told if event["id"] == key}.items())
        ends = [moment for moment, _ in by_time[1:]] + [None]
        versions += [
            {
                "id": key,
                "name": event["name"],
                "updated_at": plain(moment),
                "__START_AT": plain(moment),
                "__END_AT": end and plain(end),
            }
            for (moment, event), end in zip(by_time, ends, strict=True)
            if not event["_deleted"]
        ]
    return versions


def colours(told):
    """Versions in which the name stays the same; events of one moment are told once."""
    versions = []
    for key in sorted({event["id"] for event in told}):
        by_time = sorted({event["updated_at"]: event for event in told if event["id"] == key}.items())
        state, spans = object(), []
        for moment, event in by_time:
            new = None if event["_deleted"] else event["name"]
            if new != state:
                spans.append((plain(moment), new))
                state = new
        ends = [begun for begun, _ in spans[1:]] + [None]
        versions += [
            {"id": key, "name": name, "__START_AT": begun, "__END_AT": end}
            for (begun, name), end in zip(spans, ends, strict=True)
            if name is not None
        ]
    return versions


def moved(before, after):
    """Keys whose newest event is another one, unless they were not there before and are not there now."""

    def newest(told):
        found = {}
        for event in told:
            if event["id"] not in found or event["updated_at"] > found[event["id"]][0]:
                found[event["id"]] = (event["updated_at"], event["_deleted"])
        return found

    old, new = newest(before), newest(after)
    return sum(old.get(key) != state and not (state[1] and old.get(key, (0, True))[1]) for key, state in new.items())


class Lab:
    """One state directory and what has been said."""

    def __init__(self, folder, secrets_file):
        self.notebooks = folder / "notebooks"
        self.state = folder / "state"
        self.secrets_file = secrets_file
        self.said = []

    def run(self, **settings):
        self.said.clear()
        return run_local(
            self.notebooks,
            state_dir=self.state,
            secrets_file=self.secrets_file,
            progress=self.said.append,
            settings=LocalSettings(queries=QUERIES, sample=2, **settings),
        )


@pytest.fixture(scope="module")
def lab(tmp_path_factory, journals, write_notebook, secrets_file):
    lab = Lab(tmp_path_factory.mktemp("lab"), secrets_file)
    for table in ("contacts", "deals", "colours"):
        journals.declare(table, CDC)
        journals.add(table, events(table, keys=40, count=200))
    journals.declare("visits", "id long;amount decimal(10,2);tags array<string>")
    journals.add("visits", [{"id": n, "amount": "19.99", "tags": ["a", "b"]} for n in range(1, 51)])
    journals.declare("owners", "id long;email string")
    journals.add("owners", [{"id": 1, "email": "a@example.com"}, {"id": 2, "email": None}])
    write_notebook(
        lab.notebooks, "acme_cdc.py", 'cdc("contacts", "main.bronze.contacts", 1)', 'cdc("deals", "bronze.deals", "2")'
    )
    write_notebook(
        lab.notebooks,
        "acme_other.py",
        'append("visits", "main.bronze.visits")',
        'snapshot("owners", "`main`.crm.owners")',
        '@dp.materialized_view\ndef shares():\n    return spark.read.table("main.bronze.visits").groupBy("amount").count()',
        COLOURS,
    )
    return lab


def by_name(report):
    return {table.name: table for table in report.tables}


@pytest.fixture(scope="module")
def first(lab):
    return lab.run(), list(lab.said)


def test_the_first_run_fills_every_table(first, journals):
    report, _ = first
    assert report.ok, report
    contacts, deals, visits, owners, shares, coloured = report.answers
    assert list(contacts) == current(journals.records("contacts"))
    assert list(deals) == history(journals.records("deals"))
    assert visits == ({"n": 50, "ids": 50},)
    assert owners == ({"id": 1, "email": "a@example.com"}, {"id": 2, "email": None})
    assert shares == ({"amount": "19.99", "count": 50},)
    assert list(coloured) == colours(journals.records("colours"))


def test_the_report_counts_rows_and_says_how_tables_are_kept(first, journals):
    report, _ = first
    tables = by_name(report)
    told, coloured = journals.records("contacts"), colours(journals.records("colours"))
    assert [(name, table.kind, table.rows, table.changed) for name, table in tables.items()] == [
        ("bronze.contacts", "current rows", len(current(told)), moved([], told)),
        ("bronze.deals", "history", len(history(journals.records("deals"))), moved([], journals.records("deals"))),
        ("bronze.visits", "streaming table", 50, 50),
        ("crm.owners", "materialized view", 2, None),
        ("default.shares", "materialized view", 1, None),
        ("bronze.colours", "history", len(coloured), moved([], journals.records("colours"))),
    ]
    assert "MERGE" in tables["bronze.contacts"].note
    assert "bronze.contacts__changes" in tables["bronze.contacts"].note
    assert tables["bronze.visits"].sample[0] == {"id": 1, "amount": "19.99", "tags": ["a", "b"]}
    assert all(table.seconds > 0 for table in report.tables)


def test_progress_tells_of_every_table(first):
    _, said = first
    for table in ("bronze.contacts", "bronze.deals__changes", "bronze.visits", "crm.owners"):
        assert f"{table}: started" in said
        assert any(text.startswith(f"{table}: completed after") for text in said)


@pytest.fixture(scope="module")
def second(lab, first, journals):
    before = journals.records("contacts"), journals.records("deals")
    journals.declare("contacts", CDC.replace(";updated_at", ";age int;updated_at"))
    journals.add("contacts", [dict(event, age=7) for event in events("later", keys=60, count=30)])
    journals.add("deals", events("more", keys=40, count=20))
    journals.add("colours", events("rainbow", keys=40, count=20))
    journals.add("visits", [{"id": 51, "amount": "0.01", "tags": []}])
    (journals.folder / "owners.jsonl").write_text('{"id": 3, "email": "c@example.com"}\n')
    return lab.run(), before


def test_the_second_run_is_an_increment(second, journals):
    report, (contacts_before, deals_before) = second
    assert report.ok, report
    contacts, deals, visits, owners, _, coloured = report.answers
    told = journals.records("contacts")
    assert [{name: row[name] for name in ("id", "name", "updated_at")} for row in contacts] == current(told)
    assert {row["age"] for row in contacts} == {None, 7}
    assert list(deals) == history(journals.records("deals"))
    assert visits == ({"n": 51, "ids": 51},)
    assert list(coloured) == colours(journals.records("colours"))
    assert owners == ({"id": 3, "email": "c@example.com"},)
    tables = by_name(report)
    assert tables["bronze.contacts"].changed == moved(contacts_before, told)
    assert tables["bronze.deals"].changed == moved(deals_before, journals.records("deals"))
    assert tables["bronze.visits"].changed == 1


@pytest.fixture(scope="module")
def broken(lab, second, journals):
    journals.fail("visits", "the story")
    journals.add("visits", [{"id": 52, "amount": "1.00", "tags": []}])
    journals.add(
        "contacts", [{"id": 99, "name": "red", "age": 1, "updated_at": "2026-03-01T00:00:00+00:00", "_deleted": False}]
    )
    report = lab.run()
    journals.heal("visits")
    return report, list(lab.said)


def test_a_failing_flow_is_told_in_one_sentence_and_stops_no_other(broken):
    report, said = broken
    assert not report.ok
    assert report.problems == ("bronze.visits: ValueError: the API said no to ***: line two of the story.",)
    tables = by_name(report)
    assert tables["bronze.visits"].outcome == "failed"
    assert tables["bronze.visits"].rows == 51
    assert tables["default.shares"].outcome == "skipped"
    assert tables["bronze.contacts"].outcome == "completed"
    assert tables["bronze.contacts"].changed == 1
    assert any(text.startswith("bronze.visits: failed") for text in said)


def test_no_secret_is_left_behind(broken, lab):
    report, said = broken
    assert SECRET not in json.dumps([report.problems, report.notes, said])
    files = [path for path in lab.state.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert "***" in (lab.state / "run.log").read_text()
    assert (lab.state / "run.log").stat().st_mode & 0o077 == 0


def test_the_last_report_can_be_read_without_spark(broken, lab):
    assert last_report(lab.state) == broken[0]


def test_tables_can_be_queried_after_a_failure(broken, lab):
    (row,) = query_local(lab.state, ["SELECT count(*) AS n, sum(amount) AS total FROM bronze.visits"])[0]
    assert row == {"n": 51, "total": str(Decimal("19.99") * 50 + Decimal("0.01"))}


def test_what_is_wrong_with_notebooks_is_told_at_once_and_nothing_runs(
    tmp_path, journals, write_notebook, secrets_file
):
    write_notebook(tmp_path / "notebooks", "a_secret.py", 'append("visits", "bronze.visits")', key="other")
    write_notebook(tmp_path / "notebooks", "b_zero.py", 'append("visits", 1 / 0)')
    write_notebook(tmp_path / "notebooks", "c_syntax.py", "append(")
    write_notebook(tmp_path / "notebooks", "d_fine.py", 'append("visits", "bronze.visits")')
    report = run_local(tmp_path / "notebooks", state_dir=tmp_path / "state", secrets_file=secrets_file)
    missing, zero, syntax = report.problems
    assert missing.startswith("a_secret.py: The secret 'other' of scope 'acme' is not in ")
    assert "LAKEFLOW_SECRET_ACME_OTHER" in missing
    assert zero.startswith("b_zero.py, line ")
    assert zero.endswith("ZeroDivisionError: division by zero.")
    assert syntax.startswith("c_syntax.py, line ")
    assert "Python" in syntax
    assert not report.ok
    assert report.tables == ()
    assert not list((tmp_path / "state").rglob("*.parquet"))
