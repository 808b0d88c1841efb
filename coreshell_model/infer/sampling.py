"""Rounds of surrogate, walkers and true evaluations, until there are enough effective draws."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array, effective_draws
from coreshell_model.base.progress import TimeLeft, spoken
from coreshell_model.infer.chain import LONG_ENOUGH
from coreshell_model.infer.posterior_folder import KeptSampling
from coreshell_model.infer.rounds import Round, proposed, weighed
from coreshell_model.infer.surrogate import Centre, coefficients, first_points
from coreshell_model.infer.target import EvaluatedPoint, Key, Say, Target
from coreshell_model.infer.weights import RELIABLE, fewest_draws, pooled

MOST_ROUNDS = 40

LEARNING_DRAWS, MOST_DRAWS = 100, 1500
"""Least and largest number of draws of a round; fewer where fewer are asked for in all."""

TAUGHT = 2
"""First rounds, in which the surrogate learns the posterior's surroundings from warm draws in any case."""

FOLLOWS = 0.08
"""Effective draws per draw from which a long chain over the surrogate is worth its time."""

AS_GOOD_AS = 0.999
"""Share of the draws asked for that is enough: the weights of a good surrogate are nearly the same."""

FAR_OFF = 100.0
"""Error of the surrogate's chi-squared, over the draws, from which progress lines report it."""

STALLED, NOTHING = 5, 5.0
"""Number of last rounds, each worth at most so many effective draws, after which the sampling is stopped."""

NEARLY_ALIKE = 0.9
"""Least quantile of the weights at which thinning has to leave enough draws for the sampling to end."""


class StalledError(RuntimeError):
    """Rounds bring no draws: the surrogate does not follow the model."""


@dataclass(frozen=True)
class Sample:
    """Weighted draws from a posterior, each with the true model's residuals.

    Attributes
    ----------
    places : a row a draw, 0 to 1 between the bounds
    weights : adding up to 1
    drawn : the evaluated point of each draw
    rounds : all rounds
    thinned_at : quantile of the weights below which draws were thinned to one weight; 0 for no thinning
    shape : of the Pareto law of the largest weights, in the round of the most effective draws
    evaluations, failed : of the true model, and those with a failed run
    reasons : the failures, each once
    warnings : in sentences
    """

    places: Array
    weights: Array
    drawn: tuple[EvaluatedPoint, ...]
    rounds: tuple[Round, ...]
    thinned_at: float
    shape: float | None
    evaluations: int
    failed: int
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def effective(self) -> float:
        """Number of independent draws of equal weight that they are worth."""
        return effective_draws(self.weights)


def sample(
    target: Target,
    centre: Centre,
    kept: KeptSampling,
    draws: int,
    most_evaluations: int,
    seed: int = 0,
    say: Say = lambda text: None,
) -> Sample:
    """Draw from a posterior.

    Parameters
    ----------
    target : the density
    centre : best fits, about which the first points are put
    kept : the rounds and evaluations so far, to which further ones are added
    draws : number of independent draws that the sample is to be worth
    most_evaluations : largest number of evaluations of the true model
    seed : of everything random
    say : called with a line of progress

    Raises
    ------
    InputError
        Too few evaluations are allowed, or succeeded.
    StalledError
        The last rounds are worth next to nothing; all evaluations are kept.
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
    _evaluate(target, kept, 0, begin["Places"], "first points", say)
    good = sum(not point.failures for point in kept.evaluations.values())
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
            left = most_evaluations - len(kept.evaluations)
            count = min(_draws_of_next_round(rounds, draws, target.dimensions), left)
            if count < 2 or _enough(rounds, draws, seed):
                break
            say(f"round {number}: walkers over the surrogate of {len(kept.evaluations)} evaluations")
            teach = number <= TAUGHT or not rounds[-1].trusted
            short = not rounds or rounds[-1].effective < FOLLOWS * len(rounds[-1].keys)
            record = proposed(target, kept, number, count, (teach, short), seed)
            kept.keep_round(number, record)
        points = [*record["Places"], *record["Warm places"]]
        _evaluate(target, kept, number, points, f"round {number}", say)
        rounds.append(weighed(kept, number))
        say(
            f"round {number} done: {rounds[-1].effective:.0f} effective of {len(rounds[-1].keys)} draws"
            f"{_surrogate_error(rounds[-1])}"
        )
        check_progress(rounds)
    return _sample(target, kept, rounds, draws, seed)


def check_progress(rounds: list[Round]) -> None:
    """Raise StalledError where the last rounds brought next to no draws."""
    last = rounds[-STALLED:]
    if len(last) < STALLED or any(r.effective > NOTHING or r.chi_squared_error is None for r in last):
        return
    raise StalledError(
        f"stopped: each of the last {STALLED} rounds was worth at most {NOTHING:g} draws of "
        f"{len(last[-1].keys)}{_surrogate_error(last[-1])}. The model bends too sharply around this best "
        "fit, or the fit is not at its minimum: fit from more --starts, narrow the bounds to the fit's "
        "intervals or give larger standard deviations, and begin in another folder"
    )


def _surrogate_error(last: Round) -> str:
    """Words on the surrogate's error where it is far larger than the spread of chi-squared over draws."""
    if last.chi_squared_error is None or last.chi_squared_error < FAR_OFF:
        return ""
    return f"; the surrogate missed chi-squared by {last.chi_squared_error:.2g}"


