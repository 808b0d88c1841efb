"""A set of parameter values for users of PyBaMM, who change them by PyBaMM's names.

The numbers of ``values`` are not independent: a thicker shell on the same core has another external area,
density and mass. A change by PyBaMM's name is therefore made in the material, as by ``simulate``, and every
number is derived anew. A change of a number that follows from others is refused with the names of those.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pybamm

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, Changes, prepared
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
"""Numbers that follow from others, and the names of those."""


def paths_of(material: Material) -> dict[str, str]:
    """The path that ``simulate`` takes for each PyBaMM name that can be changed."""
    one_carbon = isinstance(material, OneCarbonMaterial)
    sections = {"Core": "carbon", "Shell": "carbon"} if one_carbon else {"Core": "core", "Shell": "shell"}
    paths = dict(_COMMON)
    for region, section in sections.items():
        paths |= {f"{region} {ending}": f"{section}.{path}" for ending, path in _CARBON.items()}
    for kind in STORES:
        for region in kind.regions:
            symbols = s.stored(kind.store, region)
            paths |= {
                getattr(symbols, field).name: f"{sections[region]}.{kind.name}.{field}"
                for field in kind.store.numbers
            }
    if not one_carbon:
        paths |= {
            s.core_radius.name: "particle.core_radius",
            s.shell_thickness.name: "shell.thickness",
        }
    return paths


def deciding(material: Material, name: str) -> str:
    """The numbers from which a number follows that cannot be changed itself."""
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
"""C-rate of a simulation without an experiment: that of the formation."""

UNITS = {"protocol.basis.one_c": "A/kg"}
"""Unit of a path whose number has another form in PyBaMM."""

TEMPERATURES = (s.temperature.name, "Initial temperature [K]")
"""Names that PyBaMM's experiments turn into inputs themselves."""


NO_STATE_OF_CHARGE = (
    "initial_soc: this model has no state of charge, since film and trapped sodium depend on the cell's "
    "history; leave it out and change protocol.start.potential, or pass starting_solution=, the solution of "
    "an earlier run"
)
"""Why PyBaMM cannot set an initial state of charge, and what to do."""


class ModelOptions(dict[str, str]):
    """The options that PyBaMM reads of a model; those of an initial state of charge are refused in words."""

    def __missing__(self, name: str) -> str:
        """PyBaMM asks for the kind of open-circuit potential before it balances electrodes, and only then."""
        if name == "open-circuit potential":
            raise InputError(NO_STATE_OF_CHARGE)
        raise KeyError(name)


