"""The particle of a material: its shape, changes of its numbers, its mass gain and open fraction."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import (
    LONGEST_NAME,
    SET_BY_USER,
    Quantity,
    quantity_from_si,
    quantity_from_text,
)
from coreshell_model.base.units import from_si, to_si
from coreshell_model.inputs import sorption
from coreshell_model.inputs.contradictions import unused_contradictions
from coreshell_model.inputs.geometry import roughness_of
from coreshell_model.inputs.limits import LARGEST_RADIUS, SMALLEST_RADIUS
from coreshell_model.inputs.material import (
    CoreShellMaterial,
    Material,
    OneCarbonMaterial,
    entries,
    material_from_dict,
    sources,
)
from coreshell_model.inputs.positive import PositiveParticle
from coreshell_model.inputs.sections import STORES, left_out
from coreshell_model.physics.laws.constants import CHARGE_OF_SODIUM_FILLED_VOLUME
from coreshell_model.physics.laws.pores import exponential_seal, logistic_seal, percolation_seal

ONE_CARBON_CORE = 0.89
"""Core radius over radius in the model of a particle of one carbon: the equal cells of the shell are then as
wide as the narrowest ones of the core (docs/decisions/mesh.md)."""

CLUSTERED_CORE = 0.999
"""The same for a carbon with clusters, which the model has in the core alone."""

SIZES = ("particle.external_area", "particle.radius", "particle.core_radius")
AMOUNTS = ("shell.mass_gain", "shell.thickness")
COATING = ("electrode.thickness", "electrode.porosity")
BALANCE = ("positive.balance.np_ratio", "positive.balance.active_loading")
ALTERNATIVES = (SIZES, AMOUNTS, COATING, BALANCE)
"""Groups of numbers that say the same in several ways."""
ACCESSIBLE = "pores.accessible_volume"

KEPT, FOLLOWED = "kept: ", "followed: "
"""Beginnings of the sources of numbers that were kept, or that followed, when another one was changed."""

STATED = 1e-3
"""Relative change of a dimension above which it is stated."""


@dataclass(frozen=True)
class Shape:
    """Radii [m], density [kg.m-3] and external area [m2.kg-1] of a particle, pores included."""

    core_radius: float
    shell_thickness: float
    density: float
    external_area: float

    @property
    def radius(self) -> float:
        """Outer radius R [m]."""
        return self.core_radius + self.shell_thickness


def shape_of(material: Material) -> Shape:
    """The particle's shape, by equations (1) and (2).

    Raises
    ------
    InputError
        Dimensions exclude each other, such as a shell thicker than the particle, or leave no shell.
    """
    try:
        shape = _shape(material)
        _check_size(shape.radius)
        return shape
    except InputError as error:
        raise InputError(f"{material.name}: {error}") from None


def _check_size(radius: float) -> None:
    """Refuse a radius that follows from other numbers by the same limits as one that is given."""
    if not SMALLEST_RADIUS <= radius <= LARGEST_RADIUS:
        raise InputError(
            f"the particle comes to a radius of {radius * 1e9:.4g} nm; a particle has "
            f"{SMALLEST_RADIUS * 1e9:g} nm to {LARGEST_RADIUS * 1e6:g} um: change particle.external_area, "
            "particle.roughness or the shell"
        )


def _shape(material: Material) -> Shape:
    if isinstance(material, CoreShellMaterial):
        geometry = material.geometry
        return Shape(
            geometry.core_radius,
            geometry.shell_thickness,
            geometry.particle_density,
            geometry.external_area,
        )
    carbon = material.carbon
    density = 1 / sorption.core_volume(carbon.skeletal_density.si, carbon.pore_volume.si)
    size = material.particle
    roughness = roughness_of(size)
    if size.external_area is not None:
        radius = sorption.radius_from_external_area(size.external_area.si, density, roughness)
    else:
        assert size.radius is not None  # by the validation of the material
        radius = size.radius.si
    in_core_alone = any(kind.charge(carbon) > 0 for kind in STORES if "Shell" not in kind.regions)
    share = CLUSTERED_CORE if in_core_alone else ONE_CARBON_CORE
    area = sorption.external_area_from_radius(radius, density, roughness)
    return Shape(float(share * radius), float((1 - share) * radius), float(density), float(area))


def known_paths(material: Material) -> list[str]:
    """The dotted paths that ``changed`` accepts: every number of the material, and every optional one.

    Numbers of a section that the file leaves out are not among them, since a section needs all its fields.
    """
    optional = {path for path, kind in left_out(material).items() if kind is Quantity}
    paths = set(sources(material)) | optional
    if isinstance(material, OneCarbonMaterial):
        paths.discard("particle.core_radius")
    return sorted(paths)


def changed(material: Material, changes: Mapping[str, str]) -> Material:
    """The same material with some numbers changed, as ``{"shell.thickness": "12 nm"}``.

    A new shell thickness or mass gain keeps the core, a new size of the particle keeps the mass gain;
    numbers per gram follow in both cases. A pore volume below the accessible volume lowers that too.
    Everything else stays as in the file. The source of a number that was kept, or that followed, says so
    (`consequences`).

    Raises
    ------
    InputError
        A path is unknown, or the material cannot have a value.
    """
    if not changes:
        return material
    data = material.model_dump(exclude_none=True)
    paths = known_paths(material)
    for path in changes:
        if path not in paths:
            raise InputError(
                f"{material.name}: {path!r} is not one of its numbers; {_suggestion(path, material)}"
            )
    for alternatives in ALTERNATIVES:
        both = [path for path in changes if path in alternatives]
        if len(both) > 1:
            raise InputError(
                f"{material.name}: {' and '.join(both)} say the same thing in two ways; change one of them"
            )
    pinned = _pinned(material, changes)
    for path, number in pinned.items():
        _put(data, path, number.model_dump())
    for path, text in changes.items():
        try:
            _put(data, path, quantity_from_text(text, SET_BY_USER))
        except InputError as error:
            raise InputError(f"{material.name}: {path}: {error}") from None
    _limit_accessible_volume(data, material, changes)
    new = material_from_dict(data, material.name)
    shape = shape_of(new)
    for path, number in pinned.items():
        section, name = path.split(".")
        explained = number.model_copy(
            update={"source": f"{number.source}{_consequence(shape_of(material), shape, changes)}"}
        ).in_si(number.si)
        update = {section: getattr(new, section).model_copy(update={name: explained})}
        new = new.model_copy(update=update)
    return new


def consequences(material: Material) -> list[str]:
    """The material's caution, and sentences about numbers that followed from changed ones or are not used."""
    section = "carbon" if isinstance(material, OneCarbonMaterial) else "core"
    return [
        *([] if material.caution is None else [material.caution]),
        *(
            f"{path} {number.source}"
            for path, number in sources(material).items()
            if number.source.startswith((KEPT, FOLLOWED))
        ),
        *unused_contradictions(getattr(material, section), section, material.pores),
        *_unused_stores(material, section),
        *([] if material.positive is None else _of_tables(material.positive.particle)),
    ]


