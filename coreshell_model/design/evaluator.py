"""From a design to its observables: each process builds the model once, each design is an input to it."""

from collections.abc import Iterable
from pathlib import Path

from coreshell_model.design.comparison import chosen
from coreshell_model.design.variables import check_design
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, read_protocol
from coreshell_model.physics.levels import ParticleLevel
from coreshell_model.physics.model import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE
from coreshell_model.run.experiment import LONGEST_SOLVE
from coreshell_model.run.simulation import set_up
from coreshell_model.run.solution import Solution


class FailedSolveError(RuntimeError):
    """The run of a design did not complete; the message says where, and what to do."""


class Evaluator:
    """Runs materials in one protocol.

    A model is built for each set of mechanisms and each kind of step when it is first needed, and the process
    keeps it; all numbers of designs and protocols are inputs to it.

    Parameters
    ----------
    protocol : the name of a shipped one, the path of a TOML file, or one already read
    level : "particle" or "electrode"
    observables : names of quantities to evaluate, the usual ones if None; see ``quantities``
    compiled : compile the model, which halves the time of a design but takes some seconds once on each
        machine, and a C compiler; worth it from about a hundred designs, and not at the electrode level
    relative_tolerance, absolute_tolerance : of the solver

    Raises
    ------
    InputError
        There is no such protocol, or it does not give an observable.
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

    def solution(self, material: Material, longest: float = LONGEST_SOLVE) -> Solution:
        """The whole run of a design, also if it did not complete: curves, inventories, profiles.

        Parameters
        ----------
        material : the design
        longest : wall time of the solve [s], after which no further step is begun

        Raises
        ------
        InputError
            An impossible design, with the reason.
        """
        check_design(material)
        run = set_up(material, self.protocol, level=self.level, **self._solver)
        return run.through(run.cycles, longest=longest)

    def evaluate(self, material: Material, longest: float = LONGEST_SOLVE) -> dict[str, float | None]:
        """The observables of a design by name; None for one that its material does not have.

        Parameters are those of ``solution``.

        Raises
        ------
        InputError
            An impossible design, with the reason.
        FailedSolveError
            The run did not complete.
        """
        solution = self.solution(material, longest)
        if not solution.completed:
            raise FailedSolveError(solution.explanation)
        return {name: quantity(solution) for name, quantity in self.observables.items()}
