"""Rounds of surrogate, walkers and true evaluations, until the weighted draws are worth what was wanted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import effective_draws
from coreshell_model.base.progress import TimeLeft, spoken
from coreshell_model.infer.chain import LONG_ENOUGH
from coreshell_model.infer.posterior_folder import Kept
from coreshell_model.infer.rounds import Round, proposed, weighed
from coreshell_model.infer.surrogate import Centre, coefficients, first_points
from coreshell_model.infer.target import Evaluated, Key, Say, Target
from coreshell_model.infer.weights import RELIABLE, fewest, pooled

MOST_ROUNDS = 40

LEARNING_DRAWS, MOST_DRAWS = 100, 1500
"""In a round: at least, as long as fewer are not wanted in all, and at most."""

TAUGHT = 2
"""Rounds in which the surrogate is taught what is around the posterior in any case."""

FOLLOWS = 0.08
"""Effective draws by draw from which on a long chain over the surrogate is worth its time."""

AS_GOOD_AS = 0.999
"""Share of the draws wanted that counts as all: weights of a good surrogate are all but the same."""

FAR_OFF = 100.0
"""Error of the surrogate's chi-squared, over the draws, from which it is said."""

STALLED, NOTHING = 5, 5.0
"""Rounds in a row, each worth no more than so many draws, after which more of them are not tried."""

NEARLY_ALIKE = 0.9
"""Quantile of the weights at which thinning has to leave enough draws."""

Array = NDArray[np.float64]


class StalledError(RuntimeError):
    """Rounds that bring no draws: the surrogate does not come to follow the model."""


@dataclass(frozen=True)
class Sample:
    """Weighted draws from a posterior, each with the true model's residuals.

    Attributes
    ----------
    places : a row a draw, 0 to 1 between the bounds
    weights : adding up to 1
    drawn : the evaluations behind them
    rounds : how each round went
    thinned_at : quantile of the weights below which draws were thinned to one weight; 0 for none
    shape : of the Pareto law of the largest weights, in the round of the most effective draws
    evaluations, failed : of the true model, and those with a failed run
    reasons : the failures, each once
    warnings : in sentences
    """

    places: Array
    weights: Array
    drawn: tuple[Evaluated, ...]
    rounds: tuple[Round, ...]
    thinned_at: float
    shape: float | None
    evaluations: int
    failed: int
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def effective(self) -> float:
        """Independent draws of equal weight that they are worth."""
        return effective_draws(self.weights)


def sample(
    target: Target,
    centre: Centre,
    kept: Kept,
    draws: int,
    most_evaluations: int,
    seed: int = 0,
    say: Say = lambda text: None,
) -> Sample:
    """Draw from a posterior.

    Parameters
    ----------
    target : the density
    centre : where it is looked for first
    kept : rounds and evaluations done already; more are kept there
    draws : independent ones that are wanted
    most_evaluations : of the true model, after which it ends with what there is
    seed : of everything random

    Raises
    ------
    InputError
        Too few evaluations are allowed, or succeeded.
    StalledError
        Round after round is worth next to nothing; all evaluations are kept.
    """
    begin = kept.round(0)
    if begin is None:
        begin = {"Places": first_points(centre, np.random.default_rng([seed, 0])).tolist()}
        kept.keep_round(0, begin)
    count = len(begin["Places"])
    if most_evaluations < count + LEARNING_DRAWS:
        raise InputError(
            f"evaluations is {most_evaluations}; {count} first points and some draws need at least "
            f"{count + LEARNING_DRAWS}"
        )
    _evaluated(target, kept, 0, begin["Places"], "first points", say)
    good = sum(not one.failures for one in kept.evaluations.values())
    if good <= target.dimensions + 1:
        raise InputError(
            f"{good} of {len(kept.evaluations)} first evaluations succeeded, too few to go on from: "
            f"{_reasons(kept)[0] if _reasons(kept) else 'no reason'}; narrow the bounds, or begin elsewhere"
        )
    rounds: list[Round] = []
    while len(rounds) < MOST_ROUNDS:
        number = len(rounds) + 1
        record = kept.round(number)
        if record is None:
            rest = most_evaluations - len(kept.evaluations)
            count = min(_wanted_now(rounds, draws, target.dimensions), rest)
            if count < 2 or _enough(rounds, draws, seed):
                break
            say(f"round {number}: walkers over the surrogate of {len(kept.evaluations)} evaluations")
            teach = number <= TAUGHT or not rounds[-1].trusted
            short = not rounds or rounds[-1].effective < FOLLOWS * len(rounds[-1].keys)
            record = proposed(target, kept, number, count, (teach, short), seed)
            kept.keep_round(number, record)
        points = [*record["Places"], *record["Warm places"]]
        _evaluated(target, kept, number, points, f"round {number}", say)
        rounds.append(weighed(kept, number))
        say(
            f"round {number} done: {rounds[-1].effective:.0f} effective of {len(rounds[-1].keys)} draws"
            f"{_missed_by(rounds[-1])}"
        )
        check_progress(rounds)
    return _sample(target, kept, rounds, draws, seed)


def check_progress(rounds: list[Round]) -> None:
    """End a sampling whose last rounds brought nothing.

    Raises
    ------
    StalledError
        Why, and what to do.
    """
    last = rounds[-STALLED:]
    if len(last) < STALLED or any(one.effective > NOTHING or one.error_found is None for one in last):
        return
    raise StalledError(
        f"stopped: each of the last {STALLED} rounds was worth at most {NOTHING:g} draws of "
        f"{len(last[-1].keys)}{_missed_by(last[-1])}. The model bends too sharply around this best fit, or "
        "the fit is not at its minimum: fit from more --starts, narrow the bounds to the fit's intervals or "
        "give larger standard deviations, and begin in another folder"
    )


