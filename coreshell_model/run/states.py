"""A cell brought to a state from which something else begins: a potential, a filling, a history."""

from collections.abc import Sequence

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.run.endings import Cycles
from coreshell_model.run.simulation import Run
from coreshell_model.run.solution import Solution

CHARGE_FULL = (
    "Charge at C/20 for 80 hours or until upper cut-off",
    "Hold at upper cut-off for 60 hours or until C/100",
)
"""How a full cell is charged to what counts as full."""

SETTLED = "C/1000"
"""Current at which a hold has reached its potential."""


def at_state(run: Run, before: Solution | None, at: float | None, potential: float | None) -> Solution:
    """The cell at a state of sodiation or a potential, after what it went through before."""
    if at is not None:
        return _at_sodiation(run, before, at)
    assert potential is not None
    return at_potential(run, before, potential)


def _at_sodiation(run: Run, before: Solution | None, at: float) -> Solution:
    """Sodiated at C/20 to a share of what goes in, then rested; a full cell is charged so."""
    if not 0 <= at <= 1:
        state = "charge" if run.protocol.is_full else "sodiation"
        raise InputError(f"state of {state} is {at:g}; it lies between 0 and 1")
    into = CHARGE_FULL if run.protocol.is_full else read_protocol("formation").cycles[0].steps[:2]
    charge = _steps(run, before, into)["Specific capacity [mA.h.g-1]"]
    rate = run.protocol.basis.one_c.si / 20  # A/kg, which is mA/g
    hours = at * (charge[-1] - charge[0]) / rate
    steps = (f"Sodiate at C/20 for {hours:.6f} hours",) if hours > 0 else ()
    return _steps(run, before, (*steps, "Rest for 20 hours"))


def at_potential(run: Run, before: Solution | None, potential: float) -> Solution:
    """Sodiated at C/20 to a potential, a full cell charged to a voltage, and held until no current flows."""
    low, high = run.protocol.window.lower.si, run.protocol.window.upper.si
    if not low <= potential <= high:
        name = "voltage of the full cell" if run.protocol.is_full else "potential"
        raise InputError(f"{name} is {potential:g} V, outside the window of {low:g} to {high:g} V")
    into = "Charge" if run.protocol.is_full else "Sodiate"
    hold = f"Hold at {potential:.9g} V for"
    # The minute is always held: a cell that rests at this potential would skip every step with a limit.
    steps = (
        f"{into} at C/20 for 80 hours or until {potential:.9g} V",
        f"{hold} 1 minutes",
        f"{hold} 200 hours or until {SETTLED}",
    )
    return _steps(run, before, steps)


def _steps(run: Run, before: Solution | None, steps: Sequence) -> Solution:
    """One more cycle, its steps in a protocol's words."""
    protocol = run.protocol
    words = {"cycles": ({"steps": tuple(steps)},), "numbers": {}}
    cycles = protocol_from_dict(protocol.model_dump() | words, protocol.name).steps_by_cycle()
    return through(run, cycles, before)


def through(run: Run, cycles: Cycles, before: Solution | None, first_cycle: int = 1) -> Solution:
    """The cell taken on, from its start where nothing was before.

    Raises
    ------
    InputError
        It did not get there.
    """
    start = None if before is None else before.pybamm.last_state
    solution = run.through(cycles, first_cycle, start)
    if not solution.completed or solution.pybamm is None:
        raise InputError(f"{run.material.name}: the state cannot be reached: {solution.explanation}")
    return solution
