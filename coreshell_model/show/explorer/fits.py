"""Guided fits started from the page: each is `coreshell fit FILES --material NAME` in its own process."""

import atexit
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import THREADS
from coreshell_model.data.archive import toml_text
from coreshell_model.infer.guided_page import PAGE
from coreshell_model.inputs.material import Material
from coreshell_model.show.explorer.measured import CYCLER, Measured

MOST_RUNNING = 1
"""Fits that run at once; a further one waits. Each takes a processor."""

MOST_KEPT = 20
"""Fits that are kept, also those that wait; a further one is refused while all of them run or wait."""

MOST_LINES = 200
"""Lines of progress that are kept of a fit."""

RESULT = "result.json"

COMMAND = "import sys; from coreshell_model.show.cli import main; sys.argv[0] = 'coreshell'; main()"


@dataclass(frozen=True)
class FitState:
    """How far a fit is.

    Attributes
    ----------
    lines : what it said
    running : whether it runs, or waits to
    report : its page as HTML, once it has ended well
    values : the fitted numbers by path, as value and unit
    error : in one line why it has no report
    """

    lines: tuple[str, ...] = ()
    running: bool = False
    report: str = ""
    values: tuple[tuple[str, float, str], ...] = ()
    error: str = ""


@dataclass
class _Fit:
    """A fit under way."""

    words: list[str]
    folder: tempfile.TemporaryDirectory
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen | None = None
    stopped: bool = False
    end: FitState | None = None


class Fits:
    """The fits of all pages of a server, by tokens that cannot be guessed."""

    def __init__(self):
        self._fits: OrderedDict[str, _Fit] = OrderedDict()
        self._lock = threading.Lock()
        self._free = threading.Semaphore(MOST_RUNNING)
        atexit.register(self.close)

    def start(self, files: Sequence[Measured], material: Material, first_cycles: Sequence[int] = ()) -> str:
        """Begin a fit of a material to the files of a cell; return its token.

        Parameters
        ----------
        files : of one cell, of which the same is stated
        material : whose numbers are fitted
        first_cycles : the cycle with which each file begins, where the files do not say so

        Raises
        ------
        InputError
            As many fits as are kept run or wait, or what is stated of the files is not the same.
        """
        stated = _stated(files)
        folder = tempfile.TemporaryDirectory(prefix="coreshell-fit-")
        own = Path(folder.name) / f"{material.name}.toml"
        own.write_text(toml_text(material), encoding="utf-8")
        words = ["fit"]
        for name, measured in zip(_names(files), files, strict=True):
            data = Path(folder.name) / name
            data.write_bytes(measured.content)
            words.append(str(data))
        words += ["--material", str(own), *stated]
        words += [word for cycle in first_cycles for word in ("--first-cycle", str(cycle))]
        command = f"coreshell {shlex.join(words)}".replace(f"{folder.name}/", "")
        words += ["--out", str(Path(folder.name) / "fit"), "--workers", "1"]
        fit = _Fit(words, folder, [command])
        token = secrets.token_hex(16)
        with self._lock:
            ended = next((name for name, each in self._fits.items() if each.end is not None), None)
            if len(self._fits) >= MOST_KEPT and ended is None:
                folder.cleanup()
                raise InputError(f"{MOST_KEPT} fits run or wait already; try again once one has ended")
            if len(self._fits) >= MOST_KEPT and ended is not None:
                del self._fits[ended]
            self._fits[token] = fit
        threading.Thread(target=self._run, args=(fit,), name="fit", daemon=True).start()
        return token

    def state(self, token: object) -> FitState:
        """Return how far a fit is; one without lines for a fit that is not kept."""
        fit = self._fits.get(token) if isinstance(token, str) else None
        if fit is None:
            return FitState(error="This fit is no longer kept; start it again.")
        if fit.end is not None:
            return fit.end
        waits = ("Waits for another fit to end.",) if fit.process is None else ()
        return FitState((*waits, *fit.lines), running=True)

    def stop(self, token: object) -> None:
        """End a fit."""
        fit = self._fits.get(token) if isinstance(token, str) else None
        if fit is not None:
            fit.stopped = True
            _kill(fit)

    def close(self) -> None:
        """End all fits and remove their folders."""
        for fit in list(self._fits.values()):
            fit.stopped = True
            _kill(fit)
            with suppress(OSError):
                fit.folder.cleanup()

    def _run(self, fit: _Fit) -> None:
        with self._free:
            if fit.stopped:
                fit.end = FitState(error="Stopped before it began.")
                return
            environment = os.environ | {"PYTHONUNBUFFERED": "1"} | dict.fromkeys(THREADS, "1")
            fit.process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *fit.words],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                env=environment,
                start_new_session=True,
            )
            assert fit.process.stdout is not None
            for line in fit.process.stdout:
                fit.lines = [*fit.lines, line.strip().replace(f"{fit.folder.name}/", "")][-MOST_LINES:]
            code = fit.process.wait()
        fit.end = self._ended(fit, code)
        with suppress(OSError):
            fit.folder.cleanup()

    def _ended(self, fit: _Fit, code: int) -> FitState:
        """What a fit came to: its page and numbers, or its last line after the command."""
        lines = tuple(fit.lines)
        if fit.stopped:
            return FitState(lines, error="Stopped.")
        folder = Path(fit.folder.name) / "fit"
        try:
            report = (folder / PAGE).read_text(encoding="utf-8")
            found = json.loads((folder / RESULT).read_text(encoding="utf-8"))
            values = tuple((each["Path"], each["Value"], each["Unit"]) for each in found["Parameters"])
        except (OSError, ValueError, LookupError):
            last = lines[-1].removeprefix("coreshell: ") if lines[1:] else "it said nothing"
            return FitState(lines, error=f"The fit ended without a report (exit code {code}): {last}")
        return FitState(lines, report=report.replace(f"{fit.folder.name}/", ""), values=values)


def _names(files: Sequence[Measured]) -> list[str]:
    """The names of the files; one that comes again has its number in it."""
    names: list[str] = []
    for number, each in enumerate(files, start=1):
        path = Path(each.name)
        names.append(f"{path.stem}_{number}{path.suffix}" if each.name in names else each.name)
    return names


def _stated(files: Sequence[Measured]) -> list[str]:
    """The options that say of the files what the user said on the page, once for all of them.

    Raises
    ------
    InputError
        Something else was said of one of them.
    """
    words = _words(files[0])
    for other in files[1:]:
        if _words(other) != words:
            raise InputError(
                f"{other.name}: what is stated of it is not what is stated of {files[0].name}, and a fit "
                "takes one mass, rate and kind for all files; read it again with the same, or leave it out"
            )
    return words


def _words(measured: Measured) -> list[str]:
    """The options that say of a file what the user said on the page."""
    stated, words = measured.stated, list[str]()
    if stated.mass:
        words += ["--mass", stated.mass]
    if stated.rate and stated.form == CYCLER:
        words += ["--rate", stated.rate]
    for name, text in measured.stated.options(measured.one_c).get("curve", {}).items():
        words += ["--curve", f"{name}={text}"]
    return words


def _kill(fit: _Fit) -> None:
    """End the process of a fit and those that it started."""
    if fit.process is not None and fit.process.poll() is None:
        with suppress(OSError):
            os.killpg(fit.process.pid, signal.SIGKILL)
