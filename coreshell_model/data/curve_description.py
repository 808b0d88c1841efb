"""What a table of voltage against capacity does not tell of itself: rate, direction, mass basis, columns.

It stands in ``NAME.curve.toml`` beside ``NAME.csv``, in options, or in both; docs/data.md lists the fields.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import read_toml, shown
from coreshell_model.base.quantity import Section, brief, one_line
from coreshell_model.base.units import parse_quantity, to_si

FIELDS = "docs/data.md"

OPEN_CIRCUIT = "open circuit"
"""The rate of a table of equilibrium potentials."""

SODIUM_METAL = "Na/Na+"
"""The reference of a voltage unless another is stated."""

ACTIVE, ELECTRODE = "active carbon", "electrode"

EXAMPLES = {
    "mass": "1.1 mg",
    "area": "1.13 cm2",
    "full_capacity": "300 mA.h.g-1",
    "sodiated": "300 mA.h.g-1",
}
"""Numbers with a unit, as messages show how to write them."""

_OF_ONE_C = re.compile(r"(?P<times>\d+\.?\d*|\.\d+)?\s*C\s*(?:/\s*(?P<part>\d+\.?\d*|\.\d+))?")
"""C/20, 0.05C or 2 C."""

_HALF_CYCLE = re.compile(r"(?:cycle\s*)?(?P<cycle>\d+)?\s*(?P<direction>[A-Za-z]\w*)")
"""2 desodiation, or a direction alone."""


def _pair(value: Any) -> Any:
    """Two parts, also of a text such as "3, 4"; whole numbers among them as such."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if value is None:
        return None
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        raise InputError(f"is {brief(value)}; give two, as [1, 2]")
    return tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in parts)


def _number(value: Any) -> Any:
    """A number that an option holds as text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


Direction = Literal["sodiation", "desodiation"]
Columns = Annotated[tuple[int | str, int | str], BeforeValidator(_pair)]
Lines = Annotated[tuple[int, int], BeforeValidator(_pair)]


class HalfCycleColumns(Section):
    """One half-cycle of a table: where it stands, and how its capacity counts."""

    direction: Direction | None = None
    cycle: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, ge=1)
    columns: Columns | None = None
    lines: Lines | None = None
    rate: str | None = None
    counted: Literal["up", "down"] | None = None
    begin: str | None = None
    hold: Literal["none", "included", "left out"] | None = None

    @field_validator("direction", mode="before")
    @classmethod
    def _one_of_two(cls, word: Any):
        if word not in (None, "sodiation", "desodiation"):
            raise InputError(f"is {brief(word)}; give sodiation (sodium goes into the carbon) or desodiation")
        return word

    @field_validator("lines")
    @classmethod
    def _first_to_last(cls, lines: tuple[int, int] | None):
        if lines is not None and not 1 <= lines[0] < lines[1]:
            raise InputError(f"is {list(lines)}; give the first and the last line of the file, as [2, 80]")
        return lines


def _listed(value: Any) -> Any:
    """Half-cycles written as "1 sodiation, 1 desodiation", or as a list of such texts and of tables."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        return value
    return tuple(_entry(item) for item in value)


def _entry(item: Any) -> Any:
    if not isinstance(item, str):
        return item
    match = _HALF_CYCLE.fullmatch(item.strip())
    if match is None:
        raise InputError(f"{brief(item)} is no half-cycle; write it as '1 sodiation' or '2 desodiation'")
    return {"direction": match["direction"], **({"cycle": int(match["cycle"])} if match["cycle"] else {})}


