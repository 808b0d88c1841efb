"""A laboratory's own 1C, window and hold, from ``coreshell.toml``."""

import json
import re
from pathlib import Path

import pytest
from command_line import coreshell
from synthetic import problem_file, scalar
from test_fit_observations import CAPACITY

from coreshell_model import simulate
from coreshell_model.base.library import folder, names
from coreshell_model.design.experiments import experiments
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.inputs.user_defaults import FILE, UserDefaults, defaults_of, read_user_defaults
from coreshell_model.observe.quantities import summary

OWN = {"one_c": "300 mA/g", "lower": "10 mV", "upper": "2 V", "hold": "2 h"}
ONE_CYCLE = ("--set", "protocol.numbers.cycles=1")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A working folder and a configuration folder of the test's own."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    return tmp_path


def write(path, **numbers):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f'{name} = "{text}"\n' for name, text in numbers.items()))


def test_without_a_file_nothing_changes():
    """Nor with one that holds remarks alone."""
    assert read_user_defaults() == UserDefaults() and not str(UserDefaults())
    Path(FILE).write_text("# to come\n\n")
    assert read_user_defaults().protocol("formation") == read_protocol("formation")


def test_the_working_folder_wins_number_by_number(elsewhere):
    """Over the user's configuration, whose other numbers count."""
    write(elsewhere / "configuration" / "coreshell" / FILE, one_c="200 mA/g", lower="6 mV")
    write(Path(FILE), lower="7 mV")
    assert read_user_defaults().numbers == {"one_c": "200 mA/g", "lower": "7 mV"}


def test_every_shipped_protocol_takes_them():
    """Each number that it has; a hold also where its time is written in a step; the steps follow."""
    defaults = UserDefaults(OWN)
    for name in names("experiments"):
        protocol, shipped = defaults.protocol(name), read_protocol(name)
        assert protocol.basis.one_c.si == 300
        told = defaults_of(protocol)
        if shipped.is_full:  # whose cut-offs are the voltages of another cell
            assert told == {"one_c": OWN["one_c"]} and protocol.window == shipped.window
            continue
        assert protocol.window.lower.si == 0.01
        held = any(
            re.search(r"Hold .*or until (C/100|\{hold_end\}C)", str(block.steps)) for block in shipped.cycles
        )
        assert told == (OWN if held else {key: OWN[key] for key in ("one_c", "lower", "upper")})
        steps = [step for cycle in protocol.steps_by_cycle() for step in cycle]
        holds = [step for step in steps if step.kind is Kind.HOLD and step.until_rate is not None]
        assert bool(holds) == held
        assert all(step.voltage == 0.01 and step.duration == 7200 for step in holds)


def test_a_protocol_of_the_users_own_states_its_numbers_itself():
    """Also one that is a copy of a shipped one."""
    Path("mine.toml").write_text((folder("experiments") / "formation.toml").read_text())
    assert defaults_of(UserDefaults(OWN).protocol("mine.toml")) == {}


def test_python_does_not_look_at_the_file():
    """What a script computes does not depend on where it is started."""
    write(Path(FILE), **OWN)
    _, protocol = prepared("core_shell", "design", {"protocol.numbers.cycles": "1"})
    assert protocol.basis.one_c.si == 400


def test_a_run_says_what_it_took_over_and_set_comes_first():
    """Under its own key and in the line on the basis; a number of --set is the user's for this run."""
    write(Path(FILE), **OWN)
    words = ("run", "core_shell", "design", *ONE_CYCLE, "--set", "protocol.window.upper=2.2 V")
    outcome = coreshell(*words, "--json")
    found = json.loads(outcome.out)
    assert found["User defaults"] == {key: OWN[key] for key in ("one_c", "lower", "hold")}
    assert set(found["Changes"]) == {"protocol.numbers.cycles", "protocol.window.upper"}
    changes = {
        "protocol.numbers.cycles": "1",
        "protocol.window.upper": "2.2 V",
        "protocol.window.lower": "10 mV",
        "protocol.basis.one_c": "300 mA/g",
        "protocol.numbers.longest_hold": "2 h",
    }
    other = summary(simulate("core_shell", "design", changes))
    for name in ("Initial coulombic efficiency", "First sodiation capacity [mA.h.g-1]"):
        assert found[name] == pytest.approx(other[name], rel=1e-12)
    said = coreshell(*words).out
    assert f"From {FILE}: one_c 300 mA/g, lower 10 mV, hold 2 h, in place of the time" in said


@pytest.mark.parametrize(
    "words",
    [
        ("cycle", "core_shell", "formation", "--json"),
        ("compare", "core_shell", "core", "design", "--json"),
        ("eis", "core_shell", "--after", "formation_without_hold", "--json"),
        ("protocols", "show", "formation"),
    ],
)
def test_other_commands_take_them_too(words):
    """Every result names them."""
    write(Path(FILE), one_c="320 mA/g", upper="2.2 V")
    outcome = coreshell(*words)
    assert outcome.code == 0, outcome.err
    assert "320 mA/g" in outcome.out


