"""The parameters of the model under PyBaMM's hands: their names, and a set of values for PyBaMM users.

The numbers of ``values`` are not independent: a thicker shell on the same core has another external area,
density and mass. A change by PyBaMM's name is therefore made in the material, as ``simulate`` does, and every
number is derived anew; a number that only others decide is refused with the name of those.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, prepared
from coreshell_model.inputs.material import Material, OneCarbonMaterial, sources
from coreshell_model.inputs.particle import known_paths
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics import symbols as s
from coreshell_model.physics import values
from coreshell_model.physics.coating import tables
from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.laws.isotherm import occupancy_at
from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel

_CARBON = {
    "sloping potential [V]": "sloping.potential",
    "sloping interaction [V]": "sloping.interaction",
    "diffusivity [m2.s-1]": "sloping.diffusivity",
    "strong-site potential [V]": "sloping.strong_potential",
    "strong-site share": "sloping.strong_share",
}
_STEP = {
    "potential [V]": "potential",
    "rate [s-1]": "rate",
    "charge [C.m-2]": "charge",
    "molar volume [m3.mol-1]": "molar_volume",
    "electrons": "electrons",
}
_STEPS = {
    f"{film} step {number} {ending}": f"{section}.steps.{number}.{field}"
    for film, section in (("SEI", "sei"), ("Pore SEI", "pores"))
    for number in s.SEI_STEPS
    for ending, field in _STEP.items()
}
_COMMON = _STEPS | {
    s.external_area.name: "particle.external_area",
    s.exchange_current_density.name: "surface.exchange_current_density",
    s.double_layer_capacitance.name: "surface.double_layer_capacitance",
    s.counter_exchange_current_density.name: "cell.counter_exchange_current_density",
    s.series_resistance.name: "cell.series_resistance",
    s.active_loading.name: "cell.active_loading",
    s.electrode_area.name: "cell.electrode_area",
    s.temperature.name: "cell.temperature",
    s.sei_transfer_coefficient.name: "sei.transfer_coefficient",
    s.sei_supply_time.name: "sei.supply_time",
    s.sei_initial_thickness.name: "sei.initial_thickness",
    s.sei_resistivity.name: "sei.resistivity",
    s.sei_growth_current.name: "sei.growth.exchange_current_density",
    s.sei_growth_potential.name: "sei.growth.potential",
    s.sei_growth_decay_length.name: "sei.growth.decay_length",
    s.sei_growth_molar_volume.name: "sei.growth.molar_volume",
    s.sei_growth_electrons.name: "sei.growth.electrons",
    s.sei_growth_transfer_coefficient.name: "sei.growth.transfer_coefficient",
    s.sei_dissolution_rate.name: "sei.growth.dissolution_rate",
    s.sei_saturation_charge.name: "sei.growth.saturation_charge",
    s.open_fraction.name: "pores.open_fraction",
    s.pore_blocking.name: "pores.blocking",
    s.pore_burial.name: "pores.burial",
    s.pore_supply_time.name: "pores.supply_time",
    s.separator_thickness.name: "electrode.separator.thickness",
    s.separator_porosity.name: "electrode.separator.porosity",
    s.separator_bruggeman.name: "electrode.separator.bruggeman",
    s.electrode_thickness.name: "electrode.thickness",
    s.electrode_porosity.name: "electrode.porosity",
    s.electrode_bruggeman.name: "electrode.bruggeman",
    s.electrode_conductivity.name: "electrode.conductivity",
    s.contact_resistance.name: "electrode.contact_resistance",
    s.electrolyte_concentration.name: "electrode.electrolyte.concentration",
    s.transference_number.name: "electrode.electrolyte.transference_number",
    s.thermodynamic_factor.name: "electrode.electrolyte.thermodynamic_factor",
    s.lower_cut_off.name: "protocol.window.lower",
    s.upper_cut_off.name: "protocol.window.upper",
    s.initial_potential.name: "protocol.start.potential",
    s.nominal_capacity.name: "protocol.basis.one_c",
}
_FOLLOWS = {
    s.particle_density.name: "the carbons' skeletal densities and pore volume, and the shell",
    s.external_area.name: "the radius, or particle.roughness",
    s.additive_area.name: "electrode.carbon_black_area and electrode.carbon_black_fraction",
    s.wall_area.name: "pores.wall_area, per gram of core",
    s.accessible_volume.name: "pores.accessible_volume, per gram of core",
    s.initial_core_occupancy.name: "protocol.start.potential",
    s.initial_shell_occupancy.name: "protocol.start.potential",
    "Initial temperature [K]": "cell.temperature",
    **dict.fromkeys(
        (symbol.name for symbol in (*s.relative_sizes, *s.size_shares)),
        "particle.size_spread or particle.sizes",
    ),
}
"""Numbers that others decide, and which those are."""


def paths_of(material: Material) -> dict[str, str]:
    """The path that ``simulate`` changes for each PyBaMM name that can be changed."""
    one_carbon = isinstance(material, OneCarbonMaterial)
    sections = {"Core": "carbon", "Shell": "carbon"} if one_carbon else {"Core": "core", "Shell": "shell"}
    found = dict(_COMMON)
    for region, section in sections.items():
        found |= {f"{region} {ending}": f"{section}.{path}" for ending, path in _CARBON.items()}
    for kind in STORES:
        for region in kind.regions:
            symbols = s.stored(kind.store, region)
            found |= {
                getattr(symbols, field).name: f"{sections[region]}.{kind.name}.{field}"
                for field in kind.store.numbers
            }
    if not one_carbon:
        found |= {
            s.core_radius.name: "particle.core_radius",
            s.shell_thickness.name: "shell.thickness",
        }
    return found


def deciding(material: Material, name: str) -> str:
    """The numbers that decide one that cannot be changed itself."""
    one_carbon = isinstance(material, OneCarbonMaterial)
    for region, symbols in s.carbons.items():
        if name == symbols.site_density.name:
            return ("carbon" if one_carbon else region.lower()) + ".sloping.capacity"
    for kind in STORES:
        for region in kind.regions:
            if name == s.stored(kind.store, region).density.name:
                section = "carbon" if one_carbon else region.lower()
                return f"{section}.{kind.name}.{kind.store.amount}"
    if name in (s.core_radius.name, s.shell_thickness.name):
        return "particle.radius or particle.external_area: a particle of one carbon has no shell"
    return _FOLLOWS.get(name, "others")


CURRENT = "Current function [A]"
FORMATION_RATE = 0.05
"""Rate of a lone simulation in C: that of the formation."""

UNITS = {"protocol.basis.one_c": "A/kg"}
"""Unit of a path whose number PyBaMM knows in another form."""

TEMPERATURES = (s.temperature.name, "Initial temperature [K]")
"""Names that PyBaMM's experiments themselves make inputs."""