class CurveDescription(HalfCycleColumns):
    """All that is stated of a table; what stands outside of ``half_cycles`` holds for each of them.

    ``one_c`` is the current that 1C means; ``mass_basis`` of what a gram is in capacities and currents, with
    ``active_share`` the active carbon in a gram of electrode; ``area`` that of the electrode;
    ``full_capacity`` the capacity at the stoichiometry 1 per gram of active carbon; ``sodiated`` the sodium
    in the carbon where a desodiation at open circuit begins; ``reference`` what the voltage is measured
    against, or its potential against Na/Na+.
    """

    half_cycles: Annotated[tuple[HalfCycleColumns, ...], BeforeValidator(_listed)] = ()
    one_c: str | None = None
    mass: str | None = None
    mass_basis: Literal["active carbon", "electrode"] = ACTIVE
    active_share: Annotated[float | None, BeforeValidator(_number)] = Field(default=None, gt=0, le=1)
    area: str | None = None
    capacity_unit: str | None = None
    voltage_unit: str | None = None
    reference: str = SODIUM_METAL
    full_capacity: str | None = None
    sodiated: str | None = None

    @property
    def halves(self) -> tuple[HalfCycleColumns, ...]:
        """Every half-cycle, with what holds for all of them."""
        names = HalfCycleColumns.model_fields
        common = {name: getattr(self, name) for name in names}
        if not self.half_cycles:
            return (HalfCycleColumns(**common),)
        of_all = {name: common[name] for name in ("rate", "counted", "hold")}
        return tuple(
            half.model_copy(
                update={name: value for name, value in of_all.items() if getattr(half, name) is None}
            )
            for half in self.half_cycles
        )

    @property
    def open_circuit(self) -> bool:
        """Whether the table is one of equilibrium potentials."""
        return self.rate == OPEN_CIRCUIT

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.half_cycles:
            names = ("direction", "cycle", "columns", "lines", "begin")
            alone = [name for name in names if getattr(self, name) is not None]
            if alone:
                raise InputError(
                    f"{alone[0]} stands beside half_cycles; write it in the half-cycle that it is of, as "
                    '{ cycle = 1, direction = "sodiation", columns = [1, 2] }'
                )
        for half in self.halves:
            self._check_half(half)
        self._check_order()
        if self.mass_basis == ELECTRODE and self.active_share is None:
            raise InputError(
                'mass_basis is "electrode"; say how much of its mass is active carbon (core + shell), as '
                "active_share = 0.9"
            )
        if self.mass_basis == ACTIVE and self.active_share is not None:
            raise InputError('active_share goes with mass_basis = "electrode"; add that, or leave it out')
        self._check_numbers()
        return self

    def _check_half(self, half: HalfCycleColumns) -> None:
        if half.rate is None:
            raise InputError(
                'the rate is not stated; write rate = "C/20" with one_c = "300 mA/g", rate = "15 mA/g", or '
                'rate = "open circuit"'
            )
        if (half.rate == OPEN_CIRCUIT) != self.open_circuit:
            raise InputError(
                'rate is "open circuit" for some half-cycles alone; give these as a table of their own'
            )
        if self.open_circuit and not self.half_cycles:
            return
        if half.direction is None:
            raise InputError(
                'the direction is not stated; write direction = "sodiation" (sodium goes into the carbon) or '
                '"desodiation", for several half-cycles half_cycles = ["1 sodiation", "1 desodiation"]'
            )
        if not self.open_circuit:
            rate_as_current(half.rate, self.one_c)

    def _check_order(self) -> None:
        """Refuse half-cycles that cannot follow one another."""
        halves = self.halves
        for before, after in pairwise(halves):
            if before.direction == after.direction:
                raise InputError(
                    f"two half-cycles in a row are a {after.direction}; one record has them in turn: give "
                    "each as a curve of its own, with its columns"
                )
            if before.cycle and after.cycle and after.cycle < before.cycle:
                raise InputError(
                    f"cycle {after.cycle} stands after cycle {before.cycle}; list them in the cell's order"
                )
        if len({half.cycle is None for half in halves}) > 1:
            raise InputError("some half-cycles have a cycle and some have none; number all or none")

    def _check_numbers(self) -> None:
        """Refuse numbers that cannot be read, before the table is."""
        for name, example in EXAMPLES.items():
            text = getattr(self, name)
            if text is not None:
                positive(name, text, example)
        _ = self.reference_potential

    @property
    def reference_potential(self) -> float:
        """Potential [V] of the reference against Na/Na+."""
        if self.reference.replace(" ", "").lower() in ("na/na+", "na+/na", "na"):
            return 0.0
        try:
            return to_si(*parse_quantity(self.reference), "V")
        except InputError:
            raise InputError(
                f'reference is {brief(self.reference)}; give "Na/Na+", or the potential of the reference '
                'against it, as "0.07 V"'
            ) from None


