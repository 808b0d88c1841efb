"""Where each file of the repository stands on the site, and relative links as the site needs them."""

import os
import re
from functools import cache
from pathlib import Path, PurePosixPath

from site_pages import split
from site_pages.theory import equation_pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = DOCS / "pages"
"""The folder of all generated pages; git ignores it."""

SPLIT = {
    "docs/physics.md": "theory",
    "docs/data.md": "data",
    "docs/fitting.md": "fitting",
    "docs/design.md": "design",
    "docs/parameters.md": "parameters",
    "docs/benchmarks.md": "benchmarks",
    "CHANGELOG.md": "changes",
    "parameters/README.md": "files/materials",
    "validation/RESULTS.md": "validation/results",
    "validation/VERIFICATION.md": "validation/verification",
}
"""Documents that are longer than a page, by their paths: the folder of their pages below pages/."""

TAKEN_IN = {
    "CONTRIBUTING.md": "contributing",
    "experiments/README.md": "files/protocols",
    "validation/README.md": "validation/claim-files",
    "validation/chayambuka/README.md": "validation/chayambuka",
}
"""Markdown outside of docs/ that is one page, by its path: the name of the page below pages/."""

_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s#]*)(#[^()\s]*)?\)")
_PHYSICS = "docs/physics.md"


def rewritten(text: str, origin: str, page: str) -> str:
    """The text of a page with its relative links as the site needs them.

    Parameters
    ----------
    text : Markdown, or a notebook's JSON
    origin : path of the file within the repository, from which its links go out
    page : name of the page, as Sphinx has it
    """

    def link(match: re.Match[str]) -> str:
        image, words, target, anchor = match[1], match[2], match[3], match[4] or ""
        within = not target and origin in SPLIT
        if not (target or within) or "://" in target or target.startswith(("/", "mailto:")):
            return match[0]
        path = origin if within else os.path.normpath(PurePosixPath(origin).parent / target)
        place = None if image else _place(path, anchor.removeprefix("#"))
        if place:
            return f"[{words}](/{place}{anchor})"
        if (ROOT / path).is_file():
            return f"{image}[{words}]({os.path.relpath(ROOT / path, (DOCS / page).parent)})"
        if (ROOT / path).is_dir():
            return words
        return match[0]

    return _LINK.sub(link, text)


def _place(path: str, anchor: str) -> str | None:
    """The source, from docs/ on, of the page that a file of the repository became; None for other files."""
    if path == "README.md":
        return "index.md"
    if path in SPLIT:
        return f"pages/{SPLIT[path]}/{_pages_of(path).get(anchor, 'index')}.md"
    if path in TAKEN_IN:
        return f"pages/{TAKEN_IN[path]}.md"
    if path.startswith("docs/") and path.endswith((".md", ".ipynb")) and (ROOT / path).is_file():
        return path.removeprefix("docs/")
    return None


@cache
def _pages_of(path: str) -> dict[str, str]:
    """The page of each anchor of a document that is split."""
    return split.places((ROOT / path).read_text(encoding="utf-8"))


def equation_place(number: int) -> str | None:
    """The page and anchor of a numbered equation, from the top of the site; None where there is none."""
    page = equation_pages((ROOT / _PHYSICS).read_text(encoding="utf-8")).get(number)
    return f"pages/theory/{page}.html#equation-{number}" if page else None


def written(page: str, text: str) -> None:
    """Writes a generated page below pages/, unless it stands there already, since Sphinx reads new ones."""
    path = PAGES / f"{page}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
