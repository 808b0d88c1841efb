"""EC-Lab and BT-Lab text (.mpt): a block of settings, whose length the second line tells, then the table.

The layout is that of the export: "EC-Lab ASCII FILE", "Nb header lines : N", settings up to line N, which
names the columns; tab-separated, latin-1, decimals with a point or a comma.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from coreshell_model.dataset.charge import MODE
from coreshell_model.dataset.columns import Measured
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.sweeps import FREQUENCY
from coreshell_model.dataset.table_header import Choice, Header, is_complete, kinds, no_header
from coreshell_model.dataset.text import decoded_lines, delimited
from coreshell_model.errors import InputError
from coreshell_model.library import shown
from coreshell_model.units import to_si

FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:EC|BT)-Lab ASCII FILE")
OPEN_CIRCUIT = "Open Circuit Voltage"
"""The technique, among the settings, in which no current flows."""
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
    settings = [line.strip() for line in lines[:place]]
    rests = OPEN_CIRCUIT in settings
    silent = rests or not {MODE, FREQUENCY}.isdisjoint(name.lower() for name in names)
    if not is_complete(kinds(names, chosen) | ({Measured.CURRENT} if silent else set())):
        raise no_header(where, [names], chosen, lambda _: place + 1)
    records = delimited(where, lines, "\t", Header(place, tuple(names), 1), chosen)
    sheet = records.sheet("EC-Lab text", _mass(settings))
    return replace(sheet, rests=rests, began=_began(settings))


def _began(settings: list[str]) -> datetime | None:
    """When the acquisition began, as the settings state: month, day, year."""
    for line in settings:
        match = re.fullmatch(r"Acquisition started on\s*:\s*(\S+) (\d+:\d+:\d+)([.,]\d{1,6})?\d*", line)
        if match:
            text = f"{re.sub('[.-]', '/', match[1])} {match[2]}{(match[3] or '.0').replace(',', '.')}"
            try:
                return datetime.strptime(text, "%m/%d/%Y %H:%M:%S.%f")
            except ValueError:
                return None
    return None


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
