"""A design's seal law: what share of particles a shell leaves open, in three assumed forms."""

from coreshell_model.errors import InputError
from coreshell_model.material import Material, material_from_dict
from coreshell_model.quantity import brief

_ANCHORS = (
    "assumed: open without a shell, at most 0.3 % of particles open at 9 nm, the two anchors there are, "
    "both of Appel et al."
)

SEALS = {
    "exponential": ("exponential_seal", {"decay_length": (1.5, "nm")}),
    "logistic": ("logistic_seal", {"middle": (4.5, "nm"), "spread": (0.75, "nm")}),
    "percolation": ("percolation_seal", {"closing_thickness": (9.0, "nm"), "exponent": (2.0, "1")}),
}
"""The laws (24) a, b and c: section of the material file and numbers with units."""


def with_seal(material: Material, law: str) -> Material:
    """The same material with its open fraction given by a seal law, in place of what its file gives.

    Parameters
    ----------
    material : one with wetted pores
    law : "exponential", "logistic" or "percolation"; its numbers then change like any others, as
        ``pores.logistic_seal.middle``

    Raises
    ------
    InputError
        No such law, or a material whose file says nothing of wetted pores.
    """
    if law not in SEALS:
        raise InputError(f"seal law is {brief(law)}; it is one of {', '.join(SEALS)}")
    if material.pores is None:
        raise InputError(
            f"{material.name}: has no pores section, which seal laws need; add it (see parameters/README.md)"
        )
    data = material.model_dump(exclude_none=True)
    for name in ("open_fraction", *(section for section, _ in SEALS.values())):
        data["pores"].pop(name, None)
    section, numbers = SEALS[law]
    data["pores"][section] = {
        name: {"value": value, "unit": unit, "source": _ANCHORS} for name, (value, unit) in numbers.items()
    }
    return material_from_dict(data, material.name)
