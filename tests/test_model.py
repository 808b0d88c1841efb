"""The model as a PyBaMM user meets it."""

import os

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

import numpy as np
import pybamm
import pytest
from reference_carbon import reference_carbon

from coreshell_model.physics.model import SEALED, CoreShellHalfCell, in_place_of
from coreshell_model.physics.parameter_set import parameter_values
from coreshell_model.physics.storage.clusters import Clusters, equilibrium_filling, relaxing_rate
from coreshell_model.physics.values import appel_core_shell
from coreshell_model.run import experiment
from coreshell_model.run.simulation import forget_models, simulate


def test_pybamm_finds_the_model_by_its_entry_point():
    """Registered in the group pybamm_models."""
    assert isinstance(pybamm.Model("CoreShellHalfCell"), CoreShellHalfCell)


def test_pybamm_finds_the_parameter_set_by_its_entry_point():
    """Registered in the group pybamm_parameter_sets, and complete for the model."""
    registered = pybamm.ParameterValues("Appel_core_shell")
    needed = {parameter.name for parameter in CoreShellHalfCell().parameters}
    assert needed <= set(registered.keys())
    assert registered["External area [m2.kg-1]"] == pytest.approx(14e3)


def test_a_plain_simulation_runs_to_the_lower_cut_off():
    """C/20 from empty carbon, with the model's own parameters, mesh and solver."""
    solution = pybamm.Simulation(CoreShellHalfCell()).solve([0, 80 * 3600])
    assert solution.termination == "event: Minimum voltage [V]"
    assert solution["Voltage [V]"].entries[-1] == pytest.approx(0.005, abs=1e-4)
    assert 200 < solution["Specific capacity [mA.h.g-1]"].entries[-1] < 500


def test_an_experiment_runs_and_its_solution_keeps_pybamms_ways():
    """Cycles, steps and processed variables as of any PyBaMM model."""
    simulation = pybamm.Simulation(
        CoreShellHalfCell(),
        experiment=pybamm.Experiment(
            [
                (
                    "Discharge at C/10 for 40 hours or until 5 mV",
                    "Rest for 1 hour",
                    "Charge at C/10 for 40 hours or until 2.5 V",
                )
            ]
            * 2
        ),
    )
    solution = simulation.solve()
    assert len(solution.cycles) == 2
    assert solution.cycles[1].steps[2]["Voltage [V]"].entries[-1] == pytest.approx(2.5, abs=1e-4)


def test_parameters_survive_a_round_trip_through_json(tmp_path):
    """Written, read and solved again, to the same voltage."""
    values = pybamm.ParameterValues("Appel_core_shell")
    values.to_json(str(tmp_path / "values.json"))
    again = pybamm.ParameterValues.from_json(str(tmp_path / "values.json"))
    times = np.linspace(0, 10 * 3600, 5)
    curves = [
        pybamm.Simulation(CoreShellHalfCell(), parameter_values=each)
        .solve([times[0], times[-1]], t_interp=times)["Voltage [V]"]
        .entries
        for each in (values, again)
    ]
    assert curves[0] == pytest.approx(curves[1], abs=1e-12)


def test_geometry_capacities_and_rates_are_inputs_of_one_built_model():
    """A second design solves on the first one's build and gives what building it anew gives."""
    names = (
        "Core radius [m]",
        "Shell thickness [m]",
        "Particle density [kg.m-3]",
        "External area [m2.kg-1]",
        "Cluster site density [mol.m-3]",
        "Shell diffusivity [m2.s-1]",
    )
    reference = appel_core_shell()
    design = {
        name: reference[name] * factor
        for name, factor in zip(names, (1.3, 2, 0.9, 0.7, 0.5, 0.2), strict=True)
    }
    inputs = pybamm.Simulation(
        CoreShellHalfCell(),
        parameter_values=pybamm.ParameterValues(reference | dict.fromkeys(names, "[input]")),
    )
    times = np.linspace(0, 8 * 3600, 9)
    inputs.solve([0, times[-1]], t_interp=times, inputs={name: reference[name] for name in names})
    built = inputs.built_model
    changed = inputs.solve([0, times[-1]], t_interp=times, inputs=design)
    assert inputs.built_model is built
    anew = pybamm.Simulation(
        CoreShellHalfCell(), parameter_values=pybamm.ParameterValues(reference | design)
    ).solve([0, times[-1]], t_interp=times)
    assert changed["Voltage [V]"].entries == pytest.approx(anew["Voltage [V]"].entries, abs=2e-5)


class RelaxingClusters(Clusters):
    """Clusters at a constant rate."""

    @classmethod
    def rates(cls, states, numbers, around):
        """(8) with U_ref -> infinity."""
        equilibrium = equilibrium_filling(around.potential, numbers.potential, numbers.width)
        return (relaxing_rate(states[0], equilibrium, numbers.rate),)


def test_a_variant_is_another_class_in_the_list():
    """Clusters at a constant rate in place of driven ones: the limit of a large driving potential."""
    mechanisms = in_place_of(Clusters, RelaxingClusters, SEALED)
    assert RelaxingClusters in [getattr(mechanism, "store", None) for mechanism in mechanisms]
    given = parameter_values(reference_carbon())  # whose clusters are not conditioned
    times = np.linspace(0, 20 * 3600, 11)
    filled = [
        pybamm.Simulation(model, parameter_values=given)
        .solve([0, times[-1]], t_interp=times)["Sodium in clusters [mA.h.g-1]"]
        .entries
        for model in (CoreShellHalfCell(), CoreShellHalfCell(mechanisms))
    ]
    assert filled[0][-1] > 10
    assert filled[0] == pytest.approx(filled[1], abs=5e-3)


def test_impedance_has_the_double_layer_and_the_charge_transfer():
    """PyBaMM's spectra run on the model: capacitive throughout, real part falling with frequency."""
    simulation = pybamm.EISSimulation(CoreShellHalfCell())
    impedance = simulation.solve(np.logspace(-2, 4, 20))
    values = np.asarray(getattr(impedance, "impedance", impedance), dtype=complex).ravel()
    assert np.isfinite(values).all()
    assert (np.diff(values.real) < 1e-9).all()
    assert (values.imag < 1e-9).all()


@pytest.mark.parametrize(
    ("material", "protocol"),
    [("core_shell", "formation"), ("core", "design"), ("core_shell", "design_rates"), ("shell", "gitt")],
)
def test_functions_on_scalars_keep_the_stated_accuracy(material, protocol, monkeypatch):
    """Voltage within 0.5 mV along the curve, capacities within 0.05 mAh/g, of functions on vectors."""

    def steps():
        solution = simulate(material, protocol)
        time = solution["Time [s]"]
        charge = solution["Specific capacity [mA.h.g-1]"]
        taken = [each.points for each in solution.steps if not each.skipped]
        return solution.pybamm["Voltage [V]"], [(time[each][[0, -1]], charge[each][-1]) for each in taken]

    forget_models()
    voltage, on_scalars = steps()
    forget_models()
    monkeypatch.setattr(experiment, "_on_scalars", lambda function: function)
    potential, on_vectors = steps()
    forget_models()
    assert len(on_scalars) == len(on_vectors)
    for ((begun, ended), charge), ((start, end), capacity) in zip(on_scalars, on_vectors, strict=True):
        into = np.linspace(0.01, 0.99, 99) * min(ended - begun, end - start)
        assert np.abs(voltage(begun + into) - potential(start + into)).max() < 5e-4
        assert charge == pytest.approx(capacity, abs=0.05)
