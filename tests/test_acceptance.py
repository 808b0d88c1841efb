"""The measured first cycles, which the shipped materials have to reproduce together."""

import pytest

from coreshell_model.inputs.material import read_material, sources
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.windows import first_sodiation_window
from coreshell_model.run.simulation import simulate


@pytest.fixture(scope="module")
def core_shell():
    return summary(simulate("core_shell", "formation"))


@pytest.fixture(scope="module")
def shell():
    solution = simulate("shell", "formation")
    windows = {
        "1.25-0.60 V": first_sodiation_window(solution, 0.60, 1.25),
        "below 0.60 V": first_sodiation_window(solution, -1.0, 0.60),
    }
    return summary(solution) | windows


@pytest.mark.parametrize(
    ("name", "measured", "uncertainty"),
    [
        ("Initial coulombic efficiency", 0.82, 0.02),
        ("Reversible capacity [mA.h.g-1]", 400, 24),
        ("First-cycle loss [mA.h.g-1]", 89, 30),
        ("Capacity 1.25-1.00 V [mA.h.g-1]", 6, 6),
        ("Capacity 0.65-0.44 V [mA.h.g-1]", 90, 30),
        ("Plateau capacity [mA.h.g-1]", 225, 125),
    ],
)
def test_core_shell_agrees_with_the_measurement(core_shell, name, measured, uncertainty):
    """Appel et al., main text; the plateau's range is the one the charge balance leaves open."""
    assert core_shell[name] == pytest.approx(measured, abs=uncertainty)


def test_core_shell_loses_less_than_a_percent_a_cycle_after_the_first(core_shell):
    """Appel et al.: coulombic efficiency above 99 % in the following four cycles."""
    assert len(core_shell["Coulombic efficiency"]) == 5
    assert all(0.99 < efficiency <= 1.0 for efficiency in core_shell["Coulombic efficiency"][1:])


@pytest.mark.parametrize(
    ("name", "measured", "uncertainty"),
    [
        ("Initial coulombic efficiency", 0.34, 0.03),
        ("Reversible capacity [mA.h.g-1]", 127, 7),
        ("First-cycle loss [mA.h.g-1]", 246, 31),
        ("Plateau capacity [mA.h.g-1]", 0, 5),
        ("1.25-0.60 V", 130, 15),
        ("below 0.60 V", 240, 25),
    ],
)
def test_shell_agrees_with_the_measurement(shell, name, measured, uncertainty):
    """Appel et al., main text."""
    assert shell[name] == pytest.approx(measured, abs=uncertainty)


def test_shell_and_core_shell_share_their_cvd_carbon_surface_and_interphase():
    """One set of laws and constants: what is the same carbon has the same numbers in both files."""
    coated, alone = sources(read_material("core_shell")), sources(read_material("shell"))
    shared = {
        path: number.si for path, number in coated.items() if path.startswith(("sei.", "surface.", "cell."))
    }
    shared |= {
        path: coated[path].si for path in coated if path.startswith(("shell.sloping", "shell.trapping"))
    }
    in_shell = {path.replace("shell.", "carbon."): value for path, value in shared.items()}
    assert len(in_shell) > 30
    assert {path: alone[path].si for path in in_shell} == in_shell
