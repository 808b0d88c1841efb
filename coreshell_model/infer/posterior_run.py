"""Samples the posterior of a fit problem."""

from pathlib import Path

import numpy as np

from coreshell_model.base.paths import user_path
from coreshell_model.base.pool import Say, shared_workers
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.quantity import check_whole
from coreshell_model.infer.draws import Posterior
from coreshell_model.infer.fit_folder import identity
from coreshell_model.infer.fitting import check_effort
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.posterior_folder import KeptSampling
from coreshell_model.infer.posterior_report import sampling_record, write_report
from coreshell_model.infer.reading import Problem, read_problem
from coreshell_model.infer.sampling import Sample, sample
from coreshell_model.infer.target import ProblemTarget, centre, centre_of_starts, ends_of_fit
from coreshell_model.infer.warnings import freedom, missed

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
        target = ProblemTarget(problem, workers, begin.inflation)
        drawn = sample(target, begin, kept, draws, evaluations, seed, say)
        posterior = _posterior(problem, drawn, begin.inflation, seed)
        if kept.keeper.folder is not None:
            write_report(posterior, drawn, problem, kept.keeper.folder)
    return posterior


def _posterior(problem: Problem, sample: Sample, inflation: float, seed: int) -> Posterior:
    """The draws in the problem's units, with chi-squared in the stated standard deviations."""
    values = np.array(
        [
            [free.value(place) for free, place in zip(problem.parameters, row, strict=True)]
            for row in sample.places
        ]
    )
    chi_squared = np.array([point.chi_squared * inflation**2 for point in sample.drawn])
    best = sample.drawn[int(np.argmin(chi_squared))]
    priors = Misfit(problem).priors(best.places)
    degrees = freedom(problem)
    least = float(chi_squared.min())
    reduced = (least + sum(residual**2 for residual in priors)) / degrees if degrees > 0 else None
    quality = sampling_record(sample)
    quality["Warnings"] += missed(problem, best.residuals * inflation, reduced, inflation)
    record = {
        "Title": problem.file.title or problem.name,
        "Problem file": problem.file.model_dump(exclude_none=True, mode="json"),
        "Seed": seed,
        "Versions": versions_of_a_run(),
        "Data": problem.data,
        "Least chi-squared": least,
        "Noise inflated by": inflation,
        "Least reduced chi-squared": reduced,
        **quality,
    }
    parts = (problem.name, problem.parameters, problem.materials, values, sample.weights, chi_squared)
    return Posterior(*parts, record)
