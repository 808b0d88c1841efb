"""Several sweeps on the same workers, each in a folder of its own, counted together."""

from pathlib import Path

from coreshell_model.design.batches import Workers
from coreshell_model.design.folder import RECORD
from coreshell_model.design.points import Points
from coreshell_model.design.problem import Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.sweep import Progress, sweep


class KeptSweeps:
    """Sweeps in folders of their own, counted together.

    Parameters
    ----------
    workers : who evaluates
    folder : where the folders are; memory alone where None
    resume : go on with those that are there
    planned : designs known to be wanted
    progress : called with the designs done, those wanted, and those not solved
    """

    def __init__(
        self,
        workers: Workers,
        folder: Path | None,
        resume: bool,
        planned: int,
        progress: Progress | None = None,
    ):
        self._workers, self._folder, self._resume = workers, folder, resume
        self._planned, self._progress = planned, progress
        self._done = self._unsolved = 0

    def run(self, name: str, problem: Problem, points: Points) -> Sweep:
        """A sweep, in the folder of its name where there is one.

        Raises
        ------
        InputError
            As ``sweep``.
        """
        where = self._folder / name.replace("/", " per ").replace(" ", "_") if self._folder else None
        there = where is not None and (where / RECORD).exists()
        found = sweep(
            problem,
            points,
            where,
            resume=self._resume and there,
            scheduler=self._workers.address,
            progress=self._tell,
        )
        self._done += len(points)
        self._unsolved += len(points) - found.count("solved")
        if where is not None:
            found.save(where / "sweep.nc")
        return found

    def searched(self, done: int, total: int) -> None:
        """A search has come so far."""
        self._tell(done, total, 0)
        if done >= total:
            self._done += total

    def _tell(self, done: int, total: int, unsolved: int) -> None:
        if self._progress:
            planned = max(self._planned, self._done + total)
            self._progress(self._done + done, planned, self._unsolved + unsolved)
