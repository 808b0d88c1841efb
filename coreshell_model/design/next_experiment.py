"""Which experiment to make next: what each candidate shows with every draw, and their order."""

from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.design.advice import Run, sealed
from coreshell_model.design.bands import axes_of
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
from coreshell_model.design.space import Points
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import CoreShellMaterial, Material, is_of_the_paper
from coreshell_model.inputs.particle import mass_gain, shape_of
from coreshell_model.inputs.user_defaults import NO_DEFAULTS, UserDefaults


@dataclass(frozen=True)
class OfTruth:
    """A draw taken as the truth, and the answer of the fit with its data; None where that failed."""

    truth: float
    answer: float | None
    chi_squared: float
    converged: bool
    reason: str = ""


@dataclass(frozen=True)
class Refits:
    """A candidate's refits.

    Attributes
    ----------
    without : the answer of the best fit without the candidate's data
    each : the fits with them
    typical : root mean square of the answer without them less the truth, were every draw one
    """

    without: float
    each: tuple[OfTruth, ...]
    typical: float

    @property
    def failed(self) -> int:
        """How many have no answer."""
        return sum(one.answer is None for one in self.each)

    @property
    def error(self) -> float | None:
        """Root mean square of answer less truth, with the data."""
        return _rms([one.answer - one.truth for one in self.each if one.answer is not None])

    @property
    def error_without(self) -> float | None:
        """The same of the best fit without them, over the same truths."""
        return _rms([self.without - one.truth for one in self.each if one.answer is not None])

    def results(self) -> dict:
        """Itself in what JSON has."""
        return {
            "Truths": len(self.each),
            "Failed": self.failed,
            "Out of steps": sum(not one.converged for one in self.each),
            "Error without": self.error_without,
            "Error without, all draws": self.typical,
            "Error refitted": self.error,
            "Answer without": self.without,
            "Each": [
                {
                    "Truth": one.truth,
                    "Refitted": one.answer,
                    "Chi-squared": one.chi_squared,
                    "Reason": one.reason,
                }
                for one in self.each
            ],
        }


def _rms(differences: list[float]) -> float | None:
    return float(np.sqrt(np.mean(np.square(differences)))) if differences else None


FEWEST = 12
"""Draws from which anything can be said at all."""

TRAPPING = "shell.trapping.capacity"


@dataclass(frozen=True)
class Candidate:
    """An experiment with what it would show.

    Attributes
    ----------
    name : in words
    seen : a row a draw, a column a quantity; NaN where a draw was not solved
    errors : standard deviation by quantity
    experiment : the run; None where what is seen is arithmetic on runs of the particle as it is
    """

    name: str
    seen: Array
    errors: dict[str, float]
    experiment: Experiment | None = None

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
    question : that is asked
    target : the number that stands for it, of each draw
    weights : of the draws
    candidates : what can be weighed
    left_out : why others cannot
    whole : places of the draws that were solved in every candidate
    """

    material: Material
    question: str
    target: Array
    weights: Array
    candidates: tuple[Candidate, ...]
    left_out: dict[str, str]
    whole: NDArray[np.int64]


def candidate_data(
    material: Material, ensemble: Ensemble, question: str, run: Run, defaults: UserDefaults = NO_DEFAULTS
) -> CandidateData:
    """Run every candidate with every draw.

    Parameters
    ----------
    material : the particle as it is, with a shell; all candidates are sealed
    ensemble : draws of its numbers, with weights
    question : "SEI share" or "plateau kinetics"
    run : does a sweep
    defaults : a user's own 1C, window and hold, under which every candidate is measured

    Raises
    ------
    InputError
        Another question, too few draws, draws without the number asked for, a particle without a shell.
    """
    check_question(question)
    if not isinstance(material, CoreShellMaterial):
        raise InputError(f"{material.name}: has no shell, around which the candidates are made")
    if ensemble.weights is None or len(ensemble) < FEWEST:
        raise InputError(f"{len(ensemble)} draws are too few to weigh experiments by; give {FEWEST} or more")
    if question == "plateau kinetics" and RATE_OF_CLUSTERS not in ensemble.paths:
        raise InputError(f"the posterior has no draws of {RATE_OF_CLUSTERS}, which this question is about")
    own = sealed(material) if material.pores is not None else material
    shape = shape_of(own)
    as_is = _seen(
        run,
        problem(own, "design", defaults.added("design", {}), observables=[SEI, LOSS]),
        "as it is",
        ensemble,
    )
    runs = [
        replace(each, changes=defaults.added(each.protocol, each.changes))
        for each in experiments(1e9 * shape.shell_thickness, 1e-3 * shape.external_area, 100 * mass_gain(own))
    ]
    candidates = [Candidate(each.name, _of(run, own, each, ensemble), each.errors, each) for each in runs]
    left_out = {}
    for name, found in (
        (SORPTION, _sorption(own, ensemble, as_is, 1e-3 * shape.external_area)),
        (BLANK, _blank(ensemble, as_is, own, 1e-3 * shape.external_area)),
    ):
        if isinstance(found, str):
            left_out[name] = found
        else:
            candidates.append(Candidate(name, *found))
    whole = np.isfinite(as_is).all(axis=1)
    for each in candidates:
        whole &= np.isfinite(each.seen).all(axis=1)
    if whole.sum() < FEWEST:
        raise InputError(f"only {whole.sum()} draws were solved in every candidate; give more")
    target = _target(question, ensemble, as_is)
    found = (target, ensemble.weights, tuple(candidates), left_out, np.flatnonzero(whole))
    return CandidateData(own, question, *found)


def _target(question: str, ensemble: Ensemble, as_is: Array) -> Array:
    """The number that stands for a question, of each draw."""
    if question == "SEI share":
        return as_is[:, 0] / as_is[:, 1]
    return np.log10(ensemble.values[:, ensemble.paths.index(RATE_OF_CLUSTERS)])


def _of(run: Run, material: Material, each: Experiment, ensemble: Ensemble) -> Array:
    shared = problem(material, each.protocol, each.changes, observables=list(each.errors))
    return _seen(run, shared, each.name, ensemble)


def _seen(run: Run, shared: Problem, name: str, ensemble: Ensemble) -> Array:
    """What a problem observes, a row a draw; NaN where a draw was not solved."""
    points = Points(axes_of(ensemble), ensemble.values, f"{name} with {ensemble.description}")
    found = run(name, shared, points)
    rows = found.table.set_index("Point").reindex(range(len(ensemble)))
    rows.loc[rows["Ending"] != SOLVED, list(shared.observables)] = np.nan
    return rows[list(shared.observables)].to_numpy(float)


def _sorption(
    material: Material, ensemble: Ensemble, as_is: Array, area: float
) -> tuple[Array, dict[str, float]] | str:
    """The area that Shell's measured loss asks for: what is not trapped, over the film's charge per area."""
    if not is_of_the_paper(material):
        return f"Shell is the coating of Appel et al., whose loss says nothing of {material.name}"
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
    """The loss of carbon black at the film's charge per area, where its area is among the draws."""
    if BLANK_AREA not in ensemble.paths or material.electrode is None:
        return (
            f"the posterior has no draws of {BLANK_AREA}: it takes for granted that the blank loses nothing"
        )
    black = ensemble.values[:, ensemble.paths.index(BLANK_AREA)]
    electrode = material.electrode
    shares = electrode.carbon_black_fraction.si, electrode.binder_fraction.si
    ratio = shares[0] / (1 - sum(shares))
    return (as_is[:, 0] / area * black * ratio)[:, None], {"Loss of the blank [mA.h.g-1]": BLANK_ERROR}


