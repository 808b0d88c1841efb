"""Finding shipped files by name and other files by path, and reading them."""

import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.paths import user_path

Kind = Literal["parameters", "experiments", "validation", "parameters/positive", "parameters/stack"]
_WORDS = {
    "parameters": "material",
    "experiments": "protocol",
    "validation": "claim",
    "parameters/positive": "positive electrode",
    "parameters/stack": "stack",
}
_PACKAGE = Path(__file__).parents[1]
_LARGEST = 5_000_000  # bytes
_LONGEST_LINE = 100_000
"""Characters of a line in a table of text: a few megabytes of commas would be a million columns."""
_DEEPEST = 32
"""Names joined by points in a TOML key: tomllib's memory grows with their square, to 2 GB for 25,000."""
_DEEP_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % _DEEPEST  # noqa: UP031
)
_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_HINTS = {
    "Expected '='": "write `name = value`, one to a line",
    "Invalid value": "text goes in quotes, true and false in small letters",
    "Expected newline": "one entry to a line, text in quotes, decimals with a point",
    "Illegal character": "close the quotes that were opened",
    'Expected "\'"': "close the quotes that were opened",
    "Unterminated string": "close the quotes that were opened",
    "Unclosed": "close the brackets that were opened",
    "Expected ']'": "close the brackets that were opened",
    "Cannot overwrite": "the name is there twice; keep one",
    "Cannot declare": "the section is there twice; keep one",
}


_AT_END = " (at end of document)"


def folder(kind: Kind) -> Path:
    """Return the folder of shipped files: inside an installed wheel, or beside the package of a checkout."""
    for place in (_PACKAGE / "_library" / kind, _PACKAGE.parent / kind):
        if place.is_dir():
            return place
    raise InputError(f"the shipped folder {kind!r} is missing; reinstall coreshell_model")


def document(name: str) -> str:
    """The text of a page that an installed wheel carries too: "README.md" or "docs/physics.md"."""
    for place in (_PACKAGE / "_library", _PACKAGE.parent):
        if (place / name).is_file():
            return read_text(place / name)
    raise InputError(f"the shipped page {name!r} is missing; reinstall coreshell_model")


def names(kind: Kind) -> list[str]:
    """Return the names of the shipped TOML files, sorted."""
    return sorted(path.stem for path in folder(kind).glob("*.toml"))


def find(kind: Kind, name_or_path: str) -> Path:
    """Return the path of a shipped file, by its name, or of the user's own, by its path.

    A shipped name takes precedence over a file of that name in the working directory; "./name" means the
    file. A material in the working directory may also be given by its file's stem or by the name in its file.
    Whether the file can be read is not checked.

    Raises
    ------
    InputError
        The text is neither a shipped name nor a path.
    """
    shipped = names(kind)
    if name_or_path in shipped:
        return folder(kind) / f"{name_or_path}.toml"
    path = user_path(name_or_path) if name_or_path.startswith("~") else Path(name_or_path)
    if re.search(r"[/\\]|\.toml$", name_or_path) or _is_file(path):
        return path
    if kind == "parameters" and (named := _named_here(name_or_path)) is not None:
        return named
    raise InputError(
        f"unknown {_WORDS[kind]} {name_or_path!r}: {did_you_mean(name_or_path, shipped)}"
        f"shipped: {', '.join(shipped) or 'none'}, or give the path of a TOML file"
    )


def is_there(kind: Kind, name_or_path: str) -> bool:
    """Whether there is a shipped or a user's file with this name or path."""
    try:
        return _is_file(find(kind, name_or_path))
    except InputError:
        return False


Stamp = tuple[int, int, int] | None
"""Inode, size and time of change of a file, which change with its content; None where there is no file."""

KEPT_FILES = 64
"""Files whose content a process keeps until they change."""


