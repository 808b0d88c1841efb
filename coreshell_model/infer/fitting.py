"""The steps of a fit: minima from several starts, the best of them, and profiles about it."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import Say, shared_workers
from coreshell_model.base.progress import TimeLeft, spoken
from coreshell_model.base.quantity import check_whole
from coreshell_model.infer.assemble import assemble
from coreshell_model.infer.discrepancy import has_discrepancy
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
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.pieces import FinishedPiece, do_pieces, fit_from, profile_of, start_places
from coreshell_model.infer.profile import Profile, rebased
from coreshell_model.infer.quality import TOO_LARGE, freedom, lowered, noise_about, settled
from coreshell_model.infer.reading import Problem, read_problem
from coreshell_model.infer.result import FitResult
from coreshell_model.infer.search import FINE, Minimum, minimise

MOST_STARTS = 1000
MOST_WORKERS = 256

MOST_POLISHED = 30
"""Largest number of sets of central differences from the best start to the best fit."""

BETTER = 0.2
"""Fall of chi-squared along a profile from which its lowest point becomes the best fit."""

HIGHER = 1.0
"""Fall of chi-squared along a profile from which the fit begins anew from there: profiles at work are ended,
and those of the higher fit are walked again."""

STALE = 0.8
"""Profiles are walked anew where a better fit lowers the noise about it below this share of it."""

MOST_BEST = 4
"""Largest number of best fits about which all profiles are walked; of a better one that comes later a warning
names the profiles of the higher fit."""


def check_effort(starts: int, seed: int, workers: int) -> None:
    """Refuse an impossible number of starts, seed or number of processes."""
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
    """Fit a problem, with a profile and a verdict for each parameter.

    Parameters
    ----------
    problem : the path of its TOML file, or what ``read_problem`` returned
    folder : for the results, and for starts and profiles as they are finished; None keeps them in memory
    resume : go on with the fit that the folder holds
    starts : number of minima searched: from the problem's own start, then from random ones
    seed : of the random starts
    workers : processes. More than 1 start this program anew in each: a script has to guard its own code by
        ``if __name__ == "__main__"``
    say : called with a line of progress, several times a second

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
    restarted: bool = False

    def result(self) -> FitResult:
        """Run all steps and assemble the result."""
        misfit = Misfit(self.problem, compiled=self.problem.compiling_pays)
        self.say("simulating the start")
        misfit.checked()  # before the folder: what is refused leaves nothing behind
        self.keeper.begin(FIT, identity(self.problem, self.seed), self.resume)
        ends = self._starts()
        best = self._polished(misfit, ends[0]["Places"])
        profiles: dict[int, _WalkedProfile] = {}
        if not best.failed:
            best = settled(misfit, best, lambda places: self._polished(misfit, places))
        if not best.failed:
            best = self._profiles(misfit, best, profiles)
        self._count(misfit.evaluations, misfit.failed, misfit.reasons)
        cost = (self.evaluations, self.failed, tuple(self.reasons[:MOST_REASONS]))
        seconds = time.perf_counter() - self.begun
        walked = [profiles[index] for index in sorted(profiles)]
        too_high = [
            self.problem.parameters[w.profile.index].name
            for w in walked
            if w.chi_squared > best.chi_squared + HIGHER
        ]
        about_best = [rebased(misfit, w.profile, best) for w in walked]
        return assemble(
            self.problem,
            best,
            about_best,
            ends,
            cost,
            self.seed,
            seconds,
            misfit.noise,
            tuple(too_high),
            self.restarted,
        )

    def _starts(self) -> list[dict]:
        """The record of each start, best first."""
        ends: dict[int, dict] = {}
        todo = []
        for number, places in enumerate(start_places(self.problem, self.starts, self.seed), start=1):
            record = self.keeper.piece(name_of_start(number))
            if record is None:
                todo.append((number, places))
            else:
                ends[number] = record
                self._count(record["Evaluations"], record["Failed evaluations"], record["Failures"])

        def keep(item: tuple[int, tuple[float, ...]], piece: FinishedPiece) -> None:
            number, places = item
            ends[number] = _start_record(number, places, piece)
            self._count(piece.evaluations, piece.failed, piece.reasons)
            self.keeper.keep(name_of_start(number), ends[number])
            report(f"start {number} ended: {self._how_near(ends[number]['Chi-squared'])}")

        report = self._counted(len(todo), "starts")
        do_pieces(self.problem, fit_from, todo, self.workers, self.say, keep)
        return sorted(ends.values(), key=lambda end: (end["Failed"], end["Chi-squared"]))

    def _how_near(self, chi_squared: float) -> str:
        """Chi-squared, and what it means where it is far too large."""
        text, degrees = f"chi-squared {chi_squared:.6g}", freedom(self.problem)
        if degrees <= 0 or chi_squared <= TOO_LARGE * degrees:
            return text
        what = (
            "the model's discrepancy along the curves is estimated next"
            if has_discrepancy(self.problem)
            else "if no better fit is found, no parameter gets an interval; --discrepancy gives them"
        )
        return f"{text}, {chi_squared / degrees:.3g} per degree of freedom, far from the data: {what}"

    def _polished(self, misfit: Misfit, places) -> Minimum:
        """The minimum searched with central differences from these places, to a fine tolerance."""
        self.say("the best fit and its derivatives")
        return minimise(misfit, np.array(places), most_rounds=MOST_POLISHED, tolerance=FINE, central=True)

    def _profiles(self, misfit: Misfit, best: Minimum, walked: dict[int, "_WalkedProfile"]) -> Minimum:
        """Walk the profile of every parameter into ``walked``; return the best fit, the lowest point of all.

        Where a profile comes to a much better fit, the profiles at work are ended, and all are walked about
        that fit, as if a start had come to it.
        """
        self._read_kept_profiles(misfit.noise, walked)
        fits = 1

        def keep(item: tuple[int, Minimum, Noise], piece: FinishedPiece) -> None:
            index, about, noise = item
            walked[index] = _WalkedProfile(piece.result, about.chi_squared)
            self._count(piece.evaluations, piece.failed, piece.reasons)
            keep_profile(self.keeper, piece.result, about, noise, _cost(piece))
            report(f"profile of {self.problem.parameters[index].name} done")
            if fits < MOST_BEST and piece.result.best.chi_squared < about.chi_squared - HIGHER:
                raise _BetterFitError

        while True:
            lower = self._lower(misfit, best, walked)
            if lower is not None:
                best = lower
                if fits < MOST_BEST:
                    stale = [n for n, w in walked.items() if w.chi_squared > best.chi_squared + HIGHER]
                    fits += bool(stale)
                    for index in stale:
                        del walked[index]
            indices = range(len(self.problem.parameters))
            todo = [(index, best, misfit.noise) for index in indices if index not in walked]
            if not todo:
                return best
            report = self._counted(len(todo), "profiles")
            try:
                do_pieces(self.problem, profile_of, todo, self.workers, self.say, keep)
            except _BetterFitError:
                self.say("a better fit was found: profiles begin again from it, their time is counted anew")

    def _lower(self, misfit: Misfit, best: Minimum, walked: dict[int, "_WalkedProfile"]) -> Minimum | None:
        """The minimum at the lowest point of the profiles; None where that is not below the best fit.

        Where the noise about that minimum is less, the profiles for the larger noise are dropped.
        """
        lowest = min((w.profile.best for w in walked.values()), key=lambda p: p.chi_squared, default=None)
        if lowest is None or lowest.chi_squared >= best.chi_squared - BETTER:
            return None
        self.restarted |= lowest.chi_squared < best.chi_squared - HIGHER
        lower = self._polished(misfit, lowest.places)
        if lower.failed:
            return lower
        if lowered(noise_about(self.problem, lower, misfit.noise), misfit.noise, STALE):
            lower = settled(misfit, lower, lambda places: self._polished(misfit, places))
            walked.clear()
            self._read_kept_profiles(misfit.noise, walked)
        return lower

    def _read_kept_profiles(self, noise: Noise, walked: dict[int, "_WalkedProfile"]) -> None:
        """Add the profiles to ``walked`` that the folder keeps for this noise."""
        for index in range(len(self.problem.parameters)):
            kept = kept_profile(self.keeper, index, noise)
            if kept is not None:
                profile, cost, chi_squared = kept
                walked[index] = _WalkedProfile(profile, chi_squared)
                self._count(cost["Evaluations"], cost["Failed evaluations"], cost["Failures"])

    def _counted(self, total: int, name: str) -> Say:
        """What reports each finished one of these pieces, with the time that the others still take."""
        finished, time_left = 0, TimeLeft()
        time_left.of_pieces(finished, total, self.workers)

        def report(text: str) -> None:
            nonlocal finished
            finished += 1
            left = time_left.of_pieces(finished, total, self.workers)
            count = f"{text}, {finished} of {total} {name}" if total > 1 else text
            self.say(f"{count}; about {spoken(left)} left of the {name}" if left else count)

        return report

    def _count(self, evaluations: int, failed: int, reasons) -> None:
        self.evaluations += evaluations
        self.failed += failed
        self.reasons += [reason for reason in reasons if reason not in self.reasons]


class _BetterFitError(Exception):
    """A profile came to a fit that is better by far than the one it was walked about."""


@dataclass(frozen=True)
class _WalkedProfile:
    """A profile, and chi-squared of the best fit that it was walked about."""

    profile: Profile
    chi_squared: float


def _start_record(number: int, places: tuple[float, ...], piece: FinishedPiece) -> dict:
    end: Minimum = piece.result
    return {
        "Start": number,
        "From": list(places),
        "Places": end.places.tolist(),
        "Chi-squared": end.chi_squared,
        "Converged": end.converged and not end.failed,
        "Failed": end.failed,
        **_cost(piece),
    }


def _cost(piece: FinishedPiece) -> dict:
    return {
        "Evaluations": piece.evaluations,
        "Failed evaluations": piece.failed,
        "Failures": list(piece.reasons),
    }
