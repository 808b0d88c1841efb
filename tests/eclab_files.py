"""Small EC-Lab files by hand, binary and text twins of one measurement."""

import struct
from datetime import datetime

import numpy as np

NUMBERS = {
    "mode": (1, "flag"),
    "ox/red": (2, "flag"),
    "Ns changes": (31, "flag"),
    "Ns": (131, "<u2"),
    "time/s": (4, "<f8"),
    "control/V/mA": (5, "<f4"),
    "Ewe/V": (6, "<f4"),
    "dq/mA.h": (7, "<f8"),
    "(Q-Qo)/mA.h": (13, "<f8"),
    "I/mA": (8, "<f4"),
    "<I>/mA": (11, "<f8"),
    "Ece/V": (9, "<f4"),
    "Ewe-Ece/V": (27, "<f4"),
    "freq/Hz": (32, "<f4"),
    "|Z|/Ohm": (36, "<f4"),
    "Phase(Z)/deg": (35, "<f4"),
    "Re(Z)/Ohm": (37, "<f4"),
    "-Im(Z)/Ohm": (38, "<f4"),
    "cycle number": (24, "<f8"),
}
"""Columns of the binary: their number there, and how they are written; flags share one byte."""

BEGAN = datetime(2025, 10, 31, 16, 46, 48, 486000)


def mpr(columns, unknown=(), began=BEGAN, version=2, count=None):
    """A binary of these columns, in order.

    Parameters
    ----------
    columns : cells by name
    unknown : (place among the columns, number, type, cells) of columns that no reader knows
    count : of points that the file says it has
    """
    fields = [(*NUMBERS[name], cells) for name, cells in columns.items()]
    for place, number, kind, cells in sorted(unknown, key=lambda each: -each[0]):
        fields.insert(place, (number, kind, cells))
    rows = len(next(iter(columns.values())))
    flags = np.zeros(rows, dtype=np.uint8)
    for name, bit in (("mode", 1), ("ox/red", 4), ("Ns changes", 32)):
        flags += bit * np.asarray(columns.get(name, np.zeros(rows)), dtype=np.uint8)
    parts, flagged = [], False
    for _, kind, cells in fields:
        if kind != "flag":
            parts.append(np.asarray(cells, dtype=kind))
        elif not flagged:
            parts.append(flags)
            flagged = True
    records = b"".join(b"".join(part[row].tobytes() for part in parts) for row in range(rows))
    count = rows if count is None else count
    numbers = struct.pack(f"<{len(fields)}H", *(number for number, _, _ in fields))
    head = struct.pack("<IB", count, len(fields))
    if version == 0:
        data = (head + b"\0" + numbers).ljust(1007, b"\0") + records
    else:
        data = (head + numbers).ljust({2: 405, 3: 406}[version], b"\0") + records
    days = (began - datetime(1899, 12, 30)).total_seconds() / 86400
    log = b"\0" * 465 + struct.pack("<d", days) + b"\0" * 200
    content = b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + b"\0" * 4
    for short, number, body in (
        (b"VMP Set   ", 0, b"\0" * 8),
        (b"VMP data  ", version, data),
        (b"VMP LOG   ", 0, log),
    ):
        date = began.strftime("%m/%d/%y").encode()
        content += b"MODULE" + short + short.ljust(25) + struct.pack("<II", len(body), number) + date + body
    return content


def mpt(columns, technique="Galvanostatic Cycling with Potential Limitation", began=BEGAN, mass=None):
    """The text export of these columns."""
    settings = ["EC-Lab ASCII FILE", "", "", technique, ""]
    settings.append(f"Acquisition started on : {began:%m/%d/%Y %H:%M:%S.%f}"[:-3])
    settings += [f"Mass of active material : {mass} mg"] if mass else []
    settings[1] = f"Nb header lines : {len(settings) + 1}"
    whole = ("mode", "Ns")
    cells = [
        [f"{int(cell)}" if name in whole else f"{cell:.15E}" for cell in np.asarray(values, float)]
        for name, values in columns.items()
    ]
    rows = ["\t".join(row) for row in zip(*cells, strict=True)]
    return ("\r\n".join([*settings, "\t".join(columns), *rows]) + "\r\n").encode("latin-1")


