"""The steps of an experiment taken by the solvers that PyBaMM built, one after the other.

``pybamm.Simulation.solve`` does the same, and more: it stacks every input several times a step and copies
each solution several times. The numbers are the same to the last digit; a test compares them over every
shipped protocol.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pybamm

from coreshell_model.inputs.steps import Step
from coreshell_model.physics.model import CoreShellHalfCell
from coreshell_model.physics.submodels.mechanism import Mechanisms
from coreshell_model.run.endings import Recorder
from coreshell_model.run.experiment import check_time, kind_of, numbers_of
from coreshell_model.run.step_model import FINAL_TIME, Array, StepModel, flat

CURRENT = "Current function [A]"
"""The one parameter of the model that a step sets."""

START_TIME = "start time"
"""The input that says when a step begins [s]."""

MOST_PLANNED = 2000
"""Steps that are remembered; a sweep of rates has others at each point."""

TAG = "[experiment]"
"""How the name of an event ends that a step asks for; any other stops the run."""


@dataclass(frozen=True)
class Planned:
    """A step to be taken.

    Attributes
    ----------
    model : its model
    numbers : inputs of its own
    duration : the longest time that it takes [s]
    times, points : at which the solver stops, and at which it gives the states, from its beginning on [s]
    """

    model: StepModel
    numbers: Mapping[str, float]
    duration: float
    times: Array
    points: Array

    @classmethod
    def of(cls, step: Any, model: StepModel, numbers: Mapping[str, float]) -> "Planned":
        """A step of PyBaMM's."""
        times, points = step.setup_timestepping(model.solver, step.duration, None)
        return cls(model, numbers, step.duration, times, model.solver.process_t_interp(points, t_eval=times))


