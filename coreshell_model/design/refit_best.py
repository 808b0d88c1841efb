"""Check of the best candidates by refitting: data of a known truth are added to the problem and fitted."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import fingerprint
from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import Say, shared_workers, side_by_side
from coreshell_model.base.quantity import check_whole
from coreshell_model.design.next_experiment import CHECKED, DrawIndices, Ranked, Ranking, Refits, TruthRefit
from coreshell_model.design.refit_problem import WITHOUT, RefitProblem, Refitted, Refitter, Task
from coreshell_model.infer.fit_folder import identity

MOST_TRUTHS = 1000

BEST_FIT = "the best fit"

KIND = "ranking"
"""Kind of the work whose folder holds finished refits, a file each."""


@shared_workers()
def refit_best(
    ranking: Ranking,
    problem: RefitProblem | None,
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
    problem : of its posterior; if None nothing is refitted, and the ranking says why
    truths : number of draws held out to take as the truth, the same for both; all if there are fewer
    seed : of the choice and of the errors; with more truths the first are the same
    folder : where finished refits are kept, and read again
    workers : processes, one thread each
    say : called with a line on the progress

    Raises
    ------
    InputError
        An impossible number of truths, or a best fit with a failed run.
    LostWorkersError
        A worker was ended from outside; the folder holds what was finished.
    """
    check_whole("refits", truths, 1, MOST_TRUTHS)
    chosen, reasons = best_runs(ranking)
    if problem is None:
        reason = f"the posterior {WITHOUT}"
        return replace(ranking, not_refitted=reasons | {run.name: reason for run in chosen})
    data = ranking.data
    refitter = Refitter(problem.problem, problem.material, data.material, data.question)
    keeper = Keeper(folder, KIND)
    best = _fitted(refitter, keeper, [Task(BEST_FIT, problem.best)], 1, say)[0]
    if best.answer is None:
        raise InputError(f"the best fit has a failed run: {best.reason}; give --refits 0")
    draws = truths_among(ranking, truths, seed)
    tasks = [task for run in chosen for task in _tasks(run, draws, best.places, seed)]
    fits = iter(_fitted(refitter, keeper, tasks, workers, say))
    typical = _distance(best.answer, ranking)
    refits = {}
    for run in chosen:
        of_truths = tuple(_truth_refit(float(truth), next(fits)) for truth in data.target[draws])
        refits[run.name] = Refits(best.answer, of_truths, typical)
    ranked = tuple(replace(run, refits=refits.get(run.name)) for run in ranking.ranked)
    return replace(ranking, ranked=ranked, not_refitted=reasons)


def best_runs(ranking: Ranking) -> tuple[list[Ranked], dict[str, str]]:
    """The best candidates that are runs, and by name why better ones are not refitted."""
    runs = [ranked for ranked in ranking.ranked if ranked.candidate.experiment is not None][:CHECKED]
    reason = "it is arithmetic on runs of the particle as it is; the next best run was taken in its place"
    others = [ranked for ranked in ranking.ranked[:CHECKED] if ranked.candidate.experiment is None]
    return runs, {ranked.name: reason for ranked in others}


def truths_among(ranking: Ranking, truths: int, seed: int) -> DrawIndices:
    """Indices of different draws among those held out, chosen by weight."""
    held_out = ranking.held_out_draws
    chances = ranking.data.weights[held_out] / ranking.data.weights[held_out].sum()
    order = np.random.default_rng(seed).choice(held_out, np.count_nonzero(chances), False, chances)
    return order[:truths]


def _tasks(ranked: Ranked, draws: DrawIndices, start: tuple[float, ...], seed: int) -> list[Task]:
    """A refit for each truth, to its data with normal errors."""
    tasks = []
    for number, draw in enumerate(draws, start=1):
        errors = np.random.default_rng([seed, number]).standard_normal(len(ranked.candidate.sds))
        data = ranked.candidate.predictions[draw] + errors * ranked.candidate.sds
        name = f"{ranked.name}, truth {number}"
        tasks.append(Task(name, start, ranked.candidate.experiment, tuple(map(float, data))))
    return tasks


def _fitted(refitter: Refitter, keeper: Keeper, tasks: list[Task], workers: int, say: Say) -> list[Refitted]:
    """All fits in the order of the tasks; kept ones are read."""
    fits = {task.name: kept for task in tasks if (kept := _kept_refit(keeper, refitter, task))}

    def keep(task: Task, fit: Refitted) -> None:
        fits[task.name] = fit
        _keep_refit(keeper, refitter, task, fit)
        say(f"{len(fits)} of {len(tasks)} fitted, {task.name}: chi-squared {fit.chi_squared:.4g}")

    side_by_side(refitter, [task for task in tasks if task.name not in fits], workers, say, keep)
    return [fits[task.name] for task in tasks]


def _distance(answer: float, ranking: Ranking) -> float:
    """Root mean square, by weight, of an answer less those of the draws."""
    data = ranking.data
    squares = np.square(data.target[data.solved] - answer)
    return float(np.sqrt(np.average(squares, weights=data.weights[data.solved])))


def _truth_refit(truth: float, fit: Refitted) -> TruthRefit:
    return TruthRefit(truth, fit.answer, fit.chi_squared, fit.converged, fit.reason)


def _kept_refit(keeper: Keeper, refitter: Refitter, task: Task) -> Refitted | None:
    """A finished refit from the folder, or None; raises InputError if its file cannot be read."""
    name = _file_name(refitter, task)
    stored = keeper.piece(name)
    if stored is None:
        return None
    with keeper.reading(name):
        return Refitted(**stored["Fit"] | {"places": tuple(stored["Fit"]["places"])})


def _keep_refit(keeper: Keeper, refitter: Refitter, task: Task, refitted: Refitted) -> None:
    """Keep a finished refit in the folder."""
    keeper.keep(_file_name(refitter, task), {"Task": asdict(task), "Fit": asdict(refitted)})


def _file_name(refitter: Refitter, task: Task) -> str:
    """A name by what is fitted: problem, data, start and versions."""
    inputs = {
        "Fit": identity(refitter.with_data(task), seed=0),
        "Question": refitter.question,
        "Material": refitter.material.model_dump(exclude_none=True, mode="json"),
        "Data": task.data,
        "Start": task.start,
    }
    return f"refits/{fingerprint(inputs)[:16]}.json"
