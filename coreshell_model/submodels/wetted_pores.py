"""Particles that electrolyte enters: film on the pore walls, and carbon reached from there (21)-(23)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.constants import FARADAY
from coreshell_model.laws.interphase import reduction_rate
from coreshell_model.laws.isotherm import equilibrium_potential, mean_field_potential
from coreshell_model.laws.kinetics import charge_transfer_through_layer
from coreshell_model.laws.pores import accessible_sites, filling_by_film, open_share
from coreshell_model.laws.trapping import trap_limit, trapping_rate
from coreshell_model.submodels.mechanism import Mechanism


class WallInterphase(Mechanism):
    """Reduction steps on the pore walls, which stop when spent or when the pores are full or blocked."""

    def get_fundamental_variables(self):
        """Progress of each step, charge of the film per initial wall area, filling and area left."""
        progress = {
            f"Pore SEI step {k} progress": pybamm.Variable(f"Pore SEI step {k} progress") for k in s.SEI_STEPS
        }
        charge, filling = pybamm.Scalar(0), pybamm.Scalar(0)
        for step, done in zip(s.pore_sei_steps, progress.values(), strict=True):
            charge += step.charge * done
            filling += filling_by_film(
                step.charge * done, step.molar_volume, step.electrons, s.wall_area, s.accessible_volume
            )
        return {
            **progress,
            "Pore SEI charge [C.m-2]": charge,
            "Pore filling": filling,
            "Open wall area [m2.kg-1]": s.wall_area * open_share(filling, s.pore_blocking),
        }

    def get_coupled_variables(self, variables):
        """Rates of the steps [s-1], the film's current per mass [A.kg-1] and the rate of filling [s-1]."""
        potential = variables["Double-layer potential [V]"]
        reached = variables["Open wall area [m2.kg-1]"] / s.wall_area
        rates, current, filling_rate = {}, pybamm.Scalar(0), pybamm.Scalar(0)
        for k, step in zip(s.SEI_STEPS, s.pore_sei_steps, strict=True):
            rate = reduction_rate(
                potential, step.potential, step.rate, s.sei_transfer_coefficient, s.pore_supply_time, s.V_T
            )
            rate = reached * rate * (1 - variables[f"Pore SEI step {k} progress"])
            rates[f"Pore SEI step {k} rate [s-1]"] = rate
            current -= s.wall_area * step.charge * rate
            filling_rate += filling_by_film(
                step.charge * rate, step.molar_volume, step.electrons, s.wall_area, s.accessible_volume
            )
        return {
            **rates,
            "Pore SEI current [A.kg-1]": current,
            "Pore filling rate [s-1]": filling_rate,
        }

    def set_rhs(self, variables):
        """(21)."""
        for k in s.SEI_STEPS:
            self.rhs[variables[f"Pore SEI step {k} progress"]] = variables[f"Pore SEI step {k} rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Bare walls."""
        for k in s.SEI_STEPS:
            self.initial_conditions[variables[f"Pore SEI step {k} progress"]] = pybamm.Scalar(0)


class WettedCarbon(Mechanism):
    """Sloping sites and traps of both carbons, reached through a wall too thin for gradients."""

    REGIONS = (("Core", s.core), ("Shell", s.shell))

    def get_fundamental_variables(self):
        """Sodium on sites in reach, on buried sites, and in traps, each per site [-]."""
        return {
            f"Wetted {region} {kind}": pybamm.Variable(f"Wetted {region} {kind}")
            for region in ("Core", "Shell")
            for kind in ("sodium in reach", "buried sodium", "trap occupancy")
        }

    def get_coupled_variables(self, variables):
        """Charge transfer [A.kg-1], burial and trapping [s-1] of each carbon."""
        inner = s.core_radius**3 / 3
        outer = variables["Particle radius [m]"] ** 3 / 3 - inner
        sites = {
            "Core": s.core.site_density * inner / variables["Particle mass over 4 pi [kg]"],
            "Shell": s.shell.site_density * outer / variables["Particle mass over 4 pi [kg]"],
        }
        traps = {
            "Core": s.core.trap_density * inner / variables["Particle mass over 4 pi [kg]"],
            "Shell": s.shell.trap_density * outer / variables["Particle mass over 4 pi [kg]"],
        }
        in_reach = accessible_sites(variables["Pore filling"], s.pore_burial)
        wetted = variables["Open wall area [m2.kg-1]"] + s.external_area
        found = {}
        for region, carbon in self.REGIONS:
            theta = variables[f"Wetted {region} sodium in reach"] / in_reach
            shape = (carbon.sloping_potential, carbon.sloping_interaction)
            wall = 1 / (s.particle_density * s.wall_area)
            current_density = charge_transfer_through_layer(
                theta,
                wall / (FARADAY * carbon.diffusivity * carbon.site_density),
                variables["Double-layer potential [V]"],
                mean_field_potential(theta, *shape),
                s.exchange_current_density,
                s.V_T,
            )
            limit = trap_limit(
                equilibrium_potential(theta, *shape, s.V_T), carbon.trap_potential, carbon.trap_width
            )
            found |= {
                f"Wetted {region} sites [mol.kg-1]": sites[region],
                f"Wetted {region} traps [mol.kg-1]": traps[region],
                f"Wetted {region} charge transfer [A.kg-1]": wetted
                * sites[region]
                / (sites["Core"] + sites["Shell"])
                * current_density,
                f"Wetted {region} burial rate [s-1]": theta
                * s.pore_burial
                * variables["Pore filling rate [s-1]"],
                f"Wetted {region} trapping rate [s-1]": trapping_rate(
                    variables[f"Wetted {region} trap occupancy"], limit, theta, carbon.trap_rate
                ),
            }
        return found

    def set_rhs(self, variables):
        """(23): what leaves the sites in reach went to the electrolyte, into traps or under the film."""
        for region, _ in self.REGIONS:
            sites = variables[f"Wetted {region} sites [mol.kg-1]"]
            traps = variables[f"Wetted {region} traps [mol.kg-1]"]
            burial = variables[f"Wetted {region} burial rate [s-1]"]
            trapping = variables[f"Wetted {region} trapping rate [s-1]"]
            leaving = variables[f"Wetted {region} charge transfer [A.kg-1]"] / FARADAY
            self.rhs[variables[f"Wetted {region} sodium in reach"]] = (
                -(leaving + traps * trapping) / sites - burial
            )
            self.rhs[variables[f"Wetted {region} buried sodium"]] = burial
            self.rhs[variables[f"Wetted {region} trap occupancy"]] = trapping

    def set_initial_conditions(self, variables):
        """As in the sealed carbons; nothing buried or trapped."""
        start = {"Core": s.initial_core_occupancy, "Shell": s.initial_shell_occupancy}
        for region, _ in self.REGIONS:
            self.initial_conditions[variables[f"Wetted {region} sodium in reach"]] = start[region]
            self.initial_conditions[variables[f"Wetted {region} buried sodium"]] = pybamm.Scalar(0)
            self.initial_conditions[variables[f"Wetted {region} trap occupancy"]] = pybamm.Scalar(0)
