"""What a material stores at equilibrium, against a cell that was left to come to it."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from command_line import coreshell

from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.equilibrium import isotherm
from coreshell_model.observe.inventory import SLOPING_SITES
from coreshell_model.observe.quantities import observable
from coreshell_model.run.simulation import simulate
from coreshell_model.show.figures.inventory import inventory_picture
from coreshell_model.show.figures.isotherm import isotherm_picture


@pytest.mark.parametrize("potential", [0.6, 0.2, 0.08])
@pytest.mark.parametrize("name", ["core_shell", "cracked_core_shell", "core"])
def test_a_cell_that_was_held_for_long_has_the_isotherms_charge(name, potential):
    """In each place of the carbon; what film has buried is gone from the sites of open particles."""
    steps = (
        f"Sodiate at C/20 until {potential} V",
        f"Hold at {potential} V for 3000 hours",
        "Rest for 100 hours",
    )
    data = read_protocol("formation").model_dump() | {"cycles": ({"steps": steps},)}
    material = read_material(name)
    burial = {"pores.burial": "0"} if name != "core_shell" else {}
    cell = simulate(material, protocol_from_dict(data, "held"), burial)
    resting = cell["Core mean potential [V]"][-1]
    stored = isotherm(material)
    for place, charge in stored.places.items():
        if place in stored.lost:
            continue
        expected = np.interp(-resting, -stored.potential, charge)
        assert cell[place][-1] == pytest.approx(expected, rel=0.01, abs=0.2), place


def test_the_isotherm_falls_and_its_parts_add_up():
    for name in ("core_shell", "shell", "core", "cracked_core_shell"):
        stored = isotherm(read_material(name))
        assert (np.diff(stored.potential) < 0).all() and (np.diff(stored.reversible) >= 0).all()
        parts = [charge for place, charge in stored.places.items() if place not in stored.lost]
        assert stored.reversible == pytest.approx(np.sum(parts, axis=0))


def test_materials_show_says_and_draws_it(tmp_path):
    shown = coreshell("materials", "show", "core_shell", "--out", str(tmp_path / "isotherm.png"))
    assert shown.code == 0
    total = isotherm(read_material("core_shell")).reversible[-1]
    assert f"at equilibrium at 0 V it holds {total:.4g} mAh per gram" in shown.out
    numbers = pd.read_csv(tmp_path / "isotherm.csv")
    assert {"Potential [V]", "Reversible capacity [mA.h.g-1]", "Core diffusivity [m2.s-1]"} <= {
        *numbers.columns
    }
    assert (tmp_path / "isotherm.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", ["core", "shell", "chayambuka_hard_carbon"])
def test_a_carbon_without_a_shell_is_described_without_one(name, tmp_path):
    """On the terminal, in the numbers of its isotherm, and in those of a run."""
    shown = coreshell("materials", "show", name, "--out", str(tmp_path / "isotherm.png"))
    material = read_material(name)
    sites = sum(charge[-1] for place, charge in isotherm(material).places.items() if "sloping" in place)
    last_lines = shown.out[shown.out.index("particle radius") :].partition("Warning:")[0]
    assert f"{sites:.4g} in sloping sites" in last_lines
    assert "core" not in last_lines and "shell" not in last_lines
    columns = list(pd.read_csv(tmp_path / "isotherm.csv"))
    run = simulate(name, "formation_without_hold")
    for names in (columns, list(inventory_picture(run).numbers)):
        assert SLOPING_SITES in names
        assert not [column for column in names if "core" in column.lower() or "shell" in column.lower()]
    assert "core + shell" not in coreshell("run", name, "formation_without_hold").out
    assert observable(run, "Core radius [nm]") is None


@pytest.mark.parametrize("name", ["core_shell", "core"])
def test_the_panels_of_the_isotherm_show_the_same_sodium(name):
    """The dashed capacity falls by the sum of all places; without traps there is one curve alone."""
    made = isotherm_picture(read_material(name))
    left, middle = made.figure.axes[:2]
    numbers = made.numbers
    densities = numbers.filter(like="by potential").sum(axis=1).to_numpy()
    all_held = left.lines[-1].get_xdata()
    assert -np.gradient(all_held, numbers["Potential [V]"]) == pytest.approx(densities)
    trapped = [text.get_text() for text in middle.get_legend().get_texts() if "come back" in text.get_text()]
    names = [text.get_text() for text in left.get_legend().get_texts()] if left.get_legend() else []
    if name == "core_shell":
        assert names == ["comes back", "all, as in (b)"] and trapped == ["trapped (does not come back)"]
        assert "of trapped sodium, which does not come back" in coreshell("materials", "show", name).out
    else:
        assert names == [] and trapped == [] and len(left.lines) == 1
