"""Battery Data Format CSV out: a measurement or a simulation, with its metadata beside it.

The Battery Data Format names the file ``TABLE.csv.metadata.json``; the entries are under ``coreshell_model``.

In the file a positive current charges the cell, which desodiates the carbon: the format's charging capacity
is the integral of the current above 0. Numbers are written with all their digits and read back the same.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, replace, room_for
from coreshell_model.base.library import read_text, shown
from coreshell_model.base.paths import user_path
from coreshell_model.base.units import to_si
from coreshell_model.data.clock import SIGNS
from coreshell_model.data.columns import CURRENT, CYCLE, STEP, TEMPERATURE, TIME, VOLTAGE
from coreshell_model.data.half_cell import CELLS, FULL_CELL
from coreshell_model.data.record import AT_EQUILIBRIUM, CONSTANT_CURRENT, Dataset
from coreshell_model.inputs.material import Material
from coreshell_model.run.solution import Solution

ENTRY, MASS, SIGN = "coreshell_model", "Mass of active carbon [kg]", "Positive current"
CELL = "Cell"
WITHOUT_TIME, BEFORE = "Without time", "Charge before the first point [C]"
SUM = "SHA-256 of the table"
KINDS = (CONSTANT_CURRENT, AT_EQUILIBRIUM)
"""What a table without time can be."""


class TableMetadata(NamedTuple):
    """Contents of the metadata file beside a table; the defaults stand where there is no such file.

    A simulated table, or one that was timed by its charge, may have long intervals, which are no gaps.
    """

    mass: float | None = None
    positive_current: str | None = None
    simulated: bool = False
    cell: str | None = None
    without_time: str | None = None
    before: float = 0.0


def sidecar(path: Path) -> Path:
    """The metadata file of a table."""
    return path.with_name(f"{path.name}.metadata.json")


def read_sidecar(path: Path) -> TableMetadata:
    """The metadata beside a table, if this program wrote them.

    Raises
    ------
    InputError
        The metadata exist and cannot be used.
    """
    metadata_file = sidecar(path)
    try:
        if not metadata_file.exists():
            return TableMetadata()
    except OSError:  # the name with the ending is longer than the system allows
        return TableMetadata()
    text = read_text(metadata_file)
    try:
        entries = json.loads(text).get(ENTRY, {})
        mass, sign, cell = entries.get(MASS), entries.get(SIGN), entries.get(CELL)
        without_time, before = entries.get(WITHOUT_TIME), entries.get(BEFORE, 0.0)
    except (ValueError, AttributeError, RecursionError):  # a number of 5000 digits raises a plain ValueError
        raise InputError(
            f"{shown(metadata_file)}: not metadata that can be read; correct or remove it"
        ) from None
    if not (mass is None or (isinstance(mass, float) and 0 < mass < 1)) or sign not in (None, *SIGNS):
        raise InputError(
            f"{shown(metadata_file)}: {MASS} is {mass!r}, {SIGN} {sign!r}; correct or remove the file"
        )
    if cell not in (None, *CELLS):
        raise InputError(f"{shown(metadata_file)}: {CELL} is {cell!r}; correct or remove the file")
    if without_time not in (None, *KINDS) or not (isinstance(before, float) and before >= 0):
        raise InputError(
            f"{shown(metadata_file)}: {WITHOUT_TIME} is {without_time!r}, {BEFORE} {before!r}; correct or "
            "remove the file"
        )
    return TableMetadata(mass, sign, "Protocol" in entries, cell, without_time, before)


def check_own_table(path: Path) -> None:
    """Refuse to overwrite a table, or metadata, that is not as this program wrote it."""
    metadata_file = sidecar(path)
    existing = [file for file in (path, metadata_file) if os.path.lexists(file)]
    if not existing:
        return
    try:
        as_written = json.loads(metadata_file.read_bytes())[ENTRY][SUM] == checksum(path.read_bytes())
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        as_written = False
    if not as_written or any(file.is_symlink() for file in existing):
        raise InputError(
            f"{shown(existing[0])}: is there and is not as this program wrote it; move it, or give another "
            "name"
        )


def write_sidecar(
    path: Path, mass: float | None, further: dict[str, Any], positive_current: str = "desodiation"
) -> Path:
    """Write the metadata beside an existing table; by default it is in BDF, where charging is positive."""
    entries = {
        SIGN: positive_current,
        MASS: mass,
        "Mass basis": "active carbon (core + shell)",
        **further,
        SUM: checksum(path.read_bytes()),
    }
    metadata_file = sidecar(path)
    replace(metadata_file, json.dumps({ENTRY: entries}, indent=2, ensure_ascii=False) + "\n")
    return metadata_file


CHARGE_ERROR = 1e-6
"""Error of the charge between written points, integrated along straight lines, relative to the largest charge
in the carbon."""

OFF_BY_THE_SOLVER = 0.01
"""Share of that error above which an interval gets a further point, which carries the charge that the solver
counted."""

MOST_PARTS = 100
"""Parts into which an interval between two points of the solver is divided at most."""


def to_bdf(results: Solution | Dataset, path: str | Path) -> tuple[Path, Path]:
    """Write BDF CSV and its metadata; return both paths.

    Parameters
    ----------
    results : a simulation, at the solver's own times, or a measurement
    path : of the table, ending in .csv; ``.bdf.csv`` is usual

    Raises
    ------
    InputError
        The path does not end in .csv, is the measurement's own file or another that this program did not
        write, or cannot be written.
    """
    path = user_path(path)
    if path.suffix.lower() != ".csv":
        raise InputError(f"{shown(path)}: Battery Data Format is written as CSV; let the name end in .csv")
    if isinstance(results, Dataset):
        table, mass, further = results.table, results.mass, _of_measurement(results)
        if path.resolve() in {source.resolve() for source in (results.source, *results.sources)}:
            raise InputError(
                f"{shown(path)}: is the measured file, which is never changed; give another name"
            )
    else:
        table, mass, further = (
            simulated_table(results),
            electrode_mass(results.material),
            of_simulation(results),
        )
    if table.empty:
        raise InputError("the simulation has no points in time to write; see how it ended")
    # Charging takes sodium out of the carbon of a half-cell, and into that of a full cell.
    charging = 1.0 if results.is_full else -1.0
    written = table.assign(**{CURRENT: charging * table[CURRENT] + 0.0})
    check_own_table(path)
    with room_for(shown(path)):
        replace(path, written.to_csv(index=False, lineterminator="\n"))
        return path, write_sidecar(path, mass, further, SIGNS[0] if charging > 0 else SIGNS[1])


def simulated_table(solution: Solution) -> pd.DataFrame:
    """The points of a simulation as the table of a Dataset: I > 0 sodiates.

    The table has the solver's own points. Where the current bends between two of them (the decay in a hold)
    it has further points, so many that straight lines keep the charge to ``CHARGE_ERROR``. The current at the
    further points is shifted by the remaining difference from the charge that the solver counted, which under
    voltage control is up to a hundred-thousandth of it. A solution loaded from a file has its points only.
    """
    time = solution["Time [s]"]
    cycle, number = np.zeros(len(time), int), np.zeros(len(time), int)
    for place, step in enumerate(solution.steps, start=1):
        cycle[step.points], number[step.points] = step.cycle, place
    parts = _parts(solution, number)
    within = np.concatenate([np.arange(count) / count for count in parts]) if parts.size else np.zeros(0)
    before = np.repeat(np.arange(len(time)), parts)
    between = within > 0
    times = time[before]
    times[between] += within[between] * np.diff(time)[before[between]]
    data = {TIME: times}
    for name, column in (("Voltage [V]", VOLTAGE), ("Current [A]", CURRENT)):
        data[column] = solution[name][before]
        if between.any():
            data[column][between] = solution.pybamm[name](t=times[between])
    _carry_counted_charge(solution, data[CURRENT], times, before, between)
    temperature = np.full(len(times), solution.material.cell.temperature.si - 273.15)
    return pd.DataFrame({**data, CYCLE: cycle[before], STEP: number[before], TEMPERATURE: temperature})


def _carry_counted_charge(solution: Solution, current, times, before, between) -> None:
    """Shift the currents between two of the solver's points by one amount, so that lines keep the charge."""
    if not between.any():
        return
    lines = np.diff(times) * (current[1:] + current[:-1]) / 2
    written = np.bincount(before[:-1], weights=lines, minlength=before[-1] + 1)[:-1]
    added = np.bincount(before[between], minlength=before[-1] + 1)[:-1]
    divided = added > 0
    left = np.diff(_counted_charge(solution))[divided] * electrode_mass(solution.material) - written[divided]
    part = np.diff(solution["Time [s]"])[divided] / (added[divided] + 1)
    shift = np.zeros(len(added) + 1)
    shift[:-1][divided] = left / (part * added[divided])
    current[between] += shift[before[between]]


