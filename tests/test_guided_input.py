"""What a guided fit refuses before it reads files, and what it says of the mass that it takes."""

import pytest
from command_line import coreshell
from curve_tables import sodiation, table

from coreshell_model.data.reading import _known_mass


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rate", "banana"), "--rate: rate is 'banana'; give a current such as 'C/20'"),
        (("--rate", "-C/20"), "--rate: rate is '-C/20'; give a current such as 'C/20'"),
        (("--mass", "1.4 V"), "--mass: unit 'V' is not a mass; use one like 'mg'"),
        (("--mass", "0 mg"), "--mass is 0 mg; give one above 0"),
    ],
)
@pytest.mark.parametrize("command", ["fit", "materials"])
def test_a_bad_mass_or_rate_is_refused_at_once(command, words, said, tmp_path, monkeypatch):
    """In one line, before it says that it reads files, and without writing any."""
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "measured.csv", *sodiation())
    if command == "fit":
        outcome = coreshell("fit", "measured.csv", "--material", "hard_carbon", *words)
    else:
        outcome = coreshell("materials", "new", "own", "--data", "measured.csv", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err and outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["measured.csv"]


def test_an_empty_path_says_which_one_it_is(tmp_path):
    """As one of a shell variable that is not set."""
    path = table(tmp_path / "measured.csv", *sodiation())
    outcome = coreshell("fit", str(path), " ", "--material", "hard_carbon")
    assert (outcome.code, outcome.out) == (2, "")
    assert "measured file 2: its path is empty" in outcome.err


@pytest.mark.parametrize(
    ("masses", "taken", "said"),
    [
        ((1.4e-6, 1.1e-6, None, None), 1.4e-6, "1.4 mg, as given; the metadata say 1.1 mg"),
        ((1.4e-6, None, 1e-6, 1.1e-6), 1.4e-6, "1.4 mg, as given; the file's settings say 1 mg"),
        ((None, 1.1e-6, None, 1.2e-6), 1.1e-6, "from the metadata; the ratio of current to current"),
        ((1.1e-6, 1.1e-6, None, 1.1e-6), 1.1e-6, "1.1 mg, as given"),
        ((None,) * 4, None, "not known"),
    ],
)
def test_a_mass_that_the_file_contradicts_is_said(masses, taken, said):
    """The user's goes first; only another number is worth a word."""
    mass, statement = _known_mass(*masses)
    assert mass == taken and said in statement
    if len({each for each in masses if each}) < 2:
        assert "say" not in statement


def test_a_prediction_of_an_unfinished_fit_says_how_to_finish_it(tmp_path):
    """The folder has the problem of a guided fit, and no draws yet."""
    (tmp_path / "mine_fit.toml").touch()
    outcome = coreshell("predict", str(tmp_path), "mine", "rate_test")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"coreshell fit {tmp_path / 'mine_fit.toml'} --out {tmp_path} --resume" in outcome.err
    other = coreshell("predict", str(tmp_path / "nowhere"), "mine", "rate_test")
    assert "coreshell posterior" in other.err and other.err.count("\n") == 1
