"""A solution on disk: curves, profiles, results and the exact inputs, and back."""

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tomli_w
import xarray as xr

from coreshell_model import __version__
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import CHECKSUM, checksum, replace
from coreshell_model.base.library import check_file
from coreshell_model.base.paths import user_path
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.quantity import Section
from coreshell_model.base.tables import document, markdown_table
from coreshell_model.base.written import check_written
from coreshell_model.data.bdf import electrode_mass, of_simulation, sidecar, write_sidecar
from coreshell_model.inputs.material import entries, material_from_dict
from coreshell_model.inputs.protocol import protocol_from_dict
from coreshell_model.inputs.steps import step_from_text
from coreshell_model.observe.quantities import summary
from coreshell_model.run.solution import (
    ELECTRODE_PROFILES,
    PARTICLE,
    PROFILES,
    RADII,
    Ending,
    Solution,
    StepTaken,
    curves,
    saved_series,
)

MEASURED = ("Appel", "the irreversible peak", "measured:")
"""How the source of a measured number begins; every other number is assumed, taken over or set."""

MOST_STORED = 1_000_000_000
"""Bytes of a saved solution, packed and unpacked: a hundred times a long run's."""

DAMAGED = (
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    EOFError,
)
"""Errors that HDF5 and the decoders of its files raise on a damaged file."""


def to_dataset(solution: Solution) -> xr.Dataset:
    """The series, profiles, steps and inputs of a solution as one xarray Dataset, units in its names."""
    data: dict = {name: ("point", solution[name]) for name in solution.series}
    for name, profile in solution.profiles.items():
        data[name] = (("simulated step", f"{_region(name)} cell"), profile)
    for name, profile in solution.electrode_profiles.items():
        data[name] = (("simulated step", "electrode cell"), profile)
    for region, radii in solution.radii.items():
        data[RADII[region]] = (f"{region} cell", radii)
    for column, values in _steps(solution).items():
        data[column] = ("step", values)
    attributes = {
        "inputs": json.dumps(inputs(solution)),
        "ending": solution.ending.name,
        "explanation": solution.explanation,
        "solve time [s]": solution.solve_time,
        "level": solution.level,
        LAYOUT: NEWEST,
    }
    return xr.Dataset(data, attrs=attributes)


LAYOUT, NEWEST = "layout of the file", 2
"""Name of the attribute with the number of a file's layout, and the number that this version writes. Files of
the first layout have no number. The number grows where an older file could be misread."""

SAVED = (
    *("curves.csv", "curves.csv.metadata.json", "result.json", "inputs.json"),
    *("material.toml", "protocol.toml", "assumptions.md", "solution.nc"),
)
"""Names of the files that ``save`` writes."""


def save(solution: Solution, folder: Path) -> list[Path]:
    """Write curves, profiles, results, exact inputs and assumptions into ``folder``; return the paths."""
    folder = user_path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "curves.csv": curves(solution).to_csv(index=False),
        "result.json": json.dumps(summary(solution), indent=2),
        "inputs.json": json.dumps(inputs(solution), indent=2),
        "material.toml": toml_text(solution.material),
        "protocol.toml": toml_text(solution.protocol),
        "assumptions.md": assumptions(solution),
    }
    # In memory first: on a full disk HDF5 complains at length and leaves half a file.
    contents: dict[str, bytes] = {"inputs.json": b""}  # first: it marks the other files as this program's
    contents |= {"solution.nc": bytes(_with_checksum(to_dataset(solution)).to_netcdf(engine="h5netcdf"))}
    contents |= {name: text.encode() for name, text in texts.items()}
    check_written(folder, SAVED, "inputs.json", "Versions")
    for name, content in contents.items():
        replace(folder / name, content)
    write_sidecar(
        folder / "curves.csv",
        electrode_mass(solution.material),
        of_simulation(solution),
        positive_current="sodiation",
    )
    return sorted([*(folder / name for name in contents), sidecar(folder / "curves.csv")])


