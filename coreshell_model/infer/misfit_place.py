"""Where a model misses the data most: a stretch of a curve or of a spectrum, or a number, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.intervals import Array
from coreshell_model.base.tables import shown_number
from coreshell_model.base.units import from_si
from coreshell_model.infer.curves import MeasuredCurve, Piece
from coreshell_model.infer.reading import Problem


@dataclass(frozen=True)
class Place:
    """A part of the data.

    Attributes
    ----------
    chi_squared : of this part
    largest : residual of the largest size in it
    words : where it is
    """

    chi_squared: float
    largest: float
    words: str


def largest_misfit(problem: Problem, residuals: Array) -> str:
    """The part of the data that is missed most, with its share of chi-squared, in words.

    Parameters
    ----------
    problem : what was fitted
    residuals : of its data, in stated standard deviations
    """
    worst = max(_places(problem, residuals), key=lambda place: place.chi_squared)
    share = 100 * worst.chi_squared / max(float(residuals @ residuals), np.finfo(float).tiny)
    return f"{share:.0f} % of it {worst.words}, {worst.largest:.3g} standard deviations at most"


def _places(problem: Problem, residuals: Array) -> Iterator[Place]:
    average, begin = float(np.mean(residuals**2)), 0
    for run, scalar in problem.scalars:
        size = abs(float(residuals[begin]))
        begin += 1
        yield Place(size**2, size, f"in {scalar.name} of {problem.runs[run].name}")
    for _, curve in problem.curves:
        for piece in curve.pieces:
            squares = residuals[begin : begin + len(piece.axis)] ** 2
            begin += len(squares)
            order = np.argsort(piece.axis, kind="stable")
            first, last = stretch(squares[order] - average)
            inside = order[first : last + 1]
            words = _along(curve, piece, int(inside[0]), int(inside[-1]))
            yield _place(squares[inside], words)
    for _, spectrum in problem.spectra:
        count = len(spectrum.frequencies)
        squares = (residuals[begin : begin + 2 * count] ** 2).reshape(2, count)
        begin += 2 * count
        order = np.argsort(spectrum.frequencies, kind="stable")
        first, last = stretch(squares.sum(axis=0)[order] - 2 * average)
        ends = [shown_number(float(spectrum.frequencies[order[end]]), 3) for end in (first, last)]
        words = f"between {ends[0]} and {ends[1]} Hz of {spectrum.section.named}"
        yield _place(squares[:, order[first : last + 1]], words)


def _place(squares: Array, words: str) -> Place:
    return Place(float(squares.sum()), float(np.sqrt(squares.max())), words)


def stretch(excess: Array) -> tuple[int, int]:
    """First and last index of the neighbouring numbers whose sum is largest (Kadane's algorithm)."""
    sums = np.concatenate([[0.0], np.cumsum(excess)])
    lowest = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - lowest))
    return int(np.argmin(sums[: last + 1])), last


def _along(curve: MeasuredCurve, piece: Piece, first: int, last: int) -> str:
    """A stretch of a curve by its axis and its measured values."""
    scale, unit = (1.0, "mAh/g") if curve.section.over == "capacity" else (3600.0, "h")
    axis = [shown_number(float(piece.axis[end]) / scale, 3) for end in (first, last)]
    of = "V" if curve.section.of == "voltage" else "mA/g"
    values = [shown_number(from_si(float(piece.measured[end]), of), 3) for end in (first, last)]
    half = f" of half-cycle {piece.half_cycle}" if piece.half_cycle else ""
    there = f"between {axis[0]} and {axis[1]} {unit} ({values[0]} to {values[1]} {of})"
    return f"{there}{half} of {curve.section.named}"