def _of_tables(particle: PositiveParticle) -> list[str]:
    """Warnings about the tables of a positive electrode."""
    return particle.potentials_are_coarse + particle.unusual_values


ALL_OPEN = 1 - 1e-9
"""Share of open particles above which no particle is sealed."""


def _unused_stores(material: Material, section: str) -> list[str]:
    """Warnings about storage that only sealed particles can have, where no particle is sealed."""
    carbon = getattr(material, section)
    dry = [kind for kind in STORES if kind.store.dry and kind.section_of(carbon) is not None]
    if material.pores is None or not dry:
        return []
    share = open_fraction(material, shape_of(material))
    if share < ALL_OPEN:
        return []
    return [
        f"{section}.{kind.name} is given and not used: every particle is open (pores.open_fraction is "
        f"{share:g}), and {kind.store.dry}; seal the particle, or leave {section}.{kind.name} out"
        for kind in dry
    ]


def _pinned(material: Material, changes: Mapping[str, str]) -> dict[str, Quantity]:
    """The dimension that stays the same when another one is changed: the core radius or the mass gain."""
    if isinstance(material, OneCarbonMaterial):
        return {}
    size_changes = any(path in changes for path in SIZES)
    amount_changes = any(path in changes for path in AMOUNTS)
    if size_changes == amount_changes:
        return {}
    geometry = material.geometry
    if amount_changes:
        source = f"{KEPT}the core of the unchanged material"
        return {"particle.core_radius": quantity_from_si(geometry.core_radius, "m", source)}
    source = f"{KEPT}the mass gain of the unchanged material"
    return {"shell.mass_gain": quantity_from_si(geometry.mass_gain, "1", source)}


