"""The connector Salesforce as a value."""

from __future__ import annotations

from lakeflow_sources import Connector, Option, Settings
from lakeflow_sources.http import Request, get

from .calls import quota
from .faults import faults
from .hosts import data_host, data_path
from .objects import STATIC, tables
from .sign_in import CREDENTIALS, auth

__all__ = ["CONNECTOR"]

_CREDENTIAL_OPTIONS = (
    Option("username", "User that reads."),
    Option("password", "That user's password.", secret=True),
    Option("security_token", "What Salesforce mails the user for sign-in from other networks.", secret=True),
    Option("login_url", "Sign-in host: https://test.salesforce.com for sandboxes, or the org's own."),
    Option("instance_url", "The org's own host, https://DOMAIN.my.salesforce.com."),
    Option("client_id", "Consumer key of an external client app or connected app."),
    Option("client_secret", "Consumer secret of the app.", secret=True),
    Option("refresh_token", "OAuth refresh token of a user.", secret=True),
    Option("private_key_secret", "Private key (PEM) whose certificate the app has, for JWT.", secret=True),
    Option("access_token", "Session or access token that is good now.", secret=True),
    Option(
        "rotating_refresh",
        "`true` where the app gives another refresh token with each use: only the driver signs in then.",
        "false",
        kind="boolean",
    ),
)
_READ_OPTIONS = (
    Option("api_version", "Version of the data API.", "64.0"),
    Option("api", "By the number of rows, or always one of both.", "auto", choices=("auto", "rest", "bulk")),
    Option(
        "bulk_above",
        "Rows above which the Bulk API is used; without it 2,000, or fewer where rows are so wide that a job takes "
        "fewer calls than their pages.",
        kind="integer",
    ),
    Option("job_rows", "Rows that a bulk job of their own is worth.", "100000", kind="integer"),
    Option("job_timeout_seconds", "Longest wait for one bulk job.", "14400", kind="number"),
    Option(
        "deletes",
        "Deletes of an increment: recycle bin and delete log, recycle bin alone, or none.",
        "all",
        choices=("all", "recycle_bin", "none"),
    ),
    Option("multipicklist", "Choices as one text with semicolons, or as arrays.", "text", choices=("text", "array")),
    Option(
        "formula_refresh_hours",
        "Every so many hours a stream reads the whole table again, as formulas change without a trace.",
        kind="number",
    ),
)


def _check(settings: Settings) -> Request:
    return get(data_path(settings, "limits"))


CONNECTOR = Connector(
    name="salesforce",
    title="Salesforce",
    base_url=data_host,
    base_fact="instance_url",
    auth=auth,
    tables=tables,
    static_tables=STATIC,
    options=(*_CREDENTIAL_OPTIONS, *_READ_OPTIONS),
    credentials=CREDENTIALS,
    faults=faults,
    preview={"api": "rest"},
    quota=quota,
    check=_check,
)
