"""What an experimenter reads off a run: pure functions of a Solution, a file an idea.

Capacities are per gram of active carbon [mA.h.g-1], efficiencies are fractions. A quantity that the
run does not contain (too few cycles, a run that ended early) is None.
"""

from coreshell_model.observables.capacity import (
    capacity_by_cycle,
    coulombic_efficiencies,
    coulombic_efficiency,
    desodiation_capacity,
    first_cycle_loss,
    in_direction,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
)
from coreshell_model.observables.inventory import (
    LossSplit,
    clusters_formed,
    loss_split,
    plateau_capacity,
    pore_filling,
    sei_thickness,
    sloping_capacity,
    sodium_balance_error,
)
from coreshell_model.observables.rates import rate_blocks, rate_retention, recovery
from coreshell_model.observables.rest import self_discharge
from coreshell_model.observables.summary import changes, observable, summary
from coreshell_model.observables.titration import Titration, titration
from coreshell_model.observables.voltammetry import (
    Peak,
    Sweep,
    irreversible_peaks,
    peak_near,
    peaks,
    scan_rate_exponent,
    sweeps,
)
from coreshell_model.observables.windows import (
    FIRST_SODIATION_WINDOWS,
    capacity_at_low_voltage,
    capacity_in_window,
    differential_capacity,
    first_sodiation_window,
    hysteresis,
)

__all__ = [
    "FIRST_SODIATION_WINDOWS",
    "LossSplit",
    "Peak",
    "Sweep",
    "Titration",
    "capacity_at_low_voltage",
    "capacity_by_cycle",
    "capacity_in_window",
    "changes",
    "clusters_formed",
    "coulombic_efficiencies",
    "coulombic_efficiency",
    "desodiation_capacity",
    "differential_capacity",
    "first_cycle_loss",
    "first_sodiation_window",
    "hysteresis",
    "in_direction",
    "initial_coulombic_efficiency",
    "irreversible_peaks",
    "loss_split",
    "observable",
    "peak_near",
    "peaks",
    "plateau_capacity",
    "pore_filling",
    "rate_blocks",
    "rate_retention",
    "recovery",
    "reversible_capacity",
    "scan_rate_exponent",
    "sei_thickness",
    "self_discharge",
    "sloping_capacity",
    "sodiation_capacity",
    "sodium_balance_error",
    "summary",
    "sweeps",
    "titration",
]
