"""Cuts through the space of designs, and what they say of sealing and area."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import from_si, to_si
from coreshell_model.design.goals import Objective
from coreshell_model.design.problem import Problem
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points
from coreshell_model.design.variables import SEALS, designed, with_seal
from coreshell_model.inputs.material import Material, material_from_dict, sources
from coreshell_model.inputs.particle import open_fraction, shape_of

INSIDE, LOWEST, HIGHEST = "inside the range", "at its low end", "at its high end"

FEWEST = 37
"""Points of a cut at least: every half nanometre from 2 to 20 nm."""


@dataclass(frozen=True)
class Optimum:
    """The best place along a cut: where, how good, and whether the range has it inside."""

    objective: str
    at: float
    value: float
    place: str
    step: float

    def results(self) -> dict:
        """Itself in what JSON has."""
        return {
            "Objective": self.objective,
            "At": self.at,
            "Value": self.value,
            "Place": self.place,
            "Step": self.step,
        }


def cut(problem: Problem, axes: Sequence[Axis], along: Axis) -> Points:
    """Points along one axis, the others at what they are in the problem's material, clipped to their ranges.

    Raises
    ------
    InputError
        A variable without a reference.
    """
    values = along.at(np.linspace(0, 1, max(FEWEST, along.points or 0))) if not along.values else along.grid()
    columns = [values if axis is along else np.full(len(values), held_at(problem, axis)) for axis in axes]
    return Points(tuple(axes), np.stack(columns, axis=1), f"{len(values)} points along {along.name}")


def held_at(problem: Problem, axis: Axis) -> float:
    """What a variable is in the problem's material, or the nearest of its range.

    Raises
    ------
    InputError
        The material has no such number.
    """
    value, unit = reference_value(axis.name, problem)
    own = axis_value(value, unit, axis)
    ends = axis.grid() if axis.values else np.array([axis.low, axis.high])
    return float(np.clip(own, ends.min(), ends.max()))


def axis_value(value: float, unit: str, axis: Axis) -> float:
    """A value in the unit of an axis."""
    return from_si(to_si(value, unit, axis.unit), axis.unit)


def optimum(found: Sweep, along: Axis, objective: Objective) -> Optimum | None:
    """The best solved point of a cut; None where nothing has a value."""
    rows = found.solved.dropna(subset=[objective.name]).sort_values(along.label)
    if rows.empty:
        return None
    places, values = rows[along.label].to_numpy(float), rows[objective.name].to_numpy(float)
    best = int(np.argmax(objective.sign * values))
    place = LOWEST if best == 0 else HIGHEST if best == len(values) - 1 else INSIDE
    step = float(np.diff(places[max(best - 1, 0) : best + 2]).max(initial=0.0))
    return Optimum(objective.name, float(places[best]), float(values[best]), place, step)


def joined(cuts: Mapping[str, Sweep], column: str) -> pd.DataFrame:
    """Tables of several cuts, one below the other, with the name of each in a first ``column``."""
    return pd.concat({name: one.table for name, one in cuts.items()}, names=[column]).reset_index(level=0)


def optima_of(
    cuts: Mapping[str, Sweep], along: Axis, objectives: Sequence[Objective]
) -> dict[str, tuple[Optimum, ...]]:
    """The best place of each objective in each cut; none where no design of a cut was solved."""
    return {
        name: tuple(best for each in objectives if (best := optimum(one, along, each)) is not None)
        for name, one in cuts.items()
    }


SEALED = "sealed at any thickness"
"""No seal law: what the shell's thickness does where leaks play no part."""

Run = Callable[[str, Problem, Points], Sweep]
"""A sweep by its name, problem and points."""


