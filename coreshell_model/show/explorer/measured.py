"""Measured data on the page: files that a browser sends to this machine, read and kept in its memory."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.record import Dataset, numbered_half_cycles
from coreshell_model.data.spectra import read_spectra
from coreshell_model.data.spectrum_table import is_spectrum_table
from coreshell_model.data.sweeps import SweptSpectrum
from coreshell_model.run.solution import Array
from coreshell_model.show.explorer.kept import Kept
from coreshell_model.show.explorer.lanes import Lanes
from coreshell_model.show.explorer.subject import Subject

LARGEST_FILE = 60_000_000
"""Bytes of the largest file that is taken."""

MOST = 40
"""Files that are kept, the most recently used ones."""

MOST_SHOWN = 4
"""Files that a page can have on it."""

NO_FILE = "No file yet: drop one on the left, on a phone above."
"""What the panels of own data and of fits say before there is one."""

LONGEST_NAME, LONGEST_OPTION = 100, 40
"""Characters of a file's name, and of what is stated of a file."""

CYCLER = "cycler"

FORMS = {
    CYCLER: "A cycler's file, or an impedance spectrum",
    "sodiation": "Voltage over capacity: a sodiation",
    "desodiation": "Voltage over capacity: a desodiation",
    "both": "Voltage over capacity: both, one after the other",
}
"""What a file can be."""


STATED = ("form", "mass", "rate", "area")
"""What can be stated of a file."""


@dataclass(frozen=True)
class Stated:
    """What the user states of a file: its form, and "" or text of mass, rate and area of the electrode."""

    form: str = CYCLER
    mass: str = ""
    rate: str = ""
    area: str = ""

    def options(self, one_c: str) -> dict:
        """The same as ``read_datasets`` takes it; ``one_c`` is what a rate such as C/20 is of."""
        options: dict = {"mass": self.mass} if self.mass else {}
        if self.form == CYCLER:
            return options
        curve: dict = {"rate": self.rate} if self.rate else {}
        if "C" in self.rate:
            curve["one_c"] = one_c
        if self.form == "both":
            curve["half_cycles"] = "1 sodiation, 1 desodiation"
        else:
            curve["direction"] = self.form
        return options | {"curve": curve}

    @property
    def electrode_area(self) -> float | None:
        """Area of the measured electrode [m2]; None where it is not stated.

        Raises
        ------
        InputError
            It is no area above 0.
        """
        if not self.area:
            return None
        area = to_si(*parse_quantity(self.area), "m2")
        if area <= 0:
            raise InputError(f"the electrode's area is {self.area}; type one above 0, as 1.13 cm2")
        return area


def stated_from(sent: Mapping[str, str]) -> Stated:
    """Read what a browser states of a file."""
    texts = {name: sent.get(name, "").strip() for name in STATED}
    if max(map(len, texts.values())) > LONGEST_OPTION or texts["form"] not in FORMS:
        raise InputError("the page sent what it does not offer of a file; load it again")
    return Stated(**texts)


@dataclass(frozen=True)
class Measured:
    """A measured file: the token by which a page names it, its name, its content and what was read of it.

    ``one_c`` is the current per gram that its rate is of. A file of impedance alone has no ``dataset``.
    """

    token: str
    name: str
    content: bytes
    stated: Stated
    one_c: str
    dataset: Dataset | None
    spectra: tuple[SweptSpectrum, ...] = ()


Read = tuple[Dataset | None, tuple[SweptSpectrum, ...]]
"""The record of a file, if it has one, and the impedance spectra in it."""


@dataclass(frozen=True)
class ReadTask:
    """Read a file."""

    path: Path
    stated: Stated
    one_c: str

    def __call__(self, subject: Subject, say: Say) -> Read | str:
        """The record and the spectra in it, or in one line why the file cannot be read."""
        try:
            _ = self.stated.electrode_area  # refused where it is none
            if self.stated.form == CYCLER and is_spectrum_table(self.path):
                return None, read_spectra(self.path)
            dataset = read_datasets([self.path], **self.stated.options(self.one_c))
            if dataset.spectra and not dataset.flows:
                return None, dataset.spectra
            dataset.check_half_cell()
        except InputError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - whatever a foreign file does to a reader is told
            return f"{self.path.name}: cannot be read ({type(error).__name__}: {error})"
        return dataset, dataset.spectra


