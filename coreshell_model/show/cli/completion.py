"""What a shell offers after the words that are typed: commands, options, names of files, paths of numbers.

A shell waits for it at every press of the key, and importing a command takes a second. So what a command
takes is asked of it once, and remembered in the user's cache folder until the program changes.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import typer.core

from coreshell_model import __version__
from coreshell_model.base import library
from coreshell_model.base.files import replace
from coreshell_model.base.paths import cache_folder
from coreshell_model.show.cli.app import COMMANDS, COMPLETING, command_of

PACKAGE = Path(__file__).parents[2]
DECIDING = ("show/cli", "show/explained", "inputs", "observe", "design")
"""Folders of the package that decide what is offered; a change of a file there makes it be asked anew."""

AS_WORDS = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": True}


class Offer(NamedTuple):
    """A word that a shell offers, with the attributes that typer's classes for shells read."""

    value: str
    help: str | None = None
    type: str = "plain"


class CompletedCommand(typer.core.TyperCommand):
    """Stands for a command while a shell asks what may follow: all its words are left as they are."""

    def __init__(self, name: str, says: str):
        super().__init__(name, help=says, context_settings=dict(AS_WORDS), add_help_option=False)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """What may follow the words behind the command's name."""
        words, found = list(ctx.args), described(self.name or "")
        while found["commands"]:
            name = next((word for word in words if not word.startswith("-")), None)
            if name not in found["commands"]:
                return _beginning(incomplete, found["commands"])
            words, found = words[words.index(name) + 1 :], found["commands"][name]
        return offers(self.name or "", found, words, incomplete)


def offers(command: str, found: dict[str, Any], words: list[str], incomplete: str) -> list[Offer]:
    """What may follow ``words`` of a command that ``found`` describes."""
    words = _without_equals(words)
    if words and (taken := found["options"].get(words[-1])) and taken["takes"]:
        return _values(command, taken["name"], taken["takes"], incomplete)
    if incomplete.startswith("-"):
        helps = {option: entry["help"] for option, entry in found["options"].items()}
        return _beginning(incomplete, helps)
    given = _positional(words, found["options"])
    arguments = found["arguments"]
    if not arguments or (given >= len(arguments) and arguments[-1]["count"] > 0):
        return []
    argument = arguments[min(given, len(arguments) - 1)]
    return _values(command, argument["name"], argument["metavar"], incomplete)


def _without_equals(words: list[str]) -> list[str]:
    """The words with "--level", "=" as "--level": bash takes "--level=x" apart."""
    return words[:-1] if len(words) > 1 and words[-1] == "=" and words[-2].startswith("--") else words


def _positional(words: list[str], options: dict[str, Any]) -> int:
    """How many of the words are arguments, neither options nor their values."""
    count, value = 0, False
    for word in words:
        entry = options.get(word)
        if not value and entry is None and not word.startswith("-"):
            count += 1
        value = entry is not None and bool(entry["takes"])
    return count


def _values(command: str, name: str, metavar: str, incomplete: str) -> list[Offer]:
    """Values of an option or argument, by its name in the command's function; nothing leaves it to files."""
    source = SOURCES.get(f"{command} {name}", SOURCES.get(name))
    if source is not None:
        return _beginning(incomplete, source())
    return _beginning(incomplete, metavar.split("|")) if "|" in metavar else []


def _beginning(incomplete: str, words: Iterable[str]) -> list[Offer]:
    """The words that begin with what is typed, each with its help where there is one."""
    helps = words if isinstance(words, dict) else {}
    typed = incomplete.replace("\\", "")
    return [Offer(_quoted(word), helps.get(word) or None) for word in words if word.startswith(typed)]


def _quoted(word: str) -> str:
    """A word as bash has to see it, which takes "Loss to SEI [mA.h.g-1]" for four; other shells quote."""
    in_bash = os.environ.get(COMPLETING, "").endswith("bash")
    return re.sub(r"([^\w./=+%-])", r"\\\1", word) if in_bash else word


