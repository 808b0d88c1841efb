"""What workers inherit from the process that they are forked from (multiprocessing's fork server).

The server imports this module once. It reads the first work that workers are for, which imports all that the
work needs, and prepares it, which builds models. Whatever fails here fails in the workers too, who say so.
"""

import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FILE = "CORESHELL_INHERITED"
"""Environment variable that names the file of the pickled work."""


@contextmanager
def left_for_server(do: Any) -> Iterator[dict[str, str]]:
    """The environment of a server that starts, and has read the work when the block ends.

    The file has no name of its own, so that nothing is left of it, however either process ends.
    """
    try:
        content = pickle.dumps(do)
    except Exception:  # noqa: BLE001 - whatever keeps it from being sent is met when it is sent
        yield {}
        return
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield {FILE: f"/proc/{os.getpid()}/fd/{file.fileno()}"}


def prepare(path: Path) -> None:
    """Read work from a file and prepare it if it can be prepared."""
    with suppress(Exception):
        do = pickle.loads(path.read_bytes())
        if hasattr(do, "prepare"):
            do.prepare()


def preparing() -> bool:
    """Whether this is the server at its preparation."""
    return FILE in os.environ


if preparing():
    prepare(Path(os.environ[FILE]))
    del os.environ[FILE]
