"""Targets that go past urllib3's check are those that it would not change, and all reach the server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util.url import _encode_target

from lakeflow_sources.http import get
from lakeflow_sources.http.target import TARGET, clean
from tests.http.loopback import jsons

SIGNS = st.sampled_from([*list("abcXYZ019-._~!$&'()*+,;=:@/?%[]{}|\\^`\"<># \t\r\n\0é😀"), "%2C", "%2c", "%zz", "/../"])


@given(st.lists(SIGNS, max_size=20).map(lambda parts: "/" + "".join(parts)))
def test_a_clean_target_is_one_that_urllib3_leaves_as_it_is(target):
    if clean(target):
        assert _encode_target(target) == target


@pytest.mark.parametrize("target", ["/", "/a/b.c", "/a?x=1&y=%2C", "/a?", "/%C3%BC?q=a:b@c/d?e", "//a"])
def test_usual_targets_are_clean(target):
    assert clean(target)


@pytest.mark.parametrize("target", ["/a b", "/ü", "/a\r\nHost: x", "/a%2c", "/a%", "/a#b", "a", ""])
def test_other_targets_are_left_to_urllib3(target):
    assert not clean(target)


@pytest.mark.parametrize(
    ("path", "seen"), [("/plain", "/plain"), ("/with space", "/with%20space"), ("/ü", "/%C3%BC"), ("/a%2cb", "/a%2Cb")]
)
def test_every_target_reaches_the_server_and_the_name_it_travels_by_does_not(service, connect, path, seen):
    service.on(seen, jsons({}))
    connect().send(get(path, names="a,b c", more="ü"))
    call = service.calls[-1]
    assert call.path == seen
    assert call.query == {"names": "a,b c", "more": "ü"}
    assert TARGET not in call.headers
