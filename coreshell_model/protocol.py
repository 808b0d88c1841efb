"""A protocol: what a TOML file of ``experiments/`` says, validated and frozen."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from coreshell_model import library, named_numbers
from coreshell_model.cycles import LONGEST, Cycles, check_sweeps, count, length, texts, unrolled
from coreshell_model.errors import InputError, at
from coreshell_model.limits import CurrentPerMass, CutOff, OpenCircuit
from coreshell_model.quantity import (
    LONGEST_NAME,
    SET_BY_USER,
    Name,
    Quantity,
    Section,
    one_line,
    quantity_from_text,
)
from coreshell_model.steps import Terms

MOST_STEPS = 100_000
"""Steps that one protocol may have, its repetitions counted."""

HOLD = "longest_hold"
"""The number that limits holds at the lower cut-off: named in a protocol, or written in its steps."""

_HELD = re.compile(r"(Hold at lower cut-off for )[^{}]+?( or until .+)", re.IGNORECASE)

NUMBERS = ("basis.one_c", "window.lower", "window.upper", "start.potential")


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


class Protocol(Section):
    """Cycles of steps, in the words of ``coreshell_model.steps``; ``numbers`` are those that they name."""

    name: Name
    title: str
    description: str
    source: str
    end_of_sodiation: str
    basis: Basis
    window: Window
    start: Start
    numbers: dict[str, Quantity] = Field(default_factory=dict)
    cycles: tuple[Cycles, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_run(self):
        words = self.words()
        if unused := named_numbers.unused(words, texts(self.cycles)):
            raise InputError(f"numbers.{unused} is in no step; write {{{unused}}} in one or leave it out")
        cycles = sum(count(block.repeat, words, where) for where, block in self.blocks())
        if cycles > LONGEST:
            raise InputError(f"has {cycles} cycles; at most {LONGEST} in one protocol")
        steps = sum(length(block, words, where) for where, block in self.blocks())
        if steps > MOST_STEPS:
            raise InputError(f"has {steps} steps; at most {MOST_STEPS} in one protocol")
        check_sweeps(self.steps_by_cycle(), self.start.potential.si)
        return self

    def steps_by_cycle(self) -> tuple[tuple[str, ...], ...]:
        """Every cycle's steps in PyBaMM's words, the cut-offs and other numbers filled in."""
        words = self.words()
        terms = Terms(
            self.window.lower.si, self.window.upper.si, self.start.potential.si, self.basis.one_c.si
        )
        cycles: list[tuple[str, ...]] = []
        for where, block in self.blocks():
            steps = tuple(unrolled(block.steps, words, terms, where))
            cycles += [steps] * count(block.repeat, words, where)
        return tuple(cycles)

    def blocks(self) -> Iterator[tuple[str, Cycles]]:
        """The blocks with their places."""
        return ((f"cycles.{number}", block) for number, block in enumerate(self.cycles, start=1))

    def words(self) -> dict[str, str]:
        """The named numbers as steps write them."""
        written = {}
        for name, number in self.numbers.items():
            with at(f"numbers.{name}"):
                written[name] = named_numbers.words(name, number)
        return written


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
        raise one_line(error, where, "experiments/README.md") from None


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


def changed_protocol(protocol: Protocol, changes: Mapping[str, str], source: str = SET_BY_USER) -> Protocol:
    """The same protocol with some of its numbers changed, as ``{"window.lower": "10 mV"}``.

    Parameters
    ----------
    protocol, changes : what is changed, and how
    source : of the new numbers

    Raises
    ------
    InputError
        Unknown path, or a value that the protocol cannot have.
    """
    if not changes:
        return protocol
    data, names = protocol.model_dump(), changeable(protocol)
    if f"numbers.{HOLD}" in changes and HOLD not in protocol.numbers and _holds_as_written(protocol):
        data["cycles"] = [_with_named_hold(block) for block in data["cycles"]]
    for path, text in changes.items():
        if path not in names:
            close = get_close_matches(path[:LONGEST_NAME], names, n=1, cutoff=0.5)
            guess = f"did you mean 'protocol.{close[0]}'? " if close else ""
            known = ", ".join(f"protocol.{name}" for name in names)
            raise InputError(f"{protocol.name}: {path!r} is not one of its numbers; {guess}they are {known}")
        section, leaf = path.split(".")
        with at(f"{protocol.name}: {path}"):
            data[section][leaf] = quantity_from_text(text, source)
    return protocol_from_dict(data, protocol.name)


def beginning(protocol: Protocol, cycles: int) -> Protocol:
    """The same protocol ended after its first cycles.

    Raises
    ------
    InputError
        It has not so many, or none are asked for.
    """
    every = len(protocol.steps_by_cycle())
    if not 1 <= cycles <= every:
        raise InputError(f"{protocol.name}: cycle {cycles} is not among its {every}; give 1 to {every}")
    data, left = protocol.model_dump(), cycles
    blocks = []
    for (where, block), dumped in zip(protocol.blocks(), data["cycles"], strict=True):
        repeat = min(count(block.repeat, protocol.words(), where), left)
        blocks += [dumped | {"repeat": repeat}] if repeat else []
        left -= repeat
    named = named_numbers.references(str(blocks))
    numbers = {name: number for name, number in data["numbers"].items() if name in named}
    return protocol_from_dict(data | {"cycles": blocks, "numbers": numbers}, protocol.name)


def changeable(protocol: Protocol) -> tuple[str, ...]:
    """The dotted paths of the numbers that a run may change."""
    written = (HOLD,) if HOLD not in protocol.numbers and _holds_as_written(protocol) else ()
    return (*NUMBERS, *(f"numbers.{name}" for name in (*protocol.numbers, *written)))


def _holds_as_written(protocol: Protocol) -> bool:
    """Whether steps limit a hold at the lower cut-off in time and current, the time written in them."""
    steps = (step for block in protocol.cycles for step in block.steps)
    return any(isinstance(step, str) and _HELD.fullmatch(step) for step in steps)


def _with_named_hold(block: dict) -> dict:
    """A dumped block whose holds at the lower cut-off are limited by the number of that name."""
    named = rf"\g<1>{{{HOLD}}}\g<2>"
    steps = [_HELD.sub(named, step) if isinstance(step, str) else step for step in block["steps"]]
    return block | {"steps": steps}
