"""The reference of quantities: every result of a run, from the table that all commands read."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from coreshell_model.base.tables import markdown_table, unit_of
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import BY_BEGINNING, QUANTITIES, Quantity
from site_pages.places import equation_place

_CITED = re.compile(r"\((\d{1,2})\)")
HEAD = ("quantity", "of", "meaning", "equation")


def quantities_page() -> str:
    """Markdown of the page."""
    printed = [each for each in QUANTITIES if each.printed]
    apart = [each for each in QUANTITIES if not each.printed]
    in_tests = [_of_protocol(name, scope) for name, scope in OF_PROTOCOL.items()]
    by_name = [(f"`{name.strip()} ...`", scope, "", "") for name, scope in BY_BEGINNING.items()]
    return "\n".join(
        [
            "# Quantities",
            "",
            "Names as all commands print, sweep, fit and draw them, with units in brackets: `mA.h.g-1` is",
            "mAh per gram of active carbon (core + shell). This page is made from the table in",
            "`coreshell_model/observe/quantities.py`, which all commands read.",
            "",
            "## Of every run",
            "",
            *markdown_table(HEAD, map(_row, printed)),
            "",
            "## Of sweeps, fits and designs that ask for them",
            "",
            *markdown_table(HEAD, map(_row, apart)),
            "",
            "## Of some protocols",
            "",
            *markdown_table(HEAD, in_tests),
            "",
            "## Named after a rate or a cycle",
            "",
            *markdown_table(HEAD, by_name),
            "",
        ]
    )


def _row(quantity: Quantity) -> tuple[str, str, str, str]:
    return _written(quantity.name, quantity.scope, definition(quantity.of))


def _of_protocol(name: str, scope: str) -> tuple[str, str, str, str]:
    same = [each for each in QUANTITIES if each.name == name]
    return _written(name, scope, definition(same[0].of) if same else "")


def _written(name: str, scope: str, text: str) -> tuple[str, str, str, str]:
    numbers = sorted({int(number) for number in _CITED.findall(text)})
    links = [f'<a href="../{place}">({n})</a>' for n in numbers if (place := equation_place(n))]
    meaning = " ".join(text.split("\n\n")[0].split())
    meaning = "" if unit_of(name) == name else re.sub(r"([*_<>\[\]])", r"\\\1", meaning)
    return f"`{name}`", scope, meaning, ", ".join(links)


def definition(function: Callable[..., Any]) -> str:
    """The docstring of the function that takes a result from a run, or of the one that it calls."""
    if text := inspect.getdoc(function):
        return text
    module = inspect.getmodule(function)
    inner = function.__code__.co_names if inspect.isfunction(function) else ()
    called = (getattr(module, name, None) for name in inner)
    return next((text for each in called if inspect.isfunction(each) and (text := inspect.getdoc(each))), "")
