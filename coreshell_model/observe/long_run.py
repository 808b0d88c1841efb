"""Long runs: a protocol cycle by cycle, each kept as it completes, so that the memory does not grow."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pybamm
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, content_of, sealed_bytes, unsealed_bytes
from coreshell_model.base.keeper import LAYOUT, NEWEST, Keeper, check_same
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.inputs.changes import Changes
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, without_repetitions
from coreshell_model.observe.capacity import CHARGE, charges
from coreshell_model.observe.clusters import unformed_warning
from coreshell_model.observe.full_cell import (
    LOWEST,
    PLATING,
    cell_specific_energy,
    lowest_carbon_potential,
    plating_warning,
)
from coreshell_model.physics.full_cell_values import np_ratio
from coreshell_model.run.experiment import LONGEST_SOLVE
from coreshell_model.run.simulation import Run, set_up
from coreshell_model.run.solution import POSITIVE_INVENTORY, Ending, Solution, curves


@dataclass(frozen=True)
class State:
    """The solver's state after a cycle, which is all that the next cycle needs.

    Attributes
    ----------
    cycle : the last cycle that is complete
    source : cycle and step whose equations the state belongs to (an earlier cycle if this one was skipped)
    time : since the start of the run [s]
    values : the solver's unknowns
    inputs : the model's inputs in that step
    """

    cycle: int
    source: tuple[int, int]
    time: float
    values: NDArray[np.float64]
    inputs: dict[str, float]


def state_after(solution: Solution, cycle: int, before: State | None) -> State | None:
    """The state at the end of a cycle; the state before it if all of its steps were skipped."""
    simulated = [step for step in solution.steps if not step.skipped]
    if not simulated:
        return before and State(cycle, before.source, before.time, before.values, before.inputs)
    last = solution.pybamm.last_state
    return State(
        cycle,
        (simulated[-1].cycle, simulated[-1].number),
        float(last.t[-1]),
        np.array(last.all_ys[-1], dtype=float)[:, -1],
        {name: float(np.asarray(value).squeeze()) for name, value in last.all_inputs[-1].items()},
    )


def as_start(run: Run, state: State | None) -> Any:
    """A state as the PyBaMM solution to start from; None for the protocol's own start."""
    if state is None:
        return None
    cycle, number = state.source
    model = run.cell.model_after(run.cycles[cycle - 1][number - 1], run.parameters)
    inputs = {name: np.array([value]) for name, value in state.inputs.items()}
    return pybamm.Solution(
        np.array([state.time]), state.values[:, None], model, inputs, termination="final time"
    )


KIND = "run"
RUN, ROWS, STATE = "run.json", "cycles.csv", "state.npz"
WARNINGS = "warnings.json"
"""What cycles warn of; a resumed run does not simulate them again."""

OF_CURVES = "curves.jsonl"
"""File with the checksum of each cycle's curves, a line for each cycle."""

PROTOCOL = "Protocol"
"""Entry of the record that may have another number of cycles when a run is resumed."""

CHECKSUM_OF = "SHA-256 of its curves"


