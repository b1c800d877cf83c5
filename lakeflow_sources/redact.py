"""Keep secret values out of every text that leaves the process."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

__all__ = ["SECRET_NAME", "Redactor", "Secret"]

SECRET_NAME = re.compile(r"secret|password|token|access[.]?key", re.IGNORECASE)
"""The names that Spark redacts; every secret option of a connector must match it."""

_MASK = "***"
_SHORTEST = 4  # masking shorter values would blank out ordinary words
# A word behind "token" is a credential when it has a digit or is longer than words are.
_HEADER = re.compile(r"(?i)\b(bearer|basic|token)\s+(?=\S*\d|\S{20})[A-Za-z0-9._~+/=-]{8,}")
_PARAMETER = re.compile(r"(?i)([?&\s](?:[\w.-]*(?:secret|password|token|key|signature)[\w.-]*)=)[^&\s\"']+")


class Secret:
    """A text that shows itself only to `reveal`; what is printed, logged or formatted is a mask."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one line that puts it on the wire."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __getstate__(self) -> str:
        return self._value

    def __setstate__(self, value: str) -> None:
        self._value = value


class Redactor:
    """Callable that masks the secrets it knows, in the forms in which they travel."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask *secret* from now on: as it is, URL-encoded, in base64, and each long line of a key file."""
        for text in {secret, *secret.splitlines()}:
            if len(text.strip()) >= _SHORTEST:
                self._forms |= {text, quote(text, safe=""), quote_plus(text), _base64(text), text.strip()}

    def __call__(self, text: str) -> str:
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, _MASK)
        text = _HEADER.sub(lambda match: f"{match[1]} {_MASK}", text)
        return _PARAMETER.sub(lambda match: match[1] + _MASK, text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
