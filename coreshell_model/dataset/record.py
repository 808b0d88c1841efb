"""What a measurement is once it is read: one table, with what was converted on the way."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.dataset.columns import CURRENT, STEP, TIME, VOLTAGE
from coreshell_model.dataset.half_cycles import HalfCycle, Piece, edges, half_cycles, pieces
from coreshell_model.dataset.sweeps import SweptSpectrum
from coreshell_model.errors import InputError


@dataclass(frozen=True)
class Dataset:
    """A measurement under the column names of the Battery Data Format.

    The current has the sign of a Solution: above 0 it sodiates the carbon.

    Attributes
    ----------
    table : a row a point; ``Test Time / s``, ``Voltage / V``, ``Current / A``, and what else the file had of
        ``Cycle Count / 1``, ``Step Count / 1``, ``Ambient Temperature / degC``
    source : the file, which is never changed
    format : the kind of file that was found
    statements : what was read and converted, in sentences
    mass : of active carbon (core + shell) [kg], None where it is not known
    cell : what the voltage is of, "half-cell" or "full-cell"
    spectra : impedance spectra that the file holds beside the table
    began : date and time of the first point, None where the file does not tell
    sources : all files, where several were joined
    positive_current : what a positive current did in the file; None where none flowed
    """

    table: pd.DataFrame
    source: Path
    format: str
    statements: tuple[str, ...]
    mass: float | None = None
    cell: str = "half-cell"
    spectra: tuple[SweptSpectrum, ...] = ()
    began: datetime | None = None
    sources: tuple[Path, ...] = ()
    positive_current: str | None = None

    @property
    def time(self) -> np.ndarray:
        """Test time [s]."""
        return self.table[TIME].to_numpy(float)

    @property
    def voltage(self) -> np.ndarray:
        """Voltage [V]."""
        return self.table[VOLTAGE].to_numpy(float)

    @property
    def current(self) -> np.ndarray:
        """Current [A]; above 0 it sodiates the carbon."""
        return self.table[CURRENT].to_numpy(float)

    @property
    def known_mass(self) -> float:
        """Mass of active carbon [kg], for what cannot do without it.

        Raises
        ------
        InputError
            It is not known.
        """
        if self.mass is None:
            raise InputError(
                f"{self.source}: the mass of active carbon is not known; give it, as mass='1.1 mg' "
                '(--mass "1.1 mg")'
            )
        return self.mass

    def check_half_cell(self) -> None:
        """Refuse what cannot be laid against a simulation, which is of carbon against sodium.

        Raises
        ------
        InputError
            The voltage is a full cell's.
        """
        if self.cell != "half-cell":
            raise InputError(
                f"{self.source}: the voltage is a full cell's, and simulations are of carbon against sodium; "
                "give a half-cell's file, or a three-electrode file's working electrode"
            )

    @property
    def flows(self) -> bool:
        """Whether any current flows: not in a rest, nor at open circuit."""
        return bool((self.current != 0).any())

    @property
    def _step(self) -> np.ndarray | None:
        return self.table[STEP].to_numpy() if STEP in self.table else None

    def edges(self) -> np.ndarray:
        """True at each point that begins a step, a direction, or a current at the same time."""
        return edges(self.time, self.current, self._step)

    def pieces(self) -> tuple[Piece, ...]:
        """Sodiation, desodiation, holds and rests, in order."""
        return pieces(self.time, self.voltage, self.current, self._step)

    def half_cycles(self) -> tuple[HalfCycle, ...]:
        """The half-cycles, with capacities per gram of active carbon where the mass is known."""
        return half_cycles(self.pieces(), self.mass)
