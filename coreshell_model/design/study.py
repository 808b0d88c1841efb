"""Pareto fronts by a multi-objective optimiser (optuna), kept in a folder from which they are resumed."""

import json
import sqlite3
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.extras import require
from coreshell_model.base.files import fingerprint, sealed, unsealed
from coreshell_model.base.keeper import Keeper, check_same
from coreshell_model.base.quantity import brief
from coreshell_model.design.batches import Batch, one_by_one
from coreshell_model.design.goals import Objective, check_objectives, on_front
from coreshell_model.design.problem import FAILED, SOLVED, Problem
from coreshell_model.design.results import columns
from coreshell_model.design.space import Axis, Points, check_axes, sobol

GENERATION = 20
"""Designs of a generation of NSGA-II, and of the Sobol sequence with which every search begins."""

BATCH = 10
"""Designs evaluated together; a stopped search loses at most these."""

MOST_TRIALS = 100_000
KIND = "search"
STORED = "study.db"
NAME = "designs"

SAMPLERS = ("tpe", "nsga2")


@dataclass(frozen=True)
class Front:
    """The designs that an optimiser tried, and those that no other design beats.

    Attributes
    ----------
    table : a row for each design, in the order tried or added: variables, ending, reason, observables,
        "On front"
    objectives : the quantities raised and lowered
    axes : the variables with their ranges
    record : the inputs of the search
    """

    table: pd.DataFrame
    objectives: tuple[Objective, ...]
    axes: tuple[Axis, ...]
    record: Mapping[str, Any]

    @property
    def designs(self) -> pd.DataFrame:
        """The designs on the front, the best by the first objective first."""
        first = self.objectives[0]
        designs = self.table.loc[self.table["On front"]]
        return designs.sort_values(first.name, ascending=not first.raised, ignore_index=True)

    def with_designs(self, designs: pd.DataFrame) -> "Front":
        """The front among these designs and further ones, whose table has the same columns."""
        table = pd.concat([self.table.drop(columns="On front"), designs], ignore_index=True)
        return replace(self, table=table.assign(**{"On front": _beaten_by_none(table, self.objectives)}))

    def values(self) -> np.ndarray:
        """Objectives of the solved designs, a row for each; larger is better."""
        solved = self.table.loc[self.table["Ending"] == SOLVED]
        return np.stack(
            [objective.sign * solved[objective.name].to_numpy(float) for objective in self.objectives], axis=1
        )


def front(
    problem: Problem,
    axes: Sequence[Axis],
    objectives: Sequence[Objective],
    trials: int,
    folder: str | Path | None = None,
    *,
    sampler: str = "tpe",
    seed: int = 0,
    resume: bool = False,
    evaluate: Batch = one_by_one,
    progress: Callable[[int, int], None] | None = None,
) -> Front:
    """Search a space for the designs that no other beats.

    The first generation is a Sobol sequence. A resumed search tries the same designs as one without a stop.

    Parameters
    ----------
    problem : what all designs share; it observes the objectives
    axes : ranges of the variables
    objectives : at least two
    trials : number of designs to try, those of a resumed search included
    folder : where the search is kept, in SQLite; in memory alone if None
    sampler : "tpe" (a tree-structured Parzen estimator), better with some hundred designs, or "nsga2"
    seed : of all random numbers
    evaluate : evaluates points of the problem; by default in this process
    progress : called with the designs done, and the designs in all

    Raises
    ------
    InputError
        Bad input, or a folder that holds another search or cannot be written.
    """
    check_search(problem, axes, objectives, trials, sampler, seed)
    record = problem.record() | {
        "Axes": [asdict(axis) | {"values": list(axis.values)} for axis in axes],
        "Objectives": [[objective.name, objective.direction] for objective in objectives],
        "Sampler": sampler,
        "Seed": seed,
    }
    keeper = Keeper(folder, KIND)
    path = None if keeper.folder is None else keeper.folder / STORED
    with keeper.held():
        return _run_search(path, record, problem, axes, objectives, trials, resume, evaluate, progress)


