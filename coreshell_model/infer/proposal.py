"""Proposes a fit problem for measured curves: parameters, bounds, priors and noise, as a file to edit.

Candidates are the numbers by which hard carbons differ most. Each is moved, by differences, from the numbers
of the material; one to which the curves do not respond is left out. Priors and bounds are those of the
literature (``infer.priors``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import parse_toml
from coreshell_model.base.units import from_si, to_si
from coreshell_model.data.protocol_of_record import Record
from coreshell_model.infer.coarse_start import STAGES, coarse_start
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.priors import CARBON, LiteraturePriors, read_priors
from coreshell_model.infer.problem_file import FreeParameter, Prior, ProblemFile
from coreshell_model.infer.reading import problem
from coreshell_model.infer.search import STEP, differences
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources
from coreshell_model.inputs.material_text import in_quotes
from coreshell_model.inputs.particle import mass_gain

MOST_PARAMETERS = 10
"""Parameters of a proposed fit; a first cycle and a later one seldom say more."""

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
class Candidate:
    """A number that may be fitted: its path, the path of its prior, and what it stands for."""

    path: str
    prior: str
    meaning: str
    per_gram_of_all: bool = False


@dataclass(frozen=True)
class Proposed:
    """A candidate with its prior as a free parameter, and how far one sd of its prior moves the curves.

    Attributes
    ----------
    candidate : the number
    free : the section of the problem
    why : where prior and bounds are from
    response : chi-squared of the change by one standard deviation of the prior
    """

    candidate: Candidate
    free: FreeParameter
    why: tuple[str, ...]
    response: float = 0.0


@dataclass(frozen=True)
class Proposal:
    """A proposed problem.

    Attributes
    ----------
    text : of its file
    chosen, left_out : lines that say why each number is fitted, or is not
    noise : lines on the noise of each curve
    not_fitted : paths of the numbers that were left out
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


def candidates(material: Material) -> tuple[Candidate, ...]:
    """The numbers of a material that may be fitted, those first that are needed most."""
    coated = isinstance(material, CoreShellMaterial)
    inner, trapping = ("core", ("shell", "core")) if coated else ("carbon", ("carbon",))
    numbers = sources(material)
    listed = [
        ("sloping.capacity", "capacity of the slope"),
        ("clusters.pore_fraction", "share of the pores that clusters fill, the length of the plateau"),
        ("sloping.potential", "where the slope lies"),
        ("sloping.interaction", "how steep the slope is"),
        ("clusters.rate", "how fast clusters form, which limits the plateau"),
        ("sloping.diffusivity", "diffusion, which limits the capacity at a rate"),
        ("clusters.potential", "where the plateau lies"),
    ]
    found = [Candidate(f"{inner}.{leaf}", CARBON + leaf, meaning) for leaf, meaning in listed]
    found += [
        Candidate(
            f"{place}.trapping.capacity",
            f"{CARBON}trapping.capacity",
            "sodium that is trapped for good in the first cycle",
            per_gram_of_all=place == "shell",
        )
        for place in trapping
    ]
    charges = {
        path: n.si for path, n in numbers.items() if path.startswith("sei.steps.") and "charge" in path
    }
    if charges:
        largest = max(charges, key=lambda path: charges[path])
        found.append(Candidate(largest, largest, "charge of the largest step of SEI, per surface"))
    return tuple(candidate for candidate in found if candidate.path in numbers)


