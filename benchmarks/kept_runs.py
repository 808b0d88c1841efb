"""Small runs of every command that keeps a folder, and readings of them, for trials of damages and kills."""

import io
import json
import os
import sys
import traceback
from pathlib import Path

import numpy as np
import pandas as pd
import tomli_w

UNCAUGHT = 70
"""Exit code of an error that no command caught."""

NOISE = ("seconds", "solve time [s]", "time", "duration")
"""Entries, in small letters, that tell how long a run took: no two runs have the same."""

TABLES = (
    *("cycles.csv", "rows.csv", "posterior.csv", "parameters.csv", "profiles.csv"),
    *("front_designs.csv", "readings.csv", "voltage.csv", "bands.csv", "draws.csv"),
)
"""Tables of results."""

JOINT = str(Path(__file__).parent.parent / "validation/posterior/posterior.csv")


def prepare(folder: Path) -> None:
    """What the runs read: a protocol of three short cycles, a fit problem of two numbers."""
    from coreshell_model import simulate, summary
    from coreshell_model.inputs.protocol import beginning, read_protocol

    formation = read_protocol("formation")
    content = formation.model_dump(mode="json", exclude_none=True)
    content.pop("name", None)
    content["cycles"] = [
        {"repeat": 3, "steps": ["Sodiate at 1C until lower cut-off", "Desodiate at 1C until upper cut-off"]}
    ]
    (folder / "short.toml").write_text(tomli_w.dumps(content))
    results = summary(simulate("core_shell", beginning(formation, 1)))
    observed = [
        {
            "material": "core_shell",
            "protocol": "formation",
            "cycles": 1,
            "observable": name,
            "value": results[name],
            "sd": 5.0,
            "unit": "mAh/g",
        }
        for name in ("First desodiation capacity [mA.h.g-1]", "Loss to SEI [mA.h.g-1]")
    ]
    capacity = {
        "path": "core.sloping.capacity",
        "lower": 180.0,
        "upper": 260.0,
        "unit": "mAh/g",
        "scale": "linear",
        "shared": ["core_shell"],
    }
    (folder / "two.toml").write_text(tomli_w.dumps({"parameters": [capacity], "observations": observed}))


def commands(inputs: Path) -> dict[str, list[str]]:
    """The words of each command, without --out and --resume."""
    short, two = str(inputs / "short.toml"), str(inputs / "two.toml")
    workers = ["--workers", "1"]
    return {
        "cycle": ["cycle", "core_shell", short],
        "sweep": ["sweep", "core_shell", "formation", "--vary", "thickness=8..10 nm, 3 points", *workers],
        "fit": ["fit", two, "--starts", "2", *workers],
        "design": [
            *("design", "core_shell", "--vary", "thickness=6..12 nm, 3 points"),
            *("--vary", "external_area=6..12 m2/g, 2 points", "--reading", "core_shell_sei", "--trials", "4"),
            *workers,
        ],
        "next": ["next", "core_shell", "--posterior", JOINT, "--draws", "16", "--refits", "0", *workers],
        "posterior": ["posterior", two, "--starts", "1", "--draws", "50", "--evaluations", "300", *workers],
    }


def readers(kept: Path, out: Path) -> dict[str, list[str]]:
    """Commands that read what others kept, whose results go into ``out``, by the one that kept it."""
    return {
        "run": ["figure", str(kept / "solution.nc"), "voltage", "--out", str(out / "voltage.png")],
        "drawn": [
            *("predict", str(kept / "posterior.csv"), "core_shell", "formation_without_hold"),
            *("--cycles", "1", "--workers", "1", "--out", str(out)),
        ],
    }


def run(words: list[str], limit: int | None = None) -> tuple[int, str]:
    """A command in a forked child: its exit code (negative: the signal), and what it said on stderr."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _in_child(words, limit)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def start(words: list[str]) -> int:
    """A command in a forked child that leads a group of its own, without a word; its process number."""
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        _in_child(words, None)
    return child


def _in_child(words: list[str], limit: int | None) -> None:
    code = UNCAUGHT
    try:
        sys.argv = ["coreshell", *words]
        sys.stdout = io.TextIOWrapper(os.fdopen(os.dup(1), "wb", 0), write_through=True)
        sys.stderr = io.TextIOWrapper(os.fdopen(os.dup(2), "wb", 0), write_through=True)
        if limit is not None:
            import resource
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        from coreshell_model.show.cli import main

        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0
    finally:
        if code == UNCAUGHT:  # a child never comes back to the trial
            traceback.print_exc()
        os._exit(code)


def results(folder: Path) -> dict[str, object]:
    """The results that a folder holds, without what tells how long a run took."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.name in TABLES:
            table = pd.read_csv(path)
            if "Point" in table:
                table = table.sort_values("Point", ignore_index=True)
            found[name] = {c: table[c].tolist() for c in table if c.lower() not in NOISE}
        elif path.name == "design.json":
            found[name] = json.loads(path.read_text())
        elif path.name == "result.json":
            record = json.loads(path.read_text())
            found[name] = {key: record[key] for key in ("Parameters", "Chi-squared") if key in record}
    return found


def same(one: object, other: object) -> bool:
    """Equal to 1e-9, through dictionaries and lists."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float | int) and isinstance(other, float | int):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
    return one == other
