"""Cuts through the space of designs, and the advice on shell thickness and external area from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import from_si, to_si
from coreshell_model.design.goals import Objective
from coreshell_model.design.problem import Problem
from coreshell_model.design.range_ends import HIGHEST, INSIDE, LOWEST, at_ends
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points
from coreshell_model.design.variables import SEALS, designed, with_seal
from coreshell_model.inputs.material import Material, material_from_dict, sources
from coreshell_model.inputs.particle import open_fraction, shape_of

FEWEST = 37
"""Fewest points of a cut: one every half nanometre from 2 to 20 nm."""


@dataclass(frozen=True)
class Optimum:
    """The best point of a cut: where it is, its value, and whether it is inside the range or at an end."""

    objective: str
    at: float
    value: float
    place: str
    step: float

    def results(self) -> dict:
        """As JSON."""
        return {
            "Objective": self.objective,
            "At": self.at,
            "Value": self.value,
            "Place": self.place,
            "Step": self.step,
        }


def cut(problem: Problem, axes: Sequence[Axis], along: Axis) -> Points:
    """Points along one axis; the others have their values in the problem's material, clipped to their ranges.

    Raises
    ------
    InputError
        A variable that the material has no number of.
    """
    values = along.at(np.linspace(0, 1, max(FEWEST, along.points or 0))) if not along.values else along.grid()
    columns = [values if axis is along else np.full(len(values), held_at(problem, axis)) for axis in axes]
    return Points(tuple(axes), np.stack(columns, axis=1), f"{len(values)} points along {along.name}")


def held_at(problem: Problem, axis: Axis) -> float:
    """The value of a variable in the problem's material, or the nearest one in its range.

    Raises
    ------
    InputError
        The material has no such number.
    """
    value, unit = reference_value(axis.name, problem)
    return float(np.clip(axis_value(value, unit, axis), *axis.ends))


def axis_value(value: float, unit: str, axis: Axis) -> float:
    """A value converted to the unit of an axis."""
    return from_si(to_si(value, unit, axis.unit), axis.unit)


def optimum(sweep: Sweep, along: Axis, objective: Objective) -> Optimum | None:
    """The best solved point of a cut; None where no point has a value."""
    rows = sweep.solved.dropna(subset=[objective.name]).sort_values(along.label)
    if rows.empty:
        return None
    places, values = rows[along.label].to_numpy(float), rows[objective.name].to_numpy(float)
    best = int(np.argmax(objective.sign * values))
    place = LOWEST if best == 0 else HIGHEST if best == len(values) - 1 else INSIDE
    step = float(np.diff(places[max(best - 1, 0) : best + 2]).max(initial=0.0))
    return Optimum(objective.name, float(places[best]), float(values[best]), place, step)


def joined(cuts: Mapping[str, Sweep], column: str) -> pd.DataFrame:
    """The tables of several cuts, one below the other, the name of the cut in a first ``column``."""
    return pd.concat({name: sweep.table for name, sweep in cuts.items()}, names=[column]).reset_index(level=0)


def optima_of(
    cuts: Mapping[str, Sweep], along: Axis, objectives: Sequence[Objective]
) -> dict[str, tuple[Optimum, ...]]:
    """The optimum of each objective in each cut; empty for a cut without solved designs."""
    return {
        name: tuple(
            best for objective in objectives if (best := optimum(sweep, along, objective)) is not None
        )
        for name, sweep in cuts.items()
    }


SEALED = "sealed at any thickness"
"""Name of the case without a seal law, where no particle leaks."""

Run = Callable[[str, Problem, Points], Sweep]
"""Runs a sweep: takes its name, problem and points."""


@dataclass(frozen=True)
class SealComparison:
    """Cuts along the shell's thickness, one for each seal law, and the optima in them.

    Attributes
    ----------
    cuts : by law
    optima : by law, one for each objective
    advice : in a sentence or two
    """

    along: Axis
    cuts: Mapping[str, Sweep]
    optima: Mapping[str, tuple[Optimum, ...]]
    advice: str

    def table(self) -> pd.DataFrame:
        """The cuts in one table, with a first column "Seal law"."""
        return joined(self.cuts, "Seal law")

    def rows(self) -> list[dict]:
        """A row for each law and objective, with further numbers of that design."""
        rows = []
        for law, optima in self.optima.items():
            solved = self.cuts[law].solved
            for best in optima:
                design = solved.loc[(solved[self.along.label] - best.at).abs().idxmin()]
                others = {
                    name: None if np.isnan(design[name]) else float(design[name])
                    for name in (
                        "Initial coulombic efficiency",
                        "Reversible capacity [mA.h.g-1]",
                        "CVD mass gain [%]",
                        "Open fraction",
                    )
                    if name in solved
                }
                rows.append({"Seal law": law} | best.results() | others)
        return rows


def sealed(material: Material) -> Material:
    """The same material whose shell seals at any thickness.

    Raises
    ------
    InputError
        Its file has no pores section, so that no particle is open.
    """
    if material.pores is None:
        raise InputError(f"{material.name}: has no pores section, which seal laws need; add it")
    data = material.model_dump(exclude_none=True)
    for section, _ in SEALS.values():
        data["pores"].pop(section, None)
    data["pores"]["open_fraction"] = {"value": 0.0, "unit": "1", "source": "assumed: sealed at any thickness"}
    return material_from_dict(data, material.name)


def under(problem: Problem, law: str) -> Problem:
    """A problem with another seal law, without the changes of numbers of seal laws."""
    material = sealed(problem.material) if law == SEALED else with_seal(problem.material, law)
    changes = {path: text for path, text in problem.changes.items() if not _is_of_a_seal_law(path)}
    return replace(problem, material=material, changes=changes)


def _is_of_a_seal_law(path: str) -> bool:
    return path == "pores.open_fraction" or path.startswith(
        tuple(f"pores.{name}." for name, _ in SEALS.values())
    )


def compare_seals(
    problem: Problem, axes: Sequence[Axis], along: Axis, objectives: Sequence[Objective], run: Run
) -> SealComparison:
    """Cut along the shell's thickness under each seal law, and sealed at any thickness.

    Parameters
    ----------
    problem : of a material with wetted pores, under any seal law
    axes, along : the variables, and the one of them that is the thickness
    objectives : those of the optima
    run : runs a sweep
    """
    points = cut(problem, axes, along)
    cuts = {law: run(f"seal {law}", under(problem, law), points) for law in (SEALED, *SEALS)}
    best = optima_of(cuts, along, objectives)
    return SealComparison(along, cuts, best, _advice(problem, along, best))


def _advice(problem: Problem, along: Axis, optima: Mapping[str, tuple[Optimum, ...]]) -> str:
    """Sentences: the best thickness by law for an objective that all have, and where the laws differ most."""
    by_objective = [{best.objective: best for best in of_law} for of_law in optima.values()]
    shared = [name for name in by_objective[0] if all(name in of_law for of_law in by_objective)]
    if not shared:
        return "Under some seal law no design was solved, so there is no advice on the thickness."
    best = dict(zip(optima, (of_law[shared[0]] for of_law in by_objective), strict=True))
    unit, free = along.unit, best[SEALED]
    by_law = ", ".join(f"{best[law].at:.3g} {unit} ({law})" for law in SEALS)
    from_law = all(best[law].place == INSIDE and best[law].at > free.at for law in SEALS)
    why = (
        "so the optimum comes from the seal law, which rests on two anchors"
        if from_law
        else "so not every optimum comes from the seal law"
    )
    text = (
        f"Best {free.objective} with a shell of {by_law}; if it sealed at any thickness, {free.at:.3g} "
        f"{unit} ({free.place}) would be best, {why}."
    )
    places = {f"the best {free.objective}, {law}": {along.name: best[law].at} for law in best}
    return " ".join([text, *at_ends([along], places), _where_laws_differ(problem, along)])


def _where_laws_differ(problem: Problem, along: Axis) -> str:
    """A sentence: the thickness at which the open fractions of the laws differ most."""
    places = along.at(np.linspace(0, 1, 200)) if not along.values else along.grid()
    fractions = {law: [_open(problem, law, along.text(place), along) for place in places] for law in SEALS}
    spread = np.ptp(np.array(list(fractions.values())), axis=0)
    widest = int(np.argmax(spread))
    shown = ", ".join(f"{fractions[law][widest]:.2g} ({law})" for law in SEALS)
    return (
        f"The laws differ most at {places[widest]:.3g} {along.unit}, open fraction {shown}: "
        "a sample of that thickness would show which law holds."
    )


def _open(problem: Problem, law: str, text: str, along: Axis) -> float:
    material, _ = under(problem, law).point({})
    changed = designed(material, {along.name: text})
    return open_fraction(changed, shape_of(changed))


RATE = "protocol.numbers.rate"

SLOWER = 100
"""How many times slower than the protocol: so slow that every particle of a map fills and empties fully."""


@dataclass(frozen=True)
class AreaComparison:
    """Cuts along the external area, at the protocol's rate and at a slower one.

    Attributes
    ----------
    cuts : by rate, in words such as "C/20"
    optima : by rate, one for each objective
    advice : in a sentence or two
    """

    along: Axis
    cuts: Mapping[str, Sweep]
    optima: Mapping[str, tuple[Optimum, ...]]
    advice: str

    def table(self) -> pd.DataFrame:
        """The cuts in one table, with a first column "Slow rate"."""
        return joined(self.cuts, "Slow rate")

    def rows(self) -> list[dict]:
        """A row for each rate and objective."""
        return [
            {"Slow rate": rate} | best.results() for rate, optima in self.optima.items() for best in optima
        ]


def compare_areas(
    problem: Problem, axes: Sequence[Axis], along: Axis, objectives: Sequence[Objective], run: Run
) -> AreaComparison:
    """Cut along the external area at the protocol's rate and, where the protocol names its rate, far slower.

    Parameters
    ----------
    problem, axes, objectives, run : as in ``compare_seals``
    along : the axis that is the external area
    """
    points = cut(problem, axes, along)
    problems = {_rate_in_words(problem): problem}
    if (multiple := _rate(problem)) is not None:
        slower = replace(problem, changes={**problem.changes, RATE: repr(multiple / SLOWER)})
        problems[_rate_in_words(slower)] = slower
    cuts = {
        rate: run(f"area {rate}".replace("/", " per "), at_rate, points) for rate, at_rate in problems.items()
    }
    best = optima_of(cuts, along, objectives)
    return AreaComparison(along, cuts, best, _advice_on_area(along, best))


def _rate(problem: Problem) -> float | None:
    """The rate of the slow cycles as a multiple of 1C; None where the protocol does not name it."""
    _, protocol = problem.point({})
    numbers = sources(protocol)
    return numbers["numbers.rate"].value if "numbers.rate" in numbers else None


def _rate_in_words(problem: Problem) -> str:
    """The same rate in words."""
    rate = _rate(problem)
    if rate is None:
        return "the protocol's rate"
    return f"C/{1 / rate:.4g}" if rate < 1 else f"{rate:.4g}C"


def _advice_on_area(along: Axis, optima: Mapping[str, tuple[Optimum, ...]]) -> str:
    """Sentences: the best area by objective, and which optimum is lost at a slower rate."""
    (rate, at_rate), *slow = optima.items()
    places = [f"{best.objective}: {best.at:.3g} {along.unit}, {best.place}" for best in at_rate]
    text = f"Best external area at {rate} (slow cycles): {'; '.join(places)}."
    ends = at_ends([along], {f"the best {best.objective}": {along.name: best.at} for best in at_rate})
    text = " ".join([text, *ends])
    if not slow:
        return text
    slower, at_slow = slow[0]
    place_of = {best.objective: best.place for best in at_slow}
    lost, largest, inside = (
        [best.objective for best in at_rate if best.place == INSIDE and place_of.get(best.objective) == place]
        for place in (LOWEST, HIGHEST, INSIDE)
    )
    if lost:
        text += (
            f" At {slower} the smallest area is best for {', '.join(lost)}: the optimum at {rate} is due to "
            "the rate, at which large particles do not fill and empty in time."
        )
    if largest:
        text += f" At {slower} the largest area is best for {', '.join(largest)}."
    if inside:
        text += f" Inside the range at {slower} too: {', '.join(inside)}."
    return text
