"""A protocol: what a TOML file of ``experiments/`` says, validated and frozen."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from coreshell_model import library
from coreshell_model.errors import InputError
from coreshell_model.quantity import (
    LONGEST_NAME,
    SET_BY_USER,
    Name,
    Quantity,
    Section,
    brief,
    one_line,
    quantity_from_text,
    within,
)
from coreshell_model.steps import in_pybamm_words

LONGEST = 10_000
"""Cycles that one protocol may have."""

MOST_STEPS = 100_000
"""Steps that one protocol may have, its repetitions counted."""

NUMBERS = ("basis.one_c", "window.lower", "window.upper", "start.potential")

CurrentPerMass = Annotated[Quantity, within("mA/g", above=0.0)]
CutOff = Annotated[Quantity, within("V", at_least=-1.0, at_most=5.0)]
OpenCircuit = Annotated[Quantity, within("V", at_least=0.0, at_most=5.0)]


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


class Protocol(Section):
    """Cycles of steps, in PyBaMM's words or with "Sodiate" and "Desodiate" for its two directions."""

    name: Name
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
        count = sum(block.repeat * len(block.steps) for block in self.cycles)
        if count > MOST_STEPS:
            raise InputError(f"has {count} steps; at most {MOST_STEPS} in one protocol")
        return self

    @model_validator(mode="after")
    def _readable(self):
        for number, block in enumerate(self.cycles, start=1):
            for place, step in enumerate(block.steps, start=1):
                try:
                    self._in_pybamm_words(step)
                except InputError as error:
                    raise InputError(f"cycles.{number}.steps.{place}: {brief(step)} {error}") from None
        return self

    def steps_by_cycle(self) -> tuple[tuple[str, ...], ...]:
        """Every cycle's steps in PyBaMM's words, the cut-offs as numbers."""
        blocks = [(tuple(map(self._in_pybamm_words, block.steps)), block.repeat) for block in self.cycles]
        return tuple(steps for steps, repeat in blocks for _ in range(repeat))

    def _in_pybamm_words(self, step: str) -> str:
        return in_pybamm_words(step, self.window.lower.si, self.window.upper.si)


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
    return protocol_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))


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
            close = get_close_matches(path[:LONGEST_NAME], NUMBERS, n=1)
            guess = f"did you mean 'protocol.{close[0]}'? " if close else ""
            known = ", ".join(f"protocol.{name}" for name in NUMBERS)
            raise InputError(f"{protocol.name}: {path!r} is not one of its numbers; {guess}they are {known}")
        section, leaf = path.split(".")
        try:
            data[section][leaf] = quantity_from_text(text, SET_BY_USER)
        except InputError as error:
            raise InputError(f"{protocol.name}: {path}: {error}") from None
    return protocol_from_dict(data, protocol.name)
