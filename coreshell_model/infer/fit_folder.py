"""A fit on disk: what it is a fit of, and each start and profile as it is finished."""

from dataclasses import asdict
from pathlib import Path

from coreshell_model.base.files import begun, read_kept, replace, sealed
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.infer.profile import Point, Profile
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

KIND, FIT, STARTS, PROFILES = "fit", "fit.json", "starts", "profiles"


class FitFolder:
    """The files of one fit; a kill costs the starts and profiles at work, no finished one."""

    def __init__(self, path: Path):
        self.path = path

    def begin(self, problem: Problem, seed: int, resume: bool) -> None:
        """Start or resume.

        Raises
        ------
        InputError
            A fit is there and was not to be resumed, or another one than this.
        """
        begun(self.path / FIT, identity(problem, seed), KIND, resume)
        for name in (STARTS, PROFILES):
            (self.path / name).mkdir(exist_ok=True)

    def start(self, number: int) -> dict | None:
        """A finished start, or None."""
        return read_kept(self._of_start(number)) if self._of_start(number).exists() else None

    def keep_start(self, number: int, record: dict) -> None:
        """One more start."""
        replace(self._of_start(number), sealed(record, indent=2))

    def profile(self, index: int, inflation: float) -> tuple[Profile, dict, float] | None:
        """A finished profile for this noise, what it cost and chi-squared of its best fit, or None."""
        path = self._of_profile(index)
        if not path.exists():
            return None
        stored = read_kept(path)
        if stored["Inflation"] != inflation:
            return None
        points = tuple(
            Point(**one | {name: tuple(one[name]) for name in ("places", "pushed", "leaning")})
            for one in stored["Points"]
        )
        return Profile(index, points, tuple(stored["Slices"])), stored["Cost"], stored["Best chi-squared"]

    def keep_profile(self, found: Profile, best: Minimum, inflation: float, cost: dict) -> None:
        """One more profile, about a best fit with so much noise."""
        record = {
            "Best": best.places.tolist(),
            "Best chi-squared": best.chi_squared,
            "Inflation": inflation,
            "Points": [asdict(point) for point in found.points],
            "Slices": list(found.slices),
            "Cost": cost,
        }
        replace(self._of_profile(found.index), sealed(record, indent=2))

    def _of_start(self, number: int) -> Path:
        return self.path / STARTS / f"start_{number:03}.json"

    def _of_profile(self, index: int) -> Path:
        return self.path / PROFILES / f"parameter_{index + 1:03}.json"


def identity(problem: Problem, seed: int) -> dict:
    """What a fit is a fit of; to resume, all of it has to be the same. The number of starts may grow."""

    def plain(section) -> dict:
        return section.model_dump(exclude_none=True, mode="json")

    return {
        "Problem": plain(problem.file),
        "Runs": [[run.name, run.through, run.identity()] for run in problem.runs],
        "Data": [
            *([p.axis.tolist(), p.measured.tolist()] for _, one in problem.curves for p in one.pieces),
            *([one.frequencies.tolist(), one.measured.tolist()] for _, one in problem.spectra),
        ],
        "Seed": seed,
        "Versions": versions_of_a_run(),
    }
