"""The report of a fit: fitted parameters with intervals and verdicts, and how well the data are met."""

from collections.abc import Sequence
from dataclasses import replace

from coreshell_model.base.intervals import WIDE, interval_name, shown_interval
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.tables import shown_number, unit_of, without_unit
from coreshell_model.infer.first_cycle_loss import FirstCycleNumber
from coreshell_model.infer.fit_picture import fit_picture
from coreshell_model.infer.fit_report import ends_in_words, residuals
from coreshell_model.infer.result import FitResult, FittedParameter, FittedScalar
from coreshell_model.show.figures.labels import plain_unit
from coreshell_model.show.figures.picture import Picture
from coreshell_model.show.reports.page import Group, Page, Row
from coreshell_model.show.reports.run_page import versions_line, warnings_group

MOST_BARS = 8
"""Numbers in the picture of a page; of more, those that are missed by most."""

MOST_CURVES = 3
"""Curves and spectra in the picture of a page, those that are missed by most."""


def fit_page(result: FitResult, first_cycle: Sequence[FirstCycleNumber] = ()) -> Page:
    """The page of a fit.

    Parameters
    ----------
    result : of the fit
    first_cycle : of a guided fit, efficiency and losses of the first cycle
    """
    reduced = result.reduced_chi_squared
    freedom = f"reduced {reduced:.3g}" if reduced is not None else "no degree of freedom is left"
    verdict = result.headline
    return Page(
        result.title,
        (
            verdict if result.completed else "The best fit has a failed run, so its numbers are of no use.",
            f"{result.data} data, {result.priors} priors, {len(result.parameters)} parameters; chi-squared "
            f"{result.chi_squared:.4g}, {freedom}.",
        ),
        _pictures(result),
        (
            Group("Fitted parameters", tuple(map(_parameter, result.parameters))),
            *([_first_cycle(first_cycle)] if first_cycle else []),
            *_observations(result),
            _inputs(result),
            warnings_group(result.other_warnings),
        ),
        versions_line(versions_of_a_run()),
        "result.json, which --out writes, or --json",
    )


def _parameter(parameter: FittedParameter) -> Row:
    """A value with its unit, and what the data say of it."""
    ends = ends_in_words(parameter)
    basis = [
        f"{interval_name(WIDE)}: {shown_interval(parameter.interval_95)}",
        *([f"ends set by {ends}"] if ends else []),
        parameter.verdict,
    ]
    unit = f" {plain_unit(parameter.unit)}".rstrip()
    return Row(parameter.name, f"{shown_number(parameter.value)}{unit}", "; ".join(basis))


def _first_cycle(numbers: Sequence[FirstCycleNumber]) -> Group:
    rows = []
    for number in numbers:
        unit = f" {plain_unit(unit_of(number.name))}".rstrip()
        interval = f"{interval_name(WIDE)}: {shown_interval(number.interval)}"
        basis = f"measured {shown_number(number.measured)}; {interval}"
        rows.append(Row(without_unit(number.name), f"{shown_number(number.fitted)}{unit}", basis))
    return Group("First cycle of the fitted model", tuple(rows))


def _observations(result: FitResult) -> list[Group]:
    """Numbers, curves and spectra, with how far the fit is from each."""
    curves = [
        Row(curve.name, f"RMSE {shown_number(curve.rmse)} {curve.unit}", _state(curve, len(curve.axis)))
        for curve in result.curves
    ]
    spectra = [
        Row(
            spectrum.name,
            f"RMS {shown_number(spectrum.rms)} % of the modulus",
            _state(spectrum, len(spectrum.frequencies)),
        )
        for spectrum in result.spectra
    ]
    groups = (
        Group("Fitted numbers", tuple(map(_scalar, result.scalars))),
        Group("Fitted curves and spectra", (*curves, *spectra)),
    )
    return [group for group in groups if group.rows]


def _scalar(scalar: FittedScalar) -> Row:
    unit = plain_unit(unit_of(scalar.name))
    limit = "" if scalar.relation == "equal" else f"{scalar.relation} "
    basis = (
        f"measured {limit}{shown_number(scalar.measured)} ± {shown_number(scalar.sd)}, off by "
        f"{scalar.residual:.2f} sd; {scalar.material}, {scalar.protocol}"
    )
    return Row(without_unit(scalar.name), f"{shown_number(scalar.simulated)} {unit}".rstrip(), basis)


def _state(observation, points: int) -> str:
    return f"{points} points; {observation.material}, {observation.protocol}"


def _inputs(result: FitResult) -> Group:
    inflated = f"{result.inflation:.3g}" if result.inflation != 1 else ""
    rows = [
        Row("Problem", result.file),
        Row("Starts", str(len(result.starts)), f"seed {result.seed}"),
        Row("Evaluations", str(result.evaluations), f"{result.failed} of them with a failed run"),
        *(
            [Row("Standard deviations inflated by", inflated, "for sd, intervals, verdicts")]
            if inflated
            else []
        ),
    ]
    return Group("Inputs", tuple(rows))


def _pictures(result: FitResult) -> tuple[Picture, ...]:
    """The picture of the fit, of those numbers and curves that are missed by most where there are many."""
    scalars = _worst(result.scalars, MOST_BARS, lambda scalar: abs(scalar.residual))
    curves = _worst(result.curves, MOST_CURVES, lambda curve: _off(curve))
    spectra = _worst(result.spectra, MOST_CURVES - len(curves), lambda spectrum: _off(spectrum))
    shown = replace(result, scalars=scalars, curves=curves, spectra=spectra)
    return (fit_picture(shown, residuals(shown)),)


def _off(observation) -> float:
    """Mean square of the residuals; first of all where there is no run."""
    squares = observation.residuals**2
    return float(squares.mean()) if squares.size and observation.simulated.size else float("inf")


def _worst(observations: tuple, most: int, off) -> tuple:
    """At most so many, those that are off by most, in their order."""
    if len(observations) <= most:
        return observations
    worst = sorted(observations, key=off, reverse=True)[:most]
    return tuple(each for each in observations if any(each is other for other in worst))
