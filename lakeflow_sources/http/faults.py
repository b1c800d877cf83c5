"""What is wrong with an answer, and the error that tells the user."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import orjson

from lakeflow_sources.errors import (
    AccessError,
    LakeflowError,
    QuotaError,
    SignInError,
    TransientError,
    VendorError,
)
from lakeflow_sources.http.response import Response

__all__ = ["Fault", "Faults", "MissingError", "by_status", "error_of", "fault_of", "retry_after", "sign_in_faults"]

Kind = Literal["retry", "sign_in", "access", "quota", "missing", "fatal"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a vendor said is wrong, and what follows from it.

    | kind    | the client                                          | the user sees  |
    |---------|-----------------------------------------------------|----------------|
    | retry   | repeats the call, after *wait_seconds* if given     | TransientError |
    | sign_in | renews the token once, where it can be              | SignInError    |
    | access  | gives up                                            | AccessError    |
    | quota   | gives up: it will not come back in time             | QuotaError     |
    | missing | gives up; a table may declare that this is no error | MissingError   |
    | fatal   | gives up                                            | VendorError    |
    """

    kind: Kind
    message: str
    code: str = ""
    correlation: str = ""
    wait_seconds: float | None = None
    remedy: str = ""


Faults = Callable[[Response], "Fault | None"]


class MissingError(AccessError):
    """The vendor does not know the address, or hides it from these credentials."""


_RETRIED = frozenset({408, 425, 429})
_SERVER = range(500, 600)
_FINE = range(200, 300)
_NOT_MODIFIED = 304
_KINDS: Mapping[int, Kind] = {401: "sign_in", 403: "access", 404: "missing", 410: "missing"}
_REMEDIES: Mapping[Kind, str] = {
    "retry": "run again later; if it stays, ask the vendor with the correlation id, or look at its status page",
    "sign_in": "check the credential options: they may be expired, revoked, or belong to another account or host",
    "access": "give the user or app behind the credentials the right to read this",
    "quota": "read again when the vendor's quota has come back, ask for less, or buy a larger one",
    "missing": "check base_url and the name, and that the credentials may see it",
    "fatal": "check the options of this table",
}
_ERRORS: Mapping[Kind, type[LakeflowError]] = {
    "retry": TransientError,
    "sign_in": SignInError,
    "access": AccessError,
    "quota": QuotaError,
    "missing": MissingError,
    "fatal": VendorError,
}
_MESSAGES = ("message", "Message", "error_description", "description", "detail", "title", "error_summary")
_LISTS = ("errors", "Errors", "details")
_CODES = ("code", "errorCode", "error_code", "category", "errorType", "policyName", "error")
_CORRELATIONS = ("correlationId", "correlation_id", "requestId", "request_id", "traceId", "trace_id")
_TRACED = (
    "x-request-id",
    "x-github-request-id",
    "x-hubspot-correlation-id",
    "x-correlation-id",
    "x-zendesk-request-id",
)
_LONGEST = 300
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_BUSY = re.compile(r"too many requests|rate.?limit|slow_down|temporarily_unavailable", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def fault_of(faults: Faults, response: Response) -> Fault | None:
    """What *faults* finds; by the status alone where the body has a shape that the vendor does not document."""
    try:
        return faults(response)
    except (LakeflowError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        return by_status(response) or Fault("retry", "its body has a shape that the vendor does not document")


def by_status(response: Response) -> Fault | None:
    """The usual meaning of a status, with the message from the usual places of a body; `None` for success."""
    status = response.status
    if status in _FINE or status == _NOT_MODIFIED:
        return None
    message, code = said(response)
    correlation = _correlation(response)
    if status in _RETRIED or status in _SERVER:
        return Fault("retry", message, code, correlation, retry_after(response))
    return Fault(_KINDS.get(status, "fatal"), message, code, correlation)


def sign_in_faults(response: Response) -> Fault | None:
    """The same for token endpoints, some of which say `error` with status 200."""
    fault = by_status(response)
    body = _body(response)
    if fault is None and isinstance(body, dict) and body.get("error"):
        message, code = said(response)
        fault = Fault("sign_in", message, code, _correlation(response))
    if fault is None or fault.kind == "retry":
        return fault
    if _BUSY.search(f"{fault.code} {fault.message}"):
        return Fault("retry", fault.message, fault.code, fault.correlation, retry_after(response))
    return Fault("sign_in", fault.message, fault.code, fault.correlation)


def error_of(fault: Fault, cause: str) -> LakeflowError:
    """The error of *fault* for a call that *cause* tells about."""
    return _ERRORS[fault.kind](cause, fault.remedy or _REMEDIES[fault.kind])


def retry_after(response: Response) -> float | None:
    """Seconds to wait as the vendor asks: a number, or a date after now."""
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    with contextlib.suppress(ValueError):
        seconds = float(text)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        until = parsedate_to_datetime(text)
        now = _date(response.headers.get("date")) or datetime.now(UTC)  # the vendor's clock, where it shows it
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    return None


def said(response: Response) -> tuple[str, str]:
    """Message and code of the vendor; a short description of the body where it says nothing."""
    body = _body(response)
    if body is None:
        return _plain(response), ""
    first = body[0] if isinstance(body, list) and body else body
    return _clip(_message(first)), _clip(_code(first))


def _message(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    parts = [value[name] for name in _MESSAGES if isinstance(value.get(name), str)][:1]
    if not parts and value.get("error"):
        parts = [_message(value["error"])]
    for name in _LISTS:
        listed = value.get(name)
        if isinstance(listed, list) and listed:
            parts.append("; ".join(filter(None, (_message(one) for one in listed[:3]))))
    return ": ".join(dict.fromkeys(part for part in parts if part))


def _code(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    named = (value.get(name) for name in _CODES)
    found = next((str(code) for code in named if isinstance(code, str | int) and code not in ("", "error")), "")
    nested = value.get("error")
    return found or (_code(nested) if isinstance(nested, dict) else "")


def _correlation(response: Response) -> str:
    body = _body(response)
    named = [body.get(name) for name in _CORRELATIONS] if isinstance(body, dict) else []
    named += [response.headers.get(name) for name in _TRACED]
    return next((_clip(str(one)) for one in named if one), "")


def _plain(response: Response) -> str:
    text = response.body[:4096].decode("utf-8", "replace")
    if not text.strip():
        return "an empty answer"
    if _MARKUP.search(text):
        title = _TITLE.search(text)
        return f"a web page titled {_clip(title[1])!r}" if title else "a web page"
    return _clip(text)


def _body(response: Response) -> Any:
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None


def _clip(text: str) -> str:
    text = _SPACES.sub(" ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
