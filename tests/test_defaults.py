"""``coreshell.toml``: a user's own 1C, window and hold in place of those of shipped protocols."""

import json

import pytest
from typer.testing import CliRunner

from coreshell_model.cli.app import app
from coreshell_model.cli.options import with_defaults
from coreshell_model.defaults import FILE, defaults_of, read
from coreshell_model.errors import InputError


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_shipped_protocols_take_them_and_set_wins(here):
    (here / FILE).write_text('one_c = "300 mA/g"\nlower = "10 mV"\nhold = "none"\n')
    assert defaults_of("formation") == {
        "protocol.basis.one_c": "300 mA/g",
        "protocol.window.lower": "10 mV",
    }
    assert defaults_of("design")["protocol.numbers.longest_hold"] == "1 s"
    assert with_defaults({"protocol.window.lower": "20 mV"}, "formation")["protocol.window.lower"] == "20 mV"
    assert defaults_of("./own.toml") == {}


def test_the_working_folder_wins(here):
    (here / "config" / "coreshell").mkdir(parents=True)
    (here / "config" / "coreshell" / FILE).write_text('upper = "2 V"\n')
    assert read() == {"upper": "2 V"}
    (here / FILE).write_text('upper = "1.9 V"\n')
    assert read() == {"upper": "1.9 V"}


@pytest.mark.parametrize(
    ("text", "said"), [('one_d = "1 mA/g"', "one_c"), ('lower = "3 mA/g"', "lower"), ("lower", "Expected")]
)
def test_a_wrong_file_is_one_line(here, text, said):
    (here / FILE).write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        defaults_of("formation")
    assert "\n" not in str(caught.value)


def test_run_takes_them_and_says_so(here):
    (here / FILE).write_text('one_c = "300 mA/g"\nlower = "10 mV"\n')
    ran = CliRunner().invoke(app, ["run", "core_shell", "formation_without_hold", "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert found["Defaults"] == {"protocol.basis.one_c": "300 mA/g", "protocol.window.lower": "10 mV"}
    assert found["Changes"] == found["Defaults"]
