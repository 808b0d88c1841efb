"""Writes the pages that follow from other files: theory, reference, Markdown from outside of docs/."""

import shutil

from site_pages.api import api_pages
from site_pages.commands import command_pages
from site_pages.figures import draw_figures
from site_pages.places import DOCS, PAGES, ROOT, TAKEN_IN, written
from site_pages.quantities import quantities_page
from site_pages.theory import theory_pages

FIGURES = {
    "validation/results": (
        "../figures/claims.svg",
        "The model's number over the measured one; claims of at least or at most are in the tables alone.",
    ),
    "validation/verification": (
        "../figures/verification.svg",
        "The largest error of each check over what is accepted of it.",
    ),
}


def generate() -> dict[str, str]:
    """Writes them all; returns the file that each page's links go out from, by the name of the page."""
    origins = {}
    made = {
        "theory": theory_pages((DOCS / "physics.md").read_text(encoding="utf-8")),
        "commands": command_pages(),
        "api": api_pages(),
    }
    for folder, pages in made.items():
        for name, text in pages.items():
            written(f"{folder}/{name}", text)
            origins[f"pages/{folder}/{name}"] = f"docs/{'physics' if folder == 'theory' else 'pages'}.md"
    written("quantities", quantities_page())
    draw_figures()
    for path, page in TAKEN_IN.items():
        written(page, _taken_in(page, (ROOT / path).read_text(encoding="utf-8")))
        origins[f"pages/{page}"] = path
    _remove_old({*origins, "pages/quantities"})
    return origins


def _taken_in(page: str, text: str) -> str:
    """The text with its title first, and the picture of the page after the paragraph that follows it."""
    before, title, rest = text.partition("# ") if not text.startswith("# ") else ("", "# ", text[2:])
    heading, _, body = rest.partition("\n")
    if page in FIGURES:
        place, words = FIGURES[page]
        body = f"\n```{{figure}} {place}\n:alt: {words}\n\n{words}\n```\n{body}"
    return f"{title}{heading}\n\n{before}{body}"


def _remove_old(names: set[str]) -> None:
    """Pages of what is no longer there."""
    for path in PAGES.rglob("*.md"):
        if path.relative_to(DOCS).with_suffix("").as_posix() not in names:
            path.unlink()
    for folder in PAGES.iterdir():
        if folder.is_dir() and not any(folder.iterdir()):
            shutil.rmtree(folder)
