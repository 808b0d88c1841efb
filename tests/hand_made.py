"""Solutions written by hand, whose results are known beforehand."""

import numpy as np

from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.solution import PROFILES, SERIES, Ending, Solution, StepTaken

SHAPE = dict(parameter_values(read_material("core_shell"), read_protocol("formation"))) | {
    "Core radius [m]": 3e-7,
    "Shell thickness [m]": 1e-8,
    "External area [m2.kg-1]": 14e3,
}


def solution(cycles, ending=Ending.COMPLETED, **series):
    """Formation's window and basis with other cycles, each step a pair of its words and its points.

    ``series`` maps names to one array a step, all steps in a row; what is not given is zero.
    """
    words = tuple({"steps": tuple(text for text, _ in steps)} for steps in cycles)
    protocol = protocol_from_dict(
        read_protocol("formation").model_dump() | {"name": "test", "cycles": words}, "test"
    )
    taken, start = [], 0
    for cycle, (steps, read) in enumerate(zip(cycles, protocol.steps_by_cycle(), strict=True), start=1):
        for number, ((_, points), asked) in enumerate(zip(steps, read, strict=True), start=1):
            taken.append(StepTaken(cycle, number, asked, Ending.TIME, slice(start, start + points)))
            start += points
    saved = {name: np.zeros(start) for name in (*SERIES, *PROFILES)}
    saved |= {name: np.concatenate(parts) for name, parts in series.items()}
    return Solution(read_material("core_shell"), protocol, SHAPE, tuple(taken), ending, "", 0.0, saved=saved)
