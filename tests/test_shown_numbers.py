"""Numbers as people are shown them, and the warnings about what they were computed from."""

import json

import pytest
from command_line import coreshell

from coreshell_model.base.intervals import shown_interval
from coreshell_model.base.tables import shown_number
from coreshell_model.design.problem import problem
from coreshell_model.design.reference import followed
from coreshell_model.design.space import axis
from coreshell_model.inputs.material import read_material
from coreshell_model.observe.quantities import scope_of
from coreshell_model.show.cli.tables import shown

COLD = ("--set", "cell.temperature=210 K")
WARNING = "cell.temperature is 210 K, usually 233 to 353 K"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-1.998e-07, "mA.h.g-1", "0"), (2.4e-06, "mA.h.g-1", "0"), (3.667e-3, "mA.h.g-1", "0.003667"),
        (-2e-4, "mA.h.g-1", "-0.0002"), (-3e-17, "V", "0"), (5e-3, "V", "0.005"), (1e-9, "mV", "0"),
        (-0.0, "1", "0"), (9.8e-15, "1", "9.8e-15"), (1e-17, "m2.s-1", "1e-17"), (None, "V", "–"),
    ],
)  # fmt: skip
def test_what_is_zero_within_the_tolerance_of_the_solver_is_shown_as_0(value, unit, text):
    """Charges and potentials; a balance error or a diffusivity is what it is."""
    assert shown_number(value, unit=unit) == shown(value, unit) == text


def test_zeros_within_lists_and_tables_are_shown_as_0_too():
    """The unit is that of the whole result, or of the name within it."""
    assert shown([-1e-10, 52.5, None], "mA.h.g-1") == "0  52.5  –"
    assert shown({"film": 1e-9, "particle": 207.2}, "mV") == "film = 0, particle = 207.2"
    assert shown([{"Charge lost [mA.h.g-1]": -1e-9, "Exponent": 1e-9}]) == (
        "Charge lost [mA.h.g-1] = 0, Exponent = 1e-09"
    )
    assert shown_interval((-1e-9, 3.0), unit="mA.h.g-1") == "0 to 3"


@pytest.fixture(scope="module")
def cold():
    words = ("run", "core_shell", "formation", *COLD)
    return coreshell(*words), json.loads(coreshell(*words, "--json").out)


def test_a_plateau_that_is_not_there_is_shown_as_0(cold):
    """At 210 K no cluster forms: the JSON has what the solver left, the table 0 and no share of it."""
    printed, record = cold
    plateau = record["Plateau capacity [mA.h.g-1]"]
    assert 0 < abs(plateau) < 1e-4
    row = next(line for line in printed.out.splitlines() if "Plateau capacity" in line)
    assert row.partition("]")[2].split()[0] == "0"
    assert record["Late growth of clusters in holds"] == [None] * 5


def test_a_run_warns_on_stderr_of_an_unusual_temperature(cold):
    """And among its results; the temperature is used as it was given."""
    printed, record = cold
    assert printed.code == 0 and f"warning: {WARNING}" in printed.err
    assert any(text.startswith(WARNING) for text in record["Warnings"])
    assert record["Changes"] == {"cell.temperature": "210 K"}


@pytest.mark.parametrize(
    "words",
    [
        ("cycle", "core_shell", "long_cycling", "--cycles", "1"),
        ("eis", "core_shell", "--at", "0.2"),
        ("sensitivity", "core_shell", "design", "--vary", "rate", "--observe", "CVD mass gain [%]"),
        ("sweep", "core_shell", "design", "--vary", "rate=0.1, 1", "--observe", "CVD mass gain [%]"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_takes_a_temperature_warns_of_an_unusual_one(words):
    """On stderr, and with --json among the warnings."""
    assert f"warning: {WARNING}" in coreshell(*words, *COLD).err
    record = json.loads(coreshell(*words, *COLD, "--json").out)
    assert any(text.startswith(WARNING) for text in record["Warnings"])


def test_a_sweep_says_at_which_end_a_number_is_unusual():
    """Of two temperatures the cold one alone."""
    temperatures = [axis("cell.temperature=210..298.15 K, 3 points")]
    (warning,) = followed(problem("core_shell", "design"), temperatures)
    assert warning.startswith(WARNING) and warning.endswith("at cell.temperature 210 K")


CAUTIOUS = "chayambuka_hard_carbon"


@pytest.mark.parametrize(
    "words",
    [
        ("run", CAUTIOUS, "formation_without_hold"),
        ("compare", CAUTIOUS, "shell", "formation_without_hold"),
        ("sweep", CAUTIOUS, "formation_without_hold", "--vary", "cell.temperature=15, 25 °C"),
        ("eis", CAUTIOUS, "--at", "0.2"),
        ("cycle", CAUTIOUS, "long_cycling", "--cycles", "1"),
    ],
    ids=lambda words: words[0],
)
def test_the_caution_of_a_material_is_a_warning_of_every_result(words):
    """Once, with --json too; materials show prints it as well."""
    caution = read_material(CAUTIOUS).caution
    assert caution is not None and "no statement about this carbon" in caution
    record = json.loads(coreshell(*words, "--json").out)
    results = record.get("Materials", [record])
    assert [results[0]["Warnings"].count(caution), *(caution in one["Warnings"] for one in results[1:])] in (
        [1],
        [1, False],
    )
    assert coreshell(*words).err.count(caution) == 1
    assert f"Warning: {caution}" in coreshell("materials", "show", CAUTIOUS).out


def test_the_table_of_a_run_says_what_a_prediction_is():
    assert "nothing was adjusted to measurements of it" in scope_of("Prediction")