def _missed_by(last: Round) -> str:
    """What is said of a surrogate that misses chi-squared by far more than draws differ in it."""
    if last.error_found is None or last.error_found < FAR_OFF:
        return ""
    return f"; the surrogate missed chi-squared by {last.error_found:.2g}"


def _evaluated(target: Target, kept: Kept, number: int, places, what: str, say: Say) -> None:
    """Have every point of a round evaluated that is not yet."""
    todo: list[tuple[Key, Array]] = [
        ((number, point), np.array(one))
        for point, one in enumerate(places)
        if (number, point) not in kept.evaluations
    ]
    done, time_left = 0, TimeLeft()

    def keep(key: Key, found: Evaluated) -> None:
        nonlocal done
        kept.keep(key, found)
        done += 1
        seconds = time_left.measure(done, len(todo))
        left = "" if seconds is None else f", {spoken(seconds)} left"
        say(f"{what}: {done} of {len(todo)} evaluations{left}")

    if todo:
        target.evaluate(todo, keep, say)


def _wanted_now(rounds: list[Round], draws: int, dimensions: int) -> int:
    """Draws of the next round: few while the surrogate learns, then what is missing."""
    learning = max(min(LEARNING_DRAWS, draws), coefficients(dimensions))
    if not rounds or not rounds[-1].trusted:
        return int(min(learning, MOST_DRAWS))
    last = rounds[-1]
    have = sum(one.effective for one in rounds if one.counts)  # draws of short chains are not had
    missing = max(draws - have, 0.2 * draws)
    return int(np.clip(1.5 * missing * len(last.keys) / last.effective, learning, MOST_DRAWS))


def _pool(rounds: list[Round], seed: int) -> tuple[list[Key], Array, Array]:
    """Draws of all rounds that count, their weights, and a random number for each.

    Where none does, of all that have weights to trust, though their chains were short.
    """
    counted = [one for one in rounds if one.counts] or [one for one in rounds if one.trusted]
    keys = [key for one in counted for key in one.keys]
    return keys, pooled([one.weights for one in counted]), np.random.default_rng([seed, 99]).random(len(keys))


def _enough(rounds: list[Round], draws: int, seed: int) -> bool:
    _, weights, uniform = _pool(rounds, seed)
    return (
        any(one.counts for one in rounds) and fewest(weights, AS_GOOD_AS * draws, uniform)[2] >= NEARLY_ALIKE
    )


def _sample(target: Target, kept: Kept, rounds: list[Round], draws: int, seed: int) -> Sample:
    keys, weights, uniform = _pool(rounds, seed)
    if not keys and rounds:  # nothing can be trusted; the best there is, with a warning
        best = max(rounds, key=lambda one: one.effective)
        keys, weights, uniform = list(best.keys), best.weights, np.zeros(len(best.keys))
    chosen, new, quantile = fewest(weights, AS_GOOD_AS * draws, uniform)
    if not len(chosen):
        raise InputError("no draw has a likelihood: every run failed; begin at a better fit")
    largest = max(rounds, key=lambda one: one.effective)
    drawn = tuple(kept.evaluations[keys[place]] for place in chosen)
    failed = [one for one in kept.evaluations.values() if one.failures]
    return Sample(
        np.array([one.places for one in drawn]),
        new,
        drawn,
        tuple(rounds),
        quantile,
        largest.shape,
        len(kept.evaluations),
        len(failed),
        _reasons(kept),
        _warnings(rounds, new, draws, largest, len(failed), len(kept.evaluations)),
    )


def _reasons(kept: Kept) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason for one in kept.evaluations.values() for reason in one.failures))


def _warnings(
    rounds: list[Round], weights: Array, draws: int, largest: Round, failed: int, evaluations: int
) -> tuple[str, ...]:
    """What a reader of the draws has to know, in sentences."""
    found = []
    worth = effective_draws(weights)
    if worth < AS_GOOD_AS * draws:
        found.append(
            f"the draws are worth {worth:.0f} independent ones, not {draws}; resume with more evaluations"
        )
    if not largest.even and largest.shape is not None and largest.shape > RELIABLE:
        found.append(
            f"the Pareto shape of the weights is {largest.shape:.2f}, above {RELIABLE}: a few draws decide, "
            "and parts of the posterior may be missing"
        )
    counted = [one for one in rounds if one.counts] or [one for one in rounds if one.trusted]
    for one in counted:
        chain = one.record["Chain"]
        if not chain["Converged"]:
            times = chain["Steps by autocorrelation time"] or 0.0
            short = f"not {LONG_ENOUGH}" if times < LONG_ENOUGH else "a time not settled, or draws too few"
            found.append(
                f"round {one.number}: the chain lasted {times:.0f} autocorrelation times, {short}, so its "
                "draws may not be independent"
            )
        if not 0.1 <= chain["Acceptance"] <= 0.9:
            found.append(f"round {one.number}: {100 * chain['Acceptance']:.0f} % of the steps were taken")
    if not counted:
        found.append(
            "no round has weights to be trusted: the surrogate does not follow the model yet; resume with "
            "more evaluations"
        )
    if failed > 0.01 * evaluations:
        found.append(
            f"{failed} of {evaluations} evaluations had a failed run and count as impossible; see failures"
        )
    return tuple(found)
