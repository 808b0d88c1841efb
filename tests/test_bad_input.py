"""Bad input: one line that says what, where, which value and what to do; exit code 2; nothing written."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import tomli_w
from command_line import coreshell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.particle import known_paths
from coreshell_model.inputs.protocol import NUMBERS, read_protocol
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.cell import Cell
from coreshell_model.run.experiment import experiment
from coreshell_model.run.simulation import simulate

MATERIAL = (library.folder("parameters") / "core_shell.toml").read_text(encoding="utf-8")
WHOLE = "give a whole number from 1 to 10000"
PROTOCOL = (library.folder("experiments") / "formation.toml").read_text(encoding="utf-8")
NOISE = bytes(range(256))
HIGHEST = 700
"""Characters of the longest complaint."""

QUIETLY = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
"""The same examples in every run; nothing is solved, so each takes milliseconds."""


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An empty working directory, and a solver that must not be reached."""
    monkeypatch.chdir(tmp_path)

    def solve(*_, **__):
        pytest.fail("bad input reached the solver")

    monkeypatch.setattr(Cell, "solve", solve)
    return tmp_path


def check_refused(*words, said=()):
    """The line that refuses these words; it holds each text of ``said``, and nothing else has happened."""
    before = {path: path.read_bytes() if path.is_file() else None for path in Path().rglob("*")}
    outcome = coreshell(*words)
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("coreshell: ") and outcome.err.endswith("\n")
    line = outcome.err.removesuffix("\n")
    assert line.isprintable()
    assert len(line) < HIGHEST
    for text in (said,) if isinstance(said, str) else said:
        assert text in line
    assert {path: path.read_bytes() if path.is_file() else None for path in Path().rglob("*")} == before
    return line


def check_set_refused(*texts, said=()):
    """The line that refuses these changes to core_shell through formation."""
    options = [word for text in texts for word in ("--set", text)]
    return check_refused("run", "core_shell", "formation", "--json", "--out", "out", *options, said=said)


