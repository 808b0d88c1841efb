"""A posterior's problem with the made-up data of a candidate added to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.base.quantity import one_line
from coreshell_model.design.comparison import quantities
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.design.experiments import LOSS, RATE_OF_CLUSTERS, SEI, Experiment
from coreshell_model.design.problem import problem as design_problem
from coreshell_model.infer.draws import Posterior
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.observed import Scalar
from coreshell_model.infer.problem_file import ProblemFile
from coreshell_model.infer.reading import FIELDS, Problem, problem, read_problem
from coreshell_model.infer.runs import RunFailedError, ThroughProtocol
from coreshell_model.infer.scalars import MeasuredScalar
from coreshell_model.infer.search import FINE, minimise
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.user_defaults import UserDefaults
from coreshell_model.run.solution import Solution

PROBLEM_FILE = "Problem file"
"""Where the record of a posterior has what its problem's file says."""

DECIDING = ("level", "parameters", "observations", "curves", "spectra")
"""Fields of that file on which the posterior rests."""

WITHOUT = "does not hold the fit problem that it was drawn from, which refits need"

ALIKE = 0.1
"""Difference of chi-squared at one draw, where 3.84 counts, that another machine or solver may make."""


@dataclass(frozen=True)
class RefitProblem:
    """A posterior's problem.

    Attributes
    ----------
    problem : as ``infer.reading`` reads it
    material : whose candidates are weighed, by its name in the problem
    best : places of the draw with the lowest chi-squared, priors included
    """

    problem: Problem
    material: str
    best: tuple[float, ...]


def holds_problem(posterior: Posterior) -> bool:
    """Whether the record has the content of the problem's file."""
    return PROBLEM_FILE in posterior.record


def refit_problem(
    posterior: Posterior,
    material: Material,
    path: str | Path | None = None,
    name: str | None = None,
    defaults: UserDefaults | None = None,
) -> RefitProblem:
    """Read the problem of a posterior, and make sure that it is this one.

    Parameters
    ----------
    posterior : with the content of its problem's file in its record
    material : whose candidates are weighed
    path : of the problem's file, from whose folder its paths count; without it they count from here
    name : the posterior's for that material; that of its file where not given
    defaults : a user's own, under which the file is read; the record holds those of its sampling

    Raises
    ------
    InputError
        No such content, a file that cannot be read, or another material, parameter or protocol than the
        posterior was drawn with.
    """
    name = posterior.name_of(material.name) if name is None else name
    _check_material(posterior, material, name)
    if not holds_problem(posterior):
        raise InputError(f"the posterior {posterior.name} {WITHOUT}; sample it anew, or give --refits 0")
    found = _read(posterior, path, defaults)
    for its, own in found.materials.items():
        if its not in posterior.materials:
            raise InputError(f"{found.name}: {its!r} is no material of the posterior {posterior.name}")
        _check_material(posterior, own, its)
    if [(free.name, free.section) for free in found.parameters] != [
        (free.name, free.section) for free in posterior.parameters
    ]:
        raise InputError(f"{found.name}: other parameters than those of the posterior's table; sample anew")
    return RefitProblem(found, name, _best(posterior, found))


def _read(posterior: Posterior, path: str | Path | None, defaults: UserDefaults | None) -> Problem:
    try:
        file = ProblemFile.model_validate(posterior.record[PROBLEM_FILE])
    except ValidationError as error:
        raise one_line(error, f"the problem of the posterior {posterior.name}", FIELDS) from None
    if path is None:
        where = f"the problem of the posterior {posterior.name}"
        try:
            return problem(file, posterior.name, Path(), where)
        except InputError as error:
            raise InputError(f"{error}; if its paths count from elsewhere, give --problem its file") from None
    found = read_problem(path, defaults)
    for name in DECIDING:
        if getattr(found.file, name) != getattr(file, name):
            raise InputError(
                f"{path}: other {name} than those that the posterior {posterior.name} was drawn with; "
                "give the file as it was, or sample anew"
            )
    return found


def _check_material(posterior: Posterior, material: Material, name: str) -> None:
    if others := posterior.differing(material, name):
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise InputError(
            f"{name}: {others[0]}{more} is not what the posterior {posterior.name} was drawn with, so "
            "nothing can be refitted; give the material as it was, sample anew, or give --refits 0"
        )


def _best(posterior: Posterior, found: Problem) -> tuple[float, ...]:
    """The best draw's places, once its chi-squared is sure to be what the table says."""
    misfit = Misfit(found)
    places = np.array(
        [
            [free.place(value) for free, value in zip(found.parameters, row, strict=True)]
            for row in posterior.values
        ]
    ).clip(0.0, 1.0)
    priors = np.array([np.square(misfit.priors(row)).sum() for row in places])
    best = int(np.argmin(posterior.chi_squared + priors))
    here = misfit(places[best])
    chi_squared, told = float(np.square(here.residuals[: found.data]).sum()), posterior.chi_squared[best]
    if here.failures:
        raise InputError(f"{found.name}: a run fails at the posterior's best draw: {here.failures[0]}")
    if abs(chi_squared - told) > ALIKE:
        raise InputError(
            f"{found.name}: chi-squared is {chi_squared:.4g} at the posterior's best draw and {told:.4g} in "
            "its table, so a protocol, file or version is another; sample anew, or give --refits 0"
        )
    return tuple(map(float, places[best]))


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

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Solution:
        """The run with changed numbers, by a model that is compiled or is not.

        Raises
        ------
        RunFailedError
            It did not come to its end.
        """
        material, protocol = prepared(self.material, self.protocol, {**self.design, **changes})
        solution = Evaluator(protocol, compiled=compiled).solution(material)
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
        found = quantities(solution.protocol)[self.section.observable](solution)
        if found is None:
            raise InputError(f"{solution.material.name} has no {self.section.observable}")
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

    def __call__(self, task: Task, say: Say) -> Refitted:
        """The least squares from the task's start."""
        misfit = Misfit(self.with_data(task))

        def told(found: Evaluation) -> None:
            say(f"{task.name}: {misfit.evaluations} evaluations")

        misfit.on_evaluation = told
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
                if self.name in free.materials and RATE_OF_CLUSTERS in free.section.paths_in(self.name)
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
