"""Sodium of a whole full cell, with every source of it that such a cell can have."""

from coreshell_model.checks.check import NOISE, Bound, Check
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel
from coreshell_model.run.simulation import simulate

SOURCES = {
    "as made": {},
    "presodiation": {"presodiation.capacity": "50 mAh/g"},
    "sacrificial salt": {"positive.sacrificial_salt.mass_share": "8 %"},
    "first-charge loss": {"positive.particle.first_charge_loss": "6 %"},
    "presodiation and sacrificial salt": {
        "presodiation.capacity": "20 mAh/g",
        "positive.sacrificial_salt.mass_share": "5 %",
    },
}
"""Changes by the sodium that they bring or take."""

MATERIALS = ("core_shell", "core", "chayambuka_hard_carbon")
"""Sealed particles, open ones with wetted pores, and one carbon with tables."""

LARGEST = 1e-8


def first_cycle() -> Protocol:
    """The first cycle of a full cell's formation."""
    data = read_protocol("full_cell_formation").model_dump()
    return protocol_from_dict(data | {"name": "first cycle", "cycles": data["cycles"][:1]}, "first cycle")


def error(material: str, source: str, level: str) -> float:
    """Largest difference of the sodium that is counted, over that of the first charge.

    Raises
    ------
    ArithmeticError
        The cycle did not complete.
    """
    solution = simulate(material, first_cycle(), SOURCES[source], level=level)
    if not solution.completed:
        raise ArithmeticError(f"{material}, {source}, {level}: {solution.explanation}")
    found = sodium_balance_error(solution)
    assert found is not None  # a completed cycle has points
    return found


RUNS = tuple(
    (material, source, level.name)
    for material in MATERIALS
    for source in SOURCES
    for level in (ParticleLevel, ElectrodeLevel)
)
"""Every material with every source, at both levels."""


CHECK = Check(
    name="full_cell_balance",
    title="Sodium of a whole full cell",
    compared="First cycle of `full_cell_formation`. Sodium in the carbon, its film and its double layer "
    "against the charge that passed, and all of the cell, with the positive electrode and what gives sodium "
    "once, against its start: the larger difference over the first charge.",
    limit="Materials as shipped with `nvpf`, and with presodiation, a sacrificial salt or a loss of the "
    "positive electrode's first charge.",
    bounds=tuple(Bound(f"{', '.join(run)} level", at_most=LARGEST, band=NOISE) for run in RUNS),
    measure=lambda: {f"{', '.join(run)} level": error(*run) for run in RUNS},
)
