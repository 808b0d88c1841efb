"""Parameter values in PyBaMM's hands: a change there is the change that ``simulate`` makes, or is refused."""

import runpy
from pathlib import Path

import pybamm
import pytest

import coreshell_model
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.physics.model import SEALED, CoreShellHalfCell, in_place_of, mechanisms_for
from coreshell_model.physics.parameter_set import CURRENT, UNITS, parameter_values, paths_of
from coreshell_model.physics.storage.clusters import Clusters, ConditionedClusters
from coreshell_model.physics.submodels.adsorption import StrongAndSlopingSites, TemkinFrumkinSites
from coreshell_model.physics.submodels.interphase import WallInterphase
from coreshell_model.physics.values import REGISTERED, appel_core_shell
from coreshell_model.run.simulation import set_up, simulate

MATERIALS = ("core_shell", "core", "cracked_core_shell")
EXAMPLES = Path(__file__).parents[1] / "examples"


def numbers(name):
    return {key for key, value in parameter_values(name).items() if isinstance(value, float)} - {CURRENT}


NAMES = [(material, name) for material in MATERIALS for name in sorted(numbers(material))]


def other(value):
    """A value nearby that every field may have."""
    return 0.97 * value if value else 0.01


@pytest.mark.parametrize(("material", "name"), NAMES)
def test_a_number_changed_in_pybamm_is_the_number_changed_in_simulate_or_is_refused(material, name):
    """All numbers that a run is solved with agree, whichever way one of them was changed."""
    given = parameter_values(material)
    path = paths_of(read_material(material)).get(name)
    new = other(given[name])
    mass = given["Active loading [kg.m-2]"] * given["Electrode area [m2]"]
    try:
        given[name] = new
    except InputError as refusal:
        assert "\n" not in str(refusal) and len(str(refusal)) < 300
        return
    assert path is not None
    text = f"{new / mass!r} A/kg" if path in UNITS else f"{new!r} {name.partition('[')[2].rstrip(']')}"
    if path.endswith("sloping.diffusivity"):  # the model's number holds the diffusion length of the file (49)
        text = f"{0.97 * sources(read_material(material))[path].si!r} m2.s-1"
    wanted = set_up(material, "formation", {path: text}).parameters
    assert {key: given[key] for key in wanted} == pytest.approx(wanted, rel=1e-12, abs=0)


def test_only_numbers_that_others_decide_are_refused():
    """Every other name of the shipped material can be changed."""
    refused: set[str] = set()
    for name in numbers("core_shell"):
        given = parameter_values("core_shell")
        try:
            given[name] = other(given[name])
        except InputError:
            refused.add(name)
    assert refused == {
        "Particle density [kg.m-3]",
        "Core site density [mol.m-3]",
        "Shell site density [mol.m-3]",
        "Core trap density [mol.m-3]",
        "Core trap potential [V]",
        "Core trap width [V]",
        "Core trap rate [s-1]",
        "Shell trap density [mol.m-3]",
        "Cluster site density [mol.m-3]",
        "Conductive additive area [m2.kg-1]",
        "Pore wall area [m2.kg-1]",
        "Accessible pore volume [m3.kg-1]",
        "Initial core occupancy",
        "Initial shell occupancy",
        "Initial temperature [K]",
        # Two belong together, and a material that has neither takes both or none.
        "SEI dissolution rate [s-1]",
        "SEI saturation charge [C.m-2]",
        # The shipped core has no traps of its own.
        "Core trap release rate [s-1]",
    }


