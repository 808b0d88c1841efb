"""Text files of cyclers: which characters, which separator, where the header is, which lines are data."""

import csv
import re
from pathlib import Path

from coreshell_model.dataset.columns import REQUIRED
from coreshell_model.dataset.records import Records
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import FURTHEST, Choice, Header, find_header, kinds, no_header
from coreshell_model.errors import InputError
from coreshell_model.library import shown

SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
BDF_NAMES = REQUIRED, ("test_time_second", "voltage_volt", "current_ampere")
ENCODINGS = ("utf-8-sig", "latin-1", "gb18030")
"""Tried in this order: Chinese cyclers write the last, and the first two turn its header into nonsense."""


def text_sheet(path: Path, content: bytes, chosen: Choice) -> Sheet:
    """A delimited text file as a sheet.

    Raises
    ------
    InputError
        Not text, empty, without a header, or a line of the wrong shape.
    """
    where, best = shown(path), None
    for text in _decoded(where, content):
        lines = re.split(r"\r\n|\n|\r", text)
        for separator in SEPARATORS:
            head = [_cells(line, separator) for line in lines[:FURTHEST]]
            header = find_header(head, chosen)
            if header is not None:
                records = delimited(where, lines, separator, header, chosen)
                kind = f"{SEPARATORS[separator]}-separated text"
                if separator == "," and any(set(names) <= set(records.names) for names in BDF_NAMES):
                    kind = "Battery Data Format CSV"
                return records.sheet(kind)
            if best is None or _named(head, chosen) > _named(best, chosen):
                best = head
    raise no_header(where, best or [], chosen, lambda place: place + 1)


def _named(head, chosen: Choice) -> int:
    return max((len(kinds(cells, chosen)) for cells in head if len(cells) > 1), default=0)


def _decoded(where: str, content: bytes):
    """The text in each encoding that it may be in.

    Raises
    ------
    InputError
        Empty, or not text.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield content.decode("utf-16", errors="replace")
        return
    if not content.strip():
        raise InputError(f"{where}: the file is empty; give one with data")
    if b"\0" in content:
        raise InputError(f"{where}: the file is not text; give CSV, Excel, EC-Lab text, .mpr, .nda or .ndax")
    for encoding in ENCODINGS:
        try:
            yield content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            return


def delimited(where: str, lines: list[str], separator: str, header: Header, chosen: Choice) -> Records:
    """The lines below a header as records.

    Raises
    ------
    InputError
        A line with more cells than the header, or with too few in the middle of the file.
    """
    hint = "; numbers with a decimal comma need another separator or quotes" if separator == "," else ""
    records = Records(where, header, chosen, hint)
    last = max((place for place, line in enumerate(lines) if line.strip()), default=0)
    for place in range(header.place + header.height, last + 1):
        if lines[place].strip():
            records.add(_cells(lines[place], separator), place + 1, place == last)
    return records


def _cells(line: str, separator: str) -> list[str]:
    """One line in cells; quotes may hold the separator."""
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator), [])
