"""Samples the posterior of a fit problem."""

from pathlib import Path

import numpy as np

from coreshell_model.base.paths import user_path
from coreshell_model.base.pool import Say, shared_workers
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.quantity import check_whole
from coreshell_model.infer.draws import DISCREPANCIES, MISFIT, WITHHELD, Posterior
from coreshell_model.infer.fit_folder import identity
from coreshell_model.infer.fitting import check_effort
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.noise import Noise, discrepancies_record
from coreshell_model.infer.posterior_folder import KeptSampling
from coreshell_model.infer.posterior_report import sampling_record, write_report
from coreshell_model.infer.prior_draws import with_untouched
from coreshell_model.infer.quality import by_curve, quality
from coreshell_model.infer.reading import Problem, read_problem
from coreshell_model.infer.sampling import Sample, sample
from coreshell_model.infer.target import EvaluatedPoint, ProblemTarget, centre, centre_of_starts, ends_of_fit
from coreshell_model.infer.warnings import headline, missed_numbers

FEWEST_DRAWS, MOST_DRAWS = 50, 100_000
MOST_EVALUATIONS = 8000


@shared_workers()
def sample_posterior(
    problem: Problem | str | Path,
    *,
    folder: str | Path | None = None,
    fit_folder: str | Path | None = None,
    resume: bool = False,
    draws: int = 400,
    evaluations: int = MOST_EVALUATIONS,
    starts: int = 4,
    seed: int = 0,
    workers: int = 1,
    say: Say = lambda text: None,
) -> Posterior:
    """Draw from the posterior of a fit problem.

    The likelihood is exp(-chi²/2) of the fit; a parameter without a prior is as likely anywhere between its
    bounds, on its scale.

    Parameters
    ----------
    problem : the path of its TOML file, or what ``read_problem`` returned
    folder : for the results, and for every evaluation as it is finished; None keeps them in memory
    fit_folder : of a finished fit of the problem to begin at; without it some starts are fitted first
    resume : go on with the sampling that the folder holds; draws and evaluations may be more than before
    draws : number of independent draws that the table is to be worth
    evaluations : largest number of evaluations of the true model, without those of the first fits
    starts : number of starts that are fitted where no fit is given
    seed : of everything random
    workers : processes. More than 1 start this program anew in each: a script has to guard its own code by
        ``if __name__ == "__main__"``
    say : called with a line of progress, several times a second

    Raises
    ------
    InputError
        Bad input, a folder in use, or one that holds another sampling.
    LostWorkersError
        A worker was ended from outside; the folder holds what was finished.
    """
    check_whole("draws", draws, FEWEST_DRAWS, MOST_DRAWS)
    check_whole("evaluations", evaluations, 1, 1_000_000)
    check_effort(starts, seed, workers)
    if not isinstance(problem, Problem):
        problem = read_problem(problem)
    misfit = Misfit(problem, compiled=problem.compiling_pays)
    say("simulating the start")
    misfit.checked()  # before the folder: what is refused leaves nothing behind
    ends = ends_of_fit(problem, user_path(fit_folder)) if fit_folder is not None else None
    kept = KeptSampling(folder)
    with kept.keeper.held():
        kept.begin(identity(problem, seed), resume)
        begin = kept.centre()
        if begin is None:
            begin = (
                centre(misfit, ends)
                if ends is not None
                else centre_of_starts(problem, misfit, starts, seed, workers, say)
            )
            kept.keep_centre(begin)
        target = ProblemTarget(problem, workers, begin.noise)
        drawn = sample(target, begin, kept, draws, evaluations, seed, say)
        posterior = _posterior(problem, drawn, begin.noise, seed)
        if kept.keeper.folder is not None:
            write_report(posterior, drawn, problem, kept.keeper.folder)
    return posterior


def _posterior(problem: Problem, sample: Sample, noise: Noise, seed: int) -> Posterior:
    """The draws in the problem's units, with chi-squared in stated standard deviations and discrepancy."""
    values = np.array(
        [
            [free.value(place) for free, place in zip(problem.parameters, row, strict=True)]
            for row in sample.places
        ]
    )
    chi_squared = np.array([_chi_squared(problem, point, noise) for point in sample.drawn])
    best = min(sample.drawn, key=lambda point: point.chi_squared)
    how = quality(problem, Misfit(problem)(best.places), noise)
    misfit = headline(problem, how, "draws")
    sampled = sampling_record(sample)
    sampled["Warnings"] += [*([misfit] if misfit else []), *missed_numbers(problem, how.residuals)]
    record = {
        "Title": problem.file.title or problem.name,
        "Problem file": problem.file.model_dump(exclude_none=True, mode="json"),
        "Seed": seed,
        "Versions": versions_of_a_run(),
        "Data": problem.data,
        "Least chi-squared": float(chi_squared.min()),
        MISFIT: misfit,
        "Describes the data": how.described,
        WITHHELD: how.withheld,
        "Noise inflated by": noise.inflation,
        DISCREPANCIES: discrepancies_record(problem, noise),
        "Effective data": how.effective_data,
        "Least reduced chi-squared": how.reduced,
        **sampled,
    }
    parts = (problem.name, problem.parameters, problem.materials, values, sample.weights, chi_squared)
    return with_untouched(Posterior(*parts, record), problem.untouched, seed)


def _chi_squared(problem: Problem, point: EvaluatedPoint, noise: Noise) -> float:
    """Chi-squared of the data without inflation and thinning, so that a discrepancy alone is in it."""
    numbers, *curves, rest = by_curve(problem, point.residuals * noise.inflation)
    if noise.curves:
        curves = [part * of.thinned**0.5 for part, of in zip(curves, noise.curves, strict=True)]
    return float(sum(np.square(part).sum() for part in (numbers, *curves, rest)))
