"""Reads and checks a fit problem with the materials, protocols and measured files that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import brief, one_line
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.open_circuit_table import read_open_circuit
from coreshell_model.data.record import Dataset, first_cycle
from coreshell_model.data.replay_start import Beginning, as_potential, check_beginning, check_timed
from coreshell_model.infer.curves import MeasuredCurve, equilibrium_curve, measured_curve
from coreshell_model.infer.observed import Curve, Discrepancy, Measured, Scalar, Spectrum
from coreshell_model.infer.parameters import Free, check_bounds, free_parameters
from coreshell_model.infer.problem_file import FreeParameter, ProblemFile
from coreshell_model.infer.problem_names import beside, with_choices_beside, with_one_name_each
from coreshell_model.infer.runs import AtEquilibrium, Run, ThroughMeasurement, ThroughProtocol, ToSpectrum
from coreshell_model.infer.scalars import MeasuredScalar, measured_scalar
from coreshell_model.infer.set_numbers import with_set_numbers
from coreshell_model.infer.spectra import MeasuredSpectrum, measured_spectrum
from coreshell_model.inputs.changes import by_path, prepared
from coreshell_model.inputs.full_cell import CHOICES, FULL, USUAL_PROTOCOL, in_cell, of_full_cell
from coreshell_model.inputs.material import Material, read_material
from coreshell_model.inputs.protocol import Protocol, Window, beginning, read_protocol
from coreshell_model.inputs.user_defaults import UserDefaults
from coreshell_model.observe.quantities import check_cell

FIELDS = "docs/fitting.md"

NO_NUMBERS: Mapping[str, str] = MappingProxyType({})

_Observed = TypeVar("_Observed", Scalar, Curve, Spectrum)


ROUNDS, PROFILED, COMPILED_FROM = 12, 10, 500
"""Rounds of derivatives of a fit, solves of a profile for each parameter, and number of solves from which
compiling pays; assumed: what the joint problem of the shipped materials takes."""


@dataclass(frozen=True)
class Problem:
    """A fit problem, ready to be solved.

    Attributes
    ----------
    name : of the problem
    file : its content
    parameters : to fit, in order
    materials : every material, by the name that the problem uses
    runs : the simulations of one evaluation
    scalars, curves, spectra : observations, each with the place of its run among ``runs``
    untouched : numbers that are not fitted, and that draws have by their priors
    """

    name: str
    file: ProblemFile
    parameters: tuple[Free, ...]
    materials: Mapping[str, Material]
    runs: tuple[Run, ...]
    scalars: tuple[tuple[int, MeasuredScalar], ...]
    curves: tuple[tuple[int, MeasuredCurve], ...]
    spectra: tuple[tuple[int, MeasuredSpectrum], ...]
    untouched: tuple[Free, ...] = ()

    @property
    def observed(self) -> tuple[tuple[int, MeasuredScalar | MeasuredCurve | MeasuredSpectrum], ...]:
        """All observations in the order of their residuals."""
        return (*self.scalars, *self.curves, *self.spectra)

    @property
    def data(self) -> int:
        """Number of residuals of all observations."""
        return sum(observation.size for _, observation in self.observed)

    @property
    def priors(self) -> int:
        """Number of priors."""
        return sum(free.section.prior is not None for free in self.parameters)

    def place(self, number: int) -> str:
        """Where an item of ``observed``, counted from 0, stands in the problem's file."""
        for table, observations in (("observations", self.scalars), ("curves", self.curves)):
            if number < len(observations):
                return f"{table}.{number + 1}"
            number -= len(observations)
        return f"spectra.{number + 1}"

    @property
    def compiling_pays(self) -> bool:
        """Whether a fit takes enough solves, in derivatives and profiles, for compiling to save time."""
        count = len(self.parameters)
        solves = len(self.runs) * count * (ROUNDS + PROFILED * count)
        return self.file.level == "particle" and solves >= COMPILED_FROM

    @property
    def start(self) -> tuple[float, ...]:
        """Where the first fit starts, each parameter as its place between its bounds."""
        return tuple(free.place(free.start) for free in self.parameters)


