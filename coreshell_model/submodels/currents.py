"""What flows at the surfaces, per gram of active carbon (11), (15)."""

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class SealedCurrents(Mechanism):
    """Every particle sealed: charge transfer and film on the external surface alone."""

    def get_coupled_variables(self, variables):
        """Charge transfer and SEI [A.kg-1], anodic positive."""
        return {
            "Charge-transfer current [A.kg-1]": s.external_area
            * variables["Charge-transfer current density [A.m-2]"],
            "SEI current [A.kg-1]": variables["Film area [m2.kg-1]"]
            * variables["SEI current density [A.m-2]"],
        }


class MixedCurrents(Mechanism):
    """Sealed and open particles in parallel at one potential; every external surface carries film."""

    def get_coupled_variables(self, variables):
        """As of sealed particles, and the pore walls of the open ones."""
        w = s.open_fraction
        sealed = s.external_area * variables["Charge-transfer current density [A.m-2]"]
        opened = sum(variables[f"Wetted {region} charge transfer [A.kg-1]"] for region in ("Core", "Shell"))
        return {
            "Charge-transfer current [A.kg-1]": (1 - w) * sealed + w * opened,
            "SEI current [A.kg-1]": variables["Film area [m2.kg-1]"]
            * variables["SEI current density [A.m-2]"]
            + w * variables["Pore SEI current [A.kg-1]"],
        }
