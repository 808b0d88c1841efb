"""Every observable that a claim can name."""

from collections.abc import Mapping
from difflib import get_close_matches

from coreshell_model.errors import InputError
from coreshell_model.quantity import brief
from coreshell_model.validate import cycling, holds, open_circuit, potentials, sorption, sweeps
from coreshell_model.validate.observable import Observable

NO_COUNTERPART = "no counterpart"
"""Observable of a number for which the model has no quantity."""


def _none() -> None:
    return None


OBSERVABLES: Mapping[str, Observable] = {
    NO_COUNTERPART: Observable(_none, "1", runs=0),
    **cycling.OBSERVABLES,
    **potentials.OBSERVABLES,
    **sweeps.OBSERVABLES,
    **holds.OBSERVABLES,
    **sorption.OBSERVABLES,
    **open_circuit.OBSERVABLES,
}


def named(name: str) -> Observable:
    """The observable of this name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in OBSERVABLES:
        close = get_close_matches(name[:100], OBSERVABLES, n=1, cutoff=0.5)
        guess = f"did you mean {close[0]!r}? " if close else ""
        raise InputError(
            f"observable: {brief(name)} is not known; {guess}they are {', '.join(sorted(OBSERVABLES))}"
        )
    return OBSERVABLES[name]
