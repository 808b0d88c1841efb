"""The best candidates checked by refitting: data of a known truth, added to the problem and fitted."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import Say, shared_workers, side_by_side
from coreshell_model.base.quantity import check_whole
from coreshell_model.design.kept_refits import KIND, keep_refit, kept_refit
from coreshell_model.design.next_experiment import CHECKED, OfTruth, Places, Ranked, Ranking, Refits
from coreshell_model.design.refit_problem import WITHOUT, RefitProblem, Refitted, Refitter, Task

MOST_TRUTHS = 1000

BEST_FIT = "the best fit"


@shared_workers()
def refit_best(
    ranking: Ranking,
    found: RefitProblem | None,
    truths: int,
    seed: int = 0,
    folder: Path | None = None,
    workers: int = 1,
    say: Say = lambda text: None,
) -> Ranking:
    """Refit the best two candidates that are runs, each with the data of some of the draws held out.

    Parameters
    ----------
    ranking : as ``rank`` returns it
    found : the problem of its posterior; without it nothing is refitted, and it is said
    truths : draws held out that are taken as the truth, the same for both; all where there are fewer
    seed : of the choice and of the errors; more truths are the same ones and others
    folder : where finished refits are kept; those that are there are not done again
    workers : processes, one thread each
    say : told in a line how far it is

    Raises
    ------
    InputError
        An impossible number of truths, or a best fit with a failed run.
    LostWorkersError
        A worker was ended from outside; the folder holds what was finished.
    """
    check_whole("refits", truths, 1, MOST_TRUTHS)
    chosen, reasons = best_runs(ranking)
    if found is None:
        reason = f"the posterior {WITHOUT}"
        return replace(ranking, not_refitted=reasons | {each.name: reason for each in chosen})
    data = ranking.data
    refitter = Refitter(found.problem, found.material, data.material, data.question)
    keeper = Keeper(folder, KIND)
    best = _done(refitter, keeper, [Task(BEST_FIT, found.best)], 1, say)[0]
    if best.answer is None:
        raise InputError(f"the best fit has a failed run: {best.reason}; give --refits 0")
    places = truths_among(ranking, truths, seed)
    tasks = [task for each in chosen for task in _tasks(each, places, best.places, seed)]
    fits = iter(_done(refitter, keeper, tasks, workers, say))
    values = [float(value) for value in data.target[places]]
    typical = _distance(best.answer, ranking)
    with_refits = {
        each.name: Refits(best.answer, tuple(_of(truth, next(fits)) for truth in values), typical)
        for each in chosen
    }
    ranked = tuple(replace(each, refits=with_refits.get(each.name)) for each in ranking.ranked)
    return replace(ranking, ranked=ranked, not_refitted=reasons)


def best_runs(ranking: Ranking) -> tuple[list[Ranked], dict[str, str]]:
    """The best candidates that are runs, and why better ones are none."""
    runs = [each for each in ranking.ranked if each.candidate.experiment is not None][:CHECKED]
    reason = "it is arithmetic on runs of the particle as it is; the next best run was taken in its place"
    others = [each for each in ranking.ranked[:CHECKED] if each.candidate.experiment is None]
    return runs, {each.name: reason for each in others}


def truths_among(ranking: Ranking, truths: int, seed: int) -> Places:
    """Places of draws held out, by weight and each once."""
    weights = ranking.data.weights[ranking.apart]
    chances = weights / weights.sum()
    order = np.random.default_rng(seed).choice(ranking.apart, np.count_nonzero(chances), False, chances)
    return order[:truths]


def _tasks(each: Ranked, places: Places, start: tuple[float, ...], seed: int) -> list[Task]:
    """A refit for each truth, its data with normal errors."""
    found = []
    for number, place in enumerate(places, start=1):
        errors = np.random.default_rng([seed, number]).standard_normal(len(each.candidate.sds))
        data = each.candidate.seen[place] + errors * each.candidate.sds
        name = f"{each.name}, truth {number}"
        found.append(Task(name, start, each.candidate.experiment, tuple(map(float, data))))
    return found


def _done(refitter: Refitter, keeper: Keeper, tasks: list[Task], workers: int, say: Say) -> list[Refitted]:
    """Every fit, in order; those that are kept are not done again."""
    done = {task.name: there for task in tasks if (there := kept_refit(keeper, refitter, task))}

    def keep(task: Task, fit: Refitted) -> None:
        done[task.name] = fit
        keep_refit(keeper, refitter, task, fit)
        say(f"{len(done)} of {len(tasks)} fitted, {task.name}: chi-squared {fit.chi_squared:.4g}")

    side_by_side(refitter, [task for task in tasks if task.name not in done], workers, say, keep)
    return [done[task.name] for task in tasks]


def _distance(answer: float, ranking: Ranking) -> float:
    """Root mean square of an answer less that of each draw, by weight."""
    data = ranking.data
    squares = np.square(data.target[data.whole] - answer)
    return float(np.sqrt(np.average(squares, weights=data.weights[data.whole])))


def _of(truth: float, fit: Refitted) -> OfTruth:
    return OfTruth(truth, fit.answer, fit.chi_squared, fit.converged, fit.reason)
