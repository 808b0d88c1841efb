"""The pages on theory: docs/physics.md, a page for each of its sections, its formulas set and linked."""

import re
from html import escape

from site_pages.formulas import formula

NUMBERED = re.compile(r" {4}\((\d{1,2})\) +(\S.*)")
_CODE_OR_LINK = re.compile(r"(`[^`]*`|\]\([^)]*\))")
_REFERENCE = re.compile(r"\((\d{1,2})\)(?!\()")
_SUBSCRIPT = re.compile(r"(?<!\w)([A-Za-zΑ-Ωα-ω]{1,2})_([A-Za-zα-ω0-9]+)\b")
_SUPERSCRIPT = re.compile(r"\^(\([^()]*\)|[\w−½]+)")


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def sections(text: str) -> tuple[str, dict[str, str]]:
    """The head of a Markdown file, and its sections by their headings of the second level."""
    head, *parts = re.split(r"(?m)^## (?=\S)", text)
    return head, {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def equation_pages(text: str) -> dict[int, str]:
    """The slug of the section in which each numbered equation stands."""
    return {
        int(match[1]): slug(heading)
        for heading, body in sections(text)[1].items()
        for line in body.splitlines()
        if (match := NUMBERED.fullmatch(line))
    }


def theory_pages(text: str) -> dict[str, str]:
    """Markdown of each page by its slug; that of the head is "index", with the list of the others."""
    places = equation_pages(text)
    head, found = sections(text)
    pages = {slug(heading): f"# {heading}\n{_set(body, places)}" for heading, body in found.items()}
    listed = "\n".join(pages)
    pages["index"] = (
        f"{_set(head.replace('# The physics, as implemented', '# Theory', 1), places)}\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    )
    return pages


def _set(body: str, places: dict[int, str]) -> str:
    """A section with its formulas as MathML, and its mentions of equations as links."""
    lines: list[str] = []
    block: list[str] = []
    for line in [*body.splitlines(), "end"]:
        if line.startswith("    ") and (block or not lines or not lines[-1].strip()):
            block.append(line)
            continue
        if block:
            lines += ['<div class="equations">', *map(_formula, block), "</div>", ""]
            block = []
        lines.append(_prose(line, places))
    return "\n".join(lines[:-1])


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
