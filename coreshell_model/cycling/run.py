"""Cycle after cycle from a state to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.cycling.folder import KIND, RunFolder
from coreshell_model.cycling.state import State, as_start, state_after
from coreshell_model.keeping import alone
from coreshell_model.kept import versions_of_a_run
from coreshell_model.material import Material
from coreshell_model.observables.capacity import charges
from coreshell_model.paths import user_path
from coreshell_model.protocol import Protocol
from coreshell_model.simulation import Run, set_up
from coreshell_model.solution import INVENTORY, Ending, Solution, curves

CHARGE = "Specific capacity [mA.h.g-1]"
DEFAULTED = "Steps ended by the program's own time limit"
COUNTED = "Sodium counted at the start [mA.h.g-1]"

Progress = Callable[[int, int], None]
"""Called with the cycles done and the cycles in all."""


@dataclass(frozen=True)
class Cycled:
    """A long run: a row a cycle, how it ended, and the state it ended in.

    Capacities per gram of active carbon; the inventory is that at the end of each cycle.
    """

    material: Material
    protocol: Protocol
    level: str
    table: pd.DataFrame
    ending: Ending
    explanation: str
    state: State | None

    @property
    def completed(self) -> bool:
        """True where every cycle was gone through."""
        return self.ending is Ending.COMPLETED


def cycle(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Mapping[str, str] | None = None,
    *,
    level: str = "particle",
    folder: str | Path | None = None,
    resume: bool = False,
    keep_curves: bool = False,
    progress: Progress | None = None,
) -> Cycled:
    """Take a material through a protocol cycle by cycle, keeping a row of each and the last state alone.

    Parameters
    ----------
    material, protocol, changes, level : as in ``simulate``
    folder : where rows and state are kept as each cycle completes; memory alone where not given
    resume : go on with the run that the folder holds; cycles that it finished are not done again
    keep_curves : also keep the curves of each cycle, in the folder
    progress : called after each cycle

    Raises
    ------
    InputError
        Bad input, a folder in use, or one that holds another run.
    """
    run = set_up(material, protocol, changes, level=level)
    if folder is None:
        return _cycle(run, None, resume, False, progress)
    kept = RunFolder(user_path(folder))
    with alone(kept.path, KIND):
        return _cycle(run, kept, resume, keep_curves, progress)


def _cycle(
    run: Run, folder: RunFolder | None, resume: bool, keep_curves: bool, progress: Progress | None
) -> Cycled:
    words = run.protocol.steps_by_cycle()
    state, rows = folder.begin(_record(run), resume) if folder else (None, [])
    start, ending, explanation = as_start(run, state), Ending.COMPLETED, Ending.COMPLETED.value
    for number in range(state.cycle + 1 if state else 1, len(words) + 1):
        solution = run.through((words[number - 1],), number, start)
        if not solution.completed:
            ending, explanation = solution.ending, solution.explanation
            break
        row = _row(solution, number, rows)
        rows.append(row)
        state = state_after(solution, number, state)
        start = solution.pybamm.last_state if solution.pybamm is not None else start
        if folder and state:
            folder.keep(row, state, curves(solution) if keep_curves else None)
        if progress:
            progress(number, len(words))
    if ending is Ending.COMPLETED and (count := int(sum(row[DEFAULTED] for row in rows))):
        explanation = (
            f"completed, but the program's own time limit, not the protocol, ended {count} "
            f"step{'s' if count > 1 else ''}; state a time or another limit"
        )
    table = pd.DataFrame(rows).drop(columns=COUNTED, errors="ignore")
    return Cycled(run.material, run.protocol, run.level, table, ending, explanation, state)


def _row(solution: Solution, number: int, rows: list[dict]) -> dict:
    """What is kept of a cycle."""
    sodiated, desodiated = charges(solution, number)
    counted = np.sum([solution[name] for name in INVENTORY], axis=0)
    at_start = rows[0][COUNTED] if rows else float(counted[0]) if counted.size else 0.0
    first_sodiation = rows[0]["Sodiation capacity [mA.h.g-1]"] if rows else sodiated
    off = np.abs(solution[CHARGE] - (counted - at_start)).max() if counted.size else 0.0
    last = {name: float(solution[name][-1]) if counted.size else np.nan for name in INVENTORY}
    return {
        "Cycle": number,
        "Sodiation capacity [mA.h.g-1]": sodiated,
        "Desodiation capacity [mA.h.g-1]": desodiated,
        "Coulombic efficiency": desodiated / sodiated if sodiated > 0 else np.nan,
        "Time [h]": float(solution["Time [s]"][-1]) / 3600 if counted.size else np.nan,
        **last,
        "SEI thickness [nm]": 1e9 * float(solution["SEI thickness [m]"][-1]) if counted.size else np.nan,
        DEFAULTED: float(sum(step.ending is Ending.DEFAULT_TIME for step in solution.steps)),
        "Sodium balance error": float(off / first_sodiation) if first_sodiation > 0 else float(off),
        "Solve time [s]": solution.solve_time,
        COUNTED: at_start,
    }


def _record(run: Run) -> dict:
    """What a run is a run of; to resume, all of it has to be the same."""
    return {
        "Material": run.material.model_dump(exclude_none=True, mode="json"),
        "Protocol": run.protocol.model_dump(exclude_none=True, mode="json"),
        "Parameters": dict(run.parameters),
        "Level": run.level,
        "Versions": versions_of_a_run(),
    }
