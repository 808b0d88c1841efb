"""Open a measured file, read-only, with the reader that its contents and its name call for."""

from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import read_bytes, shown
from coreshell_model.data.binary import arbin_sheet, is_access, neware_sheet
from coreshell_model.data.eclab import eclab_sheet, is_eclab
from coreshell_model.data.excel import excel_sheet, is_workbook
from coreshell_model.data.mpr import biologic_sheet
from coreshell_model.data.sheet import LARGEST, TOO_LARGE, Choice, Sheet
from coreshell_model.data.text import text_sheet


def open_sheet(path: Path, chosen: Choice, worksheet: str | None) -> Sheet:
    """The table that a file holds.

    Raises
    ------
    InputError
        The file cannot be opened, or holds no table with a time, a voltage and a current.
    """
    content = _bytes(path)
    suffix = path.suffix.lower()
    if suffix in (".nda", ".ndax"):
        return neware_sheet(path)
    if suffix == ".mpr" or content.startswith(b"BIO-LOGIC MODULAR FILE"):
        return biologic_sheet(path, content)
    if suffix == ".res" or is_access(content):
        return arbin_sheet(path, content)
    if is_workbook(path, content):
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
