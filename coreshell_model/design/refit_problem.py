"""The fit problem of a posterior, with simulated data of a candidate experiment added."""

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
"""Key of the content of the problem's file in the record of a posterior."""

DECIDING = ("level", "parameters", "observations", "curves", "spectra")
"""Fields of that file on which the posterior depends."""

WITHOUT = "does not hold the fit problem that it was drawn from, which refits need"

ALIKE = 0.1
"""Difference of chi-squared at a draw that another machine or solver may make; 3.84 is significant."""


@dataclass(frozen=True)
class RefitProblem:
    """The fit problem of a posterior.

    Attributes
    ----------
    problem : as ``infer.reading`` reads it
    material : name in the problem of the material whose candidates are weighed
    best : places of the parameters in the draw with the lowest chi-squared, priors included
    """

    problem: Problem
    material: str
    best: tuple[float, ...]


def holds_problem(posterior: Posterior) -> bool:
    """True where the posterior's record has the content of its problem's file."""
    return PROBLEM_FILE in posterior.record


def refit_problem(
    posterior: Posterior,
    material: Material,
    path: str | Path | None = None,
    name: str | None = None,
    defaults: UserDefaults | None = None,
) -> RefitProblem:
    """Read the fit problem of a posterior, and check that the posterior was drawn from it.

    Parameters
    ----------
    posterior : with the content of its problem's file in its record
    material : whose candidates are weighed
    path : of the problem's file, to whose folder its paths are relative; if None, to the working directory
    name : of that material in the posterior; by its file if None
    defaults : the user's, under which the file is read; the record holds those of its sampling

    Raises
    ------
    InputError
        The record has no such content, the file cannot be read, or material, parameters or protocol are not
        those that the posterior was drawn with.
    """
    name = posterior.name_of(material.name) if name is None else name
    _check_material(posterior, material, name)
    if not holds_problem(posterior):
        raise InputError(f"the posterior {posterior.name} {WITHOUT}; sample it anew, or give --refits 0")
    problem = _read(posterior, path, defaults)
    for key, fitted in problem.materials.items():
        if key not in posterior.materials:
            raise InputError(f"{problem.name}: {key!r} is no material of the posterior {posterior.name}")
        _check_material(posterior, fitted, key)
    if [(free.name, free.section) for free in problem.parameters] != [
        (free.name, free.section) for free in posterior.fitted
    ]:
        raise InputError(f"{problem.name}: other parameters than those of the posterior's table; sample anew")
    return RefitProblem(problem, name, _best(posterior, problem))


def _read(posterior: Posterior, path: str | Path | None, defaults: UserDefaults | None) -> Problem:
    try:
        file = ProblemFile.model_validate(posterior.record[PROBLEM_FILE])
    except ValidationError as error:
        raise one_line(error, f"the problem of the posterior {posterior.name}", FIELDS) from None
    if path is None:
        source = f"the problem of the posterior {posterior.name}"
        try:
            return problem(file, posterior.name, Path(), source)
        except InputError as error:
            raise InputError(
                f"{error}; if its paths are relative to another folder, give its file by --problem"
            ) from None
    read = read_problem(path, defaults)
    for name in DECIDING:
        if getattr(read.file, name) != getattr(file, name):
            raise InputError(
                f"{path}: other {name} than those that the posterior {posterior.name} was drawn with; "
                "give the file as it was, or sample anew"
            )
    return read


def _check_material(posterior: Posterior, material: Material, name: str) -> None:
    if others := posterior.differing(material, name):
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise InputError(
            f"{name}: {others[0]}{more} is not what the posterior {posterior.name} was drawn with, so "
            "nothing can be refitted; give the material as it was, sample anew, or give --refits 0"
        )


def _best(posterior: Posterior, problem: Problem) -> tuple[float, ...]:
    """The places of the best draw; refused where its chi-squared is not that of the posterior's table."""
    misfit = Misfit(problem)
    places = np.array(
        [
            [free.place(value) for free, value in zip(problem.parameters, row, strict=True)]
            for row in posterior.values[:, : len(posterior.fitted)]
        ]
    ).clip(0.0, 1.0)
    priors = np.array([np.square(misfit.priors(row)).sum() for row in places])
    best = int(np.argmin(posterior.chi_squared + priors))
    evaluation = misfit(places[best])
    chi_squared = float(np.square(evaluation.residuals[: problem.data]).sum())
    tabulated = posterior.chi_squared[best]
    if failures := evaluation.failures:
        raise InputError(f"{problem.name}: a run fails at the posterior's best draw: {failures[0]}")
    if abs(chi_squared - tabulated) > ALIKE:
        raise InputError(
            f"{problem.name}: chi-squared is {chi_squared:.4g} at the posterior's best draw and "
            f"{tabulated:.4g} in its table, so a protocol, file or version has changed; sample anew, or "
            "give --refits 0"
        )
    return tuple(map(float, places[best]))


MOST_ROUNDS = 20
"""Most sets of derivatives of one refit."""


