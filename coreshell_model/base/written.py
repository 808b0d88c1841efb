"""Results that a command writes into a folder: over no foreign file, and listed with their checksums."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, replace, room_for, sealed, unsealed
from coreshell_model.base.paths import user_path

LIST = "files.json"


class Written:
    """The results in a folder, by its list of files.

    Parameters
    ----------
    folder : of the results, which need not exist
    of : what the results are of, such as "core through formation"
    """

    def __init__(self, folder: Path, of: str):
        self.folder, self.of = folder, of

    @property
    def is_listed(self) -> bool:
        """Whether there is a list, damaged or not."""
        return (self.folder / LIST).exists()

    def check(self, names: Iterable[str]) -> None:
        """Refuse a folder with results of something else, or changed or unlisted files of these names."""
        of, files = self._list()
        if of not in (None, self.of) and any((self.folder / name).exists() for name in files):
            raise InputError(f"{self.folder}: holds results of {of}, not of {self.of}; choose another folder")
        unchanged = {path.name for path in self._unchanged()}
        for name in sorted(names):
            if os.path.lexists(self.folder / name) and name not in unchanged:
                raise InputError(
                    f"{self.folder / name}: is not as a run of this program wrote it, and stays as it is; "
                    "move it, or choose another folder"
                )

    def remove(self) -> bool:
        """Remove the unchanged files of an earlier run, and return whether there were any.

        With a damaged list nothing is removed.
        """
        files = self._unchanged()
        for file in files:
            file.unlink()
        path = self.folder / LIST
        if path.is_file() and not path.is_symlink():
            path.unlink()
        return bool(files)

    def keep_list(self, paths: Iterable[Path]) -> Path:
        """Write the list of the files, so that the next run can remove them, and return its path."""
        in_folder = (path for path in paths if path.parent == self.folder and path.is_file())
        sums = {path.name: checksum(path.read_bytes()) for path in in_folder}
        replace(self.folder / LIST, sealed({"Of": self.of, "Files": sums}, indent=2))
        return self.folder / LIST

    def _unchanged(self) -> list[Path]:
        """The files on the list that are as they were written; none with a damaged list."""
        listed = (
            (self.folder / Path(str(name)).name, expected) for name, expected in self._list()[1].items()
        )
        return [
            file
            for file, expected in listed
            if file.is_file() and not file.is_symlink() and checksum(file.read_bytes()) == expected
        ]

    def _list(self) -> tuple[str | None, dict[str, str]]:
        """What the listed files are results of, and their checksums by name; neither with a damaged list."""
        path = self.folder / LIST
        if path.is_symlink() or not path.is_file():
            return None, {}
        try:
            record = unsealed(path.read_bytes(), path)
            of, files = record["Of"], record["Files"]
        except (InputError, OSError, KeyError):
            return None, {}
        return (str(of), files) if isinstance(files, dict) else (None, {})


def new_file(path: str | Path, ending: str) -> Path:
    """The path of a file that is to be written, which must not be there yet.

    Raises
    ------
    InputError
        It has another ending, its folder is not there, or it is there already.
    """
    path = user_path(path)
    if path.suffix.lower() != ending:
        raise InputError(f"{path}: let the name end in {ending}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {str(path.parent)!r}; make it, or give another path")
    if os.path.lexists(path):
        raise InputError(f"{path}: is there already, and stays as it is; move it, or give another name")
    return path


def check_written(folder: Path, names: Iterable[str], record: str, versions: str) -> None:
    """Refuse a folder with files of these names that this program did not write.

    Parameters
    ----------
    folder : of the results, which need not exist
    names : of the files that are to be written
    record : the file among them, in JSON, that shows that they are this program's
    versions : the entry in it that names this program
    """
    existing = sorted(name for name in names if os.path.lexists(folder / name))
    if not existing:
        return
    try:
        written_by_program = "coreshell_model" in json.loads((folder / record).read_bytes())[versions]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        written_by_program = False
    if not written_by_program:
        raise InputError(
            f"{folder / existing[0]}: no run of this program wrote it, and it stays as it is; choose another "
            "folder"
        )


def write_files(contents: Mapping[str, str], folder: Path) -> list[Path]:
    """Write texts by file name into a folder, which is made if it is missing."""
    with room_for(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            replace(folder / name, content)
    return [folder / name for name in contents]