def check_search(
    problem: Problem,
    axes: Sequence[Axis],
    objectives: Sequence[Objective],
    trials: int,
    sampler: str,
    seed: int,
) -> None:
    """Raise InputError for an impossible search; parameters as in ``front``."""
    require("design", "a search for the best designs (--trials 0 leaves it out) needs")
    check_axes(axes)
    if fixed := [axis.name for axis in axes if axis.values]:
        raise InputError(f"{fixed[0]} has values alone; a search needs its ends, as 'thickness=2..20 nm'")
    columns(axes, problem.observables)
    if len(objectives) < 2:
        raise InputError(
            "a front needs at least two objectives; add --maximise or --minimise NAME, or --trials 0"
        )
    check_objectives(objectives)
    for objective in objectives:
        if objective.name not in problem.observables:
            raise InputError(f"{objective.name!r} is not observed by this problem; add it to its observables")
    if sampler not in SAMPLERS:
        raise InputError(f"sampler is {brief(sampler)}; {one_of(sampler, SAMPLERS)}")
    if isinstance(trials, bool) or not isinstance(trials, int) or not 2 <= trials <= MOST_TRIALS:
        raise InputError(f"trials are {brief(trials)}; a search takes 2 to {MOST_TRIALS}; 0 is no search")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {brief(seed)}; give a whole number of at least 0")


def _run_search(path, record, problem, axes, objectives, trials, resume, evaluate, progress) -> Front:
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    storage_errors = (
        SQLAlchemyError,
        optuna.exceptions.OptunaError,
        sqlite3.Error,
        KeyError,
        UnicodeError,
        json.JSONDecodeError,
    )
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study = _study(optuna, path, record, objectives, resume)
            _check_trials(optuna, study, path)
            _search(optuna, study, record, problem, axes, trials, evaluate, progress)
            return _front(study, record, problem, axes, objectives)
    except storage_errors as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{path}: cannot be used as a study ({reason}); make room, or choose another folder"
        ) from None


def _study(optuna, path, record, objectives, resume):
    """A new study, or the kept one where its record is the same."""
    directions = [objective.direction for objective in objectives]
    exists = path is not None and path.exists()
    if path is not None and exists and not resume:
        raise InputError(f"{path.parent}: holds a search already; add --resume to go on, or choose another")
    storage = f"sqlite:///{path}" if path is not None else None
    try:
        study = optuna.create_study(
            storage=storage, study_name=NAME, directions=directions, load_if_exists=exists
        )
    except ValueError as error:
        raise InputError(f"{path}: holds another search ({error}); choose another folder") from None
    stored = study.user_attrs.get("Record")
    if stored is None:
        if study.get_trials(deepcopy=False):
            raise InputError(f"{path}: is damaged: it has no record of its search; choose another folder")
        study.set_user_attr("Record", sealed(record))
        return study
    check_same(unsealed(stored, str(path)), record, path or STORED, KIND, may_differ=("Compiled",))
    return study


def _search(optuna, study, record, problem, axes, trials, evaluate, progress) -> None:
    """Evaluate batch after batch up to the number of trials."""
    state = optuna.trial.TrialState
    first = sobol(axes, min(GENERATION, trials), record["Seed"]).values
    interrupted = {}
    for trial in study.get_trials(deepcopy=False, states=(state.RUNNING, state.WAITING)):
        if "Place" in trial.user_attrs:
            interrupted[trial.user_attrs["Place"]] = dict(trial.params)
        study.tell(trial.number, state=state.FAIL, skip_if_finished=True)
    while len(finished := _finished(study)) < trials:
        places = [place for place in range(trials) if place not in finished][:BATCH]
        batch = []
        for place in places:
            study.sampler = _sampler(optuna, record["Sampler"], record["Seed"], place)
            if place in interrupted:
                study.enqueue_trial(interrupted[place])
            elif place < len(first):
                study.enqueue_trial({axis.name: float(v) for axis, v in zip(axes, first[place], strict=True)})
            trial = study.ask({axis.name: _distribution(optuna, axis) for axis in axes})
            trial.set_user_attr("Place", place)
            batch.append(trial)
        values = np.array([[trial.params[axis.name] for axis in axes] for trial in batch])
        rows = evaluate(problem, Points(tuple(axes), values, f"{len(values)} designs of a search"))
        for trial, row in zip(batch, rows, strict=True):
            _tell(study, state, trial, dict(row), record)
        if progress:
            progress(len(finished) + len(batch), trials)