@dataclass(frozen=True)
class SealComparison:
    """Cuts along the shell's thickness, a law each, and the best place of each objective in them.

    Attributes
    ----------
    cuts : by law
    optima : by law, an entry an objective
    advice : in a sentence or two
    """

    along: Axis
    cuts: Mapping[str, Sweep]
    optima: Mapping[str, tuple[Optimum, ...]]
    advice: str

    def table(self) -> pd.DataFrame:
        """The cuts together, a column "Seal law" first."""
        return joined(self.cuts, "Seal law")

    def rows(self) -> list[dict]:
        """A row a law and objective, with what else the design there has."""
        found = []
        for law, optima in self.optima.items():
            solved = self.cuts[law].solved
            for best in optima:
                at = solved.loc[(solved[self.along.label] - best.at).abs().idxmin()]
                others = {
                    name: None if np.isnan(at[name]) else float(at[name])
                    for name in (
                        "Initial coulombic efficiency",
                        "Reversible capacity [mA.h.g-1]",
                        "CVD mass gain [%]",
                        "Open fraction",
                    )
                    if name in solved
                }
                found.append({"Seal law": law} | best.results() | others)
        return found


def sealed(material: Material) -> Material:
    """The same material whose shell seals at any thickness.

    Raises
    ------
    InputError
        Its file says nothing of wetted pores, so nothing can be open.
    """
    if material.pores is None:
        raise InputError(f"{material.name}: has no pores section, which seal laws need; add it")
    data = material.model_dump(exclude_none=True)
    for section, _ in SEALS.values():
        data["pores"].pop(section, None)
    data["pores"]["open_fraction"] = {"value": 0.0, "unit": "1", "source": "assumed: sealed at any thickness"}
    return material_from_dict(data, material.name)


def under(problem: Problem, law: str) -> Problem:
    """A problem with another seal law; changes of a law's own numbers go with it."""
    material = sealed(problem.material) if law == SEALED else with_seal(problem.material, law)
    left = {path: text for path, text in problem.changes.items() if not _of_a_law(path)}
    return replace(problem, material=material, changes=left)


def _of_a_law(path: str) -> bool:
    return path == "pores.open_fraction" or path.startswith(
        tuple(f"pores.{name}." for name, _ in SEALS.values())
    )


def compare_seals(
    problem: Problem, axes: Sequence[Axis], along: Axis, objectives: Sequence[Objective], run: Run
) -> SealComparison:
    """Look along the thickness under each seal law, and with none.

    Parameters
    ----------
    problem : its material with wetted pores; with whatever law
    axes, along : the variables, and the one of them that is the thickness
    objectives : what is to be best
    run : does a sweep

    Raises
    ------
    InputError
        A material without wetted pores.
    """
    points = cut(problem, axes, along)
    cuts = {law: run(f"seal {law}", under(problem, law), points) for law in (SEALED, *SEALS)}
    best = optima_of(cuts, along, objectives)
    return SealComparison(along, cuts, best, _advice(problem, along, best))


def _advice(problem: Problem, along: Axis, optima: Mapping[str, tuple[Optimum, ...]]) -> str:
    """In words: the thickness by law for the first objective, and where the laws differ most."""
    if any(not of_law for of_law in optima.values()):
        return "Under some seal law no design was solved, so there is no advice on the thickness."
    first = {law: of_law[0] for law, of_law in optima.items()}
    unit, free = along.unit, first[SEALED]
    by_law = ", ".join(f"{first[law].at:.3g} {unit} ({law})" for law in SEALS)
    from_law = all(first[law].place == INSIDE and first[law].at > free.at for law in SEALS)
    why = (
        "so the optimum is the seal law's, which rests on two anchors"
        if from_law
        else "so not every optimum here is the seal law's"
    )
    text = (
        f"Best {free.objective} with a shell of {by_law}; did it seal at any thickness, {free.at:.3g} {unit} "
        f"({free.place}) would be best, {why}."
    )
    return f"{text} {_where_laws_differ(problem, along)}"