@pytest.mark.parametrize(
    ("name", "value", "path", "text"),
    [
        ("Shell thickness [m]", 20e-9, "shell.thickness", "20 nm"),
        ("Core radius [m]", 150e-9, "particle.core_radius", "150 nm"),
        ("External area [m2.kg-1]", 28e3, "particle.external_area", "28 m2/g"),
        ("Active loading [kg.m-2]", 0.05, "cell.active_loading", "5 mg/cm2"),
        ("Ambient temperature [K]", 318.15, "cell.temperature", "318.15 K"),
    ],
)
def test_a_simulation_by_pybamm_gives_what_simulate_gives(name, value, path, text):
    """The first sodiation to the cut-off, at the same C-rate."""
    steps = ({"steps": ("Sodiate at C/20 until lower cut-off",)},)
    once = protocol_from_dict(read_protocol("formation").model_dump() | {"cycles": steps}, "once")
    fine = {"relative_tolerance": 1e-8, "absolute_tolerance": 1e-8}
    wanted = simulate("core_shell", once, {path: text}, **fine)["Specific capacity [mA.h.g-1]"][-1]
    solver = pybamm.IDAKLUSolver(rtol=1e-8, atol=1e-8)
    for given in (parameter_values(), CoreShellHalfCell().default_parameter_values.copy()):
        given.update({name: value})
        simulation = pybamm.Simulation(CoreShellHalfCell(), parameter_values=given, solver=solver.copy())
        found = simulation.solve([0, 80 * 3600])
        assert found["Specific capacity [mA.h.g-1]"].entries[-1] == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("changed", "follower"),
    [
        ("Shell thickness [m]", "External area [m2.kg-1]"),
        ("Core radius [m]", "External area [m2.kg-1]"),
        ("Particle density [kg.m-3]", "External area [m2.kg-1]"),
        ("External area [m2.kg-1]", "Core radius [m]"),
        ("Active loading [kg.m-2]", "Nominal cell capacity [A.h]"),
        ("Electrode area [m2]", "Nominal cell capacity [A.h]"),
    ],
)
def test_the_registered_set_with_one_number_changed_is_refused_by_the_model(changed, follower):
    """A plain ``pybamm.ParameterValues`` cannot make anything follow."""
    plain = pybamm.ParameterValues("Appel_core_shell")
    plain[changed] = 1.5 * plain[changed]
    with pytest.raises(InputError, match="goes with it") as refusal:
        pybamm.Simulation(CoreShellHalfCell(), parameter_values=plain).build()
    assert changed in str(refusal.value) and follower in str(refusal.value)


def test_a_start_that_is_not_the_potentials_is_refused():
    """At 0.3 V the sites hold sodium, which the shipped set's occupancies have not."""
    plain = pybamm.ParameterValues("Appel_core_shell")
    plain["Initial potential [V]"] = 0.3
    with pytest.raises(InputError, match="Initial core occupancy"):
        pybamm.Simulation(CoreShellHalfCell(), parameter_values=plain).build()
    followed = parameter_values("core_shell", {"protocol.start.potential": "0.3 V"})
    assert followed["Initial core occupancy"] > 0.05


def test_numbers_that_belong_together_can_be_set_together():
    """A core and a shell at once, as two changes of ``simulate``; a number that follows may be repeated."""
    given = parameter_values()
    design = {"Core radius [m]": 200e-9, "Shell thickness [m]": 15e-9}
    given.update(design)
    changes = {"particle.core_radius": "200 nm", "shell.thickness": "15 nm"}
    wanted = parameter_values("core_shell", changes)
    assert {name: given[name] for name in design} == pytest.approx(design)
    assert given["External area [m2.kg-1]"] == pytest.approx(wanted["External area [m2.kg-1]"], rel=1e-12)
    again = parameter_values()
    again.update({name: value for name, value in wanted.items() if isinstance(value, float)})
    assert again["Particle density [kg.m-3]"] == pytest.approx(wanted["Particle density [kg.m-3]"])
    with pytest.raises(InputError, match="the radius, or particle"):
        parameter_values().update({"Core radius [m]": 2e-7, "External area [m2.kg-1]": 2e4})


def test_an_input_that_others_follow_from_is_refused_and_one_that_stands_alone_is_not():
    """PyBaMM derives nothing from an input."""
    given = parameter_values()
    with pytest.raises(InputError, match="cannot be an input"):
        given["Shell thickness [m]"] = "[input]"
    given["Shell diffusivity [m2.s-1]"] = "[input]"
    given["Shell thickness [m]"] = 12e-9
    assert isinstance(given["Shell diffusivity [m2.s-1]"], pybamm.InputParameter)


def test_the_current_follows_the_rate_until_it_is_set():
    """C/20 of the nominal capacity unless another rate is asked for."""
    for rate in (0.05, 1.0):
        given = parameter_values("core_shell", rate=rate)
        given["Active loading [kg.m-2]"] = 0.02
        assert given[CURRENT] == pytest.approx(rate * 400 * 0.02 * 1e-4)
    given[CURRENT] = 1e-5
    given["Active loading [kg.m-2]"] = 0.03
    assert given[CURRENT] == 1e-5
    with pytest.raises(InputError, match="rate is 'fast'"):
        parameter_values("core_shell", rate="fast")


