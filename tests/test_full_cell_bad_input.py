"""What a full cell refuses: one line that says what, where, which value and what to do, and exit code 2."""

import re

import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import read_section, usual_cut_off
from coreshell_model.inputs.ranges import input_warnings, unusual

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
        (("positive.balance.np_ration=1.2",), "did you mean 'positive.balance.np_ratio'?"),
        (("np_ration=1.2",), "'np_ration' is not one of its numbers; did you mean 'np_ratio'?"),
        (("positiv=nvp",), "did you mean 'positive'?"),
        (("positive.particle.open_circuit=3 V",), "it is a table; change it in the file"),
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
        (r"^np_ratio", "np_ration", "balance.np_ration: is not a known field; did you mean 'np_ratio'?"),
        (r"^\[activation", "[activaton", "activaton: is not a known field; did you mean 'activation'?"),
        (r"^\[particle\.diffus", "[particle.difus", "did you mean 'diffusivity_table'?"),
        (
            r"value = 1\.6, unit",
            "value = 1.6, units",
            "np_ratio.units: is not a known field; did you mean 'unit'?",
        ),
        (r'unit = "V"', 'unit = "kV"', "open_circuit: one of its values is 3.0317 kV; must be at most 0.006"),
        (r"2\.41e-15", "2.41", "diffusivity_table: one of its values is 2.41 m2/s; must be at most 0.0001"),
        (r"\[0\.0105, ", "[-0.0105, ", "give them rising, from 0 to 1"),
        (r"^\[coating\][\s\S]*?(?=^\[sacr)", "", "coating: is missing; add the section [coating]"),
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


@pytest.mark.parametrize(
    ("pattern", "replacement", "warned"),
    [
        (r"value = 1\.6,", "value = 0.3,", "positive.balance.np_ratio is 0.3, usually 0.8 to 2"),
        (r"^mass_share = \{ value = 0", "mass_share = { value = 2", "mass_share is 2, usually 0 to 0.3"),
        (r"2\.41e-15", "2.41e-30", "diffusivity_table has 2.41e-30 m2/s, usually 1e-21 to 1e-12 m2/s"),
        (r"4\.2881", "5.2881", "open_circuit has 5.288 V, usually 1.5 to 4.8 V"),
    ],
)
def test_a_positive_electrode_that_is_hardly_one_is_warned_of(tmp_path, pattern, replacement, warned):
    """It runs, and the number with its usual range is named."""
    text, found = re.subn(pattern, replacement, POSITIVE, count=1, flags=re.MULTILINE)
    assert found == 1
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    material, _ = prepared("core_shell", "full_cell_formation", {"positive": str(tmp_path / "mine.toml")})
    assert [line for line in input_warnings(material) if warned in line]


@pytest.mark.parametrize("shipped", ["nvp", "nvpf"])
def test_a_shipped_positive_electrode_is_usual_and_can_be_charged_to_the_cut_off_that_is_proposed(shipped):
    """NVP gives both of the sodium that its stoichiometry counts, so that 0.01 is usual when charged."""
    positive = read_section("positive", shipped)
    changes = {"positive": shipped, "protocol.window.upper": f"{usual_cut_off(positive)} V"}
    material, _ = prepared("core_shell", "full_cell_formation", changes)
    assert not [line for line in input_warnings(material) if "positive" in line]
    assert unusual(material.model_copy(update={"positive": _charged(positive, 0.9)}))


def _charged(positive, stoichiometry):
    """The electrode with another stoichiometry when charged."""
    charged = positive.particle.charged.in_si(stoichiometry)
    return positive.model_copy(update={"particle": positive.particle.model_copy(update={"charged": charged})})
