"""What an observable of claims is: a function of runs, its unit, and what it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from coreshell_model.base.errors import InputError

SEVERAL = -1
"""Instead of a number of runs: two or more."""


@dataclass(frozen=True)
class Observable:
    """How a claim's number is evaluated.

    Attributes
    ----------
    measure : takes as many solutions as ``runs`` says, and the arguments in SI units; None where the
        solutions do not contain the number
    unit : of what it returns
    runs : how many solutions it takes; ``SEVERAL`` for two or more, in the order of the claim
    arguments : unit of each
    """

    measure: Callable[..., float | None]
    unit: str
    runs: int = 1
    arguments: Mapping[str, str] = field(default_factory=dict)

    def check_runs(self, given: int) -> None:
        """Raise `InputError` where a claim names too few or too many runs."""
        if (self.runs == SEVERAL and given >= 2) or given == self.runs:
            return
        wanted = "two or more" if self.runs == SEVERAL else str(self.runs)
        raise InputError(f"runs has {given} entries; the observable takes {wanted}")