def _materials() -> list[str]:
    return [*library.names("parameters"), *_files()]


def _protocols() -> list[str]:
    return [*library.names("experiments"), *_files()]


def _materials_and_protocols() -> list[str]:
    return [*library.names("parameters"), *library.names("experiments"), *_files()]


def _files() -> list[str]:
    """TOML files of the working folder."""
    return sorted(path.name for path in Path().glob("*.toml"))


def _numbers() -> list[str]:
    return [f"{path}=" for path in _remembered("numbers", _all_numbers)]


def _results() -> list[str]:
    return _remembered("results", _all_results)


def _explainable() -> list[str]:
    numbers = _remembered("numbers", _all_numbers)
    return [*COMMANDS, *numbers, *_results()]


def _figures() -> list[str]:
    return _remembered("figures", _all_figures)


SOURCES: dict[str, Callable[[], list[str]]] = {
    "material": _materials,
    "source": _materials,
    "readings": _materials,
    "materials name": _materials,
    "protocol": _protocols,
    "after": _protocols,
    "protocols name": _protocols,
    "names": _materials_and_protocols,
    "changes": _numbers,
    "vary": _numbers,
    "observe": _results,
    "observable": _results,
    "maps": _results,
    "maximise": _results,
    "minimise": _results,
    "kind": _figures,
    "explain name": _explainable,
}
"""What is offered for an option or an argument, by its name in the functions of commands, or by the command
and that name."""


def described(name: str) -> dict[str, Any]:
    """Options, arguments and inner commands of a command, as remembered or asked of it now."""
    return _remembered(f"command {name}", lambda: _asked(command_of(name)))


def _asked(command: Any) -> dict[str, Any]:
    """What a command says of its options and arguments."""
    options, arguments = {}, []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            entry = {"name": parameter.name, "metavar": parameter.metavar or "", "count": parameter.nargs}
            arguments.append(entry)
            continue
        takes = "" if parameter.is_flag else parameter.metavar or "TEXT"
        entry = {"name": parameter.name, "takes": takes, "help": parameter.help or ""}
        options |= dict.fromkeys((*parameter.opts, *parameter.secondary_opts), entry)
    options["--help"] = {"name": "help", "takes": "", "help": "Show this message and exit."}
    within = {name: _asked(inner) for name, inner in getattr(command, "commands", {}).items()}
    return {"options": options, "arguments": arguments, "commands": within}


def _all_numbers() -> list[str]:
    from coreshell_model.inputs.protocol import read_protocol
    from coreshell_model.show.explained.numbers import paths

    named = {name for each in library.names("experiments") for name in read_protocol(each).numbers}
    return [*paths(), *sorted(f"protocol.numbers.{name}" for name in named)]


def _all_results() -> list[str]:
    from coreshell_model.show.explained.results import result_names

    return result_names()


def _all_figures() -> list[str]:
    from coreshell_model.show.figures.kinds import KINDS

    return list(KINDS)


def remember_all() -> None:
    """Ask every command now, so that no press of the key has to."""
    for name in COMMANDS:
        described(name)
    _explainable()
    _figures()


def _remembered(what: str, ask: Callable[[], Any]) -> Any:
    """What the cache folder holds under a name; asked and kept there if it does not, or is out of date."""
    folder, state = cache_folder(), _state()
    path = None if folder is None else folder / "completion" / f"{what.replace(' ', '_')}.json"
    if path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["of"] == state:
                return kept["holds"]
    answer = ask()
    if path is not None:
        with suppress(OSError):  # the next press of the key asks again
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace(path, json.dumps({"of": state, "holds": answer}))
    return answer


def _state() -> list[Any]:
    """Version, place, and times of change of the files that decide what is offered."""
    places = [*(PACKAGE / folder for folder in DECIDING), library.folder("experiments")]
    times = [entry.stat().st_mtime_ns for place in places for entry in os.scandir(place) if entry.is_file()]
    return [__version__, str(PACKAGE), len(times), max(times)]
