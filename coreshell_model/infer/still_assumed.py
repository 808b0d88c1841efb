"""What is still to be said of a material whose numbers were fitted: which of the others are assumed."""

from collections import Counter
from collections.abc import Collection

from coreshell_model.base import library
from coreshell_model.base.quantity import TAKEN_FROM
from coreshell_model.inputs.copied import OF_ANOTHER
from coreshell_model.inputs.material import Material, sources

FITTED = "fitted"
"""How the source of a fitted number begins."""

ASSUMED = "assumed"

AFTER_FIT = "after a fit"
"""How such a caution begins."""


def caution_after_fit(material: Material, fitted: Collection[str]) -> str | None:
    """The caution of a material with fitted numbers; None where it had none before.

    What is said of a shipped material, or of the one that a copy began with, no longer holds once numbers
    are fitted. It gives way to the numbers that are still assumed, or fitted to another carbon, by their
    sections. A caution that users wrote themselves stays.

    Parameters
    ----------
    material : with or without the fitted numbers in it
    fitted : their paths
    """
    before = material.caution
    if before is None:
        return None
    shipped = library.names("parameters")
    names = [
        path
        for path, number in sources(material).items()
        if path not in fitted and _is_assumed(number.source, shipped)
    ]
    count = len(fitted)
    words = f"{AFTER_FIT} of {count} number{'' if count == 1 else 's'}, "
    words += (
        f"still assumed, or those of another carbon, are {_by_section(names)} "
        "(`coreshell materials show` lists each with its source)"
        if names
        else "no other is assumed"
    )
    own = material.name not in shipped and not before.startswith((OF_ANOTHER, AFTER_FIT))
    return f"{before}; {words}" if own else words


def _is_assumed(source: str, shipped: Collection[str]) -> bool:
    """Whether a number is assumed, or was fitted to a shipped carbon."""
    whose, _, rest = source.removeprefix(TAKEN_FROM).partition(": ")
    another = source.startswith(TAKEN_FROM) and whose in shipped and rest.startswith(FITTED)
    return another or ASSUMED in source


def _by_section(paths: Collection[str]) -> str:
    """The paths; of several in one section their number."""
    sections = Counter(_section(path) for path in paths)
    alone = {_section(path): path for path in paths}
    return ", ".join(
        alone[section] if count == 1 else f"{section} ({count})" for section, count in sections.items()
    )


def _section(path: str) -> str:
    """The table of a number, steps of the film as one."""
    return ".".join(part for part in path.split(".")[:-1] if not part.isdigit())