def positive(name: str, text: str, example: str) -> float:
    """A number above 0 in SI units, as a user writes it; the ``example`` has the unit that is expected."""
    try:
        si = to_si(*parse_quantity(text), parse_quantity(example)[1])
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    if not si > 0:
        raise InputError(f"{name} is {text}; give one above 0, as {example!r}")
    return si


def rate_as_current(rate: str, one_c: str | None) -> tuple[float, str]:
    """A rate as a current: the number and its unit, of the current itself, per mass or per area.

    Raises
    ------
    InputError
        It is not a rate, or 1C is not stated.
    """
    match = _OF_ONE_C.fullmatch(rate.strip())
    if match is None:
        return current(rate, "rate", "C/20")
    times, part = float(match["times"] or 1), float(match["part"] or 1)
    if one_c is None:
        raise InputError(f'rate is {rate}; say what 1C is, as one_c = "300 mA/g"')
    if not times or not part:
        raise InputError(f"rate is {rate}; give one above 0, as C/20")
    size, unit = current(one_c, "one_c", "300 mA/g")
    return size * times / part, unit


def current(text: str, name: str, example: str) -> tuple[float, str]:
    """A current above 0 in SI units, with the unit that it has there: A, A/kg or A/m2."""
    remedy = f"give a current such as {example!r}, '15 mA/g' or '0.1 mA/cm2'"
    try:
        value, unit = parse_quantity(text)
    except InputError:
        raise InputError(f"{name} is {brief(text)}; {remedy}") from None
    for si in ("A", "A/kg", "A/m2"):
        try:
            size = to_si(value, unit, si)
        except InputError:
            continue
        if size > 0:
            return size, si
        raise InputError(f"{name} is {text}; give one above 0, as {example!r}")
    raise InputError(f"{name} is {text}; {remedy}")


def _side_file(path: Path) -> Path | None:
    """The file beside a table that describes it; None where there is none."""
    try:
        beside = path.with_name(f"{path.stem}.curve.toml")
        return beside if beside.is_file() else None
    except (OSError, ValueError):  # a name with the ending that is too long, or a path without a name
        return None


def read_description(path: Path, options: Mapping[str, Any] | None) -> CurveDescription | None:
    """What is stated of a table, options before the file beside it; None where nothing is.

    Raises
    ------
    InputError
        The file cannot be read, or a field is unknown, missing or wrong.
    """
    beside = _side_file(path)
    if beside is None and options is None:
        return None
    fields = {} if beside is None else read_toml(beside)
    where = f"{shown(path)}: curve" if beside is None else shown(beside)
    fields = _joined(fields, dict(options or {}))
    try:
        return CurveDescription.model_validate(fields)
    except ValidationError as error:
        raise one_line(error, where, FIELDS, CurveDescription.model_fields) from None


def _joined(fields: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """The fields of the file with those of the options in their place; a half-cycle replaces the file's."""
    if "half_cycles" in options:
        single = set(HalfCycleColumns.model_fields) - {"rate", "counted", "hold"}
        fields = {name: value for name, value in fields.items() if name not in single}
    elif "direction" in options:
        fields = {name: value for name, value in fields.items() if name != "half_cycles"}
    return {**fields, **options}
