"""The workspace on loopback behaves as the real one does, as the SDK sees it."""

from __future__ import annotations

import base64
import io

import pytest
from databricks.sdk import WorkspaceClient, errors
from databricks.sdk.service.workspace import ImportFormat, Language

from lakeflow_sources.deploy.workspace import Workspace
from lakeflow_sources.errors import SignInError, TransientError

NOTEBOOK = "# Databricks notebook source\nprint(1)\n"
CONTENT = base64.b64encode(NOTEBOOK.encode()).decode()


def place_volume(client):
    client.schemas.create(name="S", catalog_name="main")
    client.api_client.do(
        "POST",
        "/api/2.1/unity-catalog/volumes",
        body={"catalog_name": "main", "schema_name": "s", "name": "V", "volume_type": "MANAGED"},
    )


def test_a_notebook_needs_its_folder_and_an_existing_one_is_a_conflict(loopback):
    client = loopback.client()
    path = "/Workspace/Shared/a/b"
    with pytest.raises(errors.NotFound):
        client.workspace.import_(path, content=CONTENT, format=ImportFormat.SOURCE, language=Language.PYTHON)
    client.workspace.mkdirs("/Workspace/Shared/a")
    client.workspace.import_(path, content=CONTENT, format=ImportFormat.SOURCE, language=Language.PYTHON)
    with pytest.raises(errors.ResourceAlreadyExists):
        client.workspace.import_(path, content=CONTENT, format=ImportFormat.SOURCE, language=Language.PYTHON)
    assert client.workspace.get_status("/Shared/a/b").object_type.value == "NOTEBOOK"
    assert base64.b64decode(client.workspace.export(path).content).decode() == NOTEBOOK
    assert [one.path for one in client.workspace.list("/Shared/a")] == ["/Shared/a/b"]
    with pytest.raises(errors.BadRequest):
        client.workspace.delete("/Shared/a")
    client.workspace.delete("/Shared/a", recursive=True)
    with pytest.raises(errors.NotFound):
        client.workspace.get_status("/Shared/a/b")


def test_an_automatic_import_drops_the_suffix_of_notebooks_only(loopback):
    client = loopback.client()
    plain = base64.b64encode(b"x = 1\n").decode()
    client.workspace.import_("/Shared/one.py", content=CONTENT, format=ImportFormat.AUTO)
    client.workspace.import_("/Shared/two.py", content=plain, format=ImportFormat.AUTO)
    assert {one.path: one.object_type.value for one in client.workspace.list("/Shared")} == {
        "/Shared/one": "NOTEBOOK",
        "/Shared/two.py": "FILE",
    }


def test_names_of_schemas_and_volumes_are_lower_case_and_taken_once(loopback):
    client = loopback.client()
    place_volume(client)
    assert client.volumes.read("main.s.v").full_name == "main.s.v"
    with pytest.raises(errors.ResourceConflict):
        client.schemas.create(name="s", catalog_name="main")
    with pytest.raises(errors.NotFound):
        client.volumes.read("main.s.other")


def test_files_lie_in_volumes_that_are_there(loopback):
    client = loopback.client()
    with pytest.raises(errors.NotFound):
        client.files.upload("/Volumes/main/s/v/a", io.BytesIO(b"x"), overwrite=True)
    place_volume(client)
    client.files.upload("/Volumes/main/s/v/a", io.BytesIO(b"x"), overwrite=True)
    with pytest.raises(errors.AlreadyExists):
        client.files.upload("/Volumes/main/s/v/a", io.BytesIO(b"y"), overwrite=False)
    assert client.files.download("/Volumes/main/s/v/a").contents.read() == b"x"
    assert [one.name for one in client.files.list_directory_contents("/Volumes/main/s/v")] == ["a"]
    client.files.delete("/Volumes/main/s/v/a")
    with pytest.raises(errors.NotFound):
        client.files.get_metadata("/Volumes/main/s/v/a")


def test_a_pipeline_is_replaced_whole_and_its_name_is_its_own(loopback):
    client = loopback.client()
    made = client.pipelines.create(name="p", catalog="main", schema="s", serverless=True, tags={"a": "1"})
    with pytest.raises(errors.ResourceConflict):
        client.pipelines.create(name="p", catalog="main")
    before = client.pipelines.get(made.pipeline_id)
    client.pipelines.update(made.pipeline_id, name="p", catalog="main")
    after = client.pipelines.get(made.pipeline_id)
    assert before.spec.tags == {"a": "1"}
    assert after.spec.tags is None
    with pytest.raises(errors.ResourceConflict):
        client.pipelines.update(made.pipeline_id, name="p", expected_last_modified=before.last_modified)
    client.pipelines.delete(made.pipeline_id)
    with pytest.raises(errors.NotFound):
        client.pipelines.get(made.pipeline_id)


def test_lists_come_in_pages(loopback):
    client = loopback.client()
    for number in range(7):
        client.pipelines.create(name=f"p_{number}", catalog="main")
        client.jobs.create(name=f"j_{number}")
    loopback.page_size(3)
    workspace = Workspace(client)
    assert len(list(client.pipelines.list_pipelines(filter="name LIKE 'p%'"))) == 7
    assert sorted(one["name"] for one in workspace.pipelines("p%")) == [f"p_{number}" for number in range(7)]
    assert sorted(job["settings"]["name"] for job in workspace.jobs()) == [f"j_{number}" for number in range(7)]


def test_jobs_share_names_and_have_the_defaults_of_the_service(loopback):
    client = loopback.client()
    first = client.jobs.create(name="j", tags={"a": "1"}).job_id
    client.jobs.create(name="j")
    assert len(list(client.jobs.list(name="J"))) == 2
    workspace = Workspace(client)
    workspace.update_job(first, {"timeout_seconds": 5})
    assert workspace.job(first)["settings"] == {
        "name": "j",
        "tags": {"a": "1"},
        "timeout_seconds": 5,
        "email_notifications": {},
        "webhook_notifications": {},
        "format": "MULTI_TASK",
    }
    client.jobs.delete(first)
    with pytest.raises(errors.ResourceDoesNotExist):
        client.jobs.get(first)


def test_too_many_requests_are_waited_for_by_the_sdk(loopback):
    client = loopback.client()
    loopback.trouble("limit", at=1, times=1)
    assert client.current_user.me().user_name == "deployer@example.com"
    assert [line["status"] for line in loopback.journal()] == [429, 200]


def test_our_errors_are_one_sentence_without_the_token(loopback):
    client = loopback.client()
    loopback.trouble("die", at=0)
    with pytest.raises(TransientError, match="pipelines: Databricks did not answer .*: run it again"):
        Workspace(client).pipelines("p%")
    loopback.heal()
    stranger = WorkspaceClient(host=loopback.url, token="wrong-token-value", auth_type="pat")
    with pytest.raises(SignInError, match="Databricks refused to sign in") as told:
        Workspace(stranger).jobs()
    assert "wrong-token-value" not in str(told.value)


def test_secrets_go_in_and_come_out(loopback):
    client = loopback.client()
    client.secrets.create_scope("vendor")
    with pytest.raises(errors.ResourceAlreadyExists):
        client.secrets.create_scope("vendor")
    client.secrets.put_secret("vendor", "key", string_value="wert")
    assert base64.b64decode(client.secrets.get_secret("vendor", "key").value) == b"wert"
    assert [one.key for one in client.secrets.list_secrets("vendor")] == ["key"]
    with pytest.raises(errors.NotFound):
        client.secrets.get_secret("vendor", "other")
