"""A sample from its files: its material, the protocol that was run and the fit problem, to be edited."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import replace
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import SET_BY_USER
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.data.curve_description import rate_as_current
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.protocol_of_record import ProtocolOfRecord, Record, protocol_of_record
from coreshell_model.data.record import Dataset, first_cycle
from coreshell_model.data.recorded_steps import recorded_cycles
from coreshell_model.data.replay_start import check_timed
from coreshell_model.infer.proposal import Proposal, propose
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, by_path
from coreshell_model.inputs.copied import write_copy
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.material_text import in_quotes, with_number, written
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.ranges import all_limits

AGREE = 0.1
"""Share by which a stated current per gram and the measured one may differ."""


@dataclass(frozen=True)
class DataFiles:
    """Measured files of a cell, and what is stated of them, as ``read_dataset`` takes it.

    Attributes
    ----------
    files : in the order of their cycles
    mass : of active carbon
    rate : of the first half-cycle, "C/20" or "20 mA/g"
    first_cycles : the cycle with which each file begins; none where the files say so themselves
    stated : further options of every file: ``curve``, ``current_sign``, ``columns``, ``allow_gaps``, ``cell``
    loading : mass of active carbon per area of the electrode; None leaves that of the material
    numbers : of the material, by path, that are set and not fitted
    """

    files: tuple[str, ...]
    mass: str | None = None
    rate: str | None = None
    first_cycles: tuple[int, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)
    loading: str | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SampleFiles:
    """The files of a sample, and of the data what was read and proposed.

    Attributes
    ----------
    texts : of the files, by their names
    measured : numbers from sorption, in lines
    protocol, proposal, records : of the data; none where there are none
    """

    texts: Mapping[str, str]
    measured: tuple[str, ...]
    protocol: ProtocolOfRecord | None = None
    proposal: Proposal | None = None
    records: tuple[Record, ...] = ()

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write every file into the folder, which is made if it is missing; return the paths."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in self.texts.items():
                replace(folder / name, text)
        except OSError as error:
            raise InputError(
                f"{folder}: cannot be written: {error.strerror}; choose another folder"
            ) from None
        return tuple(folder / name for name in self.texts)


def sample_files(
    name: str,
    folder: Path,
    material: str,
    copy: bool,
    areas: str | None,
    data: DataFiles | None,
    conditions: Protocol,
) -> SampleFiles:
    """The files of a sample that will be in a folder; nothing is written yet.

    Parameters
    ----------
    name : of the sample, with which the names of its files begin
    folder : for the files
    material : shipped name or path of the material that is taken, or to be copied
    copy : whether a copy of it, ``NAME.toml``, is written; measured sorption goes into it
    areas : file of measured sorption
    data : measured half-cycles; without them no protocol and no problem are written
    conditions : a protocol whose 1C and fresh cell stand for what the data do not say

    Raises
    ------
    InputError
        A file is there already, or an input is wrong.
    """
    names = [f"{name}.toml"] if copy else []
    names += [f"{name}_protocol.toml", f"{name}_fit.toml"] if data else []
    for path in (folder / each for each in names):
        if path.exists():
            raise InputError(f"{path} exists already; choose another name or folder, or remove it")
    texts: dict[str, str] = {}
    measured: tuple[str, ...] = ()
    with TemporaryDirectory() as temporary:
        trial = Path(temporary)
        named = library.find("parameters", material).resolve().as_posix()
        if copy:
            own = trial / f"{name}.toml"
            measured = write_copy(own, material, None if areas is None else user_path(areas))
            if data is not None and data.loading is not None:
                own.write_text(with_loading(own.read_text(encoding="utf-8"), data.loading), encoding="utf-8")
            if data is not None:
                own.write_text(with_numbers(own, data.numbers), encoding="utf-8")
            texts[own.name], named = own.read_text(encoding="utf-8"), name
        elif material in library.names("parameters"):
            named = material
        if data is None:
            return SampleFiles(texts, measured)
        records = read_records(data, conditions)
        rate = _multiple(data.rate, conditions)
        start, one_c = conditions.start.potential, conditions.basis.one_c
        protocol = protocol_of_record(records, f"{name}_protocol", rate, one_c, start)
        (trial / f"{name}_protocol.toml").write_text(protocol.text, encoding="utf-8")
        curves = [_curve(record, data, named, f"{name}_protocol") for record in records]
        of_sample = read_material(str(trial / f"{name}.toml") if copy else named)
        settled = by_path(data.numbers, of_sample)
        proposal = propose(of_sample, named, records, curves, trial, f"Guided fit of {name}", settled)
        texts[f"{name}_protocol.toml"] = protocol.text
        text = proposal.text
        for absolute in {*(curve["file"] for curve in curves), named}:
            if Path(absolute).is_absolute():
                text = text.replace(in_quotes(absolute), in_quotes(_relative(absolute, folder)))
        texts[f"{name}_fit.toml"] = text
    return SampleFiles(texts, measured, protocol, proposal, tuple(records))


LOADING = "cell.active_loading"


def with_loading(text: str, loading: str) -> str:
    """The text of a material's file with the loading of the electrode that was measured."""
    with at("--loading"):
        value, unit = parse_quantity(loading)
        to_si(value, unit, all_limits()[LOADING].unit)
    return with_number(text, LOADING, written(value, unit, "measured: stated with the data"), add=True)