class Shelf:
    """The files that were sent, by a token that follows from content and statements alone."""

    def __init__(self, lanes: Lanes, subject: Subject):
        self._lanes = lanes
        one_c = subject.protocol_base.basis.one_c
        self._one_c = f"{one_c.value!r} {one_c.unit}"
        self._kept: Kept[str, Measured] = Kept(MOST)

    def find(self, token: object) -> Measured | None:
        """Return a file by its token; None where it is no longer kept."""
        return self._kept.find(token) if isinstance(token, str) else None

    def take(self, name: str, content: bytes, stated: Stated) -> Measured:
        """Read a file and keep it.

        Raises
        ------
        InputError
            It cannot be read, in one line.
        """
        name = plain_name(name)
        said = repr((name, stated)).encode()
        token = hashlib.sha256(said + hashlib.sha256(content).digest()).hexdigest()[:32]
        found = self._kept.find(token)
        if found is None:
            read = self._read(name, content, stated)
            found = Measured(token, name, content, stated, self._one_c, *read)
            self._kept.put(token, found)
        return found

    def _read(self, name: str, content: bytes, stated: Stated) -> Read:
        if not content:
            raise InputError(f"{name}: is empty; give a measured file")
        with tempfile.TemporaryDirectory(prefix="coreshell-") as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            read = self._lanes.do(ReadTask(path, stated, self._one_c), self._lanes.turns.at_length)
        if isinstance(read, str):
            raise InputError(" ".join(read.replace(f"{folder}/", "").replace(folder, "").split()))
        dataset, spectra = read
        if dataset is not None:
            dataset = replace(dataset, source=Path(name), sources=(Path(name),))
        return dataset, spectra


def chosen(shelf: Shelf, sent: Any) -> tuple[list[Measured], list[str]]:
    """The files that a page has on it, and the names of those that are no longer kept."""
    entries = [each for each in sent or [] if isinstance(each, Mapping)][:MOST_SHOWN]
    found = [(shelf.find(each.get("token")), str(each.get("name"))[:100]) for each in entries]
    return [each for each, _ in found if each is not None], [name for each, name in found if each is None]


def plain_name(name: str) -> str:
    """The name of a file without folders or signs that a name cannot have."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return plain[-LONGEST_NAME:] or "data.csv"


def cycle_points(dataset: Dataset, cycle: int) -> tuple[Array, Array]:
    """Capacity since the beginning of a cycle [mA.h.g-1] and voltage [V] where current flows.

    A cycle of a desodiation alone comes back to 0.

    Raises
    ------
    InputError
        The mass is not known.
    """
    halves = [half for half, number in numbered_half_cycles(dataset) if number == cycle]
    passed = from_si(1.0, "mA.h.g-1") * dataset.passed() / dataset.known_mass
    points = slice(halves[0].points.start, halves[-1].points.stop)
    capacity = np.cumsum(passed[points])
    if halves[0].direction is Kind.DESODIATION:
        capacity = capacity - capacity[-1]
    flows = dataset.current[points] != 0
    return capacity[flows], dataset.voltage[points][flows]


def cycles_of(dataset: Dataset) -> list[int]:
    """The numbers of its cycles."""
    return sorted({number for _, number in numbered_half_cycles(dataset)})


def first_cycle_results(dataset: Dataset) -> dict[str, float]:
    """Capacities of its first cycle [mA.h.g-1], and the efficiency where it has both half-cycles."""
    cycles = cycles_of(dataset)
    halves = [half for half, number in numbered_half_cycles(dataset) if number == cycles[0]] if cycles else []
    capacity = {half.direction: half.capacity for half in halves}
    into, out = capacity.get(Kind.SODIATION), capacity.get(Kind.DESODIATION)
    results = {}
    if into is not None:
        results["First sodiation capacity [mA.h.g-1]"] = into
    if out is not None:
        results["First desodiation capacity [mA.h.g-1]"] = out
    if into and out is not None:
        results["Initial coulombic efficiency"] = out / into
    return results


def spectrum_in_words(spectrum: SweptSpectrum) -> str:
    """Number, potential and frequencies of a spectrum."""
    low, high = spectrum.frequencies.min(), spectrum.frequencies.max()
    at = "" if np.isnan(spectrum.potential) else f" at {spectrum.potential:.3g} V"
    count = len(spectrum.frequencies)
    return f"Impedance spectrum {spectrum.number}{at}: {count} points from {high:.4g} to {low:.4g} Hz."
