"""Finished refits in a folder, a file each, so that none is done twice."""

from dataclasses import asdict
from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import read_kept, replace, sealed
from coreshell_model.base.provenance import fingerprint
from coreshell_model.design.refit_problem import Refitted, Refitter, Task
from coreshell_model.infer.fit_folder import identity

REFITS = "refits"


class KeptRefits:
    """Refits by what was fitted: problem, data, start and versions; another of these is another file.

    Parameters
    ----------
    folder : where the files are; nothing is kept where None
    refitter : whose refits they are
    """

    def __init__(self, folder: Path | None, refitter: Refitter):
        self._folder = folder / REFITS if folder is not None else None
        self._refitter = refitter

    def found(self, task: Task) -> Refitted | None:
        """A finished refit, or None.

        Raises
        ------
        InputError
            Its file cannot be read.
        """
        path = self._of(task)
        if path is None or not path.exists():
            return None
        try:
            stored = read_kept(path)["Fit"]
            return Refitted(**stored | {"places": tuple(stored["places"])})
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: cannot be read ({error}); remove it to refit") from None

    def keep(self, task: Task, found: Refitted) -> None:
        """One more refit."""
        path = self._of(task)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, sealed({"Task": asdict(task), "Fit": asdict(found)}, indent=1))

    def _of(self, task: Task) -> Path | None:
        if self._folder is None:
            return None
        what = {
            "Fit": identity(self._refitter.with_data(task), seed=0),
            "Question": self._refitter.question,
            "Material": self._refitter.material.model_dump(exclude_none=True, mode="json"),
            "Data": task.data,
            "Start": task.start,
        }
        return self._folder / f"{fingerprint(what)[:16]}.json"
