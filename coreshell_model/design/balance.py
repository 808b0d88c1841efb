"""The N/P ratio of a full cell, chosen for a design: as much sodium as its carbon takes up above 0 V."""

from functools import lru_cache

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import quantity_from_si
from coreshell_model.inputs.full_cell import HALF, in_cell
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import sodiation_capacity
from coreshell_model.physics.full_cell_values import carbon_capacity_of
from coreshell_model.run.simulation import set_up

TAKEN_UP = "Sodiate at C/20 for 80 hours or until 0 V against the reference"
"""The first sodiation in which the carbon takes up what the positive electrode may give."""

LEAST = 0.05
"""Share of what the carbon takes up that the positive electrode has to give at least."""

SOURCE = (
    "chosen for the design: the first charge of the positive electrode, with any presodiation, is what the "
    "carbon takes up at C/20 before it comes to 0 V against sodium"
)


def balanced(
    material: Material, protocol: Protocol, level: str = "particle", compiled: bool = False
) -> Material:
    """A full cell whose positive electrode gives what its carbon takes up at C/20 above 0 V (67).

    Raises
    ------
    InputError
        The carbon does not come to 0 V, or its presodiation leaves next to nothing to the positive electrode.
    """
    run = set_up(
        in_cell(material, HALF),
        _first_sodiation(protocol.basis.model_dump_json()),
        level=level,
        compiled=compiled,
    )
    solution = run.through(run.cycles)
    if not solution.completed:
        raise InputError(f"{material.name}: the carbon does not come to 0 V: {solution.explanation}")
    taken = 3600 * (sodiation_capacity(solution, 1) or 0.0)
    assert material.presodiation is not None and material.positive is not None  # by ``in_cell``
    left = taken - material.presodiation.capacity.si
    if left < LEAST * taken:
        raise InputError(
            f"presodiation.capacity is {material.presodiation.capacity}, next to all of the "
            f"{taken / 3600:.4g} mAh/g that the carbon takes up above 0 V; give less"
        )
    ratio = quantity_from_si(carbon_capacity_of(run.parameters) / left, "1", SOURCE)
    balance = material.positive.balance.model_copy(update={"np_ratio": ratio, "active_loading": None})
    return material.model_copy(update={"positive": material.positive.model_copy(update={"balance": balance})})


@lru_cache(maxsize=16)
def _first_sodiation(basis: str) -> Protocol:
    """The protocol of that sodiation, with the 1C of another protocol."""
    from json import loads

    data = read_protocol("formation").model_dump() | {
        "name": "first_sodiation",
        "basis": loads(basis),
        "numbers": {},
        "cycles": ({"steps": (TAKEN_UP,)},),
    }
    return protocol_from_dict(data, "first_sodiation")
