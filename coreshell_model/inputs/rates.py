"""A rate test at other rates than those of its file."""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import isclose

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.inputs import named_numbers
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, texts
from coreshell_model.inputs.steps import RATE, check_electric, in_si

_AT_RATE = re.compile(rf"(?<=\bat )(?:{RATE})(?=\s|$)", re.IGNORECASE)

FEWEST = 2
"""Rates of a test at least: one alone has no retention."""

EXAMPLE = '"C/10, C/2, 1C"'


def read_rates(text: str) -> tuple[str, ...]:
    """The rates of a text such as "C/10, C/2, 100 mA/g", as steps have them.

    Raises
    ------
    InputError
        There are fewer than two, or one is no rate.
    """
    rates = tuple(" ".join(part.split()) for part in text.split(","))
    for rate in rates:
        if not re.fullmatch(RATE, rate):
            raise InputError(f"{brief(rate)} is no rate; give rates as {EXAMPLE}, or as 100 mA/g")
        check_electric(rate)
    if len(rates) < FEWEST:
        raise InputError(
            f"{rates[0]} is one rate alone; give two or more, as {EXAMPLE}: retention is over the first block"
        )
    return rates


def with_rates(protocol: Protocol, rates: Sequence[str]) -> Protocol:
    """The same rate test at other rates.

    Blocks of cycles that differ from one another in their rate alone are replaced by a block at each of
    ``rates``, with as many cycles as the first of them has; all others stay.

    Parameters
    ----------
    protocol : a rate test
    rates : in their order, as ``read_rates`` gives them

    Raises
    ------
    InputError
        Two rates in a row are the same, or the protocol has no blocks that differ in their rate alone.
    """
    for before, after in pairwise(rates):
        if isclose(_multiple(before, protocol), _multiple(after, protocol), rel_tol=1e-9):
            raise InputError(f"{before} and {after} are the same rate twice in a row; give it once")
    first, last, varied = _blocks_of_rates(protocol)
    data = protocol.model_dump()
    pattern = data["cycles"][first]
    blocks = [
        pattern
        | {"steps": [_at(step, rate) if n in varied else step for n, step in enumerate(pattern["steps"])]}
        for rate in rates
    ]
    cycles = (*data["cycles"][:first], *blocks, *data["cycles"][last + 1 :])
    named = named_numbers.references(str(cycles))
    numbers = {name: number for name, number in data["numbers"].items() if name in named}
    changed = {"cycles": cycles, "numbers": numbers, "title": f"{protocol.name} at {', '.join(rates)}"}
    return protocol_from_dict(data | changed, protocol.name)


def _blocks_of_rates(protocol: Protocol) -> tuple[int, int, set[int]]:
    """The first and the last of the blocks that differ in their rate alone, and the steps that have it."""
    forms = [tuple(_at(text, "RATE") for text in texts((block,)))[1:] for block in protocol.cycles]
    best: tuple[int, int, set[int]] | None = None
    first = 0
    for number, form in enumerate(forms):
        if form != forms[first]:
            first = number
        steps = [block.steps for block in protocol.cycles[first : number + 1]]
        varied = {
            place for place, same in enumerate(zip(*steps, strict=True)) if len(set(map(str, same))) > 1
        }
        if varied and (best is None or number - first > best[1] - best[0]):
            best = first, number, varied
    if best is None:
        raise InputError(
            f"{protocol.name} is no rate test: it has no cycles in a row that differ in their rate alone; "
            "take rate_test, or a file like it"
        )
    return best


def _at(step: str, rate: str) -> str:
    """The text of a step at another rate; one without a rate stays as it is."""
    return _AT_RATE.sub(rate, step)


def _multiple(rate: str, protocol: Protocol) -> float:
    """A rate as a multiple of 1C."""
    amount, unit = in_si(rate)
    return amount if unit == "C" else amount / protocol.basis.one_c.si
