"""What answers of an API mean: the rules of a declaration, then the status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.decode import dig
from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.faults import Fault, by_status, retry_after
from lakeflow_sources.http.faults import Kind as FaultKind
from lakeflow_sources.http.response import Response

__all__ = ["Rules", "make_rules"]

_ERROR = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer that fits all that is set: status, and what stands at *field* of its body."""

    kind: FaultKind
    statuses: tuple[str, ...] = ()
    field: str = ""
    equals: tuple[Any, ...] = ()
    contains: str = ""
    message: str = ""
    wait_field: str = ""
    remedy: str = ""

    def fits(self, response: Response, body: Any) -> bool:
        """Whether the rule is about this answer."""
        if self.statuses and not any(_same_status(one, response.status) for one in self.statuses):
            return False
        if not self.field:
            return True
        value = dig(body, self.field)
        if self.equals and not any(value == one or str(value) == str(one) for one in self.equals):
            return False
        if self.contains:
            return self.contains.lower() in str(value or "").lower()
        return bool(self.equals) or value not in (None, "", False, [], {})

    def fault(self, response: Response, body: Any) -> Fault:
        """What the rule says of an answer that it fits."""
        usual = by_status(response)
        said = dig(body, self.message) if self.message else None
        message = str(said) if said else usual.message if usual else str(dig(body, self.field) or "the API says so")
        wait = dig(body, self.wait_field) if self.wait_field else None
        seconds = float(wait) if isinstance(wait, int | float) and wait >= 0 else retry_after(response)
        code, trace = (usual.code, usual.correlation) if usual else ("", "")
        return Fault(self.kind, message, code, trace, seconds, self.remedy)


@dataclass(frozen=True, slots=True)
class Rules:
    """A connector's `faults`."""

    rules: tuple[Rule, ...]

    def __call__(self, response: Response) -> Fault | None:
        if response.status < _ERROR and all(one.statuses and not _fine(one) for one in self.rules):
            return by_status(response)
        body = _body(response)
        for rule in self.rules:
            if rule.fits(response, body):
                return rule.fault(response, body)
        return by_status(response)


def make_rules(given: Sequence[Mapping[str, Any]]) -> Rules:
    """The rules of checked keys."""
    return Rules(
        tuple(
            Rule(
                one["kind"],
                tuple(str(status) for status in _many(one.get("status", []))),
                one.get("field", ""),
                tuple(_many(one.get("equals", []))),
                one.get("contains", ""),
                one.get("message", ""),
                one.get("wait_field", ""),
                one.get("remedy", ""),
            )
            for one in given
        )
    )


def _fine(rule: Rule) -> bool:
    """Whether a rule looks at answers whose status is success."""
    return any(status.startswith(("1", "2", "3")) for status in rule.statuses)


def _same_status(pattern: str, status: int) -> bool:
    return all(want in ("x", "X", have) for want, have in zip(pattern, str(status), strict=False))


def _body(response: Response) -> Any:
    """The body, which an answer parses once; a page needs it too."""
    try:
        return response.json()
    except VendorError:  # not JSON: nothing to compare
        return None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
