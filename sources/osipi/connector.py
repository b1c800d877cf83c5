"""The connector OSI PI as a value."""

from __future__ import annotations

from lakeflow_sources import Connector, Option, Settings, Table
from lakeflow_sources.http import Auth, Basic, Bearer, ClientCredentials, Rate, get

from . import assets, definitions, evaluated, frames, latest, points
from .faults import faults
from .history import RECORDED
from .kerberos import Kerberos
from .paths import path, token_url

__all__ = ["CONNECTOR"]


def _auth(settings: Settings) -> Auth:
    names = settings.credentials
    if "access_token" in names:
        return Bearer(settings.secret("access_token"))
    if "password" in names:
        return Basic(settings.text("username"), settings.secret("password"))
    if "kerberos" in names:
        return Kerberos(settings.text("base_url"))
    return ClientCredentials(
        token_url(settings),
        settings.text("client_id"),
        settings.secret("client_secret"),
        scope=settings.get("scope") or "all-apis",
        style="basic",
    )


def _headers(settings: Settings) -> dict[str, str]:
    """What the defence against forged calls wants to see on a POST."""
    del settings
    return {"X-Requested-With": "XMLHttpRequest"}


_TABLES: tuple[Table, ...] = (
    *points.TABLES,
    RECORDED,
    *evaluated.TABLES,
    *latest.TABLES,
    *assets.TABLES,
    *frames.TABLES,
    *definitions.TABLES,
)
_CREDENTIAL_OPTIONS = (
    Option("base_url", "Host of PI Web API, with or without /piwebapi.", aliases=("pi_base_url",)),
    Option("workspace_host", "Databricks workspace whose service principal signs in."),
    Option("client_id", "Service principal, or OpenID client."),
    Option("client_secret", "Its secret.", secret=True),
    Option("scope", "What the token is asked for.", "all-apis"),
    Option("username", "User for basic authentication, DOMAIN\\user included."),
    Option("password", "That user's password.", secret=True),
    Option("access_token", "Token that somebody made.", secret=True),
    Option("kerberos", "`true` signs with the Kerberos ticket of the process.", choices=("true",)),
)
_READ_OPTIONS = (
    Option("data_server", "Data servers by name, as a comma list; all without it."),
    Option(
        "points",
        "Points by name, `*` and `?` allowed; several with semicolons. All without it.",
        aliases=("nameFilter", "tags"),
    ),
    Option("webids", "Points or attributes by WebID, as a list.", aliases=("tag_webids",)),
    Option("paths", "Points, attributes or elements by path; an element stands for all attributes below it."),
    Option("database", "Asset databases by name; for values, attributes are read in place of points."),
    Option("element_template", "Attributes of elements of this template."),
    Option("attribute_name", "Attributes by name, `*` and `?` allowed."),
    Option("max_points", "Most points or streams; without it there is no limit.", kind="integer"),
    Option("time", "ISO 8601 instant of current_values and recorded_at_time; now without it."),
    Option("interval", "Time between interpolated values, such as 10m.", "1h"),
    Option("plot_intervals", "Intervals a day of plot_values, with up to five values each.", "24", kind="integer"),
    Option("summary_types", "Summaries as a comma list.", "Average,Minimum,Maximum,Count"),
    Option("summary_duration", "Span of one summary, such as 1h.", "1h"),
    Option(
        "calculation_basis",
        "What summaries weight by.",
        "TimeWeighted",
        choices=("timeweighted", "eventweighted"),
    ),
)

CONNECTOR = Connector(
    name="osipi",
    title="OSI PI (PI Web API)",
    base_url="https://localhost",
    auth=_auth,
    tables=_TABLES,
    options=(*_CREDENTIAL_OPTIONS, *_READ_OPTIONS),
    credentials=(
        ("base_url", "workspace_host", "client_id", "client_secret"),
        ("base_url", "username", "password"),
        ("base_url", "access_token"),
        ("base_url", "kerberos"),
    ),
    rates={"default": Rate(1000, 1.0)},
    headers=_headers,
    faults=faults,
    check=lambda settings: get(path(settings, "system", "userinfo")),
    aliases={
        "pi_dataservers": "data_servers",
        "pi_points": "points",
        "pi_point_type_catalog": "points",
        "pi_point_attributes": "point_attributes",
        "pi_timeseries": "recorded_values",
        "pi_streamset_recorded": "recorded_values",
        "pi_interpolated": "interpolated_values",
        "pi_streamset_interpolated": "interpolated_values",
        "pi_plot": "plot_values",
        "pi_streamset_plot": "plot_values",
        "pi_summary": "summary_values",
        "pi_streamset_summary": "summary_values",
        "pi_current_value": "current_values",
        "pi_value_at_time": "current_values",
        "pi_recorded_at_time": "recorded_at_time",
        "pi_streamset_end": "end_values",
        "pi_end": "end_values",
        "pi_assetservers": "asset_servers",
        "pi_assetdatabases": "asset_databases",
        "pi_af_hierarchy": "elements",
        "pi_elements": "elements",
        "pi_element_attributes": "attributes",
        "pi_attributes": "attributes",
        "pi_attribute_templates": "attribute_templates",
        "pi_element_template_attributes": "attribute_templates",
        "pi_eventframe_template_attributes": "attribute_templates",
        "pi_element_templates": "element_templates",
        "pi_eventframe_templates": "element_templates",
        "pi_event_frames": "event_frames",
        "pi_eventframe_acknowledgements": "event_frames",
        "pi_eventframe_attributes": "event_frame_attributes",
        "pi_eventframe_annotations": "event_frame_annotations",
        "pi_eventframe_referenced_elements": "event_frame_elements",
        "pi_analyses": "analyses",
        "pi_analysis_templates": "analysis_templates",
        "pi_enumeration_sets": "enumeration_sets",
        "pi_enumeration_values": "enumeration_values",
        "pi_categories": "categories",
        "pi_units_of_measure": "units",
        "pi_af_tables": "af_tables",
        "pi_af_table_rows": "af_table_rows",
    },
)
