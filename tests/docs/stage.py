"""Where the examples of the pages run: a folder, the vendors on loopback, their credentials where users keep theirs."""

import json
import shutil
from contextlib import ExitStack
from functools import cached_property

from lakeflow_sources.testing import fake_api, mock_server
from lakeflow_sources.testing.workspace import loopback_workspace
from tests.declaration.shop import SECRET, Shop
from tests.docs.blocks import ROOT

RECORDS = {
    "hubspot": {"contacts": 60, "deals": 20, "companies": 10, "tickets": 10},
    "zendesk": {"tickets": 20, "users": 10},
}
VENDORS = ("hubspot", "zendesk", "zoho_crm", "salesforce", "github", "osipi")
ELSEWHERE = {"zoho_crm": "accounts_url", "salesforce": "login_url"}  # options that name another host of the vendor

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Acme", "version": "1"},
    "servers": [{"url": "https://api.acme.example/v1"}],
    "paths": {
        "/orders": {
            "get": {
                "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "A page",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {"id": {"type": "integer"}, "state": {"type": "string"}},
                                    },
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}


class Stage:
    """Closed as a context manager."""

    def __init__(self, home):
        self.home = home
        self._stack = ExitStack()
        for preset in ROOT.glob("sources/*/deployment"):
            shutil.copytree(preset, home / preset.relative_to(ROOT))
        shutil.copy(ROOT / "sources" / "http" / "samples" / "shop.yaml", home / "shop.yaml")
        (home / "openapi.json").write_text(json.dumps(OPENAPI), "utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._stack.close()

    @cached_property
    def mocks(self):
        start = self._stack.enter_context
        return {name: start(mock_server(name, records=RECORDS.get(name), seed=7)) for name in VENDORS}

    @cached_property
    def shop(self):
        shop = Shop()
        self._stack.callback(shop.service.close)
        return shop

    @cached_property
    def library(self):
        return self._stack.enter_context(fake_api.from_samples(self.home / "library").start())

    @cached_property
    def workspace(self):
        return self._stack.enter_context(loopback_workspace())

    def secret(self, scope, key):
        """What a secret of that name holds on a real workspace."""
        if scope == "library":
            return self.library.options[key]
        if scope == "shop":
            return {"client_id": "me", "client_secret": SECRET}[key]
        mock = self.mocks[scope]
        return {name: value for way in mock.ways for name, value in mock.sign_in(way).items()}[key]

    def hosts(self, format_name):
        """Options that put the mock in the vendor's place."""
        if format_name == "http":
            return {"base_url": f"{self.shop.service.url}/v1"}
        if format_name not in self.mocks:
            return {}
        url = self.mocks[format_name].url
        other = {ELSEWHERE[format_name]: url} if format_name in ELSEWHERE else {}
        return {"base_url": url, "requests_per_second": "1000", **other}

    def local(self, text):
        """*text* with the addresses of this machine in place of those of the pages."""
        places = {
            "http://127.0.0.1:8080": lambda: self.library.url,
            "https://acme.my.salesforce.com": lambda: self.mocks["salesforce"].url,
            "https://pi.plant.example/piwebapi": lambda: self.mocks["osipi"].url,
            "/Volumes/main/apis/files/": lambda: f"{self.home}/",
        }
        for shown, here in places.items():
            if shown in text:
                text = text.replace(shown, here())
        return text

    @cached_property
    def environment(self):
        """Credentials of commands, and the files that examples name."""
        found = dict(self.workspace.environment)
        for name, mock in self.mocks.items():
            options = {**mock.options, "requests_per_second": "1000"}
            found |= {f"LAKEFLOW_{name.upper()}_{key.upper()}": value for key, value in options.items()}
        shop = {**self.shop.options, "client_secret": SECRET}
        found |= {f"LAKEFLOW_SHOP_{key.upper()}": value for key, value in shop.items()}
        found["LAKEFLOW_HUBSPOT_SEARCH_REQUESTS_PER_SECOND"] = "1000"
        self._private("secrets.toml", {name: mock.options for name, mock in self.mocks.items()})
        self._private("scopes.toml", {name: mock.options for name, mock in self.mocks.items()})
        return found

    def _private(self, name, tables):
        path = self.home / name
        path.touch(0o600)
        lines = [
            f"[{name}]\n" + "".join(f"{k} = {v!r}\n" for k, v in values.items()) for name, values in tables.items()
        ]
        path.write_text("\n".join(lines))
