"""Designs in the experimenter's terms: what follows from a changed one, and what no particle can be."""

import numpy as np
import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.design.comparison import chosen, quantities
from coreshell_model.design.evaluator import Evaluator, FailedSolveError
from coreshell_model.design.variables import SEALS, as_changes, designed, with_seal
from coreshell_model.inputs.changes import VARIABLES
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import (
    consequences,
    open_fraction,
    pore_volume_bound,
    shape_of,
)
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.observe.quantities import summary
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.simulation import simulate


@pytest.fixture(scope="module")
def core_shell():
    return read_material("core_shell")


def per_gram(material):
    """Charge [mA.h.g-1] that traps and clusters of a gram of active carbon hold when full."""
    values = parameter_values(material, read_protocol("design"))
    shape = shape_of(material)
    core = (shape.core_radius / shape.radius) ** 3
    faraday = 96485.33212 / 3600 / shape.density
    return {
        "traps": faraday * (1 - core) * values["Shell trap density [mol.m-3]"],
        "clusters": faraday * core * values["Cluster site density [mol.m-3]"],
    }


def test_a_thicker_shell_keeps_the_core_and_changes_everything_per_gram(core_shell):
    """The core's radius stays; the gain follows from the volumes, traps grow with the CVD carbon's share
    m/(1 + m), clusters fall with the core's share 1/(1 + m). To round-off."""
    before = core_shell.geometry
    thicker = designed(core_shell, {"thickness": 2 * before.shell_thickness})
    after = thicker.geometry
    assert after.core_radius == pytest.approx(before.core_radius, rel=1e-12)
    grown = (1 + 2 * before.shell_thickness / before.core_radius) ** 3
    gain = before.core_volume * (grown - 1) * before.shell_skeletal_density
    assert after.mass_gain == pytest.approx(gain, rel=1e-9)
    trap = core_shell.shell.trapping.capacity.si / 3600
    assert per_gram(thicker)["traps"] == pytest.approx(trap * gain / (1 + gain), rel=1e-9)
    ratio = per_gram(thicker)["clusters"] / per_gram(core_shell)["clusters"]
    assert ratio == pytest.approx((1 + before.mass_gain) / (1 + gain), rel=1e-9)


def test_another_radius_or_area_keeps_the_mass_gain(core_shell):
    """A particle of twice the radius has half the area per gram, and what is per gram stays."""
    before = core_shell.geometry
    larger = designed(core_shell, {"radius": 2 * before.particle_radius})
    same = designed(core_shell, {"external_area": before.external_area / 2})
    for material in (larger, same):
        after = material.geometry
        assert after.mass_gain == pytest.approx(before.mass_gain, rel=1e-12)
        assert after.external_area == pytest.approx(before.external_area / 2, rel=1e-9)
        assert after.shell_thickness == pytest.approx(2 * before.shell_thickness, rel=1e-9)
        assert per_gram(material) == pytest.approx(per_gram(core_shell), rel=1e-9)


def test_pore_volume_sets_what_the_clusters_hold(core_shell):
    """Half the pores hold half the clusters, at the material's share of them; the bound halves too."""
    half = designed(core_shell, {"pore_volume": core_shell.core.pore_volume.si / 2})
    assert per_gram(half)["clusters"] == pytest.approx(per_gram(core_shell)["clusters"] / 2, rel=1e-9)
    assert pore_volume_bound(half) == pytest.approx(pore_volume_bound(core_shell) / 2, rel=1e-9)
    assert pore_volume_bound(core_shell) == pytest.approx(1128 * 1.18 / 1.3, rel=1e-9)


def test_thickness_and_area_together_give_both(core_shell):
    """The core's radius is solved for; the particle then has the wanted thickness and area."""
    shape = shape_of(designed(core_shell, {"thickness": "15 nm", "external_area": "5 m2/g"}))
    assert shape.shell_thickness == pytest.approx(15e-9, rel=1e-9)
    assert shape.external_area == pytest.approx(5e3, rel=1e-9)


@pytest.mark.parametrize("law", SEALS)
def test_every_seal_law_keeps_the_two_anchors_and_follows_the_thickness(core_shell, law):
    """Nearly all open without a shell, at most 0.3 % at 9 nm, and less the thicker the shell."""
    sealed = with_seal(core_shell, law)
    fractions = []
    for thickness in (0.01, 2, 4, 6, 9):
        material = designed(sealed, {"thickness": f"{thickness} nm"})
        fractions.append(open_fraction(material, shape_of(material)))
    assert fractions[0] > 0.99 and fractions[-1] <= 0.003
    assert all(np.diff(fractions) < 0)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"thickness": "9 nm", "external_area": "500 m2/g"}, "leaves less than 500 m2/g on any core"),
        ({"thickness": "90 nm", "radius": "80 nm"}, "not less than the particle's radius"),
        ({"mass_gain": "20 %", "thickness": "9 nm"}, "say the same thing in two ways"),
        ({"thickness": -1e-9}, "must be above 0 nm"),
        ({"thickness": float("nan")}, "not a finite number"),
        ({"thickness": True}, "give a number in SI units"),
        ({"thicknes": 1e-9}, "did you mean 'thickness'"),
        ({"thickness": 1e-9, "shell.thickness": "2 nm"}, "given twice"),
        ({"core.clusters.pore_fraction": 1.2}, "must be at most 1"),
        ({"rate": 1.0}, "without a protocol"),
        ({"core.trapping.rate": 1.0}, "there is no number whose unit it could take"),
    ],
)
def test_an_impossible_design_is_refused_with_its_reason(core_shell, values, reason):
    """One line that says what no particle can be, or what is not a variable."""
    with pytest.raises(InputError, match=reason):
        designed(core_shell, values)


