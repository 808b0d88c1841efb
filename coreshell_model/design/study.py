"""Pareto fronts by a multi-objective optimiser (optuna), kept in a folder and resumed from it."""

import json
import sqlite3
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import fingerprint, sealed, unsealed
from coreshell_model.base.keeper import Keeper, check_same
from coreshell_model.base.quantity import brief
from coreshell_model.design.batches import Batch, one_by_one
from coreshell_model.design.goals import Objective, check_objectives, on_front
from coreshell_model.design.problem import FAILED, SOLVED, Problem
from coreshell_model.design.results import columns
from coreshell_model.design.space import Axis, Points, check_axes, sobol

GENERATION = 20
"""Designs of a generation of NSGA-II, and of the Sobol sequence that any search begins with."""

BATCH = 10
"""Designs evaluated together; a stop costs at most those under way."""

MOST_TRIALS = 100_000
KIND = "search"
STORED = "study.db"
NAME = "designs"

SAMPLERS = ("tpe", "nsga2")


@dataclass(frozen=True)
class Front:
    """What an optimiser tried, and which of it no other design beats.

    Attributes
    ----------
    table : a row a design in the order tried: variables, ending, reason, observables, "On front"
    objectives : what was raised and lowered
    axes : the variables with their ranges
    record : what made it
    """

    table: pd.DataFrame
    objectives: tuple[Objective, ...]
    axes: tuple[Axis, ...]
    record: Mapping[str, Any]

    @property
    def designs(self) -> pd.DataFrame:
        """The designs on the front, the best by the first objective first."""
        first = self.objectives[0]
        found = self.table.loc[self.table["On front"]]
        return found.sort_values(first.name, ascending=not first.raised, ignore_index=True)

    def values(self) -> np.ndarray:
        """Objectives of the solved designs, a row each, larger is better."""
        solved = self.table.loc[self.table["Ending"] == SOLVED]
        return np.stack([each.sign * solved[each.name].to_numpy(float) for each in self.objectives], axis=1)


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

    The first generation is a Sobol sequence. A resumed search goes on as the one that was stopped would have.

    Parameters
    ----------
    problem : what all designs share; it observes the objectives
    axes : ranges of the variables
    objectives : at least two
    trials : designs to try, those of a resumed search included
    folder : where the search is kept, in SQLite; memory alone where not given
    sampler : "tpe" (a tree-structured Parzen estimator), better with some hundred designs, or "nsga2"
    seed : of everything random
    evaluate : takes problem and points to rows; in this process where not given
    progress : called with the designs done, and all

    Raises
    ------
    InputError
        Bad input, or a folder with another search, or one that cannot be written.
    """
    check_search(problem, axes, objectives, trials, sampler, seed)
    record = problem.record() | {
        "Axes": [asdict(axis) | {"values": list(axis.values)} for axis in axes],
        "Objectives": [[each.name, each.direction] for each in objectives],
        "Sampler": sampler,
        "Seed": seed,
    }
    keeper = Keeper(folder, KIND)
    path = None if keeper.folder is None else keeper.folder / STORED
    with keeper.held():
        return _searched(path, record, problem, axes, objectives, trials, resume, evaluate, progress)


def check_search(
    problem: Problem,
    axes: Sequence[Axis],
    objectives: Sequence[Objective],
    trials: int,
    sampler: str,
    seed: int,
) -> None:
    """Refuse a search that cannot be, before anything is started; parameters as in ``front``.

    Raises
    ------
    InputError
        As it says.
    """
    check_axes(axes)
    if only := [axis.name for axis in axes if axis.values]:
        raise InputError(f"{only[0]} has values alone; a search needs its ends, as 'thickness=2..20 nm'")
    columns(axes, problem.observables)
    if len(objectives) < 2:
        raise InputError(
            "a front needs at least two objectives; add --maximise or --minimise NAME, or --trials 0"
        )
    check_objectives(objectives)
    for each in objectives:
        if each.name not in problem.observables:
            raise InputError(f"{each.name!r} is not observed by this problem; add it to its observables")
    if sampler not in SAMPLERS:
        raise InputError(f"sampler is {brief(sampler)}; it is one of {', '.join(SAMPLERS)}")
    if isinstance(trials, bool) or not isinstance(trials, int) or not 2 <= trials <= MOST_TRIALS:
        raise InputError(f"trials are {brief(trials)}; a search takes 2 to {MOST_TRIALS}, 0 are none")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {brief(seed)}; give a whole number of at least 0")


def _searched(path, record, problem, axes, objectives, trials, resume, evaluate, progress) -> Front:
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    complaints = (
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
    except complaints as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{path}: cannot be used as a study ({reason}); make room, or choose another folder"
        ) from None


def _study(optuna, path, record, objectives, resume):
    """A new study, or the one that is there once it is sure to be this one."""
    directions = [each.direction for each in objectives]
    there = path is not None and path.exists()
    if path is not None and there and not resume:
        raise InputError(f"{path.parent}: holds a search already; add --resume to go on, or choose another")
    storage = f"sqlite:///{path}" if path is not None else None
    try:
        study = optuna.create_study(
            storage=storage, study_name=NAME, directions=directions, load_if_exists=there
        )
    except ValueError as error:
        raise InputError(f"{path}: holds another search ({error}); choose another folder") from None
    kept = study.user_attrs.get("Record")
    if kept is None:
        if study.get_trials(deepcopy=False):
            raise InputError(f"{path}: is damaged: it has no record of its search; choose another folder")
        study.set_user_attr("Record", sealed(record))
        return study
    check_same(unsealed(kept, str(path)), record, path or STORED, KIND, may_differ=("Compiled",))
    return study


def _search(optuna, study, record, problem, axes, trials, evaluate, progress) -> None:
    """Batch after batch up to the number of trials."""
    state = optuna.trial.TrialState
    first = sobol(axes, min(GENERATION, trials), record["Seed"]).values
    lost = {}
    for trial in study.get_trials(deepcopy=False, states=(state.RUNNING, state.WAITING)):
        if "Place" in trial.user_attrs:
            lost[trial.user_attrs["Place"]] = dict(trial.params)
        study.tell(trial.number, state=state.FAIL, skip_if_finished=True)
    while len(done := _done(study)) < trials:
        places = [place for place in range(trials) if place not in done][:BATCH]
        asked = []
        for place in places:
            study.sampler = _sampler(optuna, record["Sampler"], record["Seed"], place)
            if place in lost:
                study.enqueue_trial(lost[place])
            elif place < len(first):
                study.enqueue_trial({axis.name: float(v) for axis, v in zip(axes, first[place], strict=True)})
            trial = study.ask({axis.name: _distribution(optuna, axis) for axis in axes})
            trial.set_user_attr("Place", place)
            asked.append(trial)
        values = np.array([[trial.params[axis.name] for axis in axes] for trial in asked])
        rows = evaluate(problem, Points(tuple(axes), values, f"{len(values)} designs of a search"))
        for trial, row in zip(asked, rows, strict=True):
            _tell(study, state, trial, dict(row), record)
        if progress:
            progress(len(done) + len(asked), trials)


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


def _done(study) -> dict[int, Any]:
    """Trials that ended, by their place in the search."""
    trials = study.get_trials(deepcopy=False)
    return {
        each.user_attrs["Place"]: each
        for each in trials
        if "Row" in each.user_attrs and each.state.is_finished()
    }


def _check_trials(optuna, study, path) -> None:
    """Refuse a study of which a design or its results were changed since they were kept.

    Raises
    ------
    InputError
        With the number of the design.
    """
    complete = optuna.trial.TrialState.COMPLETE
    names = ("Place", "Row")
    for each in study.get_trials(deepcopy=False):
        attributes = each.user_attrs
        if each.state is complete or all(name in attributes for name in (*names, "SHA-256")):
            values = each.values if each.state is complete else None
            kept = fingerprint([each.params, attributes.get("Place"), attributes.get("Row")])
            row = attributes.get("Row") or {}
            objectives = json.loads(study.user_attrs["Record"])["Objectives"]
            same = values is None or values == [row.get(name) for name, _ in objectives]
            if attributes.get("SHA-256") != kept or not same:
                raise InputError(f"{path}: design {each.number + 1} is damaged; choose another folder")


def _distribution(optuna, axis: Axis):
    return optuna.distributions.FloatDistribution(axis.low, axis.high, log=axis.log)


def _sampler(optuna, name: str, seed: int, place: int):
    """A sampler whose random numbers depend on seed and place alone, so that a resumed search is the same."""
    own = int(np.random.SeedSequence([seed, place]).generate_state(1)[0])
    if name == "tpe":
        return optuna.samplers.TPESampler(
            seed=own, n_startup_trials=GENERATION, multivariate=True, constant_liar=True
        )
    crossover = optuna.samplers.nsgaii.SBXCrossover()
    return optuna.samplers.NSGAIISampler(population_size=GENERATION, crossover=crossover, seed=own)


def _front(study, record, problem, axes, objectives) -> Front:
    names = columns(axes, problem.observables)
    done = _done(study)
    rows = []
    for place in sorted(done):
        trial = done[place]
        values = {axis.label: trial.params[axis.name] for axis in axes}
        rows.append({"Point": place} | values | trial.user_attrs["Row"])
    table = pd.DataFrame(rows, columns=names)
    solved = (table["Ending"] == SOLVED).to_numpy()
    better = np.zeros(len(table), bool)
    if solved.any():
        values = [each.sign * table.loc[solved, each.name].to_numpy(float) for each in objectives]
        better[solved] = on_front(np.stack(values, axis=1))
    return Front(table.assign(**{"On front": better}), tuple(objectives), tuple(axes), record)
