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
"""Where no number is asked for: 5 draws lie beyond either end."""

SEED = 0


@dataclass(frozen=True)
class PosteriorDraws:
    """Draws of a posterior, each changing all materials that it knows together.

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

    def alternatives(self, materials: Sequence[Material]) -> Ensemble | None:
        """One a draw; None where the posterior has no number of the materials, or their runs set it."""
        ends = assumed_ends(materials)
        in_turn = cycle(ends.members if ends is not None else [({},) * len(materials)])
        fixed = [settled(material) for material in materials]
        members = []
        for row, ends_now in zip(self.rows, in_turn, strict=False):
            drawn = [self._changes_of(row, *each) for each in zip(materials, fixed, strict=True)]
            if not any(drawn):
                return None
            members.append(tuple({**end, **own} for end, own in zip(ends_now, drawn, strict=True)))
        return Ensemble(f"{self.draws} draws", tuple(members), np.array(self.counts, dtype=float))

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
        return {"draws": self.draws, "levels": list(levels_of(CLAIMED)), "table": of}

    def _changed_since(self) -> list[str]:
        """Numbers of the shipped materials, drawn ones apart, that were others in the sampling."""
        return [
            f"{material.name}: {path}"
            for name, material in self.posterior.materials.items()
            if material.name in library.names("parameters")
            for path in self.posterior.differing(read_material(material.name), name)
        ]

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


def drawn(posterior: Posterior, draws: int, seed: int = SEED) -> PosteriorDraws:
    """Draws by weight; shuffled, because the ends of assumed ranges go round with them."""
    rows, counts = posterior.chosen(draws, seed, shuffled=True)
    return PosteriorDraws(posterior, tuple(rows), tuple(counts.tolist()))


def shipped_draws(draws: int = DRAWS) -> PosteriorDraws | None:
    """Draws of the posterior that is kept with the claims, or None where none is."""
    path = library.folder("validation") / "posterior" / TABLE
    return drawn(read_posterior(path), draws) if path.is_file() else None
