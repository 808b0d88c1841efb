"""Values of design variables, and the seal laws: how the share of open particles falls as the shell grows."""

from collections.abc import Mapping

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, VARIABLES, Value, as_text, path_of
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.particle import changed, known_paths, shape_of
from coreshell_model.inputs.protocol import Protocol, changeable

_ANCHORS = (
    "assumed: open without a shell, at most 0.3 % of particles open at 9 nm, the two anchors there are, "
    "both of Appel et al."
)

SEALS = {
    "exponential": ("exponential_seal", {"decay_length": (1.5, "nm")}),
    "logistic": ("logistic_seal", {"middle": (4.5, "nm"), "spread": (0.75, "nm")}),
    "percolation": ("percolation_seal", {"closing_thickness": (9.0, "nm"), "exponent": (2.0, "1")}),
}
"""The laws (24) a, b and c: section of the material's file, and numbers with units."""

DEFAULT_SEAL = "logistic"
"""The law of `coreshell design` for a material that states none."""


def seal_of(material: Material) -> str | None:
    """The seal law by which open particles follow from the shell's thickness; None without one."""
    pores = material.pores
    laws = (law for law, (section, _) in SEALS.items() if getattr(pores, section, None) is not None)
    return next(laws, None)


def states_a_seal(material: Material) -> bool:
    """Whether the open fraction of a material's particles follows from the shell's thickness."""
    return seal_of(material) is not None


def with_seal(material: Material, law: str) -> Material:
    """The same material with its open fraction by a seal law, in place of that in its file.

    Parameters
    ----------
    material : one with wetted pores
    law : "exponential", "logistic" or "percolation"; its numbers can be changed like any others, for example
        ``pores.logistic_seal.middle``

    Raises
    ------
    InputError
        No such law, or a material without a pores section.
    """
    if law not in SEALS:
        raise InputError(f"seal law is {brief(law)}; {one_of(law, SEALS)}")
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


def as_changes(
    values: Mapping[str, Value], material: Material, protocol: Protocol | None = None
) -> dict[str, str]:
    """Values of design variables as the changes that ``simulate`` takes.

    Parameters
    ----------
    values : numbers in SI units, or texts with a unit, by short name or dotted path
    material, protocol : what the values change; without a protocol its numbers are refused

    Raises
    ------
    InputError
        An unknown variable, or one given twice.
    """
    changes: dict[str, str] = {}
    for name, value in values.items():
        path = path_of(name, material)
        if path in changes:
            raise InputError(f"{brief(name)}: {path} is given twice; give it once")
        _check_known(name, path, material, protocol)
        changes[path] = as_text(name, value, material, protocol)
    return changes


def _check_known(name: str, path: str, material: Material, protocol: Protocol | None) -> None:
    """Raise InputError for a variable that material or protocol does not have."""
    if path.startswith(PROTOCOL_PREFIX):
        paths = changeable(protocol) if protocol is not None else ()
        if path.removeprefix(PROTOCOL_PREFIX) not in paths:
            whose = f"protocol {protocol.name} has" if protocol is not None else "without a protocol there is"
            raise InputError(f"{brief(name)}: {whose} no number {path}; take a protocol that names it")
    elif name in VARIABLES and path not in known_paths(material):
        raise InputError(f"{brief(name)}: {material.name} has no number {path}; leave it out")


def designed(material: Material, values: Mapping[str, Value]) -> Material:
    """The material of a changed design, with all numbers per gram of active carbon that follow from it.

    A new shell thickness or mass gain keeps the core's radius and material. A new particle radius or external
    area keeps the mass gain; both together fix the core's radius. A new pore volume changes the density of
    the core and, by the material's ``pore_fraction``, the capacity of its clusters; the volume accessible to
    electrolyte is lowered to it where that would be larger. Dead mass, sodium trapped per gram of CVD carbon,
    current per area, and the open fraction by the material's seal law follow.

    Parameters
    ----------
    material : the material that the design starts from
    values : numbers in SI units, or texts with a unit, by short name or dotted path

    Raises
    ------
    InputError
        An impossible design, with the reason.
    """
    return changed(material, as_changes(values, material))


def check_design(material: Material) -> None:
    """Refuse a material whose particle is impossible.

    Raises
    ------
    InputError
        Dimensions that exclude each other, or a shell without thickness.
    """
    shape_of(material)
