"""A protocol: the contents of a TOML file as in ``experiments/``, validated and frozen."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PlainValidator, PrivateAttr, Tag, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.quantity import (
    LONGEST_NAME,
    SET_BY_USER,
    Name,
    Quantity,
    Section,
    brief,
    one_line,
    quantity_from_text,
)
from coreshell_model.inputs import named_numbers
from coreshell_model.inputs.limits import CurrentPerMass, CutOff, OpenCircuit, Temperature
from coreshell_model.inputs.steps import OPEN_CIRCUIT, Kind, Step, Terms, read_step

LONGEST = 10_000
"""Cycles of a protocol, and repetitions of a loop, at most."""

SMALLEST_JUMP = 1e-6
"""Volts by which the start of a sweep may differ from the voltage before it."""

FIRST_STEP = re.compile(r"cycles\.1(\.steps\.1)+")
"""The place of the first step of a protocol."""


def _repeat(value: Any) -> int | str:
    """A whole number, or a text that names a number in braces."""
    if isinstance(value, str) or (type(value) is int and 1 <= value <= LONGEST):
        return value
    raise InputError(
        f"is {brief(value)}; give a whole number from 1 to {LONGEST}, or the name of one in braces"
    )


def _step_or_loop(value: Any) -> str:
    return "loop" if isinstance(value, Mapping | Section) else "step"


Repeat = Annotated[int | str, PlainValidator(_repeat)]
Item = Annotated[Annotated[str, Tag("step")] | Annotated["Loop", Tag("loop")], Discriminator(_step_or_loop)]


class Loop(Section):
    """Steps that are repeated ``repeat`` times within a cycle, as the pulses of a titration."""

    repeat: Repeat
    steps: tuple[Item, ...] = Field(min_length=1)


class Cycles(Section):
    """The same steps, ``repeat`` times; each repetition is one cycle."""

    repeat: Repeat = 1
    steps: tuple[Item, ...] = Field(min_length=1)


def count(repeat: int | str, words: Mapping[str, str], where: str) -> int:
    """Repetitions of a block or loop, which have to be a whole number from 1 to ``LONGEST``.

    A message names the number where a named one stands alone, else the place of ``repeat``.
    """
    alone = named_numbers.alone(str(repeat))
    with at(f"numbers.{alone}" if alone in words else f"{where}.repeat"):
        if isinstance(repeat, int):
            return repeat
        repetitions = named_numbers.count(named_numbers.filled(repeat, words))
        if repetitions > LONGEST:
            raise InputError(f"is {repetitions}; at most {LONGEST}")
        return repetitions


def length(block: Cycles | Loop, words: Mapping[str, str], where: str) -> int:
    """Number of steps of a block or loop with its repetitions, without unrolling it."""
    once = sum(
        1 if isinstance(step, str) else length(step, words, f"{where}.steps.{place}")
        for place, step in enumerate(block.steps, start=1)
    )
    return once * count(block.repeat, words, where)


def unrolled(steps: tuple[Item, ...], words: Mapping[str, str], terms: Terms, where: str) -> Iterator[Step]:
    """Steps with loops unrolled; an InputError about a step names its place."""
    for place, item in enumerate(steps, start=1):
        item_place = f"{where}.steps.{place}"
        if isinstance(item, Loop):
            once = tuple(unrolled(item.steps, words, terms, item_place))
            yield from once * count(item.repeat, words, item_place)
            continue
        with at(f"{item_place}: {brief(item)}", " "):
            filled = named_numbers.filled(item, words)
            if OPEN_CIRCUIT in " ".join(item.lower().split()) and not FIRST_STEP.fullmatch(item_place):
                raise InputError(
                    f"refers to the {OPEN_CIRCUIT}, which is known at the start alone; give a voltage"
                )
        with at(f"{item_place}: {brief(filled)}", " "):
            step = read_step(filled, terms)
        yield step


def texts(blocks: tuple) -> Iterator[str]:
    """Every text in which a number may be named: steps and numbers of repetitions."""
    for block in blocks:
        yield str(block.repeat)
        for step in block.steps:
            yield from [step] if isinstance(step, str) else texts((step,))


def check_sweeps(cycles: tuple[tuple[Step, ...], ...], start: float) -> None:
    """Refuse a sweep that would begin with a jump of the voltage, as far as the voltage is known beforehand.

    Parameters
    ----------
    cycles : the steps of each cycle
    start : open-circuit potential of the cell [V]
    """
    ended: float | None = start
    for cycle, steps in enumerate(cycles, start=1):
        for number, step in enumerate(steps, start=1):
            if step.start is not None and ended is not None and abs(step.start - ended) > SMALLEST_JUMP:
                raise InputError(
                    f"cycle {cycle}, step {number} sweeps from {step.start:.6g} V, but the step before ends "
                    f"at {ended:.6g} V; start there, hold the voltage before, or set start.potential"
                )
            ended = None if step.against_reference else step.voltage


BEYOND = 1.0
"""Volts beyond the window at which the model's range ends: PyBaMM moves an experiment's cut-offs there."""


def in_range(voltage: float, lower: float, upper: float) -> bool:
    """Whether a voltage [V] lies within the model's range for a window."""
    return lower - BEYOND < voltage < upper + BEYOND


