"""Candidate experiments: samples and protocols, the quantities measured, and their errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.quantity import brief
from coreshell_model.base.tables import shown_setting
from coreshell_model.design.space import Axis

ICE = "Initial coulombic efficiency"
REVERSIBLE = "Reversible capacity [mA.h.g-1]"
SEI, LOSS = "Loss to SEI [mA.h.g-1]", "First-cycle loss [mA.h.g-1]"
RATE_OF_CLUSTERS = "core.clusters.rate"

FIRST_CYCLE = {ICE: 0.02, REVERSIBLE: 24.0}
"""Errors of triplicates (Appel et al., main text: 82 +- 2 % and 400 +- 24 mAh/g)."""

ERRORS = (
    "ICE 0.02 and capacity 24 mAh/g as Appel et al. state for triplicates, the others assumed "
    "(docs/design.md); none is of this carbon's own measurements"
)
"""The sources of the candidates' errors, in words."""

WINDOWS = {
    "Capacity 1.25-1.00 V [mA.h.g-1]": 6.0,
    "Capacity 1.00-0.65 V [mA.h.g-1]": 12.0,
    "Capacity 0.65-0.44 V [mA.h.g-1]": 12.0,
}
"""Errors of a voltammogram's windows: assumed, 12 mAh/g as for 82 +- 2 % of the first sodiation, and half of
that in the window where hardly any charge passes."""

ONE_CYCLE = {"protocol.numbers.cycles": "1"}


@dataclass(frozen=True)
class Experiment:
    """A sample in a protocol.

    Attributes
    ----------
    name : in words
    protocol : name of a shipped one
    changes : of sample and protocol, by design variable or dotted path
    errors : standard deviation by quantity
    varies : the number of which it tries another value, by design variable or dotted path; "" for none
    """

    name: str
    protocol: str
    changes: dict[str, str] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=lambda: dict(FIRST_CYCLE))
    varies: str = ""


SAME = "the same sample again"
"""Name of the candidate that is the material as it is, measured once more."""


def experiments(
    thickness: float, area: float, mass_gain: float, further: Sequence[Axis] = ()
) -> tuple[Experiment, ...]:
    """The candidates for a particle, all sealed.

    Parameters
    ----------
    thickness, area : shell thickness [nm] and external area [m2.g-1] of the particle as it is
    mass_gain : CVD mass gain of that particle [%]
    further : numbers of which each value is a candidate of its own, all other numbers as they follow
    """
    at_area = {"external_area": f"{area!r} m2/g"}
    at_thickness = {"thickness": f"{thickness!r} nm"}
    return (
        Experiment(SAME, "design"),
        Experiment(
            "shell half as thick",
            "design",
            at_area | {"thickness": f"{thickness / 2!r} nm"},
            varies="thickness",
        ),
        Experiment(
            "mass gain twice as high, equal area",
            "design",
            at_area | {"mass_gain": f"{2 * mass_gain!r} %"},
            varies="mass_gain",
        ),
        Experiment(
            "particles twice as large, equal shell",
            "design",
            at_thickness | {"external_area": f"{area / 2!r} m2/g"},
            varies="external_area",
        ),
        Experiment("slow first cycle, C/100", "design", ONE_CYCLE | {"rate": "0.01"}, varies="rate"),
        Experiment(
            "fast first cycle, C/2 without hold",
            "design",
            ONE_CYCLE | {"rate": "0.5", "hold": "1 s"},
            varies="rate",
        ),
        Experiment(
            "capacities at C/5, 1C and 2C",
            "design_rates",
            errors={f"Capacity at {rate} [mA.h.g-1]": 20.0 for rate in ("C/5", "1C", "2C")},
        ),
        Experiment("voltammogram at 0.1 mV/s", "cyclic_voltammetry", errors=dict(WINDOWS)),
        *(
            Experiment(
                f"{axis.title} {shown_setting(value)} {axis.unit}".removesuffix(" 1"),
                "design",
                {axis.name: axis.text(value)},
                varies=axis.name,
            )
            for axis in further
            for value in axis.grid().tolist()
        ),
    )


SORPTION = "DEC sorption on Shell"
SHELL_LOSS, SHELL_AREA = 246.0, 2.7
"""First-cycle loss of Shell [mA.h.g-1] and its N2 area [m2.g-1] (Appel et al., main text)."""

AREA_ERROR = 0.1
"""Relative error of an area by sorption: assumed, BET areas of one isotherm."""

BLANK = "blank electrode of carbon black and binder"
BLANK_AREA = "electrode.carbon_black_area"
BLANK_ERROR = 3.0
"""Error of a blank's loss [mA.h per g of active carbon of the real electrode]: assumed, a fifth of 15."""

QUESTIONS = {
    "SEI share": "share of the first-cycle loss that went into SEI",
    "plateau kinetics": "logarithm to base 10 of the clusters' rate",
}
"""The questions, each with the number that answers it."""


def check_question(question: str) -> None:
    """Raise InputError for an unknown question."""
    if question not in QUESTIONS:
        raise InputError(f"question is {brief(question)}; {one_of(question, QUESTIONS)}")
