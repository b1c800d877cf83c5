"""The ways in: SOAP login, and the token endpoint with four grants."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from aiohttp import web

from lakeflow_sources.testing.answers import form_of, json_answer
from lakeflow_sources.testing.grants import GrantRefused, grant
from lakeflow_sources.testing.tokens import Issued, credential
from lakeflow_sources.testing.vendor import Route, Setup, authorization

__all__ = ["Doors"]

_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GRANTS = ("client_credentials", "password", "refresh_token")
_PARTNER = "{urn:partner.soap.sforce.com}"
_NEWEST_LOGIN = 64
_LATEST = 180
_USER, _ORG = "005R0000000GiwjIAC", "00DR00000000001EAA"
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")


class Doors:
    """Who may sign in, and the handlers by which they do."""

    def __init__(self, setup: Setup) -> None:
        tokens = setup.tokens
        self.tokens = tokens
        self.expired_password = False
        self.logins = 0
        self._host = setup.text("instance_url")
        self._serial = itertools.count(1)
        self.username = setup.text("username") or "integration@example.com"
        self.password = setup.text("password") or tokens.make("pass") + "<&'"
        self.security_token = setup.text("security_token") or tokens.make("security")
        self.access = tokens.add_static(setup.text("access_token") or tokens.make("static"))
        self.refresh = tokens.add_refresh(setup.text("refresh_token") or tokens.make("refresh"))
        self.client_id = setup.text("client_id") or "mock-client"
        self.client_secret = setup.text("client_secret") or tokens.make("client")
        tokens.clients[self.client_id] = self.client_secret
        tokens.add_user(self.username, self.password + self.security_token)
        self._key = _new_key()

    def sign_ins(self, url: str) -> Mapping[str, Mapping[str, str]]:
        """The ways in as Spark options."""
        app = {"instance_url": url, "client_id": self.client_id}
        user = {"username": self.username, "password": self.password}
        return {
            "access_token": {"instance_url": url, "access_token": self.access},
            "password": {"login_url": url, **user, "security_token": self.security_token},
            "client_credentials": {**app, "client_secret": self.client_secret},
            "oauth_password": {
                **app,
                **user,
                "client_secret": self.client_secret,
                "security_token": self.security_token,
            },
            "refresh_token": {**app, "client_secret": self.client_secret, "refresh_token": self.refresh},
            "jwt": {**app, "username": self.username, "private_key_secret": _pem(self._key)},
        }

    def routes(self) -> list[Route]:
        """Open to those who are not signed in yet."""
        return [
            Route("POST", "/services/oauth2/token", self.token, "token", signed=False),
            Route("POST", "/services/Soap/u/{version}", self.login, "token", signed=False),
        ]

    async def token(self, request: web.Request) -> web.Response:
        """The token endpoint; it does not tell how long a token lives."""
        form = await form_of(request)
        try:
            issued = self._grant(form, request)
        except GrantRefused as refused:
            status = 401 if refused.error == "invalid_client" else 400
            return json_answer({"error": refused.error, "error_description": refused.description}, status)
        answer: dict[str, Any] = {
            "access_token": issued.access_token,
            "instance_url": self._instance(request),
            "id": f"{self._instance(request)}/id/{_ORG}/{_USER}",
            "token_type": "Bearer",
            "issued_at": str(self.tokens.clock.now()),
            "signature": "c2lnbmF0dXJl",
        }
        if self.tokens.rotates and issued.refresh_token:
            answer["refresh_token"] = issued.refresh_token
        return json_answer(answer)

    def _grant(self, form: Mapping[str, str], request: web.Request) -> Issued:
        if form.get("grant_type") == _JWT:
            self._check_statement(form.get("assertion", ""))
            return self.tokens.issue()
        return grant(self.tokens, form, credential(form, authorization(request)), _GRANTS)

    def _check_statement(self, statement: str) -> None:
        head, _, signature = statement.rpartition(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in head.split("."))
        except (ValueError, binascii.Error):
            raise GrantRefused("invalid_grant", "invalid assertion") from None
        now = self.tokens.clock.now() / 1000
        if header.get("alg") != "RS256" or not _signed(self._key, head, signature):
            raise GrantRefused("invalid_grant", "invalid signature")
        if claims.get("iss") != self.client_id:
            raise GrantRefused("invalid_client_id", "client identifier invalid")
        if claims.get("sub") != self.username:
            raise GrantRefused("invalid_grant", "user hasn't approved this consumer")
        if claims.get("aud") not in _AUDIENCES:
            raise GrantRefused("invalid_grant", "audience is invalid")
        if not now < float(claims.get("exp", 0)) <= now + _LATEST + 5:
            raise GrantRefused("invalid_grant", "expired authorization code")

    async def login(self, request: web.Request) -> web.Response:
        """The partner login, up to API version 64."""
        self.logins += 1
        version = request.match_info["version"].partition(".")[0]
        if not version.isdecimal() or int(version) > _NEWEST_LOGIN:
            return _fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        try:
            body = ET.fromstring(await request.text())  # noqa: S314 - a loopback mock reads its own client
        except ET.ParseError:
            return _fault("soapenv:Client", "Content is not XML")
        name = body.findtext(f".//{_PARTNER}username", "")
        if not self.tokens.is_user(name, body.findtext(f".//{_PARTNER}password", "")):
            self.tokens.refused += 1
            return _fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.")
        issued = self.tokens.issue()
        text = _LOGGED_IN.format(
            url=escape(self._instance(request)),
            version=request.match_info["version"],
            session=escape(issued.access_token),
            expired=str(self.expired_password).lower(),
            seconds=max(1, round(issued.expires_in)),
            user=_USER,
            org=_ORG,
        )
        return web.Response(text=text, content_type="text/xml", charset="UTF-8")

    def _instance(self, request: web.Request) -> str:
        """Another name than that of the login host: data calls must go to the instance."""
        return self._host or f"http://127.0.0.1:{request.host.rpartition(':')[2]}"


_LOGGED_IN = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com"><soapenv:Body><loginResponse><result>'
    "<metadataServerUrl>{url}/services/Soap/m/{version}/{org}</metadataServerUrl>"
    "<passwordExpired>{expired}</passwordExpired><sandbox>false</sandbox>"
    "<serverUrl>{url}/services/Soap/u/{version}/{org}</serverUrl><sessionId>{session}</sessionId>"
    "<userId>{user}</userId><userInfo><organizationId>{org}</organizationId>"
    "<sessionSecondsValid>{seconds}</sessionSecondsValid></userInfo>"
    "</result></loginResponse></soapenv:Body></soapenv:Envelope>"
)


def _fault(code: str, message: str) -> web.Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{code}: {message}</faultstring>"
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault></detail>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return web.Response(text=text, status=500, content_type="text/xml", charset="UTF-8")


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: Any) -> str:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PrivateFormat.PKCS8
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return pem.decode()


def _signed(key: Any, head: str, signature: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    try:
        key.public_key().verify(_decoded(signature), head.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
