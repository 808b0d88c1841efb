"""Whether measured sorption results and the geometry that follows from them fit together."""

import math
from dataclasses import dataclass

from coreshell_model.sorption.geometry import Geometry
from coreshell_model.sorption.sealing import (
    dec_area_per_uptake,
    mass_gain_to_fill_pores,
    open_fraction,
    pore_volume_if_filled,
)
from coreshell_model.sorption.table import Measured


@dataclass(frozen=True)
class Check:
    """One consistency check: `value` and its upper `limit`, both in `unit`, and what it means."""

    name: str
    value: float
    limit: float
    unit: str
    sentence: str

    @property
    def passed(self) -> bool:
        """Whether the value keeps the limit."""
        return self.value <= self.limit


def checks(measured: Measured, geometry: Geometry) -> list[Check]:
    """Compare the measurements with one another and with the geometry: each check whose data are there.

    Their limits are assumed, except that of pore filling. Without a shell, those that ask how thin it is and
    whether it seals are left out; without CVD carbon, also that of pore filling.
    """
    found: list[Check | None] = [_not_filled(measured)] if measured.mass_gain > 0 else []
    if geometry.has_shell:
        found = [_thin(geometry), *found, _sealed(measured), _area_lost(measured)]
        found += [_probes_agree(measured), _closed(measured)]
    found.append(_uptake_gives_area(measured))
    return [check for check in found if check is not None]


def _check(name: str, value: float, limit: float, unit: str, finding: str, good: str, bad: str) -> Check:
    return Check(name, value, limit, unit, f"{finding}: {good if value <= limit else bad}.")


def _thin(geometry: Geometry) -> Check:
    thickness, radius = geometry.shell_thickness, geometry.particle_radius
    finding = f"A shell of {thickness * 1e9:.1f} nm on a particle of {radius * 1e9:.0f} nm"
    good, bad = "thin, nearly flat", "thick, its inner and outer areas differ by over 20 %"
    return _check("Shell thickness over particle radius", thickness / radius, 0.1, "1", finding, good, bad)


def _not_filled(measured: Measured) -> Check:
    """Compare as the paper does, its 211 and 246 wt%: see `mass_gain_to_fill_pores` on what is left."""
    gain, pores = measured.mass_gain, measured.core_pore_volume
    left = min(measured.coated_pore_volume or 0.0, pores)
    filling = float(mass_gain_to_fill_pores(pores, measured.shell_skeletal_density, left))
    finding = f"The mass gain is {gain:.0%}, filling the pores takes {filling:.0%}"
    good, bad = "they are not filled", "they may be filled, a low pore volume then shows no shell"
    share = gain / filling if filling else math.inf
    return _check("Mass gain over that of filled pores", share, 1.0, "1", finding, good, bad)


def _sealed(measured: Measured) -> Check | None:
    """Compare with a tenth of what filling would leave: 0.01 cm3/g of Core-Shell with 0.078."""
    gain, density, found = measured.mass_gain, measured.shell_skeletal_density, measured.coated_pore_volume
    if found is None or gain / density >= measured.core_pore_volume:
        return None
    filled = float(pore_volume_if_filled(measured.core_pore_volume, gain, density))
    finding = (
        f"N2 finds {found * 1e3:.2g} cm3/g, with all CVD carbon in the pores it would find {filled * 1e3:.2g}"
    )
    good, bad = "the pores are sealed off", "the pores are not sealed off"
    return _check("Pore volume of the coated carbon", found, 0.1 * filled, "m3/kg", finding, good, bad)


def _area_lost(measured: Measured) -> Check | None:
    if measured.core_n2_area is None:
        return None
    share = measured.external_area * (1 + measured.mass_gain) / measured.core_n2_area
    finding = f"The external area is {share:.1%} of the core's N2 area"
    good, bad = "the area inside is closed to N2", "much of the area inside is open to N2"
    return _check("External area over the core's N2 area", share, 0.05, "1", finding, good, bad)


def _uptake_gives_area(measured: Measured) -> Check | None:
    uptake, area = measured.dec_uptake_at_5_percent, measured.dec_area
    if uptake is None or not area:
        return None
    covered = uptake * float(dec_area_per_uptake())
    return _agreement("DEC uptake and DEC area", covered, area, 0.1, "DEC uptake covers", "the DEC area")


def _probes_agree(measured: Measured) -> Check | None:
    area, external = measured.solvent_area, measured.external_area
    if area is None:
        return None
    return _agreement("DEC area and external area", area, external, 0.25, "DEC covers", "the external area")


def _agreement(name: str, area: float, other: float, limit: float, covers: str, other_name: str) -> Check:
    finding = f"{covers} {area * 1e-3:.3g} m2/g, {other_name} is {other * 1e-3:.3g}"
    good, bad = f"they agree within {limit:.0%}", f"they differ by more than {limit:.0%}"
    return _check(name, abs(area - other) / other, limit, "1", finding, good, bad)


def _closed(measured: Measured) -> Check | None:
    area, core, external = measured.solvent_area, measured.core_dec_area, measured.external_area
    if area is None or core is None or core / (1 + measured.mass_gain) <= external:
        return None  # a core without area inside: areas do not tell open from sealed
    share = float(open_fraction(area, external, core, measured.mass_gain))
    finding = f"The solvent reaches the pores of {share:.1%} of the particles"
    good, bad = "the carbon is sealed", "electrolyte will decompose inside"
    return _check("Open fraction", share, 0.01, "1", finding, good, bad)
