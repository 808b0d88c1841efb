"""``coreshell next``: which experiment would tell most."""

import json
from contextlib import nullcontext
from typing import Annotated

import typer

from coreshell_model.cli.options import AsJson, MaterialName, folder_to_resume
from coreshell_model.cli.sweep import SCHEDULER, WORKERS, swept


def next_experiment(
    material: MaterialName,
    posterior: Annotated[str, typer.Option(metavar="TABLE", help="Draws of the parameters, posterior.csv.")],
    question: Annotated[
        str, typer.Option("--about", help='What to learn: "SEI share" or "plateau kinetics".')
    ] = "SEI share",
    draws: Annotated[int, typer.Option(help="Draws to use at most.")] = 60,
    seed: Annotated[int, typer.Option(help="Of draws and errors.")] = 0,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Keep every run here.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what FOLDER holds.")] = False,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    workers: Annotated[int | None, WORKERS] = None,
    as_json: AsJson = False,
) -> None:
    """Order samples and tests by the information that they are expected to give, from posterior draws."""
    from coreshell_model.design.ensemble import drawn
    from coreshell_model.design.experiments import check_question
    from coreshell_model.material import read_material
    from coreshell_model.posterior import read_posterior

    folder = folder_to_resume(out, resume, "runs")
    check_question(question)
    read = read_material(material)
    ensemble = drawn(read_posterior(posterior), read.name, draws, seed)

    def work(options):
        from coreshell_model.design.batches import workers as started
        from coreshell_model.design.kept_sweeps import KeptSweeps
        from coreshell_model.design.next_experiment import rank
        from coreshell_model.keeping import alone

        with alone(folder) if folder is not None else nullcontext(), started(scheduler, workers) as at_work:
            sweeps = KeptSweeps(at_work, folder, resume, 10 * len(ensemble), options["progress"])
            return rank(read, ensemble, question, sweeps.run, seed)

    found = swept(work, {}, folder)
    told = {
        "Material": read.name,
        "Question": found.question,
        "Draws": found.draws,
        "Held out": found.held_out,
        "Experiments": [each.results() for each in found.ranked],
        "Left out": found.left_out,
    }
    if as_json:
        typer.echo(json.dumps(told, allow_nan=False))
    else:
        _print(found)


def _print(found) -> None:
    from coreshell_model.cli.tables import print_table, rows_table
    from coreshell_model.design.experiments import QUESTIONS
    from coreshell_model.design.next_experiment import ESTIMATOR

    rows = []
    for each in found.ranked:
        told = each.results()
        rows.append({name: told[name] for name in told if name not in ("Errors", "Check")})
    print_table(rows_table(rows))
    typer.echo(f"{found.question}: {QUESTIONS[found.question]}. {found.draws} draws; {ESTIMATOR}.")
    for each in found.ranked:
        if each.check is not None:
            typer.echo(
                f"Checked with {each.check.truths} draws held out: {each.name} gave "
                f"{each.check.information:.2f} nat; the truth lay in the 95 % interval in "
                f"{each.check.covered:.0%}; {each.check.effective:.0f} effective draws were left."
            )
    for name, reason in found.left_out.items():
        typer.echo(f"Not weighed: {name}, since {reason}.")
