"""Each kind of mistake with the sentence that a user reads."""

import json

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.declaration import load
from lakeflow_sources.registry import connector

GOOD = """name: acme
base_url: https://api.acme.com
tables:
  users:
    path: /users
    columns: [id long, name, updated_at timestamp]
    primary_key: id
"""


def problem(text):
    with pytest.raises(ConfigurationError) as raised:
        load(text)
    return str(raised.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    pagging: {type: none}", "line 8, tables.users.pagging: there is no such key here: write paging."),
        ("    rates: x", "line 8, tables.users.rates: there is no such key here: write rate."),
        ("    path: /people", "line 8, tables.users.path: the key is there twice: keep one of them."),
        ("    paging: {type: pages}", "line 8, tables.users.paging.type: 'pages' is not known here: write page."),
        ("    paging: {type: [page]}", "line 8, tables.users.paging.type: ['page'] is not known here: write page."),
        (
            "    paging: {}",
            "line 8, tables.users.paging: type is missing: add `type:` with one of none, page, offset, token, next_url, link_header, keyset.",
        ),
        (
            "    paging: {type: token, param: after}",
            "line 8, tables.users.paging: none of field, header is there: write one of field, header.",
        ),
        (
            "    paging: {type: token, param: a, field: b, header: c}",
            "line 8, tables.users.paging: field and header exclude each other: write one of field, header.",
        ),
        (
            "    paging: {type: keyset, key: id}",
            "line 8, tables.users.paging: param is missing: add `param:` (What carries the last key of a page).",
        ),
        ("    paging: {type: page, size: 0}", "line 8, tables.users.paging.size: 0 is too small: write at least 1."),
        (
            "    paging: {type: page, size: many}",
            "line 8, tables.users.paging.size: 'many' is not a whole number: write one such as 1.",
        ),
        (
            "    paging: {type: page, end: short}",
            "line 8, tables.users.paging.end: nobody knows how long a full page is: add `size:`.",
        ),
        ("    method: PUT", "line 8, tables.users.method: 'PUT' is not known here: write one of GET, POST."),
        (
            "    single: yes",
            "line 8, tables.users.single: 'yes' is neither true nor false: write true or false, without quotes.",
        ),
        ("    body: {a: 1}", "line 8, tables.users.body: a GET has no body: write `method: POST`, or use params."),
        ("    params: [a]", "line 8, tables.users.params: ['a'] is not a mapping: write `name: ...` lines below it."),
        (
            "    params: {a: {b: 1}}",
            "line 8, tables.users.params.a: {'b': 1} is not a single value: write a text, a number, true or false.",
        ),
        ("    records: 3", "line 8, tables.users.records: 3 is not a text: write one such as data.items."),
        (
            "    ingestion: cdc_deletes",
            "line 8, tables.users.ingestion: 'cdc_deletes' is not known here: write cdc_with_deletes.",
        ),
        (
            "    ingestion: append",
            "line 4, tables.users: an append table needs a cursor: declare it, or write `ingestion: snapshot`.",
        ),
        (
            "    ingestion: append\n    cursor: {field: updated_at, lookback: 5m}",
            "line 9, tables.users.cursor.lookback: rows that increments reach back for come twice, and those of an append table are not merged by key: wait for late rows by `lag`, or write `ingestion: cdc`.",
        ),
        (
            "    deletes: {field: gone}",
            "line 8, tables.users.deletes: a snapshot table tells of no deletes: write `ingestion: cdc_with_deletes`.",
        ),
        ("    rate: search", "line 8, tables.users.rate: there is no rate search: declare `rates`."),
        (
            "    cursor: {field: changed}",
            "line 8, tables.users.cursor.field: there is no column changed: write one of id, name, updated_at.",
        ),
        (
            "    cursor: {field: id}",
            "line 8, tables.users.cursor.field: id is of type long, and windows are spans of time: give the column the type timestamp.",
        ),
        (
            "    cursor: {start_param: since}",
            "line 8, tables.users.cursor: field is missing: add `field:` (Column that tells when a row changed).",
        ),
        (
            "    cursor: {field: updated_at, format: epoch}",
            "line 8, tables.users.cursor.format: 'epoch' is not allowed here: write one such as iso, millis, seconds, date or '%Y-%m-%d %H:%M'.",
        ),
        (
            "    cursor: {field: updated_at, lag: soon}",
            "line 8, tables.users.cursor.lag: 'soon' is no length of time: write one such as 90s, 15m, 12h or 30d.",
        ),
        (
            "    cursor: {field: updated_at, begin: then}",
            "line 8, tables.users.cursor.begin: 'then' is no time: write one such as 2020-01-01.",
        ),
        (
            "    cursor: {field: updated_at, start_param: a, end_param: b, window: 1d}",
            "line 8, tables.users.cursor.window: a first read has no beginning to cut from: add `begin: 2020-01-01`.",
        ),
        (
            "    cursor: {field: updated_at, start_param: a, begin: 2020-01-01, window: 1d}",
            "line 8, tables.users.cursor.window: pieces of a window overlap where calls do not name both of its ends: add start_param and end_param, or use window.start and window.end.",
        ),
        (
            "    cursor: {field: updated_at, start_param: a, window: 0s}",
            "line 8, tables.users.cursor.window: '0s' is too short: write one such as 15m, 12h or 30d.",
        ),
        (
            "    slices: {values: [1]}",
            "line 8, tables.users.slices: name is missing in slices: add `name:`, by which templates show its value.",
        ),
        (
            "    slices: {name: a}",
            "line 8, tables.users.slices: none of values, numbers, dates, parent is there: write one of values, numbers, dates, parent.",
        ),
        (
            "    slices: {name: 2a, values: [1]}",
            "line 8, tables.users.slices.name: '2a' is not allowed here: write one such as region.",
        ),
        (
            "    slices: {name: a, dates: {first: 2026-02-30}}",
            "line 8, tables.users.slices.dates.first: '2026-02-30' is no day: write one such as 2020-01-31.",
        ),
        (
            "    slices: {parent: user, map: {a: id}}",
            "line 8, tables.users.slices: there is no table user: write users.",
        ),
        (
            "    slices: {parent: users, map: {a: id}}",
            "line 8, tables.users.slices: tables are each other's parents (users -> users): read one of them without slices.",
        ),
        (
            "    slices: {parent: users}",
            "line 8, tables.users.slices: map is missing beside parent: add `map: {name: path in a row of the parent}`.",
        ),
    ],
)
def test_a_mistake_in_a_table(line, said):
    text = problem(GOOD + line + "\n")
    assert said in text if "problems" in text else text == f"the declaration, {said}"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ options.regoin }}", "there is no option regoin: write options.region."),
        ("{{ options.tenant }}", "there is no option tenant: declare tenant under options."),
        ("{{ slice.a }}", "no slice of this table has a value a: declare slices for this table."),
        ("{{ window.start }}", "this table has no cursor, and so no window: declare its cursor."),
        ("{{ window.begin }}", "a window has no begin: write window.start or window.end."),
        ("{{ option.region }}", "option is not known here: write options."),
        ("{{ region }}", "region alone has no value: write options.NAME, slice.NAME, window.start or window.end."),
        (
            "{{ options.region",
            "it is no template (unexpected end of template, expected 'end of print statement'.): write one such as '{{ options.region }}'.",
        ),
        (
            "{% if options.region %}x{% endif %}",
            "it holds a statement or a comment of Jinja: write {{ a if b else c }}.",
        ),
        (
            "{{ options.region | b64encode }}",
            "there is no filter b64encode: write one of default, int, join, lower, replace, time, trim, upper, urlencode.",
        ),
        (
            "{{ options.region.upper() }}",
            "call is no part of templates here: keep to options.NAME, slice.NAME, window.start and filters.",
        ),
        (
            "{{ options.__class__.__mro__ }}",
            "__mro__ is asked of a value: write options.NAME, slice.NAME, window.start or window.end.",
        ),
        (
            "{{ 'a' * 9 }}",
            "mul is no part of templates here: keep to options.NAME, slice.NAME, window.start and filters.",
        ),
        ("{{ options.region is odd }}", "there is no test odd: write `is defined`."),
        (
            "{{ options.access_token }}",
            "access_token is a secret option: use it in auth and in the headers at the top only.",
        ),
    ],
)
def test_a_mistake_in_a_template(template, said):
    text = GOOD.replace("path: /users", f"path: {json.dumps(template)}") + "options: {region: {default: eu}}\n"
    told = problem(text)
    assert f"line 5, tables.users.path: {said}" in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tabels: {}", "line 8, tabels: there is no such key here: write tables."),
        (
            "options: {page_size: {}}",
            "line 8, options.page_size: every connector has an option of this name: give it another name.",
        ),
        (
            "options: {Spec: {}}",
            "line 8, options.Spec: every connector has an option of this name: give it another name.",
        ),
        (
            "options: {api_key: {secret: true}}",
            "line 8, options.api_key: Spark would print it: call it api_key_secret, or with token or password in it.",
        ),
        (
            "options: {my_token: {}}",
            "line 8, options.my_token: it is named like a secret: write `secret: true`, or give it another name.",
        ),
        (
            "options: {my_token: {secret: true, default: x}}",
            "line 8, options.my_token.default: a secret has no default: leave it out.",
        ),
        ("options: {a-b: {}}", "line 8, options.a-b: 'a-b' cannot be a name: write one such as region."),
        (
            "auth: {type: bearer, token: abc.def}",
            "line 8, auth.token: it is no secret option: write '{{ options.access_token }}', and hand the credential in as option.",
        ),
        (
            "auth: {type: bearer, token: 12345}",
            "line 8, auth.token: it is not a text: write one such as '{{ options.access_token }}'.",
        ),
        (
            "auth: {type: bearer, token: 'x{{ abc'}",
            "line 8, auth.token: it is no template: write one such as '{{ options.region }}'.",
        ),
        ("auth: {type: api_key}", "line 8, auth: none of header, query is there: write one of header, query."),
        (
            "auth: {type: oauth}",
            "line 8, auth.type: 'oauth' is not known here: write one of none, bearer, basic, api_key, client_credentials, refresh_token, password, jwt_bearer.",
        ),
        (
            "auth: {type: client_credentials}",
            "line 8, auth: token_url is missing: add `token_url:` (Where tokens are given out; a path lies below base_url).",
        ),
        (
            "headers: {Authorization: Bearer abc.def}",
            "line 8, headers.Authorization: a credential is written out here: hand it in as a secret option: '{{ options.api_token }}'.",
        ),
        (
            "rates: {default: {seconds: 1}}",
            "line 8, rates.default: requests is missing: add `requests:` (So many calls).",
        ),
        (
            "rates: {default: {requests: 5, seconds: 0}}",
            "line 8, rates.default.seconds: 0 is not a number above 0: write one such as 10.",
        ),
        (
            "errors: [{status: 400}]",
            "line 8, errors[0]: kind is missing: add `kind:` (retry: again; sign_in: with a new token; access: a right is missing; quota: spent for long; missing: not there; fatal: none of these).",
        ),
        ("errors: {}", "line 8, errors: {} is not a list: write its values between [ and ]."),
    ],
)
def test_a_mistake_at_the_top(line, said):
    told = problem(GOOD + line + "\n")
    assert told == f"the declaration, {said}"
    assert "abc" not in told


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("id lng", "line 6, tables.users.columns[3]: Unknown column type 'lng': write string, json"),
        (
            "price(10,2)",
            "line 6, tables.users.columns[3]: 'price(10' was cut at a comma: put the whole column into quotes.",
        ),
        ("{name: a, typ: long}", "line 6, tables.users.columns[3].typ: there is no such key here: write type."),
        ("{type: long}", "line 6, tables.users.columns[3]: name is missing: add `name:` (Name in Spark)."),
        (
            "price decimal(10, 2)",
            "line 6, tables.users.columns[3]: 'decimal(10' was cut at a comma: put the whole column into quotes.",
        ),
        (
            '"@part"',
            "line 6, tables.users.columns[3]: no slice of this table has a value part: declare slices for this table.",
        ),
        (
            "Name",
            "line 6, tables.users.columns[3]: there are two columns called name: give one of them another name by ->.",
        ),
        (
            "_deleted boolean",
            "line 6, tables.users.columns[3]: _deleted is made by the rule `deletes`: leave the column out.",
        ),
        ("[a]", "line 6, tables.users.columns[3]: ['a'] is not allowed here: write a text or a mapping."),
    ],
)
def test_a_mistake_in_a_column(column, said):
    assert said in problem(GOOD.replace("updated_at timestamp]", f"updated_at timestamp, {column}]"))


