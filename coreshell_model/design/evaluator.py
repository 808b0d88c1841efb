"""From a design to its numbers: the model built once a process, each design an input to it."""

from collections.abc import Iterable
from pathlib import Path

from coreshell_model.design.comparison import chosen
from coreshell_model.design.variables import check_design
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, read_protocol
from coreshell_model.physics.levels import ParticleLevel
from coreshell_model.physics.model import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE
from coreshell_model.run.simulation import set_up
from coreshell_model.run.solution import Solution


class FailedSolveError(RuntimeError):
    """A design whose run did not complete; the message says where, and what to do."""


class Evaluator:
    """Takes materials through one protocol.

    A model is built the first time that a kind of cell is met (by its mechanisms) and a kind of step, and is
    then kept by the process; all numbers of a design and a protocol are inputs to it.

    Parameters
    ----------
    protocol : a shipped name, the path of a TOML file, or what was read from one
    level : "particle" or "electrode"
    observables : names of what to evaluate, the usual ones where not given; see ``quantities``
    compiled : have the model compiled, which halves the time of a design and costs some seconds once a
        machine and a C compiler: it pays from about a hundred designs on, not at the electrode level
    relative_tolerance, absolute_tolerance : of the solver

    Raises
    ------
    InputError
        No such protocol, or an observable that it does not give.
    """

    def __init__(
        self,
        protocol: Protocol | str | Path,
        level: str = ParticleLevel.name,
        observables: Iterable[str] | None = None,
        *,
        compiled: bool = False,
        relative_tolerance: float = RELATIVE_TOLERANCE,
        absolute_tolerance: float = ABSOLUTE_TOLERANCE,
    ):
        self.protocol = read_protocol(str(protocol)) if isinstance(protocol, str | Path) else protocol
        self.level = level
        self.observables = chosen(self.protocol, observables)
        self._solver = {
            "compiled": compiled,
            "relative_tolerance": relative_tolerance,
            "absolute_tolerance": absolute_tolerance,
        }

    def build(self, material: Material) -> None:
        """Build the models that a design needs."""
        set_up(material, self.protocol, level=self.level, **self._solver).build()

    def solution(self, material: Material) -> Solution:
        """The whole run of a design: curves, inventories, profiles; also one that did not complete.

        Raises
        ------
        InputError
            An impossible design, with the reason.
        """
        check_design(material)
        run = set_up(material, self.protocol, level=self.level, **self._solver)
        return run.through(run.cycles)

    def evaluate(self, material: Material) -> dict[str, float | None]:
        """The observables of a design by name; None for one that its material does not have.

        Raises
        ------
        InputError
            An impossible design, with the reason.
        FailedSolveError
            The run did not complete.
        """
        solution = self.solution(material)
        if not solution.completed:
            raise FailedSolveError(solution.explanation)
        return {name: quantity(solution) for name, quantity in self.observables.items()}