def _counted_charge(solution: Solution) -> np.ndarray:
    """Charge that went into the carbon [C/kg], as the solver counted it."""
    return to_si(1.0, "mA.h.g-1", "C/kg") * solution["Specific capacity [mA.h.g-1]"]


def _parts(solution: Solution, number: np.ndarray) -> np.ndarray:
    """Number of parts into which the interval after each point is divided."""
    parts = np.ones(len(number), int)
    if solution.pybamm is None or len(number) < 2:
        return parts
    time, current = solution["Time [s]"], solution["Specific current [A.kg-1]"]
    charge = _counted_charge(solution)
    allowed = CHARGE_ERROR * np.ptp(charge) / len(number)
    if allowed > 0:
        within = np.diff(number) == 0
        lines = np.diff(time) * (current[1:] + current[:-1]) / 2
        off = np.abs(np.diff(charge) - lines)
        by_bend = np.ceil(np.sqrt(np.minimum(off, _off_by_bend(time, current, within)) / allowed))
        parts[:-1] = np.where(
            within, np.clip(by_bend, 1 + (off > OFF_BY_THE_SOLVER * allowed), MOST_PARTS), 1
        )
    return parts


def _off_by_bend(time: np.ndarray, current: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Charge per mass that a line over each interval misses by the current's second derivative [C/kg]."""
    length = np.diff(time)
    slope = np.divide(np.diff(current), length, out=np.zeros_like(length), where=length > 0)
    bend = np.zeros(len(time))
    inside = within[1:] & within[:-1]
    bend[1:-1][inside] = np.abs(2 * np.diff(slope) / (length[1:] + length[:-1]))[inside]
    return length**3 / 12 * np.maximum(bend[1:], bend[:-1])


def electrode_mass(material: Material) -> float:
    """Mass of active carbon in the simulated electrode [kg]."""
    cell = material.cell
    return cell.active_loading.si * cell.electrode_area.si


def _of_measurement(dataset: Dataset) -> dict[str, Any]:
    return {
        CELL: dataset.cell,
        **({WITHOUT_TIME: dataset.without_time, BEFORE: dataset.before} if dataset.without_time else {}),
        "Source": ", ".join(path.name for path in dataset.sources or (dataset.source,)),
        "Format of the source": dataset.format,
        "Converted": list(dataset.statements),
    }


def of_simulation(solution: Solution) -> dict[str, Any]:
    """The metadata of a simulation's table."""
    protocol = solution.protocol
    return {
        **({CELL: FULL_CELL} if solution.is_full else {}),
        "Material": solution.material.name,
        "Protocol": protocol.name,
        "End of sodiation": protocol.end_of_sodiation,
        "1C": f"{protocol.basis.one_c} of active carbon",
        "Ending": solution.explanation,
    }
