"""Every number of the material that the page can move, with its unit, its range and its source."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from coreshell_model.base.quantity import Quantity, Within
from coreshell_model.base.units import from_si, to_si
from coreshell_model.design.variables import SEALS, with_seal
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, meaning
from coreshell_model.inputs.ranges import bounds, limits, limits_of, usual_range
from coreshell_model.inputs.sections import left_out
from coreshell_model.show.explorer.choice import AS_GIVEN
from coreshell_model.show.explorer.subject import Subject

SECTIONS = {
    "particle": "Particle",
    "core": "Core carbon",
    "shell": "Shell carbon",
    "surface": "Surface",
    "sei": "SEI",
    "pores": "Wetted pores",
    "cell": "Cell",
    "activation": "Dependence on temperature",
    "protocol": "Protocol",
}
"""Sections of a material's file with their headings; the particle level has no use for others."""

SLIDERS = {
    "shell.thickness": "thickness",
    "shell.mass_gain": "thickness",
    "particle.external_area": "area",
    "particle.radius": "area",
    "particle.core_radius": "area",
    "core.pore_volume": "pore_volume",
    "protocol.numbers.rate": "rate",
    "protocol.numbers.longest_hold": "hold",
}
"""Numbers that a slider of the design sets, or that follow from it, with the name of its control."""

LABELS = {
    "protocol.basis.one_c": "1C, per gram of active carbon",
    "protocol.window.lower": "Lower cut-off",
    "protocol.window.upper": "Upper cut-off",
    "protocol.start.potential": "Open circuit of the fresh cell",
}
"""Labels of numbers whose paths do not say them."""

LOGARITHMIC = 100.0
"""Ratio of the ends of a range from which its slider is logarithmic."""

DECADES = 1e-3
"""Lower end over value of a logarithmic slider whose range begins at 0."""


@dataclass(frozen=True)
class Number:
    """One number that can be moved.

    Attributes
    ----------
    path, section, label, unit : dotted path, heading, words, and the unit in which it is shown
    value : in that unit; None where the material does not give it
    low, high, logarithmic : ends and scale of its slider
    usual, source : its range, and where value and range are from, in words
    control : name of the slider of the design that sets it; "" for a number with a slider of its own
    seal : the choice of a seal with which there is this number; "" for any
    """

    path: str
    section: str
    label: str
    unit: str
    value: float | None
    low: float
    high: float
    logarithmic: bool
    usual: str
    source: str
    control: str = ""
    seal: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the number as the browser takes it."""
        return asdict(self)


def movable(subject: Subject) -> list[Number]:
    """Every number of the subject's material and protocol, section by section."""
    numbers = list(_numbers(subject))
    order = list(SECTIONS.values())
    return sorted(numbers, key=lambda number: order.index(number.section))


def _numbers(subject: Subject) -> Iterator[Number]:
    base = subject.base
    for path, (quantity, limit) in limits(base).items():
        yield from _number(path, quantity, limit, AS_GIVEN if path.startswith("pores.open") else "")
    by_path, listed = limits_of(type(base)), set(limits(base))
    laws = {section for section, _ in SEALS.values()}
    for path, kind in left_out(base).items():
        if kind is Quantity and path in by_path and path not in listed and path != "pores.open_fraction":
            yield from _number(path, None, by_path[path])
    for law, (section, _) in SEALS.items() if base.pores is not None else ():
        prefix = f"pores.{section}."
        for path, (quantity, limit) in limits(with_seal(base, law)).items():
            if path.startswith(prefix) and section in laws and path not in listed:
                yield from _number(path, quantity, limit, law)
    for path, (quantity, limit) in limits(subject.protocol_base).items():
        yield from _number(f"{PROTOCOL_PREFIX}{path}", quantity, limit)


def _number(path: str, quantity: Quantity | None, limit: Within, seal: str = "") -> Iterator[Number]:
    """The number at a path; none of a section that the particle level does not use."""
    section = SECTIONS.get(path.partition(".")[0])
    if section is None:
        return
    unit = limit.unit if quantity is None else quantity.unit
    value = None if quantity is None else quantity.value
    low, high, logarithmic = _slider(value, unit, limit)
    usual = usual_range(limit, unit)
    yield Number(
        path,
        section,
        LABELS.get(path) or meaning(path),
        "" if unit == "1" else unit,
        value,
        low,
        high,
        logarithmic,
        f"usually {usual} ({limit.source})" if usual else f"possible {bounds(limit)}",
        "not given in the material" if quantity is None else quantity.source,
        SLIDERS.get(path, ""),
        seal,
    )


def _slider(value: float | None, unit: str, limit: Within) -> tuple[float, float, bool]:
    """Ends and scale of a slider: the usual range, or the bounds, widened to the value."""
    shares = limit.usual is None
    if limit.usual is not None:
        ends = [from_si(to_si(end, limit.unit, limit.unit), unit) for end in limit.usual]
    else:
        least = limit.at_least if limit.at_least is not None else limit.above
        ends = [from_si(end, unit) for end in (least or 0.0, limit.at_most or 1.0)]
    low, high = (float(f"{end:.6g}") for end in sorted(ends))
    if value is not None:
        low, high = min(low, value), max(high, value)
    reference = value if value else high * DECADES
    if low == 0 and high / reference >= LOGARITHMIC and not shares:
        low = float(f"{min(reference, high) * DECADES:.6g}")
    return low, high, low > 0 and high / low >= LOGARITHMIC
