"""Results that a command writes into a folder: over nothing foreign, and listed with their checksums."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, replace, room_for, sealed, unsealed

LIST = "files.json"


class Written:
    """The results in a folder by its list of files, and what they are of.

    Parameters
    ----------
    folder : there or not
    of : what the results are of, such as "core through formation"
    """

    def __init__(self, folder: Path, of: str):
        self.folder, self.of = folder, of

    @property
    def is_listed(self) -> bool:
        """True where there is a list, damaged or not."""
        return (self.folder / LIST).exists()

    def check(self, names: Iterable[str]) -> None:
        """Refuse a folder with files of these names that are not on its list, or were changed since.

        Raises
        ------
        InputError
            With the first of them; or the results are of something else.
        """
        of, files = self._list()
        if of not in (None, self.of) and any((self.folder / name).exists() for name in files):
            raise InputError(f"{self.folder}: holds results of {of}, not of {self.of}; choose another folder")
        own = {path.name for path in self._unchanged()}
        for name in sorted(names):
            if os.path.lexists(self.folder / name) and name not in own:
                raise InputError(
                    f"{self.folder / name}: is not as a run of this program wrote it, and stays as it is; "
                    "move it, or choose another folder"
                )

    def remove(self) -> bool:
        """Remove what an earlier run wrote and nobody changed since; whether there was any.

        By a damaged list nothing is removed.
        """
        files = self._unchanged()
        for there in files:
            there.unlink()
        path = self.folder / LIST
        if path.is_file() and not path.is_symlink():
            path.unlink()
        return bool(files)

    def keep_list(self, paths: Iterable[Path]) -> Path:
        """Keep which files were written, so that the next run can take its own away; where."""
        own = (path for path in paths if path.parent == self.folder and path.is_file())
        sums = {path.name: checksum(path.read_bytes()) for path in own}
        replace(self.folder / LIST, sealed({"Of": self.of, "Files": sums}, indent=2))
        return self.folder / LIST

    def _unchanged(self) -> list[Path]:
        """What is on the list and as it was written; nothing by a damaged list."""
        listed = ((self.folder / Path(str(name)).name, known) for name, known in self._list()[1].items())
        return [
            there
            for there, known in listed
            if there.is_file() and not there.is_symlink() and checksum(there.read_bytes()) == known
        ]

    def _list(self) -> tuple[str | None, dict[str, str]]:
        """What the files of the list are of, and their checksums by name; nothing of a damaged list."""
        path = self.folder / LIST
        if path.is_symlink() or not path.is_file():
            return None, {}
        try:
            record = unsealed(path.read_bytes(), path)
            of, files = record["Of"], record["Files"]
        except (InputError, OSError, KeyError):
            return None, {}
        return (str(of), files) if isinstance(files, dict) else (None, {})


def check_written(folder: Path, names: Iterable[str], record: str, versions: str) -> None:
    """Refuse a folder in which files have names that are to be written but were not by this program.

    Parameters
    ----------
    folder : there or not
    names : of files that are to be written
    record : the one of them, in JSON, that says whose they all are
    versions : its entry that names this program

    Raises
    ------
    InputError
        With the first of them.
    """
    there = sorted(name for name in names if os.path.lexists(folder / name))
    if not there:
        return
    try:
        own = "coreshell_model" in json.loads((folder / record).read_bytes())[versions]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        own = False
    if not own:
        raise InputError(
            f"{folder / there[0]}: no run of this program wrote it, and it stays as it is; choose another "
            "folder"
        )


def write_files(contents: Mapping[str, str], folder: Path) -> list[Path]:
    """Texts by file name into a folder, which is made where it is not there.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    with room_for(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            replace(folder / name, content)
    return [folder / name for name in contents]
