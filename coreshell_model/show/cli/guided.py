"""A new sample in one step, and a guided fit: from measured files to a material, a problem and a page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.paths import user_path
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.data import parse_columns, parse_curve
from coreshell_model.show.cli.exports import write_report
from coreshell_model.show.cli.fit import fit_with_status, print_result, write_draws
from coreshell_model.show.cli.options import (
    FAILED_SOLVE,
    check_folder,
    print_json,
    print_written,
    stoppable,
)

CONDITIONS = "formation"
"""The shipped protocol, with the user's defaults, whose 1C and fresh cell stand for what data do not say."""


@dataclass(frozen=True)
class OfFiles:
    """Measured files of a cell, and what the options state of them.

    Attributes
    ----------
    paths : of the files, as they were typed
    mass, rate, loading : of active carbon, of the first half-cycle, of the electrode
    first_cycles : the cycle with which each file begins
    stated : further options, as ``stated_of_files`` gives them
    numbers : of the material that are set, and not fitted
    """

    paths: list[str]
    mass: str | None
    rate: str | None
    first_cycles: list[int] | None
    stated: dict[str, Any]
    loading: str | None
    numbers: dict[str, str] = field(default_factory=dict)


def stated_of_files(
    curve: list[str] | None,
    current_sign: str | None,
    column: list[str] | None,
    allow_gaps: bool,
    cell: str | None,
) -> dict[str, Any]:
    """The options of measured files, those that were not used left out."""
    options = {
        "curve": parse_curve(curve),
        "current_sign": current_sign,
        "columns": parse_columns(column or []) or None,
        "allow_gaps": allow_gaps or None,
        "cell": cell,
    }
    return {name: value for name, value in options.items() if value is not None}


def new_sample(
    name: str,
    source: str,
    areas: str | None,
    data: list[str] | None,
    mass: str | None,
    rate: str | None,
    first_cycle: list[int] | None,
    curve: list[str] | None,
    loading: str | None = None,
) -> None:
    """Write material, protocol and fit problem of a sample into the working folder."""
    stated = stated_of_files(curve, None, None, False, None)
    files = None if data is None else OfFiles(data, mass, rate, first_cycle, stated, loading)
    if files is not None:
        _check_before_reading(files)
        _say_what_takes_time(files)
    sample = _sample(name, Path(), source, True, areas, files)
    print_written(sample.write(Path()))
    for line in sample.measured:
        typer.echo(f"  {line}, from {areas}")
    if areas is None:
        typer.echo(f"No --areas: sizes and areas of {name}.toml are those of {source}.")
    if loading is None:
        _say_whose_loading(f"{name}.toml", source)
    if data is None:
        typer.echo("No --data: no protocol and no fit problem were written.")
        typer.echo(f"Next: coreshell run {name}.toml {CONDITIONS}")
        return
    _print_proposal(sample)
    typer.echo(f"Next, after any edit: coreshell fit {name}_fit.toml --starts 1 --out {name}_fit")


def _say_whose_loading(whose: str, material: str) -> None:
    """Whose loading of the electrode is taken where none is stated."""
    loading = read_material(material).cell.active_loading
    typer.echo(
        f"No --loading: {whose} has that of {material}, {loading.value:g} {loading.unit}; how far a cell is "
        "polarised at a rate depends on it."
    )


def _check_before_reading(files: OfFiles) -> None:
    """Refuse at once what is no file, mass or rate, before files are read and numbers moved."""
    from coreshell_model.data.curve_description import positive, rate_as_current

    for number, path in enumerate(files.paths, start=1):
        if not path.strip():
            raise InputError(f"measured file {number}: its path is empty; give a measured file")
        if not user_path(path).is_file():
            raise InputError(f"{path}: is not there; give a measured file")
    if files.mass is not None:
        positive("--mass", files.mass, "1.1 mg")
    if files.rate is not None:
        with at("--rate"):
            rate_as_current(files.rate, "1 A/g")


def _say_what_takes_time(files: OfFiles) -> None:
    """That something goes on, before a step that says nothing for a while."""
    typer.echo(
        f"Reading {', '.join(files.paths)}, moving each number that may be fitted, and coarse fits for a "
        "start: this takes from some seconds to a minute"
    )


