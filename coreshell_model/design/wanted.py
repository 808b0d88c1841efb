"""What trade-offs are asked for, and whether that can be."""

from dataclasses import dataclass, replace

from coreshell_model.design.axes import Axis, check_axes
from coreshell_model.design.comparison import chosen
from coreshell_model.design.ensemble import Ensemble, check_ensemble
from coreshell_model.design.goals import Goal, Objective, check_goals, check_objectives
from coreshell_model.design.points import Points, grid
from coreshell_model.design.problem import Problem
from coreshell_model.design.readings import check_readings
from coreshell_model.design.study import check_search
from coreshell_model.design.sweep import check_points
from coreshell_model.errors import InputError
from coreshell_model.material import Material

THICKNESS, AREA = "thickness", "external_area"

DEFAULT_AXES = (
    Axis(THICKNESS, "nm", 2.0, 20.0, 19),
    Axis(AREA, "m2/g", 2.0, 50.0, 15, log=True),
)
"""Shell thickness by external surface area, what the question is about."""

RECIPE = (
    "CVD mass gain [%]",
    "Particle radius [nm]",
    "Shell thickness [nm]",
    "External area [m2.g-1]",
    "Open fraction",
    "Plateau capacity bound [mA.h.g-1]",
)
LOSSES = ("First-cycle loss [mA.h.g-1]", "Loss to SEI [mA.h.g-1]", "Loss to trapped sodium [mA.h.g-1]")
ALWAYS = ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]", "Volumetric capacity [mA.h.cm-3]")


@dataclass(frozen=True)
class Wanted:
    """What trade-offs are asked for.

    Attributes
    ----------
    problem : what all designs share, with the seal law chosen
    law : that law's name; None for what the material's file gives
    axes : the variables; maps are drawn over the first two
    objectives : of front, cuts and best designs
    goals : to be met together
    maps : further quantities to map
    readings : materials that read the loss in other ways
    ensemble : what is not known of the material; None for designs without a band
    electrode : map the areal capacity at the electrode level too
    trials, sampler, seed : of the search; 0 trials for none
    """

    problem: Problem
    law: str | None
    axes: tuple[Axis, ...]
    objectives: tuple[Objective, ...]
    goals: tuple[Goal, ...] = ()
    maps: tuple[str, ...] = ()
    readings: tuple[Material, ...] = ()
    ensemble: Ensemble | None = None
    electrode: bool = False
    trials: int = 200
    sampler: str = "tpe"
    seed: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is observed of a design."""
        labels = {axis.label for axis in self.axes}
        wanted = (
            *ALWAYS,
            *self.maps,
            *(each.name for each in self.objectives),
            *(each.name for each in self.goals),
            *LOSSES,
            *RECIPE,
        )
        return tuple(name for name in dict.fromkeys(wanted) if name not in labels)

    @property
    def mapped(self) -> tuple[str, ...]:
        """What maps are drawn of."""
        return tuple(dict.fromkeys((*ALWAYS, *self.maps, *(each.name for each in self.objectives))))

    def axis(self, name: str) -> Axis | None:
        """The variable of that name, where it varies."""
        return next((axis for axis in self.axes if axis.name == name), None)


def checked(wanted: Wanted) -> Wanted:
    """The same with its problem observing all that is wanted, once it is sure to be possible.

    Raises
    ------
    InputError
        A quantity that the protocol does not give or that is an objective twice, a reading that cannot be
        compared, too few variables, no possible design, goals that
        exclude each other, numbers both given and drawn.
    """
    check_axes(wanted.axes)
    if len(wanted.axes) < 2:
        raise InputError("a map needs two variables; add another --vary, as 'external_area=2..50 m2/g'")
    check_objectives(wanted.objectives)
    check_goals(wanted.goals)
    check_readings(wanted.problem.material, wanted.readings)
    chosen(wanted.problem.protocol, wanted.names)  # refuses what the protocol does not give, with a guess
    if wanted.ensemble is not None:
        check_ensemble(wanted.ensemble, wanted.problem, wanted.axes)
    if wanted.electrode and wanted.problem.material.electrode is None:
        raise InputError(f"{wanted.problem.material.name}: has no electrode section, which --electrode needs")
    ready = replace(wanted, problem=replace(wanted.problem, observables=wanted.names))
    if ready.trials:
        check_search(ready.problem, ready.axes, ready.objectives, ready.trials, ready.sampler, ready.seed)
    check_points(ready.problem, map_points(ready))
    return ready


def map_points(wanted: Wanted) -> Points:
    """The grid of the first two variables; the others are left as they are in the material."""
    return grid(wanted.axes[:2])