def test_electrolyte_cannot_enter_more_pores_than_there_are(core_shell):
    """A pore volume below what electrolyte can enter takes that with it, and it is said; more is refused."""
    opened = with_seal(core_shell, "exponential")
    for material in (core_shell, opened):
        smaller = designed(material, {"pore_volume": "0.3 cm3/g"})
        assert smaller.pores.accessible_volume.si == smaller.core.pore_volume.si
        assert consequences(smaller) == [
            "pores.accessible_volume followed: the pore volume, below the 1.18 cm3/g that it was"
        ]
        with pytest.raises(
            InputError, match=r"accessible_volume is 0\.4 cm3/g, more than core\.pore_volume, 0\.3"
        ):
            designed(opened, {"pore_volume": "0.3 cm3/g", "pores.accessible_volume": "0.4 cm3/g"})


def test_a_carbon_alone_has_pores_of_its_own_and_no_shell():
    """``pore_volume`` is the carbon's; a shell's thickness is refused in the words it was asked for in."""
    core = read_material("core")
    assert as_changes({"pore_volume": "2 cm3/g"}, core) == {"carbon.pore_volume": "2 cm3/g"}
    with pytest.raises(InputError, match=r"'thickness': core has no number shell\.thickness"):
        designed(core, {"thickness": "3 nm"})


def test_seal_laws_need_pores_that_can_be_wetted(core_shell):
    """A material without the section, and a law that there is not."""
    data = core_shell.model_dump(exclude_none=True)
    del data["pores"]
    with pytest.raises(InputError, match="has no pores section"):
        with_seal(material_from_dict(data, "dry"), "logistic")
    with pytest.raises(InputError, match="it is one of exponential, logistic, percolation"):
        with_seal(core_shell, "linear")


def test_the_evaluator_gives_what_a_run_gives(core_shell):
    """The same numbers as ``simulate`` and ``summary``, to the last digit: it is the same door."""
    found = Evaluator("design").evaluate(designed(core_shell, {"thickness": "12 nm"}))
    solution = simulate("core_shell", "design", {"shell.thickness": "12 nm"})
    there = summary(solution)
    for name in found.keys() & there.keys():
        assert found[name] == there[name], name
    density = solution.parameters["Particle density [kg.m-3]"] / 1e3
    reversible = there["Reversible capacity [mA.h.g-1]"]
    assert found["Volumetric capacity [mA.h.cm-3]"] == pytest.approx(reversible * density)
    assert found["Areal capacity [mA.h.cm-2]"] == pytest.approx(reversible * 1.1e-3)
    assert found["Sodium balance error"] < 1e-8


def test_capacities_at_rates_come_with_a_protocol_that_has_them(core_shell):
    """Their names are there before anything is solved; the reversible capacity is that at C/20."""
    names = list(chosen(read_protocol("design_rates")))
    assert [name for name in names if " at " in name] == [
        f"Capacity at {rate} [mA.h.g-1]" for rate in ("C/5", "1C", "2C", "C/20")
    ]
    found = Evaluator("design_rates").evaluate(core_shell)
    assert found["Reversible capacity [mA.h.g-1]"] == found["Capacity at C/20 [mA.h.g-1]"]
    assert found["Capacity at 2C [mA.h.g-1]"] < found["Capacity at C/5 [mA.h.g-1]"]


def test_an_unknown_observable_is_refused_before_anything_is_built():
    """With the nearest that there is; and none at all is no wish."""
    with pytest.raises(InputError, match="did you mean 'Initial coulombic efficiency'"):
        Evaluator("design", observables=["Initial coulombic eficiency"])
    with pytest.raises(InputError, match="no observable is asked for"):
        Evaluator("design", observables=[])


def test_a_run_that_does_not_complete_is_no_number(core_shell):
    """More accuracy than floats have makes the solver give up: said, with its place."""
    evaluator = Evaluator("design", relative_tolerance=1e-20, absolute_tolerance=1e-20)
    with pytest.raises(FailedSolveError, match=r"in cycle 1, step 1 .*: the solver failed"):
        evaluator.evaluate(core_shell)


def test_every_variable_and_quantity_says_its_unit():
    """What axes and columns are headed by."""
    assert VARIABLES["thickness"].label == "Shell thickness [nm]"
    assert VARIABLES["roughness"].label == "Roughness"
    capacities = [name for name in quantities(read_protocol("design")) if "apacity" in name]
    assert all(name.endswith("]") for name in capacities)