def check_material_refused(content, said=()):
    """The line that refuses a material file of this content."""
    Path("mine.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_refused("run", "mine.toml", "formation", "--json", "--out", "out", said=said)


def check_protocol_refused(content, said=()):
    """The line that refuses a protocol file of this content."""
    Path("plan.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_refused("run", "core_shell", "plan.toml", "--json", "--out", "out", said=said)


def replaced(text, old, new):
    """``text`` with one line's beginning ``old`` up to its end replaced."""
    lines = text.splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith(old)]
    assert places, old
    lines[places[0]] = new
    return "\n".join(lines) + "\n"


def with_steps(*steps):
    """Formation with other steps."""
    return PROTOCOL.split("[[cycles]]")[0] + f"[[cycles]]\nsteps = {json.dumps(steps)}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "core_shel", "formation"), ("unknown material 'core_shel'", "did you mean 'core_shell'?")),
        (("run", "core_shell", "formaton"), ("unknown protocol 'formaton'", "did you mean 'formation'?")),
        (("run", "", "formation"), ("unknown material ''", "give the path")),
        (("run", "core_shell", "none.toml"), ("none.toml", "no such file")),
        (("run", ".", "formation"), ("unknown material '.'", "give the path")),
        (("run", "./", "formation"), ("folder", "give a file")),
        (("run", "a\0b.toml", "formation"), ("not a possible path", "check")),
        (("run", "\n.toml", "formation"), ("no such file", "check")),
        (("run", "x" * 5000, "formation"), ("unknown material", "give the path")),
        (("run", "x" * 5000 + ".toml", "formation"), ("too long",)),
        (("run", "Kern–Schale ✓", "formation"), ("unknown material 'Kern–Schale ✓'",)),
        (("run", "core_shell"), ("'protocol'", "coreshell run --help")),
        (("run",), ("'material'", "coreshell run --help")),
        (("run", "core_shell", "formation", "again"), ("again", "coreshell run --help")),
        (("run", "core_shell", "formation", "--jsn"), ("--jsn", "--json")),
        (("run", "core_shell", "formation", "--set"), ("--set", "requires an argument")),
        (("run", "core_shell", "formation", "--out"), ("--out", "requires an argument")),
        (("--jsn",), ("--jsn", "coreshell --help")),
        (("rum",), ("rum", "coreshell --help")),
        (("materials", "list"), ("list", "coreshell materials --help")),
        (("materials", "show"), ("'name'", "coreshell materials show --help")),
        (("materials", "show", "coer"), ("unknown material 'coer'", "shipped: ")),
        (("materials", "new", "../mine"), ("'../mine'", "use letters")),
        (("materials", "new", "a\0b"), ("use letters",)),
        (("materials", "new", "x" * 300), ("too long", "choose")),
        (("materials", "new", "core_shell"), ("'core_shell' is a shipped material", "choose another name")),
        (("materials", "new", "mine", "--from", "coer"), ("unknown material 'coer'",)),
        (("protocols", "show", "format"), ("unknown protocol 'format'", "did you mean 'formation'?")),
        (("sorption", "none.csv"), ("none.csv", "no such file")),
        (("sorption",), ("'file'", "coreshell sorption --help")),
    ],
)
def test_a_command_that_cannot_be_done_says_what_to_do_instead(words, said):
    check_refused(*words, said=said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shell.thickness", ("'shell.thickness'", 'write --set "shell.thickness=12 nm"')),
        ("", ("''", "write --set")),
        ("=5 nm", ("'=5 nm'", "write --set")),
        (" = 5 nm", ("write --set",)),
        ("shell.thicknes=12 nm", ("'shell.thicknes'", "did you mean 'shell.thickness'?")),
        ("shell.thickness=", ("shell.thickness", "''", "write a number and a unit")),
        ("shell.thickness=twelve", ("shell.thickness", "'twelve'", "write a number and a unit")),
        ("shell.thickness=12", ("shell.thickness: 12 has no unit; write for example 12 nm",)),
        ("shell.thickness=12 mV", ("shell.thickness", "'mV'", "use one like 'nm'")),
        ("shell.thickness=12 nmm", ("shell.thickness", "'nmm'")),
        ("shell.thickness=12,5 nm", ("shell.thickness", "'12,5 nm'", "use a point")),
        ("shell.thickness=-12 nm", ("shell.thickness", "is -12 nm", "must be above 0")),
        ("shell.thickness=0 nm", ("shell.thickness", "is 0 nm", "must be above 0")),
        ("shell.thickness=nan nm", ("shell.thickness", "'nan nm'", "write a number")),
        ("shell.thickness=inf nm", ("shell.thickness", "'inf nm'", "write a number")),
        ("shell.thickness=1e999 nm", ("shell.thickness", "1e999", "finite")),
        ("shell.thickness=1e300 nm", ("shell.thickness", "1e+300 nm", "must be at most 10000 nm")),
        ("sei.resistivity=1e300 Ohm.m", ("sei.resistivity", "1e+300 Ohm.m", "beyond")),
        ("particle.radius=-2 um", ("particle.radius", "is -2 um", "must be at least 0.01 um")),
        ("particle.radius=1 nm", ("core_shell: particle.radius", "is 1 nm", "must be at least 10 nm")),
        ("particle.radius=1 mm", ("particle.radius", "is 1 mm", "must be at most 0.1 mm")),
        ("particle.core_radius=1 nm", ("particle.core_radius", "is 1 nm", "must be at least 10 nm")),
        ("particle.external_area=1e4 m2/g", ("external_area", "is 10000 m2/g", "must be at most 3000 m2/g")),
        ("particle.external_area=0.9 m2/kg", ("external_area", "is 0.9 m2/kg", "must be at least 1 m2/kg")),
        (
            "particle.external_area=1000 m2/g",
            (
                "core_shell: the particle comes to a radius of 4.39 nm",
                "has 10 nm to 100 um",
                "change particle.",
            ),
        ),
        ("particle.roughness=1e5", ("particle.roughness", "is 100000", "must be at most 10000")),
        ("shell.mass_gain=20000 %", ("shell.mass_gain", "is 20000 %", "must be at most 10000 %")),
        ("core.pore_volume=20 cm3/g", ("core.pore_volume", "is 20 cm3/g", "must be at most 10 cm3/g")),
        ("core.skeletal_density=20 g/cm3", ("core.skeletal_density", "must be at most 5 g/cm3")),
        ("core.skeletal_density=200 kg/m3", ("core.skeletal_density", "must be at least 300 kg/m3")),
        ("cell.electrode_area=1e12 cm2", ("cell.electrode_area", "must be at most 1e+06 cm2")),
        (
            "shell.trapping.rate=1e10 1/s",
            ("shell.trapping.rate", "is 1e+10 1/s", "must be at most 1e+06 1/s"),
        ),
        ("core.sloping.capacity=0 mAh/g", ("core.sloping.capacity", "must be at least 0.001 mAh/g")),
        ("cell.counter_exchange_current_density=1e-50 A/m2", ("counter_exchange", "1e-50 A/m2", "beyond")),
        ("core.pore_volume=-0.1 cm3/g", ("core.pore_volume", "is -0.1 cm3/g", "must be at least 0")),
        ("core.clusters.pore_fraction=1.2", ("core.clusters.pore_fraction", "is 1.2", "must be at most 1")),
        ("shell.fraction_inside=101 %", ("shell.fraction_inside", "is 101 %", "must be at most 1")),
        ("cell.temperature=25 degF", ("cell.temperature", "'degF'", "'K' or '°C'")),
        ("sei.steps.9.charge=1 mAh/m2", ("'sei.steps.9.charge'", "did you mean 'sei.steps.")),
        ("sei.steps.0.charge=1 mAh/m2", ("'sei.steps.0.charge'", "did you mean 'sei.steps.")),
        ("sei.steps.-1.charge=1 mAh/m2", ("'sei.steps.-1.charge'", "did you mean 'sei.steps.")),
        ("sei.steps.1.charge=-1 mAh/m2", ("sei.steps.1.charge", "is -1 mAh/m2", "at least 0")),
        ("sei.steps=1", ("'sei.steps'",)),
        ("name=1", ("'name'", "`coreshell materials show NAME` lists them")),
        ("größe.☃=5 nm", ("'größe.☃'", "`coreshell materials show NAME` lists them")),
        ("shell.thickness=５ nm", ("shell.thickness", "write a number")),
        ("shell.thickness=12 \u202enm", ("shell.thickness", "unit")),
        ("shell\0.thickness=12 nm", ("shell", "is not one of its numbers")),
        ("shell.thickness=12 nm\0", ("shell.thickness", "unit")),
        ("x" * 100_000 + "=1", ("is not one of its numbers",)),
        ("shell.thickness=" + "9" * 100_000 + " nm", ("shell.thickness", "finite")),
        ("shell.thickness=12 " + "n" * 100_000, ("shell.thickness",)),
        ("protocol.window.lower=3 V", ("lower is 3 V", "not below upper, 2.5 V", "below the upper one")),
        (
            "protocol.window.upper=1.25 V",
            (
                "protocol.start.potential is 2.5 V, not within 1 V of protocol.window.upper, 1.25 V",
                "below 2.25",
            ),
        ),
        (
            "protocol.start.potential=5 V",
            (
                "protocol.start.potential is 5 V, not within 1 V of protocol.window.upper, 2.5 V",
                "below 3.5 V",
            ),
        ),
        ("cell.temperature=0", ("cell.temperature: 0 has no unit; write for example 0 °C",)),
        ("cell.temperature=-400", ("cell.temperature: -400 has no unit; write for example 290 K",)),
        ("cell.temperature=300", ("cell.temperature: 300 has no unit; write for example 300 K",)),
        ("shell.thickness=0", ("shell.thickness: 0 has no unit; write for example 50 nm",)),
        ("protocol.window.lowr=3 V", ("'protocol.window.lowr'", "did you mean 'protocol.window.lower'?")),
        ("window.lower=3 V", ("'window.lower' is a number of the protocol", "'protocol.window.lower'?")),
        ("core.trapping.rate=1 1/s", ("core.trapping is not in this file; add it there with all its",)),
        ("shell.fraction_inside=1", ("core_shell: no carbon is left for a shell", "lower shell.fraction")),
        ("protocol.=3 V", ("''", "they are protocol.basis.one_c")),
        ("protocol.numbers.rate=1", ("'protocol.numbers.rate'", "numbers; they are protocol.basis.one_c")),
        ("protocol.numbers.longest_hol=1 h", ("did you mean 'protocol.numbers.longest_hold'?",)),
        ("protocol.basis.one_c=0 mA/g", ("protocol.basis.one_c: ", "is 0 mA/g", "must be above 0")),
        ("protocol.cycles.1.repeat=2", ("'protocol.cycles.1.repeat'", "they are protocol.basis.one_c")),
    ],
    ids=lambda value: value[:30].encode("ascii", "replace").decode() if isinstance(value, str) else "",
)
def test_a_change_that_cannot_be_made_names_its_path_its_value_and_the_remedy(text, said):
    check_set_refused(text, said=said)


