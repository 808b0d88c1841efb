"""What the folder of a fit keeps: the fit's identity, and each start and profile as it is finished."""

from dataclasses import asdict

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.profile import Point, Profile
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

KIND, FIT = "fit", "fit.json"


def name_of_start(number: int) -> str:
    """Name of the file of a start."""
    return f"starts/start_{number:03}.json"


def kept_profile(keeper: Keeper, index: int, noise: Noise) -> tuple[Profile, dict, float] | None:
    """A finished profile for this noise, its cost and chi-squared of its best fit; None without one."""
    stored = keeper.piece(_name_of_profile(index))
    if stored is None or Noise.of_record(stored) != noise:
        return None
    points = tuple(
        Point(**point | {name: tuple(point[name]) for name in ("places", "pushed", "leaning")})
        for point in stored["Points"]
    )
    return Profile(index, points, tuple(stored["Slices"])), stored["Cost"], stored["Best chi-squared"]


def keep_profile(keeper: Keeper, profile: Profile, best: Minimum, noise: Noise, cost: dict) -> None:
    """Keep a profile with the best fit and the noise that it was walked for."""
    record = {
        "Best": best.places.tolist(),
        "Best chi-squared": best.chi_squared,
        **noise.record(),
        "Points": [asdict(point) for point in profile.points],
        "Slices": list(profile.slices),
        "Cost": cost,
    }
    keeper.keep(_name_of_profile(profile.index), record)


def _name_of_profile(index: int) -> str:
    return f"profiles/parameter_{index + 1:03}.json"


def identity(problem: Problem, seed: int) -> dict:
    """What has to be the same for a fit to be resumed; the number of starts may change."""

    def plain(section) -> dict:
        return section.model_dump(exclude_none=True, mode="json")

    return {
        "Problem": plain(problem.file),
        "Runs": [[run.name, run.through, run.identity()] for run in problem.runs],
        "Data": [
            *([p.axis.tolist(), p.measured.tolist()] for _, curve in problem.curves for p in curve.pieces),
            *([s.frequencies.tolist(), s.measured.tolist()] for _, s in problem.spectra),
        ],
        "Seed": seed,
        "Versions": versions_of_a_run(),
    }
