"""A fit problem read and checked: materials, protocols and measured files behind its names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from coreshell_model import library
from coreshell_model.dataset import read_dataset
from coreshell_model.errors import InputError, at
from coreshell_model.fit.curves import MeasuredCurve, measured_curve
from coreshell_model.fit.parameters import Free
from coreshell_model.fit.problem import Curve, FreeParameter, ProblemFile, Scalar
from coreshell_model.inputs import prepared
from coreshell_model.material import Material, read_material, sources
from coreshell_model.particle import changed
from coreshell_model.protocol import Protocol, beginning, read_protocol
from coreshell_model.quantity import one_line
from coreshell_model.units import from_si, to_si

FIELDS = "docs/fitting.md"


@dataclass(frozen=True)
class Run:
    """One simulation that observations need; the free parameters of ``name`` are changed in it."""

    name: str
    material: Material
    protocol: Protocol


@dataclass(frozen=True)
class MeasuredScalar:
    """One number, in the unit of the observable's name."""

    given: Scalar
    value: float
    sd: float

    @property
    def name(self) -> str:
        """With its entry, as the report shows it."""
        entry = f", {self.given.entry}" if self.given.entry is not None else ""
        return f"{self.given.observable}{entry}"


@dataclass(frozen=True)
class Problem:
    """A fit problem, ready to be solved.

    Attributes
    ----------
    name, file : of the problem, and what its file says
    parameters : to fit, in order
    materials : every material, by the name that the problem uses
    runs : the simulations that a set of parameters asks for
    scalars, curves : observations, each with the place of its run among ``runs``
    """

    name: str
    file: ProblemFile
    parameters: tuple[Free, ...]
    materials: Mapping[str, Material]
    runs: tuple[Run, ...]
    scalars: tuple[tuple[int, MeasuredScalar], ...]
    curves: tuple[tuple[int, MeasuredCurve], ...]
    data: int = field(default=0)

    @property
    def start(self) -> tuple[float, ...]:
        """Where the first fit starts, each parameter as its place between its bounds."""
        return tuple(free.place(free.start) for free in self.parameters)


def read_problem(path: str | Path) -> Problem:
    """Read a fit problem; paths in it count from its folder.

    Raises
    ------
    InputError
        In one line: what is wrong with the file, or with one that it names.
    """
    path = Path(path)
    where = library.shown(Path(path.name))
    try:
        file = ProblemFile.model_validate(library.read_toml(path))
    except ValidationError as error:
        raise one_line(error, where, FIELDS) from None
    return problem(file, path.stem, path.parent, where)


def problem(file: ProblemFile, name: str, folder: Path, where: str) -> Problem:
    """The problem of a file's content; ``where`` names it in complaints.

    Raises
    ------
    InputError
        As ``read_problem``.
    """
    materials: dict[str, Material] = {}
    for observation in (*file.observations, *file.curves):
        if observation.material not in materials:
            with at(where):
                materials[observation.material] = read_material(_beside(folder, observation.material))
    parameters = _parameters(file, materials, where)
    runs: list[Run] = []
    scalars, curves = [], []
    for number, scalar in enumerate(file.observations, start=1):
        with at(f"{where}: observations.{number}"):
            scalars.append((_run(scalar, folder, materials, parameters, runs), _scalar(scalar)))
    for number, curve in enumerate(file.curves, start=1):
        with at(f"{where}: curves.{number}"):
            run = _run(curve, folder, materials, parameters, runs)
            curves.append((run, _curve(curve, folder)))
    data = len(scalars) + sum(len(curve.measured) for _, curve in curves)
    priors = sum(free.given.prior is not None for free in parameters)
    if data + priors < len(parameters):
        raise InputError(
            f"{where}: {data} data and {priors} priors for {len(parameters)} parameters; "
            "add observations or fix parameters"
        )
    _check_bounds(parameters, materials, where)
    return Problem(name, file, parameters, materials, tuple(runs), tuple(scalars), tuple(curves), data)


