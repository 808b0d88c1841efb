"""The sections of a fit problem's file that describe its observations: numbers, curves and spectra."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.quantity import Section
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.inputs.full_cell import HALF, USUAL_PROTOCOL, one_cell

MOST_POINTS = 5000
"""Largest number of points of one curve."""

Number = Annotated[float, Field(strict=True)]


class Measured(Section):
    """What all observations have: a material with changes of its numbers, cycles, and a source."""

    material: str
    cycles: int | None = Field(default=None, ge=1, strict=True)
    changes: dict[str, str] = Field(default_factory=dict)
    source: str = ""


class Scalar(Measured):
    """A number, under its name in the results of ``coreshell run --json``.

    ``entry`` picks one of several: a number from 1, a name such as "2C" of the rate retention, or both in a
    row. ``window`` gives the two potentials between which charge is counted, for observables that need them.
    ``relation`` tells a measured number from a limit to it.
    """

    protocol: str
    observable: str
    entry: int | str | tuple[int | str, ...] | None = None
    window: tuple[str, str] | None = None
    relation: Literal["equal", "at least", "at most"] = "equal"
    value: Number
    sd: Number = Field(gt=0)
    unit: str = "1"


class Discrepancy(Section):
    """By how much the model may be off along a curve, and over which distance: both estimated if not given.

    ``scale`` is a standard deviation, such as "5 mV". ``length`` is along the curve's axis: "20 mAh/g" of a
    curve over capacity, "1 h" of one over time.
    """

    scale: str | None = None
    length: str | None = None


class Curve(Measured):
    """A measured ``file`` or, in order, the ``files`` of one cell: voltage or current over time or capacity.

    It is compared with a simulation of a protocol, or with the ``replay`` of its own current or voltage.
    ``first_cycle`` is the cycle of the protocol with which the file begins; it is needed where the file's
    counter does not tell, and ``cycles`` counts from it. A replay begins with an empty carbon, ``after`` the
    first ``cycles`` of a protocol, or at a ``potential``. ``axis_sd`` is the standard deviation of the axis,
    in mAh/g or s. ``curve`` states what a table without time does not tell of itself; one of open-circuit
    voltages is compared with the isotherm, ``equilibrium``.
    """

    file: str | None = None
    files: tuple[str, ...] | None = None
    curve: dict[str, Any] | None = None
    equilibrium: Annotated[bool, Field(strict=True)] | None = None
    protocol: str | None = None
    first_cycle: int | None = Field(default=None, ge=1, strict=True)
    replay: Literal["current", "voltage"] | None = None
    after: str | None = None
    potential: str | None = None
    of: Literal["voltage", "current"] = "voltage"
    over: Literal["time", "capacity"] = "capacity"
    half_cycles: tuple[int, ...] = ()
    sd: Number = Field(gt=0)
    unit: str = "mV"
    axis_sd: Number | None = Field(default=None, ge=0)
    points: int = Field(default=200, ge=2, le=MOST_POINTS, strict=True)
    mass: str | None = None
    current_sign: str | None = None
    allow_gaps: bool = Field(default=False, strict=True)
    cell: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    discrepancy: Discrepancy | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file, in order."""
        return self.files or (self.file or "",)

    @property
    def named(self) -> str:
        """The file, or the first and last of several, for errors and reports."""
        return " to ".join(dict.fromkeys((self.paths[0], self.paths[-1])))

    @property
    def noise(self) -> float:
        """``sd`` in SI units: [V], or [A.kg-1]."""
        return to_si(self.sd, self.unit, "V" if self.of == "voltage" else "A/kg")

    @property
    def stated_discrepancy(self) -> tuple[float | None, float | None]:
        """Scale [V] or [A.kg-1] and length [mA.h.g-1] or [s] of the discrepancy; None what is not stated.

        Raises
        ------
        InputError
            One of them is no number above 0, or in a unit of something else.
        """
        stated = self.discrepancy or Discrepancy()
        axis, unit = ("mA.h.g-1", "C/kg") if self.over == "capacity" else ("s", "s")
        scale = _above_zero("scale", stated.scale, "V" if self.of == "voltage" else "A/kg")
        length = _above_zero("length", stated.length, unit)
        return scale, None if length is None else from_si(length, axis)

    @model_validator(mode="before")
    @classmethod
    def _over_time_in_a_replay(cls, data):
        return {"over": "time", **data} if isinstance(data, dict) and data.get("replay") else data

    @field_validator("half_cycles")
    @classmethod
    def _counted_from_one(cls, numbers: tuple[int, ...]):
        if any(number < 1 for number in numbers) or len(set(numbers)) < len(numbers):
            raise InputError(f"is {list(numbers)}; half-cycles count from 1, each once")
        return numbers

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        if bool(self.file) == bool(self.files):
            raise InputError(
                'give either file = "cell.mpr", or files = ["a.mpr", "b.mpr"] of one cell in order'
            )
        if self.equilibrium:
            self._check_equilibrium()
        elif (self.protocol is None) == (self.replay is None):
            raise InputError('give either protocol, or replay = "current" to follow the measured current')
        if self.of == "current" and self.over == "capacity":
            raise InputError('over is "capacity"; a current is compared over time: write over = "time"')
        if self.over == "time" and self.half_cycles:
            raise InputError('half_cycles go with over = "capacity"; leave them out')
        if self.replay is not None:
            self._check_replay()
        elif self.after is not None or self.potential is not None:
            raise InputError(
                "after and potential say where a replay begins; a protocol begins with first_cycle"
            )
        return self

    def _check_equilibrium(self) -> None:
        needless = ("protocol", "replay", "first_cycle", "after", "potential", "cycles", "current_sign")
        present = [name for name in needless if getattr(self, name) is not None]
        present += [name for name in ("half_cycles", "columns", "files") if getattr(self, name)]
        if present:
            raise InputError(f"{present[0]} says nothing of an equilibrium; leave it out")
        if self.of != "voltage" or self.over != "capacity":
            raise InputError('an equilibrium is a voltage over capacity; leave out "of" and "over"')

    def _check_replay(self) -> None:
        if self.replay == self.of:
            other = "current" if self.of == "voltage" else "voltage"
            raise InputError(f'of is the {self.of}, which the replay prescribes; write of = "{other}"')
        if self.over == "capacity":
            raise InputError('over is "capacity"; a replay is compared over time: leave it out')
        if self.cycles is not None and self.after is None:
            raise InputError("cycles go with a protocol; a replay follows the whole file: leave them out")
        if self.first_cycle is not None:
            raise InputError(
                'first_cycle goes with a protocol; a replay begins after = "formation", cycles = 4 for '
                'instance, or at potential = "1.2 V"'
            )


