"""The laws that a material may add (docs/physics.md): their limits, their balance, what they are for."""

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coreshell_model.base.errors import InputError
from coreshell_model.checks.second_solver import differences
from coreshell_model.inputs.full_cell import read_section
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.clusters import clusters_formed
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import of_positive
from coreshell_model.physics.laws.interphase import dissolution_current_density
from coreshell_model.physics.laws.temperature import arrhenius
from coreshell_model.physics.parameter_set import parameter_values
from coreshell_model.run.simulation import set_up, simulate

FIRST = str(Path(__file__).parents[2] / "benchmarks" / "c2_staircase_core_shell.toml")
"""Core-Shell as first fitted, which uses none of these laws."""

FEW = 1e-9
"""Numbers of laws that are on, but next to without effect."""

STRONG = {"strong_potential": "1.2 V", "strong_share": "0.03"}
CLUSTERS = {"conditioning": "15", "conditioning_rate": "5e-5 1/s"}
FILM = {
    "sei.growth.transfer_coefficient": "0.15",
    "sei.growth.dissolution_rate": "1e-7 1/s",
    "sei.growth.saturation_charge": "0.05 mAh/m2",
}


def of(section, numbers):
    """Changes by path."""
    return {f"{section}.{name}": text for name, text in numbers.items()}


ALL = {
    "core_shell": of("core.sloping", STRONG)
    | of("shell.sloping", STRONG)
    | of("core.clusters", CLUSTERS)
    | {"shell.trapping.release_rate": "1e-6 1/s", "core.sloping.diffusion_length": "200 nm"}
    | FILM,
    "core": of("carbon.sloping", STRONG) | {"carbon.sloping.diffusion_length": "200 nm"} | FILM,
}
ALL["cracked_core_shell"] = ALL["core_shell"] | {"pores.wetting_exponent": "3"}


@pytest.mark.long
@pytest.mark.parametrize("material", ALL)
@pytest.mark.parametrize("level", ["particle", "electrode"])
def test_sodium_is_conserved_with_all_laws(material, level):
    solution = simulate(material, "formation", ALL[material], level=level)
    assert solution.completed, solution.explanation
    assert sodium_balance_error(solution) < 1e-8


@pytest.mark.long
def test_the_second_solver_agrees_with_all_laws():
    """It shares no code with the model; two cycles of a formation."""
    material = changed(read_material("core_shell"), ALL["core_shell"])
    off = differences(material, cycles=2)
    assert off["voltage at constant current [mV]"] < 1
    assert off["each place of the sodium at the ends of steps [mA.h.g-1]"] < 0.02