def _parameters(file: ProblemFile, materials: Mapping[str, Material], where: str) -> tuple[Free, ...]:
    """Shared ones once, separate ones once for each material."""
    found: list[Free] = []
    taken: set[tuple[str, str]] = set()
    for number, given in enumerate(file.parameters, start=1):
        with at(f"{where}: parameters.{number}"):
            for group in (given.shared,) if given.shared else tuple((one,) for one in given.separate):
                for name in group:
                    if name not in materials:
                        raise InputError(
                            f"material {name!r} has no observation; observed are {', '.join(materials)}"
                        )
                    place = (name, given.paths.get(name, given.path))
                    if place in taken:
                        raise InputError(f"{place[1]} of {name} is there twice; keep one")
                    taken.add(place)
                found.append(_free(given, group, materials))
    return tuple(found)


def _free(given: FreeParameter, group: tuple[str, ...], materials: Mapping[str, Material]) -> Free:
    name = given.path if len(materials) == 1 else f"{given.path} ({', '.join(group)})"
    start, path = given.start, given.paths.get(group[0], given.path)
    if start is None:
        number = sources(materials[group[0]]).get(path)
        if number is None:
            _tried(given, path, given.lower, materials[group[0]])  # says which paths there are
            raise InputError(f"{path} has no value in {group[0]}; give its start")
        start = from_si(to_si(number.value, number.unit, given.unit), given.unit)
        if not given.lower <= start <= given.upper:
            raise InputError(
                f"{path} is {number} in {group[0]}, outside its bounds {given.lower:g} to "
                f"{given.upper:g} {given.unit}; give a start inside, or other bounds"
            )
    return Free(name, group, given, start)


def _check_bounds(parameters: tuple[Free, ...], materials: Mapping[str, Material], where: str) -> None:
    """Every parameter at both bounds is a possible material, the others as they are."""
    for free in parameters:
        for value in (free.start, free.given.lower, free.given.upper):
            for name in free.materials:
                with at(f"{where}: parameters: {free.name}"):
                    _tried(free.given, free.path(name), value, materials[name])


def _tried(given: FreeParameter, path: str, value: float, material: Material) -> None:
    changed(material, {path: f"{value!r} {given.unit}"})


def _run(
    given: Scalar | Curve, folder: Path, materials: Mapping[str, Material], free: tuple[Free, ...], runs: list
) -> int:
    """The place of the observation's run, added where it is new."""
    protocol = read_protocol(_beside(folder, given.protocol))
    if given.cycles is not None:
        protocol = beginning(protocol, given.cycles)
    fitted = {one.path(given.material) for one in free if given.material in one.materials}
    both = sorted(fitted & set(given.changes))
    if both:
        raise InputError(f"changes: {both[0]} is fitted; leave it out")
    run = Run(given.material, *prepared(materials[given.material], protocol, given.changes))
    if run not in runs:
        runs.append(run)
    return runs.index(run)


def _scalar(given: Scalar) -> MeasuredScalar:
    """Value and standard deviation in the unit that the observable's name ends with."""
    unit = given.observable.rpartition("[")[2].removesuffix("]") if given.observable.endswith("]") else "1"
    with at(given.observable):
        value, sd = (from_si(to_si(number, given.unit, unit), unit) for number in (given.value, given.sd))
    return MeasuredScalar(given, value, sd)


def _curve(given: Curve, folder: Path) -> MeasuredCurve:
    dataset = read_dataset(
        folder / given.file,
        mass=given.mass,
        current_sign=given.current_sign,
        columns=given.columns or None,
    )
    with at(given.file):
        return measured_curve(given, dataset)


def _beside(folder: Path, name: str) -> str:
    """A shipped name as it is, a path from the problem's folder."""
    return str(folder / name) if (folder / name).is_file() and name.endswith(".toml") else name
