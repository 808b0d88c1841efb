"""Every number of a full cell changes something that is shown, or a parameter of the electrode level."""

import pytest

from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import sources
from coreshell_model.inputs.protocol import beginning
from coreshell_model.observe.quantities import numbers, summary
from coreshell_model.run.simulation import set_up, simulate

PRESENT = {
    "positive.sacrificial_salt.mass_share": "0.05",
    "positive.sacrificial_salt.residue": "0.2",
    "presodiation.capacity": "20 mAh/g",
}
"""Numbers without which others would have nothing to act on."""

MATERIAL, PROTOCOL = prepared("core_shell", "full_cell_formation", PRESENT)
FIRST = beginning(PROTOCOL, 1)
PATHS = [path for path in sources(MATERIAL) if path.startswith(("positive.", "presodiation.", "stack."))]
COLD = {"cell.temperature": "5 °C"}
AT_THE_ELECTRODE_LEVEL = ("positive.coating.bruggeman", "positive.coating.conductivity")


def shown(changes):
    """The numbers of a first cycle."""
    solution = simulate("core_shell", FIRST, changes)
    return {name: of(solution) for name, of in numbers().items() if name != "Solve time [s]"} | {
        "Masses": summary(solution)["Stack masses [mg.cm-2]"]
    }


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
def test_a_number_acts(path):
    """A change by a tenth, or of a zero, is seen."""
    number = sources(MATERIAL)[path]
    share = 1.1 if path.endswith(".charged") else 0.9  # its table begins just below it
    value = share * number.value if number.value else 0.1
    changed = PRESENT | {path: f"{value!r} {number.unit}"}
    if path == "positive.particle.first_charge_loss":  # goes with no sacrificial salt
        changed = {path: "0.1"}
    if path.startswith("positive.activation."):  # at 25 degC it has no effect
        assert shown(changed | COLD) != shown(PRESENT | COLD)
    elif path in AT_THE_ELECTRODE_LEVEL:
        one, other = (
            set_up("core_shell", FIRST, each, level="electrode").parameters for each in (PRESENT, changed)
        )
        assert one != other
    else:
        assert shown(changed) != shown(PRESENT)
