"""Every kind of fault at one call in five, by either API: nothing lost, nothing doubled, no job left."""

import pytest

from lakeflow_sources import LakeflowError
from tests.faults import KINDS, mixed
from tests.sources.salesforce.reading import live, read

CALLS = [r"0/query$", "/query/", "/sobjects/", "/jobs/query/", "/recordCount"]
"""Not the call that makes a job: a job whose number never arrived is left to Salesforce, which deletes it in 7 days."""
NARROW = {"columns": "Id,Name,Amount__c,SystemModstamp", "max_retries": 30, "page_size": 200}


@pytest.fixture
def mock(lakeflow_mock):
    return lakeflow_mock("salesforce", records={"Load__c": 2_600}, each=5, seed=12)


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_all_kinds_mixed(mock, api):
    mixed(mock, *CALLS)
    assert read(mock, "Load__c", api=api, **NARROW).ids == live(mock, "Load__c")
    assert mock.counters()["faults"]
    mock.clear_faults()
    assert mock.write("watch")["jobs_open"] == 0


@pytest.mark.proof
@pytest.mark.parametrize("api", ["rest", "bulk"])
@pytest.mark.parametrize("name", KINDS)
def test_each_kind_alone(mock, name, api):
    mock.faults(rate=0.2, paths=CALLS, **KINDS[name])
    assert read(mock, "Load__c", api=api, **NARROW).ids == live(mock, "Load__c")
    assert mock.counters()["faults"]
    mock.clear_faults()
    assert mock.write("watch")["jobs_open"] == 0


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_job_or_a_description_whose_answer_is_lost_is_asked_for_again(mock, api):
    mock.faults("truncate", count=1, paths=["/jobs/query$"])
    mock.faults("truncate", count=1, paths=["/describe$"])
    assert read(mock, "Load__c", api=api, **NARROW).ids == live(mock, "Load__c")


@pytest.mark.parametrize("kind", ["html", "gzip_bomb", "endless_body", "redirect", "never"])
def test_what_is_no_answer_of_salesforce_is_an_error_and_no_end(mock, kind):
    mock.faults(kind, paths=["/query$"], skip=1, size=2 << 30)
    with pytest.raises(LakeflowError):
        read(mock, "Load__c", api="rest", columns="Id", retry_deadline_seconds=3, timeout_seconds=1, max_retries=1)
