"""Walkers over a density in the unit box, until they forgot where they began (emcee)."""

from collections.abc import Callable
from dataclasses import dataclass

import emcee
import numpy as np
from numpy.typing import NDArray

EVERY = 5
"""Steps of which one is kept."""

BLOCK = 200
"""Kept steps between two looks at the autocorrelation time."""

LONG_ENOUGH = 50
"""Autocorrelation times that a chain has to last."""

SETTLED = 0.1
"""Relative change between two looks below which the autocorrelation time itself is taken as known."""

BURN_IN = 5
"""Autocorrelation times at the beginning that are left out."""

APART = 2
"""Autocorrelation times between draws: they then correlate by 2 %."""

MOST_STEPS = 200_000

EDGE = 1e-9
"""Distance from the bounds at which walkers may begin."""

MOVES = [
    (emcee.moves.DEMove(), 0.3),
    (emcee.moves.DEMove(gamma0=0.2), 0.4),
    (emcee.moves.DEMove(gamma0=1.0), 0.1),
    (emcee.moves.StretchMove(), 0.2),
]
"""Differential evolution: its usual steps, short ones for thin and bent densities, jumps between modes. The
snooker move of emcee 3.1.6 is left out: on a Gaussian of 12 dimensions it gives a width of 0.77, not 1."""

TRACED = 200
"""Points of the kept trace."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """Draws, and what says whether they are good ones.

    Attributes
    ----------
    places, log_density : independent draws, a row each
    walkers, steps : of the chain
    autocorrelation_times : of each parameter, in steps
    acceptance : share of the proposed steps that were taken
    converged : False where it did not last 50 of its autocorrelation times
    history : steps, and the longest autocorrelation time at each look
    trace : of some steps, the walkers' mean and standard deviation of each parameter
    """

    places: Array
    log_density: Array
    walkers: int
    steps: int
    autocorrelation_times: Array
    acceptance: float
    converged: bool
    history: tuple[tuple[int, float], ...]
    trace: tuple[Array, Array, Array]


def walk(
    log_density: Callable[[Array], Array],
    begin: Array,
    wanted: int,
    seed: int,
    most_steps: int = MOST_STEPS,
) -> Chain:
    """Walk until the chain is long enough and holds ``wanted`` independent draws.

    The walkers go over the logits of the places, where bounds are infinitely far.

    Parameters
    ----------
    log_density : of rows of places, up to a constant
    begin : places, a row a walker, an even number of them and at least twice the parameters
    wanted : independent draws
    seed : of the walk
    most_steps : after which it ends in any case
    """
    count, dimensions = begin.shape
    start = np.clip(begin, EDGE, 1 - EDGE)
    sampler = emcee.EnsembleSampler(
        count,
        dimensions,
        lambda logits: _over_logits(log_density, logits),
        moves=MOVES,
        vectorize=True,
    )
    sampler.random_state = np.random.RandomState(seed).get_state()  # the kind that emcee takes
    history: list[tuple[int, float]] = []
    state: object = np.log(start / (1 - start))
    times, converged = np.full(dimensions, np.inf), False
    while not converged and EVERY * sampler.iteration < most_steps:
        state = sampler.run_mcmc(state, BLOCK, thin_by=EVERY, skip_initial_state_check=bool(history))
        times = EVERY * sampler.get_autocorr_time(tol=0, discard=min(sampler.iteration // 5, 2 * BLOCK))
        times = np.where(np.isfinite(times), times, np.inf)
        longest, steps = float(times.max()), EVERY * sampler.iteration
        before = history[-1][1] if history else np.inf
        history.append((steps, longest))
        inside = steps - BURN_IN * longest
        converged = (
            inside >= LONG_ENOUGH * longest
            and abs(longest - before) <= SETTLED * longest
            and count * inside >= APART * longest * wanted
        )
    return _drawn(sampler, wanted, times, converged, history, seed)


def _over_logits(log_density: Callable[[Array], Array], logits: Array) -> Array:
    """The density over logits, which holds the Jacobian of the places by them."""
    places = 1.0 / (1.0 + np.exp(-logits))
    with np.errstate(divide="ignore"):  # at a bound itself the density over logits is 0
        volume = np.sum(np.log(places) + np.log1p(-places), axis=1)
    return np.where(np.isfinite(volume), log_density(places) + volume, -np.inf)


def _drawn(sampler, wanted: int, times: Array, converged: bool, history, seed: int) -> Chain:
    """``wanted`` draws from the chain without its beginning, as far apart as its length allows."""
    kept = sampler.iteration
    longest = float(times.max()) if np.isfinite(times.max()) else EVERY * kept / LONG_ENOUGH
    discard = int(min(np.ceil(BURN_IN * longest / EVERY), kept // 2))
    apart = int(np.ceil(APART * longest / EVERY))
    most_apart = max(1, sampler.nwalkers * (kept - discard) // wanted)
    thin = max(1, min(apart, most_apart))
    logits = sampler.get_chain(discard=discard, thin=thin, flat=True)
    over_logits = sampler.get_log_prob(discard=discard, thin=thin, flat=True)
    places = 1.0 / (1.0 + np.exp(-logits))
    chosen = np.random.default_rng(seed).permutation(len(places))[:wanted]
    places = np.clip(places[chosen], 0.0, 1.0)
    with np.errstate(divide="ignore"):
        volume = np.sum(np.log(places) + np.log1p(-places), axis=1)
    whole = 1.0 / (1.0 + np.exp(-sampler.get_chain()))
    shown = np.unique(np.linspace(0, kept - 1, min(TRACED, kept)).astype(int))
    return Chain(
        places,
        over_logits[chosen] - volume,
        sampler.nwalkers,
        EVERY * kept,
        times,
        float(np.mean(sampler.acceptance_fraction)),
        converged,
        tuple(history),
        (EVERY * (shown + 1.0), whole[shown].mean(axis=1), whole[shown].std(axis=1)),
    )
