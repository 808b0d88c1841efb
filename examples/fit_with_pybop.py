"""PyBOP fits the model: the thickness of a shell and a potential, from voltage over time.

Needs PyBOP (``pip install pybop``, BSD 3-Clause licence), an independent package of the PyBaMM community with
its own optimisers, samplers and costs. ``CoreShellSimulator`` is all that PyBOP needs of this model: it takes
the numbers that ``simulate`` takes, so that those which depend on others, such as a shell's thickness, can be
fitted too. ``coreshell fit`` does more for this model: it says which numbers the data fix, and reads
cyclers' files.

The data here are made by the model, with noise, at the thickness of a shell and a potential that the fit
does not know.
"""

import numpy as np
import pybop

from coreshell_model import Solution, read_protocol, simulate
from coreshell_model.inputs.protocol import beginning

THICKNESS, SLOPE = "shell.thickness", "core.sloping.potential"
TRUTH = {THICKNESS: 12e-9, SLOPE: 0.56}
"""SI units, as all numbers that PyBOP gives."""

NOISE = 1e-3
"""Standard deviation of the voltage [V]."""


class CoreShellSimulator(pybop.BaseSimulator):
    """The model as a simulator of PyBOP.

    Parameters
    ----------
    parameters : ``pybop.Parameter`` by dotted path, in SI units
    material, protocol : as for ``simulate``
    times : of the data [s]; beyond the end of a run its last value stands
    changes : further numbers, which are not fitted
    """

    def __init__(self, parameters, material, protocol, times, changes=None):
        super().__init__(parameters)
        self.material, self.protocol, self.times = material, protocol, np.asarray(times, float)
        self.changes = dict(changes or {})
        self.output_variables = ["Voltage [V]"]

    def set_output_variables(self, target):
        """The variables of the model that the cost compares; PyBOP calls this."""
        self.output_variables = list(target)

    def run(self, inputs) -> Solution:
        """The run with these values of the parameters."""
        return simulate(self.material, self.protocol, {**self.changes, **_floats(inputs)})

    def solve_batch(self, inputs, calculate_sensitivities=False):
        """Each set of values through the protocol; where a solve fails, PyBOP gets an infinite misfit."""
        return [self._solved(values) for values in inputs]

    def _solved(self, inputs):
        # Bad input raises: bounds of the parameters have to keep the design possible.
        run = self.run(inputs)
        if not run.completed:
            return pybop.FailedSolution(self.output_variables, list(self.parameters.names))
        solution = pybop.Solution(inputs)
        for name in self.output_variables:
            solution.set_solution_variable(name, np.interp(self.times, run["Time [s]"], run[name]))
        return solution


def _floats(inputs) -> dict[str, float]:
    return {path: float(value) for path, value in (inputs or {}).items()}


def main(iterations: int = 60) -> dict[str, float]:
    """The fitted numbers by path, SI units."""
    protocol = beginning(read_protocol("formation"), 1)
    made = simulate("core_shell", protocol, TRUTH)
    times = np.linspace(0, made["Time [s]"][-1], 400)
    voltage = np.interp(times, made["Time [s]"], made["Voltage [V]"])
    voltage += np.random.default_rng(1).normal(0, NOISE, len(times))
    data = pybop.Dataset({"Time [s]": times, "Voltage [V]": voltage})

    parameters = {
        THICKNESS: pybop.Parameter(
            bounds=(5e-9, 20e-9), initial_value=9e-9, transformation=pybop.LogTransformation()
        ),
        SLOPE: pybop.Parameter(
            bounds=(0.3, 0.8), initial_value=0.5, transformation=pybop.LogTransformation()
        ),
    }
    simulator = CoreShellSimulator(parameters, "core_shell", protocol, times)
    problem = pybop.Problem(simulator, pybop.SumSquaredError(data))
    options = pybop.PintsOptions(max_iterations=iterations, max_unchanged_iterations=20)
    result = pybop.NelderMead(problem, options).run()
    return dict(zip(problem.parameters.names, map(float, result.x), strict=True))


if __name__ == "__main__":
    for path, value in main().items():
        print(f"{path}: {value:.4g} fitted, {TRUTH[path]:.4g} made the data")
