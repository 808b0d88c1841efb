"""The pages on theory: docs/physics.md, a page for each of its sections, its formulas set and linked."""

import re
from html import escape

from site_pages.formulas import formula
from site_pages.split import lines, pages

NUMBERED = re.compile(r" {4}\((\d{1,2})\) +(\S.*)")
_CODE_OR_LINK = re.compile(r"(`[^`]*`|\]\([^)]*\))")
_REFERENCE = re.compile(r"\((\d{1,2})\)(?!\()")
_SUBSCRIPT = re.compile(r"(?<!\w)([A-Za-zΑ-Ωα-ω]{1,2})_([A-Za-zα-ω0-9]+)\b")
_SUPERSCRIPT = re.compile(r"\^(\([^()]*\)|[\w−½]+)")


def equation_pages(text: str) -> dict[int, str]:
    """The name of the page on which each numbered equation stands."""
    return {
        int(match[1]): page
        for page, body in pages(text).items()
        for line in body.splitlines()
        if (match := NUMBERED.fullmatch(line))
    }


def theory_pages(text: str) -> dict[str, str]:
    """Markdown of each page by its name."""
    places = equation_pages(text)
    named = text.replace("# The physics, as implemented", "# Theory", 1)
    return {name: _set(page, places) for name, page in pages(named).items()}


def _set(text: str, places: dict[int, str]) -> str:
    """A page with formulas as MathML and mentions of equations as links; headings and code stay."""
    made: list[str] = []
    block: list[str] = []
    for line, code in [*lines(text), ("end", False)]:
        if line.startswith("    ") and not code and (block or not made or not made[-1].strip()):
            block.append(line)
            continue
        if block:
            made += ['<div class="equations">', *map(_formula, block), "</div>", ""]
            block = []
        made.append(line if code or line.startswith("#") else _prose(line, places))
    return "\n".join(made[:-1]) + "\n"


def _formula(line: str) -> str:
    match = NUMBERED.fullmatch(line)
    number, text = match.groups() if match else ("", line.strip())
    parts = "".join(f"<span>{formula(part)}</span>" for part in re.split(" {3,}", text))
    if not number:
        return f'<div class="equation"><div class="formula">{parts}</div></div>'
    return (
        f'<div class="equation" id="equation-{number}"><div class="formula">{parts}</div>'
        f'<a class="number" href="#equation-{number}">({number})</a></div>'
    )


def _prose(line: str, places: dict[int, str]) -> str:
    """A line of text: sub- and superscripts set, equations linked; code and targets of links untouched."""
    parts = _CODE_OR_LINK.split(line)
    return "".join(part if number % 2 else _marked(part, places) for number, part in enumerate(parts))


def _marked(text: str, places: dict[int, str]) -> str:
    def link(match: re.Match[str]) -> str:
        page = places.get(int(match[1]))
        return f'<a href="{page}.html#equation-{match[1]}">({match[1]})</a>' if page else match[0]

    text = _SUBSCRIPT.sub(lambda match: f"<i>{match[1]}</i><sub>{match[2]}</sub>", text)
    text = _SUPERSCRIPT.sub(lambda match: f"<sup>{escape(match[1]).strip('()')}</sup>", text)
    return _REFERENCE.sub(link, text)
