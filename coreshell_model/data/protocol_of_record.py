"""The protocol that a cell went through, read from its records and written as a file to edit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import isclose

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import parse_toml
from coreshell_model.base.quantity import Quantity
from coreshell_model.base.units import from_si, to_si
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.record import Dataset
from coreshell_model.data.recorded_steps import (
    WITHIN,
    RecordedCycle,
    RecordedStep,
    recorded_cycles,
    rest_before,
    scatter,
)
from coreshell_model.inputs.material_text import in_quotes, written
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict
from coreshell_model.inputs.steps import rate_label

GRID, LEAST_VOLTS = 5e-3, 1e-3
"""Volts to multiples of which a cut-off is rounded where it lies within its scatter, or within the second."""

ALIKE = 0.02
"""Volts within which half-cycles end at the same cut-off."""

SAME = 0.01
"""Share within which two rates, times or currents are the same number."""

ROUND = (2, 4, 5, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 250, 400, 500, 1000)
"""Parts of 1C, or of the current before it, at which cyclers usually end a hold."""

ROUND_HOURS = 0.5
"""Hours of whose multiples a hold that ends by its time usually takes."""

LONGER = 3.0
"""Times of its measured length which a hold that ends by its current may take."""


@dataclass(frozen=True)
class Record:
    """A file of a cell: its name for sources, its content, the cycle with which it begins, and the mass."""

    name: str
    dataset: Dataset
    first: int
    mass: float

    @property
    def scatter(self) -> float:
        """Standard deviation of its voltage's noise [V]."""
        return scatter(self.dataset)

    def cycles(self) -> tuple[RecordedCycle, ...]:
        """What the cycler did in each cycle."""
        return recorded_cycles(self.dataset, self.first)


@dataclass(frozen=True)
class ProtocolOfRecord:
    """A protocol as text of its file, the protocol itself, and what was read and assumed, in sentences."""

    text: str
    protocol: Protocol
    statements: tuple[str, ...]


def protocol_of_record(
    records: Sequence[Record], name: str, rate: float | None, one_c: Quantity, fresh: Quantity
) -> ProtocolOfRecord:
    """The protocol that the cell of these records went through.

    Parameters
    ----------
    records : in the order of their cycles
    name : of the protocol
    rate : multiple of 1C at which the first half-cycle ran, as the user states it; None where not stated
    one_c : what 1C is taken for without it
    fresh : potential of the fresh cell, for records that do not begin with the first cycle

    Raises
    ------
    InputError
        Two records hold the same cycle, or a half-cycle is none at constant current.
    """
    measured: dict[int, tuple[Record, RecordedCycle]] = {}
    for record in records:
        for cycle in record.cycles():
            if cycle.number in measured:
                raise InputError(
                    f"{record.name}: holds cycle {cycle.number}, as "
                    f"{measured[cycle.number][0].name} does; say "
                    "which cycle a file begins with by a column that counts cycles, or give one of the two"
                )
            measured[cycle.number] = record, cycle
    return _Writer(measured, name, rate, one_c, fresh).written()


