"""A service on loopback for each test."""

import pytest

from tests.http.loopback import Service


@pytest.fixture
def service():
    made = Service()
    yield made
    made.close()
