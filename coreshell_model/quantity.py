"""A number of a material or protocol file: value, unit and source, in SI once it is inside."""

from typing import Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from coreshell_model.errors import InputError
from coreshell_model.units import parse_quantity, to_si


class Section(BaseModel):
    """A frozen section of a file; a name that is not a field is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quantity(Section):
    """``{ value = 9.4, unit = "nm", source = "..." }``; ``si`` is the value in SI units."""

    value: float = Field(strict=True)
    unit: str
    source: str = Field(min_length=1)
    si: float = Field(default=0.0, exclude=True, repr=False)

    def __str__(self):
        return f"{self.value:g}" if self.unit in ("", "1") else f"{self.value:g} {self.unit}"


def within(
    unit: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> AfterValidator:
    """Asks of a quantity that it converts to ``unit`` and, in SI, lies within the bounds.

    Used as ``Length = Annotated[Quantity, within("nm", above=0.0)]``.
    """

    def check(given: Quantity) -> Quantity:
        si = to_si(given.value, given.unit, unit)
        if above is not None and not si > above:
            raise InputError(f"is {given}; must be above {above:g}")
        if at_least is not None and si < at_least:
            raise InputError(f"is {given}; must be at least {at_least:g}")
        if at_most is not None and si > at_most:
            raise InputError(f"is {given}; must be at most {at_most:g}")
        return given.model_copy(update={"si": si})

    return AfterValidator(check)


def quantity_from_text(text: str, source: str) -> dict:
    """``"12 nm"`` as the table a file would hold."""
    value, unit = parse_quantity(text)
    return {"value": value, "unit": unit, "source": source}


def quantity_from_si(value: float, unit: str, source: str) -> Quantity:
    """A quantity computed by the program, in its SI ``unit``."""
    return Quantity(value=value, unit=unit, source=source, si=value)


def one_line(error: ValidationError, where: str) -> InputError:
    """The first complaint of a pydantic ``error`` as one line: file, field, value, remedy."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    kind, given = first["type"], first.get("input")
    if kind == "missing":
        text = "is missing; add it, with value, unit and source where it is a number"
    elif kind == "extra_forbidden":
        text = "is not a known field; see parameters/README.md for the list"
    elif kind == "value_error":
        text = str(first.get("ctx", {}).get("error", first["msg"]))
    elif kind in ("model_type", "model_attributes_type"):
        text = (
            f'is {_short(given)}; write it as {{ value = 1.0, unit = "nm", source = "..." }} or as a section'
        )
    else:
        text = f"is {_short(given)}; {first['msg'][0].lower()}{first['msg'][1:]}"
    more = len(error.errors()) - 1
    also = f" (and {more} more)" if more else ""
    return InputError(f"{where}: {field + ': ' if field else ''}{text}{also}".replace("\n", " "))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
