"""The numbers that a guided fit may fit: those by which hard carbons and their cells differ most."""

from dataclasses import dataclass

from coreshell_model.infer.priors import CARBON
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources

COUNTER, SURFACE = "cell.counter_exchange_current_density", "surface.exchange_current_density"
RESISTANCE = "cell.series_resistance"


@dataclass(frozen=True)
class Candidate:
    """A number that may be fitted, or that only draws have.

    Attributes
    ----------
    path, prior : of the number, and of its prior
    meaning : what it stands for
    per_gram_of_all : whether its prior is per gram of all carbon
    unsettled : why no curve settles it, so that it is never fitted and draws have it by its prior
    """

    path: str
    prior: str
    meaning: str
    per_gram_of_all: bool = False
    unsettled: str = ""


@dataclass(frozen=True)
class Proposed:
    """A candidate with its prior as a free parameter, and how far one sd of its prior moves the curves.

    Attributes
    ----------
    candidate : the number
    free : the section of the problem
    why : where prior and bounds are from
    response : chi-squared of the change by one standard deviation of the prior
    """

    candidate: Candidate
    free: FreeParameter
    why: tuple[str, ...]
    response: float = 0.0


def candidates(material: Material) -> tuple[Candidate, ...]:
    """The numbers of a material that may be fitted, those first that are needed most, then those of draws."""
    coated = isinstance(material, CoreShellMaterial)
    inner, trapping = ("core", ("shell", "core")) if coated else ("carbon", ("carbon",))
    numbers = sources(material)
    listed = [
        ("sloping.capacity", "capacity of the slope"),
        ("clusters.pore_fraction", "share of the pores that clusters fill, the length of the plateau"),
        ("sloping.potential", "where the slope lies"),
        ("sloping.interaction", "how steep the slope is"),
        ("clusters.rate", "how fast clusters form, which limits the plateau"),
        ("sloping.diffusivity", "diffusion, which limits the capacity at a rate"),
        ("clusters.potential", "where the plateau lies"),
    ]
    found = [Candidate(f"{inner}.{leaf}", CARBON + leaf, meaning) for leaf, meaning in listed]
    found += [
        Candidate(
            f"{place}.trapping.capacity",
            f"{CARBON}trapping.capacity",
            "sodium that is trapped for good in the first cycle",
            per_gram_of_all=place == "shell",
        )
        for place in trapping
    ]
    charges = {
        path: n.si for path, n in numbers.items() if path.startswith("sei.steps.") and "charge" in path
    }
    if charges:
        largest = max(charges, key=lambda path: charges[path])
        found.append(Candidate(largest, largest, "charge of the largest step of SEI, per surface"))
    found += [
        Candidate(COUNTER, COUNTER, "charge transfer at the sodium metal, which polarises the cell"),
        Candidate(SURFACE, SURFACE, "charge transfer at the carbon"),
        Candidate(
            RESISTANCE,
            RESISTANCE,
            "separator, electrolyte and contacts",
            unsettled="curves do not tell it from the charge transfer at the sodium metal",
        ),
    ]
    return tuple(candidate for candidate in found if candidate.path in numbers)
