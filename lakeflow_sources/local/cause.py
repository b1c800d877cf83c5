"""The one sentence that matters in what Spark says about a failure."""

from __future__ import annotations

import re

from lakeflow_sources.errors import LakeflowError

__all__ = ["cause_of", "cause_of_text"]

_END = (
    r"(?=\s*SQLSTATE: |\n=== Streaming Query|\n\s*\n|\nDuring handling|\nThe above exception"
    r"|\nDriver stacktrace|\n\tat |\s*\Z)"
)
_RAISED = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: ?(?P<message>.*?))?" + _END, re.MULTILINE | re.DOTALL)
_TRACEBACK = "Traceback (most recent call last):"
_OURS = "lakeflow_sources.errors."
_WRAPPINGS = re.compile(
    r"^.*?terminated with exception: |^\s*An exception was thrown.*?stack trace below\.\s*", re.DOTALL
)
_LONGEST = 600


def cause_of(error: BaseException) -> str:
    """One sentence for *error*."""
    if isinstance(error, LakeflowError):
        return str(error)
    text = str(error).strip()
    found = cause_of_text(text) if text else ""
    plain = type(error).__module__.split(".")[0] not in {"pyspark", "py4j", "grpc"}
    return f"{type(error).__name__}: {found}" if plain and found else found or f"{type(error).__name__}."


def cause_of_text(text: str) -> str:
    """One sentence for *text*: the last exception of a Python traceback in it, else its first line."""
    raised = _raised(text)
    if raised is None:
        line, _, _ = _WRAPPINGS.sub("", text.strip(), count=1).strip().partition("\n")
        return _sentence(line.partition(" SQLSTATE: ")[0])
    kind, message = raised
    if kind.startswith(_OURS):
        return _sentence(message)
    return _sentence(f"{kind.rpartition('.')[2]}: {message}" if message else kind)


def _raised(text: str) -> tuple[str, str] | None:
    """Kind and message of the exception that a traceback in *text* ends with; one of ours before any other."""
    _, traceback, rest = text.partition(_TRACEBACK)
    if not traceback:
        return None
    found = [
        (match["kind"], match["message"] or "") for match in _RAISED.finditer(rest) if match["kind"] != "Traceback"
    ]
    ours = [raised for raised in found if raised[0].startswith(_OURS)]
    named = [raised for raised in found if re.search(r"(Error|Exception|Exit|Interrupt|Warning)$", raised[0])]
    return next(iter((ours or named or found)[-1:]), None)


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return line if line.endswith((".", "…", "!", "?")) else f"{line}."
