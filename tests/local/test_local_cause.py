"""Long stories of Spark in one sentence; the texts are what Spark 4.3 said."""

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.cause import cause_of, cause_of_text

SOURCE_FAILED = """\
[PYTHON_DATA_SOURCE_ERROR] Failed to create Python data source instance: Traceback (most recent call last):
  File "nb/a.py", line 12, in schema
lakeflow_sources.errors.ConfigurationError: option 'x' is wrong: write y.
 SQLSTATE: 38000"""
STREAM_FAILED = """\
[STREAM_FAILED] Query [id = 746b, runId = 2a0f] terminated with exception: [PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):
  File "nb/a.py", line 31, in read
    raise ValueError("row 5 is\\nbroken")
ValueError: row 5 is
broken
 SQLSTATE: 38000 SQLSTATE: XXKST
=== Streaming Query ===
Identifier: spark_catalog.bronze.app [id = 746b, runId = 2a0f]
Current Committed Offsets: {org.apache.spark.Thing: {"n": 3}}

Logical Plan:
~WriteToMicroBatchDataSourceV1 `spark_catalog`.`bronze`.`app`

[PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):
  File "nb/a.py", line 31, in read
    raise ValueError("row 5 is\\nbroken")
ValueError: row 5 is
broken
 SQLSTATE: 38000"""
CHAINED = """\
[PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):
  File "/x/http/transport.py", line 3, in send
requests.exceptions.ConnectionError: refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/x/read.py", line 9, in pages
lakeflow_sources.errors.TransientError: contacts: 127.0.0.1:1 does not answer: start it.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/x/pyspark/worker.py", line 1, in main
RuntimeError: worker failed
 SQLSTATE: 38000"""
MISSING_TABLE = """\
[TABLE_OR_VIEW_NOT_FOUND] The table or view `bronze`.`nothere` cannot be found. Verify the spelling.
Search path: [`system`.`builtin`].
To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS. SQLSTATE: 42P01;
'UnresolvedRelation [spark_catalog, bronze, nothere], [], false
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SOURCE_FAILED, "option 'x' is wrong: write y."),
        (STREAM_FAILED, "ValueError: row 5 is broken."),
        (CHAINED, "contacts: 127.0.0.1:1 does not answer: start it."),
        (
            MISSING_TABLE,
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `bronze`.`nothere` cannot be found. Verify the spelling.",
        ),
        ("[USER_RAISED_EXCEPTION] too big SQLSTATE: P0001", "[USER_RAISED_EXCEPTION] too big."),
        ("Traceback (most recent call last):\n  File \"x\", line 1\nKeyError: 'id'", "KeyError: 'id'."),
        ('Traceback (most recent call last):\n  File "x", line 1\nStopAsyncIteration\n', "StopAsyncIteration."),
        ("Traceback (most recent call last):", "Traceback (most recent call last):."),
        ("", "."),
    ],
)
def test_cause_of_text(text, sentence):
    assert cause_of_text(text) == sentence


def test_long_texts_are_cut_between_words():
    sentence = cause_of_text("word " * 1000)
    assert len(sentence) < 620
    assert sentence.endswith("word …")


def test_our_errors_are_told_as_they_are_and_others_by_kind():
    assert cause_of(ConfigurationError("cause", "remedy")) == "cause: remedy."
    assert cause_of(KeyError("id")) == "KeyError: 'id'."
    assert cause_of(ValueError()) == "ValueError."
