"""``coreshell explain``: what is said of numbers, results and commands is what defines them."""

import ast
import json
import re
from pathlib import Path

import pytest
from command_line import coreshell

from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.meanings import meaning_of, meanings, meanings_of_results
from coreshell_model.observe.quantities import BY_BEGINNING, names
from coreshell_model.show.cli.app import COMMANDS
from coreshell_model.show.explained.commands import examples
from coreshell_model.show.explained.equations import MECHANISMS, PACKAGE, equations, laws, mechanisms
from coreshell_model.show.explained.numbers import paths
from coreshell_model.show.explained.results import explained_result

ROOT = Path(__file__).parents[1]


def explained(*words):
    outcome = coreshell("explain", *words, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out)


def test_every_number_has_a_meaning_and_every_meaning_a_number():
    """Also those of a material of one carbon; equations are numbered ones of docs/physics.md."""
    with_dots = [path for path in paths() if "." in path]
    assert len(with_dots) > 120
    assert not [path for path in with_dots if meaning_of(path) is None]
    known = {re.sub(r"^carbon\.", "core.", path) for path in with_dots}
    known |= {re.sub(r"^(sei|pores)\.steps\.\d\.", "sei.steps.", path) for path in with_dots}
    assert set(meanings()) - {"protocol.numbers.NAME"} <= known
    for path, meaning in meanings().items():
        assert set(meaning.equations) <= set(equations()), path
        assert meaning.equations or path.startswith("protocol."), path
    assert meaning_of("shell.clusters.rate") is None and meaning_of("core.clusters") is None


def test_the_symbols_of_meanings_are_those_of_the_page_of_physics():
    """The last brackets of a meaning, where they hold a symbol."""
    page = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    symbols = [
        symbol
        for meaning in meanings().values()
        for inside in re.findall(r"\(([^()]+)\)", meaning.means)
        for symbol in re.findall(r"[^\s,]*[_₀₊ℓθρδφαβλνστκεξΛσ][^\s,]*", inside)
    ]
    assert len(symbols) > 40
    assert not [symbol for symbol in symbols if symbol not in page]


def test_the_table_of_the_readme_is_that_of_the_meanings():
    """`coreshell materials fields` prints it."""
    text = (ROOT / "parameters" / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- fields -->\n\n")[2].partition("\n<!-- /fields -->")[0]
    assert f"{shown}\n" == coreshell("materials", "fields").out


def test_equations_are_read_whole_from_the_page():
    """The further lines of an equation belong to it; what stands between equations does not."""
    assert equations()[13].startswith("j_g = −j_0g exp(") and "(14)" not in equations()[13]
    assert "= SEI + trapped" in equations()[19]
    page = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    assert set(equations()) == {int(number) for number in re.findall(r"^    \((\d+)\)", page, re.M)}


def test_where_a_number_acts_is_where_its_symbol_is_used():
    """Mechanisms that read a symbol of the model cite the equation in which its number stands."""
    symbol_of = {
        "surface.exchange_current_density": "exchange_current_density",
        "surface.double_layer_capacitance": "double_layer_capacitance",
        "sei.growth.decay_length": "sei_growth_decay_length",
        "sei.growth.dissolution_rate": "sei_dissolution_rate",
        "cell.series_resistance": "series_resistance",
        "cell.counter_exchange_current_density": "counter_exchange_current_density",
        "pores.burial": "pore_burial",
        "pores.blocking": "pore_blocking",
        "electrode.conductivity": "electrode_conductivity",
        "electrode.electrolyte.transference_number": "transference_number",
        "particle.external_area": "external_area",
    }
    for path, symbol in symbol_of.items():
        said = explained(path)["Acts in"]
        users = {file.name for file in (PACKAGE / "physics/submodels").glob("*.py") if _uses(file, symbol)}
        assert users and {Path(file).name for file in said} & users, (path, said, users)


def _uses(file, symbol):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.Attribute) and node.attr == symbol for node in ast.walk(tree))


