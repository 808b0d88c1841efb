"""Which experiment to make next: what each candidate would give with every draw, and their ranking."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.design.advice import Run, sealed
from coreshell_model.design.bands import axes_of, check_ensemble
from coreshell_model.design.experiments import (
    AREA_ERROR,
    BLANK,
    BLANK_AREA,
    BLANK_ERROR,
    LOSS,
    RATE_OF_CLUSTERS,
    SEI,
    SHELL_AREA,
    SHELL_LOSS,
    SORPTION,
    Experiment,
    check_question,
    experiments,
)
from coreshell_model.design.information import Check, Gain, expected_gain, held_out_check
from coreshell_model.design.problem import SOLVED, Problem, problem
from coreshell_model.design.space import Axis, Points
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import CoreShellMaterial, Material, is_of_the_paper
from coreshell_model.inputs.particle import mass_gain, shape_of
from coreshell_model.inputs.user_defaults import NO_DEFAULTS, UserDefaults


@dataclass(frozen=True)
class TruthRefit:
    """A draw taken as the truth, and the answer of the fit to its data; None where the fit failed."""

    truth: float
    answer: float | None
    chi_squared: float
    converged: bool
    reason: str = ""


@dataclass(frozen=True)
class Refits:
    """The refits of a candidate.

    Attributes
    ----------
    without : the answer of the best fit without the candidate's data
    fits : the fits with data of the candidate, one for each truth
    typical : root mean square of ``without`` less the truth, with every draw in turn as the truth
    """

    without: float
    fits: tuple[TruthRefit, ...]
    typical: float

    @property
    def failed(self) -> int:
        """Number of refits without an answer."""
        return sum(fit.answer is None for fit in self.fits)

    @property
    def error(self) -> float | None:
        """Root mean square of answer less truth, of the fits with the data."""
        return _rms([fit.answer - fit.truth for fit in self.fits if fit.answer is not None])

    @property
    def error_without(self) -> float | None:
        """The same of the best fit without the data, over the same truths."""
        return _rms([self.without - fit.truth for fit in self.fits if fit.answer is not None])

    def results(self) -> dict:
        """As JSON."""
        return {
            "Truths": len(self.fits),
            "Failed": self.failed,
            "Out of steps": sum(not fit.converged for fit in self.fits),
            "Error without": self.error_without,
            "Error without, all draws": self.typical,
            "Error refitted": self.error,
            "Answer without": self.without,
            "Each": [
                {
                    "Truth": fit.truth,
                    "Refitted": fit.answer,
                    "Chi-squared": fit.chi_squared,
                    "Reason": fit.reason,
                }
                for fit in self.fits
            ],
        }


def _rms(differences: list[float]) -> float | None:
    return float(np.sqrt(np.mean(np.square(differences)))) if differences else None


FEWEST = 12
"""Fewest draws by which candidates are weighed."""

TRAPPING = "shell.trapping.capacity"


@dataclass(frozen=True)
class Candidate:
    """An experiment with what it would give.

    Attributes
    ----------
    name : in words
    predictions : a row for each draw, a column for each quantity; NaN where a draw was not solved
    errors : standard deviation by quantity
    experiment : the run; None where the predictions are arithmetic on runs of the particle as it is
    problem : material and protocol of the run with the changes of the experiment
    """

    name: str
    predictions: Array
    errors: dict[str, float]
    experiment: Experiment | None = None
    problem: Problem | None = None

    @property
    def sds(self) -> Array:
        """The errors in the order of the columns."""
        return np.array(list(self.errors.values()))


@dataclass(frozen=True)
class CandidateData:
    """All candidates over the same draws.

    Attributes
    ----------
    material : the particle as it is, sealed
    question : a key of ``QUESTIONS``
    target : the number that answers it, for each draw
    weights : of the draws
    candidates : those that can be weighed
    left_out : why others cannot, by name
    solved : indices of the draws that were solved in every candidate
    """

    material: Material
    question: str
    target: Array
    weights: Array
    candidates: tuple[Candidate, ...]
    left_out: dict[str, str]
    solved: NDArray[np.int64]


def candidate_data(
    material: Material,
    ensemble: Ensemble,
    question: str,
    run: Run,
    defaults: UserDefaults = NO_DEFAULTS,
    further: Sequence[Axis] = (),
) -> CandidateData:
    """Run every candidate with every draw.

    Parameters
    ----------
    material : the particle as it is, with a shell; all candidates are sealed
    ensemble : draws of its numbers, with weights
    question : "SEI share" or "plateau kinetics"
    run : does a sweep
    defaults : the user's 1C, window and hold, under which every candidate is measured
    further : numbers of which each value is a candidate too

    Raises
    ------
    InputError
        An unknown question, too few draws, draws without the number asked for, a particle without a shell, a
        further candidate that cannot be.
    """
    check_question(question)
    if not isinstance(material, CoreShellMaterial):
        raise InputError(f"{material.name}: has no shell; all candidates are core-shell particles")
    if ensemble.weights is None or len(ensemble) < FEWEST:
        raise InputError(f"{len(ensemble)} draws are too few to rank experiments; give {FEWEST} or more")
    if question == "plateau kinetics" and RATE_OF_CLUSTERS not in ensemble.paths:
        raise InputError(f"the posterior has no draws of {RATE_OF_CLUSTERS}, which this question is about")
    particle = sealed(material) if material.pores is not None else material
    shape = shape_of(particle)
    area = 1e-3 * shape.external_area
    reference = problem(particle, "design", defaults.added("design", {}), observables=[SEI, LOSS])
    runs = [
        replace(experiment, changes=defaults.added(experiment.protocol, experiment.changes))
        for experiment in experiments(1e9 * shape.shell_thickness, area, 100 * mass_gain(particle), further)
    ]
    problems = [_problem(particle, experiment, ensemble) for experiment in runs]  # refuses before any run
    as_is = _predictions(run, reference, "as it is", ensemble)
    candidates, left_out = [], {}
    for experiment, shared in zip(runs, problems, strict=True):
        predictions = _predictions(run, shared, experiment.name, ensemble)
        candidates.append(Candidate(experiment.name, predictions, experiment.errors, experiment, shared))
    for name, outcome in (
        (SORPTION, _sorption(particle, ensemble, as_is, area)),
        (BLANK, _blank(ensemble, as_is, particle, area)),
    ):
        if isinstance(outcome, str):
            left_out[name] = outcome
        else:
            candidates.append(Candidate(name, *outcome))
    observed = np.hstack([as_is, *(candidate.predictions for candidate in candidates)])
    solved = np.flatnonzero(np.isfinite(observed).all(axis=1))
    if len(solved) < FEWEST:
        raise InputError(f"only {len(solved)} draws were solved in every candidate; give more")
    target = _target(question, ensemble, as_is)
    return CandidateData(particle, question, target, ensemble.weights, tuple(candidates), left_out, solved)


def _target(question: str, ensemble: Ensemble, as_is: Array) -> Array:
    """The number that answers a question, for each draw."""
    if question == "SEI share":
        return as_is[:, 0] / as_is[:, 1]
    return np.log10(ensemble.values[:, ensemble.paths.index(RATE_OF_CLUSTERS)])


def _problem(material: Material, experiment: Experiment, ensemble: Ensemble) -> Problem:
    shared = problem(material, experiment.protocol, experiment.changes, observables=list(experiment.errors))
    check_ensemble(ensemble, shared, ())
    return shared


def _predictions(run: Run, shared: Problem, name: str, ensemble: Ensemble) -> Array:
    """The observables of a problem, a row for each draw; NaN where a draw was not solved."""
    points = Points(axes_of(ensemble), ensemble.values, f"{name} with {ensemble.description}")
    sweep = run(name, shared, points)
    rows = sweep.table.set_index("Point").reindex(range(len(ensemble)))
    rows.loc[rows["Ending"] != SOLVED, list(shared.observables)] = np.nan
    return rows[list(shared.observables)].to_numpy(float)


def _sorption(
    material: Material, ensemble: Ensemble, as_is: Array, area: float
) -> tuple[Array, dict[str, float]] | str:
    """Logarithm of the area of Shell that explains its measured loss, with its error; or why there is none.

    The area is the loss that is not trapped sodium, over the film's charge per area.
    """
    if not is_of_the_paper(material):
        return f"Shell is the coating of Appel et al.; its loss says nothing about {material.name}"
    if TRAPPING not in ensemble.paths:
        return f"the posterior has no draws of {TRAPPING}"
    column = ensemble.paths.index(TRAPPING)
    if ensemble.units[column] != "mAh/g":
        return f"{TRAPPING} is drawn in {ensemble.units[column]}, not mAh/g"
    film = as_is[:, 0] / area
    needed = np.maximum((SHELL_LOSS - ensemble.values[:, column]) / np.maximum(film, 1e-9), SHELL_AREA)
    return np.log(needed)[:, None], {"Logarithm of the area of Shell": AREA_ERROR}


def _blank(
    ensemble: Ensemble, as_is: Array, material: Material, area: float
) -> tuple[Array, dict[str, float]] | str:
    """Loss of a blank at the film's charge per area of carbon black, with its error; or why there is none."""
    if BLANK_AREA not in ensemble.paths or material.electrode is None:
        return f"the posterior has no draws of {BLANK_AREA}, so that the blank loses nothing in every draw"
    black = ensemble.values[:, ensemble.paths.index(BLANK_AREA)]
    electrode = material.electrode
    shares = electrode.carbon_black_fraction.si, electrode.binder_fraction.si
    ratio = shares[0] / (1 - sum(shares))
    return (as_is[:, 0] / area * black * ratio)[:, None], {"Loss of the blank [mA.h.g-1]": BLANK_ERROR}


