"""The site: ``python -m sphinx -W -b html docs docs/_build/html``, without a network."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")

from site_pages.api import process_docstring, process_signature
from site_pages.generate import generate
from site_pages.places import SPLIT, rewritten

import coreshell_model

project = "coreshell_model"
author = "The coreshell_model developers"
version = release = coreshell_model.__version__
html_title = "coreshell_model"

extensions = ["myst_nb", "sphinx.ext.autodoc"]
root_doc = "index"
exclude_patterns = ["_build", "site_pages", *(path.removeprefix("docs/") for path in SPLIT)]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
smartquotes = False
"""Two dashes are those of an option."""

nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]
"""Names of Python within docstrings and signatures are text: most of them are of other packages."""

myst_heading_anchors = 4
myst_enable_extensions = ["deflist", "colon_fence"]
nb_execution_mode = os.environ.get("CORESHELL_DOCS_EXECUTE", "off")
"""Notebooks are shown with the outputs that they are stored with, which tests compare with new ones; "force"
executes them here."""

nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "coreshell_model"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "secondary_sidebar_items": ["page-toc"],
}
copyright = "The coreshell_model developers, BSD 3-Clause licence"

ORIGINS = generate()


def links(app, page, source):
    """Sphinx's hook: relative links of a page become those of the site."""
    origin = ORIGINS.get(page) or f"docs/{Path(app.env.doc2path(page)).relative_to(HERE).as_posix()}"
    source[0] = rewritten(source[0], origin, page)


def setup(app):
    """Sphinx's hook."""
    app.connect("source-read", links)
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-signature", process_signature)
    return {"parallel_read_safe": False}