def with_numbers(path: Path, numbers: Mapping[str, str]) -> str:
    """The text of a material's file with numbers that were set.

    Each takes its place in the text, so that comments stay; where it has no line there, or others follow from
    it, the file is written anew.
    """
    text = path.read_text(encoding="utf-8")
    with at("--set"):
        material = read_material(str(path))
        given = by_path(numbers, material)
        if of_protocol := [place for place in given if place.startswith(PROTOCOL_PREFIX)]:
            raise InputError(
                f"{of_protocol[0]}: the protocol of a guided fit is that of the data; leave it out"
            )
        new = changed(material, given)
        if {place: n for place, n in sources(new).items() if place not in given} == {
            place: n for place, n in sources(material).items() if place not in given
        }:
            with suppress(InputError):
                for place, value in given.items():
                    number = written(*parse_quantity(value), SET_BY_USER)
                    text = with_number(text, place, number, add=True)
                return text
        return tomli_w.dumps(new.model_dump(exclude_none=True, mode="json"))


def read_records(data: DataFiles, conditions: Protocol) -> list[Record]:
    """The files with their masses and first cycles, in the order of their cycles.

    Raises
    ------
    InputError
        No mass is known, a stated rate disagrees with the measured current, or a first cycle is not known.
    """
    if data.first_cycles and len(data.first_cycles) != len(data.files):
        raise InputError(
            f"{len(data.first_cycles)} first cycles for {len(data.files)} files; give one for each file"
        )
    records = []
    fresh, upper = conditions.start.potential.si, conditions.window.upper.si
    for place, file in enumerate(data.files):
        path = user_path(file)
        dataset = read_datasets([path], mass=data.mass, **data.stated)
        dataset.check_half_cell()
        check_timed(dataset)
        with at(path.name):
            stated = data.first_cycles[place] if data.first_cycles else None
            try:
                first = first_cycle(dataset, stated, fresh, upper)
            except InputError as error:
                raise InputError(f"{error}, with --first-cycle") from None
        records.append(Record(path.name, dataset, first, _mass(dataset, data, path.name)))
    return sorted(records, key=lambda record: record.first)


def _mass(dataset: Dataset, data: DataFiles, name: str) -> float:
    """The mass [kg]: stated, the file's, or from a stated current per gram and the measured current."""
    measured = _first_current(dataset)
    stated = None
    if data.rate is not None:
        size, unit = rate_as_current(data.rate, "1 A/g")
        stated = size if unit == "A/kg" and "C" not in data.rate else None
    if dataset.mass is None:
        if stated is None:
            raise InputError(
                f'{name}: the mass of active carbon is not known; add --mass "1.1 mg", or --rate with the '
                'current per gram, as --rate "20 mA/g"'
            )
        return measured / stated
    if stated is not None and abs(measured / dataset.mass / stated - 1) > AGREE:
        raise InputError(
            f"{name}: the measured current is {from_si(measured / dataset.mass, 'mA/g'):.3g} mA/g, where "
            f"--rate says {data.rate}; correct --mass or --rate"
        )
    return dataset.mass


def _first_current(dataset: Dataset) -> float:
    """The first constant current of the record [A]."""
    steps = recorded_cycles(dataset, 1)[0].sodiation
    return next((step.current for step in steps if step.kind is Kind.SODIATION), 0.0)


def _multiple(rate: str | None, conditions: Protocol) -> float | None:
    """A stated rate as a multiple of 1C; None for a current per gram, or where it is not stated."""
    if rate is None or "C" not in rate:
        return None
    size, _ = rate_as_current(rate, f"{conditions.basis.one_c.value!r} {conditions.basis.one_c.unit}")
    return float(f"{size / conditions.basis.one_c.si:.12g}")


def _curve(record: Record, data: DataFiles, named: str, protocol: str) -> dict[str, Any]:
    """The section of a file's curve, without noise and points."""
    milligrams = float(f"{from_si(record.mass, 'mg'):.6g}")
    return {
        "file": record.dataset.source.resolve().as_posix(),
        "material": named,
        "protocol": protocol,
        "first_cycle": record.first,
        "mass": f"{milligrams!r} mg",
        "source": f"measured: {record.name}",
        **{name: value for name, value in data.stated.items() if value},
    }


def _relative(path: str, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return Path(path).as_posix()
