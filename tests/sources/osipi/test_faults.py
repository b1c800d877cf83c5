"""What goes wrong behind status 200 is found, however many capital letters stand before it."""

import orjson
import pytest

from lakeflow_sources.http import Response, get
from lakeflow_sources.sources.osipi.faults import faults

BROKEN = {"WebException": {"Errors": ["the archive is offline"], "StatusCode": 502}}


def answer(units, *more):
    streams = [{"WebId": "F1DPa", "UnitsAbbreviation": units, "Items": []} for _ in range(300)]
    return Response(get("/piwebapi/streamsets/recorded"), 200, body=orjson.dumps({"Items": [*streams, *more]}))


@pytest.mark.parametrize("units", ["", "E", "kWE", '"Errors":', "1E-05"])
@pytest.mark.parametrize("wrong", [BROKEN, {"Errors": ["no such stream"]}], ids=["exception", "errors"])
def test_an_error_behind_many_streams(units, wrong):
    fault = faults(answer(units, {"WebId": "F1DPb", "Items": [], **wrong}))
    assert fault is not None
    assert ("archive" in fault.message) == (wrong is BROKEN)
    assert fault.kind == "retry"


@pytest.mark.parametrize("units", ["", "E", '"Errors":', "WebException"])
def test_no_error_without_one(units):
    assert faults(answer(units)) is None
    assert faults(answer(units, {"WebId": "F1DPb", "Items": [], "Errors": []})) is None