@dataclass
class _Writer:
    """Writes the measured cycles down as a protocol, a named number for each that was read."""

    measured: dict[int, tuple[Record, RecordedCycle]]
    name: str
    rate: float | None
    one_c: Quantity
    fresh: Quantity
    numbers: dict[str, tuple[float, str, str]] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def written(self) -> ProtocolOfRecord:
        """The protocol, checked as a file of the user's own is."""
        self.basis = self._basis()
        self.lower, self.upper = self._cut_off(Kind.SODIATION), self._cut_off(Kind.DESODIATION)
        start = self._start()
        self._say_missing()
        cycles = [self._steps(*self._run(number)) for number in range(1, max(self.measured) + 1)]
        files = ", ".join(dict.fromkeys(record.name for record, _ in self.measured.values()))
        hold = any("Hold" in step for steps in cycles for step in steps)
        lines = [
            f"title = {in_quotes(f'The protocol that was run, as read from {files}')}",
            f"description = {in_quotes('Read from the record; ' + '; '.join(self.statements) + '.')}",
            f"source = {in_quotes(f'read from {files}: currents, times and voltages of its half-cycles')}",
            "end_of_sodiation = "
            + in_quotes(
                f"{'with a hold' if hold else 'at the lower cut-off, without a hold'}, as read from {files}"
            ),
            "",
            "[basis]",
            f"one_c = {self.basis}",
            "",
            "[window]",
            f"lower = {written(*self.lower)}",
            f"upper = {written(*self.upper)}",
            "",
            "[start]",
            f"potential = {start}",
            "",
            "[numbers]",
            *(f"{name} = {written(*number)}" for name, number in self.numbers.items()),
        ]
        for steps, block in groupby(cycles):
            lines += ["", "[[cycles]]", f"repeat = {len(list(block))}", "steps = ["]
            lines += [f"  {in_quotes(step)}," for step in steps] + ["]"]
        text = "\n".join(lines) + "\n"
        where = f"{self.name}.toml"
        protocol = protocol_from_dict({"name": self.name, **parse_toml(text, where)}, where)
        return ProtocolOfRecord(text, protocol, tuple(self.statements))

    def _first(self) -> tuple[Record, RecordedCycle]:
        return self.measured[min(self.measured)]

    def _basis(self) -> str:
        record, cycle = self._first()
        current = _constant(cycle.sodiation, record, cycle).current / record.mass
        if self.rate is None:
            self.one_c_si = self.one_c.si
            multiple = rate_label(float(f"{current / self.one_c_si:.4g}"))
            self.statements.append(
                f"1C is {self.one_c}, since no C-rate was stated: the first half-cycle ran at {multiple}"
            )
            return written(self.one_c.value, self.one_c.unit, self.one_c.source)
        self.one_c_si = current / self.rate
        amount = float(f"{from_si(self.one_c_si, 'mA/g'):.5g}")
        self.one_c_si = to_si(amount, "mA/g", "A/kg")
        self.statements.append(
            f"1C is {amount:.4g} mA/g: {rate_label(self.rate)} as stated, at a measured current of "
            f"{from_si(current, 'mA/g'):.4g} mA/g"
        )
        source = (
            f"read from {record.name}: {from_si(current, 'mA/g'):.4g} mA/g of active carbon in the first "
            f"sodiation, which ran at {rate_label(self.rate)} as stated"
        )
        return written(amount, "mA/g", source)

    def _cut_off(self, kind: Kind) -> tuple[float, str, str]:
        """The lower or upper cut-off: the lowest hold, else where constant currents ended."""
        sodiation = kind is Kind.SODIATION
        extreme = min if sodiation else max
        holds, ends, noise, names = [], [], 0.0, []
        for record, cycle in self.measured.values():
            steps = cycle.sodiation if sodiation else cycle.desodiation
            holds += [step.voltage for step in steps if step.kind is Kind.HOLD]
            ends += [step.voltage for step in steps if step.kind is kind]
            noise = max(noise, record.scatter)
            names += [record.name] if steps else []
        if not ends and not holds:
            self.statements.append(
                "the record has no desodiation: the upper cut-off is that of the fresh cell"
            )
            return self.fresh.value, self.fresh.unit, f"assumed: no desodiation is read; {self.fresh.source}"
        levels = holds or ends
        value = float(np.median([v for v in levels if abs(v - extreme(levels)) <= ALIKE]))
        value = _rounded(value, noise)
        how = "the voltage of the holds" if holds else "where constant currents end"
        source = (
            f"read from {', '.join(dict.fromkeys(names))}: {how}, {extreme(levels):.4f} V, with a scatter of "
            f"{1e3 * noise:.2g} mV"
        )
        return (float(f"{1e3 * value:.6g}"), "mV", source) if sodiation else (value, "V", source)

    def _start(self) -> str:
        record, cycle = self._first()
        if cycle.number > 1:
            self.statements.append(f"the fresh cell is at {self.fresh}, since cycle 1 is not in the data")
            return written(self.fresh.value, self.fresh.unit, f"assumed: {self.fresh.source}")
        rest = rest_before(record.dataset)
        how = "the last voltage of the rest before any current" if rest is not None else "the first voltage"
        volts = rest if rest is not None else float(record.dataset.voltage[0])
        return written(_rounded(volts, record.scatter), "V", f"read from {record.name}: {how}")

    def _run(self, number: int) -> tuple[Record, RecordedCycle]:
        """A cycle as measured; where it is not in the data, the last before it, else the first after."""
        if number in self.measured:
            return self.measured[number]
        earlier = [other for other in self.measured if other < number]
        instead = max(earlier) if earlier else min(self.measured)
        return self.measured[instead]

    def _say_missing(self) -> None:
        """State which cycles are not in the data."""
        missing = [str(number) for number in range(1, max(self.measured)) if number not in self.measured]
        if missing:
            which = f"cycle {missing[0]} is" if len(missing) == 1 else f"cycles {', '.join(missing)} are"
            self.statements.append(
                f"{which} not in the data, and taken to have been as the cycle measured before, else after "
                "(assumed)"
            )

    def _steps(self, record: Record, cycle: RecordedCycle) -> list[str]:
        """The steps of a cycle as a protocol has them."""
        texts: list[str] = []
        for steps, cut_off, volts in (
            (cycle.sodiation, "lower cut-off", to_si(self.lower[0], self.lower[1], "V")),
            (cycle.desodiation, "upper cut-off", to_si(self.upper[0], self.upper[1], "V")),
        ):
            for place, step in enumerate(steps):
                after = steps[place + 1] if place + 1 < len(steps) else None
                before = next((s for s in reversed(steps[:place]) if s.kind is not Kind.REST), None)
                texts.append(self._step(step, before, after, record, cycle, cut_off, volts))
        return texts

    def _step(
        self,
        step: RecordedStep,
        before: RecordedStep | None,
        after: RecordedStep | None,
        record: Record,
        cycle: RecordedCycle,
        cut_off: str,
        volts: float,
    ) -> str:
        where = f"read from {record.name}, cycle {cycle.number}: "
        if step.kind is Kind.REST:
            return (
                f"Rest for {{{self._number('rest', step.duration / 3600, 'h', where + 'length of a rest')}}}"
            )
        if step.kind is Kind.HOLD:
            at = cut_off if abs(step.voltage - volts) <= ALIKE / 2 else self._volts(step, record, where)
            return f"Hold at {at} {self._end_of_hold(step, before, record, where)}"
        multiple = float(f"{step.current / record.mass / self.one_c_si:.5g}")
        median = (
            f"median current of {step.kind.value}, {from_si(step.current / record.mass, 'mA/g'):.4g} mA/g"
        )
        rate = self._number("rate", multiple, "1", f"{where}{median}, as a multiple of 1C")
        word = "Sodiate" if step.kind is Kind.SODIATION else "Desodiate"
        beyond = volts - step.voltage if word == "Desodiate" else step.voltage - volts
        steep = 5 * ALIKE if word == "Desodiate" else ALIKE
        held = after is not None and after.kind is Kind.HOLD
        if beyond <= steep or (held and after and abs(after.voltage - volts) <= ALIKE / 2):
            return f"{word} at {{{rate}}}C until {cut_off}"
        if held and after:
            return f"{word} at {{{rate}}}C until {self._volts(after, record, where)}"
        time = self._number("time", step.duration / 3600, "h", f"{where}length of a {step.kind.value}")
        return f"{word} at {{{rate}}}C for {{{time}}}"

    def _volts(self, hold: RecordedStep, record: Record, where: str) -> str:
        volts = _rounded(hold.voltage, record.scatter)
        return f"{{{self._number('hold_voltage', volts, 'V', where + 'median voltage of a hold')}}}"

    def _end_of_hold(
        self, step: RecordedStep, before: RecordedStep | None, record: Record, where: str
    ) -> str:
        """Until a current where that is a usual one, else for the measured time."""
        share = step.current / record.mass / self.one_c_si
        hours = step.duration / 3600
        usual = [1 / part for part in ROUND]
        if before is not None:
            usual += [before.current / record.mass / self.one_c_si / part for part in ROUND[:8]]
        ends = next((each for each in usual if isclose(share, each, rel_tol=2 * SAME)), None)
        usual_time = max(round(hours / ROUND_HOURS), 1) * ROUND_HOURS
        whole = isclose(hours, usual_time, rel_tol=SAME / 4)
        if ends is None or whole:
            why = (
                "a usual time" if whole else f"its last current, {rate_label(float(f'{share:.3g}'))}, is none"
            )
            time = self._number(
                "hold_time",
                usual_time if whole else hours,
                "h",
                f"{where}length of the hold ({why} to end it by)",
            )
            return f"for {{{time}}}"
        longest = self._number(
            "longest_hold",
            float(np.ceil(LONGER * hours)),
            "h",
            f"assumed: {LONGER:g} times the {hours:.3g} h in {record.name}, so that its current ends it",
        )
        current = self._number(
            "end_of_hold",
            float(f"{ends:.5g}"),
            "1",
            f"{where}last current of the hold, {from_si(step.current / record.mass, 'mA/g'):.3g} mA/g, as a "
            "multiple of 1C",
        )
        return f"for {{{longest}}} or until {{{current}}}C"

    def _number(self, kind: str, value: float, unit: str, source: str) -> str:
        """The name of a number of the protocol; one that is the same within ``SAME`` is taken again."""
        alike = [name for name in self.numbers if name.rstrip("0123456789").rstrip("_") == kind]
        for name in alike:
            if kind == "longest_hold":
                self.numbers[name] = max(self.numbers[name], (value, unit, source))
                return name
            if isclose(self.numbers[name][0], value, rel_tol=SAME):
                return name
        name = kind if not alike else f"{kind}_{len(alike) + 1}"
        self.numbers[name] = float(f"{value:.5g}"), unit, source
        return name


def _constant(steps: Iterable[RecordedStep], record: Record, cycle: RecordedCycle) -> RecordedStep:
    """The first step at constant current of a half-cycle."""
    for step in steps:
        if step.kind in (Kind.SODIATION, Kind.DESODIATION):
            return step
    raise InputError(
        f"{record.name}: the sodiation of cycle {cycle.number} has no constant current; a guided fit needs "
        "one: write the protocol and the problem yourself"
    )


def _rounded(volts: float, noise: float) -> float:
    """A voltage of the cycler: a multiple of ``GRID`` where it is one within its scatter, else in mV."""
    near = round(volts / GRID) * GRID
    allowed = max(LEAST_VOLTS, WITHIN / 2 * noise)
    return round(near if abs(near - volts) <= allowed else volts, 3)
