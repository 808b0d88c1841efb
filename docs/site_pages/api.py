"""The reference of the Python interface: a page for each public name, from its docstrings."""

import inspect
import re
from dataclasses import is_dataclass
from typing import Any

import coreshell_model

ITEM = re.compile(r"(\S[^:]*?) : (.*)")
"""A line of a docstring's list: names, a colon between spaces, what they are."""


def api_pages() -> dict[str, str]:
    """Markdown of each page by its name; "index" is the list of all."""
    names = coreshell_model.__all__
    pages = {name: _page(name) for name in names}
    rows = [f"| [{name}]({name}.md) | {_first_sentence(getattr(coreshell_model, name))} |" for name in names]
    listed = "\n".join(names)
    pages["index"] = "\n".join(
        [
            "# Python interface",
            "",
            "`from coreshell_model import ...` offers these names. Everything inside is SI unless a name",
            "has its unit in brackets; `I > 0` sodiates the carbon.",
            "",
            "| name | what it is |",
            "|---|---|",
            *rows,
            "",
            f"```{{toctree}}\n:hidden:\n\n{listed}\n```",
            "",
        ]
    )
    return pages


def _first_sentence(thing: Any) -> str:
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    return re.sub(r"([*_<>\[\]|])", r"\\\1", text)


def _page(name: str) -> str:
    thing = getattr(coreshell_model, name)
    directive = "autoclass" if inspect.isclass(thing) else "autofunction"
    home = f"{thing.__module__}.{thing.__qualname__}"
    members = "   :members:\n" if directive == "autoclass" and not issubclass(thing, Exception) else ""
    return f"# {name}\n\n```{{eval-rst}}\n.. {directive}:: {home}\n{members}```\n"


def process_docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Sphinx's hook: sections of a docstring, "name : what it is", as lists."""
    made: list[str] = []
    section = False
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if following and set(following) == {"-"} and line.strip():
            made += ["", f"**{line.strip()}**", ""]
            section = True
        elif line and set(line) == {"-"} and section:
            continue
        elif section and (match := ITEM.fullmatch(line)):
            made += [f"``{match[1]}``", f"    {_rst(match[2])}"]
        else:
            made.append(_rst(line))
    lines[:] = made


def process_signature(app: Any, what: str, name: str, thing: Any, *rest: Any) -> tuple[str, None] | None:
    """Sphinx's hook: no signature of what functions alone make, whose attributes are listed."""
    return ("", None) if what == "class" and is_dataclass(thing) else None


def _rst(line: str) -> str:
    """A line of text whose stars, bars and closing underscores mean nothing to reStructuredText."""
    parts = re.split(r"(``[^`]*``)", line)
    escaped = [part if n % 2 else re.sub(r"([*|]|_(?!\w))", r"\\\1", part) for n, part in enumerate(parts)]
    return "".join(escaped)
