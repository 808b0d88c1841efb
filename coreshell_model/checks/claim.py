"""A claim of the literature as its file has it, and the observables that it can name."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, StringConstraints, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at, did_you_mean
from coreshell_model.base.quantity import Name, Quantity, Section, brief, one_line
from coreshell_model.base.tables import unit_of
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
from coreshell_model.observe.quantities import numbers

NO_COUNTERPART = "no counterpart"
"""Observable of claims about numbers for which the model has no quantity."""


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


def observable_named(name: str) -> Observable:
    """The observable with this name, or that of a number of a run.

    Raises
    ------
    InputError
        There is no such observable.
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
    """The relation that the model's number should have to the measured one."""

    EQUAL = "equal"
    AT_LEAST = "at least"
    AT_MOST = "at most"


class Role(StrEnum):
    """The role of a claim."""

    CALIBRATION = "calibration"
    """the parameters were set to match the number, or it is one of them"""

    PREDICTION = "prediction"
    """no parameter was adjusted to the number"""

    ARITHMETIC = "arithmetic"
    """a number that the source computes from other numbers, computed again from them"""

    OUTSIDE = "outside"
    """the model has no quantity for the number"""


class SimulatedRun(Section):
    """A material in a protocol, with numbers changed as by ``--set``.

    ``material`` is the name of a shipped one, or a path relative to the folder of the claim file.
    """

    material: Text
    protocol: Text
    changes: dict[str, str] = Field(default_factory=dict)

    _folder: Path = PrivateAttr(default=Path())

    def beside(self, folder: Path) -> None:
        """Make the path of the material relative to the folder of the claim file."""
        self._folder = folder

    @property
    def material_file(self) -> str:
        """The material's name, or its path."""
        return str(self._folder / self.material) if self.material.endswith(".toml") else self.material

    @property
    def key(self) -> tuple:
        """Equal for runs that are the same."""
        return self.material_file, self.protocol, tuple(sorted(self.changes.items()))


def _in_own_unit(number: Quantity) -> Quantity:
    return number.in_si(to_si(number.value, number.unit, number.unit))


Number = Annotated[Quantity, AfterValidator(_in_own_unit)]


class Claim(Section):
    """One number of the literature, and the observable and runs that give it by the model."""

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
        observable = observable_named(self.observable)
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
        units: dict[str, str] = dict(observable_named(self.observable).arguments)
        for name in self.arguments.keys() ^ units.keys():
            have = ", ".join(units) or "none"
            verb = "is missing; add it" if name in units else "is not one of its arguments"
            raise InputError(f"arguments.{name}: {verb}; {self.observable!r} takes {have}")
        values = {}
        for name, unit in units.items():
            with at(f"arguments.{name}"):
                values[name] = to_si(*parse_quantity(str(self.arguments[name])), unit)
        return values

    @property
    def measure(self) -> Observable:
        """The observable."""
        return observable_named(self.observable)


class ClaimFile(Section):
    """The claims of one source; ``curves`` are the measured curves among the data of the source."""

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
                raise InputError(f"claims.{place}.name: {brief(name)} is the name of two claims; rename one")
        return self


def claims_from_dict(data: dict, where: str) -> ClaimFile:
    """Validate the content of a claim file, which messages call ``where``."""
    try:
        return ClaimFile.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where, "validation/README.md") from None


def read_claims(name_or_path: str) -> ClaimFile:
    """Read shipped claims by name, or the user's own by path.

    Raises
    ------
    InputError
        There is no such file, or it does not hold claims.
    """
    path = library.find("validation", name_or_path)
    data = library.read_toml(path)
    file = claims_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))
    for run in (run for claim in file.claims for run in claim.runs):
        run.beside(path.parent)
    return file
