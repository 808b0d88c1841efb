"""Writes the pages that follow from other files: theory, reference, Markdown from outside of docs/."""

from site_pages.api import api_pages
from site_pages.commands import command_pages
from site_pages.figures import draw_figures
from site_pages.places import DOCS, PAGES, ROOT, SPLIT, TAKEN_IN, written
from site_pages.quantities import quantities_page
from site_pages.split import pages
from site_pages.theory import theory_pages

FIGURES = {
    "validation/RESULTS.md": (
        "../../figures/claims.svg",
        "The model's number over the measured one; claims of at least or at most are in the tables alone.",
    ),
    "validation/VERIFICATION.md": (
        "../../figures/verification.svg",
        "The largest error of each check over what is accepted of it.",
    ),
}


def made_pages() -> dict[str, tuple[str, str]]:
    """All by their names below pages/: Markdown, and the file from which its relative links go out."""
    made = {"quantities": (quantities_page(), "docs/pages/quantities.md")}
    for folder, found in {"commands": command_pages(), "api": api_pages()}.items():
        made |= {f"{folder}/{name}": (text, "docs/pages.md") for name, text in found.items()}
    for path, folder in SPLIT.items():
        text = _title_first(path)
        found = theory_pages(text) if folder == "theory" else pages(text)
        made |= {f"{folder}/{name}": (page, path) for name, page in found.items()}
    return made | {page: (_title_first(path), path) for path, page in TAKEN_IN.items()}


def generate() -> dict[str, str]:
    """Writes them all; returns the file that each page's links go out from, by the name of the page."""
    made = made_pages()
    for name, (text, _) in made.items():
        written(name, text)
    draw_figures()
    origins = {f"pages/{name}": origin for name, (_, origin) in made.items()}
    _remove_old(set(origins))
    return origins


def _title_first(path: str) -> str:
    """The text of a file with its title first, and its picture after the paragraph that follows it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    before, title, rest = text.partition("# ") if not text.startswith("# ") else ("", "# ", text[2:])
    heading, _, body = rest.partition("\n")
    if path in FIGURES:
        place, words = FIGURES[path]
        body = f"\n```{{figure}} {place}\n:alt: {words}\n\n{words}\n```\n{body}"
    return f"{title}{heading}\n\n{before}{body}"


def _remove_old(names: set[str]) -> None:
    """Pages of what is no longer there, and the folders that they leave empty."""
    for path in PAGES.rglob("*.md"):
        if path.relative_to(DOCS).with_suffix("").as_posix() not in names:
            path.unlink()
    folders = sorted((path for path in PAGES.rglob("*") if path.is_dir()), reverse=True)
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
