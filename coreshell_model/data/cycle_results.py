"""What each cycle of a measurement gives: capacities, efficiencies, slope and plateau, hysteresis.

A cycle is a sodiation and the desodiation after it, so that a file that begins with a desodiation has a first
cycle without a sodiation. A half-cycle that is unfinished gives no number, and the reason is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coreshell_model.data.half_cycle_curve import HalfCycleCurve
from coreshell_model.data.knee import knee

Number = float | None

CYCLE = "Cycle"
SODIATION = "Sodiation capacity [mA.h.g-1]"
DESODIATION = "Desodiation capacity [mA.h.g-1]"
EFFICIENCY = "Coulombic efficiency"
HYSTERESIS = "Hysteresis [V]"
HYSTERESIS_AT_EQUAL_CAPACITY = "Hysteresis at equal capacity [V]"
ENERGY_EFFICIENCY = "Energy efficiency"
RETENTION = "Capacity retention"
KNEE, DESODIATION_KNEE = "Knee of the sodiation [V]", "Knee of the desodiation [V]"

FULL_CELL_VOLTAGE = "the voltage is a full cell's, not the carbon's"


@dataclass(frozen=True)
class Split:
    """Names of plateau and slope of a half-cycle, by the voltage and by the knee."""

    plateau: str
    slope: str
    plateau_below_knee: str
    slope_above_knee: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in order."""
        return self.plateau, self.slope, self.plateau_below_knee, self.slope_above_knee


def split_names(plateau: float, sodiates: bool) -> Split:
    """The names of a direction's split at a voltage ``plateau`` [V]; those of the sodiation say no more."""

    def name(kind: str, where: str) -> str:
        return f"{kind if sodiates else f'Desodiation {kind.lower()}'} capacity {where} [mA.h.g-1]"

    return Split(
        name("Plateau", f"below {plateau:g} V"),
        name("Sloping", f"above {plateau:g} V"),
        name("Plateau", "below the knee"),
        name("Sloping", "above the knee"),
    )


def current_name(sodiates: bool) -> str:
    """The name of the current of a direction."""
    return f"Current of the {'sodiation' if sodiates else 'desodiation'} [mA.g-1]"


@dataclass(frozen=True)
class Rules:
    """What the split and the energy efficiency go by.

    Attributes
    ----------
    plateau : voltage [V] below which charge counts as the plateau's
    half_cell : whether the voltage is that of carbon against sodium
    """

    plateau: float
    half_cell: bool = True


@dataclass(frozen=True)
class Cycle:
    """A sodiation and the desodiation after it, by the number of the cycle in the cell's life."""

    number: int
    sodiation: HalfCycleCurve | None
    desodiation: HalfCycleCurve | None

    @property
    def halves(self) -> tuple[HalfCycleCurve, ...]:
        """Its half-cycles, in order."""
        return tuple(half for half in (self.sodiation, self.desodiation) if half is not None)

    @property
    def is_whole(self) -> bool:
        """Whether it has both half-cycles, finished."""
        return len(self.halves) == 2 and not any(half.unfinished for half in self.halves)


@dataclass(frozen=True)
class CycleResults:
    """The numbers of a cycle by name, None where there is none, and for these the reasons."""

    cycle: Cycle
    numbers: Mapping[str, Number]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> tuple[Number, str]:
        """A number and the reason why it is None, "" where it is not."""
        return self.numbers[name], self.reasons.get(name, "")


def in_cycles(
    curves: Sequence[HalfCycleCurve],
    numbers: Sequence[int],
    first: int,
    of_curves: Sequence[int] | None = None,
) -> tuple[Cycle, ...]:
    """Half-cycles as cycles.

    Parameters
    ----------
    curves : half-cycles, in order
    numbers : of the cycles as the file counts them; used if they are as many as there are cycles
    first : number of the first cycle, counted on where the file's own numbers are not used
    of_curves : number of the cycle of each half-cycle, where that is stated; in place of the other two
    """
    pairs: list[list[HalfCycleCurve | None]] = []
    stated: list[int | None] = []
    for place, curve in enumerate(curves):
        number = None if of_curves is None else of_curves[place]
        follows = bool(pairs) and pairs[-1][1] is None and stated[-1] == number
        if not curve.sodiates and follows:
            pairs[-1][1] = curve
        else:
            pairs.append([curve, None] if curve.sodiates else [None, curve])
            stated.append(number)
    if of_curves is not None:
        return tuple(Cycle(number or first, *pair) for number, pair in zip(stated, pairs, strict=True))
    counted = list(numbers) if len(numbers) == len(pairs) else list(range(first, first + len(pairs)))
    return tuple(Cycle(number, *pair) for number, pair in zip(counted, pairs, strict=True))