def _consequence(before: Shape, after: Shape, changes: Mapping[str, str]) -> str:
    """The part of a sentence that says how other dimensions changed too, and how to keep them."""
    dimensions = (
        ("shell.thickness", "the shell", "nm", 1e9 * before.shell_thickness, 1e9 * after.shell_thickness),
        ("particle.radius", "the particle's radius", "nm", 1e9 * before.radius, 1e9 * after.radius),
        (
            "particle.external_area",
            "the external area",
            "m2/g",
            1e-3 * before.external_area,
            1e-3 * after.external_area,
        ),
    )
    changes_of_others = [
        f"{what} from {old:.4g} to {new:.4g} {unit}"
        for path, what, unit, old, new in dimensions
        if path not in changes and not isclose(old, new, rel_tol=STATED)
    ]
    if not changes_of_others:
        return ""
    keeps = "thickness" if any(path in changes for path in SIZES) else "external_area"
    return f"; with it went {' and '.join(changes_of_others)}; set {keeps} too to keep that"


def _limit_accessible_volume(data: dict[str, Any], material: Material, changes: Mapping[str, str]) -> None:
    """Lower the accessible volume to the pore volume, if that was changed to less."""
    section = "core" if isinstance(material, CoreShellMaterial) else "carbon"
    pores = data.get("pores")
    if pores is None or f"{section}.pore_volume" not in changes or ACCESSIBLE in changes:
        return
    volume, accessible = data[section]["pore_volume"], pores["accessible_volume"]
    most = to_si(volume["value"], volume["unit"], "cm3/g")
    before = to_si(accessible["value"], accessible["unit"], "cm3/g")
    if 0 < most < before:
        source = f"{FOLLOWED}the pore volume, below the {from_si(before, 'cm3/g'):.4g} cm3/g that it was"
        pores["accessible_volume"] = {"value": from_si(most, "cm3/g"), "unit": "cm3/g", "source": source}


def _put(data: dict[str, Any], path: str, value: dict) -> None:
    """Write a number into the nested tables, and remove those that say the same in another way."""
    *parents, leaf = path.split(".")
    table: Any = data
    for name in parents:
        table = table[int(name) - 1] if name.isdigit() else table[name]
    for alternatives in ALTERNATIVES:
        if path in alternatives:
            for other in alternatives:
                table.pop(other.split(".")[-1], None)
    table[leaf] = value


def _suggestion(path: str, material: Material) -> str:
    if material.positive is None and path.split(".")[0] in ("positive", "presodiation", "stack"):
        return "a half-cell has none; take a protocol of a full cell, as full_cell_formation"
    if path in entries(material):
        return "it is a table; change it in the file, or give a single number in its place there"
    for section, kind in left_out(material).items():
        if kind is not Quantity and f"{path}.".startswith(f"{section}."):
            return f"{section} is not in this file; add it there with all its fields"
    paths = known_paths(material)
    close = get_close_matches(path[:LONGEST_NAME], paths, n=1)
    if not close:
        ends = [name for name in paths if name.split(".")[-1] == path.split(".")[-1]]
        close = ends[:1]
    return f"did you mean {close[0]!r}?" if close else "`coreshell materials show NAME` lists them"


def open_fraction(material: Material, shape: Shape) -> float:
    """Share w of particles that electrolyte enters, given or by a seal law of the shell's thickness (24).

    It is 0 without a section of wetted pores. A seal law of a material without a shell has the thickness 0.
    """
    pores = material.pores
    if pores is None:
        return 0.0
    if pores.open_fraction is not None:
        return pores.open_fraction.si
    thickness = shape.shell_thickness if isinstance(material, CoreShellMaterial) else 0.0
    if pores.exponential_seal is not None:
        return float(exponential_seal(thickness, pores.exponential_seal.decay_length.si))
    if pores.logistic_seal is not None:
        law = pores.logistic_seal
        return float(logistic_seal(thickness, law.middle.si, law.spread.si))
    assert pores.percolation_seal is not None
    law = pores.percolation_seal
    return float(percolation_seal(thickness, law.closing_thickness.si, law.exponent.si))


def mass_gain(material: Material) -> float:
    """CVD carbon per mass of core [kg.kg-1]; 0 for a particle of one carbon."""
    return material.geometry.mass_gain if isinstance(material, CoreShellMaterial) else 0.0


def pore_volume_bound(material: Material) -> float:
    """Charge of sodium as dense as the metal in all of the core's pores [mA.h.g-1] (43).

    Per gram of active carbon (core + shell). No plateau can be larger.
    """
    carbon = material.core if isinstance(material, CoreShellMaterial) else material.carbon
    per_core = carbon.pore_volume.si * CHARGE_OF_SODIUM_FILLED_VOLUME
    return per_core / (1 + mass_gain(material)) / 3600
