"""A balanced full cell at C/100 or less, from curves of its carbon and the table of its positive electrode.

At such rates both electrodes are near equilibrium, so that the cell's voltage is U(y) of the positive
electrode less the carbon's potential of the half-cell, at the charge that has passed.
"""

import numpy as np
import pytest

from coreshell_model import simulate
from coreshell_model.inputs.full_cell import read_section
from coreshell_model.inputs.positive import Positive
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import CHARGE, charges
from coreshell_model.physics.full_cell_values import np_ratio
from coreshell_model.run.solution import Solution

FARADAY = 96485.33
UPPER = 4.2
HALF_CELL = {
    "cell.counter_exchange_current_density": "1e6 A/m2",
    "protocol.window.lower": "-0.2 V",
}
"""The half-cell's metal does not polarise, and the carbon goes as far down as in a full cell."""


def protocol(name: str, steps: tuple[str, ...]) -> Protocol:
    """The window and 1C of a shipped protocol with other steps, in one cycle."""
    data = read_protocol(name).model_dump() | {"cycles": ({"steps": steps},), "numbers": {}}
    return protocol_from_dict(data, "by hand")


def half_cycle(solution: Solution, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Charge since its start [mA.h.g-1] and potential [V] of a step, from its second point on."""
    points = solution.steps[step].points
    passed = np.abs(solution[CHARGE][points] - solution[CHARGE][points.start])
    return passed[1:], solution["Voltage [V]"][points][1:]


def where(passed: np.ndarray, voltage: np.ndarray, limit: float) -> float:
    """Charge at which a voltage comes to its limit."""
    reached = np.flatnonzero((voltage - limit) * (voltage[0] - limit) <= 0)[0]
    around = slice(reached - 1, reached + 1)
    order = np.argsort(voltage[around])
    return float(np.interp(limit, voltage[around][order], passed[around][order]))


def by_hand(
    material: str, carbon_loading: float, positive_loading: float, lost: float, slow: int, lower: float
) -> tuple[float, float]:
    """First charge and discharge [mA.h.g-1] of carbon, from half-cell curves and the positive table.

    Loadings are in mg of active material per cm2; of the sites of the positive electrode a share is lost.
    The rate is 1C over ``slow``, and the discharge ends at ``lower``.
    """
    positive = read_section("positive", "nvpf")
    assert isinstance(positive, Positive)
    particle = positive.particle
    table = particle.open_circuit
    assert table is not None
    # Per gram NVPF holds F c_max/rho: 96485 * 15320/3.1987e6 C/g = 462 C/g = 128.4 mAh/g from y = 0 to 1.
    per_gram = FARADAY * particle.maximum_concentration.si / (1e3 * particle.density.si) / 3.6
    # A mAh per gram of carbon empties the positive electrode by so much:
    emptied = carbon_loading / positive_loading / per_gram

    # Sites that are lost give the sodium of their first charge, from y = 0.99 to 0.2167.
    once = lost * (particle.as_made.si - particle.charged.si) / emptied

    def voltage(passed, carbon_potential):
        """Of the cell, once the lost sites are empty: the positive electrode was made at y = 0.99."""
        left = particle.as_made.si - emptied * (passed - once) / (1 - lost)
        inside = np.interp(left, table.stoichiometry, table.values)
        # Below the last point of the table the positive electrode is empty, so its potential is very high.
        return np.where(left < table.stoichiometry[0], 9.0, inside) - carbon_potential

    # The carbon is sodiated; the charge ends where U(0.99 - emptied q) - E(q) = 4.2 V.
    sodiated = simulate(
        material,
        protocol("formation", (f"Sodiate at C/{slow} for {2 * slow} hours or until lower cut-off",)),
        HALF_CELL,
    )
    passed, carbon = half_cycle(sodiated, 0)
    fine = np.linspace(passed[0], passed[-1], 20001)
    fine = fine[fine > once]
    charge = where(fine, voltage(fine, np.interp(fine, passed, carbon)), UPPER)
    # It is sodiated that far and desodiated; the discharge ends where the voltage has come to its limit.
    hours = charge / (400 / slow)  # 1C is 400 mA/g
    there_and_back = simulate(
        material,
        protocol(
            "formation",
            (
                f"Sodiate at C/{slow} for {hours:.6f} hours",
                f"Desodiate at C/{slow} for {2 * slow} hours or until upper cut-off",
            ),
        ),
        HALF_CELL,
    )
    passed, carbon = half_cycle(there_and_back, 1)
    fine = np.linspace(passed[0], passed[-1], 20001)
    discharge = where(fine, voltage(charge - fine, np.interp(fine, passed, carbon)), lower)
    return charge, discharge


@pytest.mark.parametrize(
    ("material", "lost", "slow", "lower"),
    [
        ("core_shell", 0.0, 100, 2.0),
        ("chayambuka_hard_carbon", 0.0, 100, 2.0),
        ("core_shell", 0.4, 400, 3.0),
    ],
)
def test_first_efficiency_and_capacity_follow_from_half_cell_numbers(material, lost, slow, lower):
    """Within 0.5 %; the positive electrode ends the charge and the carbon the discharge, at an N/P of 1.1.

    Where 0.4 of its sites are lost, the positive electrode ends the discharge too; the last of them fill
    slowly, so that the rate is lower and the discharge ends within its table.
    """
    full = simulate(
        material,
        protocol(
            "full_cell_formation",
            (
                f"Charge at C/{slow} for {2 * slow} hours or until upper cut-off",
                f"Discharge at C/{slow} for {2 * slow} hours or until lower cut-off",
            ),
        ),
        {
            "positive.balance.np_ratio": 1.1,
            "positive.particle.first_charge_loss": lost,
            "protocol.window.lower": lower,
        },
    )
    assert full.completed
    assert np_ratio(full.material, full.parameters) == pytest.approx(1.1)
    loadings = (
        100 * full.parameters[f"{electrode} loading [kg.m-2]"] for electrode in ("Active", "Positive active")
    )
    charge, discharge = by_hand(material, *loadings, lost, slow, lower)
    simulated_charge, simulated_discharge = charges(full, 1)
    assert simulated_charge == pytest.approx(charge, rel=5e-3)
    assert simulated_discharge == pytest.approx(discharge, rel=5e-3)
    assert simulated_discharge / simulated_charge == pytest.approx(discharge / charge, rel=5e-3)
