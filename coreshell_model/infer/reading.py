"""A fit problem read and checked: materials, protocols and measured files behind its names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import one_line
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.record import first_cycle
from coreshell_model.data.replay import Beginning, as_potential, check_beginning
from coreshell_model.infer.curves import MeasuredCurve, measured_curve
from coreshell_model.infer.observed import Curve, Measured, Scalar, Spectrum
from coreshell_model.infer.parameters import Free, check_bounds, free_parameters
from coreshell_model.infer.problem_file import ProblemFile
from coreshell_model.infer.runs import Run, ThroughMeasurement, ThroughProtocol, ToSpectrum
from coreshell_model.infer.scalars import MeasuredScalar, measured_scalar
from coreshell_model.infer.spectra import MeasuredSpectrum, measured_spectrum
from coreshell_model.inputs.changes import by_path, prepared
from coreshell_model.inputs.material import Material, name_among, read_material
from coreshell_model.inputs.protocol import Protocol, Window, beginning, read_protocol
from coreshell_model.inputs.user_defaults import UserDefaults

FIELDS = "docs/fitting.md"

_Observed = TypeVar("_Observed", Scalar, Curve, Spectrum)


ROUNDS, PROFILED, COMPILED_FROM = 12, 10, 500
"""Rounds of derivatives of a fit, solves of a profile for each parameter, and solves from which compiling
pays; assumed: as the joint problem of the shipped materials takes."""


@dataclass(frozen=True)
class Problem:
    """A fit problem, ready to be solved.

    Attributes
    ----------
    name, file : of the problem, and what its file says
    parameters : to fit, in order
    materials : every material, by the name that the problem uses
    runs : the simulations that a set of parameters asks for
    scalars, curves, spectra : observations, each with the place of its run among ``runs``
    """

    name: str
    file: ProblemFile
    parameters: tuple[Free, ...]
    materials: Mapping[str, Material]
    runs: tuple[Run, ...]
    scalars: tuple[tuple[int, MeasuredScalar], ...]
    curves: tuple[tuple[int, MeasuredCurve], ...]
    spectra: tuple[tuple[int, MeasuredSpectrum], ...]

    @property
    def observed(self) -> tuple[tuple[int, MeasuredScalar | MeasuredCurve | MeasuredSpectrum], ...]:
        """All observations in the order of their residuals."""
        return (*self.scalars, *self.curves, *self.spectra)

    @property
    def data(self) -> int:
        """How many residuals they make."""
        return sum(one.size for _, one in self.observed)

    def place(self, number: int) -> str:
        """Where one of ``observed``, counted from 0, is in the problem's file."""
        for word, many in (("observations", self.scalars), ("curves", self.curves)):
            if number < len(many):
                return f"{word}.{number + 1}"
            number -= len(many)
        return f"spectra.{number + 1}"

    @property
    def compiling_pays(self) -> bool:
        """Whether a fit of it takes enough solves, in derivatives and profiles, for a compiled model."""
        count = len(self.parameters)
        solves = len(self.runs) * count * (ROUNDS + PROFILED * count)
        return self.file.level == "particle" and solves >= COMPILED_FROM

    @property
    def start(self) -> tuple[float, ...]:
        """Where the first fit starts, each parameter as its place between its bounds."""
        return tuple(free.place(free.start) for free in self.parameters)


def read_problem(path: str | Path, defaults: UserDefaults | None = None) -> Problem:
    """Read a fit problem; paths in it count from its folder.

    Parameters
    ----------
    path : of its file
    defaults : a user's own, which become changes of each observation's shipped protocol that it does not make
        itself, so that they are part of the problem; shipped problems are without

    Raises
    ------
    InputError
        In one line: what is wrong with the file, or with one that it names.
    """
    path = user_path(path)
    where = library.shown(Path(path.name))
    try:
        file = ProblemFile.model_validate(library.read_toml(path))
    except ValidationError as error:
        raise one_line(error, where, FIELDS) from None
    if defaults is not None and not is_shipped(path):
        with at(where):
            file = _under(defaults, file)
    return problem(file, path.stem, path.parent, where)


def is_shipped(path: str | Path) -> bool:
    """Whether a problem is one of the paper's, whose conditions are the paper's too."""
    return library.folder("validation").resolve() in user_path(path).resolve().parents