def _where_laws_differ(problem: Problem, along: Axis) -> str:
    """The thickness at which the laws' open fractions lie furthest apart: where a sample would tell."""
    places = along.at(np.linspace(0, 1, 200)) if not along.values else along.grid()
    fractions = {law: [_open(problem, law, along.text(place), along) for place in places] for law in SEALS}
    spread = np.ptp(np.array(list(fractions.values())), axis=0)
    worst = int(np.argmax(spread))
    there = ", ".join(f"{fractions[law][worst]:.2g} ({law})" for law in SEALS)
    return (
        f"The laws differ most at {places[worst]:.3g} {along.unit}, open fraction {there}: "
        "a sample of that thickness would tell which holds."
    )


def _open(problem: Problem, law: str, text: str, along: Axis) -> float:
    material, _ = under(problem, law).point({})
    changed = designed(material, {along.name: text})
    return open_fraction(changed, shape_of(changed))


RATE = "protocol.numbers.rate"

SLOWER = 100
"""Times slower than the protocol: the limit in which no particle of a design map is short of time."""


@dataclass(frozen=True)
class AreaComparison:
    """Cuts along the external area, at the protocol's rate and at a slower one.

    Attributes
    ----------
    cuts : by rate, as a multiple of 1C in words
    optima : by rate, an entry an objective
    advice : in a sentence or two
    """

    along: Axis
    cuts: Mapping[str, Sweep]
    optima: Mapping[str, tuple[Optimum, ...]]
    advice: str

    def table(self) -> pd.DataFrame:
        """The cuts together, a column "Slow rate" first."""
        return joined(self.cuts, "Slow rate")

    def rows(self) -> list[dict]:
        """A row a rate and objective."""
        return [
            {"Slow rate": rate} | best.results() for rate, optima in self.optima.items() for best in optima
        ]


def compare_areas(
    problem: Problem, axes: Sequence[Axis], along: Axis, objectives: Sequence[Objective], run: Run
) -> AreaComparison:
    """Look along the external area as the protocol has it, and, where it names its rate, far slower.

    Parameters
    ----------
    problem, axes, objectives, run : as in ``compare_seals``
    along : the axis that is the external area
    """
    points = cut(problem, axes, along)
    problems = {_said(problem): problem}
    if (rate := _rate(problem)) is not None:
        slower = replace(problem, changes={**problem.changes, RATE: repr(rate / SLOWER)})
        problems[_said(slower)] = slower
    cuts = {said: run(f"area {said}".replace("/", " per "), each, points) for said, each in problems.items()}
    best = optima_of(cuts, along, objectives)
    return AreaComparison(along, cuts, best, _advice_on_area(along, best))


def _rate(problem: Problem) -> float | None:
    """The rate of the slow cycles, as a multiple of 1C, where the protocol names it."""
    _, protocol = problem.point({})
    numbers = sources(protocol)
    return numbers["numbers.rate"].value if "numbers.rate" in numbers else None


def _said(problem: Problem) -> str:
    """That rate in words."""
    rate = _rate(problem)
    if rate is None:
        return "the protocol's rate"
    return f"C/{1 / rate:.4g}" if rate < 1 else f"{rate:.4g}C"


def _advice_on_area(along: Axis, optima: Mapping[str, tuple[Optimum, ...]]) -> str:
    """In words: the best area by objective, and which optimum goes away at a slower rate."""
    (said, at_rate), *slow = optima.items()
    found = [f"{best.objective}: {best.at:.3g} {along.unit}, {best.place}" for best in at_rate]
    text = f"Best external area at {said} (slow cycles): {'; '.join(found)}."
    if not slow:
        return text
    slower, at_slow = slow[0]
    by_name = {best.objective: best for best in at_slow}
    gone = [
        best.objective
        for best in at_rate
        if best.place == INSIDE and by_name.get(best.objective, best).place == LOWEST
    ]
    kept = [best.objective for best in at_rate if best.place == INSIDE and best.objective not in gone]
    if gone:
        text += (
            f" At {slower} the smallest area is best for {', '.join(gone)}: the optimum at {said} is one of "
            "rate, large particles do not fill and empty in time."
        )
    if kept:
        text += f" Inside the range at {slower} too: {', '.join(kept)}."
    return text
