"""A protocol: what a TOML file of ``experiments/`` says, validated and frozen."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field, ValidationError, field_validator, model_validator

from coreshell_model import library
from coreshell_model.errors import InputError
from coreshell_model.quantity import Quantity, Section, one_line, quantity_from_text, within

LONGEST = 10_000
"""Cycles that one protocol may have."""

NUMBERS = ("basis.one_c", "window.lower", "window.upper", "start.potential")

LONGEST_STEP = 100.0
"""Hours after which a step that states no time ends anyway, unless its C-rate says otherwise."""

CurrentPerMass = Annotated[Quantity, within("mA/g", above=0.0)]
CutOff = Annotated[Quantity, within("V", at_least=-1.0, at_most=5.0)]
OpenCircuit = Annotated[Quantity, within("V", at_least=0.0, at_most=5.0)]

_WORDS = (
    (r"^\s*sodiate\b", "Discharge"),
    (r"^\s*desodiate\b", "Charge"),
)


class Basis(Section):
    """What 1C means: a current per gram of active carbon (core + shell)."""

    one_c: CurrentPerMass


class Window(Section):
    """The cut-off voltages, against the polarised counter electrode."""

    lower: CutOff
    upper: CutOff

    @model_validator(mode="after")
    def _in_order(self):
        if self.lower.si >= self.upper.si:
            raise InputError(
                f"lower is {self.lower}, not below upper, {self.upper}; "
                "give the lower cut-off below the upper one"
            )
        return self


class Start(Section):
    """Where the cell starts: empty carbon at this open-circuit potential."""

    potential: OpenCircuit


class Cycles(Section):
    """The same steps, ``repeat`` times; each repetition is one cycle."""

    repeat: int = Field(default=1, ge=1, le=LONGEST, strict=True)
    steps: tuple[str, ...] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _not_blank(cls, steps):
        for number, step in enumerate(steps, start=1):
            if not step.strip():
                raise InputError(
                    f"step {number} is empty; write it like 'Sodiate at C/20 until lower cut-off'"
                )
        return steps


class Protocol(Section):
    """Cycles of steps, in PyBaMM's words or with "Sodiate" and "Desodiate" for its two directions."""

    name: str = Field(min_length=1)
    title: str
    description: str
    source: str
    end_of_sodiation: str
    basis: Basis
    window: Window
    start: Start
    cycles: tuple[Cycles, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _not_too_long(self):
        count = sum(block.repeat for block in self.cycles)
        if count > LONGEST:
            raise InputError(f"has {count} cycles; at most {LONGEST} in one protocol")
        return self

    def steps_by_cycle(self) -> tuple[tuple[str, ...], ...]:
        """Every cycle's steps in PyBaMM's words, the cut-offs as numbers."""
        return tuple(
            tuple(self._in_pybamm_words(step) for step in block.steps)
            for block in self.cycles
            for _ in range(block.repeat)
        )

    def _in_pybamm_words(self, step: str) -> str:
        for pattern, word in _WORDS:
            step = re.sub(pattern, word, step, flags=re.IGNORECASE)
        for side in ("lower", "upper"):
            volts = f"{getattr(self.window, side).si:.12g} V"
            step = re.sub(rf"\b{side} cut-off\b", volts, step, flags=re.IGNORECASE)
        return _with_time_limit(step.strip())


def _with_time_limit(step: str) -> str:
    """A step without a time gets one: four times that of its C-rate, else ``LONGEST_STEP``."""
    if " for " in step or " until " not in step:
        return step
    rate = re.search(r"\bat (?:C\s*/\s*([0-9.]+)|([0-9.]+)\s*C)\b", step)
    hours = LONGEST_STEP
    if rate:
        hours = 4 * float(rate[1]) if rate[1] else 4 / float(rate[2])
    return step.replace(" until ", f" for {hours:.6g} hours or until ", 1)


def protocol_from_dict(data: dict, where: str) -> Protocol:
    """Validate the content of a protocol file; ``where`` names it in complaints.

    Raises
    ------
    InputError
        One line: file, field, value, remedy.
    """
    try:
        return Protocol.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where) from None


def read_protocol(name_or_path: str) -> Protocol:
    """Read a shipped protocol by name, or the user's own by path.

    Raises
    ------
    InputError
        No such protocol, or a file that is not one.
    """
    path = library.find("experiments", name_or_path)
    data = library.read_toml(path)
    return protocol_from_dict({"name": path.stem, **data}, path.name)


def changed_protocol(protocol: Protocol, changes: Mapping[str, str]) -> Protocol:
    """The same protocol with some of its numbers changed, as ``{"window.lower": "10 mV"}``.

    Raises
    ------
    InputError
        Unknown path, or a value that the protocol cannot have.
    """
    if not changes:
        return protocol
    data = protocol.model_dump()
    for path, text in changes.items():
        if path not in NUMBERS:
            close = get_close_matches(path, NUMBERS, n=1)
            guess = f"did you mean {close[0]!r}? " if close else ""
            raise InputError(
                f"{protocol.name}: {path!r} is not one of its numbers; {guess}they are {', '.join(NUMBERS)}"
            )
        section, leaf = path.split(".")
        try:
            data[section][leaf] = quantity_from_text(text, "set by the user")
        except InputError as error:
            raise InputError(f"{protocol.name}: {path}: {error}") from None
    return protocol_from_dict(data, protocol.name)
