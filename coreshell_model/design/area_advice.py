"""Which external area is best for what, and whether that is a matter of rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from coreshell_model.design.axes import Axis
from coreshell_model.design.cuts import INSIDE, LOWEST, Optimum, cut, joined, optima_of
from coreshell_model.design.goals import Objective
from coreshell_model.design.problem import Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.seal_advice import Run
from coreshell_model.material import sources

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
        slower = replace(problem, changes={**problem.changes, RATE: repr(rate / SLOWER)}, compiled=False)
        problems[_said(slower)] = slower
    cuts = {said: run(f"area {said}".replace("/", " per "), each, points) for said, each in problems.items()}
    best = optima_of(cuts, along, objectives)
    return AreaComparison(along, cuts, best, _advice(along, best))


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


def _advice(along: Axis, optima: Mapping[str, tuple[Optimum, ...]]) -> str:
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
