"""The steps of a protocol as a PyBaMM experiment."""

from functools import partial

import pybamm

from coreshell_model.errors import InputError
from coreshell_model.partial_steps import limited
from coreshell_model.steps import sweep, told, without_remarks


def experiment(name: str, cycles: tuple[tuple[str, ...], ...]) -> pybamm.Experiment:
    """The steps of a protocol, each a PyBaMM cycle of its own; equal steps share one object and so one model.

    Parameters
    ----------
    name : of the protocol, for complaints
    cycles : words of the steps of each cycle, as ``Protocol.steps_by_cycle`` gives them

    Raises
    ------
    InputError
        A step that PyBaMM cannot read, with its place.
    """
    read: dict[str, pybamm.step.BaseStep] = {}
    for cycle, steps in enumerate(cycles, start=1):
        for number, text in enumerate(steps, start=1):
            if text in read:
                continue
            try:
                read[text] = step(text)
            except (ValueError, TypeError, AttributeError, IndexError, ZeroDivisionError) as error:
                reason = str(error).split("\n")[0].rstrip(". ")
                raise InputError(
                    f"{name}: cycle {cycle}, step {number} ({told(text)!r}) cannot be read: {reason}; "
                    "write it like 'Sodiate at C/20 for 80 hours or until 5 mV'"
                ) from None
    return pybamm.Experiment([read[text] for steps in cycles for text in steps])


def step(text: str) -> pybamm.step.BaseStep:
    """One step of PyBaMM's; a limit in capacity is a time, a sweep a voltage that depends on time."""
    swept = sweep(text)
    if swept is not None:
        start, end, speed = swept
        return pybamm.step.voltage(
            partial(_ramp, start, speed if end > start else -speed),
            duration=abs(end - start) / speed,
            period=text.rpartition("(")[2].removesuffix(" period)"),
            description=text,
        )
    return limited(pybamm.step.string(without_remarks(text)))


def _ramp(start: float, slope: float, time):
    """Voltage [V] a time [s] after the sweep began."""
    return start + slope * time