def test_the_same_number_is_not_set_twice():
    """Which of the two was meant, nobody knows."""
    check_set_refused(
        "shell.thickness=12 nm", "shell.thickness=12 nm", said=("'shell.thickness' twice", "give it once")
    )


def test_two_sizes_at_once_contradict_each_other():
    """So do two amounts of shell."""
    said = (
        "say the same thing in two ways; change one of them",
        "particle.radius and particle.external_area",
    )
    check_set_refused("particle.radius=300 nm", "particle.external_area=14 m2/g", said=said)
    check_set_refused(
        "shell.thickness=9 nm", "shell.mass_gain=30 %", said=(said[0], "shell.thickness and shell.mass_gain")
    )


def test_a_shell_thicker_than_the_particle_is_refused():
    """Thickness and radius are named, with what to change."""
    check_set_refused(
        "shell.thickness=400 nm",
        "particle.radius=300 nm",
        said=("core_shell: ", "shell.thickness is 400 nm", "radius of 300 nm", "make the shell thinner"),
    )


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("shell.thickness=1 um", "particle.external_area=14 m2/g"), "make the shell thinner"),
        (("shell.thickness=1e-4 nm", "particle.external_area=0.001 m2/g"), "make the shell thicker"),
        (("shell.fraction_inside=1", "shell.thickness=10 nm"), "give a fraction below 1"),
        (("shell.fraction_inside=0.9", "shell.mass_gain=900 %"), "lower the mass gain"),
    ],
)
def test_dimensions_that_exclude_each_other_are_refused(texts, said):
    check_set_refused(*texts, said=("core_shell: ", said))


def test_out_is_a_folder(nowhere):
    """Not a file, not below one, not a name that no system takes."""
    (nowhere / "taken").write_text("precious")
    for out, said in (
        ("taken", "is a file; give a folder"),
        ("taken/below", "is a file; give a folder"),
        ("x" * 5000, "choose another folder"),
        ("a\0b", "not a possible path; choose another folder"),
        ("", "is empty; give a folder"),
        (" ", "is empty; give a folder"),
    ):
        check_refused("run", "core_shell", "formation", "--json", "--out", out, said=("--out", said))


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder that the system writes itself")
def test_out_lies_where_something_can_be_written():
    """Whatever the permissions say: to root all of them say yes."""
    for out in ("/proc/below", "/proc"):
        check_refused(
            "run", "core_shell", "formation", "--json", "--out", out, said=("--out", "choose another")
        )


