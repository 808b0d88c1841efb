"""A sweep that loses a worker and its client: every point is there once, with the value it has otherwise.

    python benchmarks/sweep_faults.py --points 120 --seed 1

A scheduler and two workers, each a process of its own, speak TCP on this machine. While a sweep runs one
worker, and later the client, are ended by SIGKILL, at moments that the seed draws; the client is then
started again with --resume. The other sweep is undisturbed, on this machine's cores.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coreshell_model.design.results import read_sweep

PATIENCE = 600.0
"""Seconds that anything may take."""


def command(points: int, folder: Path, *more: str) -> list[str]:
    """The sweep: a random sample of shells and areas, some of which no particle can have."""
    coreshell = str(Path(sysconfig.get_path("scripts")) / "coreshell")
    space = ["--vary", "thickness=2..20 nm", "--vary", "external_area=5..400 m2/g, log"]
    sample = ["--sample", "sobol", "--count", str(points), "--seed", "7"]
    return [coreshell, "sweep", "core_shell", "design", *space, *sample, "--out", str(folder), *more]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen]:
    """A process that is gone afterwards, however it is left."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen(arguments, **quiet)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Address of a scheduler, and its two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = (sys.executable, "-m", "dask")
    worker = (*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with (
        process(*dask, "scheduler", "--host", address, "--no-dashboard"),
        process(*worker) as one,
        process(*worker) as two,
    ):
        yield address, [one, two]


def rows(folder: Path) -> int:
    """Rows kept so far."""
    path = folder / "rows.csv"
    return max(path.read_bytes().count(b"\n") - 1, 0) if path.exists() else 0


def wait_for(count: int, folder: Path, client: subprocess.Popen) -> None:
    """Until so many rows are kept."""
    started = time.monotonic()
    while rows(folder) < count:
        if client.poll() is not None or time.monotonic() - started > PATIENCE:
            raise RuntimeError(f"the sweep came to {rows(folder)} rows, {count} were waited for")
        time.sleep(0.02)


def disturbed(points: int, seed: int, folder: Path) -> str:
    """Run the sweep that loses a worker and its client; say when."""
    draw = random.Random(seed)
    first, second = draw.uniform(0.1, 0.4), draw.uniform(0.5, 0.8)
    with cluster() as (address, workers):
        with process(*command(points, folder, "--scheduler", address)) as client:
            wait_for(int(first * points), folder, client)
            workers[draw.randrange(2)].kill()
            at_worker = rows(folder)
            wait_for(int(second * points), folder, client)
            client.kill()
            client.wait()
            at_client = rows(folder)
        again = command(points, folder, "--scheduler", address, "--resume")
        subprocess.run(again, check=True, capture_output=True, timeout=PATIENCE)
    return f"worker killed at {at_worker} of {points} rows, client at {at_client}"


def main() -> int:
    """Both sweeps, compared; 0 where they are equal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.points < 10:
        parser.error("--points is at least 10")
    os.environ |= {"OMP_NUM_THREADS": "1", "PYBAMM_DISABLE_TELEMETRY": "true"}
    with tempfile.TemporaryDirectory() as place:
        quiet, loud = Path(place) / "undisturbed", Path(place) / "disturbed"
        subprocess.run(command(arguments.points, quiet), check=True, capture_output=True, timeout=PATIENCE)
        said = disturbed(arguments.points, arguments.seed, loud)
        there, here = read_sweep(quiet), read_sweep(loud)
        lines = rows(loud)
    print(said)
    print(f"{here.count('solved')} solved, {here.count('impossible design')} impossible; {lines} lines kept")
    once = lines == len(here.table) == arguments.points
    equal = here.table.equals(there.table)
    print(f"every point once: {once}; equal to the undisturbed sweep: {equal}")
    return 0 if once and equal else 1


if __name__ == "__main__":
    sys.exit(main())
