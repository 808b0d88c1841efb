"""Every parameter matters, in the direction that physics gives it: no field can be read and then ignored."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from coreshell_model.inputs.material import CoreShellMaterial, material_from_dict, read_material
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.inputs.ranges import limits_of
from coreshell_model.observe.capacity import sodiation_capacity
from coreshell_model.observe.inventory import loss_split, pore_filling, sei_thickness
from coreshell_model.observe.polarisation import polarisation
from coreshell_model.run.simulation import simulate

SLOW = ("Sodiate at C/20 until lower cut-off", "Desodiate at C/20 until upper cut-off")
FAST = ("Sodiate at 1C until lower cut-off", "Desodiate at 1C until upper cut-off")
SHORT = ("Sodiate at 1C for 6 minutes",)
NO_GROWTH = (("sei.growth.exchange_current_density", "0 A/m2"),)
"""Growth takes up what a step leaves, and hides it."""

SLOW_STEP = (*NO_GROWTH, ("sei.steps.2.rate", "1e-7 1/s"))
"""A step that needs to be driven."""

SLOW_CLUSTERS = (("core.clusters.rate", "6e-6 1/s"),)
"""Clusters that a memory can make faster."""

SHELL_SODIUM = "Sodium in shell sloping sites [mA.h.g-1]"
CORE_SODIUM = "Sodium in core sloping sites [mA.h.g-1]"
CLUSTERS = "Sodium in clusters [mA.h.g-1]"
TRAPPED = "Trapped sodium [mA.h.g-1]"
FILM = "Sodium in SEI [mA.h.g-1]"


def first(solution):
    """The points of the first step."""
    return solution.steps[0].points


def at_voltage(name, voltage):
    """A series of the first sodiation when the cell's voltage falls through a value."""

    def read(solution):
        falling = np.minimum.accumulate(solution["Voltage [V]"][first(solution)])
        return float(np.interp(-voltage, -falling, solution[name][first(solution)]))

    return read


def at_charge(name, charge):
    """A series of the first sodiation when this much charge has passed [mA.h.g-1]."""
    return lambda solution: float(
        np.interp(
            charge, solution["Specific capacity [mA.h.g-1]"][first(solution)], solution[name][first(solution)]
        )
    )


def end(name):
    """A series at the end of the first step."""
    return lambda solution: float(solution[name][first(solution)][-1])


def drop(name):
    """A drop of voltage at the end of the first step [mV]."""
    return lambda solution: polarisation(solution, solution.steps[0])[name]


def loss(part):
    """A part of the first cycle's loss."""
    return lambda solution: getattr(loss_split(solution), part)


def capacity(solution):
    """Of the first sodiation."""
    return sodiation_capacity(solution, 1)


def desodiated(solution):
    """Charge given back in the second step."""
    charge = solution["Specific capacity [mA.h.g-1]"][solution.steps[1].points]
    return float(charge[0] - charge[-1])


def salt_left(solution):
    """The lowest share of the salt at first that any place keeps."""
    lowest = solution["Lowest electrolyte concentration [mol.m-3]"]
    return float(lowest.min() / solution.parameters["Initial electrolyte concentration [mol.m-3]"])


def dimension(name):
    """A dimension that the run was solved with."""
    return lambda solution: solution.parameters[name]


@dataclass(frozen=True)
class Row:
    """One parameter, two values, and which way a result goes from the first to the second, and why."""

    path: str
    low: str
    high: str
    result: object
    sign: int
    why: str
    material: str = "core_shell"
    steps: tuple = SLOW
    also: tuple = ()
    level: str = "particle"


def row(path, low, high, result, sign, why, **more):
    return Row(path, low, high, result, sign, why, **more)


def heavy(path, low, high, result, sign, why, **more):
    """At the electrode level, heavily loaded, at 1C for some minutes."""
    also = (("cell.active_loading", "8 mg/cm2"), *more.pop("also", ()))
    return Row(path, low, high, result, sign, why, steps=SHORT, also=also, level="electrode", **more)


