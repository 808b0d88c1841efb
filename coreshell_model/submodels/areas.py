"""The carbon that electrolyte wets, per gram of active carbon."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class ExternalArea(Mechanism):
    """Every particle sealed: the external surface, and that of the conductive additive."""

    def get_fundamental_variables(self):
        """Area under the film and wetted area [m2.kg-1], now and at first; no wetted pores to fill."""
        area = s.external_area + s.additive_area
        return {
            "Film area [m2.kg-1]": area,
            "Wetted area [m2.kg-1]": area,
            "Initial wetted area [m2.kg-1]": area,
            "Pore filling": pybamm.Scalar(0),
        }


class ExternalAndWallArea(Mechanism):
    """The same, and the pore walls of the open particles."""

    def get_coupled_variables(self, variables):
        """Area under the film and wetted area [m2.kg-1], now and at first."""
        area = s.external_area + s.additive_area
        return {
            "Film area [m2.kg-1]": area,
            "Wetted area [m2.kg-1]": area + s.open_fraction * variables["Open wall area [m2.kg-1]"],
            "Initial wetted area [m2.kg-1]": area + s.open_fraction * s.wall_area,
        }
