"""Particles that electrolyte enters: films on pore walls, buried sites, two populations in one electrode."""

import numpy as np
import pytest

from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.particle import changed
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate

MATERIALS = ("core", "shell", "core_shell", "cracked_core_shell")


@pytest.fixture(scope="module")
def results():
    return {name: summary(simulate(name, "formation")) for name in MATERIALS}


@pytest.mark.parametrize("name", MATERIALS)
def test_sodium_is_conserved_in_every_material(results, name):
    """Counted from profiles, films, buried sites and the shrinking double layer."""
    assert results[name]["Sodium balance error"] < 1e-8


@pytest.mark.parametrize(
    ("name", "measured", "uncertainty"),
    [
        ("First-cycle loss [mA.h.g-1]", 636, 28),
        ("Reversible capacity [mA.h.g-1]", 134, 10),
        ("Initial coulombic efficiency", 0.17, 0.02),
        ("Plateau capacity [mA.h.g-1]", 0, 5),
    ],
)
def test_core_agrees_with_the_measurement(results, name, measured, uncertainty):
    """Appel et al., main text: 1896 m2/g wetted by electrolyte."""
    assert results["core"][name] == pytest.approx(measured, abs=uncertainty)


def test_coating_orders_the_materials(results):
    """Open, cracked, sealed: the more carbon electrolyte touches, the lower the ICE."""
    core, cracked, sealed = (
        results[name]["Initial coulombic efficiency"] for name in ("core", "cracked_core_shell", "core_shell")
    )
    assert core < cracked < sealed


def test_only_the_cracked_material_is_a_prediction(results):
    """Nothing of it was adjusted."""
    assert {name: results[name]["Prediction"] for name in MATERIALS} == {
        "core": False,
        "shell": False,
        "core_shell": False,
        "cracked_core_shell": True,
    }


def test_pores_fill_where_electrolyte_enters_and_nowhere_else(results):
    """Between 0 and 1, from the film's own volume."""
    assert results["core_shell"]["Pore filling"] == 0
    assert results["shell"]["Pore filling"] == 0
    assert 0.5 < results["core"]["Pore filling"] <= 1
    assert 0.5 < results["cracked_core_shell"]["Pore filling"] <= 1


def test_pore_filling_is_the_volume_of_the_charge_that_went_into_the_walls():
    """Charge, molar volume and electrons give the same filling as the model's states."""
    solution = simulate("core", "formation")
    external = solution.pybamm["SEI charge [C.m-2]"].entries[-1] * 14e3 / 3600
    on_walls = (solution["Sodium in SEI [mA.h.g-1]"][-1] - external) * 3600
    volume = on_walls * 9.585e-5 / (2 * 96485.33212)
    assert solution["Pore filling"][-1] == pytest.approx(volume / 1.18e-3, rel=1e-9)


@pytest.mark.parametrize("burial", ["0", "0.6"])
def test_burial_costs_reversible_capacity_and_is_counted_as_trapped(burial):
    """With no traps of its own, what Core traps is what the film buried."""
    solution = simulate("core", "formation", {"pores.burial": burial})
    trapped = solution["Trapped sodium [mA.h.g-1]"]
    assert (np.diff(trapped) > -1e-4).all()
    if burial == "0":
        assert trapped[-1] == pytest.approx(0, abs=1e-6)
    else:
        assert trapped[-1] > 10


def test_a_vanishing_open_fraction_is_the_sealed_electrode(results):
    """The two lists of mechanisms give one answer where they meet."""
    almost = summary(simulate("core_shell", "formation", {"pores.open_fraction": "1e-9"}))
    for name in ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]", "SEI thickness [nm]"):
        assert almost[name] == pytest.approx(results["core_shell"][name], rel=1e-4)


def test_sealed_and_open_particles_share_the_capacity_by_their_fractions():
    """Only the sealed half has a plateau; it takes most of the current, so its slow clusters give less."""
    half = summary(simulate("core_shell", "formation", {"pores.open_fraction": "0.5"}))
    whole = summary(simulate("core_shell", "formation"))
    assert half["Plateau capacity [mA.h.g-1]"] == pytest.approx(
        whole["Plateau capacity [mA.h.g-1]"] / 2, rel=0.3
    )


def test_open_particles_share_their_constants():
    """Core, its cracked coating and the sealed one have the same walls, carbon, surface and film."""
    core, cracked, sealed = (
        sources(read_material(name)) for name in ("core", "cracked_core_shell", "core_shell")
    )
    walls = [path for path in core if path.startswith(("pores.", "sei.", "surface.", "cell."))]
    walls.remove("pores.open_fraction")
    assert len(walls) > 40
    for path in walls:
        assert core[path].si == cracked[path].si == sealed[path].si
    for path in core:
        if path.startswith("carbon."):
            in_core = path.replace("carbon.", "core.")
            assert core[path].si == cracked[in_core].si == sealed[in_core].si


@pytest.mark.parametrize(
    "law",
    [
        {"exponential_seal": {"decay_length": 1.5}},
        {"logistic_seal": {"middle": 4.0, "spread": 0.6}},
        {"percolation_seal": {"closing_thickness": 8.0, "exponent": 1.0}},
    ],
    ids=lambda law: next(iter(law)),
)
def test_every_seal_law_opens_an_uncoated_and_seals_a_thick_shell(law):
    """The two anchors; between them the open fraction falls with thickness."""
    from coreshell_model.inputs.material import material_from_dict
    from coreshell_model.inputs.particle import shape_of
    from coreshell_model.physics.values import open_fraction

    data = read_material("core_shell").model_dump(exclude_none=True)
    del data["pores"]["open_fraction"]
    (name, numbers), units = next(iter(law.items())), {"exponent": "1"}
    data["pores"][name] = {
        key: {"value": value, "unit": units.get(key, "nm"), "source": "test"}
        for key, value in numbers.items()
    }
    material = material_from_dict(data, "sealed by law")
    fractions = []
    for thickness in (0.01, 2, 5, 9.4, 20):
        thinner = changed(material, {"shell.thickness": f"{thickness} nm"})
        fractions.append(open_fraction(thinner, shape_of(thinner)))
    assert fractions[0] > 0.98
    assert fractions == sorted(fractions, reverse=True)
    assert fractions[3] < 0.003
