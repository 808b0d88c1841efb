"""How large a measured file may be: enough for months of cycling, too little to fill a memory.

All limits are counts, none is a time, so that a file is read or refused alike on every machine. Together they
keep any file below 2 GB of memory; docs/data.md lists them.
"""

import zipfile
from typing import IO

from coreshell_model.errors import InputError

LARGEST = 300_000_000
"""Bytes of a file that is read: 3 million lines of 100 characters."""

MOST_LINES = 3_000_000
"""Lines of a text file, records of a binary one: a point a second for five weeks, a point a minute for six
years."""

LONGEST_LINE = 100_000
"""Characters of a line."""

MOST_COLUMNS = 1000
"""Columns of a table."""

MOST_SHEET_CELLS = 2_000_000
"""Cells of a worksheet, empty ones between others included: openpyxl needs 10 microseconds for each."""

MOST_TAGS = 4 * MOST_SHEET_CELLS
"""Marks of XML in a workbook, four to a cell; others take longer and count more often."""

MOST_UNPACKED = 120_000_000
"""Bytes into which a zipped file may unpack: 2 million cells of a workbook, a million records of .ndax."""

MOST_RATIO = 200
"""Times its packed size into which a part may unpack, where that is more than ``UNPACKED_FREELY``: a log
comes to 10 or 30 times, zeros to 1000."""

UNPACKED_FREELY = 20_000_000
"""Bytes into which a part of a zipped file may unpack from any size."""

MOST_PARTS = 1000
"""Files in a zipped file."""

TOO_LARGE = f"the file is larger than {LARGEST // 1_000_000} MB; give it in parts"


def check_zip(where: str, file: IO[bytes], instead: str, unreadable: str) -> None:
    """Refuse a zipped file that would unpack too far, by its directory, before anything is unpacked.

    Python's zipfile gives no more of a part than the directory says, so that a directory that lies hides
    nothing.

    Parameters
    ----------
    file : the zipped file
    instead : what the user can do
    unreadable : the complaint about a file that is none

    Raises
    ------
    InputError
        Not a zipped file, or one beyond the limits.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception as error:  # noqa: BLE001  a damaged directory fails in many ways
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise InputError(f"{where}: {unreadable} ({reason}); {instead}") from None
    if len(parts) > MOST_PARTS:
        raise InputError(f"{where}: {len(parts)} files are packed in it, more than {MOST_PARTS}; {instead}")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise InputError(
            f"{where}: would unpack to {unpacked / 1e6:.0f} MB, more than {MOST_UNPACKED / 1e6:.0f} MB; "
            f"{instead}"
        )
    for part in parts:
        if part.file_size > UNPACKED_FREELY and part.file_size > MOST_RATIO * part.compress_size:
            ratio = part.file_size / max(part.compress_size, 1)
            raise InputError(
                f"{where}: {part.filename[:60]!r} in it would unpack to {part.file_size / 1e6:.0f} MB, "
                f"{ratio:.0f} times its size, more than {MOST_RATIO} times; {instead}"
            )
