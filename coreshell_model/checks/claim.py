"""A claim of the literature: what a file says of it, and the observables that it may name."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, StringConstraints, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at, did_you_mean
from coreshell_model.base.quantity import Name, Quantity, Section, brief, one_line
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.checks import (
    claim_cycling as cycling,
)
from coreshell_model.checks import (
    claim_holds as holds,
)
from coreshell_model.checks import (
    claim_open_circuit as open_circuit,
)
from coreshell_model.checks import (
    claim_potentials as potentials,
)
from coreshell_model.checks import (
    claim_sorption as sorption,
)
from coreshell_model.checks import (
    claim_sweeps as sweeps,
)
from coreshell_model.checks.claim_observable import Observable
from coreshell_model.observe.quantities import numbers, unit_of

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
    """The observable of this name, or the number of a run.

    Raises
    ------
    InputError
        There is none.
    """
    if name in OBSERVABLES:
        return OBSERVABLES[name]
    of_runs = numbers()
    if name in of_runs:
        return Observable(of_runs[name], unit_of(name))
    guess = did_you_mean(name, (*OBSERVABLES, *of_runs), cutoff=0.5)
    raise InputError(
        f"observable: {brief(name)} is not known; {guess}they are {', '.join(sorted(OBSERVABLES))}, and the "
        "numbers of a run by their names in `coreshell run --json`"
    )


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Relation(StrEnum):
    """How the model's number has to stand to the measured one."""

    EQUAL = "equal"
    AT_LEAST = "at least"
    AT_MOST = "at most"


class Role(StrEnum):
    """What a claim is for."""

    CALIBRATION = "calibration"
    """the parameters were set to it, or it is one of them"""

    PREDICTION = "prediction"
    """nothing was adjusted to it"""

    ARITHMETIC = "arithmetic"
    """a number that the source computes from others, computed anew from the same"""

    OUTSIDE = "outside"
    """the model has no quantity for it"""


class SimulatedRun(Section):
    """A material through a protocol, with numbers changed as by ``--set``.

    ``material`` is the name of a shipped one, or a path from the folder of the claim file.
    """

    material: Text
    protocol: Text
    changes: dict[str, str] = Field(default_factory=dict)

    _folder: Path = PrivateAttr(default=Path())

    def beside(self, folder: Path) -> None:
        """Take the path of the material from the folder of the claim file on."""
        self._folder = folder

    @property
    def material_file(self) -> str:
        """The material's name, or its path."""
        return str(self._folder / self.material) if self.material.endswith(".toml") else self.material

    @property
    def key(self) -> tuple:
        """What makes two runs the same."""
        return self.material_file, self.protocol, tuple(sorted(self.changes.items()))


def _own_unit(given: Quantity) -> Quantity:
    return given.in_si(to_si(given.value, given.unit, given.unit))


Number = Annotated[Quantity, AfterValidator(_own_unit)]


class Claim(Section):
    """One number of the literature. ``observable`` is a name of ``coreshell_model.checks.claim``."""

    name: Text
    observable: Text
    runs: tuple[SimulatedRun, ...] = ()
    arguments: dict[str, str | float] = Field(default_factory=dict)
    measured: Number
    uncertainty: Number
    relation: Relation = Relation.EQUAL
    role: Role
    remark: str = ""

    @model_validator(mode="after")
    def _can_be_evaluated(self):
        observable = named(self.observable)
        outside = self.observable == NO_COUNTERPART
        if outside != (self.role is Role.OUTSIDE):
            raise InputError(
                f"observable is {brief(self.observable)} and role {self.role.value!r}; observable "
                f"{NO_COUNTERPART!r} and role 'outside' go together"
            )
        if outside and not self.remark.strip():
            raise InputError("remark is missing; say why the model has no quantity for it")
        unit = self.measured.unit if outside else observable.unit
        for field in ("measured", "uncertainty"):
            number = getattr(self, field)
            with at(field):
                to_si(number.value, number.unit, unit)
        if not self.uncertainty.si > 0:
            raise InputError(f"uncertainty is {self.uncertainty}; must be above 0")
        observable.check_runs(len(self.runs))
        self.numbers()
        return self

    def numbers(self) -> dict[str, float]:
        """The arguments in SI units.

        Raises
        ------
        InputError
            One is unknown, missing, or has a unit that does not fit.
        """
        wanted: dict[str, str] = dict(named(self.observable).arguments)
        for name in self.arguments.keys() ^ wanted.keys():
            have = ", ".join(wanted) or "none"
            verb = "is missing; add it" if name in wanted else "is not one of its arguments"
            raise InputError(f"arguments.{name}: {verb}; {self.observable!r} takes {have}")
        found = {}
        for name, unit in wanted.items():
            with at(f"arguments.{name}"):
                found[name] = to_si(*parse_quantity(str(self.arguments[name])), unit)
        return found

    @property
    def measure(self) -> Observable:
        """What evaluates it."""
        return named(self.observable)


class ClaimFile(Section):
    """The claims of one source; ``curves`` are measured curves among the data that they rest on."""

    name: Name
    title: Text
    description: Text
    source: Text
    curves: tuple[Text, ...] = ()
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self):
        names = [claim.name for claim in self.claims]
        for place, name in enumerate(names, start=1):
            if name in names[: place - 1]:
                raise InputError(f"claims.{place}.name: {brief(name)} is there twice; name each claim once")
        return self


def claims_from_dict(data: dict, where: str) -> ClaimFile:
    """Validate the content of a claim file; ``where`` names it in complaints.

    Raises
    ------
    InputError
        One line: file, field, value, remedy.
    """
    try:
        return ClaimFile.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where, "validation/README.md") from None


def read_claims(name_or_path: str) -> ClaimFile:
    """Read shipped claims by name, or the user's own by path.

    Raises
    ------
    InputError
        No such file, or one that does not hold claims.
    """
    path = library.find("validation", name_or_path)
    data = library.read_toml(path)
    file = claims_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))
    for run in (run for claim in file.claims for run in claim.runs):
        run.beside(path.parent)
    return file
