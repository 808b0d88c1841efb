"""Salt in the electrolyte of separator and electrode (29)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.electrolyte import effective, relative_activity
from coreshell_model.physics.laws.kinetics import reference_with_salt
from coreshell_model.physics.submodels.mechanism import ElectrodeMechanism


class SaltTransport(ElectrodeMechanism):
    """Diffusion and migration of a salt, whose cation the carbon takes up and the sodium metal releases."""

    def get_fundamental_variables(self):
        """Salt over its initial concentration [-] in both layers, and j00 [A.m-2] at that salt (10)."""
        separator = pybamm.Variable("Separator salt", domain=[s.SEPARATOR])
        electrode = pybamm.Variable("Electrode salt", domain=[s.ELECTRODE])
        activity = relative_activity(electrode)
        return {
            "Separator salt": separator,
            "Electrode salt": electrode,
            "Salt": pybamm.concatenation(separator, electrode),
            "Exchange current density [A.m-2]": reference_with_salt(s.exchange_current_density, activity),
            "Separator electrolyte concentration [mol.m-3]": s.electrolyte_concentration * separator,
            "Electrolyte concentration [mol.m-3]": s.electrolyte_concentration * electrode,
            "Lowest electrolyte concentration [mol.m-3]": s.electrolyte_concentration * pybamm.min(electrode),
            "Highest electrolyte concentration [mol.m-3]": s.electrolyte_concentration
            * pybamm.max(separator),
            "Mean electrolyte concentration [mol.m-3]": self._mean(separator, electrode),
        }

    def _mean(self, separator, electrode):
        """Mean over the pore volume of both layers [mol.m-3], which stays constant if salt is conserved."""
        in_separator = s.separator_thickness * s.separator_porosity
        in_electrode = s.electrode_thickness * s.electrode_porosity
        amount = in_separator * pybamm.Integral(separator, self.level.x_separator)
        amount += in_electrode * self.level.mean(electrode)
        return s.electrolyte_concentration * amount / (in_separator + in_electrode)

    def get_coupled_variables(self, variables):
        """Effective diffusivity over the layer's thickness [m.s-1], and at the metal [m2.s-1]."""
        layers = (
            ("Separator", s.separator_thickness, s.separator_porosity, s.separator_bruggeman),
            ("Electrode", s.electrode_thickness, s.electrode_porosity, s.electrode_bruggeman),
        )
        diffusivities = {
            layer: effective(s.electrolyte_diffusivity(s.electrolyte_concentration * salt), porosity, b)
            for layer, _, porosity, b in layers
            for salt in (variables[f"{layer} salt"],)
        }
        return {
            "Separator effective diffusivity [m2.s-1]": diffusivities["Separator"],
            "Salt conductance [m.s-1]": pybamm.concatenation(
                *(diffusivities[layer] / thickness for layer, thickness, *_ in layers)
            ),
        }

    def set_rhs(self, variables):
        """(29), per step in x; the reaction is the divergence of the ionic current."""
        salt = variables["Salt"]
        flux = -variables["Salt conductance [m.s-1]"] * pybamm.grad(salt)
        released = (1 - s.transference_number) / (FARADAY * s.electrolyte_concentration)
        source = pybamm.concatenation(
            pybamm.PrimaryBroadcast(0, [s.SEPARATOR]),
            released * variables["Ionic current divergence [A.m-2]"],
        )
        volume = pybamm.concatenation(
            pybamm.PrimaryBroadcast(s.separator_thickness * s.separator_porosity, [s.SEPARATOR]),
            pybamm.PrimaryBroadcast(s.electrode_thickness * s.electrode_porosity, [s.ELECTRODE]),
        )
        self.rhs[salt] = (-pybamm.div(flux) + source) / volume

    def set_boundary_conditions(self, variables):
        """All current passes the metal's surface as cations; no cations pass the current collector."""
        at_metal = pybamm.boundary_value(variables["Separator effective diffusivity [m2.s-1]"], "left")
        inflow = (1 - s.transference_number) * variables["Current density [A.m-2]"] / FARADAY
        gradient = -inflow * s.separator_thickness / (at_metal * s.electrolyte_concentration)
        self.boundary_conditions[variables["Salt"]] = {
            "left": (gradient, "Neumann"),
            "right": (pybamm.Scalar(0), "Neumann"),
        }

    def set_initial_conditions(self, variables):
        """Uniform."""
        self.initial_conditions[variables["Salt"]] = pybamm.concatenation(
            pybamm.PrimaryBroadcast(1, [s.SEPARATOR]), pybamm.PrimaryBroadcast(1, [s.ELECTRODE])
        )
