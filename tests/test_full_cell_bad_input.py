"""What a full cell refuses: one line that says what, where, which value and what to do, and exit code 2."""

import re

import pytest
from command_line import coreshell

from coreshell_model.base import library

POSITIVE = (library.folder("parameters/positive") / "nvpf.toml").read_text(encoding="utf-8")
FULL = ("core_shell", "full_cell_formation")
SITES = """
[[particle.sites]]
share = { value = 0.5, unit = "1", source = "x" }
potential = { value = 3.7, unit = "V", source = "x" }
width = { value = 0.03, unit = "V", source = "x" }

[[particle.sites]]
share = { value = 0.4, unit = "1", source = "x" }
potential = { value = 4.1, unit = "V", source = "x" }
width = { value = 0.03, unit = "V", source = "x" }
"""
TABLE = r"\[particle\.open_circuit\][\s\S]*?source = .*\n"


def refused(*words: str) -> str:
    """The line with which ``coreshell run`` refuses these words."""
    outcome = coreshell("run", *words)
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("coreshell: ")
    return outcome.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((*FULL, "--positive", "nvpff"), "unknown positive electrode 'nvpff': did you mean 'nvpf'?"),
        ((*FULL, "--positive", ""), "unknown positive electrode ''"),
        ((*FULL, "--set", "stack=puch"), "unknown stack 'puch': did you mean 'pouch'?"),
        ((*FULL, "--positive", "nvpf", "--set", "positive=nvp"), "choose two positive electrodes"),
        ((*FULL, "--cell", "half"), "protocol full_cell_formation is of a full cell"),
        (("core_shell", "formation", "--cell", "full"), "protocol formation is of a half-cell"),
        ((*FULL, "--cell", "ful"), "cell is 'ful'; did you mean 'full'?"),
        (("core_shell", "formation", "--positive", "nvpf"), "positive is 'nvpf', but a half-cell has none"),
        (("core_shell", "formation", "--set", "np_ratio=1.1"), "a half-cell has none"),
    ],
)
def test_the_wrong_cell_or_an_unknown_electrode_is_refused(words, complaint):
    """With close names, and the protocols or options to take."""
    assert complaint in refused(*words)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (("positive.particle.charged=0.99",), "charged is 0.99, not below as_made, 0.99"),
        (("positive.particle.charged=0.1",), "charged is 0.1, outside the table"),
        (("positive.particle.as_made=1.2",), "as_made: is 1.2; must be at most 0.999"),
        (("positive.particle.as_made=0.9 V",), "unit 'V' is not a plain number"),
        (("positive.particle.first_charge_loss=2",), "must be at most 0.99"),
        (
            ("positive.particle.first_charge_loss=1",),
            "first_charge_loss: is 1; must be at most 0.99: with all of it lost the electrode would give "
            "nothing back",
        ),
        (("positive.balance.np_ratio=0",), "is 0; must be at least 0.2"),
        (("positive.balance.np_ratio=0.05",), "must be at least 0.2: most sodium would be metal"),
        (
            ("positive.balance.np_ratio=1.1", "positive.balance.active_loading=10 mg/cm2"),
            "say the same thing in two ways",
        ),
        (
            ("positive.particle.as_made=0.3", "positive.particle.charged=0.2999999"),
            "and no coating has more than 1000",
        ),
        (("positive.balance.active_loading=10 mg/cm3",), "'mg/cm3' is not a mass per area"),
        (("positive.balance.active_loading=0.01 mg/cm2",), "an N/P ratio of 479: most sodium would be metal"),
        (("positive.balance.active_loading=500 mg/cm2",), "an N/P ratio of 0.00958"),
        (("protocol.window.upper=4.5 V",), "window.upper is 4.5 V, above the table of nvpf"),
        (
            ("protocol.window.lower=4.3 V", "protocol.window.upper=4.4 V"),
            "window.upper is 4.4 V, above the table of nvpf",
        ),
        (("protocol.window.lower=4.2 V",), "lower is 4.2 V, not below upper"),
        (("presodiation.capacity=500 mAh/g",), "more than the carbon holds at 0 V, 489.6 mAh/g"),
        (("presodiation.capacity=-5 mAh/g",), "must be at least 0 mAh/g"),
        (
            ("positive.sacrificial_salt.mass_share=10 %", "positive.particle.first_charge_loss=5 %"),
            "has first_charge_loss and a sacrificial salt",
        ),
    ],
)
def test_numbers_of_no_cell_are_refused(changes, complaint):
    """Before anything is solved."""
    assert complaint in refused(*FULL, *(word for change in changes for word in ("--set", change)))


@pytest.mark.parametrize(
    ("pattern", "replacement", "complaint"),
    [
        (
            r"^np_ratio = ",
            'active_loading = { value = 10, unit = "mg/cm2", source = "x" }\nnp_ratio = ',
            "balance: needs exactly one of np_ratio, active_loading",
        ),
        (r"^np_ratio = .*$", "", "balance: needs exactly one of np_ratio, active_loading; has none"),
        (r"4\.2109", "4.0", "rises from 4 to 4.1753 V between points 2 and 3"),
        (r'unit = "V"', 'unit = "A"', "particle.open_circuit: unit 'A' is not a potential"),
        (r'unit = "m2/s"', 'unit = "cm/s"', "unit 'cm/s' is not a diffusivity"),
        (r"\[0\.21, ", "[", "has 26 stoichiometries and 27 values"),
        (r"0\.99994\]", "1.2]", "give them rising, from 0 to 1"),
        (r"0\.21, 0\.210045", "0.22, 0.210045", "give them rising, from 0 to 1"),
        (r"2\.41e-15", "-2.41e-15", "has the value -2.41e-15; values are above 0"),
        (r"4\.2881", "nan", "particle.open_circuit.values.1: is nan"),
        (TABLE, "", "needs exactly one of open_circuit, sites; has none of them"),
        (r"^radius = ", "radus = 3\nradius = ", "particle.radus: is not a known field"),
        (r"^\[balance\]", "[balance", "Expected ']'"),
    ],
)
def test_a_positive_electrode_that_cannot_be_is_refused(tmp_path, pattern, replacement, complaint):
    """With the place in its file."""
    text, found = re.subn(pattern, replacement, POSITIVE, count=1, flags=re.MULTILINE)
    assert found == 1
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    line = refused(*FULL, "--positive", str(tmp_path / "mine.toml"))
    assert complaint in line and "mine.toml" in line


def test_shares_of_sites_that_do_not_add_up_are_refused(tmp_path):
    """With their sum."""
    text = re.sub(TABLE, SITES, POSITIVE, count=1)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    line = refused(*FULL, "--positive", str(tmp_path / "mine.toml"))
    assert "sites have shares that add up to 0.9; give shares that add up to 1" in line
