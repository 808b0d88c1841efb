"""Open a measured file, read-only, by what it contains and what it is called."""

from pathlib import Path

from coreshell_model.dataset.arbin import arbin_sheet, is_access
from coreshell_model.dataset.binary import neware_sheet
from coreshell_model.dataset.eclab import eclab_sheet, is_eclab
from coreshell_model.dataset.excel import excel_sheet
from coreshell_model.dataset.limits import LARGEST, TOO_LARGE
from coreshell_model.dataset.mpr import biologic_sheet
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice
from coreshell_model.dataset.text import text_sheet
from coreshell_model.errors import InputError
from coreshell_model.library import read_bytes, shown


def open_sheet(path: Path, chosen: Choice, worksheet: str | None) -> Sheet:
    """The table that a file holds.

    Raises
    ------
    InputError
        It cannot be opened, or holds no table with a time, a voltage and a current.
    """
    content = _bytes(path)
    suffix = path.suffix.lower()
    if suffix in (".nda", ".ndax"):
        return neware_sheet(path)
    if suffix == ".mpr" or content.startswith(b"BIO-LOGIC MODULAR FILE"):
        return biologic_sheet(path, content)
    if suffix == ".res" or is_access(content):
        return arbin_sheet(path, content)
    if suffix in (".xlsx", ".xlsm") or content.startswith(b"PK\x03\x04"):
        return excel_sheet(path, content, chosen, worksheet)
    if suffix == ".xls" or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{shown(path)}: this is an old Excel workbook; save it as .xlsx or CSV")
    if worksheet is not None:
        raise InputError(f"{shown(path)}: has no worksheets; leave out worksheet (--worksheet)")
    if is_eclab(content):
        return eclab_sheet(path, content, chosen)
    return text_sheet(path, content, chosen)


def _bytes(path: Path) -> bytes:
    content = read_bytes(path, LARGEST, TOO_LARGE)
    if not content:
        raise InputError(f"{shown(path)}: the file is empty; give one with data")
    return content
