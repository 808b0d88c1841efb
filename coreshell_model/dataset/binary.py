"""Binary files of cyclers, through optional packages that are imported when such a file comes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from coreshell_model.dataset.sheet import Sheet
from coreshell_model.errors import InputError
from coreshell_model.library import shown


def neware_sheet(path: Path) -> Sheet:
    """A Neware .nda or .ndax file, through fastnda.

    Raises
    ------
    InputError
        fastnda is not installed, or cannot read the file.
    """
    where = shown(path)
    try:
        import fastnda
    except ImportError:
        raise InputError(
            f'{where}: .nda and .ndax files need fastnda; pip install "coreshell_model[neware]"'
        ) from None
    try:
        frame = fastnda.read(path, cycle_mode="raw")
    except Exception as error:  # noqa: BLE001  the format is reverse-engineered, its reader fails in many ways
        raise unreadable(where, error, "export it from BTSDA as CSV or Excel") from None
    names = [name for name in frame.columns if name != "index"]
    columns = [
        frame[name].to_numpy() if frame[name].dtype.is_numeric() else frame[name].to_list() for name in names
    ]
    return binary_sheet(where, f"Neware {path.suffix.lower()}", names, columns)


def unreadable(where: str, error: Exception, instead: str) -> InputError:
    """The complaint about a file that its reader gave up, with what to do instead."""
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return InputError(f"{where}: cannot be read ({reason}); {instead}")


def binary_sheet(
    where: str,
    kind: str,
    names: Sequence[str],
    columns: Sequence[Any],
    *,
    notes: tuple[str, ...] = (),
    mass: float | None = None,
    began: datetime | None = None,
) -> Sheet:
    """Columns as a sheet; points take the place of lines.

    Raises
    ------
    InputError
        There are no points.
    """
    count = len(columns[0]) if columns else 0
    if not count:
        raise InputError(f"{where}: the file has no data points; give one with data")
    lines = range(1, count + 1)
    return Sheet(where, kind, tuple(names), tuple(columns), lines, notes=notes, mass=mass, began=began)