def test_python_callers_are_refused_in_one_line_too():
    """What is not text, and what is neither a name nor a material."""
    for material, protocol, changes, said in (
        (
            "core_shell",
            "formation",
            {"shell.thickness": 12},
            "shell.thickness: is 1.2e+10 nm; must be at most",
        ),
        (
            "core_shell",
            "formation",
            {"protocol.window.lower": None},
            "window.lower' is None; give a number in SI",
        ),
        ("core_shell", "formation", {3: "12 nm"}, "3 is not a path"),
        ("core_shell", "formation", ["shell.thickness=12 nm"], "changes are ['shell.thickness=12 nm']"),
        (5, "formation", None, "material is 5; give a name, a path"),
        ("core_shell", None, None, "protocol is None; give a name, a path"),
        (read_protocol("formation"), "formation", None, "material is "),
    ):
        with pytest.raises(InputError) as caught:
            simulate(material, protocol, changes)  # pyright: ignore[reportArgumentType]
        assert said in str(caught.value)
        assert str(caught.value).isprintable() and len(str(caught.value)) < HIGHEST


def test_a_path_is_as_good_as_its_text(nowhere):
    (nowhere / "mine.toml").write_text(MATERIAL, encoding="utf-8")
    (nowhere / "plan.toml").write_text(PROTOCOL, encoding="utf-8")
    by_path = prepared(nowhere / "mine.toml", Path("plan.toml"))
    assert by_path == prepared(str(nowhere / "mine.toml"), "plan.toml")
    with pytest.raises(InputError, match=r"none\.toml: there is no such file"):
        prepared(Path("none.toml"), "formation")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ("the file is empty", "needs at least one")),
        ("# a comment\n", ("the file is empty",)),
        (NOISE, ("not UTF-8", "save it as UTF-8")),
        (b"\xff\xfe" + "title = 'x'".encode("utf-16-le"), ("not UTF-8",)),
        (b"title = 'a\x00b'", ("line 1", "TOML")),
        ("title = [", ("line 1, end of document: ", "Invalid value")),
        ("title = [1,\n2", ("line 2, end of document: ", "close the brackets that were opened")),
        ("a = 1\ntitle = [1\nb = 2", ("line 3: ", "close the brackets that were opened")),
        ("title", ("write `name = value`",)),
        ('title = "a"\ntitle = "b"\n', ("line 2", "there twice; keep one")),
        ("a = " + "[" * 5000, ("nested too deep", "close them")),
        ("title." + "a." * 5000 + "a = 1", ("line 1", "a key of more than 32 names")),
        (f"{'x' * 100_000} = 1", ()),
        (MATERIAL.replace("[particle]", "particle = 5\n[part]"), ("particle", "is 5", "write it as")),
        ('title = "only"', ("is missing; add it",)),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_material_is_refused_with_its_name(content, said):
    """And as a protocol likewise."""
    check_material_refused(content, said=("mine.toml: ", *said))
    check_protocol_refused(content, said="plan.toml: ")


def test_a_folder_is_not_a_file(nowhere):
    (nowhere / "mine.toml").mkdir()
    check_refused(
        "run", "mine.toml", "formation", "--json", said=("mine.toml", "this is a folder; give a file")
    )


LOADING = 'active_loading = { value = 1.1, unit = "mg/cm2", source = "x" }'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("active_loading", "", ("cell.active_loading", "is missing; add it")),
        ("active_loading", "active_loading = 1.1", ("cell.active_loading", "is 1.1", "write it as")),
        ("active_loading", 'active_loading = "1.1 mg/cm2"', ("cell.active_loading", "'1.1 mg/cm2'", "write")),
        ("active_loading", "active_loading = [1.1]", ("cell.active_loading", "[1.1]", "write it as")),
        (
            "active_loading",
            LOADING.replace("1.1", "-1.1"),
            ("cell.active_loading", "is -1.1", "at least"),
        ),
        ("active_loading", LOADING.replace("1.1", "nan"), ("cell.active_loading.value", "is nan", "finite")),
        ("active_loading", LOADING.replace("1.1", "inf"), ("cell.active_loading.value", "is inf", "finite")),
        ("active_loading", LOADING.replace("1.1", "true"), ("cell.active_loading.value", "True", "number")),
        ("active_loading", LOADING.replace("1.1", '"1"'), ("cell.active_loading.value", "'1'", "number")),
        (
            "active_loading",
            LOADING.replace("1.1", "1e300"),
            ("cell.active_loading", "1e+300", "at most 1000"),
        ),
        ("active_loading", LOADING.replace("1.1", "1" + 400 * "0"), ("cell.active_loading", "number")),
        ("active_loading", LOADING.replace("1.1", "1979-05-27"), ("cell.active_loading.value", "number")),
        ("active_loading", LOADING.replace("mg/cm2", "mg"), ("cell.active_loading", "'mg'", "'mg/cm2'")),
        ("active_loading", LOADING.replace("mg/cm2", "quux"), ("cell.active_loading", "'quux'", "write")),
        ("active_loading", LOADING.replace('"x"', '""'), ("cell.active_loading.source", "is empty; write")),
        ("active_loading", LOADING.replace('"x"', '" "'), ("cell.active_loading.source", "is empty; write")),
        (
            "active_loading",
            'active_loading = { value = 1.1, unit = "mg/cm2" }',
            ("cell.active_loading.source", "is missing; add it"),
        ),
        ("active_loading", LOADING.replace("}", ", si = 5 }"), ("active_loading.si", "not a known field")),
        ("active_loading", LOADING + "\nloading = 1", ("cell.loading", "is not a known field")),
        ("active_loading", LOADING + '\n"a\\nb" = 1', ("cell.", "is not a known field")),
        ("active_loading", LOADING + "\n" + LOADING, ("line ", "there twice; keep one")),
        (
            "[surface]",
            "[surfaces]",
            ("surfaces: is not a known field; did you mean 'surface'? see",),
        ),
        ("[cell]", "[electrochemistry]", ("electrochemistry: is not a known field", "parameters/README.md")),
        ("title", "title = 5", ("title", "is 5", "string")),
        ("title", 'name = "../up"\ntitle = "x"', ("name", "'../up'", "leave out slashes")),
        ("title", 'name = "a\\u0000b"\ntitle = "x"', ("name", "leave out slashes and control")),
        ("title", f'name = "{"x" * 300}"\ntitle = "x"', ("name", "at most 100 bytes")),
        ("title", 'name = ""\ntitle = "x"', ("name", "is empty; write")),
        ("title", 'carbon = 5\ntitle = "x"', ("has carbon beside core or shell", "give carbon alone")),
        ("mass_gain", "", ("shell", "needs exactly one of mass_gain, thickness; has none")),
    ],
    ids=lambda value: value[:40].encode("ascii", "replace").decode() if isinstance(value, str) else "",
)
def test_a_mistake_in_a_material_is_named_with_file_field_value_and_remedy(old, new, said):
    check_material_refused(replaced(MATERIAL, old, new), said=("mine.toml: ", *said))


