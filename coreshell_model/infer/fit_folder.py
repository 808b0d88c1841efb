"""What is kept of a fit: what it is a fit of, and each start and profile as it is finished."""

from dataclasses import asdict

from coreshell_model.base.keeper import Keeper
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.infer.profile import Point, Profile
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

KIND, FIT = "fit", "fit.json"


def name_of_start(number: int) -> str:
    """Under which a start is kept."""
    return f"starts/start_{number:03}.json"


def kept_profile(keeper: Keeper, index: int, inflation: float) -> tuple[Profile, dict, float] | None:
    """A finished profile for this noise, what it cost and chi-squared of its best fit, or None."""
    stored = keeper.piece(_name_of_profile(index))
    if stored is None or stored["Inflation"] != inflation:
        return None
    points = tuple(
        Point(**one | {name: tuple(one[name]) for name in ("places", "pushed", "leaning")})
        for one in stored["Points"]
    )
    return Profile(index, points, tuple(stored["Slices"])), stored["Cost"], stored["Best chi-squared"]


def keep_profile(keeper: Keeper, profile: Profile, best: Minimum, inflation: float, cost: dict) -> None:
    """One more profile, about a best fit with so much noise."""
    record = {
        "Best": best.places.tolist(),
        "Best chi-squared": best.chi_squared,
        "Inflation": inflation,
        "Points": [asdict(point) for point in profile.points],
        "Slices": list(profile.slices),
        "Cost": cost,
    }
    keeper.keep(_name_of_profile(profile.index), record)


def _name_of_profile(index: int) -> str:
    return f"profiles/parameter_{index + 1:03}.json"


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
