"""Every error that users of the package meet.

    LakeflowError
    ├── ConfigurationError   an option, a CSV cell, a preset or a declaration is wrong
    ├── SignInError          the vendor refused the credentials, or the token endpoint failed
    ├── AccessError          signed in, but this table needs a right (scope, permission, product)
    ├── QuotaError           a quota is spent and will not come back within the deadline
    ├── TransientError       still failing after every retry
    ├── DataError            an answer that the declared columns cannot hold
    └── VendorError          an answer that the vendor's own rules forbid (endless pages, wrong host, not JSON)

A message is one sentence: what was asked, what came, what to change.
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "ConfigurationError",
    "DataError",
    "LakeflowError",
    "QuotaError",
    "SignInError",
    "TransientError",
    "VendorError",
]


class LakeflowError(Exception):
    """Base of all errors of this package; *cause* and *remedy* make one sentence."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = cause.strip().rstrip(".")
        self.remedy = remedy.strip().rstrip(".")
        super().__init__(f"{self.cause}: {self.remedy}." if self.remedy else f"{self.cause}.")

    def __reduce__(self) -> tuple[type[LakeflowError], tuple[str, str]]:
        return type(self), (self.cause, self.remedy)

    def at(self, place: str) -> LakeflowError:
        """The same error with the table and slice where it happened in front."""
        return type(self)(f"{place}: {self.cause}", self.remedy)


class ConfigurationError(LakeflowError):
    """What the user wrote is wrong; raised before any request where that can be known."""


class SignInError(LakeflowError):
    """The vendor does not accept the credentials."""


class AccessError(LakeflowError):
    """Signed in, but not allowed to read this."""


class QuotaError(LakeflowError):
    """The vendor's quota is spent for longer than the read may wait."""


class TransientError(LakeflowError):
    """A call that may be repeated failed every time until the deadline."""


class DataError(LakeflowError):
    """A value that its declared type cannot hold, or a field that drift rules refuse."""


class VendorError(LakeflowError):
    """The vendor's answer breaks the rules that the connector relies on."""