def film_steps(section, potentials, material, also=()):
    """The rows of three reduction steps: each reacts below its potential, and takes its charge."""
    rows = []
    for number, potential in enumerate(potentials, start=1):
        below = at_voltage(FILM, potential - 0.1)
        prefix = f"{section}.steps.{number}"
        options = {"material": material, "also": also}
        rows += [
            row(f"{prefix}.potential", f"{potential - 0.2} V", f"{potential + 0.1} V", below, +1,
                "a step of a higher potential has reacted earlier", **options),
            row(f"{prefix}.rate", "1e-6 1/s", "1e-3 1/s", below, +1,
                "a faster step has reacted earlier", **options),
            row(f"{prefix}.charge", "0.02 mAh/m2", "0.1 mAh/m2", below, +1,
                "a step of more charge takes more", **options),
        ]  # fmt: skip
    return rows


def volume_steps(section, thickness, material):
    """Volume per charge of each step: molar volume over electrons."""
    rows = []
    for number in (1, 2, 3):
        prefix, options = f"{section}.steps.{number}", {"material": material, "also": NO_GROWTH}
        rows += [
            row(f"{prefix}.molar_volume", "5e-5 m3/mol", "2e-4 m3/mol", thickness, +1,
                "Faraday's law: the same charge leaves more film", **options),
            row(f"{prefix}.electrons", "1", "2", thickness, -1,
                "Faraday's law: more electrons a molecule leave less film", **options),
        ]  # fmt: skip
    return rows


def carbon(section, trapped_material):
    """The rows of one carbon's sites and traps."""
    sodium = CORE_SODIUM if section == "core" else SHELL_SODIUM
    thick = (("shell.thickness", "100 nm"),)
    traps = {"material": trapped_material}
    return [
        row(f"{section}.sloping.capacity", "150 mAh/g", "300 mAh/g", end(sodium), +1, "more sites hold more"),
        row(f"{section}.sloping.potential", "0.5 V", "0.9 V", at_voltage(sodium, 0.4), +1,
            "sites of a higher potential fill earlier"),
        row(f"{section}.sloping.interaction", "0.3 V", "1 V", at_voltage(sodium, 0.3), -1,
            "sodium on the sites keeps more away"),
        row(f"{section}.sloping.diffusivity", "2e-19 m2/s", "1e-15 m2/s", capacity, +1,
            "faster diffusion uses more of the particle at 1C", steps=FAST, also=thick),
        row(f"{section}.trapping.capacity", "50 mAh/g", "200 mAh/g", loss("trapped"), +1,
            "more traps keep more", **traps),
        row(f"{section}.trapping.potential", "0.4 V", "0.8 V", at_voltage(TRAPPED, 0.6), +1,
            "traps of a higher potential have filled earlier", **traps),
        row(f"{section}.trapping.width", "0.02 V", "0.2 V", at_voltage(TRAPPED, 0.75), +1,
            "of widely spread traps some fill early", **traps),
        row(f"{section}.trapping.rate", "1e-6 1/s", "1e-2 1/s", end(TRAPPED), +1,
            "faster traps have filled more", **traps),
        row(f"{section}.trapping.release_rate", "1e-8 1/s", "1e-4 1/s", loss("trapped"), -1,
            "traps that release keep less", **traps),
        row(f"{section}.sloping.strong_potential", "0.2 V", "1.5 V", at_voltage(sodium, 0.9), +1,
            "sites that bind more strongly fill earlier",
            also=((f"{section}.sloping.strong_share", "0.05"),)),
        row(f"{section}.sloping.strong_share", "0.02", "0.2", at_voltage(sodium, 0.9), +1,
            "more strong sites fill early", also=((f"{section}.sloping.strong_potential", "1 V"),)),
        row(f"{section}.sloping.diffusion_length", "5 nm", "2000 nm", capacity, -1,
            "longer ways through the grains use less of them at 1C", steps=FAST, also=thick),
    ]  # fmt: skip


