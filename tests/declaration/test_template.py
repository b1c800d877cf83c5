"""Values in texts."""

import pytest

from lakeflow_sources import ConfigurationError, Slice
from lakeflow_sources.declaration.scope import Clock, scope_of
from lakeflow_sources.declaration.template import read_template
from lakeflow_sources.options import Settings
from lakeflow_sources.redact import Secret
from tests.declaration.reading import window

SETTINGS = Settings("acme", {"region": "eu", "items": "7", "key_secret": Secret("hidden-1"), "list": "a,b"})
SCOPE = scope_of(
    SETTINGS,
    Slice({"n": 5, "yes": True, "none": None, "name": "a b/c"}, window("2026-01-01", "2026-01-02T00:00:00.5")),
    Clock("seconds"),
)


def template(text):
    made, troubles = read_template(text)
    assert troubles == []
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain {text}", "plain {text}"),
        ("{{ options.region }}", "eu"),
        ("a-{{ options.region | upper }}-{{ slice.n }}", "a-EU-5"),
        ("{{ options.items }}", "7"),
        ("{{ options.items | int }}", "7"),
        ("{{ options.nothing | default('none') }}", "none"),
        ("{{ options.nothing }}", None),
        ("{{ 'x' if options.nothing is defined else 'y' }}", "y"),
        ("{{ options.key_secret }}", None),
        ("{{ window.start }}..{{ window.end }}", "1767225600..1767312001"),
        ("{{ window.end | time('%Y-%m') }}", "2026-01"),
        ("{{ window.end | time('millis') }}", "1767312000500"),
        ("{{ slice.name | urlencode }}", "a%20b/c"),
        ("{{ slice.yes }}{{ slice.none }}", "true"),
        ("{{ options.region ~ ':' ~ slice.n }}", "eu:5"),
        ("{{ options.list | replace(',', ' ') | trim }}", "a b"),
    ],
)
def test_texts(text, expected):
    assert template(text).render(SCOPE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ slice.n }}", 5),
        ("{{ options.items | int }}", 7),
        ("{{ window.start }}", 1767225600),
        ("x{{ slice.n }}", "x5"),
        ("{{ options.no }}", None),
        ("{{ slice.n }}{{ slice.n }}", "55"),
    ],
)
def test_values_of_a_body_keep_their_kind(text, expected):
    assert template(text).value(SCOPE) == expected


def test_values_in_a_path_are_quoted_and_the_path_itself_is_not():
    assert template("/a b/{{ slice.name }}/{{ options.region }}").path(SCOPE) == "/a b/a%20b%2Fc/eu"


def test_a_secret_is_seen_where_it_may_stand_only():
    made = template("key {{ options.key_secret }}")
    assert made.render(SCOPE) is None
    assert made.render(scope_of(SETTINGS, secrets=True)) == "key hidden-1"


def test_a_template_that_fails_shows_no_value():
    with pytest.raises(ConfigurationError, match=r"cannot be filled \(TypeError\)") as raised:
        template("{{ options.region | time('%Y') }}").render(SCOPE)
    assert "'eu'" not in str(raised.value)


def test_needs_leave_out_what_has_a_default():
    made = template("{{ options.a }}{{ options.b | default('') }}{{ options.c if options.c is defined else '' }}")
    assert (made.names, made.needs) == (("options.a", "options.b", "options.c"), ("options.a",))