def check_start(cycles: tuple[tuple[Step, ...], ...], start: Quantity, window: "Window") -> None:
    """Refuse a start outside the model's range, unless the first step that is not skipped holds a voltage.

    Parameters
    ----------
    cycles : the steps of each cycle
    start : open-circuit potential of the cell
    window : the cut-offs
    """
    if in_range(start.si, window.lower.si, window.upper.si):
        return
    taken = (step for steps in cycles for step in steps if not _is_past(step, start.si))
    first = next(taken, None)
    if first is None or first.kind is Kind.HOLD:
        return
    above = start.si > window.upper.si
    end, cut_off = ("upper", window.upper) if above else ("lower", window.lower)
    limit = cut_off.si + (BEYOND if above else -BEYOND)
    side = "below" if above else "above"
    raise InputError(
        f"start.potential is {start}, not within {BEYOND:g} V of window.{end}, {cut_off}: the model's range "
        f"ends {BEYOND:g} V beyond the window; give a start {side} {limit:.6g} V, or "
        f"another window.{end}"
    )


def _is_past(step: Step, voltage: float) -> bool:
    """Whether a step at constant current is past its voltage limit as it begins."""
    if step.until_voltage is None or step.against_reference:
        return False
    if step.kind is Kind.SODIATE:
        return voltage <= step.until_voltage
    return step.kind is Kind.DESODIATE and voltage >= step.until_voltage


MOST_STEPS = 100_000
"""Steps of a protocol with their repetitions at most."""

HOLD = "longest_hold"
"""The number that limits the time of holds at the lower cut-off, which a protocol may write in steps."""

_HELD = re.compile(r"(Hold at lower cut-off for )[^{}]+?( or until .+)", re.IGNORECASE)

NUMBERS = (
    "basis.one_c",
    "window.lower",
    "window.upper",
    "start.potential",
    "conditions.temperature",
)


class Basis(Section):
    """The meaning of 1C: a current per gram of active carbon (core + shell)."""

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
    """The start of the cell: empty carbon at this open-circuit potential."""

    potential: OpenCircuit


class Conditions(Section):
    """The surroundings of the cell: a temperature that replaces that of the material."""

    temperature: Temperature


class Protocol(Section):
    """Cycles of steps, in the words of ``inputs.steps``; ``numbers`` are the numbers that steps name.

    With ``cell = "full"`` the voltages are those of a full cell, whose charge sodiates the carbon. The start
    stays the potential of the empty carbon against sodium.
    """

    name: Name
    title: str
    description: str
    source: str
    end_of_sodiation: str
    cell: Literal["full"] | None = None
    basis: Basis
    window: Window
    start: Start
    conditions: Conditions | None = None
    numbers: dict[str, Quantity] = Field(default_factory=dict)
    cycles: tuple[Cycles, ...] = Field(min_length=1)
    _steps_by_cycle: tuple[tuple[Step, ...], ...] = PrivateAttr(default=())

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
        self._steps_by_cycle = self._read(words)
        if not self.is_full:  # the voltage of a full cell at its start depends on its positive electrode
            check_sweeps(self._steps_by_cycle, self.start.potential.si)
            check_start(self._steps_by_cycle, self.start.potential, self.window)
        return self

    def _read(self, words: Mapping[str, str]) -> tuple[tuple[Step, ...], ...]:
        window = self.window
        terms = Terms(
            window.lower.si, window.upper.si, self.start.potential.si, self.basis.one_c.si, self.is_full
        )
        cycles: list[tuple[Step, ...]] = []
        for where, block in self.blocks():
            steps = tuple(unrolled(block.steps, words, terms, where))
            cycles += [steps] * count(block.repeat, words, where)
        return tuple(cycles)

    @property
    def is_full(self) -> bool:
        """Whether its voltages are those of a full cell, which a charge raises."""
        return self.cell is not None

    def steps_by_cycle(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of every cycle, with cut-offs and other numbers filled in."""
        return self._steps_by_cycle

    def blocks(self) -> Iterator[tuple[str, Cycles]]:
        """The blocks with their places."""
        return ((f"cycles.{number}", block) for number, block in enumerate(self.cycles, start=1))

    def words(self) -> dict[str, str]:
        """The named numbers as they are written in steps."""
        written = {}
        for name, number in self.numbers.items():
            with at(f"numbers.{name}"):
                written[name] = named_numbers.words(name, number)
        return written


def protocol_from_dict(data: dict, where: str) -> Protocol:
    """Validate the content of a protocol file; ``where`` names it in error messages."""
    try:
        return Protocol.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where, "experiments/README.md", Protocol.model_fields) from None


def read_protocol(name_or_path: str) -> Protocol:
    """Read a shipped protocol by name, or the user's own by path."""
    path = library.find("experiments", name_or_path)
    return _read_protocol(path, library.stamp(path))


@lru_cache(maxsize=library.KEPT_FILES)
def _read_protocol(path: Path, stamp: library.Stamp) -> Protocol:
    data = library.read_toml(path)
    return protocol_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))


