"""The hard carbon of Chayambuka et al.: measured tables, the material made of them, and half a curve."""

import sys
from pathlib import Path

import numpy as np
import pytest

from coreshell_model import simulate, summary
from coreshell_model.base.errors import InputError
from coreshell_model.base.library import folder
from coreshell_model.checks.claim_open_circuit import MODEL_LAW, measured_table
from coreshell_model.infer.open_circuit import alternatives, fit
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.particle import shape_of
from coreshell_model.observe.equilibrium import isotherm
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import coating, exchange_currents

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import chayambuka  # pyright: ignore[reportMissingImports]

NAME = "chayambuka_hard_carbon"
POINTS = {
    "carbon_in_full_cell": 65,
    "full_cell_0.1C": 137,
    "full_cell_0.6C": 130,
    "full_cell_1.4C": 112,
    "hard_carbon_diffusivity": 163,
    "hard_carbon_ocp": 54,
    "hard_carbon_rate_constant": 163,
    "nvpf_diffusivity": 142,
    "nvpf_ocp": 27,
    "nvpf_rate_constant": 140,
}


def test_every_table_of_the_source_is_there_with_its_points():
    """As validation/chayambuka/README.md lists them."""
    place = folder("validation") / "chayambuka"
    assert {path.stem for path in place.glob("*.csv")} == set(POINTS)
    listed = (place / "README.md").read_text(encoding="utf-8")
    for name, points in POINTS.items():
        rows = np.loadtxt(place / f"{name}.csv", delimiter=",", skiprows=1)
        assert rows.shape == (points, 2) and np.isfinite(rows).all()
        assert f"| `{name}.csv` | {points} |" in listed


def test_its_isotherm_lies_within_8_mv_of_the_measured_points():
    """48 points between 0.01 and 1.0 V, root mean square; none is off by more than 9 mV."""
    filling, potential = measured_table()
    stored = isotherm(read_material(NAME))
    errors = np.interp(filling * chayambuka.LARGEST_CAPACITY, stored.reversible, stored.potential) - potential
    assert errors.size == 48
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(4.6e-3, abs=1e-4)
    assert np.abs(errors).max() < 9e-3


def test_its_numbers_are_those_that_follow_from_the_tables():
    """benchmarks/chayambuka.py gives them again, to the digits of the file."""
    material = read_material(NAME)
    values = {path: number.value for path, number in sources(material).items()}
    table = material.carbon.sloping.diffusivity_factor
    values["carbon.sloping.diffusivity_factor.occupancy"] = list(table.occupancy)
    values["carbon.sloping.diffusivity_factor.factor"] = list(table.factor)
    exchange = material.surface.exchange_current_factor
    assert exchange is not None
    values["surface.exchange_current_factor.occupancy"] = list(exchange.occupancy)
    values["surface.exchange_current_factor.factor"] = list(exchange.factor)
    for path, number in chayambuka.numbers().items():
        # where the search ends leaves the third digit open, and the interaction lies at its lower bound
        assert values[path] == pytest.approx(number, rel=5e-3, abs=1e-4), path


def test_its_flux_is_that_of_the_measured_diffusivity():
    """-D c_s dtheta/dr on the sites equals -D_all dc/dr of all sodium, at the points of the table."""
    filling, measured = np.loadtxt(
        folder("validation") / "chayambuka" / "hard_carbon_diffusivity.csv", delimiter=",", skiprows=1
    ).T
    stored = isotherm(read_material(NAME))
    all_sodium = stored.reversible / chayambuka.LARGEST_CAPACITY
    on_sites = sum(charge for place, charge in stored.places.items() if "sloping" in place)
    inside = (all_sodium > 0.02) & (all_sodium < 0.99)
    share = np.gradient(on_sites[inside]) / np.gradient(stored.reversible[inside])
    expected = np.interp(all_sodium[inside], filling / 14.54, measured)
    assert stored.diffusivity["Core"][inside] * share == pytest.approx(expected, rel=0.06)


