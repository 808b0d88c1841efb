"""The ranking of experiments as JSON, table and picture: the sample as it is beside the advised one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import column_of, quantiles
from coreshell_model.base.units import parse_quantity
from coreshell_model.base.written import write_files
from coreshell_model.design.advice import axis_value
from coreshell_model.design.beside import ADVISED, AS_IS, DIFFERENCE, Numbers, beside
from coreshell_model.design.experiments import SAME
from coreshell_model.design.next_experiment import Candidate, Ranked, Ranking
from coreshell_model.design.problem import Problem
from coreshell_model.design.range_ends import at_ends
from coreshell_model.design.reference import reference_value
from coreshell_model.design.space import Axis
from coreshell_model.inputs.changes import VARIABLES
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.particle import mass_gain, shape_of
from coreshell_model.show.figures.candidates import AREA, INFORMATION, THICKNESS, candidates_picture
from coreshell_model.show.figures.picture import Picture, save_picture

SAMPLE, EXPECTED = "Sample", "Expected"
BEYOND = "Information beyond that of the same sample [nat]"


def sample_of(material: Material) -> dict[str, float]:
    """The numbers by which a sample is made and recognised."""
    shape = shape_of(material)
    return {
        THICKNESS: 1e9 * shape.shell_thickness,
        "CVD mass gain [%]": 100 * mass_gain(material),
        "Particle radius [nm]": 1e9 * shape.radius,
        AREA: 1e-3 * shape.external_area,
    }


def _sample(candidate: Candidate, present: Numbers) -> Numbers:
    """The sample of a candidate; that of arithmetic is the one as it is."""
    return present if candidate.problem is None else sample_of(candidate.problem.point({})[0])


def _same(ranking: Ranking) -> Ranked | None:
    return next((ranked for ranked in ranking.ranked if ranked.name == SAME), None)


def _expected(candidate: Candidate, ranking: Ranking) -> dict[str, float]:
    """Medians over the draws of what a candidate would measure, by quantity."""
    weights = ranking.data.weights[ranking.weighed]
    medians = quantiles(candidate.predictions[ranking.weighed], weights, (0.5,))[0]
    return dict(zip(candidate.errors, np.asarray(medians, float).tolist(), strict=True))


def records(ranking: Ranking) -> list[dict[str, Any]]:
    """Every candidate in order, with its sample and what it would measure beside the sample as it is."""
    present, same = sample_of(ranking.data.material), _same(ranking)
    found = []
    for ranked in ranking.ranked:
        as_measured = _expected(same.candidate, ranking) if same is not None else {}
        own = _expected(ranked.candidate, ranking)
        beyond = None if same is None else ranked.gain.information - same.gain.information
        found.append(
            ranked.results()
            | {
                BEYOND: beyond,
                SAMPLE: beside(present, _sample(ranked.candidate, present)),
                EXPECTED: beside({name: as_measured.get(name, np.nan) for name in own}, own),
            }
        )
    return found


def table(ranking: Ranking) -> pd.DataFrame:
    """A row for each candidate: its information, and the numbers of its sample beside those as it is."""
    rows = []
    for record in records(ranking):
        row = {name: record[name] for name in ("Experiment", INFORMATION, BEYOND)}
        row |= {"Sample": AS_IS if record["Experiment"] == SAME else ""}
        for name, numbers in {**record[SAMPLE], **record[EXPECTED]}.items():
            row |= {column_of(name, part.lower()): numbers[part] for part in (AS_IS, ADVISED, DIFFERENCE)}
        rows.append(row)
    return pd.DataFrame(rows)


def tried(problem: Problem, candidates: list[Candidate]) -> dict[str, Axis]:
    """The values that candidates try of each number, that of the sample as it is among them."""
    found: dict[str, Axis] = {}
    for candidate in candidates:
        experiment = candidate.experiment
        if experiment is None or not experiment.varies:
            continue
        name = experiment.varies
        value, unit = parse_quantity(experiment.changes[name])
        axis = found.get(name)
        if axis is None:
            shown = VARIABLES[name].unit if name in VARIABLES else unit
            axis = Axis(name, shown, values=(_own(problem, name, shown),))
        values = dict.fromkeys((*axis.values, axis_value(value, unit, axis)))
        found[name] = Axis(name, axis.unit, values=tuple(values))
    return found


def _own(problem: Problem, name: str, unit: str) -> float:
    value, own_unit = reference_value(name, problem)
    return axis_value(value, own_unit, Axis(name, unit, values=(value,)))


def range_advice(ranking: Ranking) -> list[str]:
    """The sentence that the most informative candidate is at an end of what was tried of its number."""
    best, same = ranking.ranked[0].candidate, _same(ranking)
    if best.experiment is None or not best.experiment.varies or same is None:
        return []
    name, as_is = best.experiment.varies, same.candidate.problem
    if as_is is None:
        return []
    try:
        axis = tried(as_is, [ranked.candidate for ranked in ranking.ranked])[name]
    except InputError:  # a number that is 0 or not given in the sample as it is
        return []
    value = axis_value(*parse_quantity(best.experiment.changes[name]), axis)
    return at_ends([axis], {f"the most informative candidate, {best.name}": {name: value}})


def picture(ranking: Ranking, title: str) -> Picture:
    """Information of every candidate, and their samples; the one as it is and the advised one are marked."""
    return candidates_picture(table(ranking), title)


RESULTS = "candidates.json"


def save(ranking: Ranking, record: dict[str, Any], folder: Path) -> list[Path]:
    """Write the record as JSON, and the picture with the table of its numbers; return the paths."""
    title = f"{ranking.data.material.name}: {ranking.data.question}, {ranking.draws} draws"
    paths = write_files({RESULTS: json.dumps(record, indent=2, allow_nan=False)}, folder)
    return paths + save_picture(picture(ranking, title), folder / "candidates.png", (".pdf",))
