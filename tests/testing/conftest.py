"""A mock and a plain client of it; `requests` stands in for any client that is not ours."""

import pytest
import requests

from lakeflow_sources.testing import mock_server

OBJECTS = "/crm/objects/2026-03"
NOON = "2026-03-01T12:00:00Z"


class Api:
    """Calls with the credentials of a mock; keeps the connection."""

    def __init__(self, mock):
        self.mock = mock
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {mock.token}"

    def get(self, path, status=200, **params):
        answer = self.session.get(self.mock.url + path, params=params, timeout=30, allow_redirects=False)
        assert answer.status_code == status, answer.text[:500]
        return answer.json()

    def post(self, path, status=200, **body):
        answer = self.session.post(self.mock.url + path, json=body, timeout=30)
        assert answer.status_code == status, answer.text[:500]
        return answer.json()

    def send(self, method, path, **more):
        return self.session.request(method, self.mock.url + path, **{"timeout": 30, "allow_redirects": False, **more})

    def walk(self, path, **params):
        """All results of a list that goes on with `paging.next.after`."""
        while True:
            page = self.get(path, **params)
            yield from page["results"]
            if "paging" not in page:
                return
            params["after"] = page["paging"]["next"]["after"]

    def names(self, object_type):
        return [one["name"] for one in self.get(f"/crm/properties/2026-03/{object_type}")["results"]]

    def search(self, object_type, *filters, status=200, **body):
        groups = [{"filters": [condition(*one) for one in filters]}] if filters else []
        return self.post(f"{OBJECTS}/{object_type}/search", status, **{"filterGroups": groups, **body})


def condition(name, operator, *values):
    found = {"propertyName": name, "operator": operator}
    if operator in {"IN", "NOT_IN"}:
        return {**found, "values": list(values)}
    return {**found, **dict(zip(("value", "highValue"), values, strict=False))}


@pytest.fixture(scope="session")
def mock():
    with mock_server("hubspot", records={"contacts": 1_203, "companies": 40}, seed=7) as server:
        yield server


@pytest.fixture(scope="session")
def large():
    """More contacts than search shows of one query, on a clock that stands still."""
    with mock_server("hubspot", records={"contacts": 12_000}, now=NOON) as server:
        yield server


@pytest.fixture
def api(mock):
    client = Api(mock)
    yield client
    client.session.close()
    mock.clear_faults()
    mock.clear_limits()
    mock.latency(0)


@pytest.fixture
def connect():
    """Clients of other mocks, closed at the end."""
    clients = []

    def make(mock):
        clients.append(Api(mock))
        return clients[-1]

    yield make
    for client in clients:
        client.session.close()
