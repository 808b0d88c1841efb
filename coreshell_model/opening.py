"""The share of particles that electrolyte enters, as a material gives it or by its seal law."""

from coreshell_model.laws.sealing import exponential_seal, logistic_seal, percolation_seal
from coreshell_model.material import CoreShellMaterial, Material
from coreshell_model.particle import Shape


def open_fraction(material: Material, shape: Shape) -> float:
    """Share w of particles that electrolyte enters, given or by a seal law of the shell's thickness (24).

    A material without wetted pores has none; one without a shell is open as far as its seal is absent.
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
