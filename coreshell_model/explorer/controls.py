"""What the page lets one change: each a number with a unit, a slider through its stops, and a field."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Control:
    """One number of a design.

    Attributes
    ----------
    name : of the field of ``Choice`` that it sets
    label, unit : as the page shows them
    told : one line on what it is
    stops : where the slider can stand, rising; the field takes any number
    """

    name: str
    label: str
    unit: str
    told: str
    stops: tuple[float, ...]

    def through(self, value: float) -> "Control":
        """The same control with a stop at ``value``, so that the slider can return to where it began."""
        return Control(self.name, self.label, self.unit, self.told, tuple(sorted({*self.stops, value})))

    def nearest(self, value: float) -> int:
        """The place of the stop that is closest to ``value``."""
        return int(np.abs(np.array(self.stops) - value).argmin())


def _steps(*spans: tuple[float, float, float]) -> tuple[float, ...]:
    """Stops from, up to but without, in steps of."""
    values = [float(value) for span in spans for value in np.arange(*span)]
    return tuple(round(value, 6) for value in values)


THICKNESS = Control(
    "thickness",
    "Shell thickness",
    "nm",
    "Of the CVD carbon around the core",
    _steps((1, 20, 0.5), (20, 40, 1), (40, 62, 2)),
)
AREA = Control(
    "area",
    "External surface area",
    "m²/g",
    "ESA, per gram of coated carbon",
    (1.0, 1.2, 1.5, *_steps((2, 5, 0.5), (5, 20, 1), (20, 50, 2.5), (50, 101, 10))),
)
PORE_VOLUME = Control(
    "pore_volume",
    "Pore volume",
    "cm³/g",
    "Of the uncoated core, per gram of it",
    _steps((0.1, 2.51, 0.05)),
)
RATE = Control(
    "rate",
    "Rate",
    "C",
    "Of all half-cycles; C/20 is 0.05",
    (0.02, 0.033, 0.05, 0.1, 0.2, 0.333, 0.5, 1.0, 2.0, 3.0, 5.0),
)
HOLD = Control(
    "hold",
    "Hold at cut-off",
    "h",
    "Ends each sodiation; C/100 ends it sooner",
    (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 18.0, 24.0, 36.0, 48.0, 60.0),
)

CONTROLS = (THICKNESS, AREA, PORE_VOLUME, RATE, HOLD)
"""In the order of the page."""
