"""What the bands of a prediction hold, and what they do not hold."""

from collections.abc import Mapping
from dataclasses import dataclass

from coreshell_model.infer.draws import Posterior
from coreshell_model.inputs.material import sources

WEIGHED_FIRST = ("cell.counter_exchange_current_density", "cell.series_resistance")
"""Kept numbers of which one is named as an example; assumed: any rate test depends on them, in every cell."""


@dataclass(frozen=True)
class BandContent:
    """The numbers of a material by what a prediction does with them, as paths.

    Attributes
    ----------
    fitted : drawn as the data allow
    from_priors : drawn from their priors, since the data do not settle them
    stated : set for this prediction
    kept : all others, the same in every draw
    """

    fitted: tuple[str, ...]
    from_priors: tuple[str, ...]
    stated: tuple[str, ...]
    kept: tuple[str, ...]

    def record(self) -> dict:
        """As JSON has it."""
        drawn = {"Fitted": list(self.fitted), "From priors": list(self.from_priors)}
        return {"Drawn": drawn, "Kept": list(self.kept)}

    def words(self, material: str, protocol: str, options: str = "") -> str:
        """In one line; ``material``, ``protocol`` and ``options`` as a command takes them."""
        text = f"The bands hold {_numbers(len(self.fitted))} drawn as the data allow"
        if self.from_priors:
            text += (
                f", and {_numbers(len(self.from_priors))} drawn from their priors since the data do not "
                f"settle them ({', '.join(self.from_priors)})"
            )
        if not self.kept:
            return f"{text}."
        example = next((path for path in WEIGHED_FIRST if path in self.kept), self.kept[0])
        return (
            f"{text}. They do not hold the other {len(self.kept)}, assumed or measured, which are the same "
            f"in every draw: `coreshell sensitivity {material} {protocol} --vary {example}{options}` "
            "weighs any of them."
        )


def _numbers(count: int) -> str:
    return f"{count} number{'' if count == 1 else 's'}"


def band_content(posterior: Posterior, material: str, changes: Mapping[str, str]) -> BandContent:
    """What the bands of a prediction hold.

    Parameters
    ----------
    posterior : the draws
    material : its name in the posterior
    changes : of numbers that are set for this prediction, by their full paths
    """
    untouched = posterior.independent(material)
    drawn = posterior.drawn_of(material)
    numbers = sources(posterior.materials[material])
    return BandContent(
        fitted=tuple(path for path in numbers if path in drawn - untouched),
        from_priors=tuple(path for path in numbers if path in untouched - set(changes)),
        stated=tuple(path for path in numbers if path in changes),
        kept=tuple(path for path in numbers if path not in drawn and path not in changes),
    )