def test_its_exchange_current_is_that_of_the_measured_rate_constant():
    """j00 f_j (theta (1 - theta))^(1/2) equals F k (c (c_max - c))^(1/2)/4, at the points of the table."""
    material = read_material(NAME)
    concentration, rate = np.loadtxt(
        folder("validation") / "chayambuka" / "hard_carbon_rate_constant.csv", delimiter=",", skiprows=1
    ).T
    stored = isotherm(material)
    all_sodium = stored.reversible / chayambuka.LARGEST_CAPACITY
    inside = (all_sodium > 0.02) & (all_sodium < 0.99)
    x, theta = all_sodium[inside], stored.occupancy["Core"][inside]
    factor = exchange_currents(material)[s.EXCHANGE_CURRENT_FACTOR](theta)
    modelled = material.surface.exchange_current_density.si * factor * np.sqrt(theta * (1 - theta))
    measured = 96485.33 * np.interp(x, concentration / 14.54, rate) * 14540 * np.sqrt(x * (1 - x)) / 4
    assert modelled == pytest.approx(measured, rel=0.15)
    assert np.sqrt(np.mean(np.log(modelled / measured) ** 2)) < 0.06


def test_its_coating_has_the_porosity_of_the_source():
    """0.51 in PyBaMM's parameter set, from 64 um and the loading."""
    material = read_material(NAME)
    assert material.electrode is not None
    porosity = coating(material, material.electrode, shape_of(material))[s.electrode_porosity]
    assert porosity == pytest.approx(0.51, abs=2e-3)


@pytest.mark.parametrize(("level", "changes"), [("particle", {}), ("electrode", {"cycles": "1"})])
def test_formation_conserves_its_sodium(level, changes):
    """At both levels; at the electrode's one cycle of it."""
    numbers = {f"protocol.numbers.{name}": value for name, value in changes.items()}
    result = summary(simulate(NAME, "design" if numbers else "formation", numbers, level=level))
    assert result["Ending"].startswith("completed")
    assert result["Sodium balance error"] < 1e-8
    assert 0 < result["Reversible capacity [mA.h.g-1]"] < 191.8


def test_neither_half_of_the_curve_says_the_other():
    """Each is described within 4 mV; the other half is then missed by far, whichever start is taken."""
    halves = chayambuka.halves()
    slope, plateau = halves["slope"], halves["plateau"]
    assert slope.fitted.errors.size == 23 and plateau.fitted.errors.size == 25
    assert max(slope.fitted.rmse, plateau.fitted.rmse) < 4e-3
    assert 0.02 < min(slope.errors) < 0.1 and 0.2 < max(slope.errors) < 0.35
    assert min(plateau.errors) > 0.4
    filling_errors = chayambuka.LARGEST_CAPACITY * np.array(plateau.filling_errors)
    assert filling_errors == pytest.approx(9.0, abs=1.0)


def test_alternatives_are_nearly_as_good_as_the_best_which_is_first():
    """Within a tenth of its error, here of the plateau, where few of 30 starts are; amounts stay limited."""
    x, potential = measured_table()
    plateau = potential <= chayambuka.PLATEAU
    fits = alternatives(MODEL_LAW, x[plateau], potential[plateau], chayambuka.MOST)
    assert len(fits) < 30
    assert [each.rmse for each in fits] == sorted(each.rmse for each in fits)
    assert fits[-1].rmse <= 1.1 * fits[0].rmse
    for each in fits:
        amounts = each.numbers[0], each.numbers[1], each.numbers[6]
        assert all(amount <= most * (1 + 1e-9) for amount, most in zip(amounts, chayambuka.MOST, strict=True))


def test_limits_that_are_not_one_for_each_amount_are_refused():
    x, potential = measured_table()
    with pytest.raises(InputError, match="most has 2 numbers; give 3"):
        fit(MODEL_LAW, x, potential, (0.002, 1.0))