def cycle_results(cycle: Cycle, rules: Rules) -> CycleResults:
    """Every number of a cycle but its retention."""
    numbers: dict[str, Number] = {}
    reasons: dict[str, str] = {}
    sodiation, desodiation = _finished(cycle, True, reasons), _finished(cycle, False, reasons)
    numbers[SODIATION] = None if sodiation is None else sodiation.total
    numbers[DESODIATION] = None if desodiation is None else desodiation.total
    for name, of in _OF_BOTH.items():
        numbers[name] = None
        if sodiation is None or desodiation is None:
            reasons[name] = reasons[SODIATION if sodiation is None else DESODIATION]
        else:
            numbers[name] = of(sodiation, desodiation, rules)
    for sodiates, curve in ((True, sodiation), (False, desodiation)):
        part, why = _of_half_cycle(curve, sodiates, rules, reasons)
        numbers |= part
        reasons |= why
    return CycleResults(cycle, numbers, reasons)


def _finished(cycle: Cycle, sodiates: bool, reasons: dict[str, str]) -> HalfCycleCurve | None:
    """A half-cycle of the cycle if it is finished; else the reason is kept."""
    curve, word = (cycle.sodiation, "sodiation") if sodiates else (cycle.desodiation, "desodiation")
    if curve is not None and not curve.unfinished:
        return curve
    why = "the file has none" if curve is None else f"it {curve.unfinished}, so it is not whole"
    reasons[SODIATION if sodiates else DESODIATION] = f"{word} of cycle {cycle.number}: {why}"
    return None


def _of_half_cycle(
    curve: HalfCycleCurve | None, sodiates: bool, rules: Rules, reasons: Mapping[str, str]
) -> tuple[dict[str, Number], dict[str, str]]:
    """Split, mean voltage, current and charge in holds of a half-cycle, and reasons for what is missing."""
    split = split_names(rules.plateau, sodiates)
    word = "sodiation" if sodiates else "desodiation"
    at_knee = KNEE if sodiates else DESODIATION_KNEE
    voltage, current = f"Mean voltage of the {word} [V]", current_name(sodiates)
    in_holds = f"Capacity in holds of the {word} [mA.h.g-1]"
    others = (voltage, current, in_holds)
    numbers: dict[str, Number] = dict.fromkeys((*split.names, at_knee, *others))
    if curve is None:
        reason = reasons[SODIATION if sodiates else DESODIATION]
        return numbers, dict.fromkeys(numbers, reason)
    why: dict[str, str] = {}
    numbers[voltage] = curve.energy / curve.total
    numbers[current] = curve.specific_current
    if numbers[current] is None:
        why[current] = "the curve has no current"
    numbers[in_holds] = curve.passed_in_holds
    if not rules.half_cell:
        return numbers, why | dict.fromkeys((*split.names, at_knee), FULL_CELL_VOLTAGE)
    numbers[split.plateau] = curve.below(rules.plateau)
    numbers[split.slope] = curve.total - curve.below(rules.plateau)
    bend = knee(curve)
    numbers[at_knee] = bend.voltage
    if bend.voltage is None:
        why |= dict.fromkeys((at_knee, split.plateau_below_knee, split.slope_above_knee), bend.reason)
    else:
        numbers[split.plateau_below_knee] = curve.below(bend.voltage)
        numbers[split.slope_above_knee] = curve.total - curve.below(bend.voltage)
    return numbers, why


def _hysteresis(sodiation: HalfCycleCurve, desodiation: HalfCycleCurve, rules: Rules) -> float:
    """Mean voltage of the desodiation less that of the sodiation, each over all of its charge (32)."""
    difference = desodiation.energy / desodiation.total - sodiation.energy / sodiation.total
    return difference if rules.half_cell else -difference


def _hysteresis_at_equal_capacity(
    sodiation: HalfCycleCurve, desodiation: HalfCycleCurve, rules: Rules
) -> float:
    """The same at equal capacity: counted from the turn between both, over the smaller of their charges."""
    common = min(sodiation.total, desodiation.total)
    into = sodiation.energy - sodiation.energy_up_to(sodiation.total - common)
    out = desodiation.energy_up_to(common)
    return (out - into if rules.half_cell else into - out) / common


def _energy_efficiency(sodiation: HalfCycleCurve, desodiation: HalfCycleCurve, rules: Rules) -> float:
    """Energy that the cell gives over the energy that it takes: sodiation discharges a half-cell."""
    gives, takes = (sodiation, desodiation) if rules.half_cell else (desodiation, sodiation)
    return gives.energy / takes.energy


_OF_BOTH = {
    EFFICIENCY: lambda sodiation, desodiation, _: desodiation.total / sodiation.total,
    HYSTERESIS: _hysteresis,
    HYSTERESIS_AT_EQUAL_CAPACITY: _hysteresis_at_equal_capacity,
    ENERGY_EFFICIENCY: _energy_efficiency,
}
"""Numbers that need both half-cycles."""
