"""Finished refits in a folder, a file each, so that none is done twice."""

from dataclasses import asdict

from coreshell_model.base.files import fingerprint
from coreshell_model.base.keeper import Keeper
from coreshell_model.design.refit_problem import Refitted, Refitter, Task
from coreshell_model.infer.fit_folder import identity

KIND = "ranking"
"""Of the work whose folder they are in."""


def kept_refit(keeper: Keeper, refitter: Refitter, task: Task) -> Refitted | None:
    """A finished refit, or None.

    Raises
    ------
    InputError
        Its file cannot be read.
    """
    name = _name(refitter, task)
    stored = keeper.piece(name)
    if stored is None:
        return None
    with keeper.reading(name):
        return Refitted(**stored["Fit"] | {"places": tuple(stored["Fit"]["places"])})


def keep_refit(keeper: Keeper, refitter: Refitter, task: Task, refitted: Refitted) -> None:
    """One more refit."""
    keeper.keep(_name(refitter, task), {"Task": asdict(task), "Fit": asdict(refitted)})


def _name(refitter: Refitter, task: Task) -> str:
    """By what is fitted: problem, data, start and versions; another of these is another file."""
    what = {
        "Fit": identity(refitter.with_data(task), seed=0),
        "Question": refitter.question,
        "Material": refitter.material.model_dump(exclude_none=True, mode="json"),
        "Data": task.data,
        "Start": task.start,
    }
    return f"refits/{fingerprint(what)[:16]}.json"
