"""Values in the texts of a declaration: `{{ options.region }}`, in Jinja2's sandbox with a small vocabulary.

options   what users set                         {{ options.region }}
slice     the part of a table that is read       {{ slice.owner }}
window    the increment that is read             {{ window.start }}  {{ window.end | time('%Y-%m-%d') }}
filters   default int join lower replace time trim upper urlencode
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from lakeflow_sources.declaration.clock_text import Moment
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.process import shared

__all__ = ["FILTERS", "Scope", "Template", "Trouble", "read_template"]

Scope = Mapping[str, Mapping[str, Any]]
"""`options`, `slice` and `window` with their members."""
Trouble = tuple[str, str]
"""Cause and remedy."""
FILTERS = ("default", "int", "join", "lower", "replace", "time", "trim", "upper", "urlencode")
_EXPRESSIONS = ("Name", "Getattr", "Const", "Filter", "CondExpr", "Test", "Compare", "Operand", "And", "Or", "Not")
_NODES = frozenset({"Template", "Output", "TemplateData", "Concat", *_EXPRESSIONS})
_UP = frozenset({"", ".", ".."})  # parts of a path that would lead to another one


@dataclass(frozen=True, slots=True)
class Template:
    """A checked text; *names* are what it shows, *needs* those of them without a `default`.

    *whole*: it is one expression and nothing else, so that its value need not be a text.
    """

    text: str
    names: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    whole: bool = False

    def render(self, scope: Scope) -> str | None:
        """The text; `None` when it names something that is not set."""
        return self._filled(scope, path=False) if "{{" in self.text else self.text

    def path(self, scope: Scope) -> str | None:
        """The text with its values quoted for the path of an address."""
        return self._filled(scope, path=True) if "{{" in self.text else self.text

    def value(self, scope: Scope) -> Any:
        """As `render`, but a number stays a number where the whole text is one expression."""
        if not self.whole:
            return self.render(scope)
        from jinja2 import StrictUndefined, TemplateError

        expression = self.text.strip()[2:-2].strip().strip("-")
        try:
            found = _environment(path=False).compile_expression(expression, undefined_to_none=False)(**_spaces(scope))
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            raise self._trouble(error) from None
        if isinstance(found, StrictUndefined):
            return None
        return found.plain() if isinstance(found, Moment) else found

    def _filled(self, scope: Scope, *, path: bool) -> str | None:
        from jinja2 import TemplateError, UndefinedError

        compiled = shared("declaration templates", dict)
        key = (self.text, path)
        try:
            if key not in compiled:
                compiled[key] = _environment(path=path).from_string(self.text)
            return str(compiled[key].render(**_spaces(scope)))
        except UndefinedError:
            return None
        except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
            raise self._trouble(error) from None

    def _trouble(self, error: Exception) -> ConfigurationError:
        if isinstance(error, _PathError):
            return ConfigurationError(
                f"A value in the path {self.text!r} is empty, a dot or two", "set the option, or correct the slices"
            )
        kind = type(error).__name__  # never its text, which may show a value
        return ConfigurationError(f"The template {self.text!r} cannot be filled ({kind})", "correct it")


class _PathError(ValueError):
    """A value that would make another path."""


def read_template(text: str) -> tuple[Template, list[Trouble]]:
    """The template of *text*, and what is wrong with it."""
    from jinja2 import TemplateSyntaxError, nodes

    if "{%" in text or "{#" in text:
        return Template(text), [("it holds a statement or a comment of Jinja", "write {{ a if b else c }}")]
    if "{{" not in text:
        return Template(text), []
    try:
        tree = _environment(path=False).parse(text)
    except TemplateSyntaxError as error:
        return Template(text), [(f"it is no template ({error.message})", "write one such as '{{ options.region }}'")]
    except RecursionError:
        return Template(text), [("its brackets are nested too deeply", "write one such as '{{ options.region }}'")]
    troubles = list(_troubles(tree))
    names = [
        f"{node.node.name}.{node.attr}" for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name)
    ]
    excused = {id(inner) for node in tree.find_all(nodes.Filter) if node.name == "default" for inner in _below(node)}
    excused |= {id(inner) for node in tree.find_all((nodes.CondExpr, nodes.Test)) for inner in _below(node)}
    needs = [
        f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and id(node) not in excused
    ]
    inside = [part for output in tree.find_all(nodes.Output) for part in output.nodes]
    whole = len(inside) == 1 and not isinstance(inside[0], nodes.TemplateData)
    whole = whole and text.strip().startswith("{{") and text.strip().endswith("}}")
    return Template(text, tuple(dict.fromkeys(names)), tuple(dict.fromkeys(needs)), whole), troubles


def _below(node: Any) -> Iterator[Any]:
    for inner in node.iter_child_nodes():
        yield inner
        yield from _below(inner)


def _troubles(tree: Any) -> Iterator[Trouble]:
    from jinja2 import nodes

    for node in (tree, *_below(tree)):
        kind = type(node).__name__
        if kind not in _NODES:
            yield (
                f"{kind.lower()} is no part of templates here",
                "keep to options.NAME, slice.NAME, window.start and filters",
            )
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield f"there is no filter {node.name}", f"write one of {', '.join(FILTERS)}"
        elif isinstance(node, nodes.Test) and node.name != "defined":
            yield f"there is no test {node.name}", "write `is defined`"
        elif isinstance(node, nodes.Getattr) and not isinstance(node.node, nodes.Name):
            yield f"{node.attr} is asked of a value", "write options.NAME, slice.NAME, window.start or window.end"
    asked = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    for node in tree.find_all(nodes.Name):
        if id(node) not in asked:
            yield f"{node.name} alone has no value", "write options.NAME, slice.NAME, window.start or window.end"


def _spaces(scope: Scope) -> dict[str, SimpleNamespace]:
    """As objects: members of a mapping called `items` or `values` would be its methods."""
    return {name: SimpleNamespace(**members) for name, members in scope.items()}


def _environment(*, path: bool) -> Any:
    return shared(f"declaration environment {path}", partial(_made, _quoted if path else _shown))


def _made(finalize: Callable[[Any], str]) -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=finalize)
    made.globals.clear()
    made.tests = {"defined": made.tests["defined"]}
    made.filters = {name: made.filters[name] for name in FILTERS if name in made.filters} | {"time": _time}
    return made


def _shown(value: Any) -> str:
    """As JSON and addresses write it."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _quoted(value: Any) -> str:
    text = _shown(value)
    if text in _UP:
        raise _PathError(text)
    return quote(text, safe="")


def _time(value: Any, form: str) -> str:
    """A time of the window in another form: a pattern of strftime, or one of the words that cursors know."""
    if not isinstance(value, Moment):
        raise TypeError("time is a filter for window.start and window.end")
    return str(value.written(form))
