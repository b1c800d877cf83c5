"""Tables read in parts: by values, numbers, days, and the rows of a parent."""

from datetime import UTC, datetime

import pytest

from lakeflow_sources import AccessError, ConfigurationError, DataError
from tests.declaration.reading import declared, items, listed, rows
from tests.http.loopback import jsons

SHOP = """
tables:
  projects:
    path: /projects
    records: data
    columns: [id long, name, owner.login -> owner]
    primary_key: id
    paging: {type: page, size: 2, size_param: size}
  tasks:
    path: /projects/{{ slice.project }}/tasks
    params: {owner: "{{ slice.owner }}"}
    slices: {parent: projects, map: {project: id, owner: owner.login}}
    missing: MISSING
    columns: ["@project long", id long, title]
    primary_key: [project, id]
"""


def shop(service, missing="fail"):
    projects = [{"id": n, "name": f"p{n}", "owner": {"login": f"o{n % 2}"}} for n in (1, 2, 3, 4, 5)]
    service.on("/projects", lambda call: listed(projects, call))
    for project in projects[:4]:
        service.on(
            f"/projects/{project['id']}/tasks", jsons([{"id": n, "title": f"t{n}"} for n in range(project["id"])])
        )
    return declared(service, SHOP.replace("MISSING", missing))


def test_children_are_read_for_each_row_of_their_parent(service):
    connector = shop(service)
    service.on("/projects/5/tasks", jsons([]))
    found = rows(connector, "tasks")
    expected = [{"project": p, "id": n, "title": f"t{n}"} for p in (1, 2, 3, 4) for n in range(p)]
    assert sorted(found, key=lambda one: (one["project"], one["id"])) == expected
    assert {call.path: call.query["owner"] for call in service.calls if "tasks" in call.path} == {
        f"/projects/{n}/tasks": f"o{n % 2}" for n in (1, 2, 3, 4, 5)
    }


def test_a_child_that_is_gone_fails_the_read_unless_it_may_be_skipped(service, caplog):
    with pytest.raises(AccessError, match=r"acme.tasks \(project=5, owner=o1\): GET /projects/5/tasks"):
        rows(shop(service), "tasks")
    assert len(rows(shop(service, "skip"), "tasks")) == 10
    assert "tasks (project=5, owner=o1) is not there" in caplog.text


def test_a_parent_without_the_value_is_told(service):
    connector = shop(service)
    service.on("/projects", jsons({"data": [{"id": 1, "owner": None}]}), jsons({"data": []}))
    with pytest.raises(
        DataError, match=r"a row of projects has no owner.login for owner: correct the map of its slices"
    ):
        rows(connector, "tasks")


def test_values_are_quoted_in_a_path_and_cannot_leave_it(service):
    text = """
options: {keys: {description: Keys}}
tables:
  things:
    path: /things/{{ slice.key }}/parts
    slices: {name: key, values: "{{ options.keys }}"}
    columns: ["@key", id long]
"""
    connector = declared(service, text)
    service.on("/things/a%2Fb%20c%3Fd/parts", jsons([{"id": 1}]))
    service.on("/things/x/parts", jsons([{"id": 2}]))
    assert rows(connector, "things", keys="a/b c?d, x, x") == [{"key": "a/b c?d", "id": 1}, {"key": "x", "id": 2}]
    with pytest.raises(ConfigurationError, match="is empty, a dot or two"):
        rows(connector, "things", keys="..")
    with pytest.raises(ConfigurationError, match=r"gives no key: set options.keys to a list with commas"):
        rows(connector, "things")
    assert {call.path for call in service.calls} == {"/things/a%2Fb%20c%3Fd/parts", "/things/x/parts"}


def test_numbers_days_and_values_are_combined_each_with_each(service):
    text = """
tables:
  counts:
    path: /counts
    params: {from: "{{ slice.block }}", to: "{{ slice.block_end }}", day: "{{ slice.day }}", region: "{{ slice.region }}"}
    slices:
      - {name: block, numbers: {first: 0, last: 24, step: 10}}
      - {name: day, dates: {first: 2026-01-30, last: 2026-02-02, days: 3, format: "%d.%m.%Y"}}
      - {name: region, values: [no, se]}
    columns: ["@region", "@day", n long]
"""
    service.on("/counts", jsons([{"n": 1}]))
    found = rows(declared(service, text), "counts")
    assert len(found) == len(service.calls) == 12
    assert {(call.query["from"], call.query["to"]) for call in service.calls} == {
        ("0", "10"),
        ("10", "20"),
        ("20", "25"),
    }
    assert {(one["region"], one["day"]) for one in found} == {
        (region, day) for region in ("no", "se") for day in ("30.01.2026", "02.02.2026")
    }


def test_days_go_on_to_today(service):
    today = datetime.now(UTC).date()
    text = f"""
tables:
  days:
    path: /days/{{{{ slice.day }}}}
    slices: {{name: day, dates: {{first: {today.replace(day=1)}, days: 40}}}}
    columns: ["@day", "@day_end"]
"""
    service.on(f"/days/{today.replace(day=1)}", jsons([{}]))
    (row,) = rows(declared(service, text), "days")
    assert (datetime.fromisoformat(row["day_end"]).date() - today).days in (0, 1)


def test_a_step_that_was_forgotten_is_told_before_any_call(service):
    text = """
tables:
  items:
    path: /items
    params: {from: "{{ slice.n }}"}
    slices: {name: n, numbers: {last: 100000}}
    columns: [id long]
"""
    with pytest.raises(ConfigurationError, match=r"acme.items has more than 100,000 slices: make its steps larger"):
        rows(declared(service, text), "items")
    assert not service.calls


def test_a_grandchild(service):
    text = """
tables:
  a: {path: /a, columns: [id long]}
  b: {path: "/a/{{ slice.a }}/b", columns: [id long], slices: {parent: a, map: {a: id}}}
  c: {path: "/b/{{ slice.b }}/c", columns: ["@b long", id long], slices: {parent: b, map: {b: id}}}
"""
    service.on("/a", jsons(items(2)))
    service.on("/a/1/b", jsons([{"id": 7}]))
    service.on("/a/2/b", jsons([{"id": 7}, {"id": 8}]))
    service.on("/b/7/c", jsons([{"id": 70}]))
    service.on("/b/8/c", jsons([{"id": 80}]))
    found = rows(declared(service, text), "c")
    assert sorted(found, key=lambda one: one["id"]) == [{"b": 7, "id": 70}, {"b": 8, "id": 80}]