class HalfCellParameterValues(pybamm.ParameterValues):
    """The parameter values of a material, which stay consistent.

    ``update`` and item assignment take the names of the model; the change is made in the material, and every
    dependent number is derived anew. ``material`` and ``protocol`` are the origin of the numbers, ``rate`` is
    the C-rate of the current, which follows the nominal capacity until a current is set. In a plain copy,
    ``pybamm.ParameterValues(values)``, nothing follows.
    """

    def __init__(self, material: Material, protocol: Protocol, rate: float = FORMATION_RATE):
        self._derived_values: dict[str, float] = {}
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

    def set_initial_state(self, *state: Any, **options: Any) -> None:
        """Refused: a state of charge does not say what is in the film and in the traps."""
        raise InputError(NO_STATE_OF_CHARGE)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def update(self, values: Mapping[str, Any], **options: Any) -> None:
        """Change numbers by PyBaMM's names; dependent numbers follow.

        Raises
        ------
        InputError
            A number follows from others, the material cannot have it, or an input replaces a number from
            which others follow.
        """
        new_values = dict(values.items())
        changes: dict[str, str] = {}
        others: dict[str, Any] = {}
        decided: dict[str, float] = {}
        paths = paths_of(self.material) if self._derived_values else {}
        mass = self._mass(new_values)
        for name, value in new_values.items():
            if name not in self._derived_values:
                others[name] = value
                continue
            number = _number(name, value)
            if number is None:
                self._check_input(name, paths)
                others[name] = value
            elif number != self._store[name]:
                if name not in paths or self._is_decided_by_radius(name, new_values):
                    decided[name] = number
                else:
                    self._add(changes, paths[name], name, number, mass)
        if changes or decided:
            self._change(changes, decided)
        if CURRENT in others and self._derived_values:
            self._current_follows = False
        super().update(others, **options)

    def _is_decided_by_radius(self, name: str, new_values: Mapping[str, Any]) -> bool:
        """Whether the number is the external area, and the radius, which decides it, is changed too."""
        radius = s.core_radius.name
        by_radius = (
            radius in self._derived_values
            and new_values.get(radius, self._derived_values[radius]) != self._derived_values[radius]
        )
        return name == s.external_area.name and by_radius

    def _add(self, changes: dict[str, str], path: str, name: str, number: float, mass: float) -> None:
        """Add a change in the form that ``simulate`` takes."""
        if not path.startswith(PROTOCOL_PREFIX) and path not in known_paths(self.material):
            raise InputError(
                f"{name!r}: {self.material.name} has no {path}; add its section to the material's file"
            )
        file_number = sources(self.material).get(path)
        if (
            file_number is not None
            and file_number.si
            and self._derived_values.get(name)
            and path not in UNITS
        ):
            # The model's number may differ from the file's by a factor of temperature, or of grains.
            factor = file_number.si / self._derived_values[name]
            number *= 1.0 if np.isclose(factor, 1, rtol=1e-12, atol=0) else factor
        text = f"{number!r} {_unit(name)}".strip()
        if path in UNITS:
            text = f"{number / mass!r} {UNITS[path]}"
        if changes.setdefault(path, text) != text:
            raise InputError(f"{name!r} is {number:g}, but another name of {path} is given another value")

    def _mass(self, new_values: Mapping[str, Any]) -> float:
        """Active carbon of the electrode [kg], by the new values of loading and area if there are any."""
        mass = 1.0
        for symbol in (s.active_loading, s.electrode_area):
            number = _number(symbol.name, new_values[symbol.name]) if symbol.name in new_values else None
            mass *= self._derived_values.get(symbol.name, 1.0) if number is None else number
        return mass

    def _change(self, changes: dict[str, str], decided: dict[str, float]) -> None:
        """Change the material and the protocol; new values of dependent numbers have to agree."""
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
        """Derive every number of the material; inputs stay inputs."""
        inputs = {name for name in self._derived_values if isinstance(self._store[name], pybamm.Symbol)}
        self.material, self.protocol = material, protocol
        self._derived_values = values.parameter_values(material, protocol)
        super().update({name: value for name, value in self._derived_values.items() if name not in inputs})
        # Several sizes exist at the particle level alone. A table that the user replaced stays replaced.
        resolved = material.electrode is not None and not material.particle.several_sizes
        derived_tables = tables(material, ElectrodeLevel.name if resolved else ParticleLevel.name)
        replaced = {name for name, table in self._tables.items() if self._store.get(name) != table}
        self._tables = derived_tables
        super().update({name: table for name, table in derived_tables.items() if name not in replaced})
        if self._current_follows:
            super().update({CURRENT: self.rate * self._derived_values[s.nominal_capacity.name]})

    def _check_input(self, name: str, paths: Mapping[str, str]) -> None:
        """Refuse an input, a function or a symbol for a number from which others are derived."""
        if name in TEMPERATURES:
            return
        followers = self._followers(name, paths)
        if followers:
            raise InputError(
                f"{name!r} cannot be an input: {followers[0]} goes with it; give each value its own set, "
                "coreshell_model.parameter_values(material, changes)"
            )

    def _followers(self, name: str, paths: Mapping[str, str]) -> list[str]:
        """Other numbers that change with this one, or the numbers from which it follows."""
        if name not in paths:
            return [deciding(self.material, name)]
        changes: dict[str, str] = {}
        number = self._derived_values[name]
        self._add(changes, paths[name], name, 0.999 * number if number else 1e-3, self._mass({}))
        try:
            new = values.parameter_values(*prepared(self.material, self.protocol, changes))
        except InputError:
            return []
        return [
            other
            for other, value in new.items()
            if other != name and not np.isclose(value, self._derived_values[other], rtol=1e-12, atol=0)
        ]


