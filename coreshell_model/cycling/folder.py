"""A long run on disk: what it is a run of, its rows, and the state to go on from."""

from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.cycling.state import State
from coreshell_model.errors import InputError
from coreshell_model.keeping import begun, replace

KIND = "run"
RUN, ROWS, STATE, CURVES = "run.json", "cycles.csv", "state.npz", "curves"


class RunFolder:
    """The files of one run. The state is replaced last and at once, so a kill costs at most one cycle."""

    def __init__(self, path: Path):
        self.path = path

    def begin(self, record: dict, resume: bool) -> tuple[State | None, list[dict]]:
        """Start or resume: the state to go on from and the rows before it.

        Raises
        ------
        InputError
            A run is there and was not to be resumed, or another one than this.
        """
        state = self._state() if begun(self.path / RUN, record, KIND, resume) else None
        if state is None:
            (self.path / ROWS).unlink(missing_ok=True)  # of a first cycle that was killed before its state
            return None, []
        rows = pd.read_csv(self.path / ROWS, dtype=str).astype(float)  # as text first: to the last digit
        rows = rows.head(state.cycle).astype({"Cycle": int})  # not a later one, of which a kill left a part
        replace(self.path / ROWS, rows.to_csv(index=False))
        return state, [dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False)]

    def keep(self, row: dict, state: State, curves: pd.DataFrame | None) -> None:
        """One more cycle: its curves, its row, and then the state.

        Raises
        ------
        InputError
            The disk is full or the folder cannot be written; the cycles before stay as they are.
        """
        try:
            self._keep(row, state, curves)
        except OSError as error:
            raise InputError(
                f"{self.path}: cycle {state.cycle} cannot be kept: {error.strerror or error}; make room, "
                "then go on with --resume"
            ) from None

    def _keep(self, row: dict, state: State, curves: pd.DataFrame | None) -> None:
        if curves is not None:
            (self.path / CURVES).mkdir(exist_ok=True)
            curves.to_csv(self.path / CURVES / f"cycle_{state.cycle:05}.csv", index=False)
        rows = self.path / ROWS
        pd.DataFrame([row]).to_csv(rows, mode="a", header=not rows.exists(), index=False)
        temporary = self.path / f"{STATE}.part"
        with temporary.open("wb") as file:
            np.savez(
                file,
                cycle=state.cycle,
                source=state.source,
                time=state.time,
                values=state.values,
                names=list(state.inputs),
                inputs=list(state.inputs.values()),
            )
        temporary.replace(self.path / STATE)

    def _state(self) -> State | None:
        path = self.path / STATE
        if not path.exists():
            return None
        try:
            with np.load(path) as stored:
                inputs = dict(zip(stored["names"].tolist(), stored["inputs"].tolist(), strict=True))
                cycle, number = stored["source"].tolist()
                return State(
                    int(stored["cycle"]), (cycle, number), float(stored["time"]), stored["values"], inputs
                )
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{path}: cannot be read ({error}); start the run again in another folder"
            ) from None
