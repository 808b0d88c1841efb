"""What the folder of a sampling keeps: its identity, its rounds, and each evaluation as it is finished."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from coreshell_model.base.keeper import Keeper
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.surrogate import Centre
from coreshell_model.infer.target import EvaluatedPoint, Key

KIND = "posterior"
SAMPLING, EVALUATIONS, CENTRE = "sampling.json", "evaluations.jsonl", "centre.json"


class KeptSampling:
    """Rounds and evaluations of a sampling, in memory and, where a folder is given, in it as they come."""

    def __init__(self, folder: str | Path | None = None):
        self.keeper = Keeper(folder, KIND)
        self.evaluations: dict[Key, EvaluatedPoint] = {}
        self._lines = self.keeper.lines(EVALUATIONS)

    def begin(self, identity: Mapping[str, object], resume: bool) -> None:
        """Start or resume.

        Parameters
        ----------
        identity : of what is sampled; it has to be the same to resume
        resume : go on with what the folder holds

        Raises
        ------
        InputError
            The folder holds a sampling that is not to be resumed, or that is not this one.
        """
        if self.keeper.begin(SAMPLING, identity, resume) is None:
            return
        with self.keeper.reading(EVALUATIONS):
            for line in self._lines.read():
                self.evaluations[line["Round"], line["Point"]] = EvaluatedPoint(
                    np.array(line["Places"]),
                    np.array(line["Residuals"]),
                    tuple(line["Scalars"]),
                    tuple(line["Failures"]),
                )

    def centre(self) -> Centre | None:
        """The best fits at which the sampling begins; None where they are not kept yet."""
        stored = self.keeper.piece(CENTRE)
        if stored is None:
            return None
        return Centre(np.array(stored["Places"]), np.array(stored["Jacobian"]), Noise.of_record(stored))

    def keep_centre(self, centre: Centre) -> None:
        """Keep the best fits at which the sampling begins."""
        record = {"Places": centre.places.tolist(), "Jacobian": centre.jacobian.tolist()}
        self.keeper.keep(CENTRE, record | centre.noise.record())

    def round(self, number: int) -> dict | None:
        """The points that a round proposed; None where it has not begun."""
        return self.keeper.piece(_name_of_round(number))

    def keep_round(self, number: int, record: dict) -> None:
        """Keep the points that a round proposes, before any of them is evaluated."""
        self.keeper.keep(_name_of_round(number), record)

    def keep(self, key: Key, point: EvaluatedPoint) -> None:
        """Keep an evaluation."""
        self.evaluations[key] = point
        record = {
            "Round": key[0],
            "Point": key[1],
            "Places": point.places.tolist(),
            "Residuals": point.residuals.tolist(),
            "Scalars": list(point.scalars),
            "Failures": list(point.failures),
        }
        self._lines.append(record)


def _name_of_round(number: int) -> str:
    return f"rounds/round_{number:03}.json"
