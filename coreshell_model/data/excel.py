"""Excel workbooks: the worksheet that has a time, a voltage and a current."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import require
from coreshell_model.base.library import shown
from coreshell_model.data.sheet import (
    FURTHEST,
    MOST_LINES,
    MOST_SHEET_CELLS,
    MOST_TAGS,
    Cells,
    Choice,
    Sheet,
    check_zip,
    find_header,
    no_header,
)
from coreshell_model.data.text import Records

Row = tuple[Any, ...]
_PORTION = 1_000_000
_OF_STRINGS, _OF_OTHERS = 2, 5
"""Time that a tag takes among the shared texts, and among styles and names, over that in a worksheet."""


def excel_sheet(path: Path, content: bytes, chosen: Choice, worksheet: str | None) -> Sheet:
    """A worksheet of a workbook as a sheet; rows are counted in the place of lines.

    Raises
    ------
    InputError
        The file is not a workbook or beyond the limits, no worksheet has data, or several have and none was
        chosen.
    """
    where = shown(path)
    book = _Workbook(where, content)
    fitting, heads = [], []
    for name in book.names():
        head = book.head(name)
        header = find_header(head, chosen)
        heads.append(head)
        if header is not None and worksheet in (None, name):
            fitting.append((name, header))
    if worksheet is not None and not fitting:
        raise InputError(
            f"{where}: no worksheet {worksheet!r} with a time, a voltage and a current; correct the name"
        )
    if not fitting:
        best = max(heads, key=len, default=[])
        raise no_header(where, best, chosen, lambda place: place + 1)
    if len(fitting) > 1:
        names = ", ".join(repr(name) for name, _ in fitting[:8])
        raise InputError(
            f"{where}: data in the worksheets {names}; choose one, as worksheet=... (--worksheet ...)"
        )
    name, header = fitting[0]
    records = Records(where, header, chosen)
    numbered = (
        (number, row)
        for number, row in enumerate(book.rows(name), start=1)
        if number > header.place + header.height and any(cell not in (None, "") for cell in row)
    )
    pending = next(numbered, None)
    for after in chain(numbered, [None]):
        if pending is not None:
            records.add(list(pending[1]), pending[0], after is None)
        pending = after
    return records.sheet(f"Excel, worksheet {name!r}")


def is_workbook(path: Path, content: bytes) -> bool:
    """Whether a file is a workbook, by its name or its contents."""
    return path.suffix.lower() in (".xlsx", ".xlsm") or content.startswith(b"PK\x03\x04")


def worksheet_rows(
    path: Path, content: bytes, worksheet: str | None
) -> tuple[str, list[tuple[int, list[Any]]]]:
    """The only filled worksheet, or the chosen one: its name, and its filled rows with their numbers.

    Raises
    ------
    InputError
        The file is not a workbook or beyond the limits, or several worksheets are filled and none is chosen.
    """
    where = shown(path)
    book = _Workbook(where, content)
    if worksheet is not None and worksheet not in book.names():
        raise InputError(f"{where}: no worksheet {worksheet!r}; correct the name")
    names = [worksheet] if worksheet is not None else book.names()
    rows_by_name = {
        name: [
            (number, list(row))
            for number, row in enumerate(book.rows(name), start=1)
            if any(cell not in (None, "") for cell in row)
        ]
        for name in names
    }
    filled = [name for name, rows in rows_by_name.items() if rows]
    if len(filled) != 1:
        choices = ", ".join(repr(name) for name in filled[:8])
        problem = f"data in the worksheets {choices}" if filled else "no worksheet has data"
        raise InputError(f"{where}: {problem}; choose one, as worksheet=... (--worksheet ...)")
    return filled[0], rows_by_name[filled[0]]


class _Workbook:
    """A workbook whose rows are read one after the other; a failure of openpyxl becomes an InputError."""

    def __init__(self, where: str, content: bytes):
        require("excel", f"{where}: Excel files need")
        import openpyxl

        self.where = where
        check_zip(where, io.BytesIO(content), "save it as CSV", "not an Excel workbook that can be read")
        self._check_tags(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and links, which hold no data
                self.sheets = openpyxl.load_workbook(
                    io.BytesIO(content), read_only=True, data_only=True, keep_links=False
                ).worksheets
        except Exception as error:  # noqa: BLE001  a damaged workbook fails in many ways
            raise self._unreadable(error) from None

    def _check_tags(self, content: bytes) -> None:
        """Refuse a small file with very many XML tags, since openpyxl makes an object of each."""
        largest_sheet = others = 0
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for part in archive.infolist():
                    name = part.filename.lower()
                    if name.endswith((".xml", ".rels")):
                        with archive.open(part) as file:
                            portions = iter(partial(file.read, _PORTION), b"")
                            tags = sum(portion.count(b"<") for portion in portions)
                        if name.startswith("xl/worksheets/"):
                            largest_sheet = max(largest_sheet, tags)
                        else:
                            others += tags * (_OF_STRINGS if "sharedstrings" in name else _OF_OTHERS)
        except Exception as error:  # noqa: BLE001  a damaged part fails in many ways
            raise self._unreadable(error) from None
        if largest_sheet + others > MOST_TAGS:
            raise InputError(
                f"{self.where}: more than {MOST_SHEET_CELLS} cells, or styles and texts that take as long; "
                "save it as CSV"
            )

    def names(self) -> list[str]:
        """The worksheets' names."""
        return [sheet.title for sheet in self.sheets]

    def head(self, name: str) -> list[Cells]:
        """The first rows of a worksheet as text."""
        return [[_text(cell) for cell in row] for row in islice(self.rows(name), FURTHEST + 1)]

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a worksheet, each as long as it is filled.

        Raises
        ------
        InputError
            It cannot be read, or holds too many rows or cells.
        """
        sheet = next(sheet for sheet in self.sheets if sheet.title == name)
        cells = 0
        try:
            sheet.reset_dimensions()  # the size that the file states may be wrong, and would pad every row
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells += len(row)
                if number > MOST_LINES or cells > MOST_SHEET_CELLS:
                    raise InputError(
                        f"{self.where}: worksheet {name!r}: more than {MOST_SHEET_CELLS} cells, or "
                        f"{MOST_LINES} rows, up to row {number}; save it as CSV"
                    )
                yield row
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001  a damaged worksheet fails in many ways
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> InputError:
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        return InputError(
            f"{self.where}: not an Excel workbook that can be read ({reason}); save it as .xlsx or CSV"
        )


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