HELD_OUT = 0.25
"""Share of the draws that are held out, as the truths of the checks."""

CHECKED = 2
ESTIMATOR = (
    "nested Monte Carlo: each draw in turn is the truth, its data with normal errors re-weight the others; "
    "the gain is the mean of ln(sd before / sd after)"
)

DrawIndices = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """A candidate with its expected gain, and for the best ones the checks of that gain."""

    candidate: Candidate
    gain: Gain
    check: Check | None = None
    refits: Refits | None = None

    @property
    def name(self) -> str:
        """The name of the candidate."""
        return self.candidate.name

    def results(self) -> dict:
        """As JSON."""
        return {
            "Experiment": self.name,
            "Errors": self.candidate.errors,
            "Information [nat]": self.gain.information,
            "Standard deviation now": self.gain.before,
            "Expected afterwards": self.gain.after,
            "Information, linear [nat]": self.gain.linear,
            "Effective draws": self.gain.effective,
            "Check": None if self.check is None else asdict(self.check),
            "Refit": None if self.refits is None else self.refits.results(),
        }


@dataclass(frozen=True)
class Ranking:
    """Candidates in the order of their expected gain, the largest first.

    Attributes
    ----------
    data : of all candidates, with those left out
    ranked : the candidates in order
    weighed, held_out_draws : indices of the draws for the gains, and of those held out for the checks
    not_refitted : why candidates among the best two were not checked by refitting
    """

    data: CandidateData
    ranked: tuple[Ranked, ...]
    weighed: DrawIndices
    held_out_draws: DrawIndices
    not_refitted: dict[str, str] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """Number of draws for the gains."""
        return len(self.weighed)

    @property
    def held_out(self) -> int:
        """Number of draws held out for the checks."""
        return len(self.held_out_draws)