def _number(name: str, value: Any) -> float | None:
    """The value as a number; None for an input, a function or a symbol."""
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
    changes: Changes | None = None,
    *,
    protocol: Protocol | str | Path = "formation",
    rate: float = FORMATION_RATE,
) -> HalfCellParameterValues:
    """A material as PyBaMM's parameter values, for ``pybamm.Simulation(CoreShellHalfCell(), ...)``.

    >>> values = parameter_values("core_shell", {"shell.thickness": "12 nm"})
    >>> pybamm.Simulation(CoreShellHalfCell(), parameter_values=values).solve([0, 80 * 3600])

    A model with open particles takes the mechanisms ``mechanisms_for(values)``, a model with particles of
    several sizes the level ``physics.levels.level_named("particle", values)``.

    Parameters
    ----------
    material : a shipped name, the path of a TOML file, or a material that was read
    changes : as for ``simulate``, ``{"shell.thickness": "12 nm", "protocol.window.lower": 0.01}``
    protocol : gives 1C, cut-offs and starting potential; its steps are not used
    rate : "Current function [A]" in C, positive sodiates; C/20 by default

    Returns
    -------
    HalfCellParameterValues
        Dependent numbers follow later changes in it.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not np.isfinite(rate):
        raise InputError(f"rate is {brief(rate)}; give a number in C, as 0.05 for C/20")
    return HalfCellParameterValues(*prepared(material, protocol, changes), rate=float(rate))


class CheckedProcessor(pybamm.SymbolProcessor):
    """Checks the parameter values that PyBaMM gives to a model.

    Parameters
    ----------
    check : refuses values that need laws outside the model
    """

    def __init__(self, check: Callable[[Mapping[str, Any]], None]):
        super().__init__()
        self._check = check

    @property
    def parameter_values(self):
        """The parameter values of the model."""
        return self._parameter_values

    @parameter_values.setter
    def parameter_values(self, parameter_values):
        check_set(parameter_values)
        self._check(parameter_values)
        self._parameter_values = parameter_values

    def copy(self):
        """A copy with the same check."""
        new = type(self)(self._check)
        new.__dict__.update(super().copy().__dict__)
        return new


def check_set(parameter_values: pybamm.ParameterValues) -> None:
    """Refuse a plain copy of the registered set in which a number was changed and dependent ones were not.

    Sets of other origin are not checked.
    """
    if isinstance(parameter_values, HalfCellParameterValues) or values.REGISTERED not in parameter_values:
        return
    shipped = _shipped()
    plain = {
        name: value
        for name, value in parameter_values.items()
        if name in shipped and isinstance(value, int | float)
    }

    def is_unchanged(name: str) -> bool:
        return name in plain and plain[name] == shipped[name]

    def first_changed(symbols: tuple[pybamm.Parameter, ...]) -> str | None:
        changed = [
            symbol.name for symbol in symbols if symbol.name in plain and not is_unchanged(symbol.name)
        ]
        return changed[0] if changed else None

    for leaders, followers in _BELONG:
        leader = first_changed(leaders)
        if leader and all(is_unchanged(symbol.name) for symbol in followers):
            _refuse(leader, followers[0].name)
    for occupancy, carbon in ((s.initial_core_occupancy, s.core), (s.initial_shell_occupancy, s.shell)):
        isotherm = (
            carbon.sloping_potential,
            carbon.sloping_interaction,
            carbon.strong_potential,
            carbon.strong_share,
        )
        deciding_symbols = (s.initial_potential, *isotherm, s.temperature)
        leader = first_changed(deciding_symbols)
        if (
            not leader
            or not is_unchanged(occupancy.name)
            or any(symbol.name not in plain for symbol in deciding_symbols)
        ):
            continue
        potential, standard, interaction, *strong, temperature = (
            plain[symbol.name] for symbol in deciding_symbols
        )
        start = occupancy_at(potential, standard, interaction, thermal_voltage(temperature), *strong)
        if not np.isclose(max(start, values.SMALLEST_START), shipped[occupancy.name], rtol=1e-6, atol=1e-12):
            _refuse(leader, occupancy.name)


_BELONG = (
    ((s.core_radius, s.shell_thickness, s.particle_density), (s.external_area,)),
    ((s.external_area,), (s.core_radius, s.shell_thickness)),
    ((s.active_loading, s.electrode_area), (s.nominal_capacity,)),
)
"""Numbers, and others of which at least one changes with them."""


@cache
def _shipped() -> dict[str, float]:
    """The numbers of the registered set."""
    return {name: value for name, value in values.appel_core_shell().items() if isinstance(value, float)}


def _refuse(changed: str, follower: str) -> None:
    raise InputError(
        f"{changed!r} was changed, but {follower!r}, which goes with it, was not; take "
        "coreshell_model.parameter_values(material, changes), in which it follows"
    )
