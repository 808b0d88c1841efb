"""What is beyond nature is refused, what is unusual is said, and what ships is neither."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from command_line import coreshell
from hand_made import solution

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Quantity
from coreshell_model.base.units import to_si
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.limits import TWO_SODIUM
from coreshell_model.inputs.material import (
    CoreShellMaterial,
    OneCarbonMaterial,
    read_material,
    sources,
)
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.inputs.ranges import limits, limits_of, table, unusual, usual_range
from coreshell_model.inputs.sections import left_out
from coreshell_model.observe.plausibility import DERIVED, derived_table, plausibility
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate

ROOT = Path(__file__).parents[1]
MATERIAL_LIMITS = limits_of(CoreShellMaterial)
LIMITS = MATERIAL_LIMITS | {f"protocol.{path}": limit for path, limit in limits_of(Protocol).items()}
USUAL = [path for path, limit in LIMITS.items() if limit.usual is not None]


def through(*steps):
    """Formation's window and basis with other steps."""
    data = read_protocol("formation").model_dump() | {"cycles": ({"steps": steps},)}
    return protocol_from_dict(data, "test")


ONCE = through("Sodiate at C/20 for 1 hours")


@pytest.mark.parametrize("kind", [CoreShellMaterial, OneCarbonMaterial, Protocol])
def test_every_number_has_limits_beside_its_field(kind):
    """Those of shipped files, and the optional ones; names of a protocol's own numbers aside."""
    known = set(limits_of(kind))
    folder = "experiments" if kind is Protocol else "parameters"
    for name in library.names(folder):
        read = read_protocol(name) if kind is Protocol else read_material(name)
        if isinstance(read, kind):
            paths = set(sources(read)) | {path for path in left_out(read) if path in known}
            paths = {path.replace("steps.2", "steps.1").replace("steps.3", "steps.1") for path in paths}
            assert {path for path in paths if not path.startswith(("numbers.", "band."))} <= known


@pytest.mark.parametrize("path", LIMITS)
def test_limits_contain_one_another_and_say_why(path):
    """A usual range within the bounds; a reason for the bounds, a source for the range."""
    limit = LIMITS[path]
    assert limit.why
    assert limit.at_most is not None
    low = limit.above if limit.at_least is None else limit.at_least
    assert low is not None and low < limit.at_most
    if limit.usual is not None:
        usual = [to_si(end, limit.unit, limit.unit) for end in limit.usual]
        assert low <= usual[0] < usual[1] <= limit.at_most
        assert limit.source.startswith("assumed: ") or "Appel et al." in limit.source


@pytest.mark.parametrize("path", LIMITS)
def test_a_number_beyond_its_bounds_is_refused_with_bound_and_reason(path):
    """In one line; at the bound it is taken."""
    limit = LIMITS[path]
    for factor, beyond in ((1.0, False), (1.01, True)):
        value = factor * limit.at_most / to_si(1, limit.unit, limit.unit)
        given = Quantity(value=value * (1 - 1e-12), unit=limit.unit, source="test")
        if not beyond:
            assert limit.checked(given).si == pytest.approx(limit.at_most)
            continue
        with pytest.raises(InputError, match="must be at most") as refusal:
            limit.checked(given)
        assert limit.why in str(refusal.value) and "\n" not in str(refusal.value)


def test_two_sodium_atoms_for_each_carbon_are_the_most_that_it_holds():
    """By Faraday's law and the molar mass of carbon."""
    assert pytest.approx(2 * 96485.33212 / 12.011 / 3.6, rel=1e-9) == TWO_SODIUM / 3600
    with pytest.raises(InputError, match="must be at most 4462"):
        prepared("core_shell", "formation", {"core.sloping.capacity": "1e6 mAh/g"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"shell.thickness": "900 nm"},
            ("shell.thickness is 900 nm, usually 0.3 to 100 nm", "over particle radius"),
        ),
        (
            {"core.sloping.capacity": "2000 mAh/g"},
            ("core.sloping.capacity is 2000 mAh/g, usually 10 to 1116",),
        ),
        ({"sei.initial_thickness": "1000 nm"}, ("sei.initial_thickness is 1000 nm", "thickness of the film")),
        ({"core.skeletal_density": "4 g/cm3"}, ("core.skeletal_density is 4 g/cm3, usually 1.2 to 2.3",)),
        ({"core.pore_volume": "5 cm3/g"}, ("porosity of the core is 0.9",)),
        ({"cell.temperature": "380 K"}, ("cell.temperature is 380 K, usually 233 to 353 K",)),
        ({"protocol.basis.one_c": "4000 mA/g"}, ("protocol.basis.one_c is 4000 mA/g",)),
    ],
)
def test_an_unusual_number_is_a_warning_in_the_results(change, said):
    """With number, range and source, also where it follows from others; the run completes."""
    results = summary(simulate("core_shell", ONCE, change))
    for text in said:
        assert any(text in line and ("assumed: " in line or "Appel" in line) for line in results["Warnings"])


