"""Draws of a posterior as alternatives to the shipped materials: what the data of the fit allow."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coreshell_model.base import library
from coreshell_model.base.files import fingerprint
from coreshell_model.base.provenance import DIGITS
from coreshell_model.base.quantity import Quantity
from coreshell_model.checks.claim_runs import Band, Changes, Found, ends_together, missing
from coreshell_model.infer.draws import TABLE, Posterior, quantiles, read_posterior
from coreshell_model.inputs.material import Material, read_material, sources
from coreshell_model.inputs.ranges import settled

LEVELS = (0.05, 0.95)
"""Quantiles that are the ends of a band."""

LEAST_SHARE = 0.9
"""Of the draws that have to give a number: the band is 90 % wide, more left out could be its ends."""

DRAWS = 100
"""Where no number is asked for: 5 draws lie beyond either end."""

SAME = 1e-9
"""Of a number: what draws that do not concern it change by rounding alone."""

SEED = 0


@dataclass(frozen=True)
class PosteriorDraws:
    """Draws of a posterior, each changing all materials that it knows together; 5 to 95 % quantiles.

    A material with assumed ranges as well takes their ends in turn, one combination a draw: nothing is known
    of what lies between, and both ends stay inside of the band. The shipped numbers are not counted.

    Attributes
    ----------
    posterior : the table
    rows : of the draws taken, each once
    counts : how often each was drawn
    """

    posterior: Posterior
    rows: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def draws(self) -> int:
        """How many were drawn."""
        return sum(self.counts)

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """One a draw; none where the posterior has no number of the materials, or their runs set it."""
        ends = ends_together(materials)
        settings = [settled(one) for one in materials]
        found = []
        for turn, row in enumerate(self.rows):
            end = ends[turn % len(ends)]
            drawn = [self._changes_of(row, one, but) for one, but in zip(materials, settings, strict=True)]
            if not any(drawn):
                return []
            found.append(tuple({**end[one.name], **own} for one, own in zip(materials, drawn, strict=True)))
        return found

    def band(self, shipped: float, found: Sequence[Found]) -> Band:
        """Quantiles of the draws that give a number; none where too few do, or where no draw moves it."""
        counted = zip(found, self.counts, strict=True)
        given = [(one, count) for one, count in counted if not isinstance(one, str)]
        reason = next((one for one in found if isinstance(one, str)), None)
        known = sum(count for _, count in given)
        note = missing(self.draws - known, self.draws, "draws", reason) if reason else ""
        if known < LEAST_SHARE * self.draws:
            return Band(None, note)
        if all(math.isclose(one, shipped, rel_tol=SAME) for one, _ in given):
            return Band(None, f"{note}; no other moves it" if note else "no draw moves it")
        values, counts = (np.array(column, dtype=float) for column in zip(*given, strict=True))
        low, high = quantiles(values, counts, LEVELS)
        return Band((float(low), float(high)), note)

    def record(self) -> dict:
        """What the report says of them."""
        return {
            **self.identity(),
            "problem": self.posterior.name,
            "of draws": len(self.posterior),
            "of effective draws": round(self.posterior.effective),
            "warnings": list(self.posterior.record.get("Warnings", ())),
            "changed since": self._changed_since(),
        }

    def identity(self) -> dict:
        """What tells the bands of these draws from those of others: levels, number, seeded table."""
        posterior = self.posterior
        numbers = np.column_stack([posterior.weights, posterior.values])
        table = [[f"{one:.{DIGITS}g}" for one in row] for row in numbers.tolist()]
        of = fingerprint([posterior.columns, table, self._followed()])
        return {"draws": self.draws, "levels": list(LEVELS), "table": of}

    def _changed_since(self) -> list[str]:
        """Numbers of the shipped materials, drawn ones apart, that were others in the sampling."""
        found = []
        for name, material in self.posterior.materials.items():
            if material.name in library.names("parameters"):
                then, now = sources(material), sources(read_material(material.name))
                others = (then.keys() | now.keys()) - self.posterior.changes_of(0, name).keys()
                changed = sorted(path for path in others if not _same(then.get(path), now.get(path)))
                found += [f"{material.name}: {path}" for path in changed]
        return found

    def _followed(self) -> dict[str, str]:
        """By the name of a material: the posterior's material whose numbers it has."""
        carried: Mapping[str, str] = self.posterior.record.get("Problem file", {}).get("carried", {})
        return {Path(name).stem: of for name, of in carried.items()} | {
            material.name: name for name, material in self.posterior.materials.items()
        }

    def _changes_of(self, row: int, material: Material, but: set[str]) -> Changes:
        """The numbers of a draw that belong to a material, ``but`` those at some paths."""
        of = self._followed().get(material.name)
        numbers = {} if of is None else self.posterior.changes_of(row, of)
        return {path: text for path, text in numbers.items() if path not in but}


def _same(one: Quantity | None, other: Quantity | None) -> bool:
    return one is not None and other is not None and math.isclose(one.si, other.si, rel_tol=SAME)


def drawn(posterior: Posterior, draws: int, seed: int = SEED) -> PosteriorDraws:
    """Draws by weight, as evenly as their number allows: each row n times its weight, rounded up or down."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(posterior))
    ends = np.cumsum(posterior.weights[order])
    places = (np.arange(draws) + random.uniform()) / draws * ends[-1]
    chosen, counts = np.unique(np.searchsorted(ends, places, side="right"), return_counts=True)
    rows = order[np.minimum(chosen, len(order) - 1)]
    return PosteriorDraws(posterior, tuple(map(int, rows)), tuple(map(int, counts)))


def shipped_draws(draws: int = DRAWS) -> PosteriorDraws | None:
    """Draws of the posterior that is kept with the claims, or None where none is."""
    path = library.folder("validation") / "posterior" / TABLE
    return drawn(read_posterior(path), draws) if path.is_file() else None