def test_key_columns_have_to_be_there():
    assert problem(GOOD.replace("primary_key: id", "primary_key: [id, nam]")) == (
        "the declaration, line 7, tables.users.primary_key: there is no column nam: write name."
    )
    assert "it has no columns: declare `columns`, or write `infer: sample`" in problem(
        GOOD.replace("    columns: [id long, name, updated_at timestamp]\n    primary_key: id\n", "")
    )


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines():
    text = GOOD.replace("name: acme", "name: Acme!").replace("id long", "id lng") + "    pagin: {}\nauht: {}\n"
    assert problem(text) == (
        "the declaration has 4 problems:\n"
        "  line 1, name: 'Acme!' is not allowed here: write one such as acme.\n"
        "  line 6, tables.users.columns[0]: Unknown column type 'lng': write string, json, boolean, int, long, double, "
        "decimal(p,s), date, timestamp, binary, array<T> or struct<a:T,...>.\n"
        "  line 8, tables.users.pagin: there is no such key here: write paging.\n"
        "  line 9, auht: there is no such key here: write auth."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a: b\n", "the declaration, line 1 is not YAML (mapping values are not allowed here): correct it there"),
        (
            '{\n\t"name": "acme",\n\t"base_url": "https://x",\n\t"tabels": {}\n}',
            "line 4, tabels: there is no such key here: write tables",
        ),
        ("- a\n- b\n", "the declaration, line 1, the top: ['a', 'b'] is not a mapping"),
        ("\n", "name is missing"),
        ("name: acme\nbase_url: https://x\ntables: {}\n", "line 3, tables: there is no table: declare one"),
        ("name: acme\nbase_url: https://x\ntables: {users: 3}\n", "line 3, tables.users: 3 is not a mapping"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
            "has more than 100000 values",
        ),
    ],
)
def test_texts_that_are_no_declaration(text, said):
    assert said in problem(text)