def test_a_film_of_a_metre_is_refused():
    """As thick as a thousand grains."""
    outcome = coreshell("run", "core_shell", "formation", "--set", "sei.initial_thickness=1 m")
    assert outcome.code == 2
    assert "sei.initial_thickness: is 1 m; must be at most 1e-05 m: a film as thick as whole" in outcome.err


@pytest.mark.parametrize("name", library.names("parameters"))
def test_shipped_materials_are_usual(name):
    """Neither numbers nor what follows from them."""
    assert unusual(read_material(name)) == []
    assert plausibility(simulate(name, ONCE)) == []


@pytest.mark.parametrize("name", library.names("experiments"))
def test_shipped_protocols_are_usual(name):
    assert unusual(read_protocol(name)) == []


def test_a_formation_has_no_warnings():
    """Film, sodium and voltage of whole runs included."""
    assert summary(simulate("core_shell", "formation"))["Warnings"] == []


def test_random_materials_are_usual_but_for_capacities_of_thin_shells():
    """Those whose shells are given all sodium of a particle."""
    robustness = runpy.run_path(str(ROOT / "benchmarks" / "robustness.py"))
    generator = np.random.default_rng(1)
    for _ in range(40):
        material, _ = prepared("core_shell", "formation", robustness["random_changes"](generator))
        assert all(line.startswith("shell.sloping.capacity") for line in unusual(material))


def test_each_derived_number_warns_outside_of_its_range_and_not_inside():
    """At both ends."""
    for each in DERIVED:
        assert each.warning(each.low) is None and each.warning(each.high) is None
        assert each.name in each.warning(each.high * 1.01) and "assumed: " in each.warning(each.high * 1.01)


def test_a_run_without_charge_and_one_without_a_step_say_so():
    """Neither is completed without a word."""
    resting = solution([[("Rest for 1 hours", 3)]])
    assert any("no charge passed" in line for line in plausibility(resting))
    steps = ("Sodiate at C/20 until 2.6 V", "Desodiate at C/20 until 2.4 V")
    run = simulate("core_shell", through(*steps))
    assert all(step.skipped for step in run.steps)
    assert run.explanation.startswith("completed, but nothing was run")
    assert any("nothing was run" in line for line in summary(run)["Warnings"])


def test_a_rate_and_a_voltage_beyond_those_of_cells_are_warned_of():
    """From the run's own series."""
    points = 3
    fast = solution(
        [[("Sodiate at C/20 for 1 hours", points)]],
        **{
            "Time [s]": [np.array([0.0, 1.0, 2.0])],
            "Specific current [A.kg-1]": [np.full(points, 60 * 400.0)],
            "Specific capacity [mA.h.g-1]": [np.array([0.0, 1.0, 2.0])],
            "Voltage [V]": [np.array([2.0, 1.0, -0.5])],
        },
    )
    lines = plausibility(fast)
    assert any("highest C-rate of constant current is 60 C" in line for line in lines)
    assert any("voltage of the cell is -0.5 V" in line for line in lines)


def test_the_table_of_the_readme_is_the_table_of_the_fields():
    """`coreshell materials limits` prints it."""
    text = (ROOT / "parameters" / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- limits -->\n\n")[2].partition("\n<!-- /limits -->")[0]
    assert shown == f"{table()}\n{derived_table()}" == coreshell("materials", "limits").out


def test_materials_show_gives_the_usual_range_beside_each_number():
    """And warns of a number outside of it."""
    told = coreshell("materials", "show", "core_shell").out
    assert "usual" in told and "0.1 to 300 m2/g" in told and "Warning" not in told


@pytest.mark.parametrize(
    ("path", "value", "usual"),
    [
        ("shell.mass_gain", "30 %", "0.2 to 200 %"),
        ("shell.mass_gain", "0.3", "0.002 to 2"),
        ("electrode.carbon_black_fraction", "5 %", "0 to 40 %"),
        ("cell.temperature", "298.15 K", "233 to 353 K"),
        ("core.pore_volume", "1.18 mL/g", "0 to 3 mL/g"),
    ],
)
def test_a_usual_range_is_in_the_unit_of_its_number(path, value, usual):
    """A share in per cent has its range in per cent, a fraction as a fraction."""
    number, limit = limits(changed(read_material("core_shell"), {path: value}))[path]
    assert str(number) == value and usual_range(limit, number.unit) == usual


def test_a_warning_has_number_and_range_in_one_unit():
    (text,) = unusual(changed(read_material("core_shell"), {"electrode.binder_fraction": "50 %"}))
    assert text.startswith("electrode.binder_fraction is 50 %, usually 0 to 40 %")
    assert "0.2 to 200 %" in coreshell("materials", "show", "core_shell").out
