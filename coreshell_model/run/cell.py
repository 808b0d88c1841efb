"""A cell of one list of mechanisms, taken through steps: by our loop, or by PyBaMM's where that cannot be."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import pybamm

from coreshell_model.inputs.steps import Step
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.model import CoreShellHalfCell
from coreshell_model.physics.submodels.mechanism import Mechanisms
from coreshell_model.physics.values import FIXED
from coreshell_model.run.endings import Cycles, Recorder
from coreshell_model.run.experiment import experiment
from coreshell_model.run.stepping import CURRENT, Planned, Stepping

Take = Callable[[Mapping[str, float], pybamm.Solution | None, Recorder], pybamm.Solution | None]
"""Takes a step with these parameters, from a start, and tells of it; None where nothing was simulated."""

KEPT_EXPERIMENTS = 8
"""Experiments that PyBaMM's own loop keeps built."""


def steps_by_itself() -> bool:
    """Whether this version of PyBaMM has the private parts that our loop needs."""
    has = (
        (pybamm.BaseModel, "build_initial_state_mapper"),
        (pybamm.step.BaseStep, "process_model"),
        (pybamm.step.BaseStep, "setup_timestepping"),
        (pybamm.IDAKLUSolver, "_check_event_violation"),
        (pybamm.Solution, "from_sub_solutions"),
    )
    return all(hasattr(owner, name) for owner, name in has) and (
        "_validate_time_structure" in inspect.signature(pybamm.Solution).parameters
    )


class Cell:
    """The models of a cell, for all materials and designs of one list of mechanisms.

    Parameters
    ----------
    mechanisms, level : of the model
    tables : parameters that are functions, by name
    solver : of which each model gets a copy
    """

    def __init__(
        self,
        mechanisms: Mechanisms,
        level: str,
        tables: tuple[tuple[str, Tabulated], ...],
        solver: pybamm.IDAKLUSolver,
    ):
        self._built = mechanisms, level, tables
        self._solver = solver
        self.stepping = Stepping(mechanisms, level, dict(tables), solver) if steps_by_itself() else None
        if self.stepping is None:
            warnings.warn(
                f"solves take up to twice the time with PyBaMM {pybamm.__version__}, whose own loop is used; "
                "coreshell_model is made for 26.10",
                stacklevel=2,
            )
        self._simulation = lru_cache(maxsize=KEPT_EXPERIMENTS)(self._simulated)

    def build(self, cycles: Cycles, parameters: Mapping[str, float]) -> None:
        """Build the models of steps and set their solvers up."""
        for asked in {asked for steps in cycles for asked in steps}:
            if self.stepping is not None:
                self.stepping.prepare(asked, parameters)
            else:
                self.model_after(asked, parameters)

    def solve(
        self,
        cycles: Cycles,
        parameters: Mapping[str, float],
        start: pybamm.Solution | None,
        recorder: Recorder,
    ) -> pybamm.Solution | None:
        """Take the steps with these parameters; None where every step was past its limit before it began.

        Raises
        ------
        pybamm.SolverError
            Not even the first step was solved.
        """
        if self.stepping is not None:
            plan = [self.stepping.planned(asked) for steps in cycles for asked in steps]
            return self.stepping.through(plan, parameters, start, recorder)
        fixed = tuple((name, parameters[name]) for name in FIXED)
        return self._by_pybamm(
            self._simulation(tuple(map(tuple, cycles)), fixed), parameters, start, recorder
        )

    def taking(self, step: pybamm.step.BaseStep) -> Take:
        """What takes one step of PyBaMM's, which has its numbers, such as a measured current; built once."""
        if self.stepping is not None:
            plan = (Planned.of(step, self.stepping.build(step), {}),)
            return partial(self.stepping.through, plan)
        simulated = lru_cache(maxsize=KEPT_EXPERIMENTS)(partial(self._experiment, pybamm.Experiment([step])))

        def take(parameters, start, recorder):
            fixed = tuple((name, parameters[name]) for name in FIXED)
            return self._by_pybamm(simulated(fixed), parameters, start, recorder)

        return take

    def model_after(self, asked: Step, parameters: Mapping[str, float]) -> pybamm.BaseModel:
        """The model whose states a cell has after a step."""
        if self.stepping is not None:
            return self.stepping.planned(asked).model.model
        fixed = tuple((name, parameters[name]) for name in FIXED)
        models = self._simulation(((asked,),), fixed).steps_to_built_models
        assert models is not None  # it was built for an experiment
        return next(iter(models.values()))

    def _simulated(self, cycles: Cycles, fixed: tuple[tuple[str, float], ...]) -> pybamm.Simulation:
        return self._experiment(experiment(cycles), fixed)

    def _experiment(
        self, steps: pybamm.Experiment, fixed: tuple[tuple[str, float], ...]
    ) -> pybamm.Simulation:
        """PyBaMM's simulation; its experiments do not allow the ``fixed`` parameters to be inputs."""
        mechanisms, level, tables = self._built
        model = CoreShellHalfCell(mechanisms, level)
        given: dict[str, Any] = {parameter.name: "[input]" for parameter in model.parameters}
        simulation = pybamm.Simulation(
            model,
            parameter_values=pybamm.ParameterValues({**given, **dict(fixed), **dict(tables), CURRENT: 0.0}),
            experiment=steps,
            solver=self._solver.copy(),
        )
        simulation.build_for_experiment()
        return simulation

    def _by_pybamm(
        self,
        simulation: pybamm.Simulation,
        parameters: Mapping[str, float],
        start: pybamm.Solution | None,
        recorder: Recorder,
    ) -> pybamm.Solution | None:
        inputs = {name: value for name, value in parameters.items() if not isinstance(value, str)}
        result = simulation.solve(
            inputs=inputs, callbacks=[recorder], starting_solution=start, calc_esoh=False
        )
        return None if isinstance(result, pybamm.EmptySolution) else result
