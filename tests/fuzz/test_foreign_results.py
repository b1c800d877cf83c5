"""SOAP, CSV and ZIP of vendors, damaged in every way: a clear error or a right result, never another exception, never a hang."""

import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lakeflow_sources import Column, Read, Table
from lakeflow_sources.http import Request
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.sources.salesforce import result_files, soap
from lakeflow_sources.sources.zoho_crm import csv_file
from tests.fuzz.strategies import MANY, TEXT, answer, as_bytes, damaged, survives

pytestmark = pytest.mark.timeout(300)

SOAP = [
    (
        '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><loginResponse xmlns="urn:partner.soap.sforce.com">'
        "<result><passwordExpired>false</passwordExpired><serverUrl>https://x.example.com/s</serverUrl><sessionId>abc</sessionId>"
        "<sessionSecondsValid>7200</sessionSecondsValid></result></loginResponse></e:Body></e:Envelope>"
    ),
    (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>INVALID_LOGIN</faultcode>'
        "<faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>"
    ),
]
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><x>&j;</x>"
)


@MANY
@given(damaged(SOAP))
@example(BOMB)
@example("\ufeff" + BOMB)
@example("<a>" * 100_000)
@example(SOAP[0].replace("7200", "9" * 5_000))
@example(SOAP[0].replace("https://x.example.com/s", "http://[::1"))
@example(SOAP[0].replace("7200", "²"))
def test_soap_sign_in(text):
    response = answer(as_bytes(text), status=500)
    survives(soap.SoapLogin.faults, response)
    login = soap.SoapLogin("https://login.example.com", "user", soap.Secret("planted"), soap.Secret("planted"))
    found = survives(login.sign_in, lambda request: response)
    assert found is None or found.facts["instance_url"]


class Stream(io.BytesIO):
    """The body of a download, with its headers."""

    def __init__(self, content, headers):
        super().__init__(content)
        self.headers = headers

    def __exit__(self, *_):
        return None


class Downloads:
    """Answers every download with the same content."""

    def __init__(self, content, headers):
        self.content, self.headers = content, headers

    def stream(self, request: Request):
        return Stream(self.content, self.headers)


def bulk(name, table, options, *types, key="Id"):
    columns = (Column(key), *(Column(f"C{number}", kind) for number, kind in enumerate(types)))
    return Read(connector(name), Table(table, columns), check_options(connector(name), options), columns, columns)


RESULTS = ('"Id","C0","C1"\n"1","2.50","2026-01-31T12:00:00.000Z"\n"2","","a ""quoted"" text"\n', '"Id"\n', "")
ORG = {"instance_url": "http://127.0.0.1:1", "access_token": "planted", "tableName": "Thing"}
THING = bulk("salesforce", "Thing", ORG, "decimal(18,2)", "timestamp")


@MANY
@given(damaged(RESULTS), st.sampled_from(["null", "", "next"]), st.one_of(st.sampled_from(["1", "2"]), TEXT))
@example('"Id","C0","C1"\n"' + "x" * 100_000, "null", "2")
@example('"Id","Id","C0","C1"\n"1","1","2","3"\n', "null", "1")
def test_result_files_of_bulk_jobs(text, locator, count):
    client = Downloads(as_bytes(text), {"sforce-locator": locator, "sforce-numberofrecords": count})
    survives(lambda: [batch.num_rows for batch in result_files.result_batches(THING, client, "/results", 10)])


CRM = {"client_id": "c", "client_secret": "planted", "refresh_token": "planted", "tableName": "Leads"}
LEADS = bulk("zoho_crm", "Leads", CRM, key="id")
GAPS = csv_file.Gaps({}, {}, {})


def zipped(text, name="leads.csv"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


@MANY
@given(
    st.one_of(
        st.binary(max_size=80),
        damaged(["Id,Name\n1,x\n2,\n", "\ufeffId\n", '"Id\n']).map(as_bytes).map(zipped),
    ),
    st.integers(0, 200),
    st.binary(max_size=6),
)
def test_archives_of_bulk_reads(content, place, spoilt):
    content = content[:place] + spoilt + content[place + len(spoilt) :]
    file = survives(csv_file.opened, io.BytesIO(content))
    if file is not None:
        with file:
            survives(lambda: list(csv_file.batches(LEADS, file, GAPS)))
