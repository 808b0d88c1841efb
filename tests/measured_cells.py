"""Hard carbon against sodium as cyclers write it, and its capacities by hand, from current and time."""

from dataclasses import dataclass

import cyclers
import numpy as np
from cyclers import clock, lines

MASS = 1.2e-6
"""Carbon [kg]."""

POTENTIAL = [(0.0, 1.2), (30.0, 0.7), (160.0, 0.1), (300.0, 0.06), (320.0, 0.01)]
"""Charge [mAh/g] and voltage [V] of the sodiation: a slope, and below 0.1 V a plateau."""

BACK = [(0.0, 0.05), (15.0, 0.1), (130.0, 0.14), (250.0, 0.8), (285.0, 2.0)]
"""The same of the desodiation."""

CURRENTS = (4e-4, 1e-3)
"""Currents [A] of the first and of the later cycles; times are whole seconds, as the dates of files are."""

HOLD, DECAY = 600.0, 150.0
"""Length of the hold at the end of a sodiation, and time in which its current decays by e [s]."""


@dataclass(frozen=True)
class Half:
    """A half-cycle as it was made: time since its beginning [s], voltage [V], current into the carbon [A]."""

    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray

    @property
    def capacity(self):
        """Charge by hand [mAh/g]: mean currents times intervals."""
        steps = np.diff(self.time) * np.abs(self.current[1:] + self.current[:-1]) / 2
        return np.concatenate([[0.0], np.cumsum(steps)]) / 3.6 / MASS / 1e3

    def below(self, voltage):
        """Charge by hand up to or from the point at which the curve, which is monotonic, passes a voltage."""
        falls = self.voltage[-1] < self.voltage[0]
        order = slice(None, None, -1) if falls else slice(None)
        at = np.interp(voltage, self.voltage[order], self.capacity[order])
        return self.capacity[-1] - at if falls else at


def sodiation(current, factor=1.0, hold=True, points=90):
    charge, voltage = (np.array(values) for values in zip(*POTENTIAL, strict=True))
    through = np.unique(np.append(np.linspace(0, charge[-1], points) ** 1.05, charge))
    through = through[through <= charge[-1]]
    time = np.round(through * factor * 3.6 * MASS * 1e3 / current)
    volts = np.interp(through, charge, voltage)
    currents = np.full(len(time), current)
    if hold:
        after = np.linspace(0, HOLD, 41)[1:]
        time = np.append(time, time[-1] + after)
        volts = np.append(volts, np.full(len(after), volts[-1]))
        currents = np.append(currents, current * np.exp(-after / DECAY))
    return Half(time, volts, currents)


def desodiation(current, factor=1.0, points=80):
    charge, voltage = (np.array(values) for values in zip(*BACK, strict=True))
    through = np.unique(np.append(np.linspace(0, charge[-1], points), charge))
    time = np.round(through * factor * 3.6 * MASS * 1e3 / current)
    return Half(time, np.interp(through, charge, voltage), np.full(len(time), -current))


def halves(cycles=3, fade=0.0):
    """Half-cycles of so many cycles; each later cycle is slower to hold as much by the share ``fade``."""
    made = []
    for cycle in range(cycles):
        current = CURRENTS[min(cycle, 1)]
        factor = 1.0 - fade * cycle
        made += [sodiation(current, factor), desodiation(current, factor)]
    return made


def rows(made, first_cycle=1):
    """Time, voltage, current, cycle and step of all points; a half-cycle begins when the one before ends."""
    start, parts = 0.0, []
    for number, half in enumerate(made):
        count = np.ones(len(half.time), int)
        parts.append(
            (
                half.time + start,
                half.voltage,
                half.current,
                count * (number // 2 + first_cycle),
                count * (number + 1),
            )
        )
        start += half.time[-1]
    return tuple(np.concatenate(values) for values in zip(*parts, strict=True))


def maccor(first="sodiation"):
    """MIMS's text export: minutes without a unit but for the dates, current without a sign."""
    header = "Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCurrent [A]\tVoltage [V]\tMd\tES\tDPT Time"
    table = [
        [j, 0, n, k, f"{t / 60:.9f}", 0, abs(i), v, "D" if i > 0 else "C", 1, date(t)]
        for j, (t, v, i, n, k) in enumerate(zip(*cyclers.measurement(first), strict=True), start=1)
    ]
    return ("Name:\tCell 7\nTester\tMaccor #4\n\n" + lines(header, table, "\t")).encode()


def date(seconds):
    """A date with whole seconds."""
    days, rest = divmod(round(seconds), 86400)
    return f"2025-11-{1 + days:02d} {clock(rest, '{h:02d}:{m:02d}:{s:02.0f}')}"


def basytec(first="sodiation"):
    """BaSyTec's text: settings and header begin with a tilde; hours, discharge negative."""
    header = "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tT1[°C]\tCyc-Count"
    table = [
        [f"{t / 3600:.12f}", j, 0, k, "Discharge" if i > 0 else "Charge", v, -i, 25.1, n]
        for j, (t, v, i, n, k) in enumerate(zip(*cyclers.measurement(first), strict=True), start=1)
    ]
    return ("~Resultfile from Basytec Battery Test System\n~\n" + lines(header, table, "\t")).encode(
        "latin-1"
    )


def pec(first="sodiation"):
    """PEC's CSV: lines of settings, units in brackets, millivolts and milliamperes."""
    header = "Test,Cell,Step,Cycle,Total Time (Seconds),Step Time (Seconds),Voltage (mV),Current (mA)"
    table = [
        [7, 1, k, n, t, 0, 1e3 * v, -1e3 * i]
        for t, v, i, n, k in zip(*cyclers.measurement(first), strict=True)
    ]
    return ("#RESULTS CHECK\nTest:,7\n#END RESULTS CHECK\n" + lines(header, table)).encode()


def digatron(first="sodiation"):
    """Digatron's table: units behind a hash."""
    header = "Step,Status,Program Duration#s,Step Duration#s,Voltage#V,Current#A,Cycle"
    table = [
        [k, "DCH" if i > 0 else "CHA", t, 0, v, -i, n]
        for t, v, i, n, k in zip(*cyclers.measurement(first), strict=True)
    ]
    return lines(header, table).encode()


def eclab(first="sodiation"):
    """EC-Lab's text export without a mass."""
    return cyclers.eclab(first, mass="0.001")


LAYOUTS = {
    **{
        name: layout for name, layout in cyclers.LAYOUTS.items() if name not in ("EC-Lab text", "spreadsheet")
    },
    "EC-Lab text": (eclab, ".mpt"),
    "Maccor": (maccor, ".txt"),
    "BaSyTec": (basytec, ".txt"),
    "PEC": (pec, ".csv"),
    "Digatron": (digatron, ".csv"),
}
"""Writers of eleven layouts of nine vendors, which write what ``cyclers.measurement`` returns."""


def bdf(made, first_cycle=1, counter=True):
    """The half-cycles as a plain table with units."""
    header = "Test Time / s,Voltage / V,Current / A,Step Count / 1" + (",Cycle Count / 1" if counter else "")
    table = [
        [t, v, i, k, *([n] if counter else [])]
        for t, v, i, n, k in zip(*rows(made, first_cycle), strict=True)
    ]
    return lines(header, table).encode()
