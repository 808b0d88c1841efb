"""What to measure next, by simple rules: for each number that the data do not fix, the test that would."""

from collections.abc import Iterable

from coreshell_model.infer.profile import FIXED
from coreshell_model.infer.result import FittedParameter

RULES = (
    (
        (".sloping.diffusivity",),
        "a rate test (C/10 to 2C) or a titration (GITT): they tell diffusion from the rest",
    ),
    (
        (".clusters.rate", ".clusters.conditioning"),
        "a hold at the lower cut-off with its current recorded, and the same cycle at another rate: they "
        "separate how fast clusters form from how many there can be",
    ),
    (
        (".clusters.pore_fraction", ".clusters.potential"),
        "the volume of closed pores (helium density, SAXS), and a slow cycle that is held until C/200",
    ),
    (
        (".sloping.capacity", ".sloping.potential", ".sloping.interaction"),
        "a slow cycle (C/50) or a table of open-circuit voltages, which shows the isotherm alone",
    ),
    (
        (".trapping.capacity", ".trapping.potential", "sei.steps"),
        "the first cycle of a second sample with another external area or another mass of CVD carbon: the "
        "charge of SEI grows with the area, trapped sodium with the mass of the carbon that traps it",
    ),
    (
        (".counter_exchange_current_density",),
        "a reference electrode, or an impedance spectrum of two sodium electrodes against each other: they "
        "show the sodium metal alone",
    ),
    (
        (".series_resistance",),
        "an impedance spectrum: its real part at high frequencies",
    ),
    (
        (".exchange_current_density",),
        "an impedance spectrum at a potential on the slope: it separates the reaction from diffusion",
    ),
)
"""Parts of paths, and the test that fixes such numbers; assumed: by what enters which equation."""

ALL_FIXED = (
    "all fitted numbers are fixed by these data; a cycle at another rate, which the fit has not seen, tests "
    "the model's prediction"
)


BY_INFORMATION = (
    "`coreshell next` orders such tests by what they would tell, from draws of the posterior (`coreshell "
    "posterior`)"
)


def next_measurements(
    parameters: Iterable[FittedParameter], not_fitted: Iterable[str] = ()
) -> tuple[str, ...]:
    """Lines that name the numbers that are not fixed, or were not fitted, and the test for them."""
    not_fixed = [parameter.path for parameter in parameters if parameter.verdict != FIXED]
    lines = [] if not_fixed else [ALL_FIXED]
    not_fixed += not_fitted
    for parts, test in RULES:
        paths = [path for path in not_fixed if any(part in path for part in parts)]
        if paths:
            lines.append(f"{', '.join(paths)}: {test}")
    return (*lines, BY_INFORMATION)
