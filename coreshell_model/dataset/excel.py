"""Excel workbooks: the one worksheet that has a time, a voltage and a current."""

import io
import zipfile
from pathlib import Path
from typing import Any

from coreshell_model.dataset.records import Records
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice, find_header, no_header
from coreshell_model.errors import InputError
from coreshell_model.library import shown


def excel_sheet(path: Path, content: bytes, chosen: Choice, worksheet: str | None) -> Sheet:
    """A worksheet of a workbook as a sheet; rows take the place of lines.

    Raises
    ------
    InputError
        Not a workbook, no worksheet with data, or more than one and none chosen.
    """
    where = shown(path)
    found, heads = [], []
    for name, rows in _worksheets(where, content).items():
        head = [[_text(cell) for cell in row] for row in rows[:401]]
        header = find_header(head, chosen)
        heads.append(head)
        if header is not None and worksheet in (None, name):
            found.append((name, rows, header))
    if worksheet is not None and not found:
        raise InputError(
            f"{where}: no worksheet {worksheet!r} with a time, a voltage and a current; correct the name"
        )
    if not found:
        best = max(heads, key=len, default=[])
        raise no_header(where, best, chosen, lambda place: place + 1)
    if len(found) > 1:
        names = ", ".join(repr(name) for name, _, _ in found)
        raise InputError(
            f"{where}: data in the worksheets {names}; choose one, as worksheet=... (--worksheet ...)"
        )
    name, rows, header = found[0]
    records = Records(where, header, chosen)
    for place in range(header.place + header.height, len(rows)):
        if any(cell not in (None, "") for cell in rows[place]):
            records.add(list(rows[place]), place + 1, place == len(rows) - 1)
    return records.sheet(f"Excel, worksheet {name!r}")


def _worksheets(where: str, content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f'{where}: Excel files need openpyxl; pip install "coreshell_model[excel]"'
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        reason = " ".join(str(error).split())[:80]
        raise InputError(
            f"{where}: not an Excel workbook that can be read ({reason}); save it as .xlsx or CSV"
        ) from None


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