TABLE = [
    row("particle.external_area", "7 m2/g", "28 m2/g", loss("sei"), +1, "film grows per area"),
    row("particle.radius", "150 nm", "600 nm", loss("sei"), -1, "a larger sphere has less area per gram"),
    row("particle.core_radius", "150 nm", "600 nm", loss("sei"), -1, "the same of its core"),
    row("particle.roughness", "1", "3", loss("sei"), +1, "a rougher sphere of one radius has more area",
        also=(("particle.radius", "300 nm"),)),
    row("particle.size_spread", "0.1", "1", capacity, -1, "large particles are slow", steps=FAST),
    row("surface.exchange_current_density", "0.01 A/m2", "1 A/m2", drop("particle"), -1,
        "faster charge transfer needs less overpotential", steps=SHORT),
    row("surface.double_layer_capacitance", "0.02 F/m2", "0.2 F/m2", end("Charge in double layer [mA.h.g-1]"),
        +1, "Q = C U"),
    row("sei.transfer_coefficient", "0.3", "0.7", at_voltage(FILM, 0.3), +1,
        "more of the potential drives the reduction", also=SLOW_STEP),
    row("sei.supply_time", "1 s", "1e6 s", loss("sei"), -1, "no step is faster than the supply",
        also=NO_GROWTH),
    row("sei.initial_thickness", "0.1 nm", "3 nm", loss("sei"), -1, "a thick film chokes its growth"),
    row("sei.resistivity", "1e7 Ohm.m", "1e9 Ohm.m", drop("film"), +1, "Ohm's law"),
    *film_steps("sei", (1.16, 0.65, 0.38), "core_shell", NO_GROWTH),
    *volume_steps("sei", sei_thickness, "core_shell"),
    row("sei.growth.exchange_current_density", "1e-6 A/m2", "1e-3 A/m2", loss("sei"), +1, "faster growth"),
    row("sei.growth.potential", "0.3 V", "0.8 V", loss("sei"), +1, "more drive to grow"),
    row("sei.growth.decay_length", "0.2 nm", "0.8 nm", loss("sei"), +1, "electrons tunnel further"),
    row("sei.growth.molar_volume", "5e-5 m3/mol", "3e-4 m3/mol", loss("sei"), -1,
        "a voluminous film chokes itself earlier"),
    row("sei.growth.electrons", "1", "4", loss("sei"), +1, "a film of more charge per volume chokes later"),
    row("sei.growth.transfer_coefficient", "0.1", "0.4", at_voltage(FILM, 0.6), -1,
        "above U_g a small part of the drive lets the film grow", also=(("sei.growth.potential", "0.3 V"),)),
    row("sei.growth.dissolution_rate", "1e-8 1/s", "1e-4 1/s", loss("sei"), +1,
        "what dissolves grows again", also=(("sei.growth.saturation_charge", "1 mAh/m2"),)),
    row("sei.growth.saturation_charge", "1e-4 mAh/m2", "1 mAh/m2", loss("sei"), +1,
        "fresh electrolyte dissolves more", also=(("sei.growth.dissolution_rate", "1e-5 1/s"),)),
    row("pores.wetting_exponent", "1", "5", end(CLUSTERS), -1, "leaks kill clusters",
        also=(("pores.open_fraction", "0.3"),)),
    row("pores.open_fraction", "0.1", "0.5", loss("sei"), +1, "open particles lose sodium on their walls"),
    row("pores.wall_area", "600 m2/g", "1896 m2/g", loss("sei"), +1, "film on more wall", material="core"),
    row("pores.accessible_volume", "0.8 cm3/g", "1.18 cm3/g", pore_filling, -1,
        "the same film fills less of more volume", material="core"),
    row("pores.blocking", "1", "5", loss("sei"), -1, "mouths that close early keep electrolyte out",
        material="core"),
    row("pores.burial", "0.1", "0.8", loss("trapped"), +1, "buried sites keep their sodium", material="core"),
    row("pores.supply_time", "1 s", "1e6 s", loss("sei"), -1, "no step is faster than the supply",
        material="core"),
    *film_steps("pores", (1.58, 1.18, 0.3), "core"),
    *volume_steps("pores", pore_filling, "core"),
    row("pores.exponential_seal.decay_length", "2 nm", "8 nm", loss("sei"), +1, "a thinner seal closes less",
        material="exponential"),
    row("pores.logistic_seal.middle", "5 nm", "12 nm", loss("sei"), +1, "closing needs a thicker shell",
        material="logistic"),
    row("pores.logistic_seal.spread", "0.5 nm", "4 nm", loss("sei"), +1,
        "where most are closed, scatter leaves more open", material="logistic"),
    row("pores.percolation_seal.closing_thickness", "10 nm", "20 nm", loss("sei"), +1,
        "closing needs a thicker shell", material="percolation"),
    row("pores.percolation_seal.exponent", "0.5", "3", loss("sei"), -1, "paths close sooner",
        material="percolation"),
    row("cell.active_loading", "1 mg/cm2", "3 mg/cm2", drop("series resistance"), +1,
        "more current per area at one rate", steps=SHORT),
    row("cell.electrode_area", "1 cm2", "3 cm2", end("Current [A]"), +1, "more carbon at one rate",
        steps=SHORT),
    row("cell.series_resistance", "5 Ohm.cm2", "50 Ohm.cm2", drop("series resistance"), +1, "Ohm's law",
        steps=SHORT),
    row("cell.counter_exchange_current_density", "0.1 A/m2", "10 A/m2", drop("counter electrode"), -1,
        "faster sodium metal needs less overpotential", steps=SHORT),
    row("cell.temperature", "273 K", "333 K", drop("counter electrode"), +1, "2 RT/F arsinh(i/2j)",
        material="athermal", steps=SHORT, also=(("cell.counter_exchange_current_density", "0.01 A/m2"),)),
    row("cell.temperature", "273 K", "333 K", at_charge("Core mean potential [V]", 60), +1,
        "-RT/F ln(theta/(1-theta)) of few filled sites", material="athermal"),
    row("cell.temperature", "273 K", "333 K", at_voltage(FILM, 0.3), -1,
        "exp(-alpha F (phi - U)/RT) is less steep", material="athermal", also=SLOW_STEP),
    row("cell.temperature", "273 K", "333 K", drop("particle"), +1,
        "2 RT/F arsinh(j/2j0) of slow charge transfer", material="athermal", steps=SHORT,
        also=(("surface.exchange_current_density", "1e-4 A/m2"), ("core.sloping.interaction", "0 V"),
              ("shell.sloping.interaction", "0 V"))),
    row("activation.diffusion", "10 kJ/mol", "60 kJ/mol", capacity, -1, "colder carbon diffuses more slowly",
        material="cold", steps=FAST, also=(("shell.thickness", "100 nm"),)),
    row("activation.clusters", "10 kJ/mol", "60 kJ/mol", end(CLUSTERS), -1,
        "colder clusters form more slowly", material="cold", steps=FAST),
    row("activation.charge_transfer", "10 kJ/mol", "60 kJ/mol", drop("particle"), +1,
        "colder charge transfer needs more overpotential", material="cold", steps=SHORT),
    row("activation.interphase", "10 kJ/mol", "60 kJ/mol", loss("sei"), -1, "colder film grows more slowly",
        material="cold"),
    row("activation.counter_electrode", "10 kJ/mol", "60 kJ/mol", drop("counter electrode"), +1,
        "colder sodium metal needs more overpotential", material="cold", steps=SHORT),
    heavy("activation.electrolyte", "5 kJ/mol", "15 kJ/mol", drop("electrolyte"), +1,
          "colder electrolyte conducts less", material="cold"),
    heavy("electrode.thickness", "200 um", "300 um", dimension("Electrode porosity"), +1,
          "the same solids in more volume"),
    heavy("electrode.porosity", "0.3", "0.6", drop("electrolyte"), -1, "wider paths for the salt"),
    heavy("electrode.bruggeman", "1.5", "3", drop("electrolyte"), +1, "longer paths"),
    heavy("electrode.conductivity", "0.5 S/m", "50 S/m", drop("electronic conduction"), -1, "Ohm's law"),
    heavy("electrode.contact_resistance", "2 Ohm.cm2", "20 Ohm.cm2", drop("series resistance"), +1,
          "Ohm's law"),
    row("electrode.carbon_black_fraction", "2 %", "10 %", loss("sei"), +1, "film on more carbon black",
        also=(("electrode.carbon_black_area", "62 m2/g"),)),
    row("electrode.carbon_black_area", "10 m2/g", "100 m2/g", loss("sei"), +1, "film on more carbon black"),
    heavy("electrode.carbon_black_density", "1 g/cm3", "2.2 g/cm3", drop("electrolyte"), -1,
          "a thinner coating", also=(("electrode.carbon_black_fraction", "20 %"),)),
    heavy("electrode.binder_fraction", "2 %", "30 %", drop("electrolyte"), +1, "a thicker coating"),
    heavy("electrode.binder_density", "1 g/cm3", "2.2 g/cm3", drop("electrolyte"), -1, "a thinner coating",
          also=(("electrode.binder_fraction", "20 %"),)),
    heavy("electrode.separator.thickness", "25 um", "300 um", drop("electrolyte"), +1, "a longer way"),
    heavy("electrode.separator.porosity", "0.3", "0.7", drop("electrolyte"), -1, "wider paths"),
    heavy("electrode.separator.bruggeman", "1.5", "4", drop("electrolyte"), +1, "longer paths"),
    heavy("electrode.electrolyte.concentration", "500 mol/m3", "1500 mol/m3", salt_left, +1,
          "the same flux takes less of more salt"),
    heavy("electrode.electrolyte.transference_number", "0.3", "0.8", salt_left, +1,
          "less salt has to diffuse"),
    heavy("electrode.electrolyte.thermodynamic_factor", "1", "4", drop("electrolyte"), +1,
          "a larger diffusion potential"),
    row("core.skeletal_density", "1.6 g/cm3", "2.2 g/cm3", dimension("Particle density [kg.m-3]"), +1,
        "the same mass in less volume", steps=SHORT),
    row("core.pore_volume", "0.6 cm3/g", "1.4 cm3/g", end(CLUSTERS), +1, "more room for clusters"),
    row("core.clusters.pore_fraction", "0.1", "0.3", end(CLUSTERS), +1, "more room for clusters"),
    row("core.clusters.potential", "0.05 V", "0.12 V", at_voltage(CLUSTERS, 0.06), +1,
        "clusters of a higher potential form earlier"),
    row("core.clusters.width", "0.005 V", "0.04 V", at_voltage(CLUSTERS, 0.12), +1,
        "of widely spread clusters some form early"),
    row("core.clusters.rate", "1e-5 1/s", "1e-3 1/s", end(CLUSTERS), +1, "faster clusters at 1C", steps=FAST),
    row("core.clusters.driving_potential", "0.01 V", "1 V", end(CLUSTERS), -1,
        "less drive for the same overpotential", steps=FAST),
    row("core.clusters.conditioning", "1", "30", end(CLUSTERS), +1, "opened carbon forms clusters faster",
        also=(*SLOW_CLUSTERS, ("core.clusters.conditioning_rate", "1e-4 1/s"))),
    row("core.clusters.conditioning_rate", "1e-7 1/s", "1e-3 1/s", end(CLUSTERS), +1,
        "carbon that opens earlier forms clusters faster",
        also=(*SLOW_CLUSTERS, ("core.clusters.conditioning", "15"))),
    *carbon("core", "trapped"),
    row("shell.mass_gain", "10 %", "60 %", loss("trapped"), +1, "more of the carbon that traps"),
    row("shell.thickness", "4 nm", "20 nm", loss("trapped"), +1, "more of the carbon that traps"),
    row("shell.skeletal_density", "1.5 g/cm3", "2.1 g/cm3", dimension("Shell thickness [m]"), -1,
        "the same mass in less volume", steps=SHORT),
    row("shell.fraction_inside", "0", "0.5", dimension("Shell thickness [m]"), -1,
        "carbon inside the pores is no shell", steps=SHORT),
    *carbon("shell", "core_shell"),
    row("protocol.basis.one_c", "200 mA/g", "400 mA/g", end("Specific current [A.kg-1]"), +1,
        "the same rate is more current", steps=SHORT),
    row("protocol.window.lower", "5 mV", "100 mV", capacity, -1, "sodiation ends earlier"),
    row("protocol.window.upper", "1 V", "2.5 V", desodiated, +1, "desodiation goes further",
        also=(("protocol.start.potential", "0.95 V"),)),
    row("protocol.conditions.temperature", "263 K", "333 K", capacity, +1, "warm carbon is faster",
        steps=FAST),
    row("protocol.start.potential", "1.5 V", "2.5 V",
        lambda solution: float(solution["Double-layer potential [V]"][0]), +1, "where the cell rests"),
]  # fmt: skip
"""Parameters, in the order of the file, with what changes and why."""


