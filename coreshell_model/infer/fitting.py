"""From a problem to a result: starts, the best of them, profiles about it."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import Say, shared_workers
from coreshell_model.base.progress import TimeLeft, spoken
from coreshell_model.base.quantity import check_whole
from coreshell_model.infer.assemble import assemble
from coreshell_model.infer.fit_folder import (
    FIT,
    KIND,
    identity,
    keep_profile,
    kept_profile,
    name_of_start,
)
from coreshell_model.infer.fit_report import write
from coreshell_model.infer.misfit import MOST_REASONS, Misfit
from coreshell_model.infer.pieces import Done, do_pieces, fit_from, profile_of, start_places
from coreshell_model.infer.profile import Point, Profile, rebased
from coreshell_model.infer.reading import Problem, read_problem
from coreshell_model.infer.result import FitResult
from coreshell_model.infer.search import FINE, Minimum, minimise
from coreshell_model.infer.warnings import inflation

MOST_STARTS = 1000
MOST_WORKERS = 256

MOST_POLISHED = 30
"""Sets of central differences on the way from the best start to the best fit."""

BETTER = 0.2
"""Fall of chi-squared along a profile that makes its point the new best fit."""

HIGHER = 1.0
"""The same from which profiles at work end, and from which a profile is said to be about too high a fit."""

STALE = 0.8
"""Share of its inflation below which the noise of a better fit makes profiles of the old one void."""

MOST_BEST = 4
"""Best fits about which profiles are begun: further ones that profiles find are only said."""


def check_effort(starts: int, seed: int, workers: int) -> None:
    """Refuse an impossible number of starts, seed or number of processes.

    Raises
    ------
    InputError
        Which, its value and its limits.
    """
    check_whole("starts", starts, 1, MOST_STARTS)
    check_whole("seed", seed)
    check_whole("workers", workers, 1, MOST_WORKERS)


@shared_workers()
def fit(
    problem: Problem | str | Path,
    *,
    folder: str | Path | None = None,
    resume: bool = False,
    starts: int = 4,
    seed: int = 0,
    workers: int = 1,
    say: Say = lambda text: None,
) -> FitResult:
    """Fit a problem and find out what its data settle.

    Parameters
    ----------
    problem : the path of its TOML file, or what ``read_problem`` returned
    folder : where starts and profiles are kept as they are finished, and the results; memory alone if None
    resume : go on with the fit that the folder holds
    starts : fits from different places: the problem's own start, then random ones
    seed : of the random starts
    workers : processes. More than 1 start this program anew in each: a script has to guard its own code by
        ``if __name__ == "__main__"``
    say : told in a line how far it is, some times a second

    Raises
    ------
    InputError
        Bad input, a folder in use, or one that holds another fit.
    LostWorkersError
        A worker was ended from outside; the folder holds what was finished.
    """
    check_effort(starts, seed, workers)
    if not isinstance(problem, Problem):
        problem = read_problem(problem)
    keeper = Keeper(folder, KIND)
    with keeper.held():
        result = _Fit(problem, keeper, starts, seed, workers, say, resume).result()
        if keeper.folder is not None:
            write(result, keeper.folder)
    return result


@dataclass
class _Fit:
    """One fit at work."""

    problem: Problem
    keeper: Keeper
    starts: int
    seed: int
    workers: int
    say: Say
    resume: bool
    begun: float = field(default_factory=time.perf_counter)
    evaluations: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)
    pieces: int = 0
    time_left: TimeLeft = field(default_factory=TimeLeft)

    def result(self) -> FitResult:
        """Everything, one after the other."""
        misfit = Misfit(self.problem, compiled=self.problem.compiling_pays)
        self.say("simulating the start")
        misfit.checked()  # before the folder: what is refused leaves nothing behind
        self.keeper.begin(FIT, identity(self.problem, self.seed), self.resume)
        ends = self._starts()
        best = self._polished(misfit, ends[0]["Places"])
        profiles: dict[int, _Walked] = {}
        if not best.failed:
            misfit.inflation = inflation(self.problem, best.chi_squared, self._data(best, 1.0))
            if misfit.inflation > 1:
                best = self._polished(misfit, best.places)
            best = self._profiles(misfit, best, profiles)
        self._count(misfit.evaluations, misfit.failed, misfit.reasons)
        cost = (self.evaluations, self.failed, tuple(self.reasons[:MOST_REASONS]))
        seconds = time.perf_counter() - self.begun
        walked = [profiles[index] for index in sorted(profiles)]
        too_high = [
            self.problem.parameters[one.profile.index].name
            for one in walked
            if one.chi_squared > best.chi_squared + HIGHER
        ]
        about = [rebased(misfit, one.profile, best) for one in walked]
        return assemble(
            self.problem, best, about, ends, cost, self.seed, seconds, misfit.inflation, tuple(too_high)
        )

    def _starts(self) -> list[dict]:
        """How each start ended, best first."""
        ends: dict[int, dict] = {}
        todo = []
        for number, places in enumerate(start_places(self.problem, self.starts, self.seed), start=1):
            there = self.keeper.piece(name_of_start(number))
            if there is None:
                todo.append((number, places))
            else:
                ends[number] = there
                self.pieces += 1
                self._count(there["Evaluations"], there["Failed evaluations"], there["Failures"])

        def keep(item: tuple[int, tuple[float, ...]], done: Done) -> None:
            number, places = item
            ends[number] = _start_record(number, places, done)
            self._count(done.evaluations, done.failed, done.reasons)
            self.keeper.keep(name_of_start(number), ends[number])
            self._done(f"start {number} ended: chi-squared {ends[number]['Chi-squared']:.6g}")

        do_pieces(self.problem, fit_from, todo, self.workers, self.say, keep)
        return sorted(ends.values(), key=lambda end: (end["Failed"], end["Chi-squared"]))

    def _polished(self, misfit: Misfit, places) -> Minimum:
        """Once more from there, for its derivatives."""
        self.say("the best fit and its derivatives")
        return minimise(misfit, np.array(places), most_rounds=MOST_POLISHED, tolerance=FINE, central=True)

    def _data(self, best: Minimum, factor: float) -> NDArray[np.float64]:
        """Residuals of the data in the stated standard deviations, from those in ones larger by a factor."""
        return best.evaluation.residuals[: self.problem.data] * factor

    def _profiles(self, misfit: Misfit, best: Minimum, walked: dict[int, "_Walked"]) -> Minimum:
        """The profile of every parameter, each walked once; the best fit, which may be one that they found.

        A profile that comes to a better fit ends the others at work, and those not finished go on about that
        one.
        """
        self._take_over(misfit.inflation, walked)

        def keep(item: tuple[int, Minimum, float], done: Done) -> None:
            index, about, noise = item
            walked[index] = _Walked(done.result, about.chi_squared)
            self._count(done.evaluations, done.failed, done.reasons)
            keep_profile(self.keeper, done.result, about, noise, _cost(done))
            self._done(f"profile of {self.problem.parameters[index].name} done")
            if rounds < MOST_BEST and done.result.best.chi_squared < about.chi_squared - HIGHER:
                raise _BetterFitError

        rounds = 0
        while rounds <= MOST_BEST:
            rounds += 1
            lowest = min((one.profile.best for one in walked.values()), key=_chi_squared, default=None)
            if lowest is not None and lowest.chi_squared < best.chi_squared - BETTER:
                best = self._polished(misfit, lowest.places)
                stated = self._data(best, misfit.inflation)
                noise = inflation(self.problem, best.chi_squared * misfit.inflation**2, stated)
                if noise < STALE * misfit.inflation:  # so much better that the profiles are of another fit
                    misfit.inflation = noise
                    best = self._polished(misfit, best.places)
                    walked.clear()
                    self._take_over(noise, walked)
            every = range(len(self.problem.parameters))
            todo = [(index, best, misfit.inflation) for index in every if index not in walked]
            if not todo:
                break
            try:
                do_pieces(self.problem, profile_of, todo, self.workers, self.say, keep)
            except _BetterFitError:
                self.say("a profile came to a better fit, about which the others go on")
        return best

    def _take_over(self, noise: float, walked: dict[int, "_Walked"]) -> None:
        """Profiles for this noise that are kept."""
        for index in range(len(self.problem.parameters)):
            there = kept_profile(self.keeper, index, noise)
            if there is not None:
                found, cost, about = there
                walked[index] = _Walked(found, about)
                self.pieces += 1
                self._count(cost["Evaluations"], cost["Failed evaluations"], cost["Failures"])

    def _done(self, text: str) -> None:
        """Say what is finished, and the time that is left."""
        self.pieces += 1
        left = self.time_left.measure(self.pieces, self.starts + len(self.problem.parameters))
        self.say(text if not left else f"{text}; about {spoken(left)} left")

    def _count(self, evaluations: int, failed: int, reasons) -> None:
        self.evaluations += evaluations
        self.failed += failed
        self.reasons += [reason for reason in reasons if reason not in self.reasons]


class _BetterFitError(Exception):
    """A profile came to a fit that is better by far than the one it is about."""


@dataclass(frozen=True)
class _Walked:
    """A profile, and chi-squared of the best fit that it was walked about."""

    profile: Profile
    chi_squared: float


def _chi_squared(point: Point) -> float:
    return point.chi_squared


def _start_record(number: int, places: tuple[float, ...], done: Done) -> dict:
    end: Minimum = done.result
    return {
        "Start": number,
        "From": list(places),
        "Places": end.places.tolist(),
        "Chi-squared": end.chi_squared,
        "Converged": end.converged and not end.failed,
        "Failed": end.failed,
        **_cost(done),
    }


def _cost(done: Done) -> dict:
    return {
        "Evaluations": done.evaluations,
        "Failed evaluations": done.failed,
        "Failures": list(done.reasons),
    }
