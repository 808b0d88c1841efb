"""The numbers of one or two designs: three that everyone looks for, and a table of the rest."""

from dataclasses import dataclass
from typing import Any

from coreshell_model.explorer.outcome import Outcome
from coreshell_model.observables import summary
from coreshell_model.particle import geometry_of

MISSING = "–"


@dataclass(frozen=True)
class Row:
    """One quantity: the key under which ``numbers`` has it, how the page calls it, unit, factor, digits."""

    key: str
    label: str
    unit: str
    digits: int = 0
    factor: float = 1.0

    def shown(self, value: float | None) -> str:
        """A value as the page writes it."""
        return MISSING if value is None else f"{value * self.factor:.{self.digits}f}".replace("-", "−")

    def difference(self, a: float | None, b: float | None) -> str:
        """B less A, signed."""
        if a is None or b is None:
            return MISSING
        return f"{(b - a) * self.factor:+.{self.digits}f}".replace("-", "−")


ICE = Row("Initial coulombic efficiency", "Initial coulombic efficiency", "%", 1, 100.0)
REVERSIBLE = Row("Reversible capacity [mA.h.g-1]", "Reversible capacity", "mAh/g")
LOSS = Row("First-cycle loss [mA.h.g-1]", "First-cycle loss", "mAh/g")

HEADLINES = (ICE, REVERSIBLE, LOSS)

ROWS = (
    *HEADLINES,
    Row("Loss to SEI [mA.h.g-1]", "Loss to SEI", "mAh/g", 1),
    Row("Loss to trapped sodium [mA.h.g-1]", "Loss to trapped sodium", "mAh/g", 1),
    Row("Sodium left in carbon [mA.h.g-1]", "Sodium left in the carbon", "mAh/g", 1),
    Row("Plateau capacity [mA.h.g-1]", "Plateau capacity (from clusters)", "mAh/g"),
    Row("Sloping capacity [mA.h.g-1]", "Sloping capacity", "mAh/g"),
    Row("Capacity below 0.1 V [mA.h.g-1]", "Desodiated below 0.1 V", "mAh/g"),
    Row("SEI thickness [nm]", "SEI thickness", "nm", 2),
    Row("Open fraction", "Open particles", "%", 1, 100.0),
    Row("CVD mass gain", "CVD mass gain, per core", "%", 1, 100.0),
    Row("Particle radius [nm]", "Particle radius", "nm"),
    Row("Particle density [g.cm-3]", "Particle density", "g/cm³", 3),
)


def numbers(outcome: Outcome) -> dict[str, Any]:
    """What the rows show of a design; nothing of one without a solution."""
    if outcome.solution is None:
        return {}
    parameters = outcome.solution.parameters
    return summary(outcome.solution) | {
        "Open fraction": parameters.get("Open fraction", 0.0),
        "CVD mass gain": geometry_of(outcome.solution.material).mass_gain,
        "Particle density [g.cm-3]": parameters["Particle density [kg.m-3]"] / 1e3,
    }
