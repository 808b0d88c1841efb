"""Formats of a run for other programs, each a file of a fixed name in the run's folder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.files import replace, room_for
from coreshell_model.base.library import shown
from coreshell_model.base.written import new_file
from coreshell_model.data.archive import inputs
from coreshell_model.data.bdf import sidecar, to_bdf
from coreshell_model.data.origin import to_origin
from coreshell_model.data.workbook import check_openpyxl, curves_left_out, to_excel
from coreshell_model.run.solution import Solution


def to_netcdf(solution: Solution, path: str | Path) -> Path:
    """Write ``solution.to_xarray()`` as netCDF, with the exact inputs as JSON; return the path.

    Raises
    ------
    InputError
        The path does not end in .nc, its folder is not there, the file is there already, or it cannot be
        written.
    """
    path = new_file(path, ".nc")
    dataset = solution.to_xarray().assign_attrs(inputs=json.dumps(inputs(solution)))
    with room_for(shown(path)):  # in memory first: on a full disk HDF5 leaves half a file
        replace(path, bytes(dataset.to_netcdf(engine="h5netcdf")))
    return path


@dataclass(frozen=True)
class Format:
    """A format: the name of its file in the folder of a run, and the function that writes it there."""

    file: str
    write: Callable[[Solution, Path], Path | tuple[Path, ...]]

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the file and of the metadata beside it, if there are any."""
        return (self.file, sidecar(Path(self.file)).name) if self.write is to_bdf else (self.file,)


FORMATS = {
    "xlsx": Format("run.xlsx", to_excel),
    "netcdf": Format("run.nc", to_netcdf),
    "origin": Format("run.origin.csv", to_origin),
    "bdf": Format("run.bdf.csv", to_bdf),
}
"""The formats by the names that ``--format`` takes."""


def checked_formats(names: Sequence[str]) -> list[Format]:
    """The formats of these names, each once.

    Raises
    ------
    InputError
        A name is none of them, or a package that it needs is missing.
    """
    for name in names:
        if name not in FORMATS:
            guess = did_you_mean(name, FORMATS)
            raise InputError(f"--format {name[:50]!r}: {guess}there are {', '.join(FORMATS)}")
        if name == "xlsx":
            check_openpyxl("--format xlsx")
    return [FORMATS[name] for name in dict.fromkeys(names)]


def write_formats(
    solution: Solution, formats: Sequence[Format], folder: Path
) -> tuple[list[Path], list[str]]:
    """Write a run into a folder in each format; return the paths, and lines about what was left out.

    Of a run without a single point only the formats that hold its results and inputs are written.
    """
    written: list[Path] = []
    notes: list[str] = []
    for each in formats:
        if each.write is to_bdf and not solution["Time [s]"].size:
            notes.append(f"no {each.file}: the simulation has no points in time")
            continue
        paths = each.write(solution, folder / each.file)
        written += [paths] if isinstance(paths, Path) else paths
        if each.write is to_excel and (left_out := curves_left_out(solution)) is not None:
            notes.append(f"{each.file}: curves {left_out}")
    return written, notes