def _under(defaults: UserDefaults, file: ProblemFile) -> ProblemFile:
    """The problem with the defaults among the changes of what was measured in shipped protocols."""

    def changed(given: _Observed) -> _Observed:
        name = given.after or "formation" if isinstance(given, Spectrum) else given.protocol
        name = name or (given.after if isinstance(given, Curve) else None)
        if name is None:
            return given
        return given.model_copy(update={"changes": defaults.added(name, given.changes)})

    parts = {"observations": file.observations, "curves": file.curves, "spectra": file.spectra}
    return file.model_copy(update={name: tuple(map(changed, part)) for name, part in parts.items()})


def problem(file: ProblemFile, name: str, folder: Path, where: str) -> Problem:
    """The problem of a file's content; ``where`` names it in complaints.

    Raises
    ------
    InputError
        As ``read_problem``.
    """
    with at(where):
        file = _with_one_name_each(file, folder)
    materials: dict[str, Material] = {}
    for observation in (*file.observations, *file.curves, *file.spectra):
        if observation.material not in materials:
            with at(where):
                materials[observation.material] = read_material(_beside(folder, observation.material))
    parameters = free_parameters(file.parameters, materials, where)
    _check_carried(file.carried, materials, where)
    reader = _Reader(folder, materials, parameters)
    scalars, curves, spectra = [], [], []
    for number, scalar in enumerate(file.observations, start=1):
        with at(f"{where}: observations.{number}"):
            run, measured = reader.through_protocol(scalar, scalar.protocol), measured_scalar(scalar)
            if measured.window is not None:
                _check_window(measured.window, reader.window_of(run))
            scalars.append((run, measured))
    for number, curve in enumerate(file.curves, start=1):
        with at(f"{where}: curves.{number}"):
            curves.append(reader.curve(curve))
    for number, spectrum in enumerate(file.spectra, start=1):
        with at(f"{where}: spectra.{number}"):
            spectra.append(reader.spectrum(spectrum))
    found = Problem(
        name, file, parameters, materials, tuple(reader.runs), tuple(scalars), tuple(curves), tuple(spectra)
    )
    priors = sum(free.section.prior is not None for free in parameters)
    if found.data + priors < len(parameters):
        raise InputError(
            f"{where}: {found.data} data and {priors} priors for {len(parameters)} parameters; "
            "add observations or fix parameters"
        )
    check_bounds(parameters, materials, where)
    return found


@dataclass
class _Reader:
    """The runs that observations need, each once."""

    folder: Path
    materials: Mapping[str, Material]
    free: tuple[Free, ...]
    runs: list[Run] = field(default_factory=list)

    def through_protocol(self, given: Measured, protocol: str, first: int = 1) -> int:
        """The place of the observation's run, added where it is new; its cycles count from the first."""
        material, whole = self._prepared(given, protocol, first)
        run = ThroughProtocol(given.material, material, whole)
        if run not in self.runs:
            self.runs.append(run)
        return self.runs.index(run)

    def window_of(self, run: int) -> Window:
        """The cut-offs of a run through a protocol."""
        there = self.runs[run]
        assert isinstance(there, ThroughProtocol)
        return there.protocol.window

    def curve(self, given: Curve) -> tuple[int, MeasuredCurve]:
        """A measured curve and its run."""
        dataset = read_datasets(
            [self.folder / user_path(file) for file in given.paths],
            mass=given.mass,
            current_sign=given.current_sign,
            columns=given.columns or None,
            allow_gaps=given.allow_gaps,
            cell=given.cell,
        )
        dataset.check_half_cell()
        if given.protocol is not None:
            _, whole = self._prepared(given, given.protocol, whole=True)
            with at(given.named):
                fresh, upper = whole.start.potential.si, whole.window.upper.si
                first = first_cycle(dataset, given.first_cycle, fresh, upper)
                found = measured_curve(given, dataset, first)
                return self.through_protocol(given, given.protocol, first), found
        assert given.replay is not None  # as the file was checked
        with at(given.named):
            found = measured_curve(given, dataset)
        self._not_fitted(given)
        material = self.materials[given.material]
        prepared(material, "formation", given.changes)  # refuses changes of what is not there
        begin = self._beginning(given)
        check_beginning(dataset, begin)
        run = ThroughMeasurement(given.material, material, dataset, given.replay, given.changes, begin)
        return self._added(run), found

    def _beginning(self, given: Curve) -> Beginning:
        """Where a replay begins."""
        after = None
        if given.after is not None:
            read = read_protocol(_beside(self.folder, given.after))
            after = prepared(self.materials[given.material], read, given.changes)[1]
        if after is not None and given.cycles is not None:
            after = beginning(after, given.cycles)
        return Beginning(as_potential(given.potential), after)

    def spectrum(self, given: Spectrum) -> tuple[int, MeasuredSpectrum]:
        """A measured spectrum and its run."""
        found = measured_spectrum(given, self.folder)
        material, after = self._prepared(given, given.after or "formation")
        said = found.potential
        potential, window = to_si(*parse_quantity(said), "V"), after.window
        if not window.lower.si <= potential <= window.upper.si:
            raise InputError(
                f"potential is {said}, outside the window of {window.lower} to {window.upper}; "
                "give one inside"
            )
        run = (given.material, material, potential, after if given.after else None, found.frequencies)
        return self._added(ToSpectrum(*run)), found

    def _added(self, run: Run) -> int:
        self.runs.append(run)
        return len(self.runs) - 1

    def _prepared(
        self, given: Measured, protocol: str, first: int = 1, whole: bool = False
    ) -> tuple[Material, Protocol]:
        """Material and protocol with the observation's changes, ended after its cycles unless ``whole``."""
        self._not_fitted(given)
        read = read_protocol(_beside(self.folder, protocol))
        material, every = prepared(self.materials[given.material], read, given.changes)
        if first > 1:
            beginning(every, first)  # refused where the protocol has not so many cycles
        if whole or given.cycles is None:
            return material, every
        return material, beginning(every, first - 1 + given.cycles)

    def _not_fitted(self, given: Measured) -> None:
        mine = (free.section for free in self.free if given.material in free.materials)
        changed = by_path(given.changes, self.materials[given.material])
        both = sorted({path for one in mine for path in one.paths_in(given.material)} & set(changed))
        if both:
            raise InputError(f"changes: {both[0]} is fitted; leave it out")


