"""Observables of claims about voltammograms and the film that forms in them."""

from coreshell_model.checks.claim_observable import Observable
from coreshell_model.observe.inventory import film_by_cycle, film_formed
from coreshell_model.observe.voltammetry import Peak, irreversible_peaks, peaks
from coreshell_model.observe.voltammetry import sweeps as read_sweeps
from coreshell_model.run.solution import Solution

NEAR = 0.2
"""Most volts between a measured peak and the model's peak that is taken for the same."""


def _nearest(candidates: list[Peak], potential: float) -> Peak | None:
    near = [peak for peak in candidates if abs(peak.potential - potential) <= NEAR]
    return min(near, key=lambda peak: abs(peak.potential - potential), default=None)


def irreversible_peak(solution: Solution, near: float) -> float | None:
    """Potential of the peak nearest to ``near`` in the first sodiating sweep less the second."""
    peak = _nearest(irreversible_peaks(solution), near)
    return peak.potential if peak else None


def peak_left(solution: Solution, near: float) -> float | None:
    """Charge of the peak nearest to a potential in the second sodiating sweep, over that in the first.

    0 where the second sweep has no peak there; None where the first has none.
    """
    down = [peak for peak in peaks(solution) if peak.sodiation]
    first = _nearest([peak for peak in down if peak.cycle == 1], near)
    second = _nearest([peak for peak in down if peak.cycle == 2], near)
    if first is None or not first.area:
        return None
    return second.area / first.area if second else 0.0


def low_voltage_current(solution: Solution, below: float, up_to: float) -> float | None:
    """Mean current of the second sodiating sweep below a voltage, over that from there to ``up_to``."""
    down = [sweep for sweep in read_sweeps(solution) if sweep.sodiation and sweep.cycle == 2]
    if not down:
        return None
    voltage, current = down[0].voltage, down[0].current
    low, high = voltage < below, (voltage >= below) & (voltage < up_to)
    if not low.any() or not high.any():
        return None
    return float(current[low].mean() / current[high].mean())


def film_of_second_cycle(solution: Solution) -> float | None:
    """Charge of the film formed in the second cycle, over that of the first."""
    films = film_by_cycle(solution)
    return films[1] if len(films) > 1 else None


def film_ratio(first: Solution, second: Solution) -> float | None:
    """Charge of the film of the first cycle in the first run, over that in the second."""
    films = [film_formed(solution) for solution in (first, second)]
    return films[0][0] / films[1][0] if all(films) and films[1][0] else None


OBSERVABLES = {
    "irreversible peak": Observable(irreversible_peak, "V", arguments={"near": "V"}),
    "peak left in the second sweep": Observable(peak_left, "1", arguments={"near": "V"}),
    "current at low voltage": Observable(low_voltage_current, "1", arguments={"below": "V", "up_to": "V"}),
    "film of the second cycle": Observable(film_of_second_cycle, "1"),
    "film of the first cycle, ratio": Observable(film_ratio, "1", runs=2),
}
