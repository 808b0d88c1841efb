"""Observables of claims about sorption: dimensions from measured numbers, and what the pores hold."""

from coreshell_model.checks.claim_observable import Observable
from coreshell_model.inputs import sorption
from coreshell_model.inputs.material import CoreShellMaterial
from coreshell_model.inputs.sorption import Geometry, above_zero, not_negative
from coreshell_model.run.solution import Solution

PARTICLE = {"mass_gain": "1", "external_area": "m2/kg", "pore_volume": "m3/kg", "density": "kg/m3"}


def _geometry(mass_gain: float, external_area: float, pore_volume: float, density: float) -> Geometry:
    return sorption.geometry_from_sorption(
        mass_gain=mass_gain,
        external_area=external_area,
        core_pore_volume=pore_volume,
        core_skeletal_density=density,
        shell_skeletal_density=density,
    )


def radius(**measured: float) -> float:
    """R of equation (2), core and shell equally dense."""
    return _geometry(**measured).particle_radius


def thickness(**measured: float) -> float:
    """Delta of equation (2), core and shell equally dense."""
    return _geometry(**measured).shell_thickness


def porosity(density: float, pore_volume: float) -> float:
    """Equation (3)."""
    return float(sorption.porosity(density, pore_volume))


def porosity_if_filled(density: float, pore_volume: float, mass_gain: float) -> float:
    """Equation (3) with the CVD carbon in the pores."""
    return float(sorption.porosity_if_filled(density, pore_volume, mass_gain, density))


def pore_volume_if_filled(density: float, pore_volume: float, mass_gain: float) -> float:
    """Pore volume left where the CVD carbon is in the pores."""
    return float(sorption.pore_volume_if_filled(pore_volume, mass_gain, density))


def mass_gain_to_fill(density: float, pore_volume: float, left: float) -> float:
    """Mass gain of CVD carbon that fills the pores down to a volume ``left``."""
    return float(sorption.mass_gain_to_fill_pores(pore_volume, density, left))


def area_covered(uptake: float) -> float:
    """Area that an uptake of diethyl carbonate covers."""
    return uptake * float(sorption.dec_area_per_uptake())


def uptake_covering(area: float) -> float:
    """Uptake of diethyl carbonate that covers an area."""
    return area / float(sorption.dec_area_per_uptake())


def efficiency(capacity: float, loss: float) -> float:
    """ICE (19) of a reversible capacity and a first-cycle loss."""
    above_zero("capacity", capacity, "C/kg")
    not_negative("loss", loss, "C/kg")
    return capacity / (capacity + loss)


def loss(capacity: float, efficiency: float) -> float:
    """First-cycle loss (19) of a reversible capacity and an ICE."""
    above_zero("efficiency", efficiency, "")
    return capacity * (1 / efficiency - 1)


def first_sodiation(capacity: float, loss: float) -> float:
    """First sodiation (19) of a reversible capacity and a first-cycle loss."""
    return capacity + loss


def mass_average(core: float, shell: float, mass_gain: float) -> float:
    """A property averaged over the masses of core and shell."""
    not_negative("mass gain", mass_gain, "kg/kg")
    return (core + mass_gain * shell) / (1 + mass_gain)


def _mass_gain(solution: Solution) -> float:
    """Mass gain of the simulated material; 0 for a single carbon."""
    material = solution.material
    return material.geometry.mass_gain if isinstance(material, CoreShellMaterial) else 0.0


def external_area(solution: Solution) -> float:
    """External area of the simulated material."""
    return solution.parameters["External area [m2.kg-1]"]


def loading(solution: Solution) -> float:
    """Mass of active carbon per area of electrode."""
    return solution.material.cell.active_loading.si


def reached_area(solution: Solution, core_area: float) -> float | None:
    """Area that a probe reaches: the pore walls of open particles and the outside of sealed ones (26)."""
    pores = solution.material.pores
    if pores is None:
        return external_area(solution)
    share = solution.parameters["Open fraction"]
    return share * core_area / (1 + _mass_gain(solution)) + (1 - share) * external_area(solution)


def reached_volume(solution: Solution, core_volume: float) -> float:
    """Pore volume that a probe reaches, in open particles."""
    if solution.material.pores is None:
        return 0.0
    return solution.parameters["Open fraction"] * core_volume / (1 + _mass_gain(solution))


def solvent_uptake(solution: Solution, density: float) -> float | None:
    """Diethyl carbonate that fills the accessible pores of open particles and covers the outside of all."""
    pores = solution.material.pores
    filled = reached_volume(solution, pores.accessible_volume.si) * density if pores else 0.0
    return filled + uptake_covering(external_area(solution))


FILLED = {"density": "kg/m3", "pore_volume": "m3/kg", "mass_gain": "1"}
CHARGES = {"capacity": "C/kg", "loss": "C/kg"}
OBSERVABLES = {
    "particle radius": Observable(radius, "m", 0, PARTICLE),
    "shell thickness": Observable(thickness, "m", 0, PARTICLE),
    "porosity": Observable(porosity, "1", 0, {"density": "kg/m3", "pore_volume": "m3/kg"}),
    "porosity if filled": Observable(porosity_if_filled, "1", 0, FILLED),
    "pore volume if filled": Observable(pore_volume_if_filled, "m3/kg", 0, FILLED),
    "mass gain to fill the pores": Observable(
        mass_gain_to_fill, "1", 0, {"density": "kg/m3", "pore_volume": "m3/kg", "left": "m3/kg"}
    ),
    "area covered by diethyl carbonate": Observable(area_covered, "m2/kg", 0, {"uptake": "1"}),
    "uptake of diethyl carbonate covering an area": Observable(uptake_covering, "1", 0, {"area": "m2/kg"}),
    "efficiency of capacity and loss": Observable(efficiency, "1", 0, CHARGES),
    "loss of capacity and efficiency": Observable(loss, "C/kg", 0, {"capacity": "C/kg", "efficiency": "1"}),
    "first sodiation of capacity and loss": Observable(first_sodiation, "C/kg", 0, CHARGES),
    "mass average of core and shell": Observable(
        mass_average, "m", 0, {"core": "m", "shell": "m", "mass_gain": "1"}
    ),
    "mass gain": Observable(_mass_gain, "1"),
    "active loading": Observable(loading, "kg/m2"),
    "external area": Observable(external_area, "m2/kg"),
    "area that a probe reaches": Observable(reached_area, "m2/kg", 1, {"core_area": "m2/kg"}),
    "pore volume that a probe reaches": Observable(reached_volume, "m3/kg", 1, {"core_volume": "m3/kg"}),
    "uptake of diethyl carbonate": Observable(solvent_uptake, "1", 1, {"density": "kg/m3"}),
}
