"""``coreshell next``: which experiment is expected to give most information."""

from typing import Annotated

import typer

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.quantity import check_whole
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import (
    AsJson,
    MaterialName,
    Resume,
    folder_to_resume,
    print_json,
    print_written,
    status_line,
    stoppable,
    worker_count,
)
from coreshell_model.show.cli.sweep import SCHEDULER, WORKERS, behind_progress

RUNS = 10
"""Sweeps over the draws that are planned where no further samples are asked for."""


def next_experiment(
    material: MaterialName,
    posterior: Annotated[str, typer.Option(metavar="TABLE", help="Draws of the parameters, posterior.csv.")],
    question: Annotated[
        str, typer.Option("--about", help='What to learn: "SEI share" or "plateau kinetics".')
    ] = "SEI share",
    draws: Annotated[int, typer.Option(help="Draws to use at most.")] = 200,
    refits: Annotated[
        int, typer.Option(metavar="T", help="Draws taken as truths to refit the best two runs; 0 for none.")
    ] = 4,
    problem: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The fit problem of the posterior; its paths start at its folder."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='Further samples, one for each value, as "thickness=2, 3 nm" or "external_area=3..6 m2/g, '
            '4 points".',
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draws and of the errors.")] = 0,
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Keep every run here; write table, JSON and a figure."),
    ] = None,
    resume: Resume = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Order samples and tests by the information that they are expected to give, from posterior draws.

    Each candidate is simulated with draws of a posterior; what it would tell is by how much it is
    expected to narrow the answer to a question (--about). docs/design.md has the numbers.
    """
    from coreshell_model.design.experiments import check_question
    from coreshell_model.design.refit_best import KIND, MOST_TRUTHS
    from coreshell_model.design.refit_problem import holds_problem, refit_problem
    from coreshell_model.infer.draws import read_posterior

    folder = folder_to_resume(out, resume, "runs")
    keeper = Keeper(folder, KIND)
    check_question(question)
    check_whole("refits", refits, 0, MOST_TRUTHS)
    check_whole("seed", seed)
    further = _further(vary or [])
    table = read_posterior(posterior)
    name, base = table.material(material)
    ensemble = table.ensemble(name, draws, seed)
    defaults, problem_to_refit = read_user_defaults(), None
    if refits and holds_problem(table):
        problem_to_refit = refit_problem(table, base, problem, name, defaults)
    identity = {
        "Material": base.model_dump(exclude_none=True, mode="json"),
        "Seed": seed,
        "Number of draws": draws,
        "Posterior": table.fingerprint,
        "User defaults": defaults.numbers,
        **({"Further samples": vary} if vary else {}),
    }

    def work(progress):
        from coreshell_model.base.scheduler import pool_for
        from coreshell_model.design.next_experiment import rank
        from coreshell_model.design.sweep import KeptSweeps

        with keeper.held(), pool_for(scheduler, workers) as pool:
            keeper.begin("ranking.json", identity, resume)
            count = RUNS + sum(len(axis.grid()) for axis in further)
            sweeps = KeptSweeps(pool, folder, resume, count * len(ensemble), progress)
            return rank(base, ensemble, question, sweeps.run, seed, defaults, further)

    ranking = behind_progress(work, folder)
    if refits:
        ranking = _refitted(ranking, problem_to_refit, refits, seed, keeper, workers)
    record = _record(ranking, base.name, question, defaults.numbers)
    if folder is not None:
        from coreshell_model.design.next_report import save

        print_written(save(ranking, record, folder))
    if as_json:
        print_json(record)
    else:
        _print(ranking)
        if defaults.numbers:
            typer.echo(str(defaults))


def _refitted(ranking, problem, refits: int, seed: int, keeper: Keeper, workers: int | None):
    """The ranking with its best candidates refitted on this machine, behind a status line on stderr."""
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.design.refit_best import refit_best

    with (
        stoppable(keeper.folder, "what was finished", LostWorkersError),
        keeper.held(),
        status_line("refitting", (" fitted, ",), "coreshell: ") as show_status,
    ):
        count = worker_count(workers)
        return refit_best(ranking, problem, refits, seed, keeper.folder, count, show_status)


def _record(ranking, material: str, question: str, user_defaults: dict[str, str]) -> dict:
    from coreshell_model.design.experiments import ERRORS
    from coreshell_model.design.next_report import range_advice, records

    return {
        "Material": material,
        "User defaults": user_defaults,
        "Question": question,
        "Draws": ranking.draws,
        "Held out": ranking.held_out,
        "Experiments": records(ranking),
        "Ends of ranges": range_advice(ranking),
        "Left out": ranking.data.left_out,
        "Errors from": ERRORS,
        "Not refitted": ranking.not_refitted,
    }


def _print(ranking) -> None:
    from coreshell_model.base.intervals import WIDE, interval_name
    from coreshell_model.design.experiments import ERRORS, QUESTIONS
    from coreshell_model.design.next_experiment import ESTIMATOR
    from coreshell_model.design.next_report import EXPECTED, SAMPLE, range_advice, records
    from coreshell_model.show.cli.tables import print_table, rows_table

    found = records(ranking)
    apart = ("Errors", "Check", "Refit", SAMPLE, EXPECTED)
    print_table(
        rows_table([{name: value for name, value in row.items() if name not in apart} for row in found])
    )
    _print_beside(found[0])
    for sentence in range_advice(ranking):
        typer.echo(f'{sentence} Add --vary "NAME=VALUES" with values there.')
    question = ranking.data.question
    typer.echo(f"{question}: {QUESTIONS[question]}. {ranking.draws} draws; {ESTIMATOR}.")
    typer.echo(f"Errors: {ERRORS}.")
    for candidate in ranking.ranked:
        if candidate.check is not None:
            check = candidate.check
            typer.echo(
                f"Checked with {check.truths} draws held out: {candidate.name} gave "
                f"{check.information:.2f} nat; the truth lay in the {interval_name(WIDE)} in "
                f"{check.covered:.0%}; {check.effective:.0f} effective draws were left."
            )
    for candidate in ranking.ranked:
        if candidate.refits is not None:
            _print_refits(candidate)
    for name, reason in ranking.not_refitted.items():
        typer.echo(f"Not refitted: {name}, since {reason}.")
    for name, reason in ranking.data.left_out.items():
        typer.echo(f"Not weighed: {name}, since {reason}.")


def _print_beside(best: dict) -> None:
    """Print the sample as it is beside that of the best candidate, and what both would measure."""
    from coreshell_model.design.beside import ADVISED, AS_IS
    from coreshell_model.design.next_report import EXPECTED, SAMPLE
    from coreshell_model.show.cli.tables import comparison_table, print_table

    numbers = {**best[SAMPLE], **best[EXPECTED]}
    columns = [{name: each[part] for name, each in numbers.items()} for part in (AS_IS, ADVISED)]
    print_table(comparison_table(columns, ["the sample as it is", f"advised: {best['Experiment']}"]))


def _further(texts: list[str]) -> tuple:
    """The axes of ``--vary``."""
    from coreshell_model.design.space import axis, check_axes

    axes = tuple(axis(text) for text in texts)
    if axes:
        check_axes(axes)
    for each in axes:
        each.grid()  # refuses a range without points
    return axes


def _print_refits(candidate) -> None:
    refits = candidate.refits
    count = len(refits.fits)
    if refits.error is None:
        reason = refits.fits[0].reason
        typer.echo(f"Refitted: {candidate.name}: all of {count} refits failed: {reason}.")
        return
    typer.echo(
        f"Refitted with data of {count} truths: {candidate.name}: error of the answer {refits.error:.3g} "
        f"rms, {refits.error_without:.3g} without the data ({refits.typical:.3g} over all draws); standard "
        f"deviation {candidate.gain.before:.3g} now, {candidate.gain.after:.3g} expected afterwards; "
        f"{refits.failed} of {count} refits failed."
    )
