"""An observable of claims: a function of runs, with its unit and arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from coreshell_model.base.errors import InputError

SEVERAL = -1
"""In place of a number of runs: two or more."""


@dataclass(frozen=True)
class Observable:
    """How the number of a claim is computed.

    Attributes
    ----------
    measure : takes as many solutions as ``runs`` says, and the arguments in SI units; returns None where the
        solutions do not contain the number
    unit : of the number
    runs : number of solutions; ``SEVERAL`` for two or more, in the order of the claim
    arguments : units of the arguments, by name
    """

    measure: Callable[..., float | None]
    unit: str
    runs: int = 1
    arguments: Mapping[str, str] = field(default_factory=dict)

    def check_runs(self, count: int) -> None:
        """Raise InputError where a claim names too few or too many runs."""
        if (self.runs == SEVERAL and count >= 2) or count == self.runs:
            return
        accepted = "two or more" if self.runs == SEVERAL else str(self.runs)
        raise InputError(f"runs has {count} entries; the observable takes {accepted}")
