"""What all points of a sweep share, and the result of one point."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.quantity import brief
from coreshell_model.design.comparison import chosen
from coreshell_model.design.variables import as_changes, with_seal
from coreshell_model.inputs.changes import Value, in_its_cell, path_of, prepared, without_choices
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict
from coreshell_model.physics.levels import LEVELS

SOLVED, IMPOSSIBLE, FAILED = "solved", "impossible design", "failed solve"
"""The three endings of a point."""


@dataclass(frozen=True)
class Problem:
    """A material, a protocol, changes that all points share, and observables.

    Full cells are ``balanced`` where the N/P ratio of each design is chosen for it.
    """

    material: Material
    protocol: Protocol
    changes: Mapping[str, str] = field(default_factory=dict)
    level: str = "particle"
    observables: tuple[str, ...] = ()
    compiled: bool = False
    balanced: bool = False

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

    def observing_others(self, varied: Collection[str]) -> "Problem":
        """The same without the observables that vary, by their names as variables or as results."""
        kept = tuple(name for name in self.observables if name not in varied)
        return replace(self, observables=kept)

    def build(self) -> None:
        """Build the models that its points need."""
        material, protocol = prepared(self.material, self.protocol, self.changes)
        self._evaluator(protocol).build(material)

    def _evaluator(self, protocol: Protocol) -> Any:
        return _evaluator(protocol.model_dump_json(), self.level, tuple(self.observables), self.compiled)

    def row(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """The ending of a point, the reason if it was not solved, and its observables if it was."""
        from coreshell_model.design.evaluator import FailedSolveError

        try:
            material, protocol = self.point(values)
            if self.balanced:
                from coreshell_model.design.balance import balanced

                material = balanced(material, protocol, self.level, self.compiled)
            evaluator = self._evaluator(protocol)
            return {"Ending": SOLVED, "Reason": ""} | evaluator.evaluate(material)
        except InputError as error:
            return {"Ending": IMPOSSIBLE, "Reason": str(error)}
        except FailedSolveError as error:
            return {"Ending": FAILED, "Reason": str(error)}

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "Material": self.material.model_dump(exclude_none=True, mode="json"),
            "Protocol": self.protocol.model_dump(exclude_none=True, mode="json"),
            "Changes": dict(self.changes),
            "Level": self.level,
            "Observables": list(self.observables),
            "Compiled": self.compiled,
            **({"Balanced": True} if self.balanced else {}),
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
    changes : numbers that all points share, by design variable or dotted path, as texts with units; they are
        made together with those of a point. ``positive`` and ``stack`` choose what a full cell has
    observables : names of the quantities to keep, the usual ones if None
    seal : "exponential", "logistic" or "percolation", in place of the open fraction in the material's file
    compiled : compile the model
    """
    fixed, choices = without_choices(changes or {})
    material, protocol = in_its_cell(material, protocol, choices)
    if seal is not None:
        material = with_seal(material, seal)
    if level not in LEVELS:
        raise InputError(f"level is {brief(level)}; {one_of(level, LEVELS)}")
    if level == "electrode" and material.electrode is None:
        raise InputError(f"{material.name}: has no electrode section, which level 'electrode' needs; add it")
    prepared(material, protocol, as_changes(fixed, material, protocol))
    by_path = {path_of(name, material): text for name, text in fixed.items()}
    return Problem(material, protocol, by_path, level, tuple(chosen(protocol, observables)), compiled)


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
            bool(record.get("Balanced", False)),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"not the record of a sweep: {error}") from None


@lru_cache(maxsize=8)
def _evaluator(protocol: str, level: str, observables: tuple[str, ...], compiled: bool):
    """An evaluator that the process keeps; its protocol is JSON, because that can be hashed."""
    from coreshell_model.design.evaluator import Evaluator

    return Evaluator(Protocol.model_validate_json(protocol), level, observables, compiled=compiled)
