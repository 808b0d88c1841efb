"""Walks the built site: ``python docs/site_pages/check_links.py docs/_build/html``.

Prints every link within it whose file or anchor is not there, and everything that a page would load from
another machine; exit code 1 where there is any.
"""

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""Attributes whose target a browser fetches by itself."""


class Page(HTMLParser):
    """What a page links to, what it loads, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Collect the attributes that matter."""
        found = dict(attrs)
        self.anchors |= {found[name] or "" for name in ("id", "name") if name in found}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if tag in LOADED and found.get(LOADED[tag]) and found.get("rel") != "canonical":
            self.loaded.append(found[LOADED[tag]] or "")


@cache
def page(path: Path) -> Page:
    """A built page, read once."""
    return Page(path.read_text(encoding="utf-8"))


def problems(root: Path) -> list[str]:
    """One line for each dead link, dead anchor and thing from another machine."""
    found = []
    for path in sorted(root.rglob("*.html")):
        if "_static" in path.relative_to(root).parts:
            continue
        where = path.relative_to(root).as_posix()
        for target in page(path).loaded:
            if urlsplit(target).netloc:
                found.append(f"{where}: loads {target} from another machine")
        for target in [*page(path).links, *page(path).loaded]:
            if says := _dead(path, target):
                found.append(f"{where}: {target} {says}")
    return found


def _dead(path: Path, target: str) -> str:
    """Why a link is dead; "" for one that is not, or that leads to another site."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    file = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    if file.is_dir():
        file = file / "index.html"
    if not file.is_file():
        return "is not there"
    anchor = unquote(parts.fragment)
    if anchor and file.suffix == ".html" and anchor not in page(file).anchors:
        return "has no such anchor"
    return ""


def main() -> None:
    """Check the folder that is named, and leave with 1 where something is wrong."""
    if len(sys.argv) != 2 or not (root := Path(sys.argv[1]).resolve()).is_dir():
        sys.exit("give the folder of the built site: python docs/site_pages/check_links.py docs/_build/html")
    count = len(list(root.rglob("*.html")))
    found = problems(root)
    print("\n".join([*found, f"{count} pages, {len(found)} dead links"]))
    sys.exit(1 if found or not count else 0)


if __name__ == "__main__":
    main()
