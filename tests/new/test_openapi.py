"""`lakeflow-sources new --from-openapi`: what a document says becomes tables, what it does not say becomes notes."""

from pathlib import Path

import pytest

from lakeflow_sources import ConfigurationError, Option
from lakeflow_sources.declaration import load
from lakeflow_sources.new import draft_of, project_files
from tests.new.folders import command, environment, made, run_tests

DOCUMENTS = Path(__file__).with_name("documents")


@pytest.fixture(scope="module")
def library():
    return draft_of("library", DOCUMENTS / "library.yaml")


@pytest.fixture(scope="module")
def garage():
    return draft_of("garage", DOCUMENTS / "garage.json")


def table(draft, name):
    return next(one for one in draft.tables if one.name == name)


def columns(draft, name):
    return {one.name: one.type for one in table(draft, name).columns}


def test_lists_become_tables_and_single_records_do_not(library, garage):
    assert [one.name for one in library.tables] == ["books", "readers", "copies", "events"]
    assert [one.name for one in garage.tables] == ["cars", "visits"]


def test_where_records_are(library, garage):
    assert [one.at for one in library.tables] == ["data", "", "copies", "result.events"]
    assert [one.at for one in garage.tables] == ["cars", "items"]


def test_columns_and_their_types(library):
    assert columns(library, "books") == {
        "id": "long",
        "title": "string",
        "price": "double",
        "lent": "boolean",
        "tags": "array<string>",
        "author": "json",
        "published_on": "date",
        "updated_at": "timestamp",
    }
    assert columns(library, "copies") == {"book_id": "long", "id": "long", "state": "string", "shelf_mark": "string"}
    assert columns(library, "events")["seats"] == "long"


def test_paging(library, garage):
    assert [dict(one.paging) for one in (*library.tables, *garage.tables)] == [
        {"type": "token", "field": "paging.next_cursor", "param": "cursor", "size_param": "limit", "size": 50},
        {"type": "link_header", "size": 100},
        {"type": "page", "param": "page", "first": 0, "size_param": "per_page", "size": 100},
        {"type": "offset", "param": "offset", "size_param": "limit", "size": 200},
        {"type": "keyset", "key": "id", "param": "starting_after", "size_param": "limit", "size": 100},
        {"type": "next_url", "field": "_links.next.href", "size": 100},
    ]


def test_increments_keys_and_parents(library, garage):
    books = table(library, "books")
    assert (books.cursor.field, books.cursor.start_param, books.cursor.end_param) == (
        "updated_at",
        "updated_since",
        "updated_before",
    )
    assert (books.ingestion, books.primary_key) == ("cdc", ("id",))
    copies = table(library, "copies")
    assert (copies.parent.table, copies.parent.name, copies.parent.path) == ("books", "book_id", "id")
    assert copies.primary_key == ("book_id", "id")
    assert table(garage, "visits").parent.name == "cars_id"
    assert table(garage, "visits").primary_key == ("cars_id", "code")


def test_sign_in_and_address(library, garage):
    assert library.base_url == "https://oslo.library.example/v2"
    assert dict(library.auth) == {"type": "client_credentials", "token_url": "https://id.library.example/oauth/token"}
    assert garage.base_url == "https://garage.example/api"
    assert dict(garage.auth) == {"type": "api_key", "header": "X-Garage-Key"}


def test_what_calls_cannot_do_without(library, garage):
    events = table(library, "events")
    assert events.path == "/branches/{{ options.branch }}/events"
    assert dict(events.params) == {"token": "{{ options.mark }}", "kind": "reading"}
    assert set(library.options) == {"branch", "mark"}
    assert dict(table(garage, "cars").params) == {"expand": "owner"}


def test_what_the_document_does_not_say_stands_in_the_draft(library):
    text = project_files(library, "yaml")["lakeflow_library/library.yaml"]
    assert "# The member 'odd name' cannot be written as a path: it is no column." in text
    assert "# How many records a page has at most is not known: 100 is a guess." in text
    assert "# No primary key could be seen: name the columns of one." in text
    assert "# The address has values of an account: city." in text
    assert "# updated_since is taken to mean updated_at, with the start of a window in it" in text
    assert "# modified tells of changes, but no parameter asks by it" in text


def test_texts_of_a_document_stay_texts(library):
    made_of = load(project_files(library, "yaml")["lakeflow_library/library.yaml"])
    assert made_of.title == "Library: books & loans"
    assert made_of.tables[0].description == 'Books of the library, "all" of them: {{ not a template }}'
    assert Option("branch", "branch in the path of calls.") in made_of.options


@pytest.mark.parametrize(
    ("document", "style"),
    [
        ("library.yaml", "yaml"),
        ("garage.json", "python"),
        pytest.param("library.yaml", "python", marks=pytest.mark.proof),
        pytest.param("garage.json", "yaml", marks=pytest.mark.proof),
    ],
)
def test_a_draft_passes_its_tests_untouched(tmp_path, document, style):
    ran = run_tests(made(tmp_path, document.partition(".")[0], style, DOCUMENTS / document))
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert "skipped" not in ran.stdout


def test_the_command_tells_how_much_is_to_be_looked_at(tmp_path):
    words = ("new", "library", "--from-openapi", DOCUMENTS / "library.yaml", "--output-dir", tmp_path)
    done = command(*words, env=environment())
    assert done.returncode == 0, done.stderr
    assert "4 tables, and a test that passes" in done.stdout
    assert "notes in the draft say what its document does not" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("a: [", "line 1 is not YAML"),
        ("name: acme", "is no OpenAPI document: give one with `openapi: 3...` or `swagger: '2.0'` at its top."),
        ("openapi: 3.0.0\npaths: {}", "documents no GET that answers with a list of objects: start without --from-openapi."),
        ("openapi: 3.0.0\npaths: {/a: {get: {responses: {200: {$ref: '#/nowhere'}}}}}", "documents no GET that answers"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_document_is_one_sentence_and_writes_nothing(tmp_path, text, said):
    path = tmp_path / "document"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        draft_of("acme", path)
    assert said in str(raised.value)
    with pytest.raises(ConfigurationError, match=r"cannot be read .No such file"):
        draft_of("acme", tmp_path / "gone")


def test_a_schema_that_holds_itself_has_an_end(tmp_path):
    path = tmp_path / "document"
    path.write_text(
        "openapi: 3.0.0\n"
        "paths: {/trees: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Trees'}}}}}}}}\n"
        "components: {schemas: {Trees: {type: array, items: {$ref: '#/components/schemas/Tree'}},\n"
        "  Tree: {type: object, properties: {id: {type: integer}, children: {$ref: '#/components/schemas/Trees'}}},\n"
        "  Ring: {$ref: '#/components/schemas/Ring'}}}\n"
    )
    assert columns(draft_of("acme", path), "trees") == {"id": "long", "children": "json"}
