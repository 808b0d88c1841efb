"""The electrolyte of separator and porous electrode (27)-(29)."""

from dataclasses import dataclass

import numpy as np

DILUTE = 1e-5
"""Share of the initial concentration at which salt is held inside roots and logarithms if there is less."""


@dataclass(frozen=True)
class Tabulated:
    """A property of the electrolyte by concentration: linear between points, constant beyond the ends.

    Attributes
    ----------
    concentrations : of the points [mol.m-3], rising
    values : of the property at the points, SI
    from_zero : whether the property falls in proportion to the salt below the first point, as a conductivity

    Callable with floats, arrays or PyBaMM symbols.
    """

    concentrations: tuple[float, ...]
    values: tuple[float, ...]
    from_zero: bool = False

    __name__ = "tabulated"  # PyBaMM writes functions to JSON under their names

    def __call__(self, concentration):
        """The property at a concentration [mol.m-3]."""
        points, values = self.concentrations, self.values
        value = values[0]
        for low, high, start, end in zip(points, points[1:], values, values[1:], strict=False):
            within = np.minimum(np.maximum(concentration, low), high) - low
            value = value + within * ((end - start) / (high - low))
        if self.from_zero:
            value = value * np.minimum(np.maximum(concentration / points[0], DILUTE), 1)
        return value


def effective(value, porosity, bruggeman):
    """X_eff = X epsilon^b (27): a property of the electrolyte in a porous layer.

    Parameters
    ----------
    value : X, of the bulk electrolyte
    porosity, bruggeman : epsilon and b [-]

    Source: Bruggeman's relation.
    """
    return value * porosity**bruggeman


def relative_activity(salt):
    """c/c_0, held above ``DILUTE``, for the root in j0 and the logarithm in (28) [-].

    Parameters
    ----------
    salt : c/c_0 [-]

    Source: assumed: so little salt has no effect otherwise, since (28) then carries no current.
    """
    return np.maximum(salt, DILUTE)


def diffusion_potential(activity, transference_number, thermodynamic_factor, thermal_voltage):
    """2 (1 - t+) Lambda V_T ln(c/c_0) [V], the part of P in (28) that depends on the concentration.

    Parameters
    ----------
    activity : c/c_0 [-]
    transference_number, thermodynamic_factor : t+ and Lambda [-]
    thermal_voltage : V_T [V]

    Source: concentrated-solution theory, as in PyBaMM's Doyle-Fuller-Newman model.
    """
    return 2 * (1 - transference_number) * thermodynamic_factor * thermal_voltage * np.log(activity)


def ionic_current_density(potential_gradient, current_density, ionic_conductivity, electronic_conductivity):
    """i_e = (dP/dx + i/sigma)/(1/kappa_eff + 1/sigma) [A.m-2], per electrode area (28).

    Parameters
    ----------
    potential_gradient : dP/dx, of P = Delta + ``diffusion_potential`` [V.m-1]
    current_density : i, of the cell [A.m-2], the sum of ionic and electronic current
    ionic_conductivity, electronic_conductivity : kappa_eff and sigma [S.m-1]

    Source: Ohm's laws of electrolyte and carbon with i = i_e + i_s, solved for i_e.
    """
    path = 1 / ionic_conductivity + 1 / electronic_conductivity
    return (potential_gradient + current_density / electronic_conductivity) / path
