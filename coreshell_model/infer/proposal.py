"""Proposes a fit problem for measured curves: parameters, bounds, priors and noise, as a file to edit.

Each candidate is moved from the numbers of the material, by differences and, where these show nothing, to
both sides of its prior. One to which the curves respond neither way is not fitted, but drawn from its prior
in what the fit predicts. Priors and bounds are those of the literature (``infer.priors``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.base.library import parse_toml
from coreshell_model.base.units import from_si, to_si
from coreshell_model.data.protocol_of_record import Record
from coreshell_model.infer.candidates import Candidate, Proposed, candidates
from coreshell_model.infer.coarse_start import coarse_start
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.priors import LiteraturePriors, read_priors
from coreshell_model.infer.problem_file import Prior, ProblemFile
from coreshell_model.infer.proposed_text import problem_text
from coreshell_model.infer.reading import problem
from coreshell_model.infer.search import STEP, differences
from coreshell_model.inputs.material import Material, sources
from coreshell_model.inputs.particle import mass_gain

TOUCHED = 4.0
"""Rise of chi-squared by one standard deviation of a number's prior below which the curves do not respond."""

LEAST_NOISE = 1e-3
"""Least standard deviation of a voltage [V] (assumed: cyclers measure to a millivolt, and cells differ)."""

POINTS = 100
"""Points of a half-cycle."""

AXIS_NOISE = 0.1
"""Standard deviation of the capacity [mAh/g], as of other fits."""

DIGITS = 4


