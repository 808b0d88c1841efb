"""What the helps, README, the site and the notebooks show as an example can be typed as it stands."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer.main

from coreshell_model.base import library
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.curve_description import rate_as_current
from coreshell_model.design.experiments import check_question
from coreshell_model.design.goals import goal
from coreshell_model.design.problem import problem
from coreshell_model.design.space import axis
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.rates import read_rates, with_rates
from coreshell_model.show.cli.app import COMMANDS, app
from coreshell_model.show.cli.data import parse_curve
from coreshell_model.show.cli.eis import _cycles, _state


def set_in_every_protocol(text):
    name, _, value = text.partition("=")
    for protocol in library.names("experiments"):
        prepared("core_shell", protocol, {name: value})


def varied(text):
    design = problem("core_shell", "design")
    if "=" in text:
        read = axis(text)
        design.point({read.name: read.text(read.values[0] if read.values else read.low)})
    else:
        assert text == "thickness"


ROOT = Path(__file__).parents[1]


READ_BY = {
    "--set": set_in_every_protocol,
    "--vary": varied,
    "--goal": goal,
    "--time-limit": lambda text: to_si(*parse_quantity(text), "s"),
    "--loading": lambda text: to_si(*parse_quantity(text), "kg/m2"),
    "--mass": lambda text: to_si(*parse_quantity(text), "kg"),
    "--from": lambda text: to_si(*parse_quantity(text), "V"),
    "--at": _state,
    "--rates": lambda text: with_rates(read_protocol("rate_test"), read_rates(text)),
    "--rate": lambda text: rate_as_current(text, "400 mA/g"),
    "--curve": lambda text: parse_curve([text]),
    "--about": check_question,
    "--cycles": lambda text: _cycles(text, "cycle_life"),
}
"""How an example of an option is read; those of others are words alone."""

WORDS_ALONE = {"--column", "--decimal"}

OF_A_MATERIAL = {"run", "compare", "cycle", "sweep", "sensitivity", "design"}
"""Commands whose words without a point are names of shipped materials and protocols."""


def options(command, name):
    """The options of a command and of those within it, with what their helps show in quotes."""
    for parameter in command.params:
        for text in re.findall(r'"([^"]+)"', getattr(parameter, "help", None) or ""):
            yield name, parameter.opts[0], text
    for inner, inner_command in getattr(command, "commands", {}).items():
        yield from options(inner_command, f"{name} {inner}")


def shown():
    commands = typer.main.get_command(app)
    return [example for name in COMMANDS for example in options(commands.get_command(None, name), name)]


@pytest.mark.parametrize(("command", "option", "text"), shown())
def test_an_example_in_a_help_can_be_typed_as_it_stands(command, option, text):
    """A number that --set changes is one of every shipped protocol; no example is left out unread."""
    if option in READ_BY:
        READ_BY[option](text)
    else:
        assert option in WORDS_ALONE


def pages():
    """The texts that people read, by their paths; of a notebook the cells that are no code."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.ipynb")]
    paths += [
        path
        for folder in ("parameters", "experiments", "validation")
        for path in (ROOT / folder).rglob("*.md")
    ]
    for path in sorted(paths):
        if {"pages", "_build"} & set(path.relative_to(ROOT / "docs").parts if "docs" in path.parts else ()):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        if path.name != "CHANGELOG.md":  # which tells what there was, too
            yield path.relative_to(ROOT).as_posix(), text


def lines_shown(beginning):
    """Lines of code that begin so, each with its page, without what follows a #; commands after && apart."""
    for path, text in pages():
        fenced = False
        for line in text.splitlines():
            fenced = fenced != line.startswith("```")
            if fenced or line.startswith("    "):
                for part in re.split(r"\s#|#\s", line)[0].split("&&"):
                    if f"{part.strip()} ".startswith(beginning):
                        yield path, part.strip()


def mentioned():
    """Commands within the text."""
    for path, text in pages():
        for line in re.findall(r"(?<!`)`(coreshell [^`]+)`(?!`)", text):
            yield path, " ".join(line.split())


