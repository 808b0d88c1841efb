"""A map of 1,000 designs from a cold start; one warm worker and two; a model built for each design; memory.

    python benchmarks/sweep_map.py
    python benchmarks/sweep_map.py --points 200 --repeats 3

Shell thickness 2 to 20 nm by external area 2 to 50 m2/g, three C/20 cycles each with the hold, particle
level. The cold start is ``coreshell sweep`` in a process of its own with nothing compiled before. What is
compared is measured turn by turn, so that a busy machine slows all alike; medians of the repeats are shown.
Exit code 1 where an aim is missed.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import psutil

from coreshell_model.base.pool import Pool, Processes
from coreshell_model.design.batches import evaluated
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.design.problem import Problem, problem
from coreshell_model.design.results import read_sweep
from coreshell_model.design.space import Points, axis, sobol
from coreshell_model.design.variables import designed
from coreshell_model.inputs.material import read_material
from coreshell_model.run import simulation

SPACE = "thickness=2..20 nm", "external_area=2..50 m2/g, log"
COLD, TWO, REBUILT, SOLVED, GROWTH = 60.0, 1.8, 3.0, 0.995, 1.2
"""Aims: seconds of the map, two workers over one, built anew over built once, share of possible designs that
are solved, memory at the end over that after a quarter."""


def cold_map(points: int) -> dict:
    """Seconds, share solved, memory of all processes, and processor time of the first and of the others."""
    columns = max(round(math.sqrt(points / 1.6)), 2)
    rows = max(points // columns, 2)
    coreshell = str(Path(sysconfig.get_path("scripts")) / "coreshell")
    vary = [f"{SPACE[0]}, {rows} points", f"{SPACE[1]}, {columns} points"]
    words = [coreshell, "sweep", "core_shell", "design", "--vary", vary[0], "--vary", vary[1]]
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place) / "map", Path(place) / "compiled"
        started = time.perf_counter()
        process = subprocess.Popen(
            [*words, "--out", str(folder)],
            env=os.environ | {"PYBAMM_CASADI_AOT_CACHE": str(cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        memory: list[tuple[int, float]] = []
        processor: dict[int, float] = {}
        watching = threading.Thread(target=_watch, args=(process, folder / "rows.csv", memory, processor))
        watching.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        watching.join()
        found = read_sweep(folder)
    possible = len(found.table) - found.count("impossible design")
    total = len(found.points)
    quarter = [size for done, size in memory if 0.2 * total < done < 0.35 * total] or [float("nan")]
    end = [size for done, size in memory if done > 0.85 * total] or [float("nan")]
    return {
        "points": total,
        "code": code,
        "seconds": seconds,
        "possible": possible,
        "solved": found.count("solved") / possible,
        "memory after a quarter [MB]": median(quarter),
        "memory at the end [MB]": median(end),
        "memory at most [MB]": max(size for _, size in memory),
        "processor time of the first process [s]": processor.pop(process.pid),
        "processor time of the others [s]": sum(processor.values()),
    }


def _watch(
    process: subprocess.Popen, rows: Path, memory: list[tuple[int, float]], processor: dict[int, float]
) -> None:
    """Rows done; memory, what is shared counted once, and processor time of the process and its workers."""
    while process.poll() is None:
        size = 0.0
        for each in _family(process.pid):
            try:
                size += each.memory_full_info().pss / 1e6
                processor[each.pid] = sum(each.cpu_times()[:2])
            except psutil.Error:  # one that ended meanwhile, such as a compiler
                continue
        done = rows.read_bytes().count(b"\n") - 1 if rows.exists() else 0
        memory.append((done, size))
        time.sleep(0.25)


def _family(pid: int) -> list[psutil.Process]:
    """A process and all that came of it; none once it has ended."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def warm_rates(shared: Problem, count: int, repeats: int) -> dict[int, float]:
    """Points per second of one and of two workers that have worked before."""
    points = sobol([axis(text) for text in SPACE], count * 2, seed=1)
    rates: dict[int, list[float]] = {1: [], 2: []}
    with Processes(2) as two, Processes(1) as one:
        pools = {1: one, 2: two}
        for pool in pools.values():
            _through(pool, shared, points, range(24))
        for _ in range(repeats):
            for workers, pool in pools.items():
                todo = range(count * workers)
                started = time.perf_counter()
                _through(pool, shared, points, todo)
                rates[workers].append(len(todo) / (time.perf_counter() - started))
    return {workers: median(found) for workers, found in rates.items()}


def _through(pool: Pool, shared: Problem, points: Points, todo: range) -> None:
    for _ in evaluated(pool, shared, points, todo):
        pass


def anew(count: int) -> dict[str, float]:
    """Seconds a design: on a model built once, and on one built for each design, in this process."""
    material = read_material("core_shell")
    points = sobol([axis(text) for text in SPACE], count, seed=2)
    evaluators = {name: Evaluator("design", compiled=name == "built once") for name in ("built once", "anew")}
    evaluators["built once"].evaluate(material)
    seconds: dict[str, list[float]] = {name: [] for name in evaluators}
    kept = simulation._cell
    for number in range(count):
        design = designed(material, points.changes(number))
        for name, evaluator in evaluators.items():
            started = time.perf_counter()
            if name == "anew":
                simulation._cell = kept.__wrapped__  # as without keeping what was built
            evaluator.evaluate(design)
            simulation._cell = kept
            seconds[name].append(time.perf_counter() - started)
    return {name: median(found) for name, found in seconds.items()}


def of_cold(points: int, repeats: int) -> tuple[dict, dict]:
    """The map from a cold start, and its aims."""
    cold = cold_map(points)
    grown = cold["memory at the end [MB]"] / cold["memory after a quarter [MB]"]
    return cold | {"memory, ratio": grown}, {
        f"map of {cold['points']} designs in under {COLD:g} s": cold["seconds"] < COLD,
        f"at least {100 * SOLVED:g} % solved": cold["solved"] >= SOLVED,
        f"memory grows by less than {GROWTH:g}": not grown > GROWTH,
    }


def of_warm(points: int, repeats: int) -> tuple[dict, dict]:
    """Points per second of one and of two workers, and the aim of their ratio."""
    shared = problem("core_shell", "design", compiled=True)
    rates = warm_rates(shared, min(points // 4, 100), repeats)
    ratio = rates[2] / rates[1]
    found = {"points per second": rates, "ratio": ratio}
    return found, {f"two workers at least {TWO:g} times one": ratio >= TWO}


def of_anew(points: int, repeats: int) -> tuple[dict, dict]:
    """Seconds a design where the model is built once and where it is built for each, and the aim."""
    seconds = anew(min(points // 10, 20))
    ratio = seconds["anew"] / seconds["built once"]
    found = {"seconds a design": seconds, "ratio": ratio}
    return found, {f"at least {REBUILT:g} times faster than built anew": ratio >= REBUILT}


PARTS = {"cold": of_cold, "warm": of_warm, "anew": of_anew}


def main() -> int:
    """Measure, print, and compare with the aims."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=list(PARTS), help="one of the three parts")
    arguments = parser.parse_args()
    if arguments.points < 20 or arguments.repeats < 1:
        parser.error("--points is at least 20, --repeats at least 1")
    os.environ |= {"OMP_NUM_THREADS": "1", "PYBAMM_DISABLE_TELEMETRY": "true"}
    found, met = {"load before": os.getloadavg()[0]}, {}
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            found[name], aims = part(arguments.points, arguments.repeats)
            met |= aims
            print(f"{name}: {json.dumps(found[name])}", file=sys.stderr)
    print(json.dumps(found | {"aims": met}, indent=2))
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
