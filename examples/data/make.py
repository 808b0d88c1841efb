"""Files in the layout of a cycler, made by the model: no measurement is among them.

``python examples/data/make.py`` writes them again beside itself. The voltage has normal noise of a stated
standard deviation and seed; points are thinned. Each carbon differs from a shipped material in the numbers
that stand here, so that a recipe can compare what it infers with what was put in.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model import Solution, analyse, read_dataset, simulate
from coreshell_model.base.units import to_si
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.spectra import spectra_to_csv
from coreshell_model.data.sweeps import SweptSpectrum
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.inputs.steps import Kind as StepKind
from coreshell_model.run.impedance import spectrum

HERE = Path(__file__).parent

FIRST_CYCLE = {"shell.thickness": "12 nm"}
"""The carbon of ``first_cycle.csv``, changed against ``core_shell``: a thicker shell."""

REPLICATES = {"a": ("8.9 nm", "1.08 mg"), "b": ("9.4 nm", "1.15 mg"), "c": ("9.9 nm", "1.21 mg")}
"""Shell and mass of the cells of ``replicate_*.csv``: batches of one carbon differ by half a nanometre."""

RATES = {"core.clusters.rate": 0.5}
"""Factors on numbers of ``core_shell`` for ``rate_test.csv``: clusters form at half the rate."""

TITRATION = {
    "protocol.numbers.pulse_current": "5 mA/g",
    "protocol.numbers.pulses": "34",
    "protocol.numbers.pulse_time": "1 h",
    "protocol.numbers.rest_time": "6 h",
}
"""The titration of ``gitt.csv``: 5 mAh/g a pulse."""

IMPEDANCE = {"surface.exchange_current_density": 0.5}
"""Factors on numbers of ``core_shell`` for ``impedance.spectra.csv``."""

HEADER = ["Test Time / s", "Voltage / V", "Current / mA", "Cycle Count / 1", "Step Count / 1"]


def scaled(material: str, factors: Mapping[str, float]) -> dict[str, str]:
    """Changes of a material's numbers by factors, in the unit of its file."""
    numbers = read_material(material)
    changes = {}
    for path, factor in factors.items():
        number = numbers
        for part in path.split("."):
            number = getattr(number, part)
        changes[path] = f"{factor * number.value:g} {number.unit}"
    return changes


def points(solution: Solution, step, interval: float, moves: float) -> np.ndarray:
    """Times [s] of a step's points: so far apart, nearer where voltage [V] or current (share) moves."""
    solved = solution["Time [s]"][step.points]
    even = np.arange(solved[0], solved[-1], interval)
    voltage = solution["Voltage [V]"][step.points]
    current = solution["Current [A]"][step.points]
    way = np.cumsum(np.abs(np.diff(voltage, prepend=voltage[0]))) / moves
    way += np.cumsum(np.abs(np.diff(current, prepend=current[0]))) / (np.abs(current).max() or 1.0) / 0.02
    between = np.interp(np.arange(1.0, way[-1]), way, solved)
    times = np.concatenate([solved[[0, -1]], even, between])
    return np.unique(np.round(times, 1).clip(solved[0], solved[-1]))


def pulse_points(solution: Solution, step) -> np.ndarray:
    """Times [s] of a titration's step: every 10 s for ten minutes, then every five; a rest's more rarely."""
    begin, end = solution["Time [s]"][step.points][[0, -1]]
    if step.asked.kind is StepKind.REST:
        since = np.append(np.geomspace(1, end - begin, 12), 0.0)
    else:
        since = np.concatenate([np.arange(0, 600, 10), np.arange(600, end - begin, 300), [end - begin]])
    return np.unique((begin + since).clip(begin, end))


def write(name: str, solution: Solution, steps, times, mass: str, noise: float, seed: int) -> None:
    """A table of the steps, as a cycler writes it: mA of a cell of that mass, sodiation negative."""
    per_cell = to_si(float(mass.split()[0]), "mg", "kg") / (
        solution.material.cell.active_loading.si * solution.material.cell.electrode_area.si
    )
    rows = []
    for number, step in enumerate(steps, start=1):
        at = times(step)
        voltage, current = (solution.pybamm[name](t=at) for name in ("Voltage [V]", "Current [A]"))
        rows.append(
            pd.DataFrame(
                {"t": at, "v": voltage, "i": -1e3 * per_cell * current, "c": step.cycle, "s": number}
            )
        )
    table = pd.concat(rows)
    table["t"] -= table["t"].iloc[0]
    table["v"] += np.random.default_rng(seed).normal(0, noise, len(table))
    for column, form in (("t", "{:.1f}"), ("v", "{:.5f}"), ("i", "{:.5f}")):
        table[column] = table[column].map(form.format)
    table.columns = HEADER
    table.to_csv(HERE / name, index=False, lineterminator="\n")


