"""A protocol: what a TOML file of ``experiments/`` says, validated and frozen."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, PlainValidator, Tag, ValidationError, model_validator

from coreshell_model import library, named_numbers
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
from coreshell_model.steps import OPEN_CIRCUIT, Terms, held, in_pybamm_words, sweep

FIRST_STEP = re.compile(r"cycles\.1(\.steps\.1)+")
"""The place of a step before which there is none."""

SMALLEST_JUMP = 1e-6
"""Volts by which a sweep may start off the voltage before it."""

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


def _repeat(value: Any) -> int | str:
    """A whole number, or text that names one."""
    if isinstance(value, str) or (type(value) is int and 1 <= value <= LONGEST):
        return value
    raise InputError(
        f"is {brief(value)}; give a whole number from 1 to {LONGEST}, or the name of one in braces"
    )


Repeat = Annotated[int | str, PlainValidator(_repeat)]


def _step_or_loop(value: Any) -> str:
    return "loop" if isinstance(value, Mapping | Section) else "step"


Item = Annotated[
    Annotated[str, Tag("step")] | Annotated["Loop", Tag("loop")],
    Discriminator(_step_or_loop),
]


class Loop(Section):
    """Steps that follow one another ``repeat`` times within a cycle, as the pulses of a titration."""

    repeat: Repeat
    steps: tuple[Item, ...] = Field(min_length=1)


class Cycles(Section):
    """The same steps, ``repeat`` times; each repetition is one cycle."""

    repeat: Repeat = 1
    steps: tuple[Item, ...] = Field(min_length=1)


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
        words = self._words()
        if unused := named_numbers.unused(words, _texts(self.cycles)):
            raise InputError(f"numbers.{unused} is in no step; write {{{unused}}} in one or leave it out")
        blocks = [(f"cycles.{number}", block) for number, block in enumerate(self.cycles, start=1)]
        cycles = sum(_count(block.repeat, words, where) for where, block in blocks)
        if cycles > LONGEST:
            raise InputError(f"has {cycles} cycles; at most {LONGEST} in one protocol")
        steps = sum(_length(block, words, where) for where, block in blocks)
        if steps > MOST_STEPS:
            raise InputError(f"has {steps} steps; at most {MOST_STEPS} in one protocol")
        check_sweeps(self)
        return self

    @property
    def terms(self) -> Terms:
        """What the words of the steps refer to."""
        return Terms(self.window.lower.si, self.window.upper.si, self.start.potential.si, self.basis.one_c.si)

    def steps_by_cycle(self) -> tuple[tuple[str, ...], ...]:
        """Every cycle's steps in PyBaMM's words, the cut-offs and other numbers filled in."""
        words = self._words()
        cycles: list[tuple[str, ...]] = []
        for number, block in enumerate(self.cycles, start=1):
            steps = tuple(self._read(block.steps, words, f"cycles.{number}"))
            cycles += [steps] * _count(block.repeat, words, f"cycles.{number}")
        return tuple(cycles)

    def _words(self) -> dict[str, str]:
        """The named numbers as steps write them."""
        written = {}
        for name, number in self.numbers.items():
            with _at(f"numbers.{name}"):
                written[name] = named_numbers.words(name, number)
        return written

    def _read(self, steps: tuple[Item, ...], words: Mapping[str, str], where: str) -> Iterator[str]:
        """Steps in PyBaMM's words, loops unrolled."""
        for place, step in enumerate(steps, start=1):
            here = f"{where}.steps.{place}"
            if isinstance(step, Loop):
                once = tuple(self._read(step.steps, words, here))
                yield from once * _count(step.repeat, words, here)
                continue
            with _at(f"{here}: {brief(step)}", " "):
                filled = named_numbers.filled(step, words)
                if OPEN_CIRCUIT in " ".join(step.lower().split()) and not FIRST_STEP.fullmatch(here):
                    raise InputError(
                        f"refers to the {OPEN_CIRCUIT}, which is known at the start alone; give a voltage"
                    )
            with _at(f"{here}: {brief(filled)}", " "):
                text = in_pybamm_words(filled, self.terms)
            yield text


def _count(repeat: int | str, words: Mapping[str, str], where: str) -> int:
    """Repetitions of a block or loop."""
    with _at(f"{where}.repeat"):
        found = (
            repeat if isinstance(repeat, int) else named_numbers.count(named_numbers.filled(repeat, words))
        )
        if found > LONGEST:
            raise InputError(f"is {found}; at most {LONGEST}")
        return found


def _length(block: Cycles | Loop, words: Mapping[str, str], where: str) -> int:
    """Steps of a block or loop, its repetitions counted."""
    steps = enumerate(block.steps, start=1)
    once = sum(
        1 if isinstance(step, str) else _length(step, words, f"{where}.steps.{place}")
        for place, step in steps
    )
    return once * _count(block.repeat, words, where)


@contextmanager
def _at(where: str, between: str = ": ") -> Iterator[None]:
    """Complaints with their place."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}{between}{error}") from None


def _texts(blocks: tuple) -> Iterator[str]:
    """Every step and number of repetitions that may name a number."""
    for block in blocks:
        yield str(block.repeat)
        for step in block.steps:
            yield from [step] if isinstance(step, str) else _texts((step,))


def check_sweeps(protocol: Protocol) -> None:
    """A sweep starts where the step before it ended, as far as that can be known beforehand.

    Raises
    ------
    InputError
        It would begin with a jump of the voltage, or at an open circuit that nobody knows.
    """
    ended: float | None = protocol.start.potential.si
    for cycle, steps in enumerate(protocol.steps_by_cycle(), start=1):
        for number, text in enumerate(steps, start=1):
            swept = sweep(text)
            if swept and ended is not None and abs(swept[0] - ended) > SMALLEST_JUMP:
                raise InputError(
                    f"cycle {cycle}, step {number} sweeps from {swept[0]:.6g} V, but the step before ends at "
                    f"{ended:.6g} V; start there, hold the voltage before, or set start.potential"
                )
            ended = swept[1] if swept else held(text)


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
    data, names = protocol.model_dump(), changeable(protocol)
    for path, text in changes.items():
        if path not in names:
            close = get_close_matches(path[:LONGEST_NAME], names, n=1, cutoff=0.5)
            guess = f"did you mean 'protocol.{close[0]}'? " if close else ""
            known = ", ".join(f"protocol.{name}" for name in names)
            raise InputError(f"{protocol.name}: {path!r} is not one of its numbers; {guess}they are {known}")
        section, leaf = path.split(".")
        with _at(f"{protocol.name}: {path}"):
            data[section][leaf] = quantity_from_text(text, SET_BY_USER)
    return protocol_from_dict(data, protocol.name)


def changeable(protocol: Protocol) -> tuple[str, ...]:
    """The dotted paths of the numbers that a run may change."""
    return (*NUMBERS, *(f"numbers.{name}" for name in protocol.numbers))
