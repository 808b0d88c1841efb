"""The reference of quantities: every result of a run, from the table that all commands read."""

import re
from collections.abc import Iterable, Iterator

from coreshell_model.base.tables import markdown_table
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import BY_BEGINNING, QUANTITIES
from coreshell_model.show.explained.results import meaning_of_result
from site_pages.places import equation_place

HEAD = ("quantity", "of", "meaning, with its equations")


def quantities_page() -> str:
    """Markdown of the page."""
    printed = [(each.name, each.scope) for each in QUANTITIES if each.printed]
    apart = [(each.name, each.scope) for each in QUANTITIES if not each.printed]
    return "\n".join(
        [
            "# Quantities",
            "",
            "Names as all commands print, sweep, fit and draw them, with units in brackets: `mA.h.g-1` is",
            "mAh per gram of active carbon (core + shell). `coreshell explain NAME` says the same of one.",
            "",
            "## Of every run",
            "",
            *markdown_table(HEAD, _rows(printed)),
            "",
            "## Of sweeps, fits and designs that ask for them",
            "",
            *markdown_table(HEAD, _rows(apart)),
            "",
            "## Of some protocols",
            "",
            *markdown_table(HEAD, _rows(OF_PROTOCOL.items())),
            "",
            "## Named after a rate or a cycle",
            "",
            *markdown_table(HEAD, _rows(BY_BEGINNING.items())),
            "",
        ]
    )


def _rows(scopes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for name, scope in scopes:
        meaning = meaning_of_result(name)
        links = [f'<a href="../{equation_place(n)}">({n})</a>' for n in meaning.equations]
        means = re.sub(r"([*_<>\[\]])", r"\\\1", meaning.means)
        shown = f"{name}..." if name.endswith(" ") else name
        yield f"`{shown}`", scope, " ".join([means, ", ".join(links)]).strip()
