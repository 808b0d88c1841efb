"""``coreshell doctor``: whether this installation works, and what it lacks."""

import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import typer

from coreshell_model import __version__
from coreshell_model.show.cli.options import FAILED_SOLVE, AsJson, print_json, status_line

PACKAGES = ("pybamm", "pybammsolvers", "casadi", "numpy", "scipy", "matplotlib", "pandas", "xarray")

MATERIAL, PROTOCOL = "core_shell", "formation"
EXPECTED = (0.80, 0.84)
"""Initial coulombic efficiency of this run: the shipped claim on the paper's 0.82 (validation/RESULTS.md)."""

USUAL_SECONDS = 10.0
"""Within which the run is done on a laptop: a second or two, and as much for the model."""

BALANCE = 1e-8
"""Sodium balance error below which every run has to be."""


def doctor(as_json: AsJson = False) -> None:
    """Check this installation: versions, compiler, cores, extras, cache folder and a timed run.

    Exit code 0 where the run gives what it should, whatever extras are missing; 1 where it does not. What
    is missing or slow is named with what to do.
    """
    record = examined()
    if as_json:
        print_json(record)
    else:
        _print(record)
    if record["Problems"]:
        raise typer.Exit(FAILED_SOLVE)


def examined() -> dict[str, Any]:
    """Everything that is looked at; "Problems" are what makes the exit code 1, "Hints" what does not."""
    from coreshell_model.base.extras import EXTRAS

    record: dict[str, Any] = {
        "coreshell_model": __version__,
        "Python": platform.python_version(),
        "Machine": f"{platform.system()} {platform.machine()}",
        "Packages": {name: _version(name) for name in PACKAGES},
        "Extras": {
            name: {
                "Installed": not extra.missing,
                "Missing": extra.missing,
                "Gives": extra.gives,
                "Packages": extra.versions(),
            }
            for name, extra in EXTRAS.items()
        },
    }
    problems = [
        f"{name} is not installed; reinstall" for name, found in record["Packages"].items() if not found
    ]
    hints: list[str] = []
    with status_line("examining"):
        for examine in (_processors, _compiler, _cache, _run):
            found, wrong, advice = examine()
            record |= found
            problems += wrong
            hints += advice
    return record | {"Problems": problems, "Hints": hints}


Findings = tuple[dict[str, Any], list[str], list[str]]
"""What was found, what is wrong, and what could be better."""


def _processors() -> Findings:
    """Cores that this process may use, and threads of the numerical libraries."""
    import os

    from coreshell_model.base.pool import cores

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    threads = {name: os.environ[name] for name in names if name in os.environ}
    return {"Cores": cores(), "Threads": threads}, [], []


def _compiler() -> Findings:
    import shutil

    from coreshell_model.run.compiled_code import COMPILER

    path = shutil.which(COMPILER)
    advice = [] if path else [f"no C compiler ({COMPILER}): solves take about twice the time; install one"]
    return {"Compiler": path}, [], advice


def _cache() -> Findings:
    """Whether compiled models and completions can be kept for the next process."""
    from coreshell_model.base.paths import cache_folder

    folder = cache_folder()
    found = {"Cache folder": None if folder is None else str(folder), "Cache folder can be written": False}
    advice = [
        "the cache folder cannot be written: each process compiles anew; set XDG_CACHE_HOME to one that can"
    ]
    if folder is None:
        return found, [], advice
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        Path(tempfile.mkdtemp(prefix=".coreshell-", dir=existing)).rmdir()
    except OSError:
        return found, [], advice
    return found | {"Cache folder can be written": True}, [], []


def _run() -> Findings:
    """A first cycle, timed, against what it should give."""
    import time

    from coreshell_model.observe.quantities import summary
    from coreshell_model.run.simulation import simulate

    begun = time.perf_counter()
    try:
        solution = simulate(MATERIAL, PROTOCOL)
        results = summary(solution)
    except Exception as error:  # noqa: BLE001  whatever is broken in an installation is what is looked for
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return {"Run": None}, [f"the run of {MATERIAL} through {PROTOCOL} fails: {reason}"], []
    seconds = time.perf_counter() - begun
    efficiency, balance = results["Initial coulombic efficiency"], results["Sodium balance error"]
    run = {
        "Material": MATERIAL,
        "Protocol": PROTOCOL,
        "Ending": results["Ending"],
        "Time [s]": round(seconds, 2),
        "Solve time [s]": round(results["Solve time [s]"], 2),
        "Initial coulombic efficiency": efficiency,
        "Expected efficiency": list(EXPECTED),
        "Sodium balance error": balance,
    }
    problems, hints = [], []
    if not solution.completed:
        problems.append(f"the run of {MATERIAL} through {PROTOCOL} is not completed: {results['Ending']}")
    elif not EXPECTED[0] <= efficiency <= EXPECTED[1]:
        problems.append(
            f"the run gives an efficiency of {efficiency:.4g}, not {EXPECTED[0]} to {EXPECTED[1]}"
        )
    if balance is not None and not balance < BALANCE:
        problems.append(f"sodium is off by {balance:.2g} of the charge, not below {BALANCE:g}")
    if seconds > USUAL_SECONDS:
        hints.append(f"the run took {seconds:.1f} s, usually below {USUAL_SECONDS:g} s: is the machine busy?")
    return {"Run": run}, problems, hints


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _print(record: dict[str, Any]) -> None:
    """Print a line for each thing, problems last."""
    versions = {
        "coreshell_model": record["coreshell_model"],
        "Python": record["Python"],
        **record["Packages"],
    }
    typer.echo(", ".join(f"{name} {found or 'MISSING'}" for name, found in versions.items()))
    threads = ", ".join(f"{name}={value}" for name, value in record["Threads"].items())
    typer.echo(f"machine          {record['Machine']}, {record['Cores']} cores{threads and f' ({threads})'}")
    typer.echo(f"C compiler       {record['Compiler'] or 'none'}")
    can = "can be written" if record["Cache folder can be written"] else "cannot be written"
    typer.echo(f"cache folder     {record['Cache folder'] or 'none'}, {can}")
    for name, extra in record["Extras"].items():
        state = "installed" if extra["Installed"] else f'pip install "coreshell_model[{name}]"'
        typer.echo(f"extra {name:10} {state}: {extra['Gives']}")
    if run := record["Run"]:
        low, high = run["Expected efficiency"]
        typer.echo(
            f"run              {run['Material']} {run['Protocol']}: {run['Time [s]']:g} s (solve "
            f"{run['Solve time [s]']:g} s), efficiency {run['Initial coulombic efficiency']:.4g} "
            f"(expected {low} to {high}), sodium balance {run['Sodium balance error']:.1g}"
        )
    for hint in record["Hints"]:
        typer.echo(f"hint: {hint}")
    for problem in record["Problems"]:
        typer.echo(f"PROBLEM: {problem}")
    typer.echo("This installation does not work." if record["Problems"] else "This installation works.")
