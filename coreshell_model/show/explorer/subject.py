"""The material and the protocol of the page, and both as a choice changes them."""

from collections.abc import Mapping

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import to_si
from coreshell_model.design.variables import SEALS, as_changes, designed, with_seal
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, by_path, prepared
from coreshell_model.inputs.material import CoreShellMaterial, Material
from coreshell_model.inputs.particle import ACCESSIBLE, AMOUNTS, SIZES
from coreshell_model.inputs.protocol import Protocol, changed_protocol, read_protocol
from coreshell_model.show.explorer.choice import AS_GIVEN, CONTROLS, Choice, Control

PROTOCOL = "design"
"""The shipped protocol for comparing designs."""

NO_HOLD = "1 s"
"""The hold that stands for none in protocols with a longest hold."""

SET_BY_CONTROLS = {*SIZES, *AMOUNTS, "core.pore_volume"}
"""Numbers of the material that the sliders of the design set, or that follow from those."""

SHARED = ("basis.one_c", "window.lower", "window.upper", "start.potential")
"""Numbers that every protocol has."""

SHARED_WITH_FULL = ("basis.one_c", "start.potential")
"""Numbers that mean the same in a protocol of a full cell, whose cut-offs are other voltages."""

SHORTEST_HOLD, HOUR = 1.0, 3600.0
"""Seconds of the hold that stands for none, and of an hour."""


class Subject:
    """A core-shell material and the protocol of designs, as the page begins with them."""

    def __init__(
        self,
        material: Material | str,
        changes: Mapping[str, str] | None = None,
        protocol: Protocol | str = PROTOCOL,
        tests: Mapping[str, Protocol] | None = None,
    ):
        """Read material and protocol with the changes; a material without a shell is refused.

        ``tests`` are protocols of the other tabs with numbers of the user, by their shipped names.
        """
        base, self.protocol_base = prepared(material, protocol, changes)
        if not isinstance(base, CoreShellMaterial):
            raise InputError(f"{base.name} is of one carbon; explore one with core and shell, as core_shell")
        self.base = base
        self._tests = dict(tests or {})
        self._changes = dict(changes or {})
        geometry, numbers = self.base.geometry, self.protocol_base.numbers
        hold = to_si(numbers["longest_hold"].value, numbers["longest_hold"].unit, "s")
        self.start = Choice(
            thickness=_rounded(geometry.shell_thickness * 1e9),
            area=_rounded(geometry.external_area / 1e3),
            pore_volume=_rounded(self.base.core.pore_volume.si * 1e3),
            rate=_rounded(to_si(numbers["rate"].value, numbers["rate"].unit, "1")),
            hold=_rounded(hold / HOUR) if hold > SHORTEST_HOLD else None,
        )

    @property
    def controls(self) -> tuple[Control, ...]:
        """The page's controls, each with a stop at its first value."""
        values = ((control, getattr(self.start, control.name)) for control in CONTROLS)
        return tuple(control if value is None else control.through(value) for control, value in values)

    @property
    def seals(self) -> dict[str, str]:
        """The choice of seals, each in words; that of the file alone for a material without wetted pores."""
        pores = self.base.pores
        if pores is None:
            return {AS_GIVEN: "Always: the material has no pores that electrolyte can wet"}
        open_fraction = pores.open_fraction
        stated = f"{100 * open_fraction.si:.3g} % open" if open_fraction is not None else "its own seal law"
        return {AS_GIVEN: f"As the material states: {stated}"} | {law: _in_words(law) for law in SEALS}

    def material(self, choice: Choice) -> Material:
        """Return the material of a design; an impossible design is refused with the reason.

        Where a seal law opens particles, the pore volume that electrolyte can enter changes with the core's,
        unless it is changed itself.
        """
        base: Material = self.base if choice.seal == AS_GIVEN else with_seal(self.base, choice.seal)
        return designed(base, self._of_design(choice))

    def changes(self, choice: Choice) -> dict[str, str]:
        """Return what a design changes in the material's file, as ``simulate`` takes it."""
        given = {path: text for path, text in self._changes.items() if not path.startswith(PROTOCOL_PREFIX)}
        of_file = by_path(given, self.base)
        known = {path: text for path, text in of_file.items() if path not in SET_BY_CONTROLS}
        return known | as_changes(self._of_design(choice), self.base)

    def _of_design(self, choice: Choice) -> dict[str, str]:
        """The changes of a design beside its seal, by short name or path."""
        changes = {path: text for path, text in choice.changes if not path.startswith(PROTOCOL_PREFIX)}
        for path in changes:
            if path in SET_BY_CONTROLS:
                raise InputError(f"{path}: follows from the sliders of the design; move these")
        values = {
            "thickness": f"{choice.thickness!r} nm",
            "external_area": f"{choice.area!r} m2/g",
            "pore_volume": f"{choice.pore_volume!r} cm3/g",
        }
        pores = self.base.pores
        if pores is not None and choice.pore_volume > 0 and ACCESSIBLE not in changes:
            share = pores.accessible_volume.si / self.base.core.pore_volume.si
            values[ACCESSIBLE] = f"{share * choice.pore_volume!r} cm3/g"
        return values | changes

    def protocol(self, choice: Choice) -> Protocol:
        """Return the protocol with the rate and the hold; a rate or hold that no step can have is refused."""
        values = {
            "rate": f"{choice.rate!r}",
            "hold": NO_HOLD if choice.hold is None else f"{choice.hold!r} h",
        }
        changes = as_changes(values, self.base, self.protocol_base) | self._of_protocol(choice)
        return changed_protocol(
            self.protocol_base, {path.removeprefix(PROTOCOL_PREFIX): text for path, text in changes.items()}
        )

    def test(self, choice: Choice, name: str) -> Protocol:
        """Return the protocol of another tab, with those changed numbers of the design's that it has too."""
        protocol = self._tests.get(name) or read_protocol(name)
        changes = {
            path.removeprefix(PROTOCOL_PREFIX): text
            for path, text in {**self._changes, **self._of_protocol(choice)}.items()
        }
        shared = SHARED_WITH_FULL if protocol.is_full else SHARED
        known = {path: text for path, text in changes.items() if path in shared}
        return changed_protocol(protocol, known)

    @staticmethod
    def _of_protocol(choice: Choice) -> dict[str, str]:
        """The changes of a choice that are of the protocol, by their paths."""
        return {path: text for path, text in choice.changes if path.startswith(PROTOCOL_PREFIX)}


def _in_words(law: str) -> str:
    """A seal law with its numbers."""
    _, numbers = SEALS[law]
    parts = [f"{name.replace('_', ' ')} {value:g} {unit}" for name, (value, unit) in numbers.items()]
    return f"{law.capitalize()}: {', '.join(part.removesuffix(' 1') for part in parts)}"


def _rounded(value: float) -> float:
    """Four digits, as the fields show them."""
    return float(f"{value:.4g}")