def test_a_mistake_in_a_list_is_counted_from_one():
    """As --set counts."""
    parts = MATERIAL.split("[[sei.steps]]")
    parts[2] = re.sub(r"charge = \{ value = [0-9.]+,", "charge = { value = -1.2,", parts[2])
    check_material_refused("[[sei.steps]]".join(parts), said="sei.steps.2.charge: is -1.2")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("repeat", "repeat = 0", ("cycles.1.repeat", "is 0", WHOLE)),
        ("repeat", "repeat = -1", ("cycles.1.repeat", "is -1", WHOLE)),
        ("repeat", "repeat = 1.5", ("cycles.1.repeat", "is 1.5", WHOLE)),
        (
            "repeat",
            "repeat = 1000000000",
            ("cycles.1.repeat", "is 1000000000", WHOLE),
        ),
        ("repeat", f"repeat = 1{'0' * 400}", ("cycles.1.repeat", WHOLE)),
        ("repeat", "repeat = true", ("cycles.1.repeat", "is True", WHOLE)),
        ("[[cycles]]", "[cycles]", ("cycles", "write a list, as [[cycles]]")),
        ("[[cycles]]", "[[cycle]]", ("cycle: is not a known field; did you mean 'cycles'?", "experiments/R")),
        ("lower", 'lower = { value = 3, unit = "V", source = "x" }', ("lower is 3 V", "below upper, 2.5 V")),
        ("lower", 'lower = { value = 5, unit = "nm", source = "x" }', ("window.lower", "'nm'", "'V'")),
        ("one_c", "one_c = 400", ("basis.one_c", "is 400", "write it as")),
        ("[start]", "[begin]", ("begin: is not a known field; see experiments/README.md",)),
        ("[start]", "[window.start]", ("window.start: is not a known field",)),
        ("source", "", ("source", "is missing")),
    ],
)
def test_a_mistake_in_a_protocol_is_named_with_file_field_value_and_remedy(old, new, said):
    check_protocol_refused(replaced(PROTOCOL, old, new), said=("plan.toml: ", *said))


def test_a_protocol_has_steps():
    check_protocol_refused(with_steps(), said=("plan.toml: cycles.1.steps", "at least 1"))
    check_protocol_refused(PROTOCOL.split("steps")[0], said=("plan.toml: cycles.1.steps", "is missing"))
    check_protocol_refused(
        PROTOCOL.split("steps")[0] + "steps = 5\n", said=("plan.toml: cycles.1.steps", "is 5")
    )
    check_protocol_refused(
        PROTOCOL.split("steps")[0] + "steps = [5]\n", said=("cycles.1.steps.1", "is 5", "string")
    )


def test_a_protocol_has_an_end():
    """Ten thousand cycles of a hundred steps are refused before any is read."""
    text = with_steps(*["Rest for 1 hours"] * 100).replace("steps =", "repeat = 10000\nsteps =")
    check_protocol_refused(text, said=("has 1000000 steps", "at most 100000"))


