"""What the page is likely to be asked for next, so that its model is built before it is."""

from collections.abc import Sequence
from dataclasses import replace

from coreshell_model.explorer.choice import AS_GIVEN, Choice
from coreshell_model.explorer.controls import HOLD, RATE, Control


def one_step_away(choice: Choice, controls: Sequence[Control], usual_hold: float) -> list[Choice]:
    """The choices one key away that need another model: rate and hold either way, the hold switched.

    Thickness, area and pore volume are inputs of a built model; steps and kinds of particles are not.
    """
    rate, hold = (next(each for each in controls if each.name == name) for name in (RATE.name, HOLD.name))
    found = [replace(choice, rate=stop) for stop in _beside(rate, choice.rate)]
    if choice.hold is None:
        return [*found, replace(choice, hold=usual_hold)]
    found.append(replace(choice, hold=None))
    return found + [replace(choice, hold=stop) for stop in _beside(hold, choice.hold)]


def model_of(choice: Choice) -> tuple:
    """What two choices share where one model serves both."""
    return choice.rate, choice.hold, choice.seal == AS_GIVEN


def _beside(control: Control, value: float) -> list[float]:
    """The stops before and after the one that the slider shows for a value."""
    place = control.nearest(value)
    return [control.stops[each] for each in (place - 1, place + 1) if 0 <= each < len(control.stops)]
