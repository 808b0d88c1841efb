"""Python, first minute: what is offered, floats in SI, a picture of a run, words in place of a traceback."""

import subprocess
import sys

import pybamm
import pytest

import coreshell_model
from coreshell_model import CoreShellHalfCell, InputError, parameter_values, read_protocol, simulate
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import sources
from coreshell_model.inputs.protocol import beginning


def test_what_the_package_offers_is_listed_without_importing_any_of_it():
    """Public names alone, of which each can be had; PyBaMM and pandas are not imported for the list."""
    code = (
        "import sys, coreshell_model; names = dir(coreshell_model); "
        "assert not {'pybamm', 'pandas', 'numpy'} & set(sys.modules); print(' '.join(names))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(printed.split()) == {*coreshell_model.__all__, "__version__"}
    assert all(getattr(coreshell_model, name) is not None for name in coreshell_model.__all__)


def test_a_float_is_in_si_units_of_its_quantity():
    """Lengths, areas per mass, temperatures, and numbers of the protocol, like the same in text."""
    in_si = {
        "shell.thickness": 12e-9,
        "cell.active_loading": 0.03,
        "cell.temperature": 313.15,
        "protocol.window.lower": 0.01,
    }
    as_texts = {
        "shell.thickness": "12 nm",
        "cell.active_loading": "3 mg/cm2",
        "cell.temperature": "40 °C",
        "protocol.window.lower": "10 mV",
    }
    one, other = (prepared("core_shell", "formation", changes) for changes in (in_si, as_texts))
    for changed, stated in zip(one, other, strict=True):
        numbers = {path: number.si for path, number in sources(changed).items()}
        assert numbers == pytest.approx({path: number.si for path, number in sources(stated).items()})
    assert sources(one[0])["shell.thickness"].si == pytest.approx(12e-9)


def test_a_design_variable_and_a_count_can_be_floats_too():
    """A short name has its own unit; a count stays whole."""
    assert prepared("core_shell", "formation", {"thickness": 12e-9}) == prepared(
        "core_shell", "formation", {"thickness": "12 nm"}
    )
    _, protocol = prepared("core_shell", "long_cycling", {"protocol.numbers.cycles": 5})
    assert len(protocol.steps_by_cycle()) == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shel.thickness": 12e-9}, "did you mean 'shell.thickness'"),
        ({"shell.thickness": True}, "give a number in SI units, or text like '12 nm'"),
        ({"shell.thickness": 12.0}, "must be at most 10000 nm"),
        ({"protocol.numbers.cycles": 5}, "'protocol.numbers.cycles' is not one of its numbers"),
    ],
)
def test_a_float_that_cannot_be_meant_is_refused_in_one_line(changes, said):
    """A typing error has its suggestion, and metres for nanometres are out of bounds."""
    with pytest.raises(InputError) as caught:
        prepared("core_shell", "formation", changes)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def solution():
    """Two cycles."""
    return simulate("core_shell", beginning(read_protocol("formation"), 2))


def test_a_solution_draws_itself(solution, tmp_path):
    """Voltage over capacity and over time, with the run's own numbers; other pictures by their names."""
    figure = solution.plot()
    over_capacity, over_time = figure.axes
    assert "Capacity" in over_capacity.get_xlabel()
    assert over_time.get_xlabel() == "Time / h"
    drawn = [line.get_xydata() for line in over_time.lines]
    assert sum(map(len, drawn)) == len(solution["Time [s]"])
    assert drawn[-1][-1] == pytest.approx([solution["Time [s]"][-1] / 3600, solution["Voltage [V]"][-1]])
    figure.savefig(tmp_path / "run.png")
    assert len(solution.plot("dqdv").axes) == 1
    with pytest.raises(InputError, match="no picture 'dqdV': did you mean"):
        solution.plot("dqdV")


def test_the_terminal_voltage_has_the_name_that_pybamm_gives_it(solution):
    """Beside "Voltage [V]", of which it is another name."""
    assert "Terminal voltage [V]" in CoreShellHalfCell().variables
    assert solution["Terminal voltage [V]"] == pytest.approx(solution["Voltage [V]"])


def _solved(**options):
    return lambda: pybamm.Simulation(CoreShellHalfCell(), **options).solve([0, 60], initial_soc=0.5)


@pytest.mark.parametrize(
    "attempt",
    [
        _solved(),
        _solved(parameter_values=pybamm.ParameterValues("Appel_core_shell"), cache_esoh=False),
        _solved(experiment=pybamm.Experiment(["Charge at C/20 for 1 minute"])),
        lambda: pybamm.EISSimulation(CoreShellHalfCell()).solve([1.0], initial_soc="0.5 V"),
        lambda: parameter_values().set_initial_state(0.5),
    ],
)
def test_an_initial_state_of_charge_is_refused_in_words(attempt):
    """By every door that PyBaMM has for it."""
    with pytest.raises(InputError) as caught:
        attempt()
    assert str(caught.value).startswith("initial_soc: this model has no state of charge")
    assert "\n" not in str(caught.value)
