"""Measured files and fit problems made from the model, whose truth is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model import simulate
from coreshell_model.inputs.protocol import beginning, read_protocol

MASS = "1.1 mg"


def measured_file(
    path: Path, seed: int, noise=2e-3, protocol="formation", cycles=1, interval=60.0, **changes
):
    """A cycler's file of ``core_shell`` with some numbers changed, rows a minute apart, noise [V] added."""
    whole = read_protocol(str(protocol))
    solution = simulate("core_shell", beginning(whole, cycles), changes)
    assert solution.completed
    rows = []
    for number, step in enumerate(solution.steps, start=1):
        time = solution["Time [s]"][step.points]
        at = np.append(np.arange(time[0], time[-1], interval), time[-1])
        voltage, current = (solution.pybamm[name](t=at) for name in ("Voltage [V]", "Current [A]"))
        rows.append(pd.DataFrame({"t": at, "v": voltage, "i": current, "s": number}))
    table = pd.concat(rows)
    table["v"] += np.random.default_rng(seed).normal(0, noise, len(table))
    table.columns = ["Test Time / s", "Voltage / V", "Current / A", "Step Count / 1"]
    table.to_csv(path, index=False)
    return path


def parameter(path, lower, upper, start=None, unit="1", scale="linear", **others):
    """One free parameter of ``core_shell``."""
    given = {
        "path": path,
        "lower": lower,
        "upper": upper,
        "unit": unit,
        "scale": scale,
        "shared": ["core_shell"],
    }
    return given | ({} if start is None else {"start": start}) | others


def curve(file, **others):
    """One curve through the first cycle of formation."""
    about = {"material": "core_shell", "protocol": "formation", "cycles": 1, "mass": MASS}
    given = {"file": Path(file).name, "sd": 2.0, "current_sign": "sodiation", **about, **others}
    return {name: value for name, value in given.items() if value is not None}


def scalar(observable, value, sd, unit="1", **others):
    """One number of the first cycle of formation."""
    about = {"material": "core_shell", "protocol": "formation", "cycles": 1}
    return {"observable": observable, "value": value, "sd": sd, "unit": unit, **about, **others}


def problem_file(path: Path, parameters, curves=(), observations=(), spectra=(), **others) -> Path:
    """A fit problem as TOML."""
    import tomli_w

    content = {"parameters": list(parameters), **others}
    content |= {"curves": list(curves)} if curves else {}
    content |= {"observations": list(observations)} if observations else {}
    content |= {"spectra": list(spectra)} if spectra else {}
    path.write_text(tomli_w.dumps(json.loads(json.dumps(content))), encoding="utf-8")
    return path