class RunFolder:
    """The files of a run. The state is replaced last and at once, so a kill costs at most one cycle."""

    def __init__(self, keeper: Keeper):
        self.keeper = keeper
        self._rows, self._curves = keeper.table(ROWS), keeper.lines(OF_CURVES)
        self._with_curves = 0

    def begin(self, run: Run, resume: bool) -> tuple[State | None, list[dict]]:
        """Start or resume; return the state to continue from and the rows of the cycles before it.

        A run goes on also through more or fewer cycles than it was begun with, if those that are done are
        the first of them; its record then has the new protocol.

        Raises
        ------
        InputError
            The folder holds another run, or this run and ``resume`` is False.
        """
        record = _record(run)
        before = self.keeper.begin(RUN, record, resume, (PROTOCOL,))
        state = None if before is None else self._state()
        cycles = 0 if state is None else state.cycle
        if before is not None and before[PROTOCOL] != record[PROTOCOL]:
            self._check_begins_alike(protocol_from_dict(before[PROTOCOL], RUN), run, cycles)
        if not cycles <= self._rows.count <= cycles + 1:
            raise InputError(
                f"{self.keeper.path(STATE)}: goes on from cycle {cycles}, where {ROWS} holds the rows of "
                f"{self._rows.count} cycles; start the run again in another folder"
            )
        self._rows.keep_first(cycles)  # a kill may have left one more row than the state counts
        self._check_curves(cycles)
        if before is not None and before[PROTOCOL] != record[PROTOCOL]:
            self.keeper.keep(RUN, {**record, LAYOUT: NEWEST})
        return state, [_numbers(row) for row in self._rows.read()]

    def _check_begins_alike(self, before: Protocol, run: Run, cycles: int) -> None:
        """Refuse a protocol that differs in more than its number of cycles, or of which more are done."""
        path = self.keeper.path(RUN) or Path(RUN)
        kept, now = ({PROTOCOL: without_repetitions(protocol)} for protocol in (before, run.protocol))
        check_same(kept, now, path, KIND)
        if cycles > len(run.cycles):
            raise InputError(
                f"{path}: {cycles} cycles are done, and the protocol has {len(run.cycles)}; resume with at "
                f"least {cycles}, or choose another folder"
            )
        if before.steps_by_cycle()[:cycles] != run.cycles[:cycles]:
            raise InputError(
                f"{path}: the {cycles} cycles that are done are not the first of this protocol; resume with "
                "what began it, or choose another folder"
            )

    def _check_curves(self, cycles: int) -> None:
        """Refuse curves of the first cycles that have changed since they were kept."""
        kept = [line for line in self._curves.read() if line["Cycle"] <= cycles]
        if len(kept) != self._with_curves:
            raise InputError(
                f"{self.keeper.path(OF_CURVES)}: names curves of {len(kept)} cycles, where {STATE} counts "
                f"{self._with_curves}; start the run again in another folder"
            )
        for line in kept:
            self.keeper.file(_name_of_curves(line["Cycle"]), line[CHECKSUM_OF])
        self._curves.keep_first(len(kept))

    def keep(self, row: dict, state: State, curves: pd.DataFrame | None) -> None:
        """Keep another cycle: its curves, its row, and then the state.

        Raises
        ------
        InputError
            The disk is full or the folder cannot be written; earlier cycles stay as they are.
        """
        if curves is not None:
            content = curves.to_csv(index=False).encode()
            self.keeper.keep_file(_name_of_curves(state.cycle), content)
            self._curves.append({"Cycle": state.cycle, CHECKSUM_OF: checksum(content)})
            self._with_curves += 1
        self._rows.append(list(row), [row])
        packed = io.BytesIO()
        np.savez(
            packed,
            cycle=state.cycle,
            source=state.source,
            time=state.time,
            values=state.values,
            names=list(state.inputs),
            inputs=list(state.inputs.values()),
            curves=self._with_curves,
        )
        self.keeper.keep_file(STATE, sealed_bytes(packed.getvalue()))

    def _state(self) -> State | None:
        path = self.keeper.path(STATE)
        if path is None or not path.exists():
            return None
        with (
            self.keeper.reading(STATE),
            np.load(io.BytesIO(unsealed_bytes(content_of(path), path))) as stored,
        ):
            inputs = dict(zip(stored["names"].tolist(), stored["inputs"].tolist(), strict=True))
            cycle, number = stored["source"].tolist()
            self._with_curves = int(stored["curves"])
            return State(
                int(stored["cycle"]), (cycle, number), float(stored["time"]), stored["values"], inputs
            )


def _name_of_curves(cycle: int) -> str:
    return f"curves/cycle_{cycle:05}.csv"


def _numbers(row: Mapping[str, str]) -> dict[str, float]:
    """A row of the table with its texts as numbers."""
    return {name: float(text or "nan") for name, text in row.items()} | {"Cycle": int(row["Cycle"])}


DEFAULTED = "Steps ended by the program's own time limit"
COUNTED = "Sodium counted at the start [mA.h.g-1]"

Progress = Callable[[int, int], None]
"""Called with the number of completed cycles and that of all cycles."""


@dataclass(frozen=True)
class Cycled:
    """A long run: a table with a row for each cycle, how the run ended, its last state, and warnings.

    Capacities are per gram of active carbon; the inventory is that at the end of each cycle. Only a full cell
    has an N/P ratio.
    """

    material: Material
    protocol: Protocol
    level: str
    table: pd.DataFrame
    ending: Ending
    explanation: str
    state: State | None
    warnings: tuple[str, ...] = ()
    np_ratio: float | None = None

    @property
    def completed(self) -> bool:
        """True if every cycle was completed."""
        return self.ending is Ending.COMPLETED


def cycle(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Changes | None = None,
    *,
    level: str = "particle",
    folder: str | Path | None = None,
    resume: bool = False,
    keep_curves: bool = False,
    progress: Progress | None = None,
    longest: float = LONGEST_SOLVE,
) -> Cycled:
    """Take a material through a protocol cycle by cycle; a row for each cycle and the last state are kept.

    Parameters
    ----------
    material, protocol, changes, level : as in ``simulate``
    folder : where rows and state are kept as each cycle completes; if not given they stay in memory
    resume : continue the run in the folder, without repeating its completed cycles; also one that is
        finished, through a protocol of more cycles
    keep_curves : also keep the curves of each cycle in the folder
    progress : called after each cycle
    longest : wall time of each cycle [s], after which no further step of it is begun

    Raises
    ------
    InputError
        The input is bad, the folder is in use, or it holds another run.
    """
    run = set_up(material, protocol, changes, level=level)
    keeper = Keeper(folder, KIND)
    with keeper.held():
        keep_curves = keep_curves and keeper.folder is not None
        return _cycle(run, RunFolder(keeper), resume, keep_curves, progress, longest)