def _above_zero(name: str, text: str | None, unit: str) -> float | None:
    """A quantity above 0 in SI units; None where it is not stated."""
    if text is None:
        return None
    with at(f"discrepancy.{name}"):
        value = to_si(*parse_quantity(text), unit)
        if value <= 0:
            raise InputError(f"is {text}; give a number above 0, or leave it out to have it estimated")
    return value


class Spectrum(Measured):
    """A measured spectrum: a table of frequencies and impedances, at a potential.

    ``spectrum`` is its number in a cycler's file, or in the file that ``coreshell data --out`` wrote of it;
    such a file gives the potential too. ``cell`` is "half" or "full"; where it is not given, that of the
    protocol ``after`` which the spectrum was taken, and a half-cell where there is none. ``sd`` is the
    standard deviation of the real and of the imaginary part of the impedance, as a share of its modulus.
    """

    file: str
    spectrum: int | None = Field(default=None, ge=1, strict=True)
    potential: str | None = None
    cell: str | None = None
    after: str | None = None
    sd: Number = Field(gt=0, lt=1)
    area: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)

    @property
    def named(self) -> str:
        """The file, and the number of the spectrum in it, for reports."""
        return self.file if self.spectrum is None else f"{self.file}, spectrum {self.spectrum}"

    @property
    def protocol(self) -> str:
        """The protocol before the spectrum, or that from which a fresh cell has its start, window and 1C."""
        return self.after or USUAL_PROTOCOL[self.cell or HALF]

    @model_validator(mode="after")
    def _one_of_two_cells(self) -> Self:
        if self.cell is not None:
            one_cell(self.cell)
        return self

    @model_validator(mode="after")
    def _cycles_of_what(self) -> Self:
        if self.cycles is not None and self.after is None:
            raise InputError("cycles count in the protocol before the spectrum; name it as after")
        return self
