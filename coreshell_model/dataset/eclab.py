"""EC-Lab and BT-Lab text (.mpt): a block of settings, whose length the second line tells, then the table.

The layout is that of the export: "EC-Lab ASCII FILE", "Nb header lines : N", settings up to line N, which
names the columns; tab-separated, latin-1, decimals with a point or a comma.
"""

import re
from pathlib import Path

from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice, Header, is_complete, kinds, no_header
from coreshell_model.dataset.text import decoded_lines, delimited
from coreshell_model.errors import InputError
from coreshell_model.library import shown
from coreshell_model.units import to_si

FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:EC|BT)-Lab ASCII FILE")
UNSET_MASS = 0.001
"""Milligrams that EC-Lab writes where nobody entered a mass."""


def is_eclab(content: bytes) -> bool:
    """Whether a file begins as EC-Lab's text export does."""
    return FIRST_LINE.match(content) is not None


def eclab_sheet(path: Path, content: bytes, chosen: Choice) -> Sheet:
    """An EC-Lab text file as a sheet, with the mass of active material that its settings state.

    Raises
    ------
    InputError
        No count of header lines, no columns where it points, or a line of the wrong shape.
    """
    where = shown(path)
    lines = decoded_lines(where, content, ("utf-8-sig", "latin-1"))
    count = re.fullmatch(r"Nb header lines\s*:\s*(\d+)\s*", lines[1] if len(lines) > 1 else "")
    if count is None:
        raise InputError(f"{where}: line 2: no 'Nb header lines : N'; export the file from EC-Lab again")
    place = int(count[1]) - 1
    if not 2 <= place < len(lines):
        raise InputError(
            f"{where}: line 2: {count[1]} header lines in a file of {len(lines)} lines; export it again"
        )
    names = [name.strip() for name in lines[place].rstrip("\t").split("\t")]
    if not kinds(names, chosen):
        raise InputError(
            f"{where}: line {place + 1}: does not name the columns, as line 2 says; export it again"
        )
    if not is_complete(kinds(names, chosen)):
        raise no_header(where, [names], chosen, lambda _: place + 1)
    mass = _mass(lines[:place])
    records = delimited(where, lines, "\t", Header(place, tuple(names), 1), chosen)
    return records.sheet("EC-Lab text", mass)


def _mass(lines: list[str]) -> float | None:
    """Mass of active material [kg] in the settings; None where it was left at its default."""
    for line in lines:
        match = re.fullmatch(r"Mass of active material\s*:\s*([\d.,]+)\s*(\S+)\s*", line)
        if match:
            value = float(match[1].replace(",", "."))
            return (
                None
                if value == 0 or (value, match[2]) == (UNSET_MASS, "mg")
                else to_si(value, match[2], "kg")
            )
    return None
