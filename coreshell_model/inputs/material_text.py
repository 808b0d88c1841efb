"""Numbers exchanged, and sections added, in the text of a material file: comments and order stay."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coreshell_model.base.errors import InputError

_HEADER = re.compile(r"^\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_STRING = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_SOURCE = re.compile(rf"(\bsource\s*=\s*)({_STRING})")
_TEXT = re.compile(_STRING)
_NOT_THERE = "has no number {} on a line of its own; write it by hand"


def written(value: float, unit: str, source: str) -> str:
    """A number as it is written in a material file."""
    digits = repr(value).removesuffix(".0")
    return f"{{ value = {digits}, unit = {in_quotes(unit)}, source = {in_quotes(source)} }}"


def in_quotes(text: str) -> str:
    """Text as a string in TOML."""
    return json.dumps(text, ensure_ascii=False)


def toml(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, str):
        return in_quotes(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{in_quotes(str(k))} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)


def with_section(text: str, name: str, content: Mapping[str, Any]) -> str:
    """The text with a section that it lacks at its end, each number of it on a line of its own.

    Raises
    ------
    InputError
        The text is no TOML, or has the section.
    """
    new = f"{text.rstrip()}\n\n" + "\n".join(_section_lines(name, content)) + "\n"
    try:
        alike = tomllib.loads(text) | {name: content} == tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        alike = False
    if not alike:
        raise InputError(f"the section {name} cannot be added; write it by hand")
    return new


def _section_lines(name: str, content: Mapping[str, Any]) -> list[str]:
    """A section as files of parameters have it: its numbers and texts first, then the sections in it."""
    lines, further = [f"[{name}]"], []
    for key, value in content.items():
        if isinstance(value, Mapping) and "value" in value:
            lines.append(f"{key} = {written(value['value'], value['unit'], value['source'])}")
        elif isinstance(value, Mapping):
            further += ["", *_section_lines(f"{name}.{key}", value)]
        elif isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            for item in value:
                _, *inner = _section_lines(f"{name}.{key}", item)
                further += ["", f"[[{name}.{key}]]", *inner]
        else:
            lines.append(f"{key} = {toml(value)}")
    return [*lines, *further]


def with_number(
    text: str, path: str, number: str, instead_of: Sequence[str] = (), *, add: bool = False
) -> str:
    """The text with one number exchanged; ``sei.steps.2.charge`` is in the second ``[[sei.steps]]``.

    Parameters
    ----------
    text : of the file
    path : dotted path of the number
    number : as ``written`` gives it
    instead_of : paths in the same section that say the same in another way, which are removed
    add : write a number that is not in the file at the end of its section

    Raises
    ------
    InputError
        The number is not in the file, or not on a line of its own.
    """
    lines = text.splitlines(keepends=True)
    section, key = _section(lines, path)
    if section is None:
        raise InputError(_NOT_THERE.format(path))
    places = {name: _line(lines, section, name.split(".")[-1]) for name in (path, *instead_of)}
    existing = [(name, place) for name, place in places.items() if place is not None]
    if existing:
        _, first = existing[0]
        lines[first] = _line_with(lines[first], key, number)
        removed = {place for _, place in existing[1:]}
        new = "".join(line for place, line in enumerate(lines) if place not in removed)
    elif not add:
        raise InputError(_NOT_THERE.format(path))
    else:
        last = max((place for place in section if lines[place].strip()), default=section.start - 1)
        if lines and not lines[last].endswith("\n"):
            lines[last] += "\n"
        new = "".join([*lines[: last + 1], f"{key} = {number}\n", *lines[last + 1 :]])
    _check_nothing_else_changed(text, new, path, (path, *instead_of))
    return new


def with_text(text: str, field: str, value: str) -> str:
    """The text with another value of a ``field`` at its top, if that is on one line; all else stays."""
    line = f"{field} = {in_quotes(value)}"
    top = re.split(r"^(?=\s*\[)", text, maxsplit=1, flags=re.M)
    top[0] = re.sub(rf"^{field}[ \t]*=[ \t]*(?:{_STRING})", lambda _: line, top[0], count=1, flags=re.M)
    return "".join(top)


def with_sources(text: str, change: Callable[[str], str]) -> str:
    """The text with every source changed.

    Raises
    ------
    InputError
        A source is not on one line.
    """
    before = _sources(tomllib.loads(text))
    new = _SOURCE.sub(lambda match: match[1] + in_quotes(change(tomllib.loads(f"x = {match[2]}")["x"])), text)
    after = _sources(tomllib.loads(new))
    for (place, old), (_, now) in zip(before, after, strict=True):
        if now != change(old):
            raise InputError(f"{place}: the source is not on one line in quotes; write it so")
    return new


def _sources(entries: Any, place: str = "") -> list[tuple[str, str]]:
    """Every source with its place in the file."""
    sources: list[tuple[str, str]] = []
    if isinstance(entries, Mapping):
        for name, value in entries.items():
            if name == "source" and isinstance(value, str):
                sources.append((place, value))
            else:
                sources += _sources(value, f"{place}.{name}".strip("."))
    elif isinstance(entries, list):
        for number, value in enumerate(entries, start=1):
            sources += _sources(value, f"{place}.{number}")
    return sources


def _section(lines: Sequence[str], path: str) -> tuple[range | None, str]:
    """The lines below the header of a number's section, and the number's name in it."""
    *tables, key = path.split(".")
    table, count = ".".join(name for name in tables if not name.isdigit()), 0
    position = next((int(name) for name in tables if name.isdigit()), 1)
    start = None
    for number, line in enumerate(lines):
        if header := _HEADER.match(line):
            if start is not None:
                return range(start, number), key
            if re.sub(r"\s*\.\s*", ".", header[2]) == table:
                count += 1
                if count == position:
                    start = number + 1
    return (None if start is None else range(start, len(lines))), key


def _line(lines: Sequence[str], section: range, key: str) -> int | None:
    return next((place for place in section if re.match(rf"\s*{re.escape(key)}\s*=", lines[place])), None)


def _line_with(line: str, key: str, number: str) -> str:
    """The line with another number, with its indent and comment."""
    indent = line[: len(line) - len(line.lstrip())]
    bare = _TEXT.sub(lambda match: "_" * len(match[0]), line)
    comment = bare.find("#")
    behind = f"  {line[comment:].rstrip()}" if comment >= 0 else ""
    return f"{indent}{key} = {number}{behind}\n"


def _check_nothing_else_changed(before: str, after: str, path: str, changed: Sequence[str]) -> None:
    """Refuse a new text that differs from the old one in other entries than the changed ones.

    It does where a number is written in a form that cannot be exchanged line by line.
    """
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
        for name in changed:
            _remove(old, name)
            _remove(new, name)
        alike = old == new
    except tomllib.TOMLDecodeError:
        alike = False
    if not alike:
        raise InputError(_NOT_THERE.format(path))


def _remove(entries: dict[str, Any], path: str) -> None:
    *tables, key = path.split(".")
    inside: Any = entries
    for name in tables:
        try:
            inside = inside[int(name) - 1] if name.isdigit() else inside[name]
        except (KeyError, IndexError):
            return
    inside.pop(key, None)