def _evaluate(target: Target, kept: KeptSampling, number: int, places, label: str, say: Say) -> None:
    """Evaluate the points of a round that are not evaluated yet."""
    todo: list[tuple[Key, Array]] = [
        ((number, point), np.array(row))
        for point, row in enumerate(places)
        if (number, point) not in kept.evaluations
    ]
    count, time_left = 0, TimeLeft()

    def keep(key: Key, point: EvaluatedPoint) -> None:
        nonlocal count
        kept.keep(key, point)
        count += 1
        seconds = time_left.measure(count, len(todo))
        left = "" if seconds is None else f", {spoken(seconds)} left"
        say(f"{label}: {count} of {len(todo)} evaluations{left}")

    if todo:
        target.evaluate(todo, keep)


def _draws_of_next_round(rounds: list[Round], draws: int, dimensions: int) -> int:
    """Few while the surrogate learns, then as many as are missing."""
    learning = max(min(LEARNING_DRAWS, draws), coefficients(dimensions))
    if not rounds or not rounds[-1].trusted:
        return int(min(learning, MOST_DRAWS))
    last = rounds[-1]
    present = sum(r.effective for r in rounds if r.counts)
    missing = max(draws - present, 0.2 * draws)
    return int(np.clip(1.5 * missing * len(last.keys) / last.effective, learning, MOST_DRAWS))


def _counted(rounds: list[Round]) -> list[Round]:
    """The rounds that count; without any, those that have trusted weights though their chains were short."""
    return [r for r in rounds if r.counts] or [r for r in rounds if r.trusted]


def _pool(rounds: list[Round], seed: int) -> tuple[list[Key], Array, Array]:
    """The draws of the counted rounds, their weights, and a random number for each."""
    counted = _counted(rounds)
    keys = [key for r in counted for key in r.keys]
    return keys, pooled([r.weights for r in counted]), np.random.default_rng([seed, 99]).random(len(keys))


def _enough(rounds: list[Round], draws: int, seed: int) -> bool:
    if not any(r.counts for r in rounds):
        return False
    _, weights, uniform = _pool(rounds, seed)
    return fewest_draws(weights, AS_GOOD_AS * draws, uniform)[2] >= NEARLY_ALIKE


def _sample(target: Target, kept: KeptSampling, rounds: list[Round], draws: int, seed: int) -> Sample:
    keys, weights, uniform = _pool(rounds, seed)
    if not keys and rounds:  # no weights can be trusted: the best round, with a warning
        best = max(rounds, key=lambda r: r.effective)
        keys, weights, uniform = list(best.keys), best.weights, np.zeros(len(best.keys))
    chosen, new, quantile = fewest_draws(weights, AS_GOOD_AS * draws, uniform)
    if not len(chosen):
        raise InputError("no draw has a likelihood: every run failed; begin at a better fit")
    largest = max(rounds, key=lambda r: r.effective)
    drawn = tuple(kept.evaluations[keys[place]] for place in chosen)
    failed = sum(bool(point.failures) for point in kept.evaluations.values())
    return Sample(
        np.array([point.places for point in drawn]),
        new,
        drawn,
        tuple(rounds),
        quantile,
        largest.shape,
        len(kept.evaluations),
        failed,
        _reasons(kept),
        _warnings(rounds, new, draws, largest, failed, len(kept.evaluations)),
    )


def _reasons(kept: KeptSampling) -> tuple[str, ...]:
    points = kept.evaluations.values()
    return tuple(dict.fromkeys(reason for point in points for reason in point.failures))


def _warnings(
    rounds: list[Round], weights: Array, draws: int, largest: Round, failed: int, evaluations: int
) -> tuple[str, ...]:
    """Warnings to a reader of the draws, in sentences."""
    texts = []
    worth = effective_draws(weights)
    if worth < AS_GOOD_AS * draws:
        texts.append(
            f"the draws are worth {worth:.0f} independent ones, not {draws}; resume with more evaluations"
        )
    if not largest.even and largest.shape is not None and largest.shape > RELIABLE:
        texts.append(
            f"the Pareto shape of the weights is {largest.shape:.2f}, above {RELIABLE}: a few draws decide, "
            "and parts of the posterior may be missing"
        )
    counted = _counted(rounds)
    for r in counted:
        chain = r.record["Chain"]
        if not chain["Converged"]:
            times = chain["Steps by autocorrelation time"] or 0.0
            short = f"not {LONG_ENOUGH}" if times < LONG_ENOUGH else "a time not settled, or draws too few"
            texts.append(
                f"round {r.number}: the chain lasted {times:.0f} autocorrelation times, {short}, so its "
                "draws may not be independent"
            )
        if not 0.1 <= chain["Acceptance"] <= 0.9:
            texts.append(f"round {r.number}: {100 * chain['Acceptance']:.0f} % of the steps were taken")
    if not counted:
        texts.append(
            "no round has weights to be trusted: the surrogate does not follow the model yet; resume with "
            "more evaluations"
        )
    if failed > 0.01 * evaluations:
        texts.append(
            f"{failed} of {evaluations} evaluations had a failed run and count as impossible; see failures"
        )
    return tuple(texts)
