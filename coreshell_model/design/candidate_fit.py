"""A candidate's data among the observations of a fit problem, and the answer of a fit with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coreshell_model.design.comparison import quantities
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.design.experiments import LOSS, RATE_OF_CLUSTERS, SEI, Experiment
from coreshell_model.design.problem import problem as design_problem
from coreshell_model.errors import InputError
from coreshell_model.fit.least_squares import FINE, minimise
from coreshell_model.fit.misfit import Evaluation, Misfit
from coreshell_model.fit.observed import Scalar
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.runs import RunFailedError, ThroughProtocol
from coreshell_model.fit.scalars import MeasuredScalar
from coreshell_model.fit.workers import Say
from coreshell_model.inputs import prepared
from coreshell_model.material import Material
from coreshell_model.solution import Solution

MOST_ROUNDS = 20
"""Sets of derivatives of one refit."""


@dataclass(frozen=True)
class ThroughCandidate(ThroughProtocol):
    """A design in a protocol, solved as a sweep does, whatever the level of the problem.

    Attributes
    ----------
    design : changes of material and protocol, which count together with the parameters
    """

    design: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, changes: Mapping[str, str], level: str) -> Solution:
        """The run with changed numbers.

        Raises
        ------
        RunFailedError
            It did not come to its end.
        """
        material, protocol = prepared(self.material, self.protocol, {**self.design, **changes})
        solution = Evaluator(protocol).solution(material)
        if not solution.completed:
            raise RunFailedError(solution.explanation)
        return solution

    def identity(self) -> dict[str, Any]:
        """What makes it the same run, as JSON holds it."""
        return super().identity() | {"Design": dict(self.design)}


@dataclass(frozen=True)
class CandidateNumber(MeasuredScalar):
    """A number by which designs are compared, those at a rate among them."""

    def simulated(self, solution: Solution) -> float:
        """What a run gives for it.

        Raises
        ------
        InputError
            The run has no such number.
        """
        found = quantities(solution.protocol)[self.given.observable](solution)
        if found is None:
            raise InputError(f"{solution.material.name} has no {self.given.observable}")
        return float(found)


@dataclass(frozen=True)
class Task:
    """One fit: the problem's data, and those of an experiment where one is given."""

    name: str
    start: tuple[float, ...]
    experiment: Experiment | None = None
    data: tuple[float, ...] = ()


@dataclass(frozen=True)
class Refitted:
    """Where a fit ended, and its answer to the question; None where a run fails there."""

    places: tuple[float, ...]
    chi_squared: float
    answer: float | None
    converged: bool
    evaluations: int
    reason: str = ""


@dataclass(frozen=True)
class Refitter:
    """Fits with or without the data of a candidate, in whatever process this is.

    Attributes
    ----------
    problem : that the posterior was drawn from
    name : of the material in it
    material : the same, sealed, as the candidates and the answer have it
    question : as ``QUESTIONS`` has it
    """

    problem: Problem
    name: str
    material: Material
    question: str

    def with_data(self, task: Task) -> Problem:
        """The problem with a candidate's run and data after all others."""
        if task.experiment is None:
            return self.problem
        given = task.experiment
        run = len(self.problem.runs)
        scalars = [
            (run, _number(self.name, given, name, value, sd))
            for (name, sd), value in zip(given.errors.items(), task.data, strict=True)
        ]
        return replace(
            self.problem,
            runs=(*self.problem.runs, self._run(given)),
            scalars=(*self.problem.scalars, *scalars),
        )

    def __call__(self, task: Task, say: Say, checked: Callable[..., None]) -> Refitted:
        """The least squares from the task's start."""
        misfit = Misfit(self.with_data(task))

        def told(found: Evaluation) -> None:
            checked()
            say(f"{task.name}: {misfit.evaluations} evaluations")

        misfit.told = told
        end = minimise(misfit, np.array(task.start), MOST_ROUNDS, FINE, central=True)
        answer, reason = None, "; ".join(end.evaluation.failures)
        if not end.failed:
            try:
                answer = self._answer(end.places)
            except (RunFailedError, InputError) as error:
                reason = str(error)
        places = tuple(map(float, end.places))
        return Refitted(places, end.chi_squared, answer, end.converged, misfit.evaluations, reason)

    def _answer(self, places: np.ndarray) -> float:
        """What stands for the question, at these places of the parameters."""
        every = list(zip(self.problem.parameters, places, strict=True))
        if self.question == "plateau kinetics":
            return next(
                float(np.log10(free.value(place)))
                for free, place in every
                if self.name in free.materials and RATE_OF_CLUSTERS in free.given.paths_in(self.name)
            )
        changes: dict[str, str] = {}
        for free, place in every:
            changes |= free.changes(self.name, float(place))
        solution = self._run(Experiment("as it is", "design")).outcome(changes, "particle")
        known = quantities(solution.protocol)
        sei, loss = known[SEI](solution), known[LOSS](solution)
        if sei is None or not loss:
            raise InputError(f"{self.name} loses nothing in its first cycle")
        return sei / loss

    def _run(self, given: Experiment) -> ThroughCandidate:
        made = design_problem(self.material, given.protocol, given.changes, observables=list(given.errors))
        return ThroughCandidate(self.name, made.material, made.protocol, made.changes)


def _number(material: str, given: Experiment, name: str, value: float, sd: float) -> CandidateNumber:
    unit = name.rpartition("[")[2].removesuffix("]") if name.endswith("]") else "1"
    about = {"material": material, "protocol": given.protocol, "changes": given.changes}
    source = f"simulated: {given.name}"
    scalar = Scalar(**about, observable=name, value=value, sd=sd, unit=unit, source=source)
    return CandidateNumber(scalar, value, sd)
