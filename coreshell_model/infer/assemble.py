"""The result of a fit from its starts and profiles."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import WIDE, Array, Interval, interval_in_words, interval_name
from coreshell_model.base.quantity import taken_from
from coreshell_model.base.units import from_si
from coreshell_model.infer.known_to import graded
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import range_size
from coreshell_model.infer.profile import WITHHELD, Profile, on_bound, sides, verdict
from coreshell_model.infer.quality import quality
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import (
    RISE,
    FitResult,
    FittedCurve,
    FittedParameter,
    FittedScalar,
    FittedSpectrum,
)
from coreshell_model.infer.search import Minimum
from coreshell_model.infer.still_assumed import FITTED, caution_after_fit
from coreshell_model.infer.warnings import headline, warnings
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.particle import changed

WEAKEST = 3
"""Number of least known combinations of parameters that are reported."""

LOADING = 0.2
"""Share in a combination from which a parameter is named in it."""

UNKNOWN = 1e-6
"""Singular value of the Jacobian, relative to the largest, below which nothing is known of a direction."""


@dataclass(frozen=True)
class Covariance:
    """Covariance of the parameters' places between their bounds, 0 to 1.

    Attributes
    ----------
    matrix : the inverse of J^T J; its diagonal is huge where a parameter has no influence
    correlations : of the parameters
    weakest : standard deviation along the least known directions, and the shares of the parameters in them
    """

    matrix: Array
    correlations: Array
    weakest: tuple[tuple[float, Array], ...]

    @property
    def sd(self) -> Array:
        """Standard deviation of each place."""
        return np.sqrt(np.diag(self.matrix))


def covariance(jacobian: Array) -> Covariance:
    """The covariance from the Jacobian of residuals that have unit standard deviation."""
    _, singular, directions = np.linalg.svd(jacobian, full_matrices=False)
    floor = UNKNOWN * max(singular.max(initial=0.0), 1.0)
    spreads = 1.0 / np.maximum(singular, floor)
    matrix = (directions.T * spreads**2) @ directions
    sd = np.sqrt(np.diag(matrix))
    order = np.argsort(-spreads)[:WEAKEST]
    weakest = tuple((float(spreads[n]), directions[n]) for n in order)
    return Covariance(matrix, np.clip(matrix / np.outer(sd, sd), -1.0, 1.0), weakest)


def fitted_scalars(problem: Problem, best: Minimum) -> tuple[FittedScalar, ...]:
    """Each number, measured and fitted."""
    fitted = []
    for number, (place, scalar) in enumerate(problem.scalars):
        run, simulated = problem.runs[place], best.evaluation.scalars[number]
        residual = float(best.evaluation.residuals[number])
        values = scalar.value, scalar.sd, simulated, residual
        fitted.append(FittedScalar(scalar.name, run.name, run.through, *values, scalar.section.relation))
    return tuple(fitted)


def fitted_curves(problem: Problem, best: Minimum) -> tuple[FittedCurve, ...]:
    """Each curve, measured and fitted."""
    fitted = []
    for number, (place, curve) in enumerate(problem.curves):
        run, simulated = problem.runs[place], best.evaluation.curves[number]
        unit = "mV" if curve.section.of == "voltage" else "mA/g"
        values = np.full(len(curve.measured), np.nan) if simulated is None else simulated.values
        mean_square = float(np.mean((values - curve.measured) ** 2))
        halves = [np.full(len(piece.axis), piece.half_cycle or 0) for piece in curve.pieces]
        fitted.append(
            FittedCurve(
                curve.section.named,
                run.name,
                run.through,
                curve.section.over,
                unit,
                None if math.isnan(mean_square) else from_si(math.sqrt(mean_square), unit),
                curve.sd if simulated is None else simulated.sd,
                np.concatenate([piece.axis for piece in curve.pieces]),
                np.concatenate(halves),
                curve.measured,
                values,
                run.is_full,
            )
        )
    return tuple(fitted)


def fitted_spectra(problem: Problem, best: Minimum) -> tuple[FittedSpectrum, ...]:
    """Each spectrum, measured and fitted."""
    fitted = []
    for number, (place, spectrum) in enumerate(problem.spectra):
        run, simulated = problem.runs[place], best.evaluation.spectra[number]
        values = np.full(len(spectrum.measured), np.nan) if simulated is None else simulated
        modulus = np.tile(np.abs(spectrum.impedance), 2)
        share = float(np.sqrt(np.mean(((values - spectrum.measured) / modulus) ** 2)))
        rms = None if math.isnan(share) else 100 * share
        points = spectrum.sd, spectrum.frequencies, spectrum.measured, values
        unit = "Ohm" if spectrum.area is None else "Ohm.m2"
        fitted.append(FittedSpectrum(spectrum.section.named, run.name, run.through, unit, rms, *points))
    return tuple(fitted)


def fitted_materials(problem: Problem, parameters: tuple[FittedParameter, ...]) -> dict[str, Material]:
    """Every material that has a fitted number, with these numbers, by the name of the file to write."""
    materials = {}
    for name, material in problem.materials.items():
        by_path = {
            path: parameter
            for free, parameter in zip(problem.parameters, parameters, strict=True)
            if name in free.materials
            for path in free.section.paths_in(name)
        }
        if not by_path:
            continue
        new = changed(material, {path: f"{p.value:.10g} {p.unit}" for path, p in by_path.items()})
        data = new.model_dump(exclude_none=True, mode="json")
        _name_origin(data, material.name)
        for path, parameter in by_path.items():
            _leaf(data, path)["source"] = source(problem.name, parameter)
        stem = f"{material.name}_{problem.name}"
        if problem.name == f"{Path(name).stem}_fit":  # as a guided fit names its problem
            stem = f"{Path(name).stem}_{FITTED}"
        data |= {
            "name": stem,
            "title": f"{material.name}, fitted: {problem.name}",
            "description": f"{material.description} Fitted by {problem.name}: {', '.join(by_path)}.",
        }
        if (caution := caution_after_fit(material, by_path)) is not None:
            data["caution"] = caution
        materials[stem] = material_from_dict(data, stem)
    return materials


def source(name: str, parameter: FittedParameter) -> str:
    """Where a fitted number comes from and how well it is known."""
    if parameter.interval_95 is None:
        return f"{FITTED}: {name}.toml; {parameter.verdict}"
    interval = interval_in_words(parameter.interval_95, parameter.unit)
    return f"{FITTED}: {name}.toml; {interval_name(WIDE)} {interval}; {parameter.verdict}"


def _name_origin(data: Any, name: str) -> None:
    """Name the material in the sources of its numbers: of all where it is shipped, else of fitted ones."""
    shipped = name in library.names("parameters")
    if isinstance(data, dict):
        text = data.get("source")
        if isinstance(text, str) and (shipped or text.startswith(FITTED)):
            data["source"] = taken_from(name, text)
        data = list(data.values())
    for inner in data if isinstance(data, list | tuple) else ():
        _name_origin(inner, name)


def _leaf(data: dict, path: str) -> dict:
    table = data
    for part in path.split("."):
        table = table[int(part) - 1] if part.isdigit() else table[part]
    return table


NO_WIDTH = 1e3
"""Standard deviation, in ranges between the bounds, from which it only says that nothing responds."""

NOT_KNOWN = "not known: the best fit has a failed run"


def assemble(
    problem: Problem,
    best: Minimum,
    profiles: list[Profile],
    ends: list[dict],
    cost: tuple[int, int, tuple[str, ...]],
    seed: int,
    seconds: float,
    noise: Noise,
    too_high: tuple[str, ...],
    restarted: bool,
) -> FitResult:
    """The result of a fit.

    Parameters
    ----------
    problem : what was fitted
    best, profiles : the best fit and profiles about it, with ``noise``
    ends : the record of each start, best first
    cost : number of evaluations, number of those with a failed run, and the reasons
    seed : of the random starts
    seconds : wall time
    noise : of the data beside their stated standard deviations
    too_high : names of parameters whose profiles were walked about a fit that was not the best
    restarted : whether the fit began anew from a profile that came to a better fit than all starts
    """
    spread = covariance(best.jacobian)
    names = tuple(free.name for free in problem.parameters)
    how = quality(problem, best.evaluation, noise)
    first = None if best.failed else headline(problem, how)
    stated = replace(best, evaluation=replace(best.evaluation, residuals=how.stated))
    by_index = {profile.index: profile for profile in profiles}
    parameters = tuple(
        _parameter(free, index, best, by_index.get(index), float(spread.sd[index]), names, how.withheld)
        for index, free in enumerate(problem.parameters)
    )
    weakest = tuple(
        (sd, {name: float(part) for name, part in zip(names, shares, strict=True) if abs(part) >= LOADING})
        for sd, shares in spread.weakest
    )
    evaluations, failed, reasons = cost
    materials, further = {}, []
    if restarted:
        further.append(
            f"the best of {len(ends)} starts ended at chi-squared {ends[0]['Chi-squared']:.4g}; a profile "
            f"came to a better fit, from which the fit began anew and ended at {how.chi_squared:.4g}: "
            "values, intervals and verdicts are about that fit; more starts may come to a still better one "
            "(--starts)"
        )
    if too_high:
        further.append(
            f"the profiles of {', '.join(too_high)} were walked about a fit that is not the best, so their "
            "intervals may be too narrow; fit again from the fitted materials"
        )
    try:
        materials = fitted_materials(problem, parameters)
    except InputError as error:
        further += [f"the fitted materials cannot be written: {error}"]
    return FitResult(
        title=problem.file.title or problem.name,
        file=problem.name,
        parameters=parameters,
        scalars=fitted_scalars(problem, stated),
        curves=fitted_curves(problem, stated),
        spectra=fitted_spectra(problem, stated),
        correlations=tuple(tuple(map(float, row)) for row in spread.correlations),
        weakest=weakest,
        chi_squared=how.chi_squared,
        data=problem.data,
        priors=problem.priors,
        starts=tuple(ends),
        profiles=tuple(_profile(problem, profile, best) for profile in profiles),
        warnings=(
            *([first] if first else []),
            *warnings(problem, best, ends, how, failed, evaluations),
            *further,
        ),
        evaluations=evaluations,
        failed=failed,
        reasons=reasons,
        completed=not best.failed,
        seed=seed,
        seconds=seconds,
        quality=how,
        first=first,
        materials=materials,
    )


def _parameter(
    free: Free,
    index: int,
    best: Minimum,
    profile: Profile | None,
    sd: float,
    names: tuple[str, ...],
    withheld: bool,
) -> FittedParameter:
    place = float(best.places[index])
    intervals: list[Interval | None] = [(None, None), (None, None)]
    words, set_by = NOT_KNOWN, ()
    if profile is not None:
        lower, upper = sides(profile, best)
        ends = zip(lower.crossings, upper.crossings, strict=True)
        narrow, wide = ((_value(free, low), _value(free, high)) for low, high in ends)
        intervals = [narrow, wide]
        words = graded(verdict(profile, best, names), free.value(place), wide, free.section.unit)
        set_by = lower.end(names), upper.end(names)
        if withheld:
            words, set_by, intervals[:] = WITHHELD, (), (None, None)
    section = free.section
    size = range_size(section.lower, section.upper, section.scale)
    return FittedParameter(
        free.name,
        section.path,
        free.materials,
        section.unit,
        section.scale,
        section.lower,
        section.upper,
        free.value(place),
        sd * size if sd < NO_WIDTH and not withheld else None,
        intervals[0],
        intervals[1],
        words,
        on_bound(place),
        set_by,
    )


def _value(free: Free, place: float | None) -> float | None:
    return None if place is None else free.value(place)


def _profile(problem: Problem, profile: Profile, best: Minimum) -> tuple[dict, ...]:
    return tuple(
        {
            RISE: point.chi_squared - best.chi_squared,
            "Without its prior": point.data,
            **{
                free.name: free.value(place)
                for free, place in zip(problem.parameters, point.places, strict=True)
            },
        }
        for point in profile.points
    )
