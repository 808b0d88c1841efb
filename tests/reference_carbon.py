"""A coated carbon of fixed numbers, for checks whose edge must not move when shipped ones are fitted anew.

``core_shell`` with the electrochemistry that was set by hand before the joint fit, and without the effect of
strong sites and conditioned clusters.
"""

from coreshell_model.inputs.material import Material, read_material
from coreshell_model.inputs.particle import changed

NUMBERS = {
    "core.sloping.capacity": "200 mAh/g",
    "core.sloping.potential": "0.74 V",
    "core.sloping.interaction": "0.76 V",
    "core.sloping.diffusivity": "1e-17 m2/s",
    "core.clusters.pore_fraction": "0.273",
    "core.clusters.potential": "0.065 V",
    "core.clusters.rate": "4.4e-5 1/s",
    "shell.sloping.capacity": "132 mAh/g",
    "shell.sloping.potential": "1.06 V",
    "shell.sloping.interaction": "0.94 V",
    "shell.sloping.diffusivity": "5e-17 m2/s",
    "shell.trapping.capacity": "228 mAh/g",
    "shell.trapping.potential": "0.55 V",
    "surface.exchange_current_density": "0.02 A/m2",
    "sei.resistivity": "2e5 Ohm.m",
    "sei.steps.1.charge": "0.2 mAh/m2",
    "sei.steps.2.charge": "1.2 mAh/m2",
    "sei.steps.3.charge": "0.2 mAh/m2",
    "sei.growth.exchange_current_density": "5e-7 A/m2",
    "pores.burial": "0.28",
    "pores.steps.3.charge": "0.28 mAh/m2",
    "core.sloping.strong_potential": "0 V",
    "shell.sloping.strong_potential": "0 V",
    "core.clusters.conditioning": "0",
    "sei.growth.transfer_coefficient": "0.5",
    "sei.growth.decay_length": "0.4 nm",
}


def reference_carbon() -> Material:
    """The coated particle with these numbers."""
    return changed(read_material("core_shell"), NUMBERS)
