"""Draws of a posterior as alternatives to the shipped materials: what the data of the fit allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from coreshell_model.base import library
from coreshell_model.base.files import fingerprint
from coreshell_model.base.intervals import CLAIMED, levels_of
from coreshell_model.base.provenance import DIGITS
from coreshell_model.infer.draws import TABLE, Posterior, read_posterior
from coreshell_model.inputs.ensemble import Changes, Ensemble, assumed_ends
from coreshell_model.inputs.material import Material, read_material
from coreshell_model.inputs.ranges import settled

DRAWS = 100
"""Default number of draws: of 100, 5 are beyond either end of a band."""

SEED = 0


@dataclass(frozen=True)
class PosteriorDraws:
    """Draws of a posterior, each changing all materials of the posterior together.

    A material that has assumed ranges too takes their ends in turn, one combination for each draw, because
    nothing is known of the numbers between; both ends are inside the band. The shipped numbers are no draw.

    Attributes
    ----------
    posterior : the table
    rows : of the chosen draws, each once
    counts : how often each row was drawn
    """

    posterior: Posterior
    rows: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def draws(self) -> int:
        """Number of draws."""
        return sum(self.counts)

    def alternatives(self, materials: Sequence[Material]) -> Ensemble | None:
        """An alternative for each draw; None if a draw changes no number of the materials."""
        ends = assumed_ends(materials)
        in_turn = cycle(ends.members if ends is not None else [({},) * len(materials)])
        fixed = [settled(material) for material in materials]
        members = []
        for row, ends_now in zip(self.rows, in_turn, strict=False):
            drawn = [self._changes_of(row, *pair) for pair in zip(materials, fixed, strict=True)]
            if not any(drawn):
                return None
            members.append(tuple({**end, **numbers} for end, numbers in zip(ends_now, drawn, strict=True)))
        return Ensemble(f"{self.draws} draws", tuple(members), np.array(self.counts, dtype=float))

    def record(self) -> dict:
        """The draws in the report's record."""
        return {
            **self.identity(),
            "problem": self.posterior.name,
            "of draws": len(self.posterior),
            "of effective draws": round(self.posterior.effective),
            "warnings": list(self.posterior.record.get("Warnings", ())),
            "changed since": self._changed_since(),
        }

    def identity(self) -> dict:
        """What determines the bands: levels, number of draws, and a checksum of the table."""
        posterior = self.posterior
        numbers = np.column_stack([posterior.weights, posterior.values])
        table = [[f"{number:.{DIGITS}g}" for number in row] for row in numbers.tolist()]
        checksum = fingerprint([posterior.columns, table, self._sources()])
        return {"draws": self.draws, "levels": list(levels_of(CLAIMED)), "table": checksum}

    def _changed_since(self) -> list[str]:
        """Numbers of the shipped materials, drawn ones left out, that have changed since the sampling."""
        return [
            f"{material.name}: {path}"
            for name, material in self.posterior.materials.items()
            if material.name in library.names("parameters")
            for path in self.posterior.differing(read_material(material.name), name)
        ]

    def _sources(self) -> dict[str, str]:
        """By the name of a material: the material of the posterior whose numbers it takes."""
        carried: Mapping[str, str] = self.posterior.record.get("Problem file", {}).get("carried", {})
        return {Path(name).stem: source for name, source in carried.items()} | {
            material.name: name for name, material in self.posterior.materials.items()
        }

    def _changes_of(self, row: int, material: Material, settled_paths: set[str]) -> Changes:
        """The numbers of a draw for a material, without those at the settled paths."""
        source = self._sources().get(material.name)
        numbers = {} if source is None else self.posterior.changes_of(row, source)
        return {path: text for path, text in numbers.items() if path not in settled_paths}


def drawn(posterior: Posterior, draws: int, seed: int = SEED) -> PosteriorDraws:
    """Draws chosen by weight; shuffled, because the ends of assumed ranges take turns with them."""
    rows, counts = posterior.chosen(draws, seed, shuffled=True)
    return PosteriorDraws(posterior, tuple(rows), tuple(counts.tolist()))


def shipped_draws(draws: int = DRAWS) -> PosteriorDraws | None:
    """Draws of the posterior that is shipped with the claims; None if there is none."""
    path = library.folder("validation") / "posterior" / TABLE
    return drawn(read_posterior(path), draws) if path.is_file() else None
