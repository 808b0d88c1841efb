"""Particles of several sizes at one potential (53)."""

import numpy as np
import pybamm
import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.data.archive import load, save
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.laws.sizes import binned_sizes, lognormal_sizes
from coreshell_model.physics.levels import level_named
from coreshell_model.physics.model import CoreShellHalfCell, mechanisms_for
from coreshell_model.physics.parameter_set import parameter_values
from coreshell_model.run.impedance import spectrum
from coreshell_model.run.simulation import set_up, simulate

SPREAD = {"particle.size_spread": "0.6"}


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0])
def test_sizes_have_the_mass_and_the_area_of_the_distribution(spread):
    """And its spread: the variance of ln R."""
    sizes, shares = lognormal_sizes(spread, 5)
    assert shares.sum() == pytest.approx(1, abs=1e-14)
    assert (shares / sizes).sum() == pytest.approx(1, abs=1e-14)
    logarithm = np.log(sizes)
    mean = (shares * logarithm).sum()
    assert (shares * (logarithm - mean) ** 2).sum() == pytest.approx(spread**2, abs=1e-12)


def test_a_measured_table_is_binned_with_its_mass_and_area():
    radius = np.geomspace(0.1, 10, 200)
    share = np.exp(-0.5 * (np.log(radius / 1.3) / 0.5) ** 2)
    sizes, shares = binned_sizes(radius, share, 5)
    assert shares == pytest.approx(0.2) and (np.diff(sizes) > 0).all()
    assert (shares / sizes).sum() == pytest.approx(1, abs=1e-14)
    fine = np.average(1 / radius, weights=share)
    widest = np.average(np.log(radius * fine) ** 2, weights=share)
    assert (shares * np.log(sizes) ** 2).sum() == pytest.approx(widest, rel=0.25)


@pytest.mark.long
@pytest.mark.parametrize("material", ["core_shell", "shell", "cracked_core_shell", "core"])
def test_sodium_is_conserved(material):
    solution = simulate(material, "rate_test", SPREAD)
    assert solution.completed, solution.explanation
    assert sodium_balance_error(solution) < 1e-8


def test_without_spread_all_sizes_are_the_one():
    tight = {"relative_tolerance": 1e-9, "absolute_tolerance": 1e-9}
    narrow, single = (
        simulate("core_shell", "formation", changes, **tight)
        for changes in ({"particle.size_spread": "1e-9"}, {})
    )
    ends = [
        [run["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in run.steps]
        for run in (narrow, single)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=1e-6, abs=1e-4)


def test_spread_blurs_a_rate_test_and_leaves_a_slow_cycle():
    """Half of the carbon is in particles that are larger than those of equal area."""
    broad, single = (simulate("core_shell", "rate_test", changes) for changes in (SPREAD, {}))
    last = [{step.cycle: step for step in run.steps} for run in (broad, single)]
    given = [
        {
            cycle: abs(np.ptp(run["Specific capacity [mA.h.g-1]"][step.points]))
            for cycle, step in steps.items()
        }
        for run, steps in zip((broad, single), last, strict=True)
    ]
    slow, fast = 5, 25  # C/20 and 1C
    assert given[0][slow] == pytest.approx(given[1][slow], rel=0.05)
    assert given[0][fast] < 0.95 * given[1][fast]


def test_a_measured_table_and_the_spread_it_was_made_of_agree():
    radius = np.geomspace(0.05, 20, 300)
    share = np.exp(-0.5 * (np.log(radius) / 0.6) ** 2)
    data = read_material("core_shell").model_dump(exclude_none=True)
    data["particle"]["sizes"] = {"radius": radius.tolist(), "share": share.tolist(), "source": "test"}
    table, spread = (
        simulate(material, "formation", changes)["Specific capacity [mA.h.g-1]"].max()
        for material, changes in ((material_from_dict(data, "test"), {}), ("core_shell", SPREAD))
    )
    assert table == pytest.approx(spread, rel=0.01)


def test_profiles_are_those_of_the_mass_and_come_back_from_the_archive(tmp_path):
    run = simulate("core_shell", "formation", SPREAD)
    profile = run.profiles["Core sloping occupancy"]
    assert profile.shape == simulate("core_shell", "formation").profiles["Core sloping occupancy"].shape
    save(run, tmp_path)
    assert np.array_equal(load(tmp_path / "solution.nc").profiles["Core sloping occupancy"], profile)


def test_an_impedance_of_several_sizes():
    """Charge transfer is that of the area, which is the same; what diffuses is not."""
    frequencies = np.array([1e4, 1e-3])
    broad, single = (
        spectrum(material, potential=0.3, frequencies=frequencies).impedance
        for material in (_spread(), read_material("core_shell"))
    )
    assert broad[0] == pytest.approx(single[0], rel=0.02)
    assert abs(broad[1] - single[1]) > 0.005 * abs(single[1])


def _spread():
    data = read_material("core_shell").model_dump(exclude_none=True)
    data["particle"]["size_spread"] = {"value": 0.8, "unit": "1", "source": "test"}
    return material_from_dict(data, "test")


def test_a_set_of_pybamm_has_several_sizes_too():
    """Built at the level that the set asks for, the first sodiation ends where that of ``simulate`` does."""
    given = parameter_values("core_shell", SPREAD)
    model = CoreShellHalfCell(mechanisms_for(given), level_named("particle", given))
    ended = pybamm.Simulation(model, parameter_values=given).solve([0, 80 * 3600])
    wanted = simulate("core_shell", "formation", SPREAD)
    into = wanted.steps[0].points.stop - 1
    assert ended["Specific capacity [mA.h.g-1]"].entries[-1] == pytest.approx(
        wanted["Specific capacity [mA.h.g-1]"][into], rel=1e-4
    )


def test_what_cannot_be_is_refused_in_a_line():
    with pytest.raises(InputError, match="several sizes"):
        set_up("core_shell", "formation", SPREAD, level="electrode")
    single = set_up("core_shell", "formation", {"particle.size_spread": "0"}, level="electrode")
    assert not any(name.startswith("Relative size") for name in single.parameters)
    data = read_material("core_shell").model_dump(exclude_none=True)
    for table, said in (
        ({"radius": [2.0, 1.0], "share": [1.0, 1.0]}, "rising"),
        ({"radius": [1.0, 2.0], "share": [1.0]}, "give one each"),
        ({"radius": [1.0, 2.0], "share": [0.0, 0.0]}, "some above 0"),
    ):
        data["particle"]["sizes"] = table | {"source": "test"}
        with pytest.raises(InputError, match=said):
            material_from_dict(data, "test")
