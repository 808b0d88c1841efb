"""An ensemble of walkers (emcee) over a density in the unit box, until its draws are independent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.extras import require
from coreshell_model.base.intervals import Array

EVERY = 5
"""One of so many steps is kept."""

BLOCK = 200
"""Kept steps between two estimates of the autocorrelation time."""

LONG_ENOUGH = 50
"""Length, in autocorrelation times, from which a chain is long enough."""

SETTLED = 0.1
"""Relative change between two estimates up to which the autocorrelation time counts as settled."""

BURN_IN = 5
"""Beginning of the chain that is left out, in autocorrelation times."""

APART = 2
"""Distance between draws in autocorrelation times: they then correlate by 2 %."""

MOST_STEPS = 200_000

EDGE = 1e-9
"""Least distance from the bounds at which walkers begin."""

TRACED = 200
"""Largest number of points of the kept trace."""


@dataclass(frozen=True)
class Chain:
    """Draws from a chain, and how well it converged.

    Attributes
    ----------
    places : independent draws, a row each
    walkers, steps : numbers of them
    autocorrelation_times : of each parameter, in steps
    acceptance : share of the proposed steps that were accepted
    converged : True where the chain is long enough, for the draws too, and its autocorrelation time settled
    history : number of steps and longest autocorrelation time, at each estimate of it
    trace : some steps, and the walkers' mean and standard deviation of each parameter there
    """

    places: Array
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
    draws: int,
    seed: int,
    most_steps: int = MOST_STEPS,
) -> Chain:
    """Walk until the chain is long enough and holds ``draws`` independent draws.

    The walkers move in the logits of the places, where the bounds are infinitely far away.

    Parameters
    ----------
    log_density : of rows of places, up to a constant
    begin : places, a row a walker; an even number of walkers, at least twice that of the parameters
    draws : number of independent draws
    seed : of the walk
    most_steps : largest number of steps
    """
    require("posterior", "posteriors need")
    import emcee

    count, dimensions = begin.shape
    start = np.clip(begin, EDGE, 1 - EDGE)
    sampler = emcee.EnsembleSampler(
        count,
        dimensions,
        lambda logits: _over_logits(log_density, logits),
        moves=_moves(emcee.moves),
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
            and count * inside >= APART * longest * draws
        )
    return _drawn(sampler, draws, times, converged, history, seed)


def _moves(kinds) -> list[tuple]:
    """Differential evolution with its usual steps, short ones for thin and bent densities, and jumps between
    modes; and stretch moves.

    The snooker move of emcee 3.1.6 is left out: on a Gaussian of 12 dimensions it gives a width of 0.77, not
    1.
    """
    return [
        (kinds.DEMove(), 0.3),
        (kinds.DEMove(gamma0=0.2), 0.4),
        (kinds.DEMove(gamma0=1.0), 0.1),
        (kinds.StretchMove(), 0.2),
    ]


def _over_logits(log_density: Callable[[Array], Array], logits: Array) -> Array:
    """The density over logits: that over places times the Jacobian of the places by the logits."""
    places = 1.0 / (1.0 + np.exp(-logits))
    with np.errstate(divide="ignore"):  # at a bound itself the density over logits is 0
        volume = np.sum(np.log(places) + np.log1p(-places), axis=1)
    return np.where(np.isfinite(volume), log_density(places) + volume, -np.inf)


def _drawn(sampler, draws: int, times: Array, converged: bool, history, seed: int) -> Chain:
    """``draws`` draws from the chain without its beginning, as far apart as its length allows."""
    kept = sampler.iteration
    longest = float(times.max()) if np.isfinite(times.max()) else EVERY * kept / LONG_ENOUGH
    discard = int(min(np.ceil(BURN_IN * longest / EVERY), kept // 2))
    apart = int(np.ceil(APART * longest / EVERY))
    most_apart = max(1, sampler.nwalkers * (kept - discard) // draws)
    thin = max(1, min(apart, most_apart))
    logits = sampler.get_chain(discard=discard, thin=thin, flat=True)
    places = 1.0 / (1.0 + np.exp(-logits))
    chosen = np.random.default_rng(seed).permutation(len(places))[:draws]
    places = np.clip(places[chosen], 0.0, 1.0)
    whole = 1.0 / (1.0 + np.exp(-sampler.get_chain()))
    shown = np.unique(np.linspace(0, kept - 1, min(TRACED, kept)).astype(int))
    return Chain(
        places,
        sampler.nwalkers,
        EVERY * kept,
        times,
        float(np.mean(sampler.acceptance_fraction)),
        converged,
        tuple(history),
        (EVERY * (shown + 1.0), whole[shown].mean(axis=1), whole[shown].std(axis=1)),
    )
