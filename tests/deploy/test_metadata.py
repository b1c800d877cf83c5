from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.deploy.cells import prose
from lakeflow_sources.deploy.metadata import Expectation, TableSpec, read_metadata, write_metadata
from lakeflow_sources.errors import ConfigurationError


def written(folder: Path, text: str) -> Path:
    path = folder / "tables.csv"
    path.write_bytes(text.encode())
    return path


def failure(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_metadata(written(folder, text))
    return str(caught.value)


def test_two_columns_are_enough(tmp_path: Path) -> None:
    (spec,) = read_metadata(written(tmp_path, "source_table,pipeline_group\nSales Orders,crm\n"))
    assert spec == TableSpec("Sales Orders", "crm", destination_table="sales_orders", row=2)


def test_all_columns(tmp_path: Path) -> None:
    text = (
        "source_table,pipeline_group,destination_table,destination_catalog,destination_schema,schedule,table_options_json,weight,priority,category,"
        "ingestion_type,primary_keys,cursor_field,scd_type,cluster_by,comment,expectations\n"
        'contacts,crm,people,main,hub,*/5  * * * *,"{""page_size"": 50, ""archived"": true, ""ratio"": 1.50, ""text"": ""a,b""}",2.5,3,objects,'
        'CDC_with_deletes,"id, part",updatedAt,SCD_TYPE_2,"id,day","first\nsecond","{""a"": ""id > 0"", ""b"": {""condition"": ""x"", ""action"": ""drop""}}"\n'
    )
    (spec,) = read_metadata(written(tmp_path, text))
    assert spec == TableSpec(
        source_table="contacts",
        pipeline_group="crm",
        destination_table="people",
        destination_catalog="main",
        destination_schema="hub",
        schedule="*/5 * * * *",
        table_options={"page_size": "50", "archived": "true", "ratio": "1.50", "text": "a,b"},
        weight=2.5,
        priority=3,
        category="objects",
        ingestion_type="cdc_with_deletes",
        primary_keys=("id", "part"),
        cursor_field="updatedAt",
        scd_type=2,
        cluster_by=("id", "day"),
        comment="first\nsecond",
        expectations=(Expectation("a", "id > 0"), Expectation("b", "x", "drop")),
        row=2,
    )
    assert spec.destination == "main.hub.people"


def test_what_spreadsheets_write(tmp_path: Path) -> None:
    text = '\ufeffSource_Table , PIPELINE_GROUP,comment\r\n\r\ncontacts,crm,"one\r\ntwo"\r\n,,\r\n deals , crm \r\n'
    specs = read_metadata(written(tmp_path, text))
    assert [(spec.source_table, spec.pipeline_group, spec.row) for spec in specs] == [
        ("contacts", "crm", 3),
        ("deals", "crm", 5),
    ]
    assert specs[0].comment == "one\ntwo"


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = (
        "source_table,pipeline_group,schedule,table_options_json,weight,priority,ingestion_type,scd_type\n"
        "a,crm,61 * * * *,,,,,\n"
        ",crm,,,,,,\n"
        "b,crm,,{oops,heavy,x,cdcc,3\n"
    )
    message = failure(tmp_path, text)
    for part in (
        "tables.csv has 7 problems",
        "row 2, column schedule: the minute '61 *",
        "row 3, column source_table: the cell is empty: write a name.",
        "row 4, column table_options_json: the cell is not JSON",
        "row 4, column weight: 'heavy' is not a positive number",
        "row 4, column priority: 'x' is not a whole number",
        "row 4, column ingestion_type: 'cdcc' is not an ingestion type: write cdc.",
        "row 4, column scd_type: '3' is not an SCD type",
    ):
        assert part.split(" *")[0] in message
    assert message.count("\n") == 7


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("[1]", "JSON but not an object"),
        ('{"a": null}', "option a is neither a text nor a number nor a boolean"),
        ('{"a": [1]}', "option a is neither"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": 1, "a": 2}', "a name is there twice"),
        ('{"page_size": 1, "Page_Size": 2}', "in two spellings"),
        ('{"tableName": "x"}', "set by the notebook itself"),
        ('{"a b": "x"}', "cannot be the name of an option"),
        ('{"access_token": "hunter2hunter2"}', "named like a secret"),
        ('{"client_SECRET": "hunter2hunter2"}', "secret_mappings"),
        ("[" * 20_000, "not JSON"),
    ],
)
def test_table_options(tmp_path: Path, cell: str, expected: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    message = failure(tmp_path, f"source_table,pipeline_group,table_options_json\na,b,{quoted}\n")
    assert expected in message
    assert "row 2, column table_options_json" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("destination_table", "a.b", "cannot be a name in Unity Catalog"),
        ("destination_table", "x" * 256, "cannot be a name in Unity Catalog"),
        ("destination_schema", "../x", "cannot be a name in Unity Catalog"),
        ("destination_catalog", "main", "column destination_schema: the cell is empty beside a destination_catalog"),
        ("primary_keys", "id,id", "names a column twice"),
        ("cursor_field", "a\nb", "line break or a control character"),
        ("weight", "nan", "not a positive number"),
        ("weight", "0", "not a positive number"),
        ("weight", "1e999", "not a positive number"),
        ("expectations", '{"a": {"sql": "x"}}', "expectation 'a' is not understood"),
        ("expectations", '{"a": {"condition": "x", "action": "explode"}}', "expectation 'a' is not understood"),
        ("expectations", '{"a": ""}', "expectation 'a' is not understood"),
        ("expectations", '{"": "x"}', "expectation '' is not understood"),
        ("expectations", '{"a": true}', "expectation 'a' is not understood"),
    ],
)
def test_bad_cells(tmp_path: Path, column: str, cell: str, expected: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    assert expected in failure(tmp_path, f"source_table,pipeline_group,{column}\na,b,{quoted}\n")


@pytest.mark.parametrize("group", ["///", "日本", "'", "x" * 101])
def test_groups_that_no_file_can_be_named_after(tmp_path: Path, group: str) -> None:
    assert "row 2, column pipeline_group" in failure(tmp_path, f"source_table,pipeline_group\na,{group}\n")


def test_a_table_that_gives_no_name_needs_a_destination(tmp_path: Path) -> None:
    message = failure(tmp_path, "source_table,pipeline_group\n日本,crm\n")
    assert "row 2, column destination_table" in message
    (spec,) = read_metadata(written(tmp_path, "source_table,pipeline_group,destination_table\n日本,crm,japan\n"))
    assert spec.destination_table == "japan"


def test_one_table_twice_with_different_destinations(tmp_path: Path) -> None:
    text = 'source_table,pipeline_group,destination_table,table_options_json\nissues,g,a,"{""repo"": ""x""}"\nissues,g,b,"{""repo"": ""y""}"\n'
    specs = read_metadata(written(tmp_path, text))
    assert [(spec.destination_table, spec.table_options["repo"]) for spec in specs] == [("a", "x"), ("b", "y")]


def test_equal_destinations(tmp_path: Path) -> None:
    message = failure(tmp_path, "source_table,pipeline_group,destination_table\nissues,g,a\nmore,h,A\n")
    assert "row 3, column destination_table: A is the destination of row 2 too" in message
    text = "source_table,pipeline_group,destination_schema\nissues,g,s\nissues,g,t\n"
    assert len(read_metadata(written(tmp_path, text))) == 2


def test_a_skipped_table_takes_no_destination(tmp_path: Path) -> None:
    text = "source_table,pipeline_group,skip_reason\nissues,g,no right to read it\nissues,g,\n"
    assert [spec.skip_reason for spec in read_metadata(written(tmp_path, text))] == ["no right to read it", ""]


def test_groups_of_one_name(tmp_path: Path) -> None:
    message = failure(tmp_path, "source_table,pipeline_group\na,Sales EU\nb,sales-eu\nc,sales-eu\n")
    assert "column pipeline_group: 'Sales EU' and 'sales-eu' would both be named sales_eu" in message


def test_unknown_columns_warn(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="unknown column 'shedule' is ignored: write schedule"):
        read_metadata(written(tmp_path, "source_table,pipeline_group,shedule\na,b,c\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the column source_table is missing"),
        ("source_table\na\n", "the column pipeline_group is missing"),
        ("source_table;pipeline_group\na;b\n", "the column source_table is missing"),
        ("source_table,pipeline_group,source_table\na,b,c\n", "the column 'source_table' is there twice"),
        ("source_table,pipeline_group\n", "there is no table"),
        ("source_table,pipeline_group\na,b,c\n", "3 cells for 2 columns"),
        ('source_table,pipeline_group\n"a"x,b\n', "row 2 is not CSV"),
        ('source_table,pipeline_group\n"a,b\n', "row 2 is not CSV"),
        ("source_table,pipeline_group\na" + "x" * 200_000 + ",b\n", "row 2 is not CSV"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in failure(tmp_path, text)


def test_not_utf8_and_not_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_metadata(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_metadata(tmp_path)
    path.write_bytes("source_table,pipeline_group\né,x\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_metadata(path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_metadata(tmp_path / "x.csv", [TableSpec("a", "g", "a")])
    before = path.read_text()
    with pytest.raises(UnicodeEncodeError):
        write_metadata(path, [TableSpec("\ud800", "g", "a")])
    assert path.read_text() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_ éß'\"-]{0,12}[A-Za-z0-9]", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).map(prose)
OPTION_NAMES = st.sampled_from(["page_size", "columns", "repo", "base_url"])
RULES = st.builds(Expectation, TEXTS.filter(bool), TEXTS.filter(bool), st.sampled_from(["warn", "drop", "fail"]))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.lower))
    specs = tuple(
        data.draw(
            st.builds(
                TableSpec,
                source_table=WORDS,
                pipeline_group=st.sampled_from(["a", "Group B"]),
                destination_table=st.just(name),
                destination_schema=st.just("s"),
                schedule=st.sampled_from(["", "0 6 * * mon-fri"]),
                table_options=st.dictionaries(OPTION_NAMES, st.text(st.characters(exclude_categories=["Cs"]))),
                weight=st.floats(0.001, 1e30),
                priority=st.integers(-5, 10**20),
                category=WORDS,
                ingestion_type=st.sampled_from(["", "snapshot", "append", "cdc", "cdc_with_deletes"]),
                primary_keys=st.lists(NAMES, unique=True, max_size=3).map(tuple),
                cursor_field=WORDS,
                scd_type=st.sampled_from([None, 1, 2]),
                cluster_by=st.lists(NAMES, unique=True, max_size=3).map(tuple),
                comment=TEXTS,
                expectations=st.lists(RULES, max_size=3, unique_by=lambda rule: rule.name).map(tuple),
                skip_reason=TEXTS,
                row=st.just(row),
            )
        )
        for row, name in enumerate(names, start=2)
    )
    path = tmp_path_factory.mktemp("written") / "tables.csv"
    assert read_metadata(write_metadata(path, specs)) == specs