CANNOT_BE_READ = [
    "", " ", "at", "for", "until", "Rust", "Rest for 5", "Rest for hours", "Rest for nan hours",
    "Rest for 5 forever", "Rest until 1 V", "Rest at C/5 for 5 hours",
    "Restaurant for 5 hours", "Hold at 5 A for 1 hours", "Hold at 5 mC for 1 hours", "Hold for 5 hours",
    "Hold at 5 mV for 1 hours until 3 V", "Sodiate", "Sodiate at for 1 hours", "Sodiate at C for 1 hours",
    "Sodiate at 5 for 1 hours", "Sodiate at 5 V for 1 hours", "Sodiate at nan A for 1 hours",
    "Sodiate at ∞ A for 1 hours",
    "Sodiate at ٣ A for 1 hours", "Sodiate at 1_0 A for 1 hours", "Sodiate at 1 kA for 1 hours",
    "Sodiate at C/20 until", "Sodiate at C/20 until 5", "Sodiate at C/20 until 5 W",
    "Sodiate at C/20 until C/100", "Sodiate at C/20 until middle cut-off",
    "Sodiate at C/20 for 1 hours for 2 hours", "Sodiate at C/20 for 1 hours or until 5 mV or until C/9",
    "Sodiate at C/20 for 1 hours (period)", "Sodiate at 20oC for 1 hours", "Run US06 (A)", "a\0b\n\x1b[31m",
    "Sodiate at C/" + "2" * 5000 + "!", "Sweep", "Sweep from 2.5 V", "Sweep from 2.5 V to 1 V",
    "Sweep from 2.5 V to 1 V at -1 mV/s for 2 hours",
    "Sweep from 2.5 V to 1 V at C/20", "Sweep to 1 V at 1 mV/s",
    "Sweep from 2.5 V to 1 V at 1 mV/s for 2 hours", "Sodiate at C/20 until 9 mAh",
    "Hold at 4 mA/g for 1 hours", "Sodiate at C/20 until 9 mAh/g or until 9 mAh/g", "Rest for 1 hours {",
]  # fmt: skip


@pytest.mark.parametrize("step", CANNOT_BE_READ, ids=range(len(CANNOT_BE_READ)))
def test_a_step_that_cannot_be_read_is_shown_with_its_place_and_an_example(step):
    """PyBaMM reads some of these as something else, such as "Charge at 5 V" as a hold at -5 V."""
    said = ("plan.toml: cycles.1.steps.2", "cannot be read; write it like 'Sodiate at C/20 for 80 hours")
    check_protocol_refused(with_steps("Rest for 1 hours", step), said=said)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("Hold at 5 mV", "never ends; add a time"),
        ("Rest", "never ends; add a time"),
        ("Sodiate at C/20", "never ends; add a time"),
        ("Sodiate at C/0 until 5 mV", "has C/0; give a finite number above 0"),
        ("Sodiate at 0C until 5 mV", "has 0C; give a finite number above 0"),
        ("Sodiate at 0 A for 1 hours", "has 0 A; give a finite number above 0"),
        ("Sodiate at 1e999 A for 1 hours", "has 1e999 A; give a finite number above 0"),
        ("Hold at 5 mV until 0 mA", "has 0 mA; give a finite number above 0"),
        ("Hold at 7 V for 1 hours", "has 7 V; give a voltage from -1 to 5 V"),
        ("Sodiate at C/20 until -5 V", "has -5 V; give a voltage from -1 to 5 V"),
        (
            "Sodiate at C/20 until lower cut-off or until -5 mAh/g",
            "has -5 mAh/g; give a finite number above 0",
        ),
        ("Sodiate at -20 mA/g for 1 hours", "has -20 mA/g; give a finite number above 0"),
        ("Sodiate at -1C for 1 hours", "has -1C; give a finite number above 0"),
        ("Sodiate at C/-20 for 1 hours", "has C/-20; give a finite number above 0"),
        ("Sodiate at C/-20 until -5 mV", "has C/-20; give a finite number above 0"),
        ("Hold at -55 mV until -1 mA", "has -1 mA; give a finite number above 0"),
        ("Rest for -5 hours", "has -5 hours; give a finite number above 0"),
        ("Rest for 1 hours (-5 seconds period)", "has -5 seconds; give a finite number above 0"),
        ("Sweep from open circuit to 1 V at -1 mV/s", "has -1 mV/s; give a finite number above 0"),
        ("Rest for 0 hours", "may take 0 hours; give a time"),
        ("Rest for 1e999 hours", "may take inf hours; give a time"),
        ("Rest for 1e6 hours", "may take 1e+06 hours; give a time"),
        ("Sodiate at C/1e9 until 5 mV", "may take 4e+09 hours; give a time"),
        ("Rest for 1 hours (0 seconds period)", "has a period of 0 seconds in 1 hours; give one"),
        ("Sodiate at C/20 until 0 mAh/g", "has 0 mAh/g; give a finite number above 0"),
        ("Sodiate at 0 mA/g until 5 mV", "has 0 mA/g; give a finite number above 0"),
        ("Hold at 5 mV until 100 mAh/g", "ends at 100 mAh/g at no C-rate"),
        ("Sodiate at 1 mA until 100 mAh/g", "ends at 100 mAh/g at no C-rate"),
        ("Sodiate at {rat}C until 5 mV", "names 'rat', which is not among the protocol's numbers"),
        ("Sweep from open circuit to 3 V at 1 mV/s", "ends at 3 V, outside the window of 0.005 to 2.5 V"),
        ("Sweep from open circuit to 1 mV at 1 mV/s", "ends at 1 mV, outside the window"),
        ("Sweep from open circuit to 2.5 V at 1 mV/s", "goes nowhere, from 2.5 V to 2.5 V"),
        ("Sweep from open circuit to 1 V at 0 mV/s", "has 0 mV/s; give a finite number above 0"),
        ("Sweep from open circuit to 1 V at 1e-9 mV/s", "may take 4.167e+08 hours; give a time"),
        ("Rest for 1 hours (1e-9 seconds period)", "has a period of 1e-9 seconds in 1 hours; give one"),
    ],
)
def test_a_step_with_an_impossible_number_says_which(step, said):
    check_protocol_refused(with_steps(step), said=("plan.toml: cycles.1.steps.1: ", said))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (("Rest for 1 hours", "Sweep from open circuit to 1 V at 1 mV/s"), "known at the start alone"),
        (("Sweep from 2 V to 1 V at 1 mV/s",), "step 1 sweeps from 2 V, but the step before ends at 2.5 V"),
        (
            ("Sweep from 2.5 V to 1 V at 1 mV/s", "Sweep from 0.9 V to 2 V at 1 mV/s"),
            "step 2 sweeps from 0.9 V, but the step before ends at 1 V",
        ),
        (
            ("Hold at 5 mV for 9 hours", "Sweep from 1 V to 2 V at 1 mV/s"),
            "step 2 sweeps from 1 V, but the step before ends at 0.005 V",
        ),
    ],
)
def test_a_sweep_does_not_begin_with_a_jump(steps, said):
    """Where the voltage before it is known."""
    check_protocol_refused(with_steps(*steps), said=("plan.toml: ", said))


