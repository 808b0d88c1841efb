"""Pages in PDF as tests read them."""

import re

from pypdf import PdfReader


def words_of_page(path):
    """The words of a PDF that has one page of A4, a space between them."""
    (page,) = PdfReader(path).pages
    assert [round(float(side) / 72, 2) for side in page.mediabox[2:]] == [8.27, 11.69]
    return re.sub(r"\s+", " ", page.extract_text())
