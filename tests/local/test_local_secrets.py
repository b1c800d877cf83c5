import pickle
import re
import traceback

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.dbutils import Dbutils
from lakeflow_sources.local.secrets import SecretStore, find_secret, read_secrets, secret_values, secret_variable


@pytest.fixture
def write(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "secrets.toml"
        path.touch(mode)
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    return write


def test_a_secret_is_found_in_its_scope_then_outside_of_scopes_then_in_the_environment(write):
    file = write('shared = "s0"\n[Acme]\nToken = "s1"\n["odd.scope"]\n"odd key" = "s2"\n')
    store = read_secrets(file, {"LAKEFLOW_SECRET_ACME_TOKEN": "no", "LAKEFLOW_SECRET_OTHER_A_KEY": "s3", "HOME": "/"})
    assert find_secret(store, "acme", "TOKEN") == "s1"
    assert find_secret(store, "acme", "shared") == "s0"
    assert find_secret(store, "odd.scope", "odd key") == "s2"
    assert find_secret(store, "other", "a-key") == "s3"
    assert sorted(secret_values(store)) == ["no", "s0", "s1", "s2", "s3"]


def test_a_missing_secret_says_where_it_was_looked_for(write):
    file = write('[acme]\ntoken = "s1"\n')
    with pytest.raises(
        ConfigurationError,
        match=re.escape(
            f"not in {file} and the environment: write key under [acme] in {file}, or set LAKEFLOW_SECRET_ACME_KEY."
        ),
    ):
        find_secret(read_secrets(file, {}), "acme", "key")
    with pytest.raises(ConfigurationError, match="not in the environment: write key under"):
        find_secret(SecretStore(), "acme", "key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(write, mode):
    file = write('[acme]\ntoken = "s3cret"\n', mode)
    with pytest.raises(ConfigurationError, match=f"mode {mode:04o}.: run chmod 600 {re.escape(str(file))}"):
        read_secrets(file, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("token = s3cret\n", "is not TOML: write each line as"),
        ('[acme]\ntoken = 5\nother = ["s3cret"]\n', "not text: token, other: write each as"),
    ],
)
def test_bad_files_are_told_without_their_content(write, text, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_secrets(write(text), {})
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="No such file or directory"):
        read_secrets(tmp_path / "none.toml", {})


def test_variables_are_upper_case_with_underscores():
    assert secret_variable("my.scope", "client-secret") == "LAKEFLOW_SECRET_MY_SCOPE_CLIENT_SECRET"


def test_dbutils_reads_secrets_and_nothing_else(write):
    dbutils = Dbutils(read_secrets(write('[acme]\ntoken = "s3cret"\n'), {}))
    assert dbutils.secrets.get(scope="acme", key="token") == dbutils.secrets.get("acme", "token") == "s3cret"
    with pytest.raises(ConfigurationError, match="dbutils.widgets needs Databricks"):
        dbutils.widgets.get("x")
    with pytest.raises(ConfigurationError, match="dbutils.secrets.listScopes needs Databricks"):
        dbutils.secrets.listScopes()
    assert not hasattr(dbutils, "_repr_html_")
    with pytest.raises(ConfigurationError, match="cannot be sent to Spark workers"):
        pickle.dumps(dbutils)
    assert "s3cret" not in repr(dbutils) + repr(dbutils.secrets) + repr(
        read_secrets(None, {"LAKEFLOW_SECRET_A_B": "s3cret"})
    )