class Stepping:
    """The models of a cell's steps, and a cell taken through them.

    Parameters
    ----------
    mechanisms, level : of the model
    tables : values of parameters that are functions; all others are inputs
    solver : of which each model gets a copy
    """

    def __init__(
        self,
        mechanisms: Mechanisms,
        level: str,
        tables: Mapping[str, Any],
        solver: pybamm.IDAKLUSolver,
    ):
        self._model, self._solver = CoreShellHalfCell(mechanisms, level), solver
        names = {parameter.name for parameter in self._model.parameters} - set(tables)
        self.needed = tuple(sorted(names - {CURRENT}))
        inputs = dict.fromkeys(self.needed, "[input]")
        self._values = pybamm.ParameterValues({**inputs, **tables, CURRENT: 0.0})
        geometry = self._model.default_geometry
        self._values.process_geometry(geometry)
        mesh = pybamm.Mesh(geometry, self._model.default_submesh_types, self._model.default_var_pts)
        self._discretisation = pybamm.Discretisation(mesh, self._model.default_spatial_methods)
        self._models: dict[str, StepModel] = {}
        self._planned: dict[Step, Planned] = {}
        self._mappers: dict[tuple[pybamm.BaseModel, pybamm.BaseModel], Callable[..., Any]] = {}

    def build(self, step: Any) -> StepModel:
        """The model of a step of PyBaMM's, anew."""
        model = step.process_model(self._model, self._values, delayed_variable_processing=True)
        built = self._discretisation.process_model(model, inplace=True, delayed_variable_processing=True)
        return StepModel(built, self._solver.copy())

    def planned(self, asked: Step) -> Planned:
        """A step of a protocol; its model is built the first time that one of its kind is asked for."""
        if asked not in self._planned:
            step = kind_of(asked)
            key = step.basic_repr()  # of what is controlled and what ends it, by the names of the inputs
            if key not in self._models:
                self._models[key] = self.build(step)
            if len(self._planned) >= MOST_PLANNED:
                self._planned.clear()
            self._planned[asked] = Planned.of(step, self._models[key], numbers_of(asked))
        return self._planned[asked]

    def prepare(self, asked: Step, parameters: Mapping[str, float]) -> None:
        """Build the model of a step and set its solver up."""
        planned = self.planned(asked)
        planned.model.prepare(planned.model.inputs(self._stated(parameters) | _own(planned, 0.0)))

    def _stated(self, parameters: Mapping[str, float]) -> dict[str, Array]:
        return {name: np.array([float(parameters[name])]) for name in self.needed}

    def through(
        self,
        steps: Iterable[Planned],
        parameters: Mapping[str, float],
        start: pybamm.Solution | None,
        recorder: Recorder,
    ) -> pybamm.Solution | None:
        """Take steps, from the model's start or the end of a solution.

        Returns
        -------
        pybamm.Solution
            As PyBaMM's: ``cycles`` has one for each step that was taken, after that of ``start``. None where
            nothing was simulated.

        Raises
        ------
        pybamm.SolverError
            Not even the first step was solved.
        """
        values = self._stated(parameters)
        before = start
        taken = [] if start is None else [start]
        for number, step in enumerate(steps):
            begin = 0.0 if before is None else float(before.t[-1])
            try:
                solution = self._step(step, before, values | _own(step, begin), begin)
            except pybamm.SolverError as error:
                if not ("non-positive at initial conditions" in str(error) and TAG in str(error)):
                    recorder.failed(error)
                    if number == 0:
                        raise
                    break
                recorder.step_ended(begin)
                continue
            taken.append(solution)
            before = solution
            recorder.step_ended(float(solution.t[-1]))
            if solution.termination != FINAL_TIME and TAG not in solution.termination:
                break
        return _joined(taken)

    def _step(
        self, planned: Planned, before: pybamm.Solution | None, values: Mapping[str, Array], begin: float
    ) -> pybamm.Solution:
        check_time()
        step = planned.model
        inputs = step.inputs(values)
        stacked = np.concatenate(list(inputs.values()))
        step.prepare(inputs)
        # The next number, so that no time is there twice.
        first = begin if begin == 0 else np.nextafter(begin, np.inf)
        times, points = begin + planned.times, begin + planned.points
        times[0], times[-1] = first, begin + planned.duration
        if points.size and points[0] == begin:
            points[0] = first
        if before is None:
            states = step.start(stacked)
        elif before.all_models[-1] is step.model:
            states = np.asarray(before.all_ys[-1])[:, -1]
        else:
            states = self._mapped(before, step, first, values)
        return step.solve(times, points, states, stacked, inputs)

    def _mapped(self, before: pybamm.Solution, step: StepModel, time: float, values) -> Array:
        """The last states of a solution as those of another model."""
        last = before.all_models[-1]
        known = next((each for each in self._models.values() if each.model is last), None)
        if known is None:
            inputs = {name: float(value[0]) for name, value in step.inputs(values).items()}
            model: Any = step.model
            _, initial = model.set_initial_conditions_from(before, inputs=inputs, return_type="ics")
            return flat(initial.evaluate(0, inputs=inputs))
        # A step's own numbers are those of the step that ended; states do not depend on them.
        inputs = known.inputs(dict(before.all_inputs[-1]) | values)
        if (last, step.model) not in self._mappers:
            self._mappers[last, step.model] = known.function(
                step.model.build_initial_state_mapper(last), "mapper"
            )
        stacked = np.concatenate(list(inputs.values()))
        return flat(self._mappers[last, step.model](time, before.all_ys[-1][:, -1], stacked))


def _own(planned: Planned, begin: float) -> dict[str, Array]:
    """The inputs that a step brings."""
    return {name: np.array([value]) for name, value in (*planned.numbers.items(), (START_TIME, begin))}


def _joined(taken: list[pybamm.Solution]) -> pybamm.Solution | None:
    """One solution of all steps, each a cycle of its own."""
    if not taken:
        return None
    solution: Any = pybamm.Solution.from_sub_solutions(taken)
    solution.termination = taken[-1].termination
    cycles = []
    for each in taken:
        cycle: Any = each.copy()
        cycle.steps = [each]
        cycles.append(cycle)
    solution.cycles = cycles
    solution.initial_start_time = None
    return solution
