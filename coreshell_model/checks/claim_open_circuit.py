"""Observables of claims about an open-circuit table: that of hard carbon which PyBaMM ships."""

import csv
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np

from coreshell_model.base.library import read_text
from coreshell_model.checks.claim_observable import Observable
from coreshell_model.infer.open_circuit import LAWS, Fitted, fit, leave_one_out

TABLE = "pybamm/input/parameters/sodium_ion/data/U_n.csv"
"""Chayambuka et al. 2022, DOI 10.1016/j.electacta.2021.139764: filling, potential [V]."""

SHIPPED_LAW = "sloping and clusters"


@cache
def table() -> tuple[np.ndarray, np.ndarray]:
    """Filling and potential [V] of the table, read where PyBaMM is installed."""
    text = read_text(Path(str(distribution("pybamm").locate_file(TABLE))))
    rows = np.array([[float(value) for value in row] for row in list(csv.reader(text.splitlines()))[1:]])
    return rows[:, 0], rows[:, 1]


@cache
def fits() -> dict[str, Fitted]:
    """Every law fitted to the table."""
    return {law: fit(law, *table()) for law in LAWS}


def chosen() -> Fitted:
    """The law with the lowest AICc."""
    return min(fits().values(), key=lambda each: each.aicc)


def error_of_shipped_law() -> float:
    """RMSE [V] of the isotherm that the materials of this package have."""
    return fits()[SHIPPED_LAW].rmse


def error_of_chosen_law() -> float:
    """RMSE [V] of the law that AICc chooses."""
    return chosen().rmse


def prediction_error_of_chosen_law() -> float:
    """Leave-one-out error [V] of that law."""
    return leave_one_out(chosen(), *table())


def numbers_of_chosen_law() -> float:
    """How many numbers that law has."""
    return float(len(chosen().numbers))


OBSERVABLES = {
    "open-circuit error of the shipped law": Observable(error_of_shipped_law, "V", runs=0),
    "open-circuit error of the chosen law": Observable(error_of_chosen_law, "V", runs=0),
    "leave-one-out error of the chosen law": Observable(prediction_error_of_chosen_law, "V", runs=0),
    "numbers of the chosen law": Observable(numbers_of_chosen_law, "1", runs=0),
}
