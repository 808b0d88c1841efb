"""The carbon that electrolyte wets, per gram of active carbon."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class ExternalArea(Mechanism):
    """Every particle sealed: the external surface alone."""

    def get_fundamental_variables(self):
        """Wetted area [m2.kg-1], now and at first; no wetted pores to fill."""
        return {
            "Wetted area [m2.kg-1]": s.external_area,
            "Initial wetted area [m2.kg-1]": s.external_area,
            "Pore filling": pybamm.Scalar(0),
        }


class ExternalAndWallArea(Mechanism):
    """The external surface of all particles and the pore walls of the open ones."""

    def get_coupled_variables(self, variables):
        """Wetted area [m2.kg-1], now and at first."""
        return {
            "Wetted area [m2.kg-1]": s.external_area
            + s.open_fraction * variables["Open wall area [m2.kg-1]"],
            "Initial wetted area [m2.kg-1]": s.external_area + s.open_fraction * s.wall_area,
        }
