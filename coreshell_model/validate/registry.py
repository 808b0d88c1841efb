"""Every observable that a claim can name."""

from collections.abc import Mapping

from coreshell_model.errors import InputError, did_you_mean
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
        guess = did_you_mean(name, OBSERVABLES, cutoff=0.5)
        raise InputError(
            f"observable: {brief(name)} is not known; {guess}they are {', '.join(sorted(OBSERVABLES))}"
        )
    return OBSERVABLES[name]
