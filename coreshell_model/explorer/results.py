"""The numbers of a design that the page shows, and how it writes them."""

from dataclasses import dataclass

from coreshell_model.design import quantities
from coreshell_model.explorer.outcome import Outcome

MISSING = "–"


@dataclass(frozen=True)
class Row:
    """One quantity: its name among those of a run, how the page calls it, unit, digits, factor to it.

    A headline has a ``brief`` name too.
    """

    key: str
    label: str
    unit: str
    digits: int = 0
    factor: float = 1.0
    brief: str = ""

    def shown(self, value: float | None) -> str:
        """A value as the page writes it."""
        return MISSING if value is None else self._written(value, "")

    def difference(self, a: float | None, b: float | None) -> str:
        """B less A, signed."""
        return MISSING if a is None or b is None else self._written(b - a, "+")

    def _written(self, value: float, sign: str) -> str:
        """Rounded, without a sign where nothing is left of it, with a minus that is one."""
        rounded = round(value * self.factor, self.digits) + 0.0
        return f"{rounded:{sign if rounded else ''}.{self.digits}f}".replace("-", "−")


ICE = Row("Initial coulombic efficiency", "Initial coulombic efficiency", "%", 1, 100.0, "ICE")
REVERSIBLE = Row("Reversible capacity [mA.h.g-1]", "Reversible capacity", "mAh/g", brief="Reversible")
LOSS = Row("First-cycle loss [mA.h.g-1]", "First-cycle loss", "mAh/g", brief="First-cycle loss")

HEADLINES = (ICE, REVERSIBLE, LOSS)

ROWS = (
    *HEADLINES,
    Row("Loss to SEI [mA.h.g-1]", "Loss to SEI", "mAh/g", 1),
    Row("Loss to trapped sodium [mA.h.g-1]", "Loss to trapped sodium", "mAh/g", 1),
    Row("Sodium left in carbon [mA.h.g-1]", "Sodium left in the carbon", "mAh/g", 1),
    Row("Plateau capacity [mA.h.g-1]", "Plateau capacity (from clusters)", "mAh/g"),
    Row("Plateau capacity bound [mA.h.g-1]", "Its bound: all pores full of sodium", "mAh/g"),
    Row("Sloping capacity [mA.h.g-1]", "Sloping capacity", "mAh/g"),
    Row("Capacity below 0.1 V [mA.h.g-1]", "Desodiated below 0.1 V", "mAh/g"),
    Row("Volumetric capacity [mA.h.cm-3]", "Volumetric capacity, of particles", "mAh/cm³"),
    Row("SEI thickness [nm]", "SEI thickness", "nm", 2),
    Row("Open fraction", "Particles open to electrolyte", "%", 1, 100.0),
    Row("CVD mass gain [%]", "CVD mass gain", "%", 1),
    Row("Particle radius [nm]", "Particle radius", "nm"),
)


def numbers(outcome: Outcome) -> dict[str, float | None]:
    """The rows' values of a design; none of one without a solution."""
    if outcome.solution is None:
        return dict.fromkeys(row.key for row in ROWS)
    known = quantities(outcome.solution.protocol)
    return {row.key: known[row.key](outcome.solution) for row in ROWS}
