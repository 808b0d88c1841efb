"""A solution as an xarray dataset whose points, profiles and radii are labelled, with units as attributes."""

from typing import Any

import numpy as np
import xarray as xr

from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.tables import unit_of, without_unit
from coreshell_model.inputs.material import active_carbon
from coreshell_model.run.solution import RADII, Solution, curves

TIME = "Time [s]"
OF_POINTS = {"cycle": "Cycle", "step": "Step", "time": TIME}
"""Coordinates of a point; their names have no spaces, since a coordinate in a netCDF file cannot have one."""

POINT, STEP_END, PLACE = "point", "step_end", "place_in_electrode"
RADIUS = {region: f"{region.lower()}_radius" for region in RADII}
"""Dimensions: the solver's points, ends of steps, places through the electrode, and radii by region."""


def labelled(solution: Solution) -> xr.Dataset:
    """Series over the solver's points, and profiles over radius at the end of each step that has points.

    The variables have the names of ``solution[...]``; all have the attributes ``units`` and ``long_name``.
    Coordinates of a point are ``cycle``, ``step`` and ``time``; those of the end of a step begin with
    ``end_``. Places in the electrode run from 0 at the separator to 1 at the current collector.
    """
    table = curves(solution)
    coordinates: dict[str, Any] = {
        label: (POINT, table[name].to_numpy(), _attributes(name)) for label, name in OF_POINTS.items()
    }
    coordinates |= _step_ends(solution)
    for region, radii in solution.radii.items():
        coordinates[RADIUS[region]] = (RADIUS[region], radii, _attributes(RADII[region]))
    data: dict[str, Any] = {
        name: (POINT, solution[name], _attributes(name)) for name in solution.series if name != TIME
    }
    for name, profile in solution.profiles.items():
        region = "Shell" if name.startswith("Shell") else "Core"
        data[name] = ((STEP_END, RADIUS[region]), profile, _attributes(name))
    for name, profile in solution.electrode_profiles.items():
        coordinates[PLACE] = _places(profile.shape[1])
        data[name] = ((STEP_END, PLACE), profile, _attributes(name))
    return xr.Dataset(data, coordinates, _about(solution))


def _attributes(name: str) -> dict[str, str]:
    return {"units": unit_of(name), "long_name": without_unit(name)}


def _step_ends(solution: Solution) -> dict[str, Any]:
    """Cycle, step, time, text and ending of each step that has points."""
    steps = [step for step in solution.steps if not step.skipped]
    times = solution[TIME]
    values = {
        "end_cycle": ("Cycle", np.array([step.cycle for step in steps], int)),
        "end_step": ("Step", np.array([step.number for step in steps], int)),
        "end_time": (TIME, np.array([times[step.points.stop - 1] for step in steps], float)),
        "end_asked": ("Step as asked", np.array([step.asked.text for step in steps], object)),
        "end_reason": ("What ended the step", np.array([step.ending.value for step in steps], object)),
    }
    return {label: (STEP_END, each, _attributes(name)) for label, (name, each) in values.items()}


def _places(count: int) -> tuple[str, np.ndarray, dict[str, str]]:
    """The centres of equally thick places through the electrode."""
    centres = (np.arange(count) + 0.5) / max(count, 1)
    return PLACE, centres, {"units": "1", "long_name": "Place from separator to current collector"}


def _about(solution: Solution) -> dict[str, str]:
    """What was simulated, how it ended, and with which versions."""
    return {
        "material": solution.material.name,
        "protocol": solution.protocol.name,
        "level": solution.level,
        "ending": solution.explanation,
        "sign of current": "above 0 sodiates the carbon",
        "capacities": f"per gram of {active_carbon(solution.material)}",
        **{f"version of {name}": version for name, version in versions_of_a_run().items()},
    }
