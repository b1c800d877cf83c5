"""An API of samples: what is wrong with `api.yaml` is told at once; it lets in and pages in every way it is told to."""

import json

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.declaration import load
from lakeflow_sources.testing import fake_api
from lakeflow_sources.testing.kit.bench import Bench
from lakeflow_sources.testing.sampled.load import load_samples

ROWS = [{"id": number, "name": f"row {number}"} for number in range(1, 8)]


def written(folder, text):
    (folder / "rows.json").write_text(json.dumps(ROWS))
    (folder / "api.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tables: {rows: {}}", "line 1, tables.rows: path is missing: add `path:`"),
        ("tables: {rows: {path: /rows, page: 1}}", "tables.rows.page: there is no such key here"),
        ("tables: {gone: {path: /gone}}", "tables.gone: gone.json cannot be read (No such file or directory): put the records into"),
        ("tables: {rows: {path: /rows, paging: {type: page}}}", "tables.rows.paging: size is missing: add how many records a page has, fewer than there are samples."),
        ("tables: {rows: {path: /rows, paging: {type: page, size: 50}}}", "7 samples fit on one page of 50, so that paging is not tried: add samples, or write a smaller size."),
        ("tables: {rows: {path: /rows, paging: {type: offset, size: 2, total: total}}}", "an answer that is a list has no room for total: add `records:`"),
        ("sign_in: {type: magic}\ntables: {rows: {path: /rows}}", "sign_in.type: 'magic' is not known here"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_remedy(tmp_path, text, said):
    with pytest.raises(ConfigurationError) as raised:
        load_samples(written(tmp_path, text))
    assert said in str(raised.value)
    assert "api.yaml" in str(raised.value)


def test_a_folder_without_samples_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"has no api.yaml: write one that says how the API answers"):
        load_samples(tmp_path)


def rows(folder, api, spec, **options):
    connector = load(f"name: acme\nbase_url: https://acme.example\n{spec}")
    with fake_api.from_samples(written(folder, api)).start() as server:
        return [Bench(connector, server, options, way).rows("rows") for way in server.ways]


PAGING = (
    "{type: page, size: 2, size_param: size, first: 0, pages: meta.pages}",
    "{type: page, param: p, size: 3, more: more}",
    "{type: offset, size: 2, size_param: limit, total: total}",
    "{type: token, field: next, param: cursor, size: 3}",
    "{type: token, header: X-Next, param: X-Cursor, in: header, size: 3}",
    "{type: next_url, field: links.next, size: 2, last: last}",
    "{type: link_header, size: 2, rel: more}",
    "{type: keyset, key: id, param: after, size: 3, end: short}",
)


CALLS = [("GET", one) for one in PAGING] + [("POST", one) for one in PAGING if "header" not in one]


@pytest.mark.parametrize(("method", "paging"), CALLS)
def test_every_way_to_page(tmp_path, method, paging):
    table = f"path: /rows, method: {method}, records: data, paging: {paging}"
    if method == "POST" and "header" in paging:
        pytest.skip("a POST carries positions in its body, where links and headers have none")
    api = f"sign_in: {{type: none}}\ntables: {{rows: {{{table}}}}}"
    spec = f"tables: {{rows: {{{table}, columns: [id long, name], primary_key: id}}}}"
    assert rows(tmp_path, api, spec) == [ROWS]


def test_every_way_in(tmp_path):
    kinds = ("client_credentials", "refresh_token", "password")
    oauth = "".join(f"  - {{type: {kind}, token_path: /token}}\n" for kind in kinds)
    own = "  - {type: bearer}\n  - {type: basic}\n  - {type: api_key, query: key}\n"
    api = f"sign_in:\n{own}{oauth}tables: {{rows: {{path: /rows}}}}"
    table = "tables: {rows: {path: /rows, columns: [id long, name]}}"
    for kind, more in {"bearer": "", "basic": "", "api_key": ", query: key", **dict.fromkeys(kinds, ", token_url: /token")}.items():  # fmt: skip
        connector = load(f"name: acme\nbase_url: https://acme.example\nauth: {{type: {kind}{more}}}\n{table}")
        with fake_api.from_samples(written(tmp_path, api)).start() as server:
            assert Bench(connector, server, way=kind).rows("rows") == ROWS
            assert server.counters()["statuses"] == {"200": 2 if kind in kinds else 1}


def test_a_call_that_it_does_not_understand_is_refused(tmp_path):
    import urllib.error
    import urllib.request

    api = "sign_in: {type: none}\ntables: {rows: {path: /rows, paging: {type: page, size: 2}}}"
    with fake_api.from_samples(written(tmp_path, api)).start() as server:
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"{server.url}/rows?page=first")
        assert raised.value.code == 400
        assert json.load(raised.value) == {"message": "page='first' is no number"}


def test_writes_change_what_is_served(tmp_path):
    with fake_api.from_samples(written(tmp_path, "tables: {rows: {path: /rows}}")).start() as server:
        server.write("put", table="rows", record={"id": 3, "name": "new"})
        server.write("put", table="rows", record={"id": 9, "name": "more"})
        server.write("remove", table="rows", record={"id": 1})
        assert sorted((one["id"], one["name"]) for one in server.rows("rows"))[1] == (3, "new")
        assert [one["id"] for one in server.rows("rows")] == [2, 4, 5, 6, 7, 3, 9]