@pytest.mark.parametrize(
    ("loop", "said"),
    [
        ("{ repeat = 0, steps = ['Rest for 1 hours'] }", ("steps.1.loop.repeat: is 0", "whole number")),
        ("{ repeat = inf, steps = ['Rest for 1 hours'] }", ("steps.1.loop.repeat: is inf", "whole number")),
        ("{ repeat = '{n}', steps = ['Rest for 1 hours'] }", ("steps.1.repeat: names 'n', which is not",)),
        ("{ repeat = 'ever', steps = ['Rest for 1 hours'] }", ("steps.1.repeat: is ever; give a whole",)),
        ("{ repeat = '99999', steps = ['Rest for 1 hours'] }", ("steps.1.repeat: is 99999; at most",)),
        ("{ steps = ['Rest for 1 hours'] }", ("steps.1.loop.repeat: is missing",)),
        ("{ repeat = 2, steps = [] }", ("steps.1.loop.steps: is []",)),
        ("{ repeat = 2, steps = ['Rest'] }", ("cycles.1.steps.1.steps.1: 'Rest' never ends",)),
        (
            "{ repeat = 9999, steps = [{ repeat = 9999, steps = ['Rest for 1 hours'] }] }",
            ("has 99980001 steps; at most 100000",),
        ),
    ],
)
def test_a_loop_that_has_no_end_or_no_beginning_is_refused(loop, said):
    """With the place of the mistake, and before any of it is unrolled."""
    content = with_steps().replace("steps = []", f"steps = [{loop}]")
    check_protocol_refused(content, said=("plan.toml: ", *said))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("2, unit = 'kg'", "numbers.rest: is 2 kg; steps have voltages, scan rates"),
        ("2, unit = 'foo'", "numbers.rest: unit 'foo' is unknown"),
        ("-2, unit = 'h'", "'Rest for -7200 seconds' has -7200 seconds; give"),
        ("0, unit = 'h'", "'Rest for 0 seconds' may take 0 hours"),
    ],
)
def test_a_named_number_that_no_step_can_have_is_refused(number, said):
    """Of a wrong kind or size."""
    named = f"[numbers]\nrest = {{ value = {number}, source = 'x' }}\n[[cycles]]"
    content = with_steps("Rest for {rest}").replace("[[cycles]]", named)
    check_protocol_refused(content, said=("plan.toml: ", said))


def test_a_named_number_that_no_step_names_is_refused():
    """Changing it would change nothing."""
    named = "[numbers]\nrest = { value = 2, unit = 'h', source = 'x' }\n[[cycles]]"
    content = with_steps("Rest for 2 hours").replace("[[cycles]]", named)
    check_protocol_refused(content, said="numbers.rest is in no step; write {rest} in one or leave it out")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("quantity,value,unit,source\n", "missing; add an entry for each"),
        (NOISE, "not UTF-8"),
        ("a,b\n1,2\n", "start with 'quantity,value,unit,source'"),
        ("quantity,value,unit,source\nmass gain,nan,%,x\n", "'nan'"),
        ("quantity,value,unit,source\nmass gain,30,nm,x\n", "'nm'"),
        ("quantity,value,unit,source\nmass gain,30,%,\n", "has no source"),
        ("quantity,value,unit,source\nmass gian,30,%,x\n", "did you mean 'mass gain'?"),
    ],
)
def test_a_mistake_in_a_sorption_table_is_named(content, said):
    Path("mine.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    check_refused("sorption", "mine.csv", said=("mine.csv: ", said))


# Generated input: whatever it is, it is refused in one line, or it is ready to be solved.


def check_ready_or_refused(material, protocol, changes=None):
    """True where the input is ready; no other exception than ``InputError``, and no other line than one."""
    try:
        material, protocol = prepared(material, protocol, changes)
        values = parameter_values(material, protocol)
        experiment(protocol.steps_by_cycle())
    except InputError as error:
        assert str(error).isprintable() and str(error)
        return False
    assert all(abs(value) < 1e250 for value in values.values()), "a parameter beyond the floats"
    return True


def leaves(table, path=()):
    """The path of every entry below ``table``, tables and lists included."""
    entries = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))


