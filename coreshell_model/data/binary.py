"""Binary files of Neware and Arbin, read by other packages."""

import logging
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import EXTRAS, lacks, require
from coreshell_model.base.library import shown
from coreshell_model.data.sheet import MOST_LINES, Sheet, check_zip


def neware_sheet(path: Path) -> Sheet:
    """A Neware .nda or .ndax file, through fastnda.

    Raises
    ------
    InputError
        fastnda is not installed, or cannot read the file.
    """
    where = shown(path)
    require("neware", f"{where}: .nda and .ndax files need")
    import fastnda

    instead = "export it from BTSDA as CSV or Excel"
    if path.suffix.lower() == ".ndax" and zipfile.is_zipfile(path):
        with path.open("rb") as file:
            check_zip(where, file, instead, "cannot be read")
    remarks = _Remarks()
    try:
        with warnings.catch_warnings(record=True) as caught, remarks.of("fastnda"):
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
    remarks_made = [*(str(warning.message) for warning in caught), *remarks.texts]
    statements = tuple(f"fastnda: {' '.join(text.split())[:200]}" for text in dict.fromkeys(remarks_made))
    return binary_sheet(where, f"Neware {path.suffix.lower()}", names, columns, notes=statements)


def unreadable(where: str, error: BaseException, instead: str) -> InputError:
    """The error for a file that its reader could not read, with what to do instead."""
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return InputError(f"{where}: cannot be read ({reason}); {instead}")


class _Remarks(logging.Handler):
    """Collects what a package logs, so that it becomes a statement instead of a print on the screen."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a remark."""
        self.texts.append(record.getMessage())

    @contextmanager
    def of(self, package: str) -> Iterator[None]:
        """Collect the remarks of a package, which otherwise go to the screen."""
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
    """Columns as a sheet; points are counted in the place of lines.

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


HEADS = (b"\0\x01\0\0Standard Jet DB", b"\0\x01\0\0Standard ACE DB")
EXPORT = (
    "export it from Arbin's Data Watcher or MITS Pro as CSV or Excel, or with mdbtools as 'mdb-export "
    "FILE.res Channel_Normal_Table'"
)
POINTS, TESTS = "Channel_Normal_Table", "Global_Table"

UNITS = {
    "Test_Time": "Test_Time(s)",
    "Step_Time": "Step_Time(s)",
    "DateTime": "DateTime",
    "Step_Index": "Step_Index",
    "Cycle_Index": "Cycle_Index",
    "Current": "Current(A)",
    "Voltage": "Voltage(V)",
}
"""The database's columns as Arbin's text export names them, which has their units."""

NEEDED = ("Test_Time", "Current", "Voltage")

UNSET_MASSES = (0.0, 1.0)
"""Grams in the file where nobody entered a mass."""

FIRST_DAY = datetime(1899, 12, 30)
"""Day 0 of the database's dates."""


def is_access(content: bytes) -> bool:
    """Whether a file begins as Access databases do."""
    return content.startswith(HEADS)


def arbin_sheet(path: Path, content: bytes) -> Sheet:
    """The points of an Arbin database, with the mass that it states.

    Raises
    ------
    InputError
        The reader is not installed, the file is not Arbin's, or it holds several tests.
    """
    where = shown(path)
    if not is_access(content):
        raise InputError(f"{where}: is no database of Arbin's, whatever its name says; {EXPORT}")
    if EXTRAS["arbin"].missing:
        raise InputError(f"{lacks('arbin', f'{where}: .res files need')}, or {EXPORT}")
    from access_parser import AccessParser

    logging.getLogger("access_parser").setLevel(logging.CRITICAL)  # its warnings are about other tables
    try:
        base = AccessParser(str(path))
        points, tests = ({**base.parse_table(name)} for name in (POINTS, TESTS))
        table = {name: points[name] for name in UNITS if name in points}
        columns = {name: _numbers(values) for name, values in table.items()}
        numbers = _numbers(points["Data_Point"])
        order = np.argsort(numbers, kind="stable")
        test_count = len(set(points["Test_ID"]))
    except Exception as error:  # noqa: BLE001  a damaged database fails in many ways
        raise unreadable(where, error, EXPORT) from None
    if missing := [name for name in NEEDED if name not in columns]:
        raise InputError(f"{where}: {POINTS} has no {missing[0]}; {EXPORT}")
    if test_count > 1:
        raise InputError(f"{where}: holds {test_count} tests; {EXPORT}, test by test")
    if len(order) > MOST_LINES:
        raise InputError(f"{where}: {len(order)} points, more than {MOST_LINES}; {EXPORT}")
    steps = np.diff(numbers[order])
    if (steps < 1).any():
        raise InputError(f"{where}: {POINTS} has points with the same number; {EXPORT}")
    if len({len(values) for values in columns.values()} | {len(order)}) > 1:
        raise InputError(f"{where}: the columns of {POINTS} have different lengths; {EXPORT}")
    cells = [_dates(v[order]) if name == "DateTime" else v[order] for name, v in columns.items()]
    names, notes = [UNITS[name] for name in columns], _missing_points(numbers[order], steps)
    return binary_sheet(where, "Arbin .res", names, cells, notes=notes, mass=_mass(tests))


def _missing_points(numbers: np.ndarray, steps: np.ndarray) -> tuple[str, ...]:
    """The statement about points that are missing by their numbers, as on a damaged page."""
    lost = np.flatnonzero(steps > 1)
    if not lost.size:
        return ()
    count = int((steps[lost] - 1).sum())
    return (f"{count} points are missing by their numbers, first after {int(numbers[lost[0]])}",)


def _numbers(values: Sequence[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else float(value) for value in values])


def _dates(days: np.ndarray) -> list[datetime | None]:
    return [FIRST_DAY + timedelta(days=float(day)) if np.isfinite(day) else None for day in days]


def _mass(tests: Mapping[str, Sequence[Any]]) -> float | None:
    """Mass of active material [kg]; None where it was left at its default."""
    grams = next((float(value) for value in tests.get("MASS", ()) if value is not None), 0.0)
    return None if grams in UNSET_MASSES or not grams > 0 else grams / 1e3
