"""Long documents as pages: one for each section, and more for a section that is still long."""

import re
from collections.abc import Iterator

LONGEST = 2500
"""Words that are read in ten minutes, at 250 a minute: more is not read in one sitting."""

_HEADING = re.compile(r"(#{1,6}) +(\S.*)")


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of a Markdown file, each with whether it stands between fences of code."""
    fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        yield line, fenced or fence
        fenced = fenced != fence


def headings(text: str) -> list[str]:
    """The headings of a Markdown file, of all levels."""
    return [match[2] for line, code in lines(text) if not code and (match := _HEADING.fullmatch(line))]


def sections(text: str) -> tuple[str, dict[str, str]]:
    """The head of a Markdown file, and its sections by their headings of the second level."""
    head: list[str] = []
    found: dict[str, list[str]] = {}
    part = head
    for line, code in lines(text):
        if not code and line.startswith("## "):
            part = found[line.removeprefix("## ").strip()] = []
        else:
            part.append(line)
    return "\n".join(head), {heading: "\n".join(body) for heading, body in found.items()}


def pages(text: str) -> dict[str, str]:
    """Markdown of each page by its name, the slug of its heading.

    "index" is the head, with the list of the sections. A section of more than ``LONGEST`` words, tables
    included, is divided in the same way where it has sections within it.

    Raises
    ------
    ValueError
        Two sections have one heading.
    """
    head, found = sections(text)
    made: dict[str, str] = {"index": head}
    for heading, body in found.items():
        whole = f"# {heading}\n{_raised(body).rstrip()}\n"
        inner = pages(whole) if len(whole.split()) > LONGEST else {"index": whole}
        inner = {slug(heading): inner.pop("index"), **inner}
        if twice := inner.keys() & made.keys():
            raise ValueError(f"two sections are called {sorted(twice)}")
        made |= inner
    if found:
        listed = "\n".join(map(slug, found))
        made["index"] = f"{head.rstrip()}\n\n```{{toctree}}\n:maxdepth: 2\n\n{listed}\n```\n"
    return made


def places(text: str) -> dict[str, str]:
    """The page of each anchor; of two headings alike GitHub gives the plain anchor to the first."""
    found: dict[str, str] = {}
    for page, body in pages(text).items():
        for heading in headings(body):
            found.setdefault(slug(heading), page)
    return found


def _raised(body: str) -> str:
    """A section with its inner headings a level higher, since its own becomes that of a page."""
    marked = lines(body)
    return "\n".join(line[1:] if not code and line.startswith("###") else line for line, code in marked)
