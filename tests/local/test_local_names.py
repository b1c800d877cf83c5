import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.names import local_table, local_view, name_parts


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("contacts", "default.contacts"),
        ("bronze.contacts", "bronze.contacts"),
        ("main.bronze.contacts", "bronze.contacts"),
        ("`my-catalog`.`my-schema`.`a.b`", "my_schema.a_b"),
        ("main.`tick``ed`.t", "tick_ed.t"),
        ("main.bronze.größe", "bronze.gr__e"),
    ],
)
def test_local_table(name, local):
    assert local_table(name, "default") == local


@pytest.mark.parametrize("name", ["", ".", "a.", ".a", "a..b", "a.b.c.d", "`a", "a`b", "``"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ConfigurationError, match="is not the name of a table"):
        name_parts(name)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_quoted_parts_come_back_as_they_were(parts):
    assert name_parts(".".join("`" + part.replace("`", "``") + "`" for part in parts)) == tuple(parts)


def test_a_view_has_one_part():
    assert local_view("contacts_changes") == "contacts_changes"
    with pytest.raises(ConfigurationError, match="name it 'v'"):
        local_view("bronze.v")