WRONG = (
    st.sampled_from(
        [True, "", "nan", "5 nm", [], {}, [1], {"value": 1}, -1, 0, 1e300, -1e300, 1e-300, 10**30]
    )
    | st.sampled_from([float("nan"), float("inf"), float("-inf"), 1e24, 1e-39])
    | st.sampled_from(["nm", "V", "m2/g", "mAh/g", "1", "%", "quux", "1/s", "A/m2"])
    | st.sampled_from(
        ["Rest", "Hold at 5 mV until C/100", "Charge at 5 V for 1 hours", "Sodiate at C/0 until 1 V"]
    )
    | st.floats()
    | st.integers()
    | st.text(max_size=20)
)


@st.composite
def spoilt(draw, text):
    """The text of a shipped file with an entry removed or replaced, or with damage to the text itself."""
    kind = draw(st.sampled_from(["remove", "replace", "replace", "truncate", "insert", "flip"]))
    if kind in ("remove", "replace"):
        data = tomllib.loads(text)
        *parents, last = draw(st.sampled_from(list(leaves(data))))
        table = data
        for key in parents:
            table = table[key]
        if kind == "remove":
            del table[last]
        else:
            table[last] = draw(WRONG)
        return tomli_w.dumps(data).encode()
    content = text.encode()
    place = draw(st.integers(0, len(content) - 1))
    if kind == "truncate":
        return content[:place]
    if kind == "insert":
        return content[:place] + draw(st.binary(min_size=1, max_size=8)) + content[place:]
    return content[:place] + bytes([content[place] ^ draw(st.integers(1, 255))]) + content[place + 1 :]


@given(content=spoilt(MATERIAL))
@settings(QUIETLY, max_examples=150)
def test_any_damage_to_a_material_is_refused_or_harmless(content):
    Path("mine.toml").write_bytes(content)
    check_ready_or_refused("mine.toml", "formation")


@given(content=spoilt(PROTOCOL))
@settings(QUIETLY, max_examples=150)
def test_any_damage_to_a_protocol_is_refused_or_harmless(content):
    Path("plan.toml").write_bytes(content)
    check_ready_or_refused("core_shell", "plan.toml")


PATHS = [*known_paths(read_material("core_shell")), *(f"protocol.{path}" for path in NUMBERS)]
UNITS = sorted({number.unit for number in sources(read_material("core_shell")).values()})
NUMBER = st.floats().map(repr) | st.sampled_from(["0", "-1", "1e24", "1e-39", "1e300", "", "nan", "１"])


@given(
    texts=st.lists(
        st.builds("{}={} {}".format, st.sampled_from(PATHS), NUMBER, st.sampled_from(UNITS))
        | st.builds("{}={}".format, st.sampled_from(PATHS) | st.text(), st.text())
        | st.text(),
        min_size=1,
        max_size=2,
    )
)
@settings(QUIETLY, max_examples=150)
def test_any_text_to_set_is_refused_or_harmless(texts):
    from coreshell_model.show.cli.options import parse_changes

    try:
        changes = parse_changes(texts)
    except InputError as error:
        assert str(error).isprintable()
        return
    check_ready_or_refused("core_shell", "formation", changes)


@given(path=st.sampled_from(PATHS), factor=st.floats(-12, 12).map(lambda power: 10**power))
@settings(QUIETLY, max_examples=150)
def test_any_size_of_a_number_is_refused_or_can_be_computed_with(path, factor):
    """A right unit and a number up to twelve decades away."""
    numbers = sources(read_material("core_shell")) | {
        f"protocol.{name}": number for name, number in sources(read_protocol("formation")).items()
    }
    number = numbers.get(path, numbers["core.sloping.diffusivity"])
    check_ready_or_refused("core_shell", "formation", {path: f"{number.value * factor!r} {number.unit}"})


WORDS = [
    "Sodiate",
    "Sweep",
    "from",
    "to",
    "open circuit",
    "1 mV/s",
    "9 mAh/g",
    "20 mA/g",
    "Rest",
    "Hold",
    "at",
    "C/20",
    "5 mV",
    "0.5C",
    "for",
    "or",
    "until",
    "2 hours",
    "1 mA",
    "-",
    "0",
]


@given(words=st.lists(st.sampled_from(WORDS), max_size=9) | st.lists(st.text(max_size=9), max_size=3))
@settings(QUIETLY, max_examples=150)
def test_any_words_are_no_step_or_one_that_pybamm_reads_alike(words):
    """With a duration, which is positive, and a direction that the first word says."""
    Path("plan.toml").write_text(with_steps(" ".join(words)), encoding="utf-8")
    if not check_ready_or_refused("core_shell", "plan.toml"):
        return
    protocol = read_protocol("plan.toml")
    (step,) = experiment(protocol.steps_by_cycle()).steps
    assert 0 < step.duration < 4e8
    kinds = {"Sodiate": ("CRate", "Current"), "Hold": ("Voltage",), "Rest": ("Rest",), "Sweep": ("Voltage",)}
    assert type(step).__name__ in kinds[words[0]]


def test_a_negative_number_is_not_refused_with_the_reason_of_its_upper_bound():
    """A bound of 0 needs no reason; that of the upper one would puzzle."""
    with pytest.raises(InputError, match=r"size_spread: is -1; must be at least 0$"):
        simulate("core_shell", "formation", {"particle.size_spread": "-1"})
    with pytest.raises(InputError, match=r"must be at most 2: a size a hundred times the next$"):
        simulate("core_shell", "formation", {"particle.size_spread": "3"})
