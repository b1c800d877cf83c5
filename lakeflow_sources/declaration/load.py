"""A declaration to a connector: read, checked as a whole, made of the same values as the built-in ones."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

from lakeflow_sources.declaration.connector import Maker
from lakeflow_sources.declaration.document import Document, parse
from lakeflow_sources.declaration.keys import DECLARATION
from lakeflow_sources.declaration.problems import Problems
from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import ConfigurationError

__all__ = ["UnseenError", "load"]

_MOST_BYTES = 4 << 20
_INLINE = "the declaration"
_VOLUMES = "/Volumes/"


class UnseenError(ConfigurationError):
    """The declaration is not where this machine can see it: what follows from it is not known here."""


def load(source: str | Path | Traversable) -> Connector:
    """The connector that *source* declares: a path, a file of a package, or the YAML or JSON text itself.

    Raises `ConfigurationError` that names all that is wrong, each with its line.
    """
    document = _read(source)
    problems = Problems(document.lines)
    DECLARATION.check(document.value, (), problems)
    if not isinstance(document.value, dict):
        problems.refuse(document.name)
    connector = Maker(document.value, problems).connector()
    problems.refuse(document.name)
    return connector


def _read(source: str | Path | Traversable) -> Document:
    if not isinstance(source, str | Path):  # a file of a package that need not lie on a disk
        return parse(source.read_text("utf-8"), source.name)
    text = str(source)
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return parse(source, _INLINE)
    path = Path(text.removeprefix("dbfs:").removeprefix("file:"))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigurationError(f"{path} is too large to be a declaration", "give the path of a YAML or JSON file")
        return parse(path.read_text("utf-8-sig"), str(path))
    except OSError as error:
        kind = UnseenError if str(path).startswith(_VOLUMES) else ConfigurationError
        raise kind(
            f"The declaration {path} cannot be read ({error.strerror or error})",
            "give the path of a YAML or JSON file that the driver sees, such as one in a volume, or its text",
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is no UTF-8 text", "save it as UTF-8") from None
