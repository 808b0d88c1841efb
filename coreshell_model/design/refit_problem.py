"""The fit problem that a posterior was drawn from, read again so that data can be added to it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from coreshell_model.design.ensemble import other_numbers
from coreshell_model.errors import InputError
from coreshell_model.fit import read_problem
from coreshell_model.fit.misfit import Misfit
from coreshell_model.fit.problem import ProblemFile
from coreshell_model.fit.reading import FIELDS, Problem, problem
from coreshell_model.material import Material
from coreshell_model.posterior import Posterior
from coreshell_model.quantity import one_line
from coreshell_model.user_defaults import UserDefaults

PROBLEM_FILE = "Problem file"
"""Where the record of a posterior has what its problem's file says."""

DECIDING = ("level", "parameters", "observations", "curves", "spectra")
"""Fields of that file on which the posterior rests."""

WITHOUT = "does not hold the fit problem that it was drawn from, which refits need"

ALIKE = 0.1
"""Difference of chi-squared at one draw, where 3.84 counts, that another machine or solver may make."""


@dataclass(frozen=True)
class RefitProblem:
    """A posterior's problem.

    Attributes
    ----------
    problem : as ``coreshell_model.fit`` reads it
    material : whose candidates are weighed, by its name in the problem
    best : places of the draw with the lowest chi-squared, priors included
    """

    problem: Problem
    material: str
    best: tuple[float, ...]


def holds_problem(posterior: Posterior) -> bool:
    """Whether the record has the content of the problem's file."""
    return PROBLEM_FILE in posterior.record


def refit_problem(
    posterior: Posterior,
    material: Material,
    path: str | Path | None = None,
    name: str | None = None,
    defaults: UserDefaults | None = None,
) -> RefitProblem:
    """Read the problem of a posterior, and make sure that it is this one.

    Parameters
    ----------
    posterior : with the content of its problem's file in its record
    material : whose candidates are weighed
    path : of the problem's file, from whose folder its paths count; without it they count from here
    name : the posterior's for that material; that of its file where not given
    defaults : a user's own, under which the file is read; the record holds those of its sampling

    Raises
    ------
    InputError
        No such content, a file that cannot be read, or another material, parameter or protocol than the
        posterior was drawn with.
    """
    name = posterior.name_of(material.name) if name is None else name
    _check_material(posterior, material, name)
    if not holds_problem(posterior):
        raise InputError(f"the posterior {posterior.name} {WITHOUT}; sample it anew, or give --refits 0")
    found = _read(posterior, path, defaults)
    for its, own in found.materials.items():
        if its not in posterior.materials:
            raise InputError(f"{found.name}: {its!r} is no material of the posterior {posterior.name}")
        _check_material(posterior, own, its)
    if [(free.name, free.given) for free in found.parameters] != [
        (free.name, free.given) for free in posterior.parameters
    ]:
        raise InputError(f"{found.name}: other parameters than those of the posterior's table; sample anew")
    return RefitProblem(found, name, _best(posterior, found))


def _read(posterior: Posterior, path: str | Path | None, defaults: UserDefaults | None) -> Problem:
    try:
        file = ProblemFile.model_validate(posterior.record[PROBLEM_FILE])
    except ValidationError as error:
        raise one_line(error, f"the problem of the posterior {posterior.name}", FIELDS) from None
    if path is None:
        where = f"the problem of the posterior {posterior.name}"
        try:
            return problem(file, posterior.name, Path(), where)
        except InputError as error:
            raise InputError(f"{error}; if its paths count from elsewhere, give --problem its file") from None
    found = read_problem(path, defaults)
    for name in DECIDING:
        if getattr(found.file, name) != getattr(file, name):
            raise InputError(
                f"{path}: other {name} than those that the posterior {posterior.name} was drawn with; "
                "give the file as it was, or sample anew"
            )
    return found


def _check_material(posterior: Posterior, material: Material, name: str) -> None:
    if others := other_numbers(material, posterior, name):
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise InputError(
            f"{name}: {others[0]}{more} is not what the posterior {posterior.name} was drawn with, so "
            "nothing can be refitted; give the material as it was, sample anew, or give --refits 0"
        )


def _best(posterior: Posterior, found: Problem) -> tuple[float, ...]:
    """The best draw's places, once its chi-squared is sure to be what the table says."""
    misfit = Misfit(found)
    places = np.array(
        [
            [free.place(value) for free, value in zip(found.parameters, row, strict=True)]
            for row in posterior.values
        ]
    ).clip(0.0, 1.0)
    priors = np.array([np.square(misfit.priors(row)).sum() for row in places])
    best = int(np.argmin(posterior.chi_squared + priors))
    here = misfit(places[best])
    chi_squared, told = float(np.square(here.residuals[: found.data]).sum()), posterior.chi_squared[best]
    if here.failures:
        raise InputError(f"{found.name}: a run fails at the posterior's best draw: {here.failures[0]}")
    if abs(chi_squared - told) > ALIKE:
        raise InputError(
            f"{found.name}: chi-squared is {chi_squared:.4g} at the posterior's best draw and {told:.4g} in "
            "its table, so a protocol, file or version is another; sample anew, or give --refits 0"
        )
    return tuple(map(float, places[best]))
