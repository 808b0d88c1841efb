"""A sampling on disk: what it is a sampling of, its rounds, and each evaluation as it is done."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import append_line, begun, read_kept, read_lines, replace, sealed
from coreshell_model.infer.surrogate import Centre
from coreshell_model.infer.target import Evaluated, Key

KIND = "posterior"
SAMPLING, EVALUATIONS, ROUNDS, CENTRE = "sampling.json", "evaluations.jsonl", "rounds", "centre.json"

Array = NDArray[np.float64]


class Kept:
    """Rounds and evaluations in memory, and in a folder where one is given; a kill costs what was at work."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder
        self.evaluations: dict[Key, Evaluated] = {}
        self._rounds: dict[int, dict] = {}
        self._centre: Centre | None = None

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
        if self.folder is None:
            return
        if begun(self.folder / SAMPLING, what, KIND, resume):
            self._read_evaluations(self.folder / EVALUATIONS)
        (self.folder / ROUNDS).mkdir(exist_ok=True)

    def centre(self) -> Centre | None:
        """Where the sampling begins, or None where that is not known yet."""
        if self._centre is None and self.folder is not None and (self.folder / CENTRE).exists():
            stored = read_kept(self.folder / CENTRE)
            self._centre = Centre(
                np.array(stored["Places"]), np.array(stored["Jacobian"]), stored.get("Inflation", 1.0)
            )
        return self._centre

    def keep_centre(self, centre: Centre) -> None:
        """Where the sampling begins."""
        self._centre = centre
        if self.folder is not None:
            record = {"Places": centre.places.tolist(), "Jacobian": centre.jacobian.tolist()}
            record["Inflation"] = centre.inflation
            replace(self.folder / CENTRE, sealed(record))

    def round(self, number: int) -> dict | None:
        """What a round proposed, or None where it has not begun."""
        if number not in self._rounds and self.folder is not None and self._of_round(number).exists():
            self._rounds[number] = read_kept(self._of_round(number))
        return self._rounds.get(number)

    def keep_round(self, number: int, record: dict) -> None:
        """What a round proposes, before any of it is evaluated."""
        self._rounds[number] = record
        if self.folder is not None:
            replace(self._of_round(number), sealed(record, indent=1))

    def keep(self, key: Key, found: Evaluated) -> None:
        """One more evaluation."""
        self.evaluations[key] = found
        if self.folder is None:
            return
        record = {
            "Round": key[0],
            "Point": key[1],
            "Places": found.places.tolist(),
            "Residuals": found.residuals.tolist(),
            "Scalars": list(found.scalars),
            "Failures": list(found.failures),
        }
        append_line(self.folder / EVALUATIONS, sealed(record))

    def _of_round(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / ROUNDS / f"round_{number:03}.json"

    def _read_evaluations(self, path: Path) -> None:
        """All whole lines; one that a kill cut short is dropped from the file, and evaluated again."""
        try:
            for one in read_lines(path):
                self.evaluations[one["Round"], one["Point"]] = Evaluated(
                    np.array(one["Places"]),
                    np.array(one["Residuals"]),
                    tuple(one["Scalars"]),
                    tuple(one["Failures"]),
                )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: cannot be read ({error}); start in another folder") from None