STEPS = (
    (3, 0.0, 0.0, 1.2, 1.2, (0.0, 60.0, 120.0)),
    (1, -0.1, -0.1, 1.1, 0.05, (0.0002, 30.0, 60.0, 1200.0, 3601.5)),
    (2, -0.1, -0.01, 0.05, 0.05, (0.0, 10.0, 40.0, 100.0, 250.0, 600.0)),
    (3, 0.0, 0.0, 0.05, 0.1, (0.25, 60.0, 600.0)),
    (1, 0.2, 0.2, 0.2, 1.5, (0.0002, 90.0, 900.0, 1900.0)),
    (3, 0.0, 0.0, 1.5, 1.3, (1e-4, 300.0)),
)
"""EC-Lab's mode; current at both ends in mA, oxidation positive; voltage likewise; times in the step."""


def cycled(restarts=False):
    """Rest, sodiation, a hold in which the current decays, rest, desodiation, rest: rows, exactly counted.

    Each row's charge passed since the row before, across a change of step too; ``restarts``: the count Q-Qo
    begins anew with each step.
    """
    rows = {name: [] for name in ("mode", "Ns", "time/s", "Ewe/V", "dq/mA.h", "(Q-Qo)/mA.h", "<I>/mA")}
    start, total, last = 0.0, 0.0, 0.0
    for number, (mode, first, final, high, low, times) in enumerate(STEPS):
        before, begin = 0.0, total
        carried = 0.0  # of the step before, from its last row on
        for at in times:
            share = np.array([before, at]) / times[-1]
            mean = first
            if first != final and at > before:
                current = first * (final / first) ** share
                mean = (current[1] - current[0]) / np.log(current[1] / current[0])
            charge = mean * (at - before) / 3600 + carried
            total += charge
            taken = start + at - last
            rows["mode"].append(mode)
            rows["Ns"].append(number)
            rows["time/s"].append(start + at)
            rows["Ewe/V"].append(high + (low - high) * share[1])
            rows["dq/mA.h"].append(charge)
            rows["(Q-Qo)/mA.h"].append(total - (begin if restarts else 0.0))
            rows["<I>/mA"].append(3600 * charge / taken if taken > 0 else first)
            before, last, carried = at, start + at, 0.0
        start += times[-1]
    return {name: np.array(values) for name, values in rows.items()}


PASSED = (0.1 * 3601.5 + 0.09 / np.log(10) * 600) / 3600, 0.2 * 1900.0 / 3600
"""mAh that pass in the sodiation, its hold included, and in the desodiation."""


def pick(rows, *names):
    """Some of the columns."""
    return {name: rows[name] for name in names}


FREQUENCIES = np.logspace(4, -1, 11)


def impedance(frequency):
    """20 Ohm, and 80 Ohm beside 1 mF."""
    return 20 + 80 / (1 + 2j * np.pi * frequency * 80 * 1e-3)


def titrated(modulus=False, noise=0.05):
    """A titration in two pulses, a spectrum after each: sweeps 400 s long, with a current that is none.

    Every point of a sweep shows some ``noise`` of current [mA], as instruments write it.
    """
    names = ["mode", "Ns", "time/s", "Ewe/V", "I/mA", "freq/Hz"]
    names += ["|Z|/Ohm", "Phase(Z)/deg"] if modulus else ["Re(Z)/Ohm", "-Im(Z)/Ohm"]
    table, time = [], 0.0
    for pulse, high in enumerate((1.0, 0.6)):
        for k in range(7):
            table.append([1, 3 * pulse, time + 60.0 * k, high - 0.05 * k, -0.1, 0, 0, 0])
        for k in range(7):
            table.append([3, 3 * pulse + 1, time + 360 + 60.0 * k, high - 0.3 + 0.005 * k, 0, 0, 0, 0])
        for k, frequency in enumerate(FREQUENCIES):
            z = impedance(frequency)
            parts = (abs(z), np.rad2deg(np.angle(z))) if modulus else (z.real, -z.imag)
            at, current = time + 720 + 40.0 * (k + 1), noise * (-1) ** k
            table.append([1, 3 * pulse + 2, at, high - 0.27, current, frequency, *parts])
        time += 720 + 40.0 * len(FREQUENCIES)
    columns = np.array(table, float).T
    return dict(zip(names, columns, strict=True))


TITRATED = 2 * 0.1 * 360 / 3600
"""mAh of its two pulses; the interval from the sweep to the next pulse takes no time."""