def test_a_number_is_explained_with_its_value_and_source_in_a_material():
    """And by the short name of its design variable; a material may not have it."""
    number = read_material("core_shell").core.clusters.rate
    told = explained("core.clusters.rate")
    assert told["Stated by"] == {"Name": "core_shell", "Value": str(number), "Source": number.source}
    assert (told["Unit"], told["Usual range"]) == ("1/s", "1e-09 to 10 1/s")
    assert [each["Number"] for each in told["Equations"]] == [8, 46]
    assert told["Equations"][0]["Text"].startswith("∂ξ/∂t = k_p (1 + |U_ξ − U|/U_ref)")
    assert "physics/storage/clusters.py: relaxing_rate" in told["Equations"][0]["Laws"]
    assert {"physics/submodels/stored_sodium.py", "physics/storage/clusters.py"} <= set(told["Acts in"])
    assert explained("thickness")["Name"] == "shell.thickness"
    driven = "core.clusters.driving_potential"
    assert explained(driven)["Stated by"]["Value"] is None
    assert explained(driven, "--material", "core_shell_driven")["Stated by"]["Value"] == "0.2002 V"
    of_one_carbon = explained("pore_volume", "--material", "shell")
    volume = read_material("shell").carbon.pore_volume
    assert of_one_carbon["Stated by"] == {"Name": "shell", "Value": str(volume), "Source": volume.source}
    told = explained("protocol.numbers.scan_rate", "--protocol", "cyclic_voltammetry")
    assert told["Stated by"]["Value"] == "0.1 mV/s"


def test_every_result_is_explained():
    """With its meaning, from the file that has no others; the short names of goals too."""
    listed = meanings_of_results()
    assert set(listed) == {*names(), *BY_BEGINNING}
    assert all(number in equations() for meaning in listed.values() for number in meaning.equations)
    for name in names():
        told = explained_result(name)
        assert told is not None and (told["Name"], told["Meaning"]) == (name, listed[name].means)
    told = explained("ICE")
    assert told["Name"] == "Initial coulombic efficiency" and told["Equations"][0]["Number"] == 19
    assert "first desodiation / first sodiation" in told["Of"]
    assert explained("first-cycle loss")["Basis"] == "per gram of active carbon (core + shell)"
    assert "the coating" in explained("Volumetric capacity of the coating")["Basis"]
    told = explained("Capacity at 1C [mA.h.g-1]")
    assert told["Of"] == "last desodiation at this rate" and "such as C/5" in told["Meaning"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained_with_an_example(name):
    """More than its line in the list of commands, and a line of README.md."""
    told = explained(name)
    assert told["Meaning"].startswith(COMMANDS[name][1])
    assert told["Commands within it"] or len(told["Meaning"]) > len(COMMANDS[name][1]) + 40
    assert told["Examples"] == examples(name) and told["Examples"]
    assert all(example["Command"].startswith(f"coreshell {name}") for example in told["Examples"])


def test_a_command_within_a_command_is_explained():
    told = explained("materials", "new")
    assert told["Name"] == "materials new" and len(told["Examples"]) == 3
    assert "materials new" in explained("materials")["Commands within it"]


def test_it_is_printed_in_lines_of_a_page():
    """Labels in front, no line longer than the page."""
    lines = coreshell("explain", "core.clusters.rate").out.splitlines()
    assert lines[0] == "core.clusters.rate: number of a material"
    assert any(line.startswith("  Equation (8)    ∂ξ/∂t") for line in lines)
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize(
    ("asked", "close"),
    [
        ("core.cluster.rate", "'core.clusters.rate'"),
        ("reversible capacit", "'Reversible capacity [mA.h.g-1]'"),
        ("swep", "'sweep'"),
        ("thicknes", "'thickness'"),
        ("clusters", "'core.clusters.rate'"),
        ("materials nwe", "'materials'"),
    ],
)
def test_close_names_are_suggested(asked, close):
    """In one line; upper and lower case are one, and a part of a name is enough."""
    outcome = coreshell("explain", asked)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert close in outcome.err


def test_a_law_is_found_by_every_mechanism_that_cites_it():
    """Mechanisms say which equations they are of, so that a reader comes from one to the other."""
    assert {law.place for law in laws(12)} == {"physics/laws/interphase.py: reduction_rate"}
    silent = {
        path.name
        for pattern in MECHANISMS[:1]
        for path in PACKAGE.glob(pattern)
        if not any(path.name in found.place for number in equations() for found in mechanisms(number))
    }
    assert silent <= {"__init__.py", "mechanism.py"}