def test_a_copy_is_changed_on_its_own():
    """And takes along what follows, as the first does."""
    first = parameter_values()
    second = first.copy()
    second["Shell thickness [m]"] = 20e-9
    assert first["Shell thickness [m]"] == pytest.approx(9.44e-9, rel=1e-2)
    assert second["External area [m2.kg-1]"] < 0.9 * first["External area [m2.kg-1]"]
    plain = {name: value for name, value in appel_core_shell().items() if isinstance(value, float)}
    assert plain.pop(REGISTERED)
    assert {name: first[name] for name in plain} == pytest.approx(plain, rel=1e-14, abs=0)


def test_open_particles_have_the_mechanisms_that_they_need():
    """``mechanisms_for`` reads parameter values as PyBaMM users have them."""
    given = parameter_values("core")
    assert WallInterphase in mechanisms_for(given)
    assert WallInterphase not in mechanisms_for(parameter_values("core_shell"))
    found = pybamm.Simulation(CoreShellHalfCell(mechanisms_for(given)), parameter_values=given)
    assert found.solve([0, 80 * 3600])["Pore filling"].entries[-1] > 0.1


def test_experiments_and_spectra_take_the_set():
    """PyBaMM copies it and sets temperatures and currents of its own."""
    cycle = ("Discharge at C/10 for 1 hours or until 5 mV", "Rest for 1 hour")
    experiment = pybamm.Experiment([cycle])
    run = pybamm.Simulation(CoreShellHalfCell(), parameter_values=parameter_values(), experiment=experiment)
    assert run.solve()["Discharge capacity [A.h]"].entries[-1] == pytest.approx(4.4e-5, rel=1e-6)
    assert pybamm.EISSimulation(CoreShellHalfCell(), parameter_values=parameter_values()).solve([1.0, 10.0])


def test_the_works_that_the_model_rests_on_are_cited(capsys):
    """In PyBaMM's own list."""
    CoreShellHalfCell()
    pybamm.print_citations()
    told = capsys.readouterr().out
    assert "Resolving the Dilemma of Hard Carbon Anodes" in told
    assert "coreshell_model: Physics-based simulation" in told


def test_the_package_offers_what_its_readme_uses():
    """All of it importable, and documented."""
    assert "parameter_values" in coreshell_model.__all__
    assert set(coreshell_model.__all__) <= set(dir(coreshell_model))
    assert all(getattr(coreshell_model, name).__doc__ for name in coreshell_model.__all__)
    assert "mechanisms" in CoreShellHalfCell.__init__.__doc__


def test_the_example_runs():
    """A thicker shell takes up more in a first sodiation, since it traps more."""
    found = runpy.run_path(str(EXAMPLES / "parameter_values_in_pybamm.py"))["main"]()
    slow, fast = zip(*found.values(), strict=True)
    assert all(a > b for a, b in zip(slow, fast, strict=True))
    assert list(slow) == sorted(slow)


@pytest.mark.parametrize(
    ("material", "changes", "law"),
    [
        ("core", {}, "open particles"),
        ("core_shell", {"sei.growth.dissolution_rate": "1e-7 1/s",
                        "sei.growth.saturation_charge": "1 mAh/m2"}, "DissolvingInterphase"),
        ("core_shell", {"shell.trapping.release_rate": "1e-7 1/s"}, "ReleasingTraps"),
    ],
)  # fmt: skip
def test_a_model_without_a_law_of_its_material_is_refused(material, changes, law):
    """It would leave the law out without a word; with ``mechanisms_for`` it is there."""
    given = parameter_values(material, changes)
    with pytest.raises(InputError, match="mechanisms_for") as refusal:
        pybamm.Simulation(CoreShellHalfCell(), parameter_values=given).build()
    assert law in str(refusal.value) and "\n" not in str(refusal.value)
    pybamm.Simulation(CoreShellHalfCell(mechanisms_for(given)), parameter_values=given).build()


def test_a_list_of_fewer_laws_is_refused_by_a_set_that_has_them():
    """Conditioned clusters, and traps in a carbon that the list leaves empty."""
    given = parameter_values()
    for shipped, other in ((ConditionedClusters, Clusters), (StrongAndSlopingSites, TemkinFrumkinSites)):
        model = CoreShellHalfCell(in_place_of(shipped, other, SEALED))
        with pytest.raises(InputError, match=f"{shipped.__name__} in place of {other.__name__}"):
            pybamm.Simulation(model, parameter_values=given).build()