def test_files_are_named_in_errors(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD + "auht: {}\n")
    with pytest.raises(ConfigurationError) as raised:
        load(path)
    assert str(raised.value) == f"{path}, line 8, auht: there is no such key here: write auth."
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="is no UTF-8 text: save it as UTF-8"):
        load(str(path))
    with pytest.raises(
        ConfigurationError, match=r"The declaration .*/gone.yaml cannot be read \(No such file or directory\)"
    ):
        load(str(tmp_path / "gone.yaml"))
    with pytest.raises(ConfigurationError, match="Is a directory"):
        load(str(tmp_path))


def test_a_file_a_text_and_json_are_the_same_connector(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD)
    as_json = json.dumps(
        {
            "name": "acme",
            "base_url": "https://api.acme.com",
            "tables": {
                "users": {"path": "/users", "columns": ["id long", "name", "updated_at timestamp"], "primary_key": "id"}
            },
        },
        indent="\t",
    )
    assert load(path) == load(str(path)) == load(f"file:{path}") == load(GOOD) == load(as_json)
    assert load(path).name == "acme"


def test_scalars_mean_what_they_look_like():
    text = GOOD + "    slices: {name: country, values: [no, on, 12:30, 010, 1e3, true, null, '5', 2026-01-01]}\n"
    (table,) = load(text).tables
    assert table.slices.dimensions[0].values == ("no", "on", "12:30", 10, 1000.0, True, None, "5", "2026-01-01")


def test_anchors_and_merges():
    text = (
        "name: acme\nbase_url: https://x\ntables:\n  a: &base {path: /a, columns: &cols [id long, name], primary_key: id}\n"
        "  b: {<<: *base, path: /b}\n  c: {path: /c, columns: *cols}\n"
    )
    a, b, c = load(text).tables
    assert a.columns == b.columns == c.columns
    assert (b.primary_key, b.fetch.call.path.text) == (("id",), "/b")


def test_the_connector_http_says_when_no_declaration_is_given():
    with pytest.raises(ConfigurationError, match=r"http: no declaration is given: write .option\(\"spec\", PATH\)"):
        connector("http").resolve({"tableName": "users"})
