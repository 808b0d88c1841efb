"""The text of a proposed fit problem, with the reason and the sources of each number as comments."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coreshell_model.infer.candidates import Proposed
from coreshell_model.infer.coarse_start import STAGES
from coreshell_model.inputs.material_text import in_quotes, toml


def problem_text(
    title: str,
    fitted: Sequence[Proposed],
    untouched: Sequence[Proposed],
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
        lines += _section("parameters", each, f"  # by coarse fits to a noise of {_stages()}")
    for each in untouched:
        lines += _section("untouched", each, "  # where the fit leaves it; draws have it by its prior")
    for curve, text in zip(curves, noise, strict=True):
        lines += ["", "[[curves]]", f"# {text}", *_fields(curve)]
    return "\n".join(lines) + "\n"


def _section(table: str, each: Proposed, why_there: str) -> list[str]:
    """A number with the sources of its prior and bounds; ``why_there`` is a comment on its start."""
    free = each.free
    assert free.prior is not None and free.start is not None  # proposed with both
    width = f"sd = {free.prior.sd!r}" if free.scale == "linear" else f"factor = {free.prior.factor!r}"
    return [
        "",
        f"[[{table}]]",
        f"# {each.candidate.meaning}",
        *(f"# {text}" for text in each.why),
        f"path = {in_quotes(free.path)}",
        f"shared = {toml(list(free.shared))}",
        f"unit = {in_quotes(free.unit)}",
        f"lower = {free.lower!r}",
        f"upper = {free.upper!r}",
        f"start = {free.start!r}{why_there}",
        f"scale = {in_quotes(free.scale)}",
        f"prior = {{ mean = {free.prior.mean!r}, {width} }}",
    ]


def _stages() -> str:
    """The noise of the coarse fits, in words."""
    return ", then ".join(f"{noise:g} mV and {axis:g} mAh/g" for noise, axis in STAGES)


def _fields(entries: Mapping[str, Any]) -> Iterator[str]:
    for name, value in entries.items():
        if value is not None:
            yield f"{name} = {toml(value)}"
