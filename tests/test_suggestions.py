"""A mistyped name is answered with the closest one, whatever kind of name it is."""

from pathlib import Path

import pytest
from command_line import coreshell

from coreshell_model.base.errors import close_names, one_of

EXAMPLES = Path(__file__).parents[1] / "examples"
DESIGN = ("sweep", "core_shell", "design", "--vary", "thickness=8..9 nm, 2 points")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("swep",), "sweep"),
        (("materials", "shw"), "show"),
        (("run", "core_shell", "formation", "--sett", "x=1"), "--set"),
        (("run", "core_shel", "formation"), "core_shell"),
        (("run", "core_shell", "formatoin"), "formation"),
        (("run", "core_shell", "formation", "--set", "shell.thicknes=12 nm"), "shell.thickness"),
        (("run", "core_shell", "formation", "--set", "protocol.window.lowr=1 mV"), "protocol.window.lower"),
        (("run", "core_shell", "formation", "--level", "electrod"), "electrode"),
        (("sweep", "core_shell", "design", "--vary", "thicknes=1..2 nm, 3 points"), "thickness"),
        ((*DESIGN, "--sample", "gird"), "grid"),
        ((*DESIGN, "--seal", "logistc"), "logistic"),
        ((*DESIGN, "--level", "electrod"), "electrode"),
        ((*DESIGN, "--observe", "ICEE"), "ICE"),
        ((*DESIGN, "--observe", "Reversible capacty [mA.h.g-1]"), "Reversible capacity [mA.h.g-1]"),
        (("sensitivity", "core_shell", "design", "--vary", "thickness", "--method", "mooris"), "morris"),
        (("design", "core_shell", "--goal", "ICCE >= 0.9"), "ICE"),
        (("design", "core_shell", "--sampler", "tpee"), "tpe"),
        (("design", "core_shell", "--reading", "core_shell_drivn"), "core_shell_driven"),
        (("next", "core_shell", "--posterior", "validation/posterior", "--about", "SEI shar"), "SEI share"),
        (("verify", "--only", "stok_spm"), "stock_spm"),
        (("validate", "appel_core_shel"), "appel_core_shell"),
        (("fit", str(EXAMPLES / "fit_core_shel.toml")), "fit_core_shell.toml"),
        (("data", str(EXAMPLES / "data" / "first_cycl.csv")), "first_cycle.csv"),
        (("data", str(EXAMPLES / "data" / "first_cycle.csv"), "--column", "voltag=U in V"), "voltage"),
        (
            ("replay", str(EXAMPLES / "data" / "gitt.csv"), "--material", "core", "--control", "curent"),
            "current",
        ),
        (("explain", "core.clusters.rat"), "core.clusters.rate"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(map(str, value))[-40:],
)
def test_the_closest_name_is_suggested(words, meant, monkeypatch):
    """In one line, with exit code 2."""
    monkeypatch.chdir(EXAMPLES.parent)
    outcome = coreshell(*words)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    asked = ("did you mean", "do you mean", "Did you mean", "Possible options: ")
    assert any(
        f"{question} {meant!r}" in outcome.err or f"{question}{meant}" in outcome.err for question in asked
    )


def test_short_names_of_results_are_taken_where_results_are_named(tmp_path, monkeypatch):
    """By sweeps as by goals."""
    monkeypatch.chdir(tmp_path)
    outcome = coreshell(*DESIGN[:-1], "thickness=9 nm", "--observe", "ICE", "--json")
    assert outcome.code == 0 and '"Initial coulombic efficiency"' in outcome.out


def test_few_names_are_all_listed_and_of_many_the_close_ones():
    """Those that hold the text first; nothing where nothing is close."""
    assert one_of("gird", ("grid", "random")) == "did you mean 'grid'? it is one of grid, random"
    assert one_of(5, ("grid", "random")) == "it is one of grid, random"
    assert close_names("RATE", ["core.rate", "rated", "rats", "x"]) == ["rated", "core.rate", "rats"]
    assert close_names("", ["rate"]) == [] == close_names("zzz", ["rate"])
