"""What no reader can be faster than: the calls alone, and the calls with parsing. Run by the project's own Python."""

from __future__ import annotations

import http.client
import json
import sys
from urllib.parse import urlsplit

import orjson
import requests
import urllib3
from turns import take_turns

LIST = "/crm/objects/2026-03/contacts"


def pages(question):
    """Addresses of the pages; those who discard do not look for the next one."""
    names = ",".join(question["properties"])
    for after in range(0, question["rows"], 100):
        place = f"&after={after + 100}" if after else ""
        yield f"{LIST}?limit=100&properties={names}{place}"


def discard_by_http_client(question):
    connection = http.client.HTTPConnection(urlsplit(question["url"]).netloc)
    for target in pages(question):
        connection.request("GET", target)
        connection.getresponse().read()
    connection.close()
    return question["rows"]


def discard_by_requests(question):
    with requests.Session() as session:
        for target in pages(question):
            _ = session.get(question["url"] + target).content
    return question["rows"]


def parse_by_requests(question):
    rows = 0
    with requests.Session() as session:
        for target in pages(question):
            rows += len(json.loads(session.get(question["url"] + target).content)["results"])
    return rows


def parse_by_urllib3(question):
    pool = urllib3.connection_from_url(question["url"])
    return sum(len(orjson.loads(pool.request("GET", target).data)["results"]) for target in pages(question))


if __name__ == "__main__":
    ways = {
        "discard_by_http_client": discard_by_http_client,
        "discard_by_requests": discard_by_requests,
        "parse_by_requests": parse_by_requests,
        "parse_by_urllib3": parse_by_urllib3,
    }
    take_turns(ways[sys.argv[1]])