def stamp(path: Path) -> Stamp:
    """The stamp of a file as it is now."""
    try:
        state = path.stat()
    except (OSError, ValueError):  # no such file, or not a possible path: an error is raised on reading
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        The file cannot be read as text, holds no entry, or is not TOML.
    """
    return parse_toml(read_text(path), shown(path))


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """The entries of a TOML file's text; ``where`` names it in error messages.

    Raises
    ------
    InputError
        The text holds no entry, or is not TOML.
    """
    if deep := _DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise InputError(
            f"{where}: line {line}: a key of more than {_DEEPEST} names joined by points; shorten it"
        )
    try:
        entries = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits; 1000 open brackets
        raise InputError(f"{where}: {_explain(error, text)}") from None
    if not entries:
        raise InputError(f"{where}: the file is empty; it needs at least one `name = value`")
    return entries


def read_text(path: Path) -> str:
    """Read a UTF-8 text file of at most 5 MB.

    Raises
    ------
    InputError
        The file is missing, is a folder, cannot be read, is too large or not UTF-8.
    """
    content = read_bytes(path, _LARGEST, "the file is larger than 5 MB; is it the right one?")
    try:
        return content.decode("utf-8-sig")  # spreadsheets begin a file with a byte-order mark
    except UnicodeDecodeError:
        raise InputError(f"{shown(path)}: the file is not UTF-8 text; save it as UTF-8") from None


def read_table_text(path: Path) -> str:
    """Read a small table of text as ``read_text`` does; its lines have at most 100,000 characters."""
    text = read_text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > _LONGEST_LINE:
            raise InputError(
                f"{shown(path)}: line {number}: {len(line)} characters, where a line of a table has at most "
                f"{_LONGEST_LINE}; is it the right file?"
            )
    return text


def read_bytes(path: Path, largest: int, too_large: str) -> bytes:
    """Read a file of at most ``largest`` bytes; ``too_large`` is the message about a larger one.

    Raises
    ------
    InputError
        The file is missing, is no file (a folder, a pipe, a device), cannot be read or is too large.
    """
    check_file(path, largest, too_large)
    with _readable(path), path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:  # it grew, or is one of the system's files that state no size
        raise InputError(f"{shown(path)}: {too_large}")
    return content


def _beside(path: Path) -> list[str]:
    """Names in the folder in which a file should be; none where there is no such folder."""
    try:
        return [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return []


def check_file(path: Path, largest: int, too_large: str) -> None:
    """Refuse all but a file of at most ``largest`` bytes before it is opened: a pipe would wait for ever."""
    with _readable(path):
        status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{shown(path)}: this is a folder; give a file")
    if not stat.S_ISREG(status.st_mode):
        what = _SPECIAL.get(stat.S_IFMT(status.st_mode), "no ordinary file")
        raise InputError(f"{shown(path)}: this is {what}; save what it holds in a file and give that")
    if status.st_size > largest:
        raise InputError(f"{shown(path)}: {too_large}")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn errors of the system about a path into an InputError."""
    try:
        yield
    except FileNotFoundError:
        beside = did_you_mean(path.name, _beside(path), cutoff=0.8)  # suffixes are alike anyway
        raise InputError(f"{shown(path)}: there is no such file; {beside}check the path") from None
    except OSError as error:
        raise InputError(f"{shown(path)[:200]}: cannot be read: {error.strerror}; check the path") from None
    except ValueError:  # a path with a null character
        raise InputError(f"{shown(path)}: not a possible path; check it") from None


def shown(path: Path) -> str:
    """Return the path as text on one line."""
    return str(path) if str(path).isprintable() else repr(str(path))


def _explain(error: Exception, text: str) -> str:
    """Turn tomllib's "... (at line 3, column 5)" into "line 3: ...; what to do".

    Where it says "(at end of document)", that is the last line of the ``text``.
    """
    if isinstance(error, RecursionError):
        return "brackets are nested too deep; close them"
    message = " ".join(str(error).split())
    hint = next(
        (hint for start, hint in _HINTS.items() if message.startswith(start)), "correct the TOML there"
    )
    place = re.fullmatch(r"(.*) \(at (line \d+), column \d+\)", message)
    if place:
        return f"{place[2]}: {place[1]}; {hint}"
    if message.endswith(_AT_END):
        return (
            f"line {max(1, len(text.splitlines()))}, end of document: {message.removesuffix(_AT_END)}; {hint}"
        )
    return f"{message}; {hint}"


def _named_here(name: str) -> Path | None:
    """The TOML file of the working directory with this stem, or else with this name in it."""
    if _is_file(path := Path(f"{name}.toml")):
        return path
    for path in sorted(Path().glob("*.toml")):
        try:
            if read_toml(path).get("name") == name:
                return path
        except InputError:  # not a file of this program
            continue
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the system allows
        return False
