"""How thick a shell should be under each seal law, and how far the advice depends on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coreshell_model.design.axes import Axis
from coreshell_model.design.cuts import INSIDE, Optimum, cut, joined, optima_of
from coreshell_model.design.goals import Objective
from coreshell_model.design.points import Points
from coreshell_model.design.problem import Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.seals import SEALS, with_seal
from coreshell_model.design.variables import designed
from coreshell_model.errors import InputError
from coreshell_model.material import Material, material_from_dict
from coreshell_model.opening import open_fraction
from coreshell_model.particle import shape_of

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
