"""Sign-in by user name, password and security token, through the login call of the SOAP API."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from lakeflow_sources import Secret, SignInError
from lakeflow_sources.http import Fault, Request, Response, Token, by_status

__all__ = ["SoapLogin"]

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
    '<n1:login xmlns:n1="urn:partner.soap.sforce.com">'
    "<n1:username>{}</n1:username><n1:password>{}</n1:password></n1:login></env:Body></env:Envelope>"
)
_PARTNER = "{urn:partner.soap.sforce.com}"
_ERROR = "{urn:fault.partner.soap.sforce.com}"
_HEADERS = (("Content-Type", "text/xml; charset=UTF-8"), ("SOAPAction", "login"), ("Accept", "text/xml"))
_REMEDIES = {
    "INVALID_LOGIN": "check username, password and security_token, and the login history of the user; "
    "sandboxes sign in at login_url=https://test.salesforce.com",
    "UNSUPPORTED_API_VERSION": "this org has no SOAP login any more: use client_id with client_secret or a private key",
    "LOGIN_MUST_USE_SECURITY_TOKEN": "give the user's security_token, which Salesforce mails when it is reset",
    "API_DISABLED_FOR_ORG": "let an administrator enable the API for the user's profile",
    "PASSWORD_LOCKOUT": "let an administrator unlock the user",
}


@dataclass(frozen=True)
class SoapLogin:
    """A session of a user; it answers with the host of the org's data."""

    url: str
    username: str
    password: Secret
    security_token: Secret
    renewable_in_tasks: ClassVar[bool] = True

    def sign_in(self, send: Callable[[Request], Response]) -> Token:
        """A new session."""
        secret = self.password.reveal() + self.security_token.reveal()
        body = _ENVELOPE.format(escape(self.username), escape(secret)).encode()
        answer = send(Request("POST", self.url, headers=_HEADERS, body=body, signed=False))
        result = _parsed(answer)
        if result is None or not result.findtext(f".//{_PARTNER}sessionId"):
            raise SignInError("The SOAP login answered without a session", "check login_url")
        if result.findtext(f".//{_PARTNER}passwordExpired") == "true":
            raise SignInError(f"The password of {self.username} has expired", "set a new one in Salesforce")
        server = _address(result.findtext(f".//{_PARTNER}serverUrl") or self.url)
        seconds = result.findtext(f".//{_PARTNER}sessionSecondsValid") or ""
        now = time.time()
        return Token(
            Secret(result.findtext(f".//{_PARTNER}sessionId") or ""),
            now + float(seconds) if seconds.isdecimal() else None,
            {"instance_url": f"{server.scheme}://{server.netloc}"},
            now,
        )

    def apply(self, request: Request, token: Token) -> Request:
        """*request* with the session."""
        return request.with_headers(Authorization=f"Bearer {token.access.reveal()}")

    @staticmethod
    def faults(response: Response) -> Fault | None:
        """A refusal comes with status 500, and must not be repeated: that locks the user out."""
        found = _parsed(response)
        code = None if found is None else found.findtext(f".//{_ERROR}exceptionCode") or found.findtext(".//faultcode")
        if found is None or not code:
            return by_status(response)
        message = found.findtext(f".//{_ERROR}exceptionMessage") or found.findtext(".//faultstring") or ""
        return Fault("sign_in", message, code, remedy=_REMEDIES.get(code, ""))


def _address(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SignInError("The SOAP login names no server for the session", "check login_url") from None


def _parsed(response: Response) -> ET.Element | None:
    """The answer as XML; `None` for what is none, and for entities, by which a few bytes can grow without end."""
    try:
        text = response.body.decode("utf-8")
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            return None
        return ET.fromstring(text)  # noqa: S314 (no declaration of entities came this far)
    except (UnicodeDecodeError, ET.ParseError):
        return None