def _with_checksum(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign_attrs({CHECKSUM: _checksum_of(dataset)})


def _checksum_of(dataset: xr.Dataset) -> str:
    """The checksum of every name, dimension, value and attribute."""
    content = [
        json.dumps({name: str(value) for name, value in dataset.attrs.items()}, sort_keys=True).encode()
    ]
    for name in sorted(map(str, dataset.variables)):
        values = dataset[name].to_numpy()
        content.append(json.dumps([name, list(dataset[name].dims), list(values.shape)]).encode())
        if not values.size:  # an empty series comes back as another type
            continue
        of_numbers = values.dtype.kind in "fiu"
        content.append(
            values.astype("<f8").tobytes() if of_numbers else json.dumps(values.astype(str).tolist()).encode()
        )
    return checksum(b"\n".join(content))


def toml_text(section: Section) -> str:
    """A material or protocol as the TOML text from which it can be read again."""
    return tomli_w.dumps(_plain(section))


def load(path: Path) -> Solution:
    """Read a solution.nc back; the PyBaMM solution behind it is not kept.

    Raises
    ------
    InputError
        Not a file that ``save`` wrote.
    """
    path = user_path(path)
    check_file(path, MOST_STORED, f"the file is larger than {MOST_STORED / 1e9:g} GB; is it a solution.nc?")
    with _silenced():
        try:
            return _read(path)
        except DAMAGED as error:
            if isinstance(error, InputError):
                raise
            reason = " ".join(str(error).split())
            if "synchronously open" in reason:  # HDF5's words for a file that is not HDF5
                reason = "it is no netCDF file, or is cut short"
        gc.collect()  # a half-opened file raises when it is deleted
    raise InputError(f"{path}: is not a saved solution ({reason}); give a solution.nc that --out wrote")


@contextmanager
def _silenced() -> Iterator[None]:
    """Suppress what h5netcdf prints about a damaged file that it half opened; the error raised is enough."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda unraisable: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _read(path: Path) -> Solution:
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        if stored.nbytes > MOST_STORED:  # repeated numbers may be packed into a small file
            raise ValueError(f"unpacks to {stored.nbytes / 1e9:.3g} GB, more than {MOST_STORED / 1e9:g} GB")
        dataset = stored.load()
    if dataset.attrs.get(LAYOUT, 1) > NEWEST:
        raise InputError(
            f"{path}: {_written_by(dataset)}, newer than this, {__version__}; update coreshell_model to read "
            "it"
        )
    stored_checksum = dataset.attrs.pop(CHECKSUM, None)  # older ones have none
    if stored_checksum is not None and stored_checksum != _checksum_of(dataset):
        raise ValueError("damaged, or changed since it was written: its checksum is another")
    record = json.loads(dataset.attrs["inputs"])
    level = dataset.attrs["level"]
    is_full = "positive" in record["Material"]
    names = (*saved_series(level != PARTICLE, is_full), *PROFILES, *RADII.values())
    if level != PARTICLE:
        names += ELECTRODE_PROFILES
    if missing := [name for name in names if name not in dataset]:
        raise InputError(f"{path}: {_written_by(dataset)}, without {missing[0]}; run it again with --out")
    saved = {name: dataset[name].to_numpy() for name in names}
    return _solution_of(dataset, record, saved, path)


def _written_by(dataset: xr.Dataset) -> str:
    try:
        version = json.loads(dataset.attrs["inputs"])["Versions"]["coreshell_model"]
    except (KeyError, ValueError, TypeError):
        version = "an unknown version"
    return f"was written by coreshell_model {version}"


def _solution_of(dataset: xr.Dataset, record: dict, saved: dict[str, np.ndarray], path: Path) -> Solution:
    """The solution that a file holds."""
    with at(f"{path} ({_written_by(dataset)})"):
        material = material_from_dict(record["Material"], "its material")
        protocol = protocol_from_dict(record["Protocol"], "its protocol")
    columns = ("cycle", "number", "text", "ending", "start", "stop")
    steps = tuple(
        StepTaken(
            int(cycle),
            int(number),
            step_from_text(str(text), protocol.is_full),
            Ending[str(ending)],
            slice(int(start), int(stop)),
        )
        for cycle, number, text, ending, start, stop in zip(
            *(dataset[f"Step {column}"].to_numpy() for column in columns), strict=True
        )
    )
    return Solution(
        material,
        protocol,
        record["Parameters"],
        steps,
        Ending[dataset.attrs["ending"]],
        dataset.attrs["explanation"],
        float(dataset.attrs["solve time [s]"]),
        saved=saved,
        level=dataset.attrs["level"],
    )


def inputs(solution: Solution) -> dict:
    """What made the solution: files as read, parameters in SI, versions."""
    return {
        "Material": _plain(solution.material),
        "Protocol": _plain(solution.protocol),
        "Parameters": dict(solution.parameters),
        "Versions": versions_of_a_run(),
    }


def assumptions(solution: Solution) -> str:
    """Every number of the run that was not measured, with the reason for its value."""
    protocol = solution.protocol
    lines = [
        f"# Assumptions behind {solution.material.name} through {protocol.name}",
        "",
        "Capacities are per gram of active carbon (core + shell).",
        f"1C is {protocol.basis.one_c} of active carbon; the window is {protocol.window.lower} to "
        f"{protocol.window.upper}; sodiation ends {protocol.end_of_sodiation}.",
        "What the model itself assumes is in the register of docs/physics.md.",
        "",
    ]
    numbers = {**entries(solution.material), **{f"protocol.{k}": v for k, v in entries(protocol).items()}}
    others = {path: number for path, number in numbers.items() if not number.source.startswith(MEASURED)}
    rows = [(path, number, number.source) for path, number in others.items()]
    return document([*lines, *markdown_table(("number", "value", "source"), rows, bar="/")])


def _plain(section: Section) -> dict:
    return section.model_dump(exclude_none=True, mode="json")


def _region(name: str) -> str:
    return "Shell" if name.startswith("Shell") else "Core"


def _steps(solution: Solution) -> dict[str, np.ndarray]:
    steps = solution.steps
    return {
        "Step cycle": np.array([step.cycle for step in steps], int),
        "Step number": np.array([step.number for step in steps], int),
        "Step text": np.array([step.asked.text for step in steps], object),
        "Step ending": np.array([step.ending.name for step in steps], object),
        "Step start": np.array([step.points.start for step in steps], int),
        "Step stop": np.array([step.points.stop for step in steps], int),
    }
