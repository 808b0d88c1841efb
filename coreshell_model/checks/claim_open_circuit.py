"""Observables of claims about which isotherm describes the open-circuit tables of hard carbons."""

import csv
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np

from coreshell_model.base.library import folder, read_text
from coreshell_model.checks.claim_observable import Observable
from coreshell_model.infer.open_circuit import LAWS, Fitted, fit, leave_one_out

Table = tuple[np.ndarray, np.ndarray]

MODEL_LAW = "strong sites, sloping and clusters"
"""The isotherm of the materials of this package."""

LOWEST, HIGHEST = 0.01, 1.0
"""Ends [V] of the measured table as it is fitted."""


@cache
def pybamm_table() -> Table:
    """Filling and potential [V]: 20 points of Chayambuka et al. 2022, DOI 10.1016/j.electacta.2021.139764."""
    name = "pybamm/input/parameters/sodium_ion/data/U_n.csv"
    rows = _rows(Path(str(distribution("pybamm").locate_file(name))))
    return rows[:, 0], rows[:, 1]


@cache
def measured_table() -> Table:
    """Filling and potential [V]: points between 0.01 and 1.0 V digitised from Chayambuka et al. 2022."""
    rows = _rows(folder("validation") / "chayambuka" / "hard_carbon_ocp.csv")
    inside = (rows[:, 1] >= LOWEST) & (rows[:, 1] <= HIGHEST)
    return rows[inside, 0] / rows[:, 0].max(), rows[inside, 1]


def _rows(path: Path) -> np.ndarray:
    lines = list(csv.reader(read_text(path).splitlines()))[1:]
    return np.array([[float(value) for value in line] for line in lines])


TABLES: dict[str, Callable[[], Table]] = {
    "20 points of PyBaMM": pybamm_table,
    "measured curve": measured_table,
}


@cache
def fits(table: str) -> dict[str, Fitted]:
    """All laws, fitted to a table."""
    return {law: fit(law, *TABLES[table]()) for law in LAWS}


def chosen(table: str) -> Fitted:
    """The law with the lowest AICc."""
    return min(fits(table).values(), key=lambda fitted: fitted.aicc)


def _observables_of(table: str) -> dict[str, Observable]:
    """The observables of a table, by name."""

    def model_isotherm() -> Fitted:
        return fits(table)[MODEL_LAW]

    return {
        f"open-circuit error of the model's isotherm, {table}": Observable(
            lambda: model_isotherm().rmse, "V", runs=0
        ),
        f"numbers of the model's isotherm, {table}": Observable(
            lambda: float(len(model_isotherm().numbers)), "1", runs=0
        ),
        f"leave-one-out error of the model's isotherm, {table}": Observable(
            lambda: leave_one_out(model_isotherm(), *TABLES[table]()), "V", runs=0
        ),
        f"open-circuit error of the law chosen by AICc, {table}": Observable(
            lambda: chosen(table).rmse, "V", runs=0
        ),
    }


OBSERVABLES = {name: observable for table in TABLES for name, observable in _observables_of(table).items()}