def read_problem(
    path: str | Path,
    defaults: UserDefaults | None = None,
    discrepancy: bool = False,
    numbers: Mapping[str, str] | None = None,
) -> Problem:
    """Read a fit problem; paths in it are relative to its folder.

    Parameters
    ----------
    path : of its file
    defaults : a user's own conditions. They become part of the problem, as changes of each observation in a
        shipped protocol that the observation does not make itself. Shipped problems are read without them.
    discrepancy : let the model be off along all curves, by a discrepancy that is estimated where the file
        states none
    numbers : of materials, by path, that are not fitted and have these values, not those of their files
    """
    path = user_path(path)
    where = library.shown(Path(path.name))
    try:
        file = ProblemFile.model_validate(library.read_toml(path))
    except ValidationError as error:
        raise one_line(error, where, FIELDS, model=ProblemFile) from None
    if defaults is not None and not is_shipped(path):
        with at(where):
            file = _under(defaults, file)
    if discrepancy and file.discrepancy is None:
        file = file.model_copy(update={"discrepancy": Discrepancy()})
    return problem(file, path.stem, path.parent, where, numbers or {})


def is_shipped(path: str | Path) -> bool:
    """Whether a problem is shipped: its conditions are those of the paper."""
    return library.folder("validation").resolve() in user_path(path).resolve().parents


def _under(defaults: UserDefaults, file: ProblemFile) -> ProblemFile:
    """The problem with the defaults among the changes of its observations in shipped protocols."""

    def changed(section: _Observed) -> _Observed:
        name = section.protocol
        name = name or (section.after if isinstance(section, Curve) else None)
        if name is None:
            return section
        return section.model_copy(update={"changes": defaults.added(name, section.changes)})

    parts = {"observations": file.observations, "curves": file.curves, "spectra": file.spectra}
    return file.model_copy(update={name: tuple(map(changed, part)) for name, part in parts.items()})


def problem(
    file: ProblemFile, name: str, folder: Path, where: str, numbers: Mapping[str, str] = NO_NUMBERS
) -> Problem:
    """The problem of a file's content; ``where`` names the file in errors, ``numbers`` are set."""
    with at(where):
        file = with_choices_beside(with_one_name_each(file, folder), folder)
    materials: dict[str, Material] = {}
    for observation in (*file.observations, *file.curves, *file.spectra):
        if observation.material not in materials:
            with at(where):
                materials[observation.material] = read_material(beside(folder, observation.material))
    _check_carried(file.carried, materials, where)
    materials = with_set_numbers(materials, (*file.parameters, *file.untouched), numbers)
    reader = _Reader(folder, materials, file.parameters)
    scalars, curves, spectra = [], [], []
    for number, scalar in enumerate(file.observations, start=1):
        with at(f"{where}: observations.{number}"):
            run, measured = reader.through_protocol(scalar, scalar.protocol), measured_scalar(scalar)
            check_cell(scalar.observable, reader.protocol_of(run))
            if measured.window is not None:
                _check_window(measured.window, reader.protocol_of(run).window)
            scalars.append((run, measured))
    for number, curve in enumerate(file.curves, start=1):
        with at(f"{where}: curves.{number}"):
            curves.append(reader.curve(_with_discrepancy(curve, file.discrepancy)))
    for number, spectrum in enumerate(file.spectra, start=1):
        with at(f"{where}: spectra.{number}"):
            spectra.append(reader.spectrum(spectrum))
    observed = tuple(scalars), tuple(curves), tuple(spectra)
    materials |= reader.in_full_cells
    parameters = free_parameters(file.parameters, materials, where)
    every = free_parameters((*file.parameters, *file.untouched), materials, where)
    untouched = every[len(parameters) :]
    result = Problem(name, file, parameters, materials, tuple(reader.runs), *observed, untouched)
    if result.data + result.priors < len(parameters):
        raise InputError(
            f"{where}: {result.data} data and {result.priors} priors for {len(parameters)} parameters; "
            "add observations or fix parameters"
        )
    check_bounds((*parameters, *untouched), materials, where)
    return result


