"""Finished work kept in a folder: each piece whole or not there, and resumed by the same work alone."""

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
"""Entry of the record of what a folder is of: how it is laid out. The first layout had no such entry, and
tables with other checksums."""


class Keeper:
    """What one piece of work has finished, in a folder; in memory alone where there is none.

    A file is replaced at once and a table only grows, so a kill costs what was at work and nothing finished.

    Parameters
    ----------
    folder : where it is kept, or None
    kind : of work, one of ``files.KINDS``
    """

    def __init__(self, folder: str | Path | None, kind: str):
        self.folder = None if folder is None else user_path(folder)
        self.kind = kind
        self._pieces: dict[str, dict[str, Any]] = {}
        self._growing: list[Lines | Table] = []

    def path(self, name: str) -> Path | None:
        """Where what is kept under this name is, or would be; None where there is no folder."""
        return None if self.folder is None else self.folder / name

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder, made where it is not there, held against a second run in it and another kind of work.

        Raises
        ------
        InputError
            Another run is at work there, one of another kind has left something, or nothing can be written.
        """
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
        aside: Collection[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> dict[str, Any] | None:
        """Keep what the work is, or make sure that the work to resume is the same.

        Where it begins, lines and tables that were asked for before are emptied, since no record says
        whose they are.

        Parameters
        ----------
        name : of the record's file
        identity : in what JSON has; to resume, all of it has to be the same
        resume : go on with what is there
        aside : entries that may differ
        files : by name, that belong to the identity; its record has their checksums

        Returns
        -------
        The identity as it was kept where the work is resumed; None where it begins, or nothing is kept.

        Raises
        ------
        InputError
            There is work and it was not to be resumed, there is none to resume, or it is other work.
        """
        if self.folder is None:
            return None
        contents = files or {}
        record = {**identity, **{sum_of(each): checksum(content) for each, content in contents.items()}}
        if resume:
            kept = self.identity(name)
            check_same(kept, record, self.folder / name, self.kind, aside)
            return kept
        if (self.folder / name).exists():
            raise InputError(
                f"{self.folder}: holds a {self.kind} already; add --resume to go on, or choose another folder"
            )
        for left in self._growing:
            left.keep_first(0)
        with room_for(self.folder):
            for each, content in contents.items():
                replace(self.folder / each, content)
            replace(self.folder / name, sealed({**record, LAYOUT: NEWEST}, indent=2))
        return None

    def identity(self, name: str) -> dict[str, Any]:
        """What the work in the folder is.

        Raises
        ------
        InputError
            There is none, its record cannot be read, or a version that keeps it otherwise has begun it.
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
        """What was kept under this name, or None.

        Raises
        ------
        InputError
            It cannot be read, or was changed since.
        """
        path = self.path(name)
        if name not in self._pieces and path is not None and path.exists():
            self._pieces[name] = unsealed(content_of(path), path)
        return self._pieces.get(name)

    def keep(self, name: str, record: Mapping[str, Any]) -> None:
        """One more finished piece, in what JSON has; the folder of its name is made where it is not there.

        Raises
        ------
        InputError
            It cannot be written; what was kept before stays.
        """
        self.keep_file(name, sealed(record, indent=1).encode())
        self._pieces[name] = json.loads(json.dumps(record))

    def file(self, name: str, known: str) -> bytes:
        """The content of a file whose checksum is kept elsewhere.

        Raises
        ------
        InputError
            It cannot be read, or is not as it was kept.
        """
        path = self.path(name)
        content = b"" if path is None else content_of(path)
        if checksum(content) != known:
            raise InputError(
                f"{path}: is not there or not as it was kept (its checksum is another); start in another "
                "folder"
            )
        return content

    def keep_file(self, name: str, content: bytes) -> None:
        """Content that is no JSON; its checksum is for the caller to keep.

        Raises
        ------
        InputError
            As ``keep``.
        """
        path = self.path(name)
        if path is not None:
            with room_for(path, GO_ON):
                path.parent.mkdir(exist_ok=True)
                replace(path, content)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Say in one line that what is kept under this name is whole, and yet not what is read from it.

        Raises
        ------
        InputError
            With the reason.
        """
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
        """The file of that name to which records are appended."""
        self._growing.append(lines := Lines(self.path(name)))
        return lines

    def table(self, name: str) -> Table:
        """The CSV of that name to which rows are appended."""
        self._growing.append(table := Table(self.path(name)))
        return table


def check_same(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    path: Path | str,
    kind: str,
    aside: Collection[str] = (),
) -> None:
    """Refuse to go on with other work; what is ``aside`` may differ.

    Raises
    ------
    InputError
        What differs, by its name in the records.
    """
    plain = json.loads(json.dumps(now))
    for name in sorted({*before, *plain} - set(aside)):
        if before.get(name) != plain.get(name):
            raise InputError(
                f"{path}: another {name.lower()} than this {kind}'s; resume with what began it, or choose "
                "another folder"
            )