class HalfCellParameterValues(pybamm.ParameterValues):
    """The parameter values of one material, kept together.

    ``update`` and item assignment take the names of the model; the material changes and every number that
    follows is derived anew. ``material`` and ``protocol`` are what the numbers stand for, ``rate`` the C-rate
    of the current, which follows the nominal capacity until a current is set. In a plain copy of it,
    ``pybamm.ParameterValues(values)``, nothing follows.
    """

    def __init__(self, material: Material, protocol: Protocol, rate: float = FORMATION_RATE):
        self._made: dict[str, float] = {}
        self._tables: dict[str, Any] = {}
        self._current_follows = False
        super().__init__({})
        self.material, self.protocol, self.rate = material, protocol, rate
        self._current_follows = True
        self._derive(material, protocol)

    def copy(self) -> "HalfCellParameterValues":
        """Another set with the same numbers, which can be changed on its own."""
        new = type(self)(self.material, self.protocol, self.rate)
        new._current_follows = self._current_follows
        for name, value in self.items():
            new._store[name] = value
        for name in set(new.keys()) - set(self.keys()):
            del new._store[name]
        new._set_initial_state = self._set_initial_state
        return new

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def update(self, values: Mapping[str, Any], **options: Any) -> None:
        """Change numbers by PyBaMM's names; what follows from them follows.

        Raises
        ------
        InputError
            A number that others decide, one that the material cannot have, or an input in place of a number
            that others follow from.
        """
        given = dict(values.items())
        changes: dict[str, str] = {}
        others: dict[str, Any] = {}
        decided: dict[str, float] = {}
        paths = paths_of(self.material) if self._made else {}
        mass = self._mass(given)
        for name, value in given.items():
            if name not in self._made:
                others[name] = value
                continue
            number = _number(name, value)
            if number is None:
                self._check_input(name, paths)
                others[name] = value
            elif number != self._store[name]:
                if name not in paths or self._also_given(name, given):
                    decided[name] = number
                else:
                    self._add(changes, paths[name], name, number, mass)
        if changes or decided:
            self._change(changes, decided)
        if CURRENT in others and self._made:
            self._current_follows = False
        super().update(others, **options)

    def _also_given(self, name: str, given: Mapping[str, Any]) -> bool:
        """Whether it is the external area of a particle whose radius is changed too, which decides it."""
        radius = s.core_radius.name
        by_radius = radius in self._made and given.get(radius, self._made[radius]) != self._made[radius]
        return name == s.external_area.name and by_radius

    def _add(self, changes: dict[str, str], path: str, name: str, number: float, mass: float) -> None:
        """One change in the words of ``simulate``."""
        if not path.startswith(PROTOCOL_PREFIX) and path not in known_paths(self.material):
            raise InputError(
                f"{name!r}: {self.material.name} has no {path}; add its section to the material's file"
            )
        known = sources(self.material).get(path)
        if known is not None and known.si and self._made.get(name) and path not in UNITS:
            # The model's number may be the file's at another temperature, or through grains.
            factor = known.si / self._made[name]
            number *= 1.0 if np.isclose(factor, 1, rtol=1e-12, atol=0) else factor
        text = f"{number!r} {_unit(name)}".strip()
        if path in UNITS:
            text = f"{number / mass!r} {UNITS[path]}"
        if changes.setdefault(path, text) != text:
            raise InputError(f"{name!r} is {number:g}, but another name of {path} is given another value")

    def _mass(self, given: Mapping[str, Any]) -> float:
        """Active carbon of the electrode [kg], with what is given now."""
        mass = 1.0
        for symbol in (s.active_loading, s.electrode_area):
            number = _number(symbol.name, given[symbol.name]) if symbol.name in given else None
            mass *= self._made.get(symbol.name, 1.0) if number is None else number
        return mass

    def _change(self, changes: dict[str, str], decided: dict[str, float]) -> None:
        """Make the changes where all numbers come from; numbers that others decide have to agree."""
        material, protocol = prepared(self.material, self.protocol, changes)
        new = values.parameter_values(material, protocol)
        for name, number in decided.items():
            if not np.isclose(number, new[name], rtol=1e-9, atol=0):
                raise InputError(
                    f"{name!r} is {number:g}, but others decide it ({new[name]:g}): change "
                    f"{deciding(self.material, name)} by coreshell_model.parameter_values(material, changes)"
                )
        self._derive(material, protocol)

    def _derive(self, material: Material, protocol: Protocol) -> None:
        """Every number of the material, but for those that are inputs."""
        inputs = {name for name in self._made if isinstance(self._store[name], pybamm.Symbol)}
        self.material, self.protocol = material, protocol
        self._made = values.parameter_values(material, protocol)
        super().update({name: value for name, value in self._made.items() if name not in inputs})
        # Several sizes have the particle level alone. A table in whose place another was set stays away.
        resolved = material.electrode is not None and not material.particle.several_sizes
        made = tables(material, ElectrodeLevel.name if resolved else ParticleLevel.name)
        own = {name for name, table in self._tables.items() if self._store.get(name) != table}
        self._tables = made
        super().update({name: table for name, table in made.items() if name not in own})
        if self._current_follows:
            super().update({CURRENT: self.rate * self._made[s.nominal_capacity.name]})

    def _check_input(self, name: str, paths: Mapping[str, str]) -> None:
        """An input, a function or a symbol stands alone: nothing can be derived from it."""
        if name in TEMPERATURES:
            return
        followers = self._followers(name, paths)
        if followers:
            raise InputError(
                f"{name!r} cannot be an input: {followers[0]} goes with it; give each value its own set, "
                "coreshell_model.parameter_values(material, changes)"
            )

    def _followers(self, name: str, paths: Mapping[str, str]) -> list[str]:
        """Other numbers that change with this one, or the numbers that decide it."""
        if name not in paths:
            return [deciding(self.material, name)]
        changes: dict[str, str] = {}
        number = self._made[name]
        self._add(changes, paths[name], name, 0.999 * number if number else 1e-3, self._mass({}))
        try:
            new = values.parameter_values(*prepared(self.material, self.protocol, changes))
        except InputError:
            return []
        return [
            other
            for other, value in new.items()
            if other != name and not np.isclose(value, self._made[other], rtol=1e-12, atol=0)
        ]


