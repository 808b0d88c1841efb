"""The material that the page is about, and what a choice makes of it and of its cycles."""

from coreshell_model.errors import InputError
from coreshell_model.explorer.choice import AS_GIVEN, Choice
from coreshell_model.explorer.controls import Control, starting_at
from coreshell_model.material import CoreShellMaterial, Material
from coreshell_model.particle import changed, geometry_of
from coreshell_model.protocol import Protocol, protocol_from_dict

CYCLES = 3
"""Cycles that a design is taken through: the first tells the loss, the last what returns."""

CHOSEN = "chosen in the page of coreshell explore"
"""Source of the rate and of the hold."""


class Subject:
    """A core-shell material and a protocol's basis, as they were before anything is slid."""

    def __init__(self, material: Material, basis: Protocol):
        """Take what was read.

        Raises
        ------
        InputError
            A material without a shell, or dimensions that exclude each other.
        """
        if not isinstance(material, CoreShellMaterial):
            raise InputError(f"{material.name} has no shell to explore; take one with core and shell, as core_shell")
        self.base = material
        self.basis = basis
        geometry = geometry_of(material)
        self.start = Choice(
            thickness=_rounded(geometry.shell_thickness * 1e9),
            area=_rounded(geometry.external_area / 1e3),
            pore_volume=_rounded(material.core.pore_volume.si * 1e3),
            rate=0.05,
            hold=60.0,
        )

    @property
    def controls(self) -> tuple[Control, ...]:
        """The page's controls, which can all return to where they began."""
        return starting_at(self.start.as_data()[name] for name in ("thickness", "area", "pore_volume", "rate", "hold"))

    def material(self, choice: Choice) -> CoreShellMaterial:
        """The material of a design.

        Raises
        ------
        InputError
            An impossible design, with the reason.
        """
        new = changed(
            self.base,
            {
                "shell.thickness": f"{choice.thickness!r} nm",
                "particle.external_area": f"{choice.area!r} m2/g",
                "core.pore_volume": f"{choice.pore_volume!r} cm3/g",
            },
        )
        assert isinstance(new, CoreShellMaterial)
        return new

    def protocol(self, choice: Choice) -> Protocol:
        """Cycles at the rate, with the hold.

        Raises
        ------
        InputError
            A rate or a hold that no step can have.
        """
        return _cycled(self.basis, choice.rate, choice.hold)


def _rounded(value: float) -> float:
    """Four digits, as the fields show them."""
    return float(f"{value:.4g}")


def _cycled(basis: Protocol, rate: float, hold: float | None) -> Protocol:
    numbers = {"rate": {"value": rate, "unit": "1", "source": CHOSEN}}
    steps = ["Sodiate at {rate}C until lower cut-off", "Desodiate at {rate}C until upper cut-off"]
    ends = "at the lower cut-off, without a hold"
    if hold is not None:
        numbers["longest_hold"] = {"value": hold, "unit": "h", "source": CHOSEN}
        steps.insert(1, "Hold at lower cut-off for {longest_hold} or until C/100")
        ends = f"with a hold at the lower cut-off until C/100 or {hold:g} h"
    kept = basis.model_dump(exclude_none=True, include={"basis", "window", "start"})
    return protocol_from_dict(
        {
            "name": "explored",
            "title": f"{CYCLES} cycles at {rate:g}C",
            "description": "The cycles of a design in the page of coreshell explore.",
            "source": CHOSEN,
            "end_of_sodiation": ends,
            "numbers": numbers,
            "cycles": [{"repeat": CYCLES, "steps": steps}],
            **kept,
        },
        "cycles",
    )
