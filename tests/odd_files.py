"""Files that cost far more than they weigh, and things that are no files, made on the fly."""

import io
import os
import socket
import zipfile
from contextlib import contextmanager

import openpyxl

HEADER = "time/s,voltage/V,current/mA"
SHEET, STRINGS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OF_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)


def workbook(change=lambda parts: None):
    """A small workbook with data, whose parts ``change`` may alter."""
    book = openpyxl.Workbook()
    for row in [("Time(s)", "Voltage(V)", "Current(mA)"), *((i, 1 - i / 100, 1) for i in range(20))]:
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    return zipped(parts)


def zipped(parts):
    """Parts as a zipped file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return content.getvalue()


def with_rows(more):
    """A workbook with more XML after its rows."""

    def change(parts):
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", more + b"</sheetData>")

    return workbook(change)


def with_strings(more):
    """A workbook with these shared texts."""

    def change(parts):
        parts[STRINGS] = f'<sst xmlns="{MAIN}">'.encode() + more + b"</sst>"
        parts[TYPES] = parts[TYPES].replace(b"</Types>", OF_STRINGS)

    return workbook(change)


def with_styles(more):
    """A workbook with more formats of cells."""

    def change(parts):
        name = "xl/styles.xml"
        parts[name] = parts[name].replace(b"</cellXfs>", more + b"</cellXfs>")

    return workbook(change)


def without_expansion():
    """A workbook with an entity that would grow a billionfold."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 10))
    doctype = b'<!DOCTYPE x [<!ENTITY e0 "ha">' + entities + b"]>"
    cell = b'<row><c t="inlineStr"><is><t>&e9;</t></is></c></row>'

    def change(parts):
        parts[SHEET] = doctype + parts[SHEET].replace(b"</sheetData>", cell + b"</sheetData>")

    return workbook(change)


def ndax(unpacked):
    """A .ndax file whose records are so many zeros."""
    return zipped({"data.ndc": b"\1\0\16" + bytes(unpacked - 3), "Step.xml": b"<root><config/></root>"})


@contextmanager
def special(folder, kind):
    """The path of a named pipe, a socket, a device or a folder."""
    path = folder / "cell.csv"
    if kind == "a device":
        yield type(path)("/dev/zero")
    elif kind == "a named pipe":
        os.mkfifo(path)
        yield path
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
            yield path
    else:
        path.mkdir()
        yield path