def _number(name: str, value: Any) -> float | None:
    """A number that is given as one; None for what PyBaMM works out later."""
    if isinstance(value, str) and value != "[input]":
        try:
            return float(value)
        except ValueError:
            raise InputError(f"{name!r} is {brief(value)}; give a number or '[input]'") from None
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value)
    return None


def _unit(name: str) -> str:
    """The unit in a PyBaMM name."""
    return name.partition("[")[2].removesuffix("]")


def parameter_values(
    material: Material | str | Path = "core_shell",
    changes: Mapping[str, str] | None = None,
    *,
    protocol: Protocol | str | Path = "formation",
    rate: float = FORMATION_RATE,
) -> HalfCellParameterValues:
    """A material as PyBaMM's parameter values, for ``pybamm.Simulation(CoreShellHalfCell(), ...)``.

    >>> values = parameter_values("core_shell", {"shell.thickness": "12 nm"})
    >>> pybamm.Simulation(CoreShellHalfCell(), parameter_values=values).solve([0, 80 * 3600])

    A model with other mechanisms than the sealed ones takes ``mechanisms_for(values)``; one of particles of
    several sizes is built at the level ``physics.levels.level_named("particle", values)``.

    Parameters
    ----------
    material : a shipped name, the path of a TOML file, or what was read from one
    changes : as of ``simulate``, ``{"shell.thickness": "12 nm", "protocol.window.lower": "10 mV"}``
    protocol : whose 1C, cut-offs and starting potential are taken; its steps are not
    rate : "Current function [A]" in C, positive sodiates; C/20 unless given

    Returns
    -------
    HalfCellParameterValues
        What is changed in it later takes along what follows.

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not np.isfinite(rate):
        raise InputError(f"rate is {brief(rate)}; give a number in C, as 0.05 for C/20")
    return HalfCellParameterValues(*prepared(material, protocol, changes), rate=float(rate))


class CheckedProcessor(pybamm.SymbolProcessor):
    """What PyBaMM tells of the parameter values that a model is given: plain sets are checked.

    Parameters
    ----------
    check : refuses values that the model cannot do justice to
    """

    def __init__(self, check: Callable[[Mapping[str, Any]], None]):
        super().__init__()
        self._check = check

    @property
    def parameter_values(self):
        """Those that the model was given."""
        return self._parameter_values

    @parameter_values.setter
    def parameter_values(self, given):
        check_set(given)
        self._check(given)
        self._parameter_values = given

    def copy(self):
        """Another processor that checks."""
        new = type(self)(self._check)
        new.__dict__.update(super().copy().__dict__)
        return new


def check_set(given: pybamm.ParameterValues) -> None:
    """Refuse a plain copy of the registered set in which a number changed and those that follow did not.

    Sets of other numbers are their makers'.

    Raises
    ------
    InputError
        The number, what should have followed, and how to change it.
    """
    if isinstance(given, HalfCellParameterValues) or values.REGISTERED not in given:
        return
    shipped = _shipped()
    plain = {
        name: value for name, value in given.items() if name in shipped and isinstance(value, int | float)
    }

    def kept(name: str) -> bool:
        return name in plain and plain[name] == shipped[name]

    def moved(symbols: tuple[pybamm.Parameter, ...]) -> str | None:
        changed = [symbol.name for symbol in symbols if symbol.name in plain and not kept(symbol.name)]
        return changed[0] if changed else None

    for leaders, followers in _BELONG:
        leader = moved(leaders)
        if leader and all(kept(symbol.name) for symbol in followers):
            _refuse(leader, followers[0].name)
    for occupancy, carbon in ((s.initial_core_occupancy, s.core), (s.initial_shell_occupancy, s.shell)):
        isotherm = (
            carbon.sloping_potential,
            carbon.sloping_interaction,
            carbon.strong_potential,
            carbon.strong_share,
        )
        decide = (s.initial_potential, *isotherm, s.temperature)
        leader = moved(decide)
        if not leader or not kept(occupancy.name) or any(symbol.name not in plain for symbol in decide):
            continue
        potential, standard, interaction, *strong, temperature = (plain[symbol.name] for symbol in decide)
        start = occupancy_at(potential, standard, interaction, thermal_voltage(temperature), *strong)
        if not np.isclose(max(start, values.SMALLEST_START), shipped[occupancy.name], rtol=1e-6, atol=1e-12):
            _refuse(leader, occupancy.name)


_BELONG = (
    ((s.core_radius, s.shell_thickness, s.particle_density), (s.external_area,)),
    ((s.external_area,), (s.core_radius, s.shell_thickness)),
    ((s.active_loading, s.electrode_area), (s.nominal_capacity,)),
)
"""Numbers, and those of which at least one changes when they do."""


@cache
def _shipped() -> dict[str, float]:
    """The numbers of the shipped set."""
    return {name: value for name, value in values.appel_core_shell().items() if isinstance(value, float)}


def _refuse(changed: str, follower: str) -> None:
    raise InputError(
        f"{changed!r} was changed, but {follower!r}, which goes with it, was not; take "
        "coreshell_model.parameter_values(material, changes), in which it follows"
    )