def _with_one_name_each(file: ProblemFile, folder: Path) -> ProblemFile:
    """The file with each material under the first of the names that its observations have for it.

    Raises
    ------
    InputError
        A material that is not there.
    """
    names: dict[str, str] = {}
    materials: dict[str, Material] = {}
    for observation in (*file.observations, *file.curves, *file.spectra):
        given = observation.material
        if given in names:
            continue
        if given not in materials and materials:
            try:
                names[given] = name_among(materials, _beside(folder, given), "the problem", folder)
                continue
            except InputError:
                pass
        names[given] = given
        materials[given] = read_material(_beside(folder, given))

    def name(given: str) -> str:
        if given not in names:
            try:
                names[given] = name_among(materials, _beside(folder, given), "the problem", folder)
            except InputError:
                names[given] = given  # said where it stands
        return names[given]

    def observed(every: tuple[_Observed, ...]) -> tuple[_Observed, ...]:
        return tuple(each.model_copy(update={"material": name(each.material)}) for each in every)

    parameters = tuple(
        each.model_copy(
            update={
                "shared": tuple(map(name, each.shared)),
                "separate": tuple(map(name, each.separate)),
                "paths": {name(one): path for one, path in each.paths.items()},
            }
        )
        for each in file.parameters
    )
    carried = {one: name(follows) for one, follows in file.carried.items()}
    if all(given == meant for given, meant in names.items()):  # those of parameters too
        return file
    return file.model_copy(
        update={
            "parameters": parameters,
            "carried": carried,
            "observations": observed(file.observations),
            "curves": observed(file.curves),
            "spectra": observed(file.spectra),
        }
    )


def _beside(folder: Path, name: str) -> str:
    """A shipped name as it is, a path or the name of a file from the problem's folder."""
    if name in library.names("parameters"):
        return name
    for path in (folder / user_path(name), folder / f"{name}.toml"):
        if path.is_file() and path.suffix == ".toml":
            return str(path)
    return name


def _check_window(window: tuple[float, float], cut_offs: Window) -> None:
    """Refuse potentials that no run between the cut-offs passes."""
    if window[1] <= cut_offs.lower.si or window[0] >= cut_offs.upper.si:
        raise InputError(
            f"window is {window[0]:g} V to {window[1]:g} V, outside the cut-offs of {cut_offs.lower} to "
            f"{cut_offs.upper}; give one inside"
        )


def _check_carried(carried: Mapping[str, str], materials: Mapping[str, object], where: str) -> None:
    """Refuse numbers carried from a material that is not fitted, or to one that is."""
    for name, follows in carried.items():
        if follows not in materials:
            raise InputError(
                f"{where}: carried.{name}: {follows!r} is not fitted; observed are {', '.join(materials)}"
            )
        if name in materials:
            raise InputError(f"{where}: carried.{name}: is fitted itself; leave it out")
