"""Write licences.md: every package that this one installs, with its licence, from the installed metadata.

Run it with ``python docs/licences.py`` where the extra `dev` is installed; it lists none of developers alone.
"""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from coreshell_model.base.tables import apart, document, markdown_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
OF_DEVELOPERS = {"dev", "docs", "pybop"}
OWN = "coreshell-model"

BEGINNING = """# Licences of dependencies

`python docs/licences.py` writes this page from the metadata of installed packages. coreshell_model itself is
BSD-3-Clause. No package of the first table is under the GPL; packages under the GPL come with a named extra
alone, and are imported only where that extra's files are read."""


def project() -> dict[str, list[str]]:
    """The requirements in pyproject.toml: those of all under "", those of each extra under its name."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        name: texts for name, texts in stated["optional-dependencies"].items() if name not in OF_DEVELOPERS
    }
    return {"": stated["dependencies"], **extras}


def tree(texts: Iterable[str]) -> set[str]:
    """Names of the packages that requirements bring along on this machine, with theirs in turn."""
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in texts]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name == OWN or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
            continue
        new = name not in found
        found.add(name)
        for asked in ([""] if new else []) + sorted(requirement.extras):
            waiting += [(Requirement(text), asked) for text in _distribution(name).requires or ()]
    return found


def licence(name: str) -> str:
    """The licence that a package states: an expression, classifiers, or the first line of its text."""
    metadata = _distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in metadata.get_all("Classifier") or ()
        if text.startswith("License")
    ]
    named = [text for text in classifiers if text != "OSI Approved"]
    first_line = (metadata.get("License") or "").strip().partition("\n")[0]
    return ", ".join(named) or first_line or _first_line_of_file(name) or "not stated"


def _first_line_of_file(name: str) -> str:
    """The first line of the text of the licence that a package brings along."""
    for path in _distribution(name).files or ():
        if re.match(r"LICEN[CS]E", path.name, re.I):
            lines = path.read_text(encoding="utf-8").strip().splitlines()
            return lines[0].strip() if lines else ""
    return ""


def is_gpl(text: str) -> bool:
    """Whether a licence is the GPL or AGPL; the LGPL, under which a library may be used by others, is not."""
    return re.search(r"(?<!L)GPL|(?<!Lesser )General Public License", text) is not None


def page() -> str:
    """The page: packages of every installation, and what each extra adds."""
    requirements = project()
    everywhere = tree(requirements[""])
    rows = [(name, licence(name)) for name in sorted(everywhere)]
    extras: dict[str, list[str]] = {}
    for extra, texts in requirements.items():
        for name in tree(texts) - everywhere:
            extras.setdefault(name, []).append(extra)
    added = [(name, licence(name), ", ".join(extras[name])) for name in sorted(extras)]
    return document(
        apart(
            (
                BEGINNING.splitlines(),
                ["## In every installation"],
                markdown_table(("package", "licence"), rows),
                ["## With an extra"],
                markdown_table(("package", "licence", "with"), added),
            )
        )
    )


def _distribution(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed; pip install -e '.[dev]' first") from None


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
