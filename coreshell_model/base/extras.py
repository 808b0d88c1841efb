"""Extras: packages that only some commands need, and that ``pip install "coreshell_model[NAME]"`` adds."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from coreshell_model.base.errors import InputError


@dataclass(frozen=True)
class Extra:
    """What an extra adds.

    Attributes
    ----------
    packages : names under which its packages are installed, as in pyproject.toml
    modules : modules that are imported from them, in the same order
    gives : what works with it, in words
    """

    packages: tuple[str, ...]
    modules: tuple[str, ...]
    gives: str

    @property
    def missing(self) -> list[str]:
        """The packages of which the module cannot be imported."""
        pairs = zip(self.packages, self.modules, strict=True)
        return [package for package, module in pairs if not _is_there(module)]

    def versions(self) -> dict[str, str | None]:
        """The installed version of each package; None where it is missing."""
        return {package: _version(package) for package in self.packages}


EXTRAS = {
    "excel": Extra(("openpyxl",), ("openpyxl",), "Excel files of cyclers, and an analysis as a workbook"),
    "biologic": Extra(("datalab-org-galvani",), ("galvani.BioLogic",), "BioLogic .mpr files"),
    "neware": Extra(("fastnda",), ("fastnda",), "Neware .nda and .ndax files"),
    "arbin": Extra(("access-parser",), ("access_parser",), "Arbin .res files"),
    "web": Extra(
        ("dash", "plotly", "nbformat"), ("dash", "plotly", "nbformat"), "the page of `coreshell explore`"
    ),
    "posterior": Extra(("emcee", "corner"), ("emcee", "corner"), "`coreshell posterior`"),
    "design": Extra(
        ("SALib", "optuna", "sqlalchemy"),
        ("SALib", "optuna", "sqlalchemy"),
        "the search of `coreshell design`, and `coreshell sensitivity` by morris or sobol",
    ),
    "cluster": Extra(
        ("dask", "distributed", "cryptography"),
        ("dask", "distributed", "cryptography"),
        "`--scheduler ADDRESS` of a dask scheduler",
    ),
    "slurm": Extra(("dask-jobqueue",), ("dask_jobqueue",), "`--scheduler slurm`"),
}
"""The extras of pyproject.toml by name, without those of developers."""


def lacks(name: str, subject: str) -> str:
    """The line that says which packages of an extra are missing, and how to get them.

    Parameters
    ----------
    name : the extra
    subject : what needs it and the verb, such as "Excel files need"
    """
    packages = EXTRAS[name].missing or list(EXTRAS[name].packages)
    return f'{subject} {" and ".join(packages)}; pip install "coreshell_model[{name}]"'


def require(name: str, subject: str) -> None:
    """Refuse work whose extra is not installed; arguments are those of ``lacks``.

    Raises
    ------
    InputError
        A package of the extra is missing.
    """
    if EXTRAS[name].missing:
        raise InputError(lacks(name, subject))


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that should hold the module
        return False


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