@pytest.mark.parametrize(
    "almost",
    [
        {"core.sloping.strong_potential": f"{FEW} V", "core.sloping.strong_share": "0.03"},
        {"core.clusters.conditioning": f"{FEW}", "core.clusters.conditioning_rate": "5e-5 1/s"},
        {"core.clusters.conditioning": "15", "core.clusters.conditioning_rate": f"{1e-6 * FEW} 1/s"},
        {"shell.trapping.release_rate": f"{1e-3 * FEW} 1/s"},
        {"sei.growth.transfer_coefficient": "0.5"},
        {
            "sei.growth.dissolution_rate": f"{1e-6 * FEW} 1/s",
            "sei.growth.saturation_charge": "0.05 mAh/m2",
        },
        {"core.sloping.diffusion_length": "CORE RADIUS"},
        {"pores.wetting_exponent": "1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_law_in_its_limit_is_the_law_it_generalises(almost):
    """Capacities to 1e-6, voltages to 0.1 mV."""
    leaking = {"pores.open_fraction": "0.2"} if "pores.wetting_exponent" in almost else {}
    tight = {"relative_tolerance": 1e-9, "absolute_tolerance": 1e-9}
    plain = simulate(FIRST, "formation", leaking, **tight)
    radius = f"{plain.parameters['Core radius [m]']!r} m"
    nearly = {path: text.replace("CORE RADIUS", radius) for path, text in almost.items()}
    law = simulate(FIRST, "formation", leaking | nearly, **tight)
    charge = [one["Specific capacity [mA.h.g-1]"] for one in (plain, law)]
    ends = [
        [c[step.points.stop - 1] for step in one.steps] for c, one in zip(charge, (plain, law), strict=True)
    ]
    assert ends[1] == pytest.approx(ends[0], rel=1e-6, abs=1e-4)
    for step, other in zip(plain.steps[:3], law.steps[:3], strict=True):
        if step.asked.kind is Kind.HOLD:
            continue
        own, there = charge[0][step.points], charge[1][other.points]
        voltage = np.interp(own, *sorted_by_charge(there, law["Voltage [V]"][other.points]))
        middle = slice(5, -5)
        steep = np.abs(np.gradient(plain["Voltage [V]"][step.points], own)) > 0.05
        off = np.abs(voltage - plain["Voltage [V]"][step.points])[middle][~steep[middle]]
        assert off.max() < 1e-4


def sorted_by_charge(charge, voltage):
    order = np.argsort(charge)
    return charge[order], voltage[order]


FORMATION = (FIRST, "formation")


def first_sodiation(solution):
    """Voltage and charge of the first step."""
    points = solution.steps[0].points
    return solution["Voltage [V]"][points], solution["Specific capacity [mA.h.g-1]"][points]


def test_strong_sites_store_sodium_earlier_and_change_nothing_where_they_are_full():
    plain = simulate(*FORMATION)
    strong = simulate(*FORMATION, of("shell.sloping", STRONG) | of("core.sloping", STRONG))
    at_one_volt = [
        np.interp(-1.0, -voltage, charge) for voltage, charge in map(first_sodiation, (plain, strong))
    ]
    assert at_one_volt[1] > at_one_volt[0] + 3
    whole = [charge[-1] for _, charge in map(first_sodiation, (plain, strong))]
    assert whole[1] == pytest.approx(whole[0], rel=0.03)


def test_conditioned_clusters_grow_in_the_first_hold_and_later_with_the_plateau():
    """As NMR sees them: the share of a cycle's clusters that its hold adds falls once the core is open."""
    slow = {"core.clusters.rate": "6e-6 1/s"}
    memory = {"core.clusters.conditioning": "15", "core.clusters.conditioning_rate": "5e-5 1/s"}
    shares = []
    for changes in (slow, slow | memory):
        solution = simulate(*FORMATION, changes)
        at_current, in_holds = (clusters_formed(solution, kind) for kind in (Kind.SODIATE, Kind.HOLD))
        shares.append([held / (held + moved) for held, moved in zip(in_holds, at_current, strict=True)])
    assert shares[1][1] < 0.5 * shares[1][0]
    assert shares[0][1] > 0.9 * shares[0][0]


def test_traps_that_release_give_back_what_traps_for_good_keep():
    kept, released = (
        simulate("shell", "formation", changes)
        for changes in ({}, {"carbon.trapping.release_rate": "1e-5 1/s"})
    )
    trapped = [solution["Trapped sodium [mA.h.g-1]"] for solution in (kept, released)]
    assert (np.diff(trapped[0]) >= -1e-4).all()
    assert trapped[1][-1] < 0.9 * trapped[0][-1]


def test_film_in_balance_loses_charge_with_the_root_of_time():
    """(48) at a constant film, and at times when what has dissolved is far above q_s."""
    rate, grown, saturation = 1e-6, 2.0, 1e-3
    times = np.array([0.0, 1e7, 4e7])
    dissolved = solve_ivp(
        lambda _, dissolved: dissolution_current_density(grown, dissolved, rate, saturation),
        (0, times[-1]),
        [0.0],
        t_eval=times,
        rtol=1e-9,
        atol=1e-12,
    ).y[0]
    assert dissolved[1:] == pytest.approx(np.sqrt(2 * rate * grown * saturation * times[1:]), rel=0.01)


def test_dissolution_makes_film_grow_again():
    """A sodiated cell at rest loses more where film dissolves, its film staying thinner than its charge."""
    steps = ({"steps": ("Sodiate at C/20 until 5 mV", "Rest for 1000 hours")},)
    protocol = protocol_from_dict(read_protocol("formation").model_dump() | {"cycles": steps}, "rest")
    plain, film = {"sei.growth.transfer_coefficient": "0.15"}, dict(FILM)
    film["sei.growth.dissolution_rate"] = "1e-5 1/s"
    solutions = [simulate("core_shell", protocol, changes) for changes in (plain, film)]
    lost = [solution["Sodium in SEI [mA.h.g-1]"] for solution in solutions]
    thick = [solution["SEI thickness [m]"][-1] for solution in solutions]
    assert lost[1][-1] > lost[0][-1] + 1
    assert thick[1] < thick[0]
    for solution in solutions:
        assert sodium_balance_error(solution) < 1e-8


def test_grains_make_a_larger_particle_as_fast_as_a_smaller_one():
    """Of 4 m2/g, starved by its radius; with grains of 200 nm it keeps what it stores."""
    large = {"particle.external_area": "4 m2/g"}
    smooth, grains = (
        first_sodiation(simulate(*FORMATION, large | lengths))[1][-1]
        for lengths in ({}, {"core.sloping.diffusion_length": "200 nm"})
    )
    assert grains > smooth + 20


def test_a_leaking_coating_loses_its_clusters_before_its_last_sealed_particle():
    leak = {"pores.open_fraction": "0.5"}
    plateaus = [
        simulate(*FORMATION, leak | exponent)["Sodium in clusters [mA.h.g-1]"].max()
        for exponent in ({}, {"pores.wetting_exponent": "4"})
    ]
    assert plateaus[1] == pytest.approx(plateaus[0] / 8, rel=0.1)


def with_activation(name):
    """A shipped material whose activation energies are all 35 kJ/mol."""
    data = read_material(name).model_dump(exclude_none=True)
    energies = {part: given | {"value": 35.0} for part, given in data["activation"].items()}
    return material_from_dict(data | {"activation": energies}, "test")


def without_activation(name):
    """A shipped material without activation energies."""
    data = read_material(name).model_dump(exclude_none=True)
    return material_from_dict({key: value for key, value in data.items() if key != "activation"}, "test")


def test_temperature_moves_what_has_an_activation_energy_and_nothing_at_25_degrees():
    material = with_activation("core_shell")
    plain, same, cold = (
        set_up(given, "formation", changes, level="electrode")
        for given, changes in (
            (without_activation("core_shell"), {}),
            (material, {}),
            (material, {"cell.temperature": "273.15 K"}),
        )
    )
    assert same.parameters == plain.parameters and same.tables == plain.tables
    factor = arrhenius(35e3, 273.15)
    moved = {name for name in plain.parameters if cold.parameters[name] != plain.parameters[name]}
    for name in ("Core diffusivity [m2.s-1]", "Cluster rate [s-1]", "Exchange current density [A.m-2]"):
        assert cold.parameters[name] == pytest.approx(factor * plain.parameters[name], rel=1e-12)
    assert {"SEI step 1 rate [s-1]", "SEI growth exchange current density [A.m-2]"} <= moved
    assert not {"Core site density [mol.m-3]", "Core sloping potential [V]", "Core trap rate [s-1]"} & moved
    for table, other in zip(plain.tables, cold.tables, strict=True):
        assert np.array(other[1].values) == pytest.approx(factor * np.array(table[1].values), rel=1e-12)


def test_temperature_moves_a_positive_electrode_by_its_own_energies():
    """D and j00 of NVPF by 17.8 kJ/mol, not the potential; nothing at 25 degC or without energies."""
    at, name = "cell.temperature", "full_cell_formation"
    cold, same = (
        dict(set_up("core_shell", name, {at: kelvin}).tables) for kelvin in ("273.15 K", "298.15 K")
    )
    positive = read_section("positive", "nvpf")
    plain = of_positive(positive.model_copy(update={"activation": None}), 273.15)
    assert {table: same[table] for table in plain} == plain
    factor = arrhenius(17.8e3, 273.15)
    for table in (s.POSITIVE_DIFFUSIVITY, s.POSITIVE_EXCHANGE_CURRENT):
        assert np.array(cold[table].values) == pytest.approx(
            factor * np.array(plain[table].values), rel=1e-12
        )
    assert cold[s.POSITIVE_OPEN_CIRCUIT] == plain[s.POSITIVE_OPEN_CIRCUIT]


def test_a_cold_cell_stores_less_at_a_rate():
    material = with_activation("core_shell")
    capacities = [
        first_sodiation(simulate(material, "formation", {"cell.temperature": f"{kelvin} K"}))[1][-1]
        for kelvin in (263.15, 298.15, 333.15)
    ]
    assert capacities == sorted(capacities) and capacities[2] > 1.1 * capacities[0]


def test_a_number_set_by_its_pybamm_name_is_that_number_at_any_temperature():
    """And through grains, where the file's number is another."""
    changes = {"cell.temperature": "273.15 K", "core.sloping.diffusion_length": "100 nm"}
    given = parameter_values(with_activation("core_shell"), changes)
    given["Core diffusivity [m2.s-1]"] = 3e-17
    assert given["Core diffusivity [m2.s-1]"] == pytest.approx(3e-17, rel=1e-9)


def with_factor(name, occupancy, factor, part="core"):
    """A shipped material with a table of the diffusivity."""
    data = read_material(name).model_dump(exclude_none=True)
    data[part]["sloping"]["diffusivity_factor"] = {
        "occupancy": occupancy,
        "factor": factor,
        "source": "test",
    }
    return material_from_dict(data, "test")


@pytest.mark.parametrize(("name", "part"), [("core_shell", "core"), ("core", "carbon")])
def test_a_flat_table_of_the_diffusivity_is_the_constant_one(name, part):
    flat, plain = (
        simulate(material, "formation")
        for material in (with_factor(name, (0.0, 1.0), (1.0, 1.0), part), name)
    )
    ends = [
        [run["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in run.steps]
        for run in (flat, plain)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=1e-5, abs=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("level", ["particle", "electrode"])
@pytest.mark.parametrize(
    ("name", "part"), [("core_shell", "core"), ("cracked_core_shell", "shell"), ("core", "carbon")]
)
def test_sodium_is_conserved_where_the_diffusivity_goes_with_the_occupancy(name, part, level):
    """By a factor of a hundred, with a dip."""
    material = with_factor(name, (0.0, 0.2, 0.4, 1.0), (1.0, 10.0, 0.1, 2.0), part)
    solution = simulate(material, "formation", level=level)
    assert solution.completed
    assert sodium_balance_error(solution) < 1e-8


def test_a_factor_of_ten_everywhere_is_ten_times_the_diffusivity():
    tenfold = simulate(with_factor("core_shell", (0.0, 1.0), (10.0, 10.0)), "rate_test")
    diffusivity = read_material("core_shell").core.sloping.diffusivity.si
    changed_number = simulate(
        "core_shell", "rate_test", {"core.sloping.diffusivity": f"{10 * diffusivity!r} m2/s"}
    )
    ends = [
        [run["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in run.steps if not step.skipped]
        for run in (tenfold, changed_number)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=2e-4, abs=0.02)


def test_titrations_of_a_table_show_its_dip():
    """The potential of a core whose diffusivity dips by a thousand relaxes more slowly there."""
    material = with_factor("core_shell", (0.0, 0.2, 0.25, 0.3, 1.0), (1.0, 1.0, 1e-3, 1.0, 1.0))
    slow, plain = (simulate(given, "formation") for given in (material, "core_shell"))
    profile = slow.profiles["Core sloping occupancy"][0]
    assert np.ptp(profile) > np.ptp(plain.profiles["Core sloping occupancy"][0])


@pytest.mark.parametrize(
    ("occupancy", "factor", "said"),
    [
        ((0.0, 1.0), (1.0,), "give one each"),
        ((0.5, 0.2), (1.0, 1.0), "rising"),
        ((0.0, 1.5), (1.0, 1.0), "from 0 to 1"),
        ((0.0, 1.0), (1.0, 0.0), "above 0"),
    ],
)
def test_tables_of_the_diffusivity_that_are_none_are_refused_in_a_line(occupancy, factor, said):
    with pytest.raises(InputError, match=said) as refusal:
        with_factor("core_shell", occupancy, factor)
    assert "\n" not in str(refusal.value)


def test_a_protocol_may_state_the_temperature_of_the_cell():
    """In place of the material's; changing both is refused, and the result says whose it is."""
    stated = {"protocol.conditions.temperature": "273.15 K"}
    by_protocol = set_up("core_shell", "formation", stated)
    by_material = set_up("core_shell", "formation", {"cell.temperature": "273.15 K"})
    assert by_protocol.parameters == by_material.parameters
    assert by_protocol.material.cell.temperature.source.startswith("protocol formation")
    with pytest.raises(InputError, match=r"in place of cell\.temperature"):
        set_up("core_shell", "formation", stated | {"cell.temperature": "300 K"})


def test_a_set_of_pybamm_has_the_electrolyte_of_its_temperature_and_the_tables_of_its_material():
    """The first follows a change of the temperature; the second needs no electrode section."""
    given = parameter_values("core_shell")
    warm = given["Electrolyte conductivity [S.m-1]"].values[0]
    given["Ambient temperature [K]"] = 273.15
    cold = given["Electrolyte conductivity [S.m-1]"].values[0]
    energy = read_material("core_shell").activation.electrolyte.si
    assert cold == pytest.approx(arrhenius(energy, 273.15) * warm, rel=1e-12)
    given["Electrolyte conductivity [S.m-1]"] = 1.0
    given["Ambient temperature [K]"] = 298.15
    assert given["Electrolyte conductivity [S.m-1]"] == 1.0
    data = with_factor("core_shell", (0.0, 1.0), (1.0, 2.0)).model_dump(exclude_none=True)
    del data["electrode"]
    assert "Core diffusivity factor" in parameter_values(material_from_dict(data, "test"))