def formation(name: str, changes: Mapping[str, str], cycles: int, mass: str, seed: int) -> None:
    """The first cycles of ``core_shell`` with some numbers changed, noise of 1 mV."""
    solution = simulate("core_shell", beginning(read_protocol("formation"), cycles), changes)
    write(name, solution, solution.steps, lambda step: points(solution, step, 1800, 0.01), mass, 1e-3, seed)


def rates() -> None:
    """Two cycles at C/20 with holds, then C/5, 1C, 2C and C/20 again; noise of 1 mV."""
    solution = simulate("core_shell", "design_rates", scaled("core_shell", RATES))
    write(
        "rate_test.csv",
        solution,
        solution.steps,
        lambda step: points(solution, step, 1800, 0.02),
        "1.1 mg",
        1e-3,
        5,
    )


def titration() -> None:
    """The sodiating half of a titration after two formation cycles, noise of 0.05 mV."""
    solution = simulate("chayambuka_hard_carbon", "gitt", TITRATION)
    steps = [step for step in solution.cycle_steps(3) if not step.skipped]
    last = max(place for place, step in enumerate(steps) if step.asked.kind is StepKind.SODIATE)
    steps = steps[: last + 2]
    write("gitt.csv", solution, steps, lambda step: pulse_points(solution, step), "15.5 mg", 5e-5, 6)


def impedance() -> None:
    """A spectrum at 0.1 V after formation, noise of 0.5 % of the modulus on each part."""
    carbon = changed(read_material("core_shell"), scaled("core_shell", IMPEDANCE))
    taken = spectrum(carbon, potential=0.1, after="formation", frequencies=np.logspace(5, -2.5, 61))
    noise = np.random.default_rng(7).normal(0, 0.005, (2, len(taken.frequencies)))
    values = taken.impedance + np.abs(taken.impedance) * (noise[0] + 1j * noise[1])
    written = SweptSpectrum(1, 0.0, 0.1, taken.frequencies.round(6), values.round(4))
    spectra_to_csv([written], HERE / "impedance.csv")


def digitised() -> None:
    """The first cycle as read off a printed figure: 70 points a half-cycle, 3 mV, 0.5 mAh/g of scatter."""
    (cell,) = analyse([read_dataset(HERE / "first_cycle.csv", mass="1.1 mg")]).cells
    scatter, columns = np.random.default_rng(8), {}
    for kind in (Kind.SODIATION, Kind.DESODIATION):
        curve = getattr(cell.results[0].cycle, kind.value)
        way = np.cumsum(np.hypot(np.diff(curve.capacity) / 500, np.diff(curve.voltage) / 2.5))
        at = np.interp(np.linspace(0, way[-1], 70), way, np.arange(1, len(curve.capacity)))
        place = np.arange(len(curve.capacity))
        capacity, voltage = (np.interp(at, place, values) for values in (curve.capacity, curve.voltage))
        columns[f"Capacity of {kind.value} (mAh/g)"] = np.abs(capacity + scatter.normal(0, 0.5, 70)).round(1)
        columns[f"Voltage of {kind.value} (V)"] = (voltage + scatter.normal(0, 3e-3, 70)).round(3)
    pd.DataFrame(columns).to_csv(HERE / "printed_figure.csv", index=False, lineterminator="\n")


def main() -> None:
    """All files."""
    formation("first_cycle.csv", FIRST_CYCLE, 2, "1.1 mg", 1)
    for seed, (letter, (thickness, mass)) in enumerate(REPLICATES.items(), start=2):
        formation(f"replicate_{letter}.csv", {"shell.thickness": thickness}, 3, mass, seed)
    rates()
    titration()
    impedance()
    digitised()


if __name__ == "__main__":
    main()