@cache
def material_named(name):
    """A shipped material, or ``core_shell`` with a section that it has not."""
    seals = {
        "exponential": {"exponential_seal": {"decay_length": number(4, "nm")}},
        "logistic": {"logistic_seal": {"middle": number(7, "nm"), "spread": number(1, "nm")}},
        "percolation": {
            "percolation_seal": {"closing_thickness": number(15, "nm"), "exponent": number(1, "1")}
        },
    }
    shipped = read_material("core_shell").model_dump(exclude_none=True)
    if name == "trapped":
        return material_from_dict(
            shipped | {"core": shipped["core"] | {"trapping": shipped["shell"]["trapping"]}}, name
        )
    if name == "athermal":
        return material_from_dict({key: value for key, value in shipped.items() if key != "activation"}, name)
    if name == "cold":
        cell = shipped["cell"] | {"temperature": number(253.15, "K")}
        return material_from_dict(shipped | {"cell": cell}, name)
    if name not in seals:
        return read_material(name)
    pores = {key: value for key, value in shipped["pores"].items() if key != "open_fraction"}
    return material_from_dict(shipped | {"pores": pores | seals[name]}, name)


def number(value, unit):
    return {"value": value, "unit": unit, "source": "test"}


@cache
def solved(material, steps, level, changes):
    data = read_protocol("formation").model_dump() | {"name": "test", "cycles": ({"steps": steps},)}
    solution = simulate(
        material_named(material), protocol_from_dict(data, "test"), dict(changes), level=level
    )
    assert solution.completed, solution.explanation
    return solution


@pytest.mark.long
@pytest.mark.parametrize("one", TABLE, ids=lambda one: f"{one.path}: {one.why}")
def test_a_parameter_changes_its_result_as_physics_says(one):
    """By more than the solver's error."""
    low, high = (
        one.result(solved(one.material, one.steps, one.level, (*one.also, (one.path, value))))
        for value in (one.low, one.high)
    )
    assert one.sign * (high - low) > 1e-3 * max(abs(high), abs(low)), (low, high)


OF_FULL_CELL = ("positive.", "presodiation.", "stack.")
"""Beginnings of the numbers that a full cell alone has."""


def test_no_parameter_is_left_out():
    """Of a core-shell material and of a protocol; all three steps of each film.

    Those of a full cell are tried in ``test_every_parameter_of_a_full_cell``.
    """
    of_half = {path for path in limits_of(CoreShellMaterial) if not path.startswith(OF_FULL_CELL)}
    fields = of_half | {f"protocol.{path}" for path in limits_of(Protocol)}
    steps = {path for path in fields if ".steps.1." in path}
    fields |= {path.replace(".steps.1.", f".steps.{more}.") for path in steps for more in (2, 3)}
    assert {one.path for one in TABLE} == fields
