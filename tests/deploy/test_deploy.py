"""A preset into a workspace on loopback through the real SDK: once, twice, changed, cut short."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lakeflow_sources.deploy.change import apply_plan, describe
from lakeflow_sources.deploy.deployer import Choices, plan_deployment, plan_preset, plan_purge
from lakeflow_sources.deploy.deployment import Code, build_deployment
from lakeflow_sources.deploy.preset_section import (
    CsvSettings,
    DiscoverSettings,
    JobSettings,
    PipelineSettings,
    Preset,
    SharingSettings,
)
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.deploy.workspace import Workspace
from lakeflow_sources.errors import ConfigurationError, LakeflowError, VendorError

FOLDER = "/Workspace/Shared/flows"
CODE = Code("_generated_hubspot_python_source.py", b"text\n", ("orjson>=3.9",))
PRESET = Preset(
    "hubspot",
    dest_catalog="main",
    dest_schema="Bronze",
    csv=CsvSettings("static"),
    sharing=SharingSettings((("CAN_VIEW", "group_name", "analysts"),), ("oncall@example.com",), {"team": "crm"}),
)
DEFAULT = '"run_if": "ALL_SUCCESS", '
READS = {"GET", "HEAD"}


def spec(table, group, schedule="", row=2):
    return TableSpec(table, group, destination_table=table, schedule=schedule, row=row)


SPECS = (spec("contacts", "crm", "*/30 * * * *"), spec("owners", "reference", "0 4 * * *", 3))


def deployment(preset=PRESET, specs=SPECS, code=CODE):
    return build_deployment(preset, specs, code, notebooks_dir=FOLDER)


def deploy(loopback, wanted=None, *, remove=False, **how):
    workspace = Workspace(loopback.client(retry_timeout_seconds=10))
    plan = plan_deployment(workspace, wanted or deployment(), **how)
    apply_plan(plan, remove=remove)
    return plan


def pipeline_of(state, name):
    return next(one for one in state["pipelines"].values() if one["name"] == name)


def job_of(state, name):
    return next(one for one in state["jobs"].values() if one["settings"]["name"] == name)


def essence(state):
    """The state without what differs between two workspaces of the same content."""
    names = {number: one["name"] for number, one in state["pipelines"].items()}
    jobs = []
    for job in state["jobs"].values():
        text = json.dumps(job["settings"], sort_keys=True).replace(DEFAULT, "")
        for number, name in names.items():
            text = text.replace(number, name)
        jobs.append(text)
    specs = [{key: value for key, value in one["spec"].items() if key != "id"} for one in state["pipelines"].values()]
    return {
        "schemas": state["schemas"],
        "volumes": state["volumes"],
        "files": state["files"],
        "notebooks": {path: one["content"] for path, one in state["objects"].items()},
        "pipelines": sorted(json.dumps(one, sort_keys=True) for one in specs),
        "jobs": sorted(jobs),
        "permissions": sorted(json.dumps(one, sort_keys=True) for one in state["permissions"].values()),
    }


def test_the_first_deployment_puts_everything_in_its_place_in_order(loopback):
    plan = deploy(loopback)
    state = loopback.state()
    assert [change.kind for change in plan.changes] == [
        "schema", "volume", "file", "notebook", "notebook",
        "pipeline", "permissions of pipeline", "pipeline", "permissions of pipeline",
        "job", "permissions of job", "job", "permissions of job",
    ]  # fmt: skip
    assert list(state["schemas"]) == ["main.bronze"]
    assert loopback.file("/Volumes/main/bronze/lakeflow_sources/_generated_hubspot_python_source.py") == b"text\n"
    text = loopback.notebook(f"{FOLDER}/hubspot_crm")
    assert "/Volumes/main/bronze/lakeflow_sources/_generated_hubspot_python_source.py" in text
    crm = pipeline_of(state, "hubspot_crm")["spec"]
    assert crm["libraries"] == [{"notebook": {"path": f"{FOLDER}/hubspot_crm"}}]
    assert crm["environment"] == {"dependencies": ["orjson>=3.9"]}
    assert crm["tags"] == {
        "team": "crm", "managed_by": "lakeflow-sources", "connector": "hubspot", "pipeline_group": "crm",
    }  # fmt: skip
    job = job_of(state, "hubspot_crm")["settings"]
    assert job["tasks"][0]["pipeline_task"]["pipeline_id"] == pipeline_of(state, "hubspot_crm")["pipeline_id"]
    assert job["schedule"]["quartz_cron_expression"] == "0 0,30 * * * ?"
    assert {entry["group_name"] for rights in state["permissions"].values() for entry in rights} == {"analysts"}


def test_the_second_deployment_changes_nothing(loopback):
    deploy(loopback)
    loopback.forget()
    plan = deploy(loopback)
    assert plan.changes == ()
    assert plan.unchanged == 13
    assert {line["method"] for line in loopback.journal()} <= {*READS, "POST"}
    assert [line["path"] for line in loopback.journal() if line["method"] == "POST"] in (
        [],
        ["/api/2.0/fs/create-download-url"],
    )


def test_a_plan_only_reads(loopback):
    before = loopback.state()
    plan = plan_deployment(Workspace(loopback.client()), deployment(), prune=True)
    assert loopback.state() == before
    assert {line["method"] for line in loopback.journal()} <= READS
    lines = describe(plan.changes)
    assert "+ schema main.bronze" in lines
    assert '    + tasks[0].pipeline_task.pipeline_id: "(known after creation)"' in lines


def test_what_people_set_by_hand_stays(loopback):
    deploy(loopback)
    state, client = loopback.state(), loopback.client()
    found = pipeline_of(state, "hubspot_crm")
    by_hand = {
        **found["spec"],
        "tags": {**found["spec"]["tags"], "cost": "42"},
        "configuration": {"own.key": "own value"},
        "notifications": [
            *found["spec"]["notifications"],
            {"email_recipients": ["me@x.y"], "alerts": ["on-update-failure"]},
        ],
        "libraries": [{"notebook": {"path": "/Shared/own"}}, *found["spec"]["libraries"]],
        "a_setting_newer_than_the_sdk": {"on": True},
    }
    number = found["pipeline_id"]
    client.api_client.do("PUT", f"/api/2.0/pipelines/{number}", body=by_hand)
    job = job_of(state, "hubspot_crm")
    mine = {
        "schedule": {**job["settings"]["schedule"], "pause_status": "UNPAUSED"},
        "timeout_seconds": 99,
        "email_notifications": {"on_failure": ["oncall@example.com", "me@x.y"], "on_success": ["me@x.y"]},
    }
    Workspace(client).update_job(job["job_id"], mine)
    Workspace(client).add_permissions(
        "jobs", str(job["job_id"]), [{"user_name": "me@x.y", "permission_level": "CAN_MANAGE"}]
    )
    mixed = loopback.state()
    assert deploy(loopback).changes == ()
    assert loopback.state() == mixed

    wanted = deployment(
        replace(PRESET, sharing=replace(PRESET.sharing, failure_emails=("new@example.com",), tags={"team": "sales"}))
    )
    plan = deploy(loopback, wanted)
    assert {(change.action, change.kind) for change in plan.changes} == {("update", "pipeline"), ("update", "job")}
    after = pipeline_of(loopback.state(), "hubspot_crm")["spec"]
    assert after["tags"]["cost"] == "42"
    assert after["tags"]["team"] == "sales"
    assert after["configuration"] == {"own.key": "own value"}
    assert after["libraries"] == by_hand["libraries"]
    assert after["a_setting_newer_than_the_sdk"] == {"on": True}
    assert [entry["email_recipients"] for entry in after["notifications"]] == [
        ["oncall@example.com"],
        ["me@x.y"],
        ["new@example.com"],
    ]
    settings = job_of(loopback.state(), "hubspot_crm")["settings"]
    assert settings["timeout_seconds"] == 99
    assert settings["schedule"]["pause_status"] == "UNPAUSED"
    assert settings["email_notifications"] == {
        "on_failure": ["oncall@example.com", "me@x.y", "new@example.com"], "on_success": ["me@x.y"],
    }  # fmt: skip
    assert deploy(loopback, wanted).changes == ()


def test_a_preset_that_lets_schedules_run_starts_them(loopback):
    deploy(loopback)
    assert job_of(loopback.state(), "hubspot_crm")["settings"]["schedule"]["pause_status"] == "PAUSED"
    plan = deploy(loopback, deployment(replace(PRESET, jobs=JobSettings(pause=False))))
    assert [change.lines for change in plan.changes] == [
        ('- schedule.pause_status: "PAUSED"', '+ schedule.pause_status: "UNPAUSED"')
    ] * 2


def test_from_serverless_to_clusters_and_back(loopback):
    deploy(loopback)
    classic = replace(PRESET, pipeline=PipelineSettings(serverless=False, num_workers=3))
    deploy(loopback, deployment(classic))
    found = pipeline_of(loopback.state(), "hubspot_crm")["spec"]
    assert found["clusters"] == [{"label": "default", "num_workers": 3}]
    assert "environment" not in found
    deploy(loopback)
    assert "clusters" not in pipeline_of(loopback.state(), "hubspot_crm")["spec"]
    assert deploy(loopback).changes == ()


def test_a_new_wheel_takes_the_place_of_the_old_one_and_of_nothing_else(loopback):
    first = Code("lakeflow_sources-0.1.0-py3-none-any.whl", b"1")
    deploy(loopback, deployment(code=first))
    found = pipeline_of(loopback.state(), "hubspot_crm")
    spec = {
        **found["spec"],
        "environment": {"dependencies": ["own-library==1.0", *found["spec"]["environment"]["dependencies"]]},
    }
    loopback.client().api_client.do("PUT", f"/api/2.0/pipelines/{found['pipeline_id']}", body=spec)
    deploy(loopback, deployment(code=Code("lakeflow_sources-0.2.0-py3-none-any.whl", b"2")))
    assert pipeline_of(loopback.state(), "hubspot_crm")["spec"]["environment"]["dependencies"] == [
        "own-library==1.0", "/Volumes/main/bronze/lakeflow_sources/lakeflow_sources-0.2.0-py3-none-any.whl",
    ]  # fmt: skip
    assert "import lakeflow_sources" in loopback.notebook(f"{FOLDER}/hubspot_crm")


def test_what_left_the_tables_is_listed_and_removed_only_on_yes(loopback):
    deploy(loopback)
    client = loopback.client()
    client.pipelines.create(name="hubspot_by_hand", catalog="main")
    client.jobs.create(name="hubspot_reference")
    Workspace(client).put_notebook(f"{FOLDER}/mine", "# Databricks notebook source\nprint(1)\n")
    smaller = deployment(specs=SPECS[:1])
    assert deploy(loopback, smaller).removals == ()
    listed = deploy(loopback, smaller, prune=True)
    assert describe(listed.removals) == [
        "- job hubspot_reference",
        "- pipeline hubspot_reference",
        "    its tables in main.bronze stay, and are not refreshed any more",
        "- notebook /Shared/flows/hubspot_reference",
    ]
    loopback.forget()
    deploy(loopback, smaller, prune=True, remove=True)
    assert [line["query"] for line in loopback.journal() if line["method"] == "DELETE"] == ["cascade=false"]
    state = loopback.state()
    assert {one["name"] for one in state["pipelines"].values()} == {"hubspot_crm", "hubspot_by_hand"}
    assert sorted(one["settings"]["name"] for one in state["jobs"].values()) == ["hubspot_crm", "hubspot_reference"]
    assert set(state["objects"]) == {"/Shared/flows/hubspot_crm", "/Shared/flows/mine"}
    assert deploy(loopback, smaller, prune=True).removals == ()


def test_everything_of_a_connector_can_be_purged_and_nothing_else(loopback):
    deploy(loopback)
    loopback.client().pipelines.create(name="hubspot_by_hand", catalog="main")
    apply_plan(plan_purge(Workspace(loopback.client()), "hubspot", FOLDER), remove=True)
    state = loopback.state()
    assert [one["name"] for one in state["pipelines"].values()] == ["hubspot_by_hand"]
    assert not state["jobs"]
    assert not state["objects"]
    assert state["files"]


def test_recreating_starts_pipelines_over_and_jobs_follow(loopback):
    deploy(loopback)
    old = set(loopback.state()["pipelines"])
    before = essence(loopback.state())
    loopback.forget()
    deploy(loopback, recreate=True)
    assert not old & set(loopback.state()["pipelines"])
    assert essence(loopback.state()) == before
    assert {line["query"] for line in loopback.journal() if line["method"] == "DELETE"} == {"cascade=true"}
    assert deploy(loopback).changes == ()


def test_a_pipeline_of_somebody_else_is_never_taken_over(loopback):
    loopback.client().pipelines.create(name="hubspot_crm", catalog="main", tags={"managed_by": "somebody"})
    before = loopback.state()
    with pytest.raises(ConfigurationError, match="pipeline hubspot_crm: it is there and was not deployed from here"):
        deploy(loopback)
    assert loopback.state() == before


def test_an_edit_between_plan_and_change_is_not_overwritten(loopback):
    deploy(loopback)
    plan = plan_deployment(
        Workspace(loopback.client()), deployment(replace(PRESET, sharing=SharingSettings(tags={"a": "b"})))
    )
    found = pipeline_of(loopback.state(), "hubspot_crm")
    body = {**found["spec"], "tags": {**found["spec"]["tags"], "by": "hand"}}
    loopback.client().api_client.do("PUT", f"/api/2.0/pipelines/{found['pipeline_id']}", body=body)
    with pytest.raises(VendorError, match="modified since"):
        apply_plan(plan)
    assert pipeline_of(loopback.state(), "hubspot_crm")["spec"] == body


def changed_deployment():
    """Another schedule, another group, another tag, new code."""
    specs = (spec("contacts", "crm", "0 * * * *"), spec("deals", "sales", "0 5 * * *", 3))
    sharing = replace(PRESET.sharing, tags={"team": "sales"})
    return deployment(replace(PRESET, sharing=sharing), specs, replace(CODE, content=b"other text\n"))


@pytest.mark.parametrize("changed", [False, True], ids=["first", "changed and pruned"])
def test_cut_short_at_any_request_and_run_again_it_converges(loopback, changed):
    def begin():
        loopback.clear()
        if changed:
            deploy(loopback)
        loopback.forget()

    def run():
        deploy(loopback, changed_deployment() if changed else deployment(), prune=changed, remove=True)

    begin()
    run()
    requests, truth = len(loopback.journal()), essence(loopback.state())
    assert requests > 20
    for done in range(requests):
        begin()
        loopback.trouble("die", at=done)
        with pytest.raises(LakeflowError, match="run it again"):
            run()
        loopback.heal()
        run()
        assert essence(loopback.state()) == truth, f"cut after request {done}"
    loopback.forget()
    run()
    assert not [line for line in loopback.journal() if line["method"] not in {*READS, "POST"}]


@pytest.mark.parametrize("path", ["/api/2.0/pipelines", "/api/2.2/jobs/create"])
def test_a_creation_whose_answer_is_lost_leaves_one_of_its_kind(loopback, path):
    deploy(loopback)
    truth, calls = essence(loopback.state()), [(line["method"], line["path"]) for line in loopback.journal()]
    loopback.clear()
    loopback.trouble("drop", at=calls.index(("POST", path)) + 1)
    deploy(loopback)
    deploy(loopback)
    assert essence(loopback.state()) == truth
    assert deploy(loopback).changes == ()


def test_tables_that_are_added_move_none_to_another_pipeline(loopback, tmp_path):
    workspace = Workspace(loopback.client())
    preset = replace(
        PRESET,
        csv=CsvSettings("manual", tables=("deals",)),
        discover=DiscoverSettings(max_tables_per_group=1),
    )

    def run(preset):
        apply_plan(plan_preset(workspace, preset, lambda: pytest.fail("no account is needed"), Choices(FOLDER)))
        objects = loopback.state()["objects"]
        return {path.rpartition("/")[2]: loopback.notebook(path) for path in objects}

    first = run(preset)
    second = run(replace(preset, csv=CsvSettings("manual", tables=("contacts", "deals"))))
    (name,) = first
    assert second[name] == first[name]
    assert len(second) == 2


def test_no_call_reads_a_secret(loopback):
    client = loopback.client()
    client.secrets.create_scope("hubspot")
    client.secrets.put_secret("hubspot", "access_token", string_value="s3cret-value")
    loopback.forget()
    deploy(loopback)
    assert not [line for line in loopback.journal() if "/secrets/" in line["path"]]
