"""A long run on disk: what it is a run of, its rows, and the state to go on from."""

import io
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.cycling.state import State
from coreshell_model.errors import InputError
from coreshell_model.keeping import append_line, begun, checksum, read_lines, replace, sealed

KIND = "run"
RUN, ROWS, STATE, CURVES = "run.json", "cycles.csv", "state.npz", "curves"
OF_CURVES = "curves.jsonl"
"""The checksum of each cycle's curves, a line a cycle."""

CHECKSUM_OF = "SHA-256 of its curves"
HEX_DIGITS = 64
"""Of the checksum that ends the state's file, past the end of its zip."""


class RunFolder:
    """The files of one run. The state is replaced last and at once, so a kill costs at most one cycle."""

    def __init__(self, path: Path):
        self.path = path
        self._rows_of_state = ""
        self._curves_of_state = 0
        self._curves: dict[int, str] = {}

    def begin(self, record: dict, resume: bool) -> tuple[State | None, list[dict]]:
        """Start or resume: the state to go on from and the rows before it.

        Raises
        ------
        InputError
            A run is there and was not to be resumed, or another one than this.
        """
        state = self._state() if begun(self.path / RUN, record, KIND, resume) else None
        if state is None:
            self._check_lost_state()
            for left in (ROWS, OF_CURVES):  # of a first cycle that was killed before its state
                (self.path / left).unlink(missing_ok=True)
            return None, []
        self._check_curves(state.cycle)
        rows, kept = self._rows(state.cycle)
        if checksum(kept) != self._rows_of_state:
            raise InputError(
                f"{self.path / ROWS}: is damaged, or was changed since it was written (its checksum is "
                "another); start the run again in another folder"
            )
        replace(self.path / ROWS, kept)  # without later rows, which a kill left before their state
        return state, [dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False)]

    def _check_lost_state(self) -> None:
        """Refuse to begin anew where more than a first cycle was kept."""
        path = self.path / ROWS
        if path.exists() and len(path.read_bytes().splitlines()) > 2:
            raise InputError(
                f"{self.path / STATE}: is not there, though {ROWS} holds several cycles; start the run again "
                "in another folder"
            )

    def _check_curves(self, cycles: int) -> None:
        """Refuse curves of the first cycles that are not as they were kept."""
        kept = {int(line["Cycle"]): line[CHECKSUM_OF] for line in read_lines(self.path / OF_CURVES)}
        self._curves = {cycle: known for cycle, known in kept.items() if cycle <= cycles}
        if len(self._curves) != self._curves_of_state:
            raise InputError(
                f"{self.path / OF_CURVES}: names curves of {len(self._curves)} cycles, where {STATE} counts "
                f"{self._curves_of_state}; start the run again in another folder"
            )
        for cycle, known in self._curves.items():
            path = self._of_curves(cycle)
            try:
                whole = checksum(path.read_bytes()) == known
            except OSError:
                whole = False
            if not whole:
                raise InputError(
                    f"{path}: is not there or not as it was kept (its checksum is another); start the run "
                    "again in another folder"
                )

    def _of_curves(self, cycle: int) -> Path:
        return self.path / CURVES / f"cycle_{cycle:05}.csv"

    def _rows(self, cycles: int) -> tuple[pd.DataFrame, bytes]:
        """The rows of the first cycles, and these lines of the file as they are."""
        path = self.path / ROWS
        try:
            kept = b"".join(path.read_bytes().splitlines(keepends=True)[: cycles + 1])
            rows = pd.read_csv(io.BytesIO(kept), dtype=str).astype(float)  # as text first: to the last digit
            numbers = rows["Cycle"].astype(int).tolist()
        except (OSError, ValueError, KeyError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read ({reason}); start in another folder") from None
        if numbers != list(range(1, cycles + 1)):
            raise InputError(
                f"{path}: holds the rows of {len(rows)} cycles, where {STATE} goes on from cycle {cycles}; "
                "start the run again in another folder"
            )
        return rows.astype({"Cycle": int}), kept

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
            text = curves.to_csv(index=False)
            replace(self._of_curves(state.cycle), text)
            self._curves[state.cycle] = checksum(text.encode())
            line = {"Cycle": state.cycle, CHECKSUM_OF: self._curves[state.cycle]}
            append_line(self.path / OF_CURVES, sealed(line))
        path = self.path / ROWS
        before = path.read_bytes() if path.exists() else b""
        rows = before + pd.DataFrame([row]).to_csv(header=not before, index=False).encode()
        replace(path, rows)
        content = io.BytesIO()
        np.savez(
            content,
            cycle=state.cycle,
            source=state.source,
            time=state.time,
            values=state.values,
            names=list(state.inputs),
            inputs=list(state.inputs.values()),
            rows=checksum(rows),
            curves=len(self._curves),
        )
        replace(self.path / STATE, content.getvalue() + checksum(content.getvalue()).encode())

    def _state(self) -> State | None:
        path = self.path / STATE
        if not path.exists():
            return None
        try:
            content = path.read_bytes()
            content, kept = content[:-HEX_DIGITS], content[-HEX_DIGITS:]
            if checksum(content).encode() != kept:
                raise ValueError("damaged, or changed since it was written: its checksum is another")
            with np.load(io.BytesIO(content)) as stored:
                inputs = dict(zip(stored["names"].tolist(), stored["inputs"].tolist(), strict=True))
                cycle, number = stored["source"].tolist()
                self._rows_of_state, self._curves_of_state = str(stored["rows"]), int(stored["curves"])
                return State(
                    int(stored["cycle"]), (cycle, number), float(stored["time"]), stored["values"], inputs
                )
        except (OSError, ValueError, KeyError) as error:
            reason = " ".join(str(error).split())
            raise InputError(
                f"{path}: cannot be read ({reason}); start the run again in another folder"
            ) from None
