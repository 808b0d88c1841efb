"""Text files of cyclers: which characters, which separator, where the header is, which lines are data."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coreshell_model.dataset.columns import REQUIRED
from coreshell_model.dataset.limits import LONGEST_LINE, MOST_LINES
from coreshell_model.dataset.records import Records
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice, Header, find_header, kinds, looked_at, no_header
from coreshell_model.errors import InputError
from coreshell_model.library import shown

SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
BDF_NAMES = REQUIRED, ("test_time_second", "voltage_volt", "current_ampere")
ENCODINGS = ("utf-8-sig", "latin-1", "gb18030")
"""Tried in this order: Chinese cyclers write the last, and the first two turn its header into nonsense."""
_PORTION = 16_000_000
"""Bytes that are decoded at a time: one rare sign makes the whole text four times as large."""
_TOGETHER = 20_000
"""Lines that are parted at a time."""


def text_sheet(path: Path, content: bytes, chosen: Choice) -> Sheet:
    """A delimited text file as a sheet.

    Raises
    ------
    InputError
        Not text, empty, without a header, or a line of the wrong shape.
    """
    where, best = shown(path), None
    for lines in _decoded(where, content):
        for separator in SEPARATORS:
            head = looked_at(_cells(line, separator) for line in lines)
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


def _decoded(where: str, content: bytes) -> Iterator[list[str]]:
    """The lines in each encoding that the file may be in.

    Raises
    ------
    InputError
        Empty, or not text.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield decoded_lines(where, content.decode("utf-16", errors="replace").encode(), ("utf-8",))
        return
    if not content.strip():
        raise InputError(f"{where}: the file is empty; give one with data")
    if b"\0" in content:
        raise InputError(f"{where}: the file is not text; give CSV, Excel, EC-Lab text, .mpr, .nda or .ndax")
    for encoding in ENCODINGS:
        try:
            yield decoded_lines(where, content, (encoding,))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            return


def decoded_lines(where: str, content: bytes, encodings: tuple[str, ...]) -> list[str]:
    """The lines of a text file, in the first of the encodings that fits; the last may raise.

    Raises
    ------
    InputError
        Too many lines, or too long ones.
    UnicodeDecodeError
        No encoding fits.
    """
    *others, last = encodings
    for encoding in others:
        try:
            return decoded_lines(where, content, (encoding,))
        except UnicodeDecodeError:
            continue
    lines: list[str] = []
    for portion in _portions(content):
        text = portion.decode(last if not lines else last.removesuffix("-sig"))
        more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if lines:  # a portion ends with a line, whose empty successor is no line
            lines.pop()
        lines += more
        if len(lines) > MOST_LINES:
            raise InputError(f"{where}: has more than {MOST_LINES} lines; give it in parts")
        longest = int(np.argmax([len(line) for line in more]))
        if len(more[longest]) > LONGEST_LINE:
            number = len(lines) - len(more) + longest + 1
            raise InputError(
                f"{where}: line {number}: {len(more[longest])} characters, more than {LONGEST_LINE}; "
                "give a table with a point in each line"
            )
    return lines


def _portions(content: bytes) -> Iterator[bytes]:
    """The content in portions that end with a line."""
    start, end = 0, b"\n" if b"\n" in content else b"\r"
    while start < len(content):
        stop = content.find(end, start + _PORTION) + 1
        yield content[start : stop or len(content)]
        start = stop or len(content)


def delimited(where: str, lines: list[str], separator: str, header: Header, chosen: Choice) -> Records:
    """The lines below a header as records.

    Raises
    ------
    InputError
        A line with more cells than the header, or with too few in the middle of the file.
    """
    hint = "; numbers with a decimal comma need another separator or quotes" if separator == "," else ""
    records = Records(where, header, chosen, hint)
    last = next((place for place in range(len(lines) - 1, -1, -1) if lines[place].strip()), 0)
    for start in range(header.place + header.height, last + 1, _TOGETHER):
        stop = min(start + _TOGETHER, last + 1)
        numbers = [place + 1 for place in range(start, stop) if lines[place]]
        filled = [lines[number - 1] for number in numbers]
        rows = _parted(filled, separator)
        if len(rows) == len(filled) > 0 and records.add_all(rows, numbers):
            continue
        for place in range(start, stop):
            if lines[place].strip():
                records.add(_cells(lines[place], separator), place + 1, place == last)
    return records


def _parted(lines: list[str], separator: str) -> list[list[str]]:
    """Lines in cells, all at once; another number than there are lines where quotes go on over line ends."""
    if not any('"' in line for line in lines):
        return [line.split(separator) for line in lines]
    return list(csv.reader(lines, delimiter=separator))


def _cells(line: str, separator: str) -> list[str]:
    """One line in cells; quotes may hold the separator."""
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator), [])
