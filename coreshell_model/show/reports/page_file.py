"""A page on disk: one PDF, written over nothing but a page that is as this program wrote it."""

import io
import os
import re
from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import HEX_DIGITS, checksum, replace, room_for
from coreshell_model.show.figures.picture import UNDATED, styled
from coreshell_model.show.reports.drawn import drawn
from coreshell_model.show.reports.page import Page

MARK = b"report of coreshell_model, SHA-256 "
"""In the metadata of every page; the checksum of the file with zeros in the checksum's place follows."""

ZEROS = b"0" * HEX_DIGITS


def check_page(path: Path) -> None:
    """Refuse a path that a page cannot be written to, or a file there that is not as this program wrote it.

    Raises
    ------
    InputError
        With what to do.
    """
    if path.suffix.lower() != ".pdf":
        raise InputError(f"{path}: a report is a PDF; let the name end in .pdf")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {str(path.parent)!r}; make it, or give another path")
    if os.path.lexists(path) and not _is_as_written(path):
        raise InputError(
            f"{path}: is there and is not as this program wrote it; move it, or give another name"
        )


def save_page(page: Page, path: Path) -> Path:
    """Write a page as PDF; return the path.

    Raises
    ------
    InputError
        As ``check_page``, or the file cannot be written.
    """
    check_page(path)
    content = page_bytes(page)
    with room_for(path, "or give another path"):
        replace(path, content)
    return path


def page_bytes(page: Page) -> bytes:
    """The PDF, without a date: the same page is always the same file."""
    content = io.BytesIO()
    sheet = drawn(page)
    with styled():
        metadata = UNDATED[".pdf"] | {"Title": page.title, "Creator": (MARK + ZEROS).decode()}
        sheet.savefig(content, format="pdf", metadata=metadata)
    unmarked = content.getvalue()
    return unmarked.replace(MARK + ZEROS, MARK + checksum(unmarked).encode())


def _is_as_written(path: Path) -> bool:
    try:
        content = b"" if path.is_symlink() or not path.is_file() else path.read_bytes()
    except OSError:
        return False
    found = re.search(re.escape(MARK) + rb"([0-9a-f]{64})", content)
    if found is None:
        return False
    unmarked = content.replace(MARK + found[1], MARK + ZEROS)
    return checksum(unmarked).encode() == found[1]
