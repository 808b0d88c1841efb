"""The page's tables of results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from coreshell_model.base.tables import DASH, unit_of
from coreshell_model.design.comparison import quantities
from coreshell_model.inputs.changes import meaning
from coreshell_model.observe.quantities import usual
from coreshell_model.show.explorer.choice import AS_GIVEN, CONTROLS
from coreshell_model.show.explorer.numbers import LABELS
from coreshell_model.show.explorer.tasks import Outcome


@dataclass(frozen=True)
class Row:
    """One quantity: its name in a run, its label on the page, its unit, digits and factor to that unit.

    A headline also has a ``brief`` label.
    """

    key: str
    label: str
    unit: str
    digits: int = 0
    factor: float = 1.0
    brief: str = ""

    def shown(self, value: float | None) -> str:
        """Return a value as text."""
        return DASH if value is None else self._written(value, "")

    def difference(self, a: float | None, b: float | None) -> str:
        """Return B less A with its sign."""
        return DASH if a is None or b is None else self._written(b - a, "+")

    def _written(self, value: float, sign: str) -> str:
        """Return the rounded value, without a sign for zero and with a true minus sign."""
        rounded = round(value * self.factor, self.digits) + 0.0
        return f"{rounded:{sign if rounded else ''}.{self.digits}f}".replace("-", "−")


ICE = Row("Initial coulombic efficiency", "Initial coulombic efficiency", "%", 1, 100.0, "ICE")
REVERSIBLE = Row("Reversible capacity [mA.h.g-1]", "Reversible capacity", "mAh/g", brief="Reversible")
LOSS = Row("First-cycle loss [mA.h.g-1]", "First-cycle loss", "mAh/g", brief="First-cycle loss")

OFF_THE_PAGE = {"Areal capacity [mA.h.cm-2]", "Sodium balance error"}
"""Usual quantities that the page leaves out, since they are of the electrode or of the solver."""

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


def rows() -> tuple[Row, ...]:
    """``ROWS``, and a plain row for each further quantity that a sweep observes by default."""
    listed = {row.key for row in ROWS} | OFF_THE_PAGE
    plain = [name for name in usual() if name not in listed]
    return (*ROWS, *(Row(name, name.partition(" [")[0], unit_of(name), 3) for name in plain))


def numbers(outcome: Outcome) -> dict[str, float | None]:
    """The values of the rows for a design; None without a solution."""
    if outcome.solution is None:
        return dict.fromkeys(row.key for row in rows())
    functions = quantities(outcome.solution.protocol)
    return {row.key: functions[row.key](outcome.solution) for row in rows()}


NO_HOLD = "none"

Designs = Mapping[str, Outcome]
"""Outcomes by the name of their design, "A" (where one is pinned) before "B"."""


def headlines(designs: Designs) -> list[Component]:
    """The three main results of B in large, those of A beneath."""
    b = numbers(designs["B"])
    a = numbers(designs["A"]) if "A" in designs else None
    return [_headline(row, b[row.key], _versus(row, a, b) if a else "") for row in HEADLINES]


def _versus(row: Row, a: Mapping[str, float | None], b: Mapping[str, float | None]) -> str:
    return f"A {row.shown(a[row.key])}, Δ {row.difference(a[row.key], b[row.key])}"


def _headline(row: Row, value: float | None, versus: str) -> Component:
    parts = [
        html.Span(row.brief, className="name", title=row.label),
        html.Span([html.B(row.shown(value)), f" {row.unit}"], className="value"),
        html.Span(versus, className="versus"),
    ]
    attributes: dict[str, Any] = {"data-quantity": row.key}
    return html.Div(parts, className="headline", **attributes)


def in_words(designs: Designs) -> str:
    """The headlines in one sentence, for screen readers."""
    b = numbers(designs["B"])
    return "; ".join(f"{row.label} {row.shown(b[row.key])} {row.unit}" for row in HEADLINES)


def table(designs: Designs) -> Component:
    """Design and results in a column for each design, and of two designs the difference."""
    names = list(designs)
    columns = [*names, "B − A"] if len(names) > 1 else ["Value"]
    results = {name: numbers(outcome) for name, outcome in designs.items()}
    seals = [outcome.choice.seal for outcome in designs.values() if outcome.choice is not None]
    blank = [""] if len(names) > 1 else []
    body = [
        _line(control.label, control.unit, _chosen(control.name, designs) + blank) for control in CONTROLS
    ]
    body.append(_line("Seal", "", [*seals, *blank]))
    changed = [dict(outcome.choice.changes) for outcome in designs.values() if outcome.choice is not None]
    for path in sorted({path for changes in changed for path in changes}):
        values = [changes.get(path, AS_GIVEN) for changes in changed]
        body.append(_line(LABELS.get(path) or meaning(path), "", [*values, *blank], path))
    for row in rows():
        values = [row.shown(results[name][row.key]) for name in names]
        if len(names) > 1:
            values.append(row.difference(results["A"][row.key], results["B"][row.key]))
        body.append(_line(row.label, row.unit, values, row.key))
    heading = [html.Th(text, scope="col") for text in ("Quantity", "Unit", *columns)]
    return html.Table([html.Thead(html.Tr(heading)), html.Tbody(body)])


def _chosen(name: str, designs: Designs) -> list[str]:
    """The value of a control in each design, as text."""
    values = [getattr(outcome.choice, name) for outcome in designs.values()]
    return [NO_HOLD if value is None else f"{value:g}" for value in values]


def _line(label: str, unit: str, values: list[str], key: str = "") -> Component:
    attributes: dict[str, Any] = {"data-quantity": key} if key else {}
    cells = [html.Td(value) for value in values]
    return html.Tr([html.Th(label, scope="row"), html.Td(unit, className="unit"), *cells], **attributes)