def test_the_page_opens_under_them():
    """At its top, and in its first design."""
    pytest.importorskip("dash")
    from coreshell_model.show.explorer.page import page
    from coreshell_model.show.explorer.subject import PROTOCOL, Subject

    subject = Subject("core_shell", {}, UserDefaults(OWN).protocol(PROTOCOL))
    assert subject.start.hold == 2.0
    assert "1C = 300 mA/g; window 10 mV to 2 V" in str(page(subject))
    assert f"From {FILE}: one_c 300 mA/g" in str(page(subject))


def test_a_run_is_not_resumed_under_others(elsewhere):
    """The record holds the protocol as it was run."""
    words = ("cycle", "core_shell", "design", *ONE_CYCLE, "--out", "kept")
    assert coreshell(*words).code == 0
    write(Path(FILE), one_c="300 mA/g")
    refused = coreshell(*words, "--resume")
    assert refused.code == 2 and "another parameters than this run's" in refused.err


def test_a_fit_of_the_users_own_takes_them_as_its_observations_changes(elsewhere):
    """So that they are part of the problem; what an observation changes itself stays."""
    own = scalar("Initial coulombic efficiency", 0.8, 0.02)
    stated = own | {"changes": {"protocol.basis.one_c": "350 mA/g", "hold": "3 h"}}
    path = problem_file(Path("problem.toml"), [CAPACITY], observations=[own, stated])
    first, second = (one for one in read_problem(path, UserDefaults(OWN)).file.observations)
    assert first.changes == {
        "protocol.basis.one_c": "300 mA/g",
        "protocol.window.lower": "10 mV",
        "protocol.window.upper": "2 V",
        "protocol.numbers.longest_hold": "2 h",
    }
    assert second.changes["protocol.basis.one_c"] == "350 mA/g" and second.changes["hold"] == "3 h"
    assert "protocol.numbers.longest_hold" not in second.changes
    assert [run.protocol.basis.one_c.si for run in read_problem(path, UserDefaults(OWN)).runs] == [300, 350]
    assert [run.protocol.basis.one_c.si for run in read_problem(path).runs] == [400, 350]


def test_a_shipped_fit_stays_under_the_papers_conditions():
    """It is of the paper's measurements."""
    path = folder("validation") / "fits" / "joint.toml"
    assert read_problem(path, UserDefaults(OWN)).runs == read_problem(path).runs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('lowr = "1 mV"', "'lowr' is none of its names; did you mean 'lower'?"),
        ('lower = "1 m"', "lower: unit 'm' is not a potential"),
        ('lower = "much"', "lower: "),
        ('lower = "nan V"', "lower: "),
        ('one_c = "-3 mA/g"', "one_c: is -3 mA/g; must be above 0"),
        ("one_c = 300", "one_c is 300; write value and unit as text"),
        ('hold = "0 h"', "hold: is 0 h; must be above 0"),
        ('[hold]\nvalue = "1 h"', "hold is {'value': '1 h'}; write value and unit"),
        ('lower = "2 V"\nupper = "1 V"', "lower is 2 V, not below upper, 1 V"),
        ('lower = "3 V"', "lower is 3 V, not below upper, 2.5 V"),
        ("one_c =", "coreshell.toml: line 1"),
        ("\x00", "coreshell.toml"),
    ],
)
def test_a_file_that_is_wrong_is_one_line_before_anything_is_run(text, said):
    """With its name, the value and what to do."""
    Path(FILE).write_text(text + "\n")
    outcome = coreshell("run", "core_shell", "formation")
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert FILE in outcome.err and said in outcome.err


def test_a_curve_in_a_protocol_takes_them_and_a_replay_of_its_own_current_does_not(tmp_path):
    """A replay is under the conditions that were measured; only what comes before it is a protocol."""
    from coreshell_model.infer.observed import Curve
    from coreshell_model.infer.problem_file import ProblemFile
    from coreshell_model.infer.reading import _under

    given = {"file": "x.csv", "material": "core_shell", "axis": "capacity", "axis_sd": 1.0, "sd": 0.01}
    through, after, alone = (
        Curve.model_construct(**given, protocol=protocol, replay=replay, after=history, changes={})
        for protocol, replay, history in (
            ("formation", None, None),
            (None, "current", "formation"),
            (None, "current", None),
        )
    )
    file = ProblemFile.model_construct(observations=(), curves=(through, after, alone), spectra=())
    changed = _under(UserDefaults(OWN), file).curves
    assert [bool(each.changes) for each in changed] == [True, True, False]


def test_the_next_experiment_is_weighed_under_them():
    """Every candidate in a shipped protocol, but for what a candidate itself is about."""
    defaults = UserDefaults({"one_c": "300 mA/g", "hold": "2 h"})
    slow, fast = (each for each in experiments(9.0, 8.0, 10.0) if each.name.split()[0] in ("slow", "fast"))
    own = {"protocol.basis.one_c": "300 mA/g"}
    assert defaults.added(slow.protocol, slow.changes) == (
        own | {"protocol.numbers.longest_hold": "2 h"} | slow.changes
    )
    assert defaults.added(fast.protocol, fast.changes) == own | fast.changes
    assert defaults.added("mine.toml", fast.changes) == fast.changes


def test_no_hold_is_the_shortest():
    """As ``design --set "hold=1 s"``."""
    write(Path(FILE), hold="none")
    assert read_user_defaults().numbers == {"hold": "1 s"}
