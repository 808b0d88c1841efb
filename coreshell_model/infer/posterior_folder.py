"""What is kept of a sampling: what it is a sampling of, its rounds, and each evaluation as it is done."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from coreshell_model.base.keeper import Keeper
from coreshell_model.infer.surrogate import Centre
from coreshell_model.infer.target import Evaluated, Key

KIND = "posterior"
SAMPLING, EVALUATIONS, CENTRE = "sampling.json", "evaluations.jsonl", "centre.json"


class Kept:
    """Rounds and evaluations in memory, and in a folder where one is given; a kill costs what was at work."""

    def __init__(self, folder: str | Path | None = None):
        self.keeper = Keeper(folder, KIND)
        self.evaluations: dict[Key, Evaluated] = {}
        self._lines = self.keeper.lines(EVALUATIONS)

    def begin(self, what: Mapping[str, object], resume: bool) -> None:
        """Start or resume.

        Parameters
        ----------
        what : that is sampled; to resume, all of it has to be the same
        resume : go on with what the folder holds

        Raises
        ------
        InputError
            A sampling is there and was not to be resumed, or another one than this.
        """
        if self.keeper.begin(SAMPLING, what, resume) is None:
            return
        with self.keeper.reading(EVALUATIONS):
            for one in self._lines.read():
                self.evaluations[one["Round"], one["Point"]] = Evaluated(
                    np.array(one["Places"]),
                    np.array(one["Residuals"]),
                    tuple(one["Scalars"]),
                    tuple(one["Failures"]),
                )

    def centre(self) -> Centre | None:
        """Where the sampling begins, or None where that is not known yet."""
        stored = self.keeper.piece(CENTRE)
        if stored is None:
            return None
        return Centre(np.array(stored["Places"]), np.array(stored["Jacobian"]), stored.get("Inflation", 1.0))

    def keep_centre(self, centre: Centre) -> None:
        """Where the sampling begins."""
        record = {"Places": centre.places.tolist(), "Jacobian": centre.jacobian.tolist()}
        self.keeper.keep(CENTRE, record | {"Inflation": centre.inflation})

    def round(self, number: int) -> dict | None:
        """What a round proposed, or None where it has not begun."""
        return self.keeper.piece(_name_of_round(number))

    def keep_round(self, number: int, record: dict) -> None:
        """What a round proposes, before any of it is evaluated."""
        self.keeper.keep(_name_of_round(number), record)

    def keep(self, key: Key, found: Evaluated) -> None:
        """One more evaluation."""
        self.evaluations[key] = found
        record = {
            "Round": key[0],
            "Point": key[1],
            "Places": found.places.tolist(),
            "Residuals": found.residuals.tolist(),
            "Scalars": list(found.scalars),
            "Failures": list(found.failures),
        }
        self._lines.append(record)


def _name_of_round(number: int) -> str:
    return f"rounds/round_{number:03}.json"
