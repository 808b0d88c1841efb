"""Tables of voltage against capacity as papers and Origin hold them, of a made-up half-cell."""

from pathlib import Path

import numpy as np

CAPACITY = 300.0
"""Of a half-cycle [mA.h.g-1]."""

STATED = {"rate": "15 mA/g", "direction": "sodiation"}


def sodiation(points=120, capacity=CAPACITY, begin=0.0):
    """Capacity [mA.h.g-1] and voltage [V], falling over a slope and a plateau."""
    q = np.linspace(begin, capacity, points)
    x = q / capacity
    return q, 0.05 + 0.9 * np.exp(-6 * x) + 0.25 / (1 + np.exp((x - 0.45) / 0.06)) - 0.04 * x


def desodiation(points=100, capacity=250.0):
    """The same with the voltage rising to 2 V."""
    q = np.linspace(0.0, capacity, points)
    x = q / capacity
    return q, 0.06 + 0.05 * x + 0.4 / (1 + np.exp(-(x - 0.6) / 0.08)) + 1.5 * np.exp(30 * (x - 1))


def table(path: Path, *columns, header="Capacity [mA.h.g-1],Voltage [V]", order=None, separator=",") -> Path:
    """A table of columns, shorter ones filled up with empty cells."""
    lines = [header] if header else []
    count = max(map(len, columns))
    for row in range(count) if order is None else order:
        lines.append(separator.join(f"{c[row]:.8g}" if row < len(c) else "" for c in columns))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