def _cycle(
    run: Run,
    folder: RunFolder,
    resume: bool,
    keep_curves: bool,
    progress: Progress | None,
    longest: float,
) -> Cycled:
    state, rows = folder.begin(run, resume)
    start, ending, explanation = as_start(run, state), Ending.COMPLETED, Ending.COMPLETED.value
    for number in range(state.cycle + 1 if state else 1, len(run.cycles) + 1):
        solution = run.through((run.cycles[number - 1],), number, start, longest=longest)
        if not solution.completed:
            ending, explanation = solution.ending, solution.explanation
            break
        _keep_warnings(folder.keeper, solution, number, rows)
        row = _row(solution, number, rows)
        rows.append(row)
        state = state_after(solution, number, state)
        start = solution.pybamm.last_state if solution.pybamm is not None else start
        if state:
            folder.keep(row, state, curves(solution) if keep_curves else None)
        if progress:
            progress(number, len(run.cycles))
    if ending is Ending.COMPLETED and (count := int(sum(row[DEFAULTED] for row in rows))):
        explanation = (
            f"completed, but the program's own time limit, not the protocol, ended {count} "
            f"step{'s' if count > 1 else ''}; state a time or another limit"
        )
    table = pd.DataFrame(rows).drop(columns=COUNTED, errors="ignore")
    warnings = (folder.keeper.piece(WARNINGS) or {"Warnings": []})["Warnings"] if rows else []
    is_full = run.material.positive is not None
    return Cycled(
        run.material,
        run.protocol,
        run.level,
        table,
        ending,
        explanation,
        state,
        tuple(warnings),
        np_ratio(run.material, run.parameters) if is_full else None,
    )


def _keep_warnings(keeper: Keeper, solution: Solution, number: int, rows: list[dict]) -> None:
    """Keep what the first cycle warns of, and the first cycle in which sodium metal may deposit."""
    found = [] if number == 1 else (keeper.piece(WARNINGS) or {"Warnings": []})["Warnings"]
    further = unformed_warning(solution) if number == 1 else []
    if not any(row.get(LOWEST, PLATING) < PLATING for row in rows):
        further = [*further, *plating_warning(solution)]
    if number == 1 or further:
        keeper.keep(WARNINGS, {"Warnings": [*found, *further]})


def _of_full_cell(solution: Solution) -> dict[str, float]:
    """What a row has of a full cell besides: sodium beside the carbon, energy, lowest potential."""
    if not solution.is_full:
        return {}
    places = {
        name: float(solution[name][-1]) if solution[name].size else np.nan for name in POSITIVE_INVENTORY
    }
    single = {
        "Specific energy [W.h.kg-1]": cell_specific_energy(solution),
        LOWEST: lowest_carbon_potential(solution),
    }
    return places | {name: np.nan if value is None else value for name, value in single.items()}


def _row(solution: Solution, number: int, rows: list[dict]) -> dict:
    """The row of results that is kept for a cycle."""
    sodiated, desodiated = charges(solution, number)
    counted = np.sum([solution[name] for name in solution.inventory], axis=0)
    at_start = rows[0][COUNTED] if rows else float(counted[0]) if counted.size else 0.0
    first_sodiation = rows[0]["Sodiation capacity [mA.h.g-1]"] if rows else sodiated
    off = np.abs(solution[CHARGE] - (counted - at_start)).max() if counted.size else 0.0
    last = {name: float(solution[name][-1]) if counted.size else np.nan for name in solution.inventory}
    return {
        "Cycle": number,
        "Sodiation capacity [mA.h.g-1]": sodiated,
        "Desodiation capacity [mA.h.g-1]": desodiated,
        "Coulombic efficiency": desodiated / sodiated if sodiated > 0 else np.nan,
        "Time [h]": float(solution["Time [s]"][-1]) / 3600 if counted.size else np.nan,
        **last,
        **_of_full_cell(solution),
        "SEI thickness [nm]": 1e9 * float(solution["SEI thickness [m]"][-1]) if counted.size else np.nan,
        DEFAULTED: float(sum(step.ending is Ending.DEFAULT_TIME for step in solution.steps)),
        "Sodium balance error": float(off / first_sodiation) if first_sodiation > 0 else float(off),
        "Solve time [s]": solution.solve_time,
        COUNTED: at_start,
    }


def _record(run: Run) -> dict:
    """The identity of a run; it is resumed if all of it but the protocol's number of cycles is the same."""
    return {
        "Material": run.material.model_dump(exclude_none=True, mode="json"),
        PROTOCOL: run.protocol.model_dump(exclude_none=True, mode="json"),
        "Parameters": dict(run.parameters),
        "Level": run.level,
        "Versions": versions_of_a_run(),
    }
