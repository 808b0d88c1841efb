"""``coreshell eis``: the impedance of a half-cell."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.particle import consequences
from coreshell_model.inputs.user_defaults import UserDefaults, defaults_of, read_user_defaults
from coreshell_model.show.cli.options import LEVEL, AsJson, MaterialName, parse_changes, say_warnings
from coreshell_model.show.cli.run import figure_name


def eis(
    material: MaterialName,
    at: Annotated[
        str, typer.Option(help='State of sodiation, 0 to 1, or a potential such as "0.1 V".')
    ] = "0.5",
    after: Annotated[str | None, typer.Option(help="A protocol to go through before.")] = None,
    cycles: Annotated[
        str | None, typer.Option(help='A spectrum after each of these cycles of it, as "1,5,55".')
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help='Change a number, as "shell.thickness=12 nm".')
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    as_json: AsJson = False,
    figure: Annotated[
        bool, typer.Option("--figure", help="Write MATERIAL_eis_STATE here: PNG, PDF, CSV.")
    ] = False,
) -> None:
    """Impedance spectrum at a state of sodiation or a potential, fresh or after a protocol."""
    state, numbers, wanted = _state(at), _cycles(cycles, after), parse_changes(changes or [])
    changed, history = prepared(material, read_user_defaults().protocol(after or "formation"), wanted)
    warnings = consequences(changed)

    from coreshell_model.run.impedance import spectra_along, spectrum

    where = {"at": state.get("at"), "potential": state.get("potential"), "level": level}
    if numbers:
        along = spectra_along(changed, history, numbers, **where)
        found = {f"after cycle {cycle}": each for cycle, each in along.items()}
    else:
        found = {"": spectrum(changed, after=history if after else None, **where)}
    taken_for = f"potential {state['potential']:g} V" if "potential" in state else _share(state["at"])
    about = {
        "Material": changed.name,
        "State": taken_for,
        "User defaults": defaults_of(history) if after else {},
    }
    _print(about | {"Warnings": warnings}, found, as_json)
    if figure:
        from coreshell_model.show.figures.picture import save_picture
        from coreshell_model.show.figures.techniques import nyquist_picture

        first = next(iter(found.values()))
        by_set = ", ".join(f"{path} = {value}" for path, value in wanted.items())
        title = f"{changed.name}{f' ({by_set})' if by_set else ''} at {at}"
        title += f" after {history.name}" if after else ""
        if len(found) == 1:
            potential = "" if "potential" in state else f", {first.voltage:.3g} V"
            drawn = nyquist_picture(found, f"{title}{potential}")
        else:
            named = {f"{name}, {each.voltage:.3g} V": each for name, each in found.items()}
            drawn = nyquist_picture(named, title)
        parts = [changed.name, "eis", at.replace(" ", ""), *(["after", history.name] if after else [])]
        parts += [f"cycles{'-'.join(map(str, numbers))}"] if numbers else []
        name = Path(figure_name(parts, level, wanted))
        for path in save_picture(drawn, name, [".pdf"]):
            typer.echo(f"wrote {path}", err=True)


def _share(at: float) -> str:
    """What a number without a unit is taken for."""
    return f"state of sodiation {at:g}, that share of what a first sodiation at C/20 with its hold takes"


def _print(about: dict, found: dict, as_json: bool) -> None:
    """One spectrum as it is, several each under its name."""
    if as_json:
        objects = {
            name: {"Voltage [V]": each.voltage, "Electrode area [cm2]": 1e4 * each.area} | _columns(each)
            for name, each in found.items()
        }
        rest = objects.get("", {"Spectra": objects})
        typer.echo(json.dumps(about | rest, allow_nan=False))
        return
    say_warnings(about["Warnings"])
    other = "" if about["State"].startswith("potential") else '; write a potential with its unit, as "0.1 V"'
    typer.echo(f"at {about['State']}{other}", err=True)
    area = 1e4 * next(iter(found.values())).area
    typer.echo(f"impedance of the whole cell, its electrode {area:.4g} cm2", err=True)
    if about["User defaults"]:
        typer.echo(str(UserDefaults(about["User defaults"])), err=True)
    several = "" not in found
    typer.echo(",".join((["Spectrum"] if several else []) + list(_columns(next(iter(found.values()))))))
    for name, each in found.items():
        for row in zip(*_columns(each).values(), strict=True):
            typer.echo(",".join(([name] if several else []) + [f"{value:.6g}" for value in row]))


def _columns(found) -> dict[str, list[float]]:
    """The spectrum of the whole cell, as its figure shows it."""
    return {
        "Frequency [Hz]": found.frequencies.tolist(),
        "Real impedance [Ohm]": found.impedance.real.tolist(),
        "Imaginary impedance [Ohm]": found.impedance.imag.tolist(),
    }


def _cycles(text: str | None, after: str | None) -> list[int]:
    """``"1,5,55"`` as numbers.

    Raises
    ------
    InputError
        Not whole numbers, or no protocol to take them from.
    """
    if text is None:
        return []
    if after is None:
        raise InputError("--cycles needs the protocol they belong to; add --after, as --after cycle_life")
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        raise InputError(f'--cycles {text!r} is not a list of cycles; write it like "1,5,55"')
    return sorted({int(part) for part in parts})


def _state(text: str) -> dict[str, float]:
    """``"0.5"`` or ``"0.1 V"`` as the argument of ``spectrum`` that it is.

    Raises
    ------
    InputError
        Neither a number nor a potential.
    """
    value, unit = parse_quantity(text)
    if unit == "1":
        return {"at": value}
    try:
        return {"potential": to_si(value, unit, "V")}
    except InputError as error:
        raise InputError(f'--at {text!r}: {error}; give 0 to 1 or a potential, as "0.1 V"') from None