def _with_discrepancy(curve: Curve, of_all: Discrepancy | None) -> Curve:
    """The section of a curve with its discrepancy, or that of all curves, which is checked."""
    section = curve.model_copy(update={"discrepancy": curve.discrepancy or of_all})
    _ = section.stated_discrepancy  # refuses a scale or length that cannot be
    return section


@dataclass
class _Reader:
    """Reads observations and collects the runs that they need; those through protocols are shared.

    ``in_full_cells`` are the materials that are observed in a full cell, as they are in the first of them.
    """

    folder: Path
    materials: Mapping[str, Material]
    free: tuple[FreeParameter, ...]
    runs: list[Run] = field(default_factory=list)
    in_full_cells: dict[str, Material] = field(default_factory=dict)

    def through_protocol(self, section: Measured, protocol: str, first: int = 1) -> int:
        """The place of the observation's run, which is added if it is new; ``first`` is its first cycle."""
        material, whole = self._prepared(section, protocol, first)
        run = ThroughProtocol(section.material, material, whole)
        if run not in self.runs:
            self.runs.append(run)
        return self.runs.index(run)

    def protocol_of(self, run: int) -> Protocol:
        """The protocol of a run through one."""
        through_protocol = self.runs[run]
        assert isinstance(through_protocol, ThroughProtocol)
        return through_protocol.protocol

    def curve(self, section: Curve) -> tuple[int, MeasuredCurve]:
        """The place of a curve's run, and the measured curve."""
        if section.equilibrium:
            return self._equilibrium(section)
        dataset = read_datasets(
            [self.folder / user_path(file) for file in section.paths],
            mass=section.mass,
            current_sign=section.current_sign,
            columns=section.columns or None,
            allow_gaps=section.allow_gaps,
            cell=section.cell,
            curve=section.curve,
        )
        check_timed(dataset)
        if section.protocol is not None:
            _, whole = self._prepared(section, section.protocol, whole=True)
            with at(section.named):
                _check_cell(dataset, whole)
                fresh, window = whole.start.potential.si, whole.window
                first = first_cycle(dataset, section.first_cycle, fresh, window.upper.si, window.lower.si)
                measured = measured_curve(section, dataset, first)
                return self.through_protocol(section, section.protocol, first), measured
        assert section.replay is not None  # checked with the file
        with at(section.named):
            measured = measured_curve(section, dataset)
        self._check_changes(section)
        material = self.materials[section.material]
        prepared(material, dataset.usual_protocol, section.changes)  # refuses changes of no number of it
        if dataset.is_full:
            self._keep_full_cell(section)
        begin = self._beginning(section)
        check_beginning(dataset, begin)
        run = ThroughMeasurement(section.material, material, dataset, section.replay, section.changes, begin)
        return self._added(run), measured

    def _equilibrium(self, section: Curve) -> tuple[int, MeasuredCurve]:
        """The place of an isotherm's run, and the measured open-circuit voltages."""
        path = self.folder / user_path(section.paths[0])
        table = read_open_circuit(path, section.curve, mass=section.mass)
        self._check_changes(section)
        material = self.materials[section.material]
        prepared(material, "formation", section.changes)  # refuses changes of numbers that it does not have
        run = AtEquilibrium(section.material, material, section.changes)
        return self._added(run), equilibrium_curve(section, table)

    def _beginning(self, section: Curve) -> Beginning:
        """Where a replay begins."""
        after = None
        if section.after is not None:
            read = read_protocol(beside(self.folder, section.after))
            after = prepared(self.materials[section.material], read, section.changes)[1]
        if after is not None and section.cycles is not None:
            after = beginning(after, section.cycles)
        return Beginning(as_potential(section.potential), after)

    def spectrum(self, section: Spectrum) -> tuple[int, MeasuredSpectrum]:
        """The place of a spectrum's run, and the measured spectrum."""
        measured = measured_spectrum(section, self.folder)
        if "positive" in section.changes and section.cell is None and section.after is None:
            raise InputError(
                f"changes: positive is {brief(section.changes['positive'])}, but a half-cell has none; add "
                f'cell = "{FULL}", or after = "{USUAL_PROTOCOL[FULL]}" for instance'
            )
        material, protocol = self._prepared(section, section.protocol, cell=section.cell)
        potential, window = to_si(*parse_quantity(measured.potential), "V"), protocol.window
        if not window.lower.si <= potential <= window.upper.si:
            raise InputError(
                f"potential is {measured.potential}, outside the window of {window.lower} to {window.upper}; "
                "give one inside"
            )
        is_fresh = section.after is None
        run = ToSpectrum(section.material, material, potential, protocol, is_fresh, measured.frequencies)
        return self._added(run), measured

    def _added(self, run: Run) -> int:
        self.runs.append(run)
        return len(self.runs) - 1

    def _prepared(
        self,
        section: Measured,
        protocol: str,
        first: int = 1,
        whole: bool = False,
        cell: str | None = None,
    ) -> tuple[Material, Protocol]:
        """Material and protocol with the observation's changes, ended after its cycles unless ``whole``.

        ``cell`` is that which the protocol has to be of, if any.
        """
        self._check_changes(section)
        read = read_protocol(beside(self.folder, protocol))
        material, all_cycles = prepared(self.materials[section.material], read, section.changes, cell)
        if all_cycles.is_full:
            self._keep_full_cell(section)
        if first > 1:
            beginning(all_cycles, first)  # refuses a protocol with fewer cycles
        if whole or section.cycles is None:
            return material, all_cycles
        return material, beginning(all_cycles, first - 1 + section.cycles)

    def _keep_full_cell(self, section: Measured) -> None:
        """Keep the material in its full cell; fitted numbers of one electrode are not those of another."""
        chosen = {name: section.changes[name] for name in CHOICES if name in section.changes}
        cell = in_cell(self.materials[section.material], FULL, **chosen)
        known = self.in_full_cells.setdefault(section.material, cell)
        if known != cell and any(map(of_full_cell, self._fitted(section))):
            raise InputError(
                f"{section.material} is observed with two positive electrodes or stacks, and numbers of its "
                f"full cell are fitted; choose the same {' and '.join(CHOICES)} in all, or give two materials"
            )

    def _fitted(self, section: Measured) -> set[str]:
        """Paths of the numbers of its material that are fitted."""
        return {
            path
            for free in self.free
            if section.material in (*free.shared, *free.separate)
            for path in free.paths_in(section.material)
        }

    def _check_changes(self, section: Measured) -> None:
        """Refuse changes of numbers that are fitted."""
        fitted = self._fitted(section)
        both = sorted(fitted & set(by_path(section.changes, self.materials[section.material])))
        if both:
            raise InputError(f"changes: {both[0]} is fitted; leave it out")


def _check_cell(dataset: Dataset, protocol: Protocol) -> None:
    """Refuse to compare the voltage of a full cell with that of a half-cell."""
    if dataset.is_full == protocol.is_full:
        return
    if dataset.is_full:
        raise InputError(
            f"is of a full cell, and {protocol.name} of a half-cell; give a protocol of a full cell, as "
            f"{dataset.usual_protocol}"
        )
    raise InputError(
        f'is of a half-cell, and {protocol.name} of a full cell; add cell = "full-cell" where the voltage is '
        "a full cell's, or give a protocol of a half-cell"
    )


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
