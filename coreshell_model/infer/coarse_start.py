"""A start near the data: the same problem is first fitted to much noise, then to less.

Far from the data, the sharp ends of half-cycles make many side valleys. With a noise of 100 mV and 20 mAh/g
they are filled; the minimum there is the start of the next, finer fit. Priors and bounds stay.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.problem_file import FreeParameter, ProblemFile
from coreshell_model.infer.reading import problem
from coreshell_model.infer.search import minimise

STAGES = ((100.0, 20.0), (20.0, 4.0))
"""Noise of the voltage [mV] and of the capacity [mAh/g] in each stage, the coarse one first."""

POINTS = 80
"""Points of a curve in these stages."""

ENOUGH = 1.0
"""Fall of chi-squared in a round below which a stage ends."""

DIGITS = 4


def coarse_start(
    parameters: Sequence[FreeParameter], curves: Sequence[Mapping[str, Any]], folder: Path
) -> list[float]:
    """The value of each parameter where the coarse fits end.

    Parameters
    ----------
    parameters : with their bounds, priors and first starts
    curves : the sections of the curves
    folder : from which paths count
    """
    places: np.ndarray | None = None
    values: list[float] = []
    for noise, axis_noise in STAGES:
        coarse = [
            dict(curve) | {"sd": noise, "unit": "mV", "axis_sd": axis_noise, "points": POINTS}
            for curve in curves
        ]
        file = ProblemFile.model_validate({"parameters": list(parameters), "curves": coarse})
        read = problem(file, "coarse", folder, "the proposed problem")
        begin = np.array(read.start) if places is None else places
        end = minimise(Misfit(read, compiled=read.compiling_pays), begin, tolerance=ENOUGH)
        places = end.places
        values = [free.value(place) for free, place in zip(read.parameters, places, strict=True)]
    return [
        min(max(float(f"{value:.{DIGITS}g}"), free.lower), free.upper)
        for value, free in zip(values, parameters, strict=True)
    ]
