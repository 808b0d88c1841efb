"""Priors of a carbon that is not measured yet, from the spread of the literature: one file, read by path.

``parameters/priors/hard_carbon.toml`` gives a median, a spread and bounds for each number that is fitted, and
the source of each. Its paths are those of a material of one carbon; a core has the same.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.quantity import Quantity, Section, one_line
from coreshell_model.base.units import from_si, to_si
from coreshell_model.infer.problem_file import FreeParameter, Prior
from coreshell_model.inputs.sections import AnyUnit

HARD_CARBON = "hard_carbon"
"""Name of the shipped file."""

CARBON, CORE = "carbon.", "core."
FIELDS = "docs/fitting.md"


class LiteraturePrior(Section):
    """What is known of a number before it is measured.

    Attributes
    ----------
    path : of the number in a material of one carbon
    scale : "log" for a log-normal prior, "linear" for a normal one, as in a fit problem
    median : of the prior
    spread : its standard deviation; on a log scale the factor that is one standard deviation, above 1
    lower, upper : bounds of a search
    """

    path: str = Field(min_length=1)
    scale: Literal["linear", "log"]
    median: AnyUnit
    spread: AnyUnit
    lower: AnyUnit
    upper: AnyUnit

    @property
    def unit(self) -> str:
        """The unit of the median, in which a fit problem has the number."""
        return self.median.unit

    def free(self, materials: tuple[str, ...], path: str | None = None) -> FreeParameter:
        """The number as a free parameter of a fit, shared by all ``materials``, which starts at the median.

        Parameters
        ----------
        materials : names or paths, as a fit problem has them
        path : of the number in them, where it is not that of the prior
        """
        median, spread = self.median.value, self._in_unit(self.spread)
        return FreeParameter(
            path=path or self.path,
            shared=materials,
            unit=self.unit,
            lower=self._in_unit(self.lower),
            upper=self._in_unit(self.upper),
            start=median,
            scale=self.scale,
            prior=Prior(mean=median, factor=spread) if self.scale == "log" else Prior(mean=median, sd=spread),
        )

    def _in_unit(self, number: Quantity) -> float:
        """A number's value in the unit of the median; a factor as it is."""
        if number is self.spread and self.scale == "log":
            return to_si(number.value, number.unit, "1")
        if number.unit == self.unit:
            return number.value
        return from_si(to_si(number.value, number.unit, self.unit), self.unit)

    @model_validator(mode="after")
    def _possible(self):
        self.free(("any",))  # refuses units that do not convert, bounds and spreads as a fit problem does
        return self


class LiteraturePriors(Section):
    """A file of priors."""

    title: str
    description: str
    priors: tuple[LiteraturePrior, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self):
        paths = [prior.path for prior in self.priors]
        if twice := [path for path in paths if paths.count(path) > 1]:
            raise InputError(f"priors: {twice[0]} is there twice; keep one")
        return self

    @cached_property
    def by_path(self) -> dict[str, LiteraturePrior]:
        """The priors by the path of their number."""
        return {prior.path: prior for prior in self.priors}

    def prior(self, path: str) -> LiteraturePrior:
        """The prior of a number, by its path in a material; a core has that of a carbon.

        Raises
        ------
        InputError
            There is no prior for this path.
        """
        name = CARBON + path.removeprefix(CORE) if path.startswith(CORE) else path
        if name not in self.by_path:
            raise InputError(
                f"no prior for {path!r}; {did_you_mean(name, self.by_path)}there is one for "
                f"{', '.join(self.by_path)}"
            )
        return self.by_path[name]

    def free(self, path: str, *materials: str) -> FreeParameter:
        """A number, by its path in a material, as a free parameter of a fit with its prior."""
        return self.prior(path).free(materials, path)


def read_priors(name_or_path: str | Path = HARD_CARBON) -> LiteraturePriors:
    """Read a shipped file of priors by its name, or one's own by its path.

    Raises
    ------
    InputError
        The file cannot be read, or a prior in it is impossible.
    """
    path = library.folder("parameters") / "priors" / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    entries = library.read_toml(path)
    try:
        return LiteraturePriors.model_validate(entries)
    except ValidationError as error:
        raise one_line(error, library.shown(Path(path.name)), FIELDS) from None
