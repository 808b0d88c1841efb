"""The band of a prediction: runs at the ends of the ranges that its material assumes."""

from collections.abc import Mapping

from coreshell_model.base.intervals import interval
from coreshell_model.inputs.ensemble import assumed_ends
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.ranges import assumed_ranges
from coreshell_model.observe.quantities import banded, summary
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution


def prediction_band(solution: Solution) -> dict:
    """Lowest and highest results over all ends of the material's assumed ranges taken together.

    Protocol and level are those of the solution, which counts as one of the runs. A number that the run
    itself changed is no longer assumed and keeps its value.

    Parameters
    ----------
    solution : a run of a material whose file has ``[[band]]`` entries

    Returns
    -------
    dict
        "Varied", the ends by dotted path; lowest and highest value of each banded quantity, None unless
        every run has it; "Runs", the results of each combination of ends, with how the run ended.

    Raises
    ------
    InputError
        The material declares no range, or the run changed every number that has one.
    """
    material = solution.material
    varied = {assumed.path: [str(assumed.low), str(assumed.high)] for assumed in assumed_ranges(material)}
    ensemble = assumed_ends([material])
    runs = [_run(solution, changes) for changes in ensemble.changes] if ensemble is not None else []
    rows = [summary(solution), *runs]
    intervals = {name: interval([row[name] for row in rows]) for name in banded()}
    return {
        "Varied": varied,
        **{name: None if ends is None else list(ends) for name, ends in intervals.items()},
        "Runs": runs,
    }


def is_whole(band: Mapping) -> bool:
    """True where every run was completed."""
    return all(run["Completed"] for run in band["Runs"])


def _run(solution: Solution, ends: Mapping[str, str]) -> dict:
    material = changed(solution.material, ends)
    other = simulate(material, solution.protocol, level=solution.level)
    results = summary(other)
    outcome = {"Changes": dict(ends), "Ending": other.explanation, "Completed": other.completed}
    return outcome | {name: results[name] for name in banded()}