HELD_OUT = 0.25
"""Share of the draws that the checks take their truths from."""

CHECKED = 2
ESTIMATOR = (
    "nested Monte Carlo: each draw in turn is the truth, its data with normal errors re-weight the others; "
    "the gain is the mean of ln(sd before / sd after)"
)

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """A candidate with what it is expected to tell, and where it was checked how that held."""

    candidate: Candidate
    gain: Gain
    check: Check | None = None
    refits: Refits | None = None

    @property
    def name(self) -> str:
        """Of the candidate."""
        return self.candidate.name

    def results(self) -> dict:
        """Itself in what JSON has."""
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
    """Candidates, the most telling first.

    Attributes
    ----------
    data : of all candidates, with what was left out
    ranked : in order
    kept, apart : places of the draws that were weighed, and of those held out
    not_refitted : why candidates among the best two were not checked by refitting
    """

    data: CandidateData
    ranked: tuple[Ranked, ...]
    kept: Places
    apart: Places
    not_refitted: dict[str, str] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """How many were weighed."""
        return len(self.kept)

    @property
    def held_out(self) -> int:
        """How many the checks take their truths from."""
        return len(self.apart)


def rank(
    material: Material,
    ensemble: Ensemble,
    question: str,
    run: Run,
    seed: int = 0,
    defaults: UserDefaults = NO_DEFAULTS,
) -> Ranking:
    """Order the candidates by what they would tell.

    Parameters
    ----------
    material, ensemble, question, run, defaults : as ``candidate_data`` takes them
    seed : of errors, and of which draws are held out

    Raises
    ------
    InputError
        As ``candidate_data``.
    """
    data = candidate_data(material, ensemble, question, run, defaults)
    places = np.random.default_rng(seed).permutation(data.whole)
    count = max(2, int(HELD_OUT * len(places)))
    apart, kept = places[:count], places[count:]
    weights = data.weights[kept] / data.weights[kept].sum()
    target = data.target[kept]
    ranked = [
        Ranked(each, expected_gain(target, each.seen[kept], each.sds, weights, seed))
        for each in data.candidates
    ]
    ranked.sort(key=lambda each: -each.gain.information)
    for place, best in enumerate(ranked[:CHECKED]):
        seen, sds = best.candidate.seen, best.candidate.sds
        truths = data.target[apart], seen[apart]
        check = held_out_check(*truths, target, seen[kept], sds, weights, seed)
        ranked[place] = replace(best, check=check)
    return Ranking(data, tuple(ranked), kept, apart)
