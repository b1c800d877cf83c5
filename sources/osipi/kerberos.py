"""Signing with the Kerberos ticket of the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from lakeflow_sources import ConfigurationError, Secret, SignInError
from lakeflow_sources.http import Request, Response, Token

__all__ = ["Kerberos"]


@dataclass(frozen=True)
class Kerberos:
    """Every call carries a ticket for the host of *base_url*; there is nothing to send beforehand."""

    base_url: str
    renewable_in_tasks: ClassVar[bool] = True

    def sign_in(self, send: Callable[[Request], Response]) -> Token:
        """Nothing secret: the ticket lies in the credential cache. The library has to be there, though."""
        _library()
        return Token(Secret(""))

    def apply(self, request: Request, token: Token) -> Request:
        """*request* with a ticket, given before the server asks for it."""
        library = _library()
        host = urlsplit(self.base_url).hostname
        signer = library.HTTPKerberosAuth(mutual_authentication=library.DISABLED, force_preemptive=True)
        try:
            header = signer.generate_request_header(None, host, is_preemptive=True)
        except library.exceptions.KerberosExchangeError as error:
            raise SignInError(
                f"osipi: there is no Kerberos ticket for {host} ({error})", "run kinit, or sign in with a key table"
            ) from None
        return request.with_headers(Authorization=str(header))


def _library() -> Any:
    try:
        import requests_kerberos
    except ImportError:
        raise ConfigurationError(
            "osipi: kerberos=true needs the package requests-kerberos, which is not installed",
            'run pip install "lakeflow-sources[kerberos]", or sign in with username and password',
        ) from None
    return requests_kerberos
