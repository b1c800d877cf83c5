"""Owners, pipelines, properties, lists, forms, marketing emails and campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lakeflow_sources import EPOCH, Cursor, Read, Slice, Table, fields
from lakeflow_sources.http import Client, Request, Response, get, paginate, paging, post

from .objects import STANDARD, custom_kinds
from .paths import path

__all__ = ["TABLES"]

_NEXT = paging.token("paging.next.after", param="after")
_MEMBERS = 250  # of a page of list members
_LISTS = 500  # of a page of lists
_SECOND = timedelta(seconds=1)
_PIPED = ("deals", "tickets", "leads")


def _live_and_archived(read: Read, client: Client) -> list[Slice]:
    """The list shows either live or archived rows."""
    return [Slice({"archived": False}), Slice({"archived": True})]


def _page(resource: str, most: int, **params: str) -> Any:
    def request(read: Read, piece: Slice) -> Request:
        size = min(read.settings.integer("page_size") or most, most)
        return get(path(read.settings, resource), limit=size, archived=piece["archived"]).with_params(**params)

    return request


OWNERS = Table(
    name="owners",
    columns=fields(
        "id",
        "email",
        "type",
        "firstName",
        "lastName",
        "userId long",
        "userIdIncludingInactive long",
        "teams array<struct<id:string,name:string,primary:boolean>>",
        "createdAt timestamp",
        "updatedAt timestamp",
        "archived boolean",
    ),
    primary_key=("id",),
    slices=_live_and_archived,
    request=_page("owners", 100),
    records="results",
    paging=_NEXT,
    category="reference",
    description="Users that own records, deactivated ones included.",
)


def _types(read: Read, client: Client, default: tuple[str, ...]) -> list[Slice]:
    """One slice an object type: those of `object_types`, else the usual ones and the custom objects."""
    chosen = read.settings.names("object_types")
    custom = [] if chosen else custom_kinds(read.settings, client)
    names = [(name, name) for name in chosen or default] + [(kind.name, kind.api) for kind in custom]
    return [Slice({"object_type": name, "api": api}) for name, api in names]


def _piped(read: Read, client: Client) -> list[Slice]:
    return _types(read, client, _PIPED)


def _every(read: Read, client: Client) -> list[Slice]:
    return _types(read, client, tuple(kind.api for kind in STANDARD))


def _of_type(resource: str) -> Any:
    return lambda read, piece: get(path(read.settings, resource, piece["api"]))


PIPELINES = Table(
    name="pipelines",
    columns=fields(
        "@object_type",
        "id",
        "label",
        "displayOrder long",
        "archived boolean",
        "archivedAt timestamp",
        "createdAt timestamp",
        "updatedAt timestamp",
    ),
    primary_key=("object_type", "id"),
    slices=_piped,
    request=_of_type("pipelines"),
    records="results",
    ignored=("stages",),
    category="reference",
)


def _stages(read: Read, piece: Slice, pipeline: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stage in pipeline["stages"]:
        yield {**stage, "pipelineId": pipeline["id"]}


PIPELINE_STAGES = Table(
    name="pipeline_stages",
    columns=fields(
        "@object_type",
        "pipelineId",
        "id",
        "label",
        "displayOrder long",
        "metadata json",
        "writePermissions",
        "archived boolean",
        "archivedAt timestamp",
        "createdAt timestamp",
        "updatedAt timestamp",
    ),
    primary_key=("object_type", "pipeline_id", "id"),
    slices=_piped,
    request=_of_type("pipelines"),
    records="results",
    rows=_stages,
    category="reference",
)

PROPERTIES = Table(
    name="properties",
    columns=fields(
        "@object_type",
        "name",
        "label",
        "type",
        "fieldType",
        "groupName",
        "description",
        "options json",
        "displayOrder long",
        "calculated boolean",
        "calculationFormula",
        "externalOptions boolean",
        "hasUniqueValue boolean",
        "hidden boolean",
        "hubspotDefined boolean",
        "formField boolean",
        "referencedObjectType",
        "showCurrencySymbol boolean",
        "dataSensitivity",
        "modificationMetadata json",
        "createdUserId",
        "updatedUserId",
        "archived boolean",
        "archivedAt timestamp",
        "createdAt timestamp",
        "updatedAt timestamp",
    ),
    primary_key=("object_type", "name"),
    slices=_every,
    request=_of_type("properties"),
    records="results",
    category="reference",
)


def _next_lists(request: Request, response: Response) -> Request | None:
    answer = response.json()
    return request.with_json(offset=answer["offset"]) if answer.get("hasMore") else None


def _search_lists(read: Read, piece: Slice) -> Request:
    return post(path(read.settings, "lists", "search"), offset=0, count=_LISTS)


LISTS = Table(
    name="lists",
    columns=fields(
        "listId",
        "name",
        "objectTypeId",
        "processingType",
        "processingStatus",
        "listVersion long",
        "additionalProperties json",
        "createdById",
        "updatedById",
        "createdAt timestamp",
        "updatedAt timestamp",
        "filtersUpdatedAt timestamp",
        "deletedAt timestamp",
    ),
    primary_key=("list_id",),
    request=_search_lists,
    records="lists",
    paging=_next_lists,
    category="reference",
)


def _each_list(read: Read, client: Client) -> Iterator[Slice]:
    for response in paginate(client.send, _search_lists(read, Slice()), _next_lists):
        for one in response.json()["lists"]:
            yield Slice({"list_id": str(one["listId"])})


LIST_MEMBERSHIPS = Table(
    name="list_memberships",
    columns=fields("@list_id", "recordId", "membershipTimestamp timestamp"),
    primary_key=("list_id", "record_id"),
    slices=_each_list,
    request=lambda read, piece: get(path(read.settings, "lists", piece["list_id"], "memberships"), limit=_MEMBERS),
    records="results",
    paging=_NEXT,
    category="reference",
)

FORMS = Table(
    name="forms",
    columns=fields(
        "id",
        "name",
        "formType",
        "fieldGroups json",
        "configuration json",
        "displayOptions json",
        "legalConsentOptions json",
        "archived boolean",
        "archivedAt timestamp",
        "createdAt timestamp",
        "updatedAt timestamp",
    ),
    primary_key=("id",),
    slices=_live_and_archived,
    request=_page("forms", 50, formTypes="all"),
    records="results",
    paging=_NEXT,
    category="marketing",
)


def _emails(read: Read, piece: Slice) -> Request:
    """Bounds a second wider than asked, as it is not documented which belong; the cursor drops what is too much."""
    request: Request = _page("emails", 100, sort="updatedAt")(read, piece)
    if read.window is None:
        return request
    after, before = read.window.start - _SECOND, read.window.end + _SECOND
    return request.with_params(updatedAfter=max(EPOCH, after).isoformat(), updatedBefore=before.isoformat())


MARKETING_EMAILS = Table(
    name="marketing_emails",
    columns=fields(
        "id",
        "name",
        "subject",
        "state",
        "type",
        "subcategory",
        "language",
        "activeDomain",
        "campaign",
        "campaignName",
        "businessUnitId",
        "feedbackSurveyId",
        "folderId long",
        "isPublished boolean",
        "isTransactional boolean",
        "jitterSendTime boolean",
        "sendOnPublish boolean",
        "content json",
        "from json -> sender",
        "to json -> recipients",
        "rssData json",
        "subscriptionDetails json",
        "testing json",
        "webversion json",
        "stats json",
        "workflowNames array<string>",
        "createdById",
        "updatedById",
        "publishedById",
        "publishDate timestamp",
        "publishedAt timestamp",
        "createdAt timestamp",
        "updatedAt timestamp",
        "deletedAt timestamp",
        "archived boolean",
    ),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=240.0, client_side=True),
    ingestion="cdc",
    slices=lambda read, client: [replace(one, window=read.window) for one in _live_and_archived(read, client)],
    request=_emails,
    records="results",
    paging=_NEXT,
    category="marketing",
)

_CAMPAIGN = (
    "hs_name",
    "hs_campaign_status",
    "hs_start_date date",
    "hs_end_date date",
    "hs_notes",
    "hs_audience",
    "hs_goal",
    "hs_owner",
    "hs_color_hex",
    "hs_utm",
    "hs_currency_code",
    "hs_budget_items_sum_amount decimal(38,18)",
    "hs_spend_items_sum_amount decimal(38,18)",
)

CAMPAIGNS = Table(
    name="campaigns",
    columns=(
        *fields("id", "createdAt timestamp", "updatedAt timestamp", "businessUnits json"),
        *fields(*(f"properties.{line} -> {line.partition(' ')[0]}" for line in _CAMPAIGN)),
    ),
    primary_key=("id",),
    request=lambda read, piece: get(
        path(read.settings, "campaigns"), limit=100, properties=",".join(line.partition(" ")[0] for line in _CAMPAIGN)
    ),
    records="results",
    paging=_NEXT,
    category="marketing",
)

TABLES: tuple[Table, ...] = (
    OWNERS,
    PIPELINES,
    PIPELINE_STAGES,
    PROPERTIES,
    LISTS,
    LIST_MEMBERSHIPS,
    FORMS,
    MARKETING_EMAILS,
    CAMPAIGNS,
)