def changed_protocol(protocol: Protocol, changes: Mapping[str, str], source: str = SET_BY_USER) -> Protocol:
    """The same protocol with some of its numbers changed, as ``{"window.lower": "10 mV"}``.

    Parameters
    ----------
    protocol : the protocol
    changes : new numbers as text, by dotted path
    source : of the new numbers

    Raises
    ------
    InputError
        A path is unknown, or the protocol cannot have a value.
    """
    if not changes:
        return protocol
    data, names = protocol.model_dump(), changeable(protocol)
    if f"numbers.{HOLD}" in changes and HOLD not in protocol.numbers and _holds_as_written(protocol):
        data["cycles"] = [_with_named_hold(block) for block in data["cycles"]]
    for path, text in changes.items():
        if path not in names:
            close = _meant(path[:LONGEST_NAME], names)
            guess = f"did you mean 'protocol.{close}'? " if close else ""
            paths = ", ".join(f"protocol.{name}" for name in names)
            raise InputError(f"{protocol.name}: {path!r} is not one of its numbers; {guess}they are {paths}")
        section, leaf = path.split(".")
        with at(f"{protocol.name}: {path}"):
            data[section] = (data[section] or {}) | {leaf: quantity_from_text(text, source)}
    return protocol_from_dict(data, protocol.name)


def _meant(path: str, names: tuple[str, ...]) -> str | None:
    """The name that is closest to a path; within a section that there is, by what follows it alone."""
    section, _, leaf = path.partition(".")
    leaves = {name.partition(".")[2]: name for name in names if name.startswith(f"{section}.")}
    if leaves:
        close = get_close_matches(leaf, leaves, n=1)
        return leaves[close[0]] if close else None
    close = get_close_matches(path, names, n=1, cutoff=0.5)
    return close[0] if close else None


def without_repetitions(protocol: Protocol) -> dict[str, Any]:
    """The contents of a protocol as JSON, without how often its cycles repeat, where a longer one differs."""
    data = protocol.model_dump(exclude_none=True, mode="json")
    steps = set().union(*(named_numbers.references(str(block.steps)) for block in protocol.cycles))
    repetitions = set().union(*(named_numbers.references(str(block.repeat)) for block in protocol.cycles))
    numbers = {name: n for name, n in data["numbers"].items() if name in steps or name not in repetitions}
    cycles = [{"steps": block["steps"]} for block in data["cycles"]]
    return data | {"numbers": numbers, "cycles": cycles}


def beginning(protocol: Protocol, cycles: int) -> Protocol:
    """The same protocol with only its first ``cycles``."""
    total = len(protocol.steps_by_cycle())
    if not 1 <= cycles <= total:
        raise InputError(f"{protocol.name}: cycle {cycles} is not among its {total}; give 1 to {total}")
    data, remaining = protocol.model_dump(), cycles
    blocks = []
    for (where, block), dumped in zip(protocol.blocks(), data["cycles"], strict=True):
        repeat = min(count(block.repeat, protocol.words(), where), remaining)
        blocks += [dumped | {"repeat": repeat}] if repeat else []
        remaining -= repeat
    named = named_numbers.references(str(blocks))
    numbers = {name: number for name, number in data["numbers"].items() if name in named}
    return protocol_from_dict(data | {"cycles": blocks, "numbers": numbers}, protocol.name)


def changeable(protocol: Protocol) -> tuple[str, ...]:
    """The dotted paths of the numbers that a run may change."""
    written = (HOLD,) if HOLD not in protocol.numbers and _holds_as_written(protocol) else ()
    return (*NUMBERS, *(f"numbers.{name}" for name in (*protocol.numbers, *written)))


def _holds_as_written(protocol: Protocol) -> bool:
    """Whether a step limits a hold at the lower cut-off by current and by a time written in the step."""
    steps = (step for block in protocol.cycles for step in block.steps)
    return any(isinstance(step, str) and _HELD.fullmatch(step) for step in steps)


def _with_named_hold(block: dict) -> dict:
    """A dumped block with the time of holds at the lower cut-off replaced by the number ``HOLD``."""
    named = rf"\g<1>{{{HOLD}}}\g<2>"
    steps = [_HELD.sub(named, step) if isinstance(step, str) else step for step in block["steps"]]
    return block | {"steps": steps}