def guided_fit(
    files: OfFiles,
    material: str,
    areas: str | None,
    out: str | None,
    into: str | None,
    resume: bool,
    as_json: bool,
    effort: tuple[int, int, int | None, bool],
    report: Path | None = None,
) -> None:
    """Propose a problem for measured files, fit it, and write the page.

    ``effort`` is the number of starts, their seed, the number of processes, and whether the model may be off
    along the curves; ``report`` is the file of a report of one page.
    """
    starts, seed, workers, discrepancy = effort
    from coreshell_model.base.intervals import WIDE, interval_name
    from coreshell_model.base.keeper import Keeper
    from coreshell_model.base.pool import LostWorkersError
    from coreshell_model.infer.first_cycle_loss import first_cycle_numbers
    from coreshell_model.infer.fit_folder import KIND
    from coreshell_model.infer.fit_report import record
    from coreshell_model.infer.guided_page import parts, write_page
    from coreshell_model.infer.reading import read_problem

    if any(Path(file).suffix.lower() == ".toml" for file in files.paths):
        raise InputError(
            "--material goes with measured files; a problem's file (TOML) names its materials itself: leave "
            "--material out"
        )
    loading = files.loading
    copy = areas is not None or loading is not None or bool(files.numbers)
    name = Path(material).stem
    folder = check_folder(out or f"{name}_fit")
    assert folder is not None  # a text was given
    if copy and folder != Path() and name in library.names("parameters"):
        name = f"{name}_sample"
    problem = folder / f"{name}_fit.toml"
    again = f"coreshell fit {problem} --starts {starts} --seed {seed} --out FOLDER"
    again += " --discrepancy" if discrepancy else ""
    if resume or into is not None:
        option = "--resume" if resume else "--into FOLDER"
        raise InputError(
            f"{option} goes with a problem's file: coreshell fit {problem} --out {folder} {option}"
        )
    if (folder / "fit.json").exists() or problem.exists():
        raise InputError(f"{folder}: holds a fit already; choose another folder with --out, or remove it")
    _check_before_reading(files)
    if not as_json:
        _say_what_takes_time(files)
    sample = _sample(name, folder, material, copy, areas, files)
    with Keeper(folder, KIND).held():
        files_of_problem = sample.write(folder)
    if not as_json:
        if loading is None:
            _say_whose_loading("The cell", material)
        if areas is None:
            typer.echo(f"No --areas: sizes and areas, on which SEI depends, are those of {material}.")
        _print_proposal(sample)
    with stoppable(
        folder, f"the problem; go on with `coreshell fit {problem} --out {folder}`", LostWorkersError
    ):
        read = read_problem(problem, discrepancy=discrepancy)
        result = fit_with_status(read, workers, folder=folder, starts=starts, seed=seed)
    numbers = first_cycle_numbers(read, result, sample.records)
    assert sample.protocol is not None and sample.proposal is not None  # of measured files
    sections = parts(result, numbers, sample.protocol.statements, sample.proposal)
    written = (*write_page(folder, result, sections, again), *write_draws(read, result, folder))
    if report is not None:
        from coreshell_model.show.reports.fit_page import fit_page

        write_report(lambda: fit_page(result, numbers), report)
    if as_json:
        first_cycle = {
            each.name: {"Measured": each.measured, "Fitted": each.fitted, interval_name(WIDE): each.interval}
            for each in numbers
        }
        print_json(record(result) | {"First cycle": first_cycle})
    else:
        print_result(result)
    print_written((*files_of_problem, *written))
    if not as_json and result.completed:
        _say_what_next(folder, result, name if copy else material, folder / f"{name}_protocol.toml")
    if not result.completed:
        raise typer.Exit(FAILED_SOLVE)


def _say_what_next(folder: Path, result, material: str, protocol: Path) -> None:
    """How to look at what was fitted, and to predict a test that was not measured, in the measured window."""
    from coreshell_model.infer.draws import TABLE

    measured = read_protocol(str(protocol))
    numbers = {"basis.one_c": measured.basis.one_c}
    numbers |= {"window.lower": measured.window.lower, "window.upper": measured.window.upper}
    conditions = "".join(f' --set "protocol.{path}={number}"' for path, number in numbers.items())

    fitted = folder / f"{next(iter(result.materials), material)}.toml"
    typer.echo(f"Look at {folder / 'report.html'}. A rate test of the fitted carbon:")
    typer.echo(f"  coreshell run {fitted} rate_test --figure{conditions}")
    if (folder / TABLE).exists():
        typer.echo("with its band:")
        typer.echo(f"  coreshell predict {folder} {Path(material).stem} rate_test --out rates{conditions}")


def _sample(name: str, folder: Path, material: str, copy: bool, areas: str | None, files: OfFiles | None):
    """The files of a sample, and what was read for them."""
    from coreshell_model.infer.sample import DataFiles, sample_files

    data = None
    if files is not None:
        stated = files.stated
        if files.rate is not None and "curve" in stated and "rate" not in stated["curve"]:
            stated = stated | {"curve": {**stated["curve"], "rate": files.rate}}
        cycles = tuple(files.first_cycles or ())
        data = DataFiles(
            tuple(files.paths), files.mass, files.rate, cycles, stated, files.loading, files.numbers
        )
    conditions = read_user_defaults().protocol(CONDITIONS)
    return sample_files(name, folder, material, copy, areas, data, conditions)


def _print_proposal(sample) -> None:
    """What was read and why the problem is as it is, in plain lines."""
    from coreshell_model.data.reading import OF_MASS

    of_masses = dict.fromkeys(
        f"{record.dataset.source.name}: {statement}"
        for record in sample.records
        for statement in record.dataset.statements
        if statement.startswith(OF_MASS)
    )
    for line in (*of_masses, *sample.protocol.statements, *sample.proposal.lines):
        typer.echo(f"  {line}")
