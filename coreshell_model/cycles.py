"""Blocks of cycles and loops within them, and the steps that they come to."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, PlainValidator, Tag

from coreshell_model import named_numbers
from coreshell_model.errors import InputError, at
from coreshell_model.quantity import Section, brief
from coreshell_model.steps import OPEN_CIRCUIT, Terms, held, in_pybamm_words, sweep

LONGEST = 10_000
"""Cycles that one protocol may have, and repetitions of a loop."""

SMALLEST_JUMP = 1e-6
"""Volts by which a sweep may start off the voltage before it."""

FIRST_STEP = re.compile(r"cycles\.1(\.steps\.1)+")
"""The place of a step before which there is none."""


def _repeat(value: Any) -> int | str:
    """A whole number, or text that names one."""
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
    """Steps that follow one another ``repeat`` times within a cycle, as the pulses of a titration."""

    repeat: Repeat
    steps: tuple[Item, ...] = Field(min_length=1)


class Cycles(Section):
    """The same steps, ``repeat`` times; each repetition is one cycle."""

    repeat: Repeat = 1
    steps: tuple[Item, ...] = Field(min_length=1)


def count(repeat: int | str, words: Mapping[str, str], where: str) -> int:
    """Repetitions of a block or loop.

    Raises
    ------
    InputError
        Not a whole number from 1 to ``LONGEST``.
    """
    with at(f"{where}.repeat"):
        if isinstance(repeat, int):
            return repeat
        found = named_numbers.count(named_numbers.filled(repeat, words))
        if found > LONGEST:
            raise InputError(f"is {found}; at most {LONGEST}")
        return found


def length(block: Cycles | Loop, words: Mapping[str, str], where: str) -> int:
    """Steps of a block or loop, its repetitions counted, without unrolling it."""
    once = sum(
        1 if isinstance(step, str) else length(step, words, f"{where}.steps.{place}")
        for place, step in enumerate(block.steps, start=1)
    )
    return once * count(block.repeat, words, where)


def unrolled(steps: tuple[Item, ...], words: Mapping[str, str], terms: Terms, where: str) -> Iterator[str]:
    """Steps in PyBaMM's words, loops unrolled.

    Raises
    ------
    InputError
        A step that is none, with its place.
    """
    for place, step in enumerate(steps, start=1):
        here = f"{where}.steps.{place}"
        if isinstance(step, Loop):
            once = tuple(unrolled(step.steps, words, terms, here))
            yield from once * count(step.repeat, words, here)
            continue
        with at(f"{here}: {brief(step)}", " "):
            filled = named_numbers.filled(step, words)
            if OPEN_CIRCUIT in " ".join(step.lower().split()) and not FIRST_STEP.fullmatch(here):
                raise InputError(
                    f"refers to the {OPEN_CIRCUIT}, which is known at the start alone; give a voltage"
                )
        with at(f"{here}: {brief(filled)}", " "):
            text = in_pybamm_words(filled, terms)
        yield text


def texts(blocks: tuple) -> Iterator[str]:
    """Every step and number of repetitions that may name a number."""
    for block in blocks:
        yield str(block.repeat)
        for step in block.steps:
            yield from [step] if isinstance(step, str) else texts((step,))


def check_sweeps(cycles: tuple[tuple[str, ...], ...], start: float) -> None:
    """A sweep starts where the step before it ended, as far as that can be known beforehand.

    Parameters
    ----------
    cycles : the steps of each cycle in PyBaMM's words
    start : open-circuit potential of the cell [V]

    Raises
    ------
    InputError
        It would begin with a jump of the voltage.
    """
    ended: float | None = start
    for cycle, steps in enumerate(cycles, start=1):
        for number, text in enumerate(steps, start=1):
            swept = sweep(text)
            if swept and ended is not None and abs(swept[0] - ended) > SMALLEST_JUMP:
                raise InputError(
                    f"cycle {cycle}, step {number} sweeps from {swept[0]:.6g} V, but the step before ends at "
                    f"{ended:.6g} V; start there, hold the voltage before, or set start.potential"
                )
            ended = swept[1] if swept else held(text)