def rank(
    material: Material,
    ensemble: Ensemble,
    question: str,
    run: Run,
    seed: int = 0,
    defaults: UserDefaults = NO_DEFAULTS,
    further: Sequence[Axis] = (),
) -> Ranking:
    """Rank the candidates by their expected gain.

    Parameters
    ----------
    material, ensemble, question, run, defaults, further : as for ``candidate_data``
    seed : of the simulated errors, and of the choice of the draws held out
    """
    data = candidate_data(material, ensemble, question, run, defaults, further)
    draws = np.random.default_rng(seed).permutation(data.solved)
    count = max(2, int(HELD_OUT * len(draws)))
    held_out, weighed = draws[:count], draws[count:]
    weights = data.weights[weighed] / data.weights[weighed].sum()
    target = data.target[weighed]
    ranked = [
        Ranked(candidate, expected_gain(target, candidate.predictions[weighed], candidate.sds, weights, seed))
        for candidate in data.candidates
    ]
    ranked.sort(key=lambda candidate: -candidate.gain.information)
    for place, best in enumerate(ranked[:CHECKED]):
        predictions, sds = best.candidate.predictions, best.candidate.sds
        truths = data.target[held_out], predictions[held_out]
        check = held_out_check(*truths, target, predictions[weighed], sds, weights, seed)
        ranked[place] = replace(best, check=check)
    return Ranking(data, tuple(ranked), weighed, held_out)
