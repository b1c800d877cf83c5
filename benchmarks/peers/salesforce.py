"""simple-salesforce's bulk query, its CSV read by `csv.DictReader` as its users do; nothing is typed."""

from __future__ import annotations

import csv
import io

from simple_salesforce import Salesforce
from turns import take_turns

PAGE = 100_000


def read(question):
    sf = Salesforce(instance_url=question["url"], session_id=question["token"], version="64.0")
    sf.bulk2_url = f"{question['url']}/services/data/v64.0/jobs/"  # it knows no plain HTTP
    pages = sf.bulk2.Load__c.query(question["query"], max_records=PAGE, wait=0.1)
    return sum(sum(1 for _ in csv.DictReader(io.StringIO(page, newline=""))) for page in pages)


if __name__ == "__main__":
    take_turns(read)
