"""Python source from the templates of `shim_templates`, in which values can be nothing but literals."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

import jinja2

import lakeflow_sources
from lakeflow_sources.errors import ConfigurationError

__all__ = ["Word", "literal", "render_python", "template_folder"]

_BLANK = "x"
_WORD = re.compile(r"[A-Za-z0-9_./@+=-]+")


class Word(str):
    """Text that stands in a template as it is: letters, digits and `_./@+=-` only."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if not _WORD.fullmatch(text):
            raise ConfigurationError(f"{text!r} cannot stand in a notebook as it is", "use letters, digits and _./@+=-")
        return super().__new__(cls, text)


class _Literal(str):
    """Source text of a Python literal."""

    __slots__ = ()


def literal(value: str | int | tuple[str, ...]) -> str:
    """*value* as the literal that Python reads back as it."""
    if isinstance(value, tuple):
        return _Literal(f"[{', '.join(literal(part) for part in value)}]")
    if isinstance(value, str):
        return _Literal(repr(str(value)))
    if isinstance(value, int):
        return _Literal(repr(value))
    raise TypeError(f"a template puts {value} into source code")  # showing an undefined value names it


def template_folder() -> Path:
    """Where the templates are: in the installed package, or beside it in a checkout."""
    package = Path(lakeflow_sources.__path__[0])
    inside = package / "shim_templates"
    return inside if inside.is_dir() else package.parent / "shim_templates"


def render_python(template: str, context: Mapping[str, Any]) -> str:
    """*template* filled from *context*; refuses a result whose code is not the template's alone.

    What the template alone may contain is found by filling it a second time with every text blanked:
    the two must be the same program but for the texts in their literals, and have the same comments.
    """
    source = _fill(template, context)
    expected = _fill(template, _blanked(context))
    try:
        same = _shape(source) == _shape(expected) and _comments(source) == _comments(expected)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise ConfigurationError(f"{template} did not become Python ({error})", "report this with its CSV") from error
    if not same:
        raise ConfigurationError(f"a value became code in {template}", "report this with its CSV")
    return source


def _fill(template: str, context: Mapping[str, Any]) -> str:
    return _environment(template_folder()).get_template(template).render(context)


@cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(  # noqa: S701 - Python, not HTML: `finalize` lets literals and words through, nothing else
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        finalize=_checked,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = literal
    return environment


def _checked(value: Any) -> Any:
    if isinstance(value, Word | _Literal):
        return value
    raise TypeError(f"a template puts a bare {type(value).__name__} into source code: use `| literal`")


def _blanked(value: Any) -> Any:
    """*value* with every text replaced, its structure and its words kept."""
    if isinstance(value, Word):
        return value
    if isinstance(value, str):
        return value and _BLANK
    if isinstance(value, tuple):
        return tuple(_blanked(part) for part in value)
    if isinstance(value, dict):
        return {name: _blanked(part) for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _blanked(getattr(value, field.name)) for field in fields(value)})
    return value


def _shape(source: str) -> str:
    """The program without the texts of its literals."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = _BLANK
    return ast.dump(tree)


def _comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
