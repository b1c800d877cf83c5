"""The low-code CDK of Airbyte: a declarative manifest, read to record messages, which are counted."""

from __future__ import annotations

import logging

from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from turns import take_turns

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}, "properties": {"type": "object"}}}
CATALOG = ConfiguredAirbyteCatalog(
    [
        ConfiguredAirbyteStream(
            stream=AirbyteStream(name="contacts", json_schema=SCHEMA, supported_sync_modes=[SyncMode.full_refresh]),
            sync_mode=SyncMode.full_refresh,
            destination_sync_mode=DestinationSyncMode.overwrite,
        )
    ]
)


def manifest(question):
    paginator = {
        "type": "DefaultPaginator",
        "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "after"},
        "pagination_strategy": {
            "type": "CursorPagination",
            "cursor_value": "{{ response.get('paging', {}).get('next', {}).get('after', '') }}",
            "stop_condition": "{{ 'paging' not in response }}",
        },
    }
    stream = {
        "type": "DeclarativeStream",
        "name": "contacts",
        "primary_key": "id",
        "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {
                "type": "HttpRequester",
                "url_base": question["url"],
                "path": "/crm/objects/2026-03/contacts",
                "http_method": "GET",
                "request_parameters": {"limit": "100", "properties": ",".join(question["properties"])},
            },
            "record_selector": {
                "type": "RecordSelector",
                "extractor": {"type": "DpathExtractor", "field_path": ["results"]},
            },
            "paginator": paginator,
        },
    }
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["contacts"]},
        "streams": [stream],
    }


def read(question):
    source = ConcurrentDeclarativeSource(
        catalog=CATALOG, config={"start": "now"}, state=[], source_config=manifest(question)
    )
    messages = source.read(logging.getLogger("airbyte"), {"start": "now"}, CATALOG, [])
    return sum(message.type == Type.RECORD for message in messages)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    take_turns(read)
