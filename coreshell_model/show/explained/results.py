"""What a result of a run is: its meaning, its basis, and of which half-cycle, cycle or part it is."""

from typing import Any

from coreshell_model.base.tables import unit_of
from coreshell_model.inputs.meanings import Meaning, meanings_of_results
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import (
    BY_BEGINNING,
    QUANTITIES,
    SHORT,
    Quantity,
    full_name,
    names,
    scope_of,
)
from coreshell_model.show.explained.equations import equations

BASES = {
    "mA.h.g-1": "per gram of active carbon (core + shell)",
    "mA.h.cm-2": "per area of the electrode",
    "mA.h.cm-3": "per volume of the particles, their pores included",
    "m2.g-1": "per gram of active carbon (core + shell)",
}
"""What a result in a unit is taken per; the coating's is by its name."""

OF_THE_COATING = "per volume of the coating, its pores and additives included"


def result_names() -> list[str]:
    """Names of all results, and the short ones that goals take."""
    return [*names(), *SHORT]


def explained_result(name: str) -> dict[str, Any] | None:
    """What is known of a result by its name, short name, or name without unit; None where there is none."""
    found = _full(name)
    scope = scope_of(found)
    quantity = next((each for each in QUANTITIES if each.name == found), None)
    if quantity is None and not scope:
        return None
    meaning = meaning_of_result(found)
    return {
        "Name": found,
        "Kind": "result of a run",
        "Short name": next((short for short, full in SHORT.items() if full == found), None),
        "Meaning": meaning.means or None,
        "Of": scope or None,
        "Unit": unit_of(found),
        "Basis": OF_THE_COATING if "of the coating" in found else BASES.get(unit_of(found)),
        "Given by": _given_by(quantity),
        "Equations": [{"Number": number, "Text": equations()[number]} for number in meaning.equations],
    }


def meaning_of_result(name: str) -> Meaning:
    """What a result is, by its full name; empty for one that a mechanism of the user's own adds."""
    listed = meanings_of_results()
    beginning = next((each for each in BY_BEGINNING if name.startswith(each)), "")
    return listed.get(name) or listed.get(beginning, Meaning(""))


def _full(name: str) -> str:
    full = full_name(name)
    plain = full.partition(" [")[0].casefold()
    alike = (known for known in names() if known.partition(" [")[0].casefold() == plain)
    return full if full in names() else next(alike, full)


def _given_by(quantity: Quantity | None) -> str:
    if quantity is None or quantity.name in OF_PROTOCOL:
        return "protocols that have it"
    if quantity.printed:
        return "every run of a full cell" if quantity.full_cell else "every run"
    return "sweeps, fits and designs that ask for it"
