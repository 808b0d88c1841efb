"""The tabs of the page: what each takes a design through, and what it shows of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.base.tables import unit_of
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.infer.prediction import numbers_of
from coreshell_model.observe.quantities import summary
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.figures.kinds import picture, suited
from coreshell_model.show.figures.picture import Picture, picture_bytes

LONGEST = 120.0
"""Seconds after which no further step of a test begins."""


@dataclass(frozen=True)
class Technique:
    """A test of a cell.

    Attributes
    ----------
    label : of its tab
    protocol : the shipped protocol that it runs; "" for the impedance, which runs none
    quantities : the results that its table shows
    hint : one line on what of the design applies
    """

    label: str
    protocol: str
    quantities: tuple[str, ...] = ()
    hint: str = ""


OWN_RATES = "Rates and holds are the protocol's own; all other numbers are those of the design."

TECHNIQUES: Mapping[str, Technique] = {
    "rate_test": Technique(
        "Rate test",
        "rate_test",
        ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]", "Rate retention", "Recovery"),
        f"Five cycles at each rate, without a hold. {OWN_RATES}",
    ),
    "cycle_life": Technique(
        "Cycle life",
        "cycle_life",
        (
            "Initial coulombic efficiency",
            "Reversible capacity [mA.h.g-1]",
            "Rate retention",
            "Recovery",
            "Hysteresis in the last cycle [V]",
        ),
        f"60 cycles, 50 of them at C/2, without a hold. {OWN_RATES}",
    ),
    "voltammetry": Technique(
        "Voltammetry",
        "cyclic_voltammetry",
        ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]", "Peaks", "Irreversible peaks"),
        f"Three cycles between the cut-offs at 0.1 mV/s. {OWN_RATES}",
    ),
    "full_cell": Technique(
        "Full cell",
        "full_cell_formation",
        (
            "Cell first-cycle efficiency",
            "Specific energy [W.h.kg-1]",
            "Energy density [W.h.L-1]",
            "N/P ratio",
            "Mean discharge voltage [V]",
            "Capacity of both active materials [mA.h.g-1]",
            "Lowest carbon potential [V]",
        ),
        "Three cycles against the shipped positive electrode, between the cut-offs of that cell, at C/20.",
    ),
    "impedance": Technique(
        "Impedance",
        "",
        (),
        "Of the whole half-cell, fresh, sodiated at C/20 to the potential and rested there. Measured spectra "
        "that are dropped under Own data lie over it.",
    ),
}
"""The tabs beside the design itself, by the name that the page's link has for them."""


@dataclass(frozen=True)
class Drawn:
    """A picture as the commands draw it: its name, the picture as SVG, and its numbers as CSV."""

    name: str
    svg: bytes
    csv: bytes


@dataclass(frozen=True)
class Tested:
    """What a technique gave for a design: pictures, and rows of label, value and unit; or why nothing."""

    pictures: tuple[Drawn, ...] = ()
    rows: tuple[tuple[str, float, str], ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class TechniqueTask:
    """Take a design through a test of a cell, one of ``TECHNIQUES`` with a protocol."""

    choice: Choice
    technique: str

    def __call__(self, subject: Subject, say: Say) -> Tested:
        """Run and draw it."""
        try:
            return self._protocol(subject, TECHNIQUES[self.technique])
        except InputError as error:
            return Tested(reason=str(error))

    def _protocol(self, subject: Subject, technique: Technique) -> Tested:
        protocol = subject.test(self.choice, technique.protocol)
        solution = Evaluator(protocol).solution(subject.material(self.choice), LONGEST)
        if not solution.completed:
            return Tested(reason=solution.explanation)
        results = summary(solution)
        kept = {name: _named(results[name]) for name in technique.quantities if results.get(name) is not None}
        pictures = tuple(drawn(name, picture(solution, name)) for name in suited(solution))
        return Tested(pictures, _rows(kept), tuple(results["Warnings"]))


def drawn(name: str, made: Picture) -> Drawn:
    """A picture as it goes to the page."""
    table = made.numbers.to_csv(index=False)
    return Drawn(name, picture_bytes(made, ".svg", table), table.encode())


def _named(result: Any) -> Any:
    """A result with names for the entries of a list of peaks."""
    if isinstance(result, list) and result and isinstance(result[0], Mapping):
        return {
            f"cycle {peak['Cycle']}, {'sodiation' if peak['Sodiation'] else 'desodiation'}, {number}": peak[
                "Potential [V]"
            ]
            for number, peak in enumerate(result, start=1)
        }
    return result


def _rows(results: Mapping[str, Any]) -> tuple[tuple[str, float, str], ...]:
    """Label, value and unit of every number; of a peak it is the potential."""
    rows = []
    for name, value in numbers_of(results).items():
        unit = "V" if "eaks, " in name else unit_of(name)
        rows.append((_without_unit(name), value, unit))
    return tuple(rows)


def _without_unit(name: str) -> str:
    before, bracket, after = name.partition(" [")
    return before + after.partition("]")[2] if bracket else before


def failures(tested: Iterable[Tested]) -> list[str]:
    """Why designs gave nothing, a line each."""
    return [each.reason for each in tested if each.reason]