@dataclass(frozen=True)
class ThroughCandidate(ThroughProtocol):
    """A design in a protocol, solved as in a sweep, at the particle level whatever the level of the problem.

    Attributes
    ----------
    design : changes of material and protocol, made together with those by the parameters
    """

    design: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, changes: Mapping[str, str], level: str, compiled: bool = False) -> Solution:
        """The run with changed numbers.

        Raises
        ------
        RunFailedError
            It did not complete.
        """
        material, protocol = prepared(self.material, self.protocol, {**self.design, **changes})
        solution = Evaluator(protocol, compiled=compiled).solution(material)
        if not solution.completed:
            raise RunFailedError(solution.explanation)
        return solution

    def identity(self) -> dict[str, Any]:
        """What identifies the run, in values that JSON has."""
        return super().identity() | {"Design": dict(self.design)}


@dataclass(frozen=True)
class CandidateNumber(MeasuredScalar):
    """A quantity by which designs are compared, capacities at a rate included."""

    def simulated(self, solution: Solution) -> float:
        """Its value in a run.

        Raises
        ------
        InputError
            The run has no such number.
        """
        value = quantities(solution.protocol)[self.section.observable](solution)
        if value is None:
            raise InputError(f"{solution.material.name} has no {self.section.observable}")
        return float(value)


@dataclass(frozen=True)
class Task:
    """One fit: to the data of the problem, and to those of an experiment if there is one."""

    name: str
    start: tuple[float, ...]
    experiment: Experiment | None = None
    data: tuple[float, ...] = ()


@dataclass(frozen=True)
class Refitted:
    """Where a fit ended, and its answer to the question; None if a run fails there."""

    places: tuple[float, ...]
    chi_squared: float
    answer: float | None
    converged: bool
    evaluations: int
    reason: str = ""


@dataclass(frozen=True)
class Refitter:
    """Fits with or without the data of a candidate; can be sent to other processes.

    Attributes
    ----------
    problem : from which the posterior was drawn
    name : of the material in the problem
    material : the same, sealed, for the candidates and the answer
    question : a key of ``QUESTIONS``
    """

    problem: Problem
    name: str
    material: Material
    question: str

    def with_data(self, task: Task) -> Problem:
        """The problem with the run and the data of a candidate added at the end."""
        if task.experiment is None:
            return self.problem
        experiment = task.experiment
        run = len(self.problem.runs)
        scalars = [
            (run, _number(self.name, experiment, name, value, sd))
            for (name, sd), value in zip(experiment.errors.items(), task.data, strict=True)
        ]
        return replace(
            self.problem,
            runs=(*self.problem.runs, self._run(experiment)),
            scalars=(*self.problem.scalars, *scalars),
        )

    def __call__(self, task: Task, say: Say) -> Refitted:
        """Fit by least squares from the start of the task."""
        misfit = Misfit(self.with_data(task))

        def report(evaluation: Evaluation) -> None:
            say(f"{task.name}: {misfit.evaluations} evaluations")

        misfit.on_evaluation = report
        fit = minimise(misfit, np.array(task.start), MOST_ROUNDS, FINE, central=True)
        answer, reason = None, "; ".join(fit.evaluation.failures)
        if not fit.failed:
            try:
                answer = self._answer(fit.places)
            except (RunFailedError, InputError) as error:
                reason = str(error)
        places = tuple(map(float, fit.places))
        return Refitted(places, fit.chi_squared, answer, fit.converged, misfit.evaluations, reason)

    def _answer(self, places: np.ndarray) -> float:
        """The number that answers the question, at these places of the parameters."""
        parameters = list(zip(self.problem.parameters, places, strict=True))
        if self.question == "plateau kinetics":
            return next(
                float(np.log10(free.value(place)))
                for free, place in parameters
                if self.name in free.materials and RATE_OF_CLUSTERS in free.section.paths_in(self.name)
            )
        changes: dict[str, str] = {}
        for free, place in parameters:
            changes |= free.changes(self.name, float(place))
        solution = self._run(Experiment("as it is", "design")).outcome(changes, "particle")
        by_name = quantities(solution.protocol)
        sei, loss = by_name[SEI](solution), by_name[LOSS](solution)
        if sei is None or not loss:
            raise InputError(f"{self.name} has no loss in its first cycle")
        return sei / loss

    def _run(self, experiment: Experiment) -> ThroughCandidate:
        names = list(experiment.errors)
        design = design_problem(self.material, experiment.protocol, experiment.changes, observables=names)
        return ThroughCandidate(self.name, design.material, design.protocol, design.changes)


def _number(material: str, experiment: Experiment, name: str, value: float, sd: float) -> CandidateNumber:
    unit = name.rpartition("[")[2].removesuffix("]") if name.endswith("]") else "1"
    run = {"material": material, "protocol": experiment.protocol, "changes": experiment.changes}
    source = f"simulated: {experiment.name}"
    scalar = Scalar(**run, observable=name, value=value, sd=sd, unit=unit, source=source)
    return CandidateNumber(scalar, value, sd)
