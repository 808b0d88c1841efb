"""``coreshell next``: which experiment would tell most."""

import json
from typing import Annotated

import typer

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.quantity import check_whole
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import (
    AsJson,
    MaterialName,
    folder_to_resume,
    status_line,
    stoppable,
)
from coreshell_model.show.cli.sweep import SCHEDULER, WORKERS, swept


def next_experiment(
    material: MaterialName,
    posterior: Annotated[str, typer.Option(metavar="TABLE", help="Draws of the parameters, posterior.csv.")],
    question: Annotated[
        str, typer.Option("--about", help='What to learn: "SEI share" or "plateau kinetics".')
    ] = "SEI share",
    draws: Annotated[int, typer.Option(help="Draws to use at most.")] = 200,
    refits: Annotated[
        int, typer.Option(metavar="T", help="Truths that the best two runs are refitted with; 0 for none.")
    ] = 4,
    problem: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The posterior's fit problem, from whose folder its paths count."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of draws and errors.")] = 0,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Keep every run here.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what FOLDER holds.")] = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Order samples and tests by the information that they are expected to give, from posterior draws."""
    from coreshell_model.design.experiments import ERRORS, check_question
    from coreshell_model.design.refit_best import KIND, MOST_TRUTHS
    from coreshell_model.design.refit_problem import holds_problem, refit_problem
    from coreshell_model.infer.draws import read_posterior

    folder = folder_to_resume(out, resume, "runs")
    keeper = Keeper(folder, KIND)
    check_question(question)
    check_whole("refits", refits, 0, MOST_TRUTHS)
    check_whole("seed", seed)
    table = read_posterior(posterior)
    name, read = table.material(material)
    ensemble = table.ensemble(name, draws, seed)
    defaults, of_posterior = read_user_defaults(), None
    if refits and holds_problem(table):
        of_posterior = refit_problem(table, read, problem, name, defaults)

    def work(options):
        from coreshell_model.base.scheduler import pool_for
        from coreshell_model.design.next_experiment import rank
        from coreshell_model.design.sweep import KeptSweeps

        with keeper.held(), pool_for(scheduler, workers) as pool:
            record = {"Material": read.model_dump(exclude_none=True, mode="json"), "Seed": seed}
            record |= {"Number of draws": draws, "Posterior": table.fingerprint}
            record |= {"User defaults": defaults.numbers}
            keeper.begin("ranking.json", record, resume)
            sweeps = KeptSweeps(pool, folder, resume, 10 * len(ensemble), options["progress"])
            return rank(read, ensemble, question, sweeps.run, seed, defaults)

    found = swept(work, {}, folder)
    if refits:
        found = _refitted(found, of_posterior, refits, seed, keeper, workers)
    if as_json:
        told = {
            "Material": read.name,
            "User defaults": defaults.numbers,
            "Question": question,
            "Draws": found.draws,
            "Held out": found.held_out,
            "Experiments": [each.results() for each in found.ranked],
            "Left out": found.data.left_out,
            "Errors from": ERRORS,
            "Not refitted": found.not_refitted,
        }
        typer.echo(json.dumps(told, allow_nan=False))
    else:
        _print(found)
        if defaults.numbers:
            typer.echo(str(defaults))


def _refitted(found, of_posterior, refits: int, seed: int, keeper: Keeper, workers: int | None):
    """The best candidates refitted on this machine, behind a line on stderr that says how far it is."""
    from coreshell_model.base.pool import LostWorkersError, cores
    from coreshell_model.design.refit_best import refit_best

    with (
        stoppable(keeper.folder, "what was finished", lost=LostWorkersError),
        keeper.held(),
        status_line("refitting", (" fitted, ",), "coreshell: ") as say,
    ):
        count = cores() if workers is None else workers
        return refit_best(found, of_posterior, refits, seed, keeper.folder, count, say)


def _print(found) -> None:
    from coreshell_model.base.intervals import WIDE, interval_name
    from coreshell_model.design.experiments import ERRORS, QUESTIONS
    from coreshell_model.design.next_experiment import ESTIMATOR
    from coreshell_model.show.cli.tables import print_table, rows_table

    rows = []
    for each in found.ranked:
        told = each.results()
        rows.append({name: told[name] for name in told if name not in ("Errors", "Check", "Refit")})
    print_table(rows_table(rows))
    question = found.data.question
    typer.echo(f"{question}: {QUESTIONS[question]}. {found.draws} draws; {ESTIMATOR}.")
    typer.echo(f"Errors: {ERRORS}.")
    for each in found.ranked:
        if each.check is not None:
            typer.echo(
                f"Checked with {each.check.truths} draws held out: {each.name} gave "
                f"{each.check.information:.2f} nat; the truth lay in the {interval_name(WIDE)} in "
                f"{each.check.covered:.0%}; {each.check.effective:.0f} effective draws were left."
            )
    for each in found.ranked:
        if each.refits is not None:
            _print_refits(each)
    for name, reason in found.not_refitted.items():
        typer.echo(f"Not refitted: {name}, since {reason}.")
    for name, reason in found.data.left_out.items():
        typer.echo(f"Not weighed: {name}, since {reason}.")


def _print_refits(each) -> None:
    told, count = each.refits, len(each.refits.fits)
    if told.error is None:
        typer.echo(f"Refitted: {each.name}: all of {count} refits failed: {told.fits[0].reason}.")
        return
    typer.echo(
        f"Refitted with data of {count} truths: {each.name}: error of the answer {told.error:.3g} rms, "
        f"{told.error_without:.3g} without the data ({told.typical:.3g} over all draws); standard deviation "
        f"{each.gain.before:.3g} now, {each.gain.after:.3g} expected afterwards; {told.failed} of {count} "
        "refits failed."
    )
