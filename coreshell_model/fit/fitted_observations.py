"""The observations at the best fit: measured, simulated, and how far apart."""

import math

import numpy as np

from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.result import FittedCurve, FittedScalar, FittedSpectrum
from coreshell_model.units import from_si


def fitted_scalars(problem: Problem, best: Minimum) -> tuple[FittedScalar, ...]:
    """Each number, measured and fitted."""
    found = []
    for number, (run, one) in enumerate(problem.scalars):
        of, simulated = problem.runs[run], best.evaluation.scalars[number]
        residual = float(best.evaluation.residuals[number])
        found.append(
            FittedScalar(
                one.name, of.name, of.through, one.value, one.sd, simulated, residual, one.given.relation
            )
        )
    return tuple(found)


def fitted_curves(problem: Problem, best: Minimum) -> tuple[FittedCurve, ...]:
    """Each curve, measured and fitted."""
    found = []
    for number, (run, one) in enumerate(problem.curves):
        of, simulated = problem.runs[run], best.evaluation.curves[number]
        unit = "mV" if one.given.of == "voltage" else "mA/g"
        values = np.full(len(one.measured), np.nan) if simulated is None else simulated.values
        mean_square = float(np.mean((values - one.measured) ** 2))
        halves = [np.full(len(piece.axis), piece.half_cycle or 0) for piece in one.pieces]
        found.append(
            FittedCurve(
                one.given.named,
                of.name,
                of.through,
                one.given.over,
                unit,
                None if math.isnan(mean_square) else from_si(math.sqrt(mean_square), unit),
                one.sd if simulated is None else simulated.sd,
                np.concatenate([piece.axis for piece in one.pieces]),
                np.concatenate(halves),
                one.measured,
                values,
            )
        )
    return tuple(found)


def fitted_spectra(problem: Problem, best: Minimum) -> tuple[FittedSpectrum, ...]:
    """Each spectrum, measured and fitted."""
    found = []
    for number, (run, one) in enumerate(problem.spectra):
        of, simulated = problem.runs[run], best.evaluation.spectra[number]
        values = np.full(len(one.measured), np.nan) if simulated is None else simulated
        share = float(np.sqrt(np.mean(((values - one.measured) / np.tile(np.abs(one.impedance), 2)) ** 2)))
        rms = None if math.isnan(share) else 100 * share
        points = one.sd, one.frequencies, one.measured, values
        unit = "Ohm" if one.area is None else "Ohm.m2"
        found.append(FittedSpectrum(one.given.named, of.name, of.through, unit, rms, *points))
    return tuple(found)