def called(words):
    """The command that the words begin with, its name, and the words that follow."""
    command, name = typer.main.get_command(app), []
    while words and words[0] in (getattr(command, "commands", {}) if name else COMMANDS):
        command = command.get_command(None, words[0])
        name, words = [*name, words[0]], words[1:]
    return command, " ".join(name), words


def check_values(command, name, parameters):
    """Values of options are read as the command would; names are those of what is shipped."""
    given = [(each.opts[0], parameters.get(each.name)) for each in command.params]
    lists = [(option, found if isinstance(found, list | tuple) else [found]) for option, found in given]
    values = [(option, text) for option, found in lists for text in found if isinstance(text, str)]
    words = [text for option, text in values if not option.startswith("-")]
    for word in words:
        if word.startswith(("examples/", "validation/")):
            assert (ROOT / word).exists(), word
        elif name in OF_A_MATERIAL and re.fullmatch("[a-z_]+", word) and word != "mine":
            assert word in {*library.names("parameters"), *library.names("experiments")}, word
    shipped = {
        kind: [word for word in words if word in library.names(kind)]
        for kind in ("parameters", "experiments")
    }
    usual = "full_cell_formation" if "full" in str(parameters.get("cell")) else "formation"
    for option, text in values:
        if option == "--set" and "PATH" not in text:
            changed, _, value = text.partition("=")
            for material in shipped["parameters"] or ["core_shell"]:
                for protocol in shipped["experiments"] or [usual]:
                    prepared(material, protocol, {changed: value})
        elif option == "--vary" and "=" in text:
            read = axis(text)
            protocol = (shipped["experiments"] or ["design"])[0]
            found = problem((shipped["parameters"] or ["core_shell"])[0], protocol)
            found.point({read.name: read.text(read.values[0] if read.values else read.low)})
        elif (name, option) == ("materials new", "--from"):
            assert text in library.names("parameters")
        elif option in READ_BY and option not in ("--set", "--vary"):
            READ_BY[option](text)


OF_ALL = (["--help"], ["--version"], ["--install-completion"], ["--show-completion"])
"""What can be asked without a command."""


@pytest.mark.parametrize(("path", "line"), sorted(set(lines_shown("coreshell "))))
def test_a_command_on_a_page_can_be_typed_as_it_stands(path, line):
    """Brackets around what may be left out, capitals and dots stand for what the reader puts there."""
    line = re.sub(r"(--\w+) N\b", r"\1 1", line.replace("[", "").replace("]", "").replace('--vary "..."', ""))
    command, name, words = called(shlex.split(line)[1:])
    assert name or not words or words in OF_ALL, f"{path}: there is no such command"
    if name:
        words = [{"...": "particle"}.get(word, word) for word in words]
        check_values(command, name, command.make_context(name, words).params)


@pytest.mark.parametrize(("path", "line"), sorted(set(mentioned())))
def test_a_command_in_a_sentence_has_these_options(path, line):
    """It may leave out what the sentence is not about."""
    command, name, words = called(shlex.split(line)[1:])
    assert name or words in OF_ALL, f"{path}: there is no such command"
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known, f"{path}: {line}"


@pytest.mark.parametrize(("path", "line"), sorted(set(lines_shown("python "))))
def test_a_script_on_a_page_has_these_options(path, line):
    """Its file is there and names every option; the site's own lines are run by .ci/run."""
    words = shlex.split(line.replace("[", "").replace("]", ""))
    if words[1] == "-m":
        assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(".venv/bin/", "")
        return
    script = (ROOT / words[1]).read_text(encoding="utf-8")
    for option in (word for word in words if word.startswith("--")):
        assert f'"{option}"' in script, f"{path}: {option}"


def test_an_extra_on_a_page_can_be_installed():
    """As pip install ".[web]" or "coreshell_model[web]"."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {
        extra
        for _, text in pages()
        for listed in re.findall(r"""(?:"\.|coreshell_model)\[([a-z,]+)\]\"""", text)
        for extra in listed.split(",")
    }
    assert len(named) > 5
    assert named <= set(declared["optional-dependencies"])