@dataclass(frozen=True)
class Proposal:
    """A proposed problem.

    Attributes
    ----------
    text : of its file
    chosen, left_out : lines that say why each number is fitted, or is not
    noise : lines on the noise of each curve
    not_fitted : paths of the numbers that are not fitted
    """

    text: str
    chosen: tuple[str, ...]
    left_out: tuple[str, ...]
    noise: tuple[str, ...]
    not_fitted: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything in plain lines."""
        return (*self.chosen, *self.left_out, *self.noise)


def propose(
    material: Material,
    named: str,
    records: Sequence[Record],
    curves: Sequence[Mapping[str, Any]],
    trial: Path,
    title: str,
    settled: Collection[str] = (),
) -> Proposal:
    """A fit problem for the curves of a material.

    Parameters
    ----------
    material : which has the numbers that are not fitted, and the starts
    named : its name in the problem
    records : of each curve, for the noise
    curves : the fields of each curve's section, without those that are proposed here
    trial : a folder with the material and the protocol, in which the curves can be read
    title : of the problem
    settled : paths of numbers that are known, and neither fitted nor drawn

    Raises
    ------
    InputError
        The material has none of the numbers, or no simulation reaches the end of the protocol.
    """
    priors = read_priors()
    numbers = sources(material)
    listed = candidates(material)
    stated = [each for each in listed if each.path in settled]
    every = [_proposed(each, material, named, priors) for each in listed if each not in stated]
    proposed = [each for each in every if not each.candidate.unsettled]
    if not proposed:
        raise InputError(
            f"{named}: has none of the numbers that a guided fit looks at, such as a sloping capacity; write "
            "the problem yourself (docs/fitting.md)"
        )
    sections = [dict(curve) | _noise_fields(record) for curve, record in zip(curves, records, strict=True)]
    responses = _responses(proposed, sections, trial, title)
    weighed = [replace(each, response=r) for each, r in zip(proposed, responses, strict=True)]
    fitted = [each for each in weighed if each.response >= TOUCHED]
    untouched = [each for each in weighed if each.response < TOUCHED]
    if not fitted:
        raise InputError(f"{named}: the curves respond to none of its numbers; is this the right material?")
    untouched += [each for each in every if each.candidate.unsettled]
    left_out = [
        f"{each.candidate.path} ({each.candidate.meaning}) stays at {numbers[each.candidate.path]} in the "
        f"fit, and is drawn from its prior in what the fit predicts: {_why_not(each)}"
        for each in untouched
    ]
    left_out += [
        f"{each.path} ({each.meaning}) is {numbers[each.path]}, as it was set, and not fitted"
        for each in stated
    ]
    starts = coarse_start([each.free for each in fitted], sections, trial)
    fitted = [
        replace(each, free=each.free.model_copy(update={"start": start}))
        for each, start in zip(fitted, starts, strict=True)
    ]
    chosen = [
        f"{each.candidate.path} ({each.candidate.meaning}) is fitted: one standard deviation of its prior "
        f"moves the curves by {np.sqrt(each.response):.3g} standard deviations of the noise in all"
        for each in fitted
    ]
    noise = [
        f"{record.name}: noise of the voltage {section['sd']:g} mV"
        + (
            f", from its scatter of {1e3 * record.scatter:.2g} mV from point to point"
            if record.scatter > LEAST_NOISE
            else f", assumed: at least a cycler's accuracy; its scatter is {1e3 * record.scatter:.2g} mV"
        )
        for record, section in zip(records, sections, strict=True)
    ]
    text = problem_text(title, fitted, untouched, left_out, sections, noise)
    ProblemFile.model_validate(parse_toml(text, "the proposed problem"))
    not_fitted = tuple(each.candidate.path for each in untouched)
    return Proposal(text, tuple(chosen), tuple(left_out), tuple(noise), not_fitted)


def _why_not(left_out: Proposed) -> str:
    """Why a number is not fitted."""
    return left_out.candidate.unsettled or (
        "the data do not touch it; one standard deviation of its prior moves the curves by "
        f"{np.sqrt(left_out.response):.2g} standard deviations of the noise in all"
    )


def _proposed(candidate: Candidate, material: Material, named: str, priors: LiteraturePriors) -> Proposed:
    """A candidate with its prior; a number per gram of the shell is scaled from that of all carbon."""
    prior = priors.prior(candidate.prior)
    free = prior.free((named,), candidate.path)
    why = [
        f"{name} {number}: {number.source}"
        for name, number in (
            ("median", prior.median),
            ("spread", prior.spread),
            ("lower", prior.lower),
            ("upper", prior.upper),
        )
    ]
    assert free.prior is not None  # every prior of the literature has one
    lower, upper, mean = free.lower, free.upper, free.prior.mean
    if candidate.per_gram_of_all:
        share = mass_gain(material) / (1 + mass_gain(material))
        lower, upper, mean = (_short(value / share) for value in (lower, upper, mean))
        why.append(f"median and bounds are per gram of all carbon, divided by the shell's share, {share:.3g}")
    number = sources(material)[candidate.path]
    own = from_si(to_si(number.value, number.unit, free.unit), free.unit)
    start = _short(min(max(own, lower), upper))
    prior_of_fit = Prior(mean=mean, sd=free.prior.sd, factor=free.prior.factor)
    update = {"lower": lower, "upper": upper, "start": start, "prior": prior_of_fit}
    return Proposed(candidate, free.model_copy(update=update), tuple(why))


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _noise_fields(record: Record) -> dict[str, Any]:
    noise = max(record.scatter, LEAST_NOISE)
    halves = len(record.dataset.half_cycles())
    return {
        "sd": float(f"{from_si(noise, 'mV'):.3g}"),
        "unit": "mV",
        "axis_sd": AXIS_NOISE,
        "points": POINTS * max(halves, 1),
    }


def _responses(
    proposed: Sequence[Proposed], curves: Sequence[Mapping[str, Any]], trial: Path, title: str
) -> list[float]:
    """Chi-squared of the change of the curves by one standard deviation of each prior.

    It is that of derivatives. These can be nothing at the material's number, and the curves yet contradict
    the prior; so where they show less than ``TOUCHED``, the number is moved to one standard deviation on
    either side of its prior.
    """
    file = ProblemFile.model_validate(
        {"title": title, "parameters": [each.free for each in proposed], "curves": list(curves)}
    )
    whole = problem(file, "proposal", trial, "the proposed problem")
    misfit = Misfit(whole, compiled=whole.compiling_pays)
    start = misfit.checked()
    if start.failures:
        raise InputError(
            f"the model does not come to the end of the protocol with the material's numbers "
            f"({start.failures[0]}); begin --from another material"
        )
    places = np.array(whole.start)
    jacobian = differences(misfit, places, start, np.full(len(places), STEP))[: whole.data]
    slopes = np.array([free.prior_slope() for free in whole.parameters])
    responses = np.square(np.linalg.norm(jacobian, axis=0) / np.abs(slopes))
    for index in np.flatnonzero(responses < TOUCHED):
        responses[index] = max(responses[index], _response_to_prior(misfit, places, start, int(index)))
    return [float(value) for value in responses]


def _response_to_prior(misfit: Misfit, places: Array, start: Evaluation, index: int) -> float:
    """Chi-squared of the change of the curves by a number one standard deviation from its prior's mean.

    It is the larger one of both sides; a side on which a run fails says nothing.
    """
    free, data = misfit.problem.parameters[index], misfit.problem.data
    lowest, slope = free.prior_residual(0.0), free.prior_slope()
    assert lowest is not None  # each is proposed with a prior
    largest = 0.0
    for deviation in (-1.0, 1.0):
        moved = places.copy()
        moved[index] = np.clip((deviation - lowest) / slope, 0.0, 1.0)
        there = misfit(moved)
        if not there.failures:
            largest = max(largest, float(np.square((there.residuals - start.residuals)[:data]).sum()))
    return largest
