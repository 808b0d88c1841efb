"""Which experiment would tell most of a question, by posterior draws, checked with draws held out."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from coreshell_model.design.ensemble import Ensemble
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
from coreshell_model.design.information import Array, Check, Gain, expected_gain, held_out_check
from coreshell_model.design.points import Points
from coreshell_model.design.problem import SOLVED, Problem, problem
from coreshell_model.design.seal_advice import Run, sealed
from coreshell_model.design.variables import mass_gain
from coreshell_model.errors import InputError
from coreshell_model.material import CoreShellMaterial, Material
from coreshell_model.particle import shape_of

HELD_OUT = 0.25
"""Share of the draws that the check takes its truths from."""

FEWEST = 12
"""Draws from which anything can be said at all."""

CHECKED = 2
TRAPPING = "shell.trapping.capacity"
ESTIMATOR = (
    "nested Monte Carlo: each draw in turn is the truth, its data with normal errors re-weight the others; "
    "the gain is the mean of ln(sd before / sd after)"
)


@dataclass(frozen=True)
class Ranked:
    """A candidate with what it is expected to tell, and for the best two how that held in the check."""

    name: str
    errors: dict[str, float]
    gain: Gain
    check: Check | None = None

    def results(self) -> dict:
        """Itself in what JSON has."""
        found = {"Experiment": self.name, "Errors": self.errors} | {
            "Information [nat]": self.gain.information,
            "Standard deviation now": self.gain.before,
            "Expected afterwards": self.gain.after,
            "Information, linear [nat]": self.gain.linear,
            "Effective draws": self.gain.effective,
        }
        check = None if self.check is None else asdict(self.check)
        return found | {"Check": check}


@dataclass(frozen=True)
class Ranking:
    """Candidates, the most telling first; ``left_out`` says of others why they were not weighed."""

    question: str
    ranked: tuple[Ranked, ...]
    left_out: dict[str, str]
    draws: int
    held_out: int


def rank(material: Material, ensemble: Ensemble, question: str, run: Run, seed: int = 0) -> Ranking:
    """Order the candidates by what they would tell.

    Parameters
    ----------
    material : the particle as it is, with a shell; all candidates are sealed
    ensemble : draws of its numbers, with weights
    question : "SEI share" or "plateau kinetics"
    run : does a sweep
    seed : of errors, and of which draws are held out

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
    candidates = experiments(1e9 * shape.shell_thickness, 1e-3 * shape.external_area, 100 * mass_gain(own))
    as_is = _seen(run, problem(own, "design", observables=[SEI, LOSS]), "as it is", ensemble)
    tables = {each.name: (_of(run, own, each, ensemble), each.errors) for each in candidates}
    left_out = {}
    for name, found in (
        (SORPTION, _sorption(ensemble, as_is, 1e-3 * shape.external_area)),
        (BLANK, _blank(ensemble, as_is, own, 1e-3 * shape.external_area)),
    ):
        if isinstance(found, str):
            left_out[name] = found
        else:
            tables[name] = found
    whole = np.isfinite(as_is).all(axis=1)
    for seen, _ in tables.values():
        whole &= np.isfinite(seen).all(axis=1)
    if whole.sum() < FEWEST:
        raise InputError(f"only {whole.sum()} draws were solved in every candidate; give more")
    if question == "SEI share":
        target = as_is[:, 0] / as_is[:, 1]
    else:
        target = np.log10(ensemble.values[:, ensemble.paths.index(RATE_OF_CLUSTERS)])
    places = np.random.default_rng(seed).permutation(np.flatnonzero(whole))
    count = max(2, int(HELD_OUT * len(places)))
    apart, kept = places[:count], places[count:]
    weights = ensemble.weights[kept] / ensemble.weights[kept].sum()
    ranked = [
        Ranked(
            name,
            errors,
            expected_gain(target[kept], seen[kept], np.array(list(errors.values())), weights, seed),
        )
        for name, (seen, errors) in tables.items()
    ]
    ranked.sort(key=lambda each: -each.gain.information)
    for place, each in enumerate(ranked[:CHECKED]):
        seen, errors = tables[each.name]
        check = held_out_check(
            target[apart],
            seen[apart],
            target[kept],
            seen[kept],
            np.array(list(errors.values())),
            weights,
            seed,
        )
        ranked[place] = replace(each, check=check)
    return Ranking(question, tuple(ranked), left_out, len(kept), len(apart))


def _of(run: Run, material: Material, each: Experiment, ensemble: Ensemble) -> Array:
    shared = problem(material, each.protocol, each.changes, observables=list(each.errors))
    return _seen(run, shared, each.name, ensemble)


def _seen(run: Run, shared: Problem, name: str, ensemble: Ensemble) -> Array:
    """What a problem observes, a row a draw; NaN where a draw was not solved."""
    points = Points(ensemble.axes(), ensemble.values, f"{name} with {ensemble.said}")
    found = run(name, shared, points)
    rows = found.table.set_index("Point").reindex(range(len(ensemble)))
    rows.loc[rows["Ending"] != SOLVED, list(shared.observables)] = np.nan
    return rows[list(shared.observables)].to_numpy(float)


def _sorption(ensemble: Ensemble, as_is: Array, area: float) -> tuple[Array, dict[str, float]] | str:
    """The area that Shell's measured loss asks for: what is not trapped, over the film's charge per area."""
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