def propose(
    material: Material,
    named: str,
    records: Sequence[Record],
    curves: Sequence[Mapping[str, Any]],
    trial: Path,
    title: str,
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

    Raises
    ------
    InputError
        The material has none of the numbers, or no simulation reaches the end of the protocol.
    """
    priors = read_priors()
    proposed = [_proposed(candidate, material, named, priors) for candidate in candidates(material)]
    if not proposed:
        raise InputError(
            f"{named}: has none of the numbers that a guided fit looks at, such as a sloping capacity; write "
            "the problem yourself (docs/fitting.md)"
        )
    sections = [dict(curve) | _noise_fields(record) for curve, record in zip(curves, records, strict=True)]
    responses = _responses(proposed, sections, trial, title)
    ranked = sorted(
        (Proposed(p.candidate, p.free, p.why, r) for p, r in zip(proposed, responses, strict=True)),
        key=lambda each: -each.response,
    )
    touched = [each for each in ranked if each.response >= TOUCHED]
    fitted, beyond = touched[:MOST_PARAMETERS], touched[MOST_PARAMETERS:]
    if not fitted:
        raise InputError(f"{named}: the curves respond to none of its numbers; is this the right material?")
    numbers = sources(material)
    left_out = [
        f"{each.candidate.path} ({each.candidate.meaning}) stays at {numbers[each.candidate.path]}: "
        + (
            f"{MOST_PARAMETERS} other numbers move the curves more"
            if each in beyond
            else "the data do not touch it: one standard deviation of its prior moves the curves by "
            f"{np.sqrt(each.response):.2g} standard deviations of the noise in all"
        )
        for each in ranked
        if each not in fitted
    ]
    in_order = [each for each in (_same(p, fitted) for p in proposed) if each is not None]
    starts = coarse_start([each.free for each in in_order], sections, trial)
    in_order = [
        Proposed(p.candidate, p.free.model_copy(update={"start": start}), p.why, p.response)
        for p, start in zip(in_order, starts, strict=True)
    ]
    chosen = [
        f"{each.candidate.path} ({each.candidate.meaning}) is fitted: one standard deviation of its prior "
        f"moves the curves by {np.sqrt(each.response):.3g} standard deviations of the noise in all"
        for each in in_order
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
    text = _text(title, in_order, left_out, sections, noise)
    ProblemFile.model_validate(parse_toml(text, "the proposed problem"))
    not_fitted = tuple(each.candidate.path for each in ranked if each not in fitted)
    return Proposal(text, tuple(chosen), tuple(left_out), tuple(noise), not_fitted)


def _same(proposed: Proposed, among: Sequence[Proposed]) -> Proposed | None:
    return next((each for each in among if each.candidate == proposed.candidate), None)


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
    """Chi-squared of the change of the curves by one standard deviation of each prior, from derivatives."""
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
    return [float(value) for value in np.square(np.linalg.norm(jacobian, axis=0) / np.abs(slopes))]


def _text(
    title: str,
    fitted: Sequence[Proposed],
    left_out: Sequence[str],
    curves: Sequence[Mapping[str, Any]],
    noise: Sequence[str],
) -> str:
    """The problem's file, with the reason and the sources of each number as comments."""
    lines = [
        "# A proposed fit problem: edit it, then `coreshell fit` this file (docs/fitting.md).",
        *(f"# Not fitted: {text}." for text in left_out),
        f"title = {in_quotes(title)}",
    ]
    for each in fitted:
        free = each.free
        assert free.prior is not None and free.start is not None  # proposed with both
        width = f"sd = {free.prior.sd!r}" if free.scale == "linear" else f"factor = {free.prior.factor!r}"
        lines += [
            "",
            "[[parameters]]",
            f"# {each.candidate.meaning}",
            *(f"# {text}" for text in each.why),
            f"path = {in_quotes(free.path)}",
            f"shared = {_toml(list(free.shared))}",
            f"unit = {in_quotes(free.unit)}",
            f"lower = {free.lower!r}",
            f"upper = {free.upper!r}",
            f"start = {free.start!r}  # by coarse fits to a noise of {_stages()}",
            f"scale = {in_quotes(free.scale)}",
            f"prior = {{ mean = {free.prior.mean!r}, {width} }}",
        ]
    for curve, text in zip(curves, noise, strict=True):
        lines += ["", "[[curves]]", f"# {text}", *_fields(curve)]
    return "\n".join(lines) + "\n"


def _stages() -> str:
    """The noise of the coarse fits, in words."""
    return ", then ".join(f"{noise:g} mV and {axis:g} mAh/g" for noise, axis in STAGES)


def _fields(entries: Mapping[str, Any]) -> Iterator[str]:
    for name, value in entries.items():
        if value is not None:
            yield f"{name} = {_toml(value)}"


def _toml(value: Any) -> str:
    """A value of a problem as TOML."""
    if isinstance(value, str):
        return in_quotes(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{in_quotes(str(k))} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value)
