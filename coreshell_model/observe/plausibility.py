"""Whether the numbers of a run, given and derived, are usual for carbons and cells."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.tables import document, markdown_table
from coreshell_model.inputs.material import CoreShellMaterial
from coreshell_model.inputs.particle import shape_of
from coreshell_model.inputs.ranges import unusual
from coreshell_model.inputs.steps import Kind
from coreshell_model.run.solution import IN_CARBON, Solution

NO_CHARGE = 1e-6
"""Charge [mA.h.g-1] below which nothing was passed."""


@dataclass(frozen=True)
class Usual:
    """The usual range of a number that is derived from others, and the source of the range."""

    name: str
    low: float
    high: float
    unit: str
    source: str

    def warning(self, value: float) -> str | None:
        """The warning about a value outside the range."""
        if self.low <= value <= self.high:
            return None
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"{self.name} is {value:.4g}{unit}, usually {self.low:g} to {self.high:g}{unit} ({self.source})"
        )


DENSITY = Usual("density of the particle", 0.25, 2.3, "g/cm3", "assumed: from 90 % pores to graphite")
POROSITY = Usual("porosity of the core", 0.0, 0.85, "", "assumed: activated and templated carbons")
SHELL_SHARE = Usual(
    "shell thickness over particle radius",
    0.0,
    0.3,
    "",
    "assumed: a coating, not a grain of its own",
)
FILM = Usual("thickness of the film", 0.0, 100.0, "nm", "assumed: films on carbon have some nanometres")
FILM_SHARE = Usual(
    "thickness of the film over particle radius", 0.0, 0.1, "", "assumed: it is computed as a flat layer"
)
STORED = Usual("sodium in the carbon", 0.0, 1116.0, "mAh/g", "assumed: up to NaC2")
RATE = Usual("highest C-rate of constant current", 0.0, 50.0, "C", "assumed: laboratory rate tests go to 20C")
VOLTAGE = Usual("voltage of the cell", -0.1, 4.5, "V", "assumed: half-cells against sodium")
VOLTAGE_OF_FULL = Usual(
    "voltage of the full cell",
    -0.5,
    4.6,
    "V",
    "assumed: from a cell as made to the upper cut-offs of oxides and phosphates",
)
DERIVED = (DENSITY, POROSITY, SHELL_SHARE, FILM, FILM_SHARE, STORED, RATE, VOLTAGE, VOLTAGE_OF_FULL)
"""The ranges of numbers that are derived from those of a material and a run."""


def derived_table() -> str:
    """The usual ranges of derived numbers, as a table in Markdown."""
    rows = [
        (usual.name, f"{usual.low:g} to {usual.high:g} {usual.unit}".rstrip(), usual.source)
        for usual in DERIVED
    ]
    return document(markdown_table(("what follows", "usual", "source"), rows))


def derived(solution: Solution) -> Iterator[tuple[Usual, float]]:
    """The derived numbers that the run has; of a series its most unusual value."""
    material = solution.material
    shape = shape_of(material)
    yield DENSITY, shape.density / 1e3
    if isinstance(material, CoreShellMaterial):
        yield POROSITY, material.geometry.porosity
        yield SHELL_SHARE, shape.shell_thickness / shape.radius
    else:
        yield POROSITY, 1 - shape.density / material.carbon.skeletal_density.si
    if not solution["Time [s]"].size:
        return
    film = float(solution["SEI thickness [m]"].max())
    yield FILM, film * 1e9
    yield FILM_SHARE, film / shape.radius
    yield STORED, float(np.sum([solution[place] for place in IN_CARBON], axis=0).max())
    yield RATE, _highest_rate(solution)
    voltage = solution["Voltage [V]"]
    usual = VOLTAGE_OF_FULL if solution.is_full else VOLTAGE
    yield usual, float(voltage[np.argmax(np.abs(voltage - 2.0))])


def _highest_rate(solution: Solution) -> float:
    """The highest C-rate of steps at constant current; a hold or a sweep may begin with any current."""
    constant = [
        step for step in solution.steps if not step.skipped and step.asked.kind not in (Kind.HOLD, Kind.SWEEP)
    ]
    currents = [abs(solution["Specific current [A.kg-1]"][step.points]).max() for step in constant]
    return float(max(currents, default=0.0)) / solution.protocol.basis.one_c.si


def plausibility(solution: Solution) -> list[str]:
    """Warnings about a run in which nothing happened, and about numbers outside the usual ranges."""
    messages = []
    charge = solution["Specific capacity [mA.h.g-1]"]
    if solution.steps and all(step.skipped for step in solution.steps):
        messages.append(
            "nothing was run: every step was past its limit when it began; check the steps' limits"
        )
    elif charge.size and np.ptp(charge) < NO_CHARGE:
        messages.append("no charge passed; check the currents and limits of the steps")
    messages += unusual(solution.material)
    messages += [f"protocol.{line}" for line in unusual(solution.protocol)]
    return messages + [text for usual, value in derived(solution) if (text := usual.warning(value))]
