"""Salt in the electrolyte of separator and electrode (29)."""

from typing import Any

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.electrolyte import effective, relative_activity
from coreshell_model.physics.laws.kinetics import reference_with_salt
from coreshell_model.physics.levels import FullElectrodeLevel
from coreshell_model.physics.submodels.mechanism import ElectrodeMechanism


class SaltTransport(ElectrodeMechanism):
    """Diffusion and migration of a salt, whose cation the carbon takes up and the sodium metal releases."""

    layers: tuple[tuple[str, str, Any, Any, Any], ...] = (
        ("Separator", s.SEPARATOR, s.separator_thickness, s.separator_porosity, s.separator_bruggeman),
        ("Electrode", s.ELECTRODE, s.electrode_thickness, s.electrode_porosity, s.electrode_bruggeman),
    )
    """Beginning of the variables' names, domain, thickness, porosity and Bruggeman exponent of each layer."""

    def get_fundamental_variables(self):
        """Salt over its initial concentration [-] in all layers, and j00 [A.m-2] at that salt (10)."""
        salts = {
            f"{layer} salt": pybamm.Variable(f"{layer} salt", domain=[domain])
            for layer, domain, *_ in self.layers
        }
        electrode, separator = salts["Electrode salt"], salts["Separator salt"]
        activity = relative_activity(electrode)
        lowest, highest = self.extremes(salts)
        return salts | {
            "Salt": pybamm.concatenation(*salts.values()),
            "Exchange current density [A.m-2]": reference_with_salt(s.exchange_current_density, activity),
            "Separator electrolyte concentration [mol.m-3]": s.electrolyte_concentration * separator,
            "Electrolyte concentration [mol.m-3]": s.electrolyte_concentration * electrode,
            "Lowest electrolyte concentration [mol.m-3]": s.electrolyte_concentration * lowest,
            "Highest electrolyte concentration [mol.m-3]": s.electrolyte_concentration * highest,
            "Mean electrolyte concentration [mol.m-3]": self._mean(salts),
        }

    def extremes(self, salts):
        """The lowest salt, in the electrode, and the highest, in the separator: sodiation moves it there."""
        return pybamm.min(salts["Electrode salt"]), pybamm.max(salts["Separator salt"])

    def integrals(self, salts):
        """The salt of each layer, averaged over the layer."""
        return {
            "Separator": pybamm.Integral(salts["Separator salt"], self.level.x_separator),
            "Electrode": self.level.mean(salts["Electrode salt"]),
        }

    def _mean(self, salts):
        """Mean over the pore volume of all layers [mol.m-3], which stays constant if salt is conserved."""
        means = self.integrals(salts)
        volumes = {layer: thickness * porosity for layer, _, thickness, porosity, _ in self.layers}
        amount = sum(volumes[layer] * means[layer] for layer in volumes)
        return s.electrolyte_concentration * amount / sum(volumes.values())

    def get_coupled_variables(self, variables):
        """Effective diffusivity over the layer's thickness [m.s-1], and at the metal [m2.s-1]."""
        diffusivities = {
            layer: effective(s.electrolyte_diffusivity(s.electrolyte_concentration * salt), porosity, b)
            for layer, _, _, porosity, b in self.layers
            for salt in (variables[f"{layer} salt"],)
        }
        return {
            "Separator effective diffusivity [m2.s-1]": diffusivities["Separator"],
            "Salt conductance [m.s-1]": pybamm.concatenation(
                *(diffusivities[layer] / thickness for layer, _, thickness, *_ in self.layers)
            ),
        }

    def sources(self, variables):
        """Ionic current that enters each layer from its electrode, per step in x [A.m-2]."""
        return {"Electrode": variables["Ionic current divergence [A.m-2]"]}

    def set_rhs(self, variables):
        """(29), per step in x; the reaction is the divergence of the ionic current."""
        salt = variables["Salt"]
        flux = -variables["Salt conductance [m.s-1]"] * pybamm.grad(salt)
        released = (1 - s.transference_number) / (FARADAY * s.electrolyte_concentration)
        entering = self.sources(variables)
        source = pybamm.concatenation(
            *(
                released * entering[layer] if layer in entering else pybamm.PrimaryBroadcast(0, [domain])
                for layer, domain, *_ in self.layers
            )
        )
        volume = pybamm.concatenation(
            *(
                pybamm.PrimaryBroadcast(thickness * porosity, [domain])
                for _, domain, thickness, porosity, _ in self.layers
            )
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
            *(pybamm.PrimaryBroadcast(1, [domain]) for _, domain, *_ in self.layers)
        )


class FullCellSalt(SaltTransport):
    """The same salt through both electrodes: sodium enters it in one as it leaves it in the other."""

    layers = (
        ("Positive", s.COUNTER, s.positive_thickness, s.positive_porosity, s.positive_bruggeman),
        *SaltTransport.layers,
    )

    def extremes(self, salts):
        """The lowest and the highest salt anywhere: charge and discharge deplete one electrode each."""
        everywhere = pybamm.concatenation(*salts.values())
        return pybamm.min(everywhere), pybamm.max(everywhere)

    def integrals(self, salts):
        """The salt of each layer, averaged over the layer."""
        assert isinstance(self.level, FullElectrodeLevel)
        return super().integrals(salts) | {"Positive": self.level.positive_mean(salts["Positive salt"])}

    def sources(self, variables):
        """The same of both electrodes."""
        return super().sources(variables) | {
            "Positive": variables["Positive ionic current divergence [A.m-2]"]
        }

    def set_boundary_conditions(self, variables):
        """No cations pass the current collectors."""
        none = (pybamm.Scalar(0), "Neumann")
        self.boundary_conditions[variables["Salt"]] = {"left": none, "right": none}
