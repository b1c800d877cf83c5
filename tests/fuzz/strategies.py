"""Foreign input: good samples with damage, values of every shape, and the texts that parsers trip over."""

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http import Request, Response, get

MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
"""As many examples as the profile says: a few with the other tests, thousands with `--hypothesis-profile proof`."""

HOSTILE = (
    "", " ", "\0", "\ud800", "\u202e", "null", "NaN", "nan", "-inf", "Infinity", "1e999999999", "-1e-999999999",
    "9" * 5_000, "0x10", "1_000", "--1", "true", "'", '"', "\\", "`", "${x}", "{{x}}", "{%", "../../x", "[" * 3_000,
    "{" * 3_000, "=cmd|' /C calc'!A0", "2026-02-30", "9999-12-31T23:59:60Z", "0000-00-00", "2026-01-01T00:00:00+99:99",
    "http://[", "//other/x", "a,b;c", "\r\nSet-Cookie: x=1", "Ω≈ç", "é" * 300,
)  # fmt: skip
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
NUMBER = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -(2**63) - 1, 1e308, 5e-324, -0.0]))
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def damaged(draw, samples, most=4):
    """One of *samples* with up to *most* spans cut out, doubled or written over."""
    text = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        put = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), TEXT))
        text = text[:start] + put + text[end:]
    return text


@st.composite
def reshaped(draw, samples):
    """One of *samples*, which are JSON values, with members left out or given a value of another shape."""
    return _reshaped(draw, draw(st.sampled_from(samples)))


def _reshaped(draw, value):
    fate = draw(st.integers(0, 19))
    if fate == 0:
        return draw(VALUE)
    if isinstance(value, dict):
        return {name: _reshaped(draw, inner) for name, inner in value.items() if draw(st.integers(0, 9))}
    if isinstance(value, list):
        return [_reshaped(draw, inner) for inner in value]
    return value


def written(value):
    """*value* as the bytes of a body; NaN and half characters included, as some services send them."""
    return as_bytes(json.dumps(value))


def as_bytes(text):
    return text.encode("utf-8", "surrogatepass")


def answer(body=b"", *, status=200, request: Request | None = None, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(request or get("/things"), status, named, body, "https://api.example.com/things")


def survives(call, *arguments):
    """What *call* gives; None where it refuses the input in one of our errors, which says what to do."""
    told = None
    try:
        return call(*arguments)
    except LakeflowError as error:
        told = error
    assert told.cause
    assert told.remedy or ":" in told.cause, f"no remedy in {told}"
    return None
