"""What every point of a sweep shares, and what one point comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.design.comparison import chosen
from coreshell_model.design.variables import Value, as_changes, with_seal
from coreshell_model.inputs.changes import path_of, prepared
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict
from coreshell_model.physics.levels import LEVELS

SOLVED, IMPOSSIBLE, FAILED = "solved", "impossible design", "failed solve"
"""How a point can end."""


@dataclass(frozen=True)
class Problem:
    """A material, a protocol, what is changed at every point, and what is observed."""

    material: Material
    protocol: Protocol
    changes: Mapping[str, str] = field(default_factory=dict)
    level: str = "particle"
    observables: tuple[str, ...] = ()
    compiled: bool = False

    def point(self, values: Mapping[str, Value]) -> tuple[Material, Protocol]:
        """Material and protocol of a point.

        Raises
        ------
        InputError
            Values that material or protocol cannot have.
        """
        changes = as_changes(values, self.material, self.protocol)
        for path in changes.keys() & self.changes.keys():
            raise InputError(f"{path} varies and is set; leave out one of them")
        return prepared(self.material, self.protocol, {**self.changes, **changes})

    def build(self) -> None:
        """Build the models that its points need."""
        material, protocol = prepared(self.material, self.protocol, self.changes)
        self._evaluator(protocol).build(material)

    def _evaluator(self, protocol: Protocol) -> Any:
        return _evaluator(protocol.model_dump_json(), self.level, tuple(self.observables), self.compiled)

    def row(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """How a point ended, the reason where it was not solved, and its observables."""
        from coreshell_model.design.evaluator import FailedSolveError

        try:
            material, protocol = self.point(values)
            evaluator = self._evaluator(protocol)
            return {"Ending": SOLVED, "Reason": ""} | evaluator.evaluate(material)
        except InputError as error:
            return {"Ending": IMPOSSIBLE, "Reason": str(error)}
        except FailedSolveError as error:
            return {"Ending": FAILED, "Reason": str(error)}

    def record(self) -> dict[str, Any]:
        """Itself in what JSON has."""
        return {
            "Material": self.material.model_dump(exclude_none=True, mode="json"),
            "Protocol": self.protocol.model_dump(exclude_none=True, mode="json"),
            "Changes": dict(self.changes),
            "Level": self.level,
            "Observables": list(self.observables),
            "Compiled": self.compiled,
        }


def problem(
    material: Material | str,
    protocol: Protocol | str,
    changes: Mapping[str, str] | None = None,
    *,
    level: str = "particle",
    observables: tuple[str, ...] | list[str] | None = None,
    seal: str | None = None,
    compiled: bool = False,
) -> Problem:
    """Read and check what every point of a sweep shares.

    Parameters
    ----------
    material, protocol, level : as in ``simulate``
    changes : numbers that all points have, by design variable or dotted path, as texts with units; they and a
        point's own count as given together
    observables : names of what to keep, the usual ones where not given
    seal : "exponential", "logistic" or "percolation", in place of what the material's file gives
    compiled : have the model compiled

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    read, words = prepared(material, protocol)
    if seal is not None:
        read = with_seal(read, seal)
    if level not in LEVELS:
        raise InputError(f"level is {brief(level)}; it is one of {', '.join(LEVELS)}")
    if level == "electrode" and read.electrode is None:
        raise InputError(f"{read.name}: has no electrode section, which level 'electrode' needs; add it")
    fixed = dict(changes or {})
    prepared(read, words, as_changes(fixed, read, words))
    by_path = {path_of(name, read): text for name, text in fixed.items()}
    return Problem(read, words, by_path, level, tuple(chosen(words, observables)), compiled)


def problem_from(record: Mapping[str, Any]) -> Problem:
    """A problem from its record.

    Raises
    ------
    InputError
        A record that this version cannot read.
    """
    try:
        return Problem(
            material_from_dict(record["Material"], str(record["Material"].get("name"))),
            protocol_from_dict(record["Protocol"], str(record["Protocol"].get("name"))),
            dict(record["Changes"]),
            record["Level"],
            tuple(record["Observables"]),
            bool(record["Compiled"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"not the record of a sweep: {error}") from None


@lru_cache(maxsize=8)
def _evaluator(protocol: str, level: str, observables: tuple[str, ...], compiled: bool):
    """Kept by the process; its protocol as JSON, which can be compared."""
    from coreshell_model.design.evaluator import Evaluator

    return Evaluator(Protocol.model_validate_json(protocol), level, observables, compiled=compiled)
