"""Machine code of models, kept on disk between processes: where, how much of it, and what it is worth.

PyBaMM compiles the functions of a model into one library, named by a checksum of them, and writes it whole or
not at all; here stands the folder, which is the user's own, bounded, and of this machine and these versions.
"""

import multiprocessing
import os
import platform
import shutil
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from coreshell_model.base.inherited import preparing
from coreshell_model.base.paths import cache_folder

PLACE = "PYBAMM_CASADI_AOT_CACHE"
"""The variable in the environment by which PyBaMM is told the folder; a user's own is left alone."""

COMPILER = "gcc"
"""What PyBaMM compiles with."""

MOST = 200_000_000
"""Bytes of libraries that are kept; those used longest ago go first."""

PAYS_FROM = 150
"""Solves of a process from which on compiling pays: 4 to 6 s for a list of mechanisms, half of each solve."""

CYCLES = 3
"""Cycles of each of these solves."""


def pays(level: str, solves: float, cycles: int = CYCLES) -> bool:
    """Whether a process takes enough solves, each of so many cycles, for compiling to save time."""
    return level == "particle" and solves * cycles >= PAYS_FROM * CYCLES


def folder() -> Path | None:
    """Where the libraries of this machine and these versions are; None for a user without a home."""
    if given := os.environ.get(PLACE):
        return Path(given)
    home = cache_folder()
    if home is None:
        return None
    versions = "-".join(f"{name}{version(name)}" for name in ("pybamm", "casadi"))
    made_for = f"{platform.node()}-{platform.machine()}-{versions}"
    return home / "compiled" / made_for


@cache
def can_compile() -> bool:
    """Whether there is a compiler; where there is none, what it would gain is said once.

    The folder is made ready, so that models compiled from now on are kept there.
    """
    if shutil.which(COMPILER) is None:
        if multiprocessing.parent_process() is None and not preparing():
            print(f"no C compiler ({COMPILER}): solves take about twice the time", file=sys.stderr)
        return False
    place = folder()
    if place is not None and PLACE not in os.environ:
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.environ[PLACE] = str(place)
            keep_within(place, MOST)
        except OSError:
            pass  # PyBaMM then takes the folder of temporary files
    return True


def libraries(place: Path) -> list[tuple[Path, os.stat_result]]:
    """The files of a folder with their sizes and times, the last used first."""
    files = []
    for path in place.glob("pybamm_*") if place.is_dir() else ():
        try:
            files.append((path, path.stat()))
        except OSError:
            continue  # another process has just removed it
    return sorted(files, key=lambda each: max(each[1].st_atime, each[1].st_mtime), reverse=True)


def keep_within(place: Path, most: int) -> tuple[int, int]:
    """Remove what goes beyond so many bytes; the number of files removed, and their bytes."""
    kept = count = freed = 0
    for path, state in libraries(place):
        kept += state.st_size
        if kept > most:
            with suppress(OSError):  # not ours to remove; it is counted as what is left
                path.unlink()  # a process that has it loaded goes on with it
                count, freed = count + 1, freed + state.st_size
    return count, freed
