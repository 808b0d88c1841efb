"""Tables and files of positive electrodes that say too little, or are of something else."""

import re

import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.inputs.full_cell import FULL, in_cell
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.ranges import input_warnings

SHIPPED = library.find("parameters/positive", "nvpf").read_text(encoding="utf-8")
TABLE = r"(?s)(\[particle\.open_circuit\]\n).*?(unit = )"


def with_table(folder, stoichiometry, values):
    """The shipped electrode with another open-circuit table."""
    rows = f"stoichiometry = {stoichiometry}\nvalues = {values}\n"
    text, found = re.subn(TABLE, rf"\g<1>{rows}\g<2>", SHIPPED, count=1)
    assert found == 1
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refused(path):
    """What the command says of a file, in one line."""
    outcome = coreshell("run", "core_shell", "full_cell_formation", "--positive", path)
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 1
    return outcome.err


@pytest.mark.parametrize(
    ("stoichiometry", "values", "expected"),
    [
        ("[0.5]", "[4.0]", "particle.open_circuit.stoichiometry: is [0.5]; give at least 2 entries"),
        ("[0.1, 1.0]", '[4.0, "low"]', "particle.open_circuit.values.2: is 'low'; write a number"),
        ("[10, 100]", "[4.0, 3.0]", "stoichiometries go up to 100, in per cent as it seems; divide them by"),
        ("[-0.1, 1.0]", "[4.0, 3.0]", "stoichiometries are [-0.1, 1.0]; give them rising, from 0 to 1"),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_plain_words(tmp_path, stoichiometry, values, expected):
    """What, where, which value and what to do."""
    line = refused(with_table(tmp_path, stoichiometry, values))
    assert expected in line and "mine.toml" in line


def test_a_file_of_something_else_is_told_from_a_section_that_is_missing(tmp_path):
    """A carbon or a stack is no positive electrode."""
    for other in (library.find("parameters", "core_shell"), library.find("parameters/stack", "pouch")):
        line = refused(str(other))
        assert f"{other.name}: is no file of a positive electrode, which has balance, particle" in line
    path = tmp_path / "mine.toml"
    path.write_text(SHIPPED.partition("[sacrificial_salt]")[0], encoding="utf-8")
    assert "mine.toml: sacrificial_salt: is missing; add the section" in refused(str(path))


def test_a_wide_gap_of_the_potential_is_warned_of(tmp_path):
    """Two points say little; flat plateaus and the shipped tables say enough."""
    carbon = read_material("core_shell")
    coarse = in_cell(carbon, FULL, positive=with_table(tmp_path, "[0.1, 1.0]", "[4.3, 3.0]"))
    (warning,) = [line for line in input_warnings(coarse) if "open_circuit" in line]
    assert "no point between stoichiometries 0.1 and 1, where the potential falls by 1.3 V" in warning
    for name in ("nvpf", "nvp"):
        assert not any(
            "open_circuit" in line for line in input_warnings(in_cell(carbon, FULL, positive=name))
        )


def test_a_table_in_the_wrong_unit_is_suspected(tmp_path):
    """Values in V whose unit is mV make a positive electrode of some millivolts."""
    path = with_table(tmp_path, "[0.1, 1.0]", "[4.3, 3.0]")
    mine = tmp_path / "mine.toml"
    before, table, after = mine.read_text(encoding="utf-8").partition("values = [4.3, 3.0]")
    mine.write_text(before + table + after.replace('unit = "V"', 'unit = "mV"', 1), encoding="utf-8")
    assert "set protocol.window.upper below 0.0043 V" in (line := refused(path))
    assert "(are its values in V, and its unit mV?)" in line
