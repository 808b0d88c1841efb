"""Finished work kept in a folder: each piece is there whole or not at all, and only the same work resumes."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from coreshell_model.base.appended import Lines, Table
from coreshell_model.base.errors import InputError
from coreshell_model.base.files import (
    GO_ON,
    alone,
    checksum,
    content_of,
    replace,
    room_for,
    sealed,
    sum_of,
    unsealed,
)
from coreshell_model.base.paths import user_path

LAYOUT, NEWEST = "Layout", 2
"""Entry of a folder's record with the number of its layout, and the number that this version writes. Records
of the first layout, whose tables have other checksums, lack the entry."""


class Keeper:
    """Keeps the finished pieces of work in a folder, or in memory if there is no folder.

    A file is replaced at once and a table only grows, so a kill loses unfinished pieces alone.

    Parameters
    ----------
    folder : where the pieces are kept, or None
    kind : of work, one of ``files.KINDS``
    """

    def __init__(self, folder: str | Path | None, kind: str):
        self.folder = None if folder is None else user_path(folder)
        self.kind = kind
        self._pieces: dict[str, dict[str, Any]] = {}
        self._growing: list[Lines | Table] = []

    def path(self, name: str) -> Path | None:
        """The path of what is kept under this name; None where there is no folder."""
        return None if self.folder is None else self.folder / name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lock the folder as ``files.alone`` does, if there is one."""
        with ExitStack() as stack:
            if self.folder is not None:
                with room_for(self.folder):
                    stack.enter_context(alone(self.folder, self.kind))
            yield

    def begin(
        self,
        name: str,
        identity: Mapping[str, Any],
        resume: bool,
        may_differ: Collection[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> dict[str, Any] | None:
        """Keep the identity of new work, or make sure that work to resume has the same identity.

        For new work, lines and tables that were asked for before are emptied, since no record says to which
        work they belong.

        Parameters
        ----------
        name : of the record's file
        identity : in types of JSON; work is resumed only if all of it is the same
        resume : continue the work in the folder
        may_differ : entries that may differ
        files : content by name of files that belong to the identity; the record has their checksums

        Returns
        -------
        The identity as it was kept if the work is resumed; None if it is new, or nothing is kept.

        Raises
        ------
        InputError
            The folder holds work that is not to be resumed, no work to resume, or other work.
        """
        if self.folder is None:
            return None
        contents = files or {}
        record = {
            **identity,
            **{sum_of(file_name): checksum(content) for file_name, content in contents.items()},
        }
        if resume:
            kept = self.identity(name)
            check_same(kept, record, self.folder / name, self.kind, may_differ)
            return kept
        if (self.folder / name).exists():
            raise InputError(
                f"{self.folder}: holds a {self.kind} already; add --resume to go on, or choose another folder"
            )
        for growing in self._growing:
            growing.keep_first(0)
        with room_for(self.folder):
            for file_name, content in contents.items():
                replace(self.folder / file_name, content)
            replace(self.folder / name, sealed({**record, LAYOUT: NEWEST}, indent=2))
        return None

    def identity(self, name: str) -> dict[str, Any]:
        """The identity of the work in the folder.

        Raises
        ------
        InputError
            There is no work, its record cannot be read, or it has another layout.
        """
        record = self.piece(name)
        if record is None:
            raise InputError(
                f"{self.folder}: holds no {self.kind} to resume; leave out --resume to start one"
            )
        if record.get(LAYOUT) != NEWEST:
            raise InputError(
                f"{self.folder}: another version of this program began this {self.kind}, and keeps it in "
                "another layout; start in another folder"
            )
        return {entry: value for entry, value in record.items() if entry != LAYOUT}

    def piece(self, name: str) -> dict[str, Any] | None:
        """The piece that was kept under this name, or None; an InputError if it was changed since."""
        path = self.path(name)
        if name not in self._pieces and path is not None and path.exists():
            self._pieces[name] = unsealed(content_of(path), path)
        return self._pieces.get(name)

    def keep(self, name: str, record: Mapping[str, Any]) -> None:
        """Keep a finished piece, in types of JSON; a folder in its name is made if it is missing.

        Raises
        ------
        InputError
            The piece cannot be written; an earlier one of this name stays.
        """
        self.keep_file(name, sealed(record, indent=1).encode())
        self._pieces[name] = json.loads(json.dumps(record))

    def file(self, name: str, expected: str) -> bytes:
        """The content of a file with the ``expected`` checksum, which is kept elsewhere.

        Raises
        ------
        InputError
            The file cannot be read, or was changed since.
        """
        path = self.path(name)
        content = b"" if path is None else content_of(path)
        if checksum(content) != expected:
            raise InputError(
                f"{path}: is not there or not as it was kept (its checksum is another); start in another "
                "folder"
            )
        return content

    def keep_file(self, name: str, content: bytes) -> None:
        """Keep content other than JSON, as ``keep`` does; the caller keeps its checksum."""
        path = self.path(name)
        if path is not None:
            with room_for(path, GO_ON):
                path.parent.mkdir(exist_ok=True)
                replace(path, content)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Raise an InputError if the file of this name is undamaged but has other contents than expected."""
        try:
            yield
        except InputError:
            raise
        except (ValueError, LookupError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise InputError(
                f"{self.path(name)}: cannot be read ({reason}); start in another folder"
            ) from None

    def lines(self, name: str) -> Lines:
        """The file of this name to which records are appended."""
        self._growing.append(lines := Lines(self.path(name)))
        return lines

    def table(self, name: str) -> Table:
        """The CSV of this name to which rows are appended."""
        self._growing.append(table := Table(self.path(name)))
        return table


def check_same(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    path: Path | str,
    kind: str,
    may_differ: Collection[str] = (),
) -> None:
    """Refuse to resume work whose record differs in another entry than those of ``may_differ``."""
    plain = json.loads(json.dumps(now))
    for name in sorted({*before, *plain} - set(may_differ)):
        if before.get(name) != plain.get(name):
            raise InputError(
                f"{path}: another {name.lower()} than this {kind}'s; resume with what began it, or choose "
                "another folder"
            )
