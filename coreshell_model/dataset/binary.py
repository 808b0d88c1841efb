"""Binary files of cyclers, through optional packages that are imported when such a file comes."""

import logging
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from coreshell_model.dataset.limits import MOST_LINES, check_zip
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
    instead = "export it from BTSDA as CSV or Excel"
    if path.suffix.lower() == ".ndax" and zipfile.is_zipfile(path):
        with path.open("rb") as file:
            check_zip(where, file, instead, "cannot be read")
    remarks = _Remarks()
    try:
        with warnings.catch_warnings(record=True) as warned, remarks.of("fastnda"):
            warnings.simplefilter("always")
            frame = fastnda.read(path, cycle_mode="raw")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  reverse-engineered; polars' panics are no Exception
        raise unreadable(where, error, instead) from None
    if len(frame) > MOST_LINES:
        raise InputError(f"{where}: {len(frame)} records, more than {MOST_LINES}; export it in parts")
    names = [name for name in frame.columns if name != "index"]
    columns = [
        frame[name].to_numpy() if frame[name].dtype.is_numeric() else frame[name].to_list() for name in names
    ]
    notes = [*(str(each.message) for each in warned), *remarks.texts]
    said = tuple(f"fastnda: {' '.join(text.split())[:200]}" for text in dict.fromkeys(notes))
    return binary_sheet(where, f"Neware {path.suffix.lower()}", names, columns, notes=said)


def unreadable(where: str, error: BaseException, instead: str) -> InputError:
    """The complaint about a file that its reader gave up, with what to do instead."""
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return InputError(f"{where}: cannot be read ({reason}); {instead}")


class _Remarks(logging.Handler):
    """What a package logs, kept to be stated instead of printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a remark."""
        self.texts.append(record.getMessage())

    @contextmanager
    def of(self, package: str) -> Iterator[None]:
        """Keep those of a package, which else go to the screen."""
        logger = logging.getLogger(package)
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)


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