def _tell(study, state, trial, row, record) -> None:
    names = [name for name, _ in record["Objectives"]]
    if row["Ending"] == SOLVED and any(row.get(name) is None for name in names):
        row |= {"Ending": FAILED, "Reason": "the run gives no value of an objective"}
    row = json.loads(json.dumps(row))
    trial.set_user_attr("SHA-256", fingerprint([trial.params, trial.user_attrs["Place"], row]))
    trial.set_user_attr("Row", row)
    if row["Ending"] == SOLVED:
        study.tell(trial, [row[name] for name in names])
    else:
        study.tell(trial, state=state.FAIL)


def _finished(study) -> dict[int, Any]:
    """Finished trials by their place in the search."""
    trials = study.get_trials(deepcopy=False)
    return {
        trial.user_attrs["Place"]: trial
        for trial in trials
        if "Row" in trial.user_attrs and trial.state.is_finished()
    }


def _check_trials(optuna, study, path) -> None:
    """Raise InputError for a design whose variables or results were changed since they were kept."""
    complete = optuna.trial.TrialState.COMPLETE
    names = ("Place", "Row")
    for trial in study.get_trials(deepcopy=False):
        attributes = trial.user_attrs
        if trial.state is complete or all(name in attributes for name in (*names, "SHA-256")):
            values = trial.values if trial.state is complete else None
            checksum = fingerprint([trial.params, attributes.get("Place"), attributes.get("Row")])
            row = attributes.get("Row") or {}
            objectives = json.loads(study.user_attrs["Record"])["Objectives"]
            same = values is None or values == [row.get(name) for name, _ in objectives]
            if attributes.get("SHA-256") != checksum or not same:
                raise InputError(f"{path}: design {trial.number + 1} is damaged; choose another folder")


def _distribution(optuna, axis: Axis):
    return optuna.distributions.FloatDistribution(axis.low, axis.high, log=axis.log)


def _sampler(optuna, name: str, seed: int, place: int):
    """A sampler whose random numbers depend on seed and place alone, so that a resumed search is the same."""
    trial_seed = int(np.random.SeedSequence([seed, place]).generate_state(1)[0])
    if name == "tpe":
        return optuna.samplers.TPESampler(
            seed=trial_seed, n_startup_trials=GENERATION, multivariate=True, constant_liar=True
        )
    crossover = optuna.samplers.nsgaii.SBXCrossover()
    return optuna.samplers.NSGAIISampler(population_size=GENERATION, crossover=crossover, seed=trial_seed)


def _front(study, record, problem, axes, objectives) -> Front:
    names = columns(axes, problem.observables)
    finished = _finished(study)
    rows = []
    for place in sorted(finished):
        trial = finished[place]
        values = {axis.label: trial.params[axis.name] for axis in axes}
        rows.append({"Point": place} | values | trial.user_attrs["Row"])
    table = pd.DataFrame(rows, columns=names)
    table = table.assign(**{"On front": _beaten_by_none(table, objectives)})
    return Front(table, tuple(objectives), tuple(axes), record)


def _beaten_by_none(table: pd.DataFrame, objectives: Sequence[Objective]) -> np.ndarray:
    """True for the solved designs that no other beats."""
    solved = (table["Ending"] == SOLVED).to_numpy()
    unbeaten = np.zeros(len(table), bool)
    if solved.any():
        values = [
            objective.sign * table.loc[solved, objective.name].to_numpy(float) for objective in objectives
        ]
        unbeaten[solved] = on_front(np.stack(values, axis=1))
    return unbeaten
