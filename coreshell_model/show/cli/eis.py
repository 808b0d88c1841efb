"""``coreshell eis``: the impedance of a half-cell or a full cell."""

from pathlib import Path
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.full_cell import FULL, HALF, USUAL_PROTOCOL, one_cell, with_positive
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.user_defaults import UserDefaults, defaults_of, read_user_defaults
from coreshell_model.show.cli.options import (
    CELL,
    LEVEL,
    AsJson,
    Changes,
    MaterialName,
    Positive,
    parse_changes,
    print_json,
    print_warnings,
    print_written,
)
from coreshell_model.show.cli.run import figure_name


def eis(
    material: MaterialName,
    at: Annotated[
        str,
        typer.Option(
            help='State of sodiation, 0 to 1, or a potential such as "0.1 V"; of a full cell its state of '
            'charge, or its voltage such as "3.5 V".'
        ),
    ] = "0.5",
    after: Annotated[str | None, typer.Option(help="A protocol that the cell goes through first.")] = None,
    cycles: Annotated[
        str | None, typer.Option(help='Cycles of that protocol with a spectrum after each, as "1,5,55".')
    ] = None,
    changes: Changes = None,
    level: Annotated[str, LEVEL] = "particle",
    cell: Annotated[str | None, CELL] = None,
    positive: Positive = None,
    as_json: AsJson = False,
    figure: Annotated[
        bool, typer.Option("--figure", help="Write MATERIAL_eis_STATE here: PNG, PDF, CSV.")
    ] = False,
) -> None:
    """Impedance spectrum of a half-cell or a full cell, fresh or after a protocol.

    The impedance is that of the whole cell, in Ohm; --at is a potential with its unit, or
    a share of what a first sodiation takes. With --cycles there is a spectrum after each of these cycles.
    With --cell full, or after a protocol of a full cell, it is that of the carbon against a positive
    electrode; --at is then the cell's voltage, or a share of what a charge takes.
    """
    state, cycle_numbers = _state(at), _cycles(cycles, after)
    numbers = with_positive(parse_changes(changes or []), positive)
    usual = USUAL_PROTOCOL[HALF if cell is None else one_cell(cell)]
    if after is None and usual == USUAL_PROTOCOL[HALF] and "positive" in numbers:
        raise InputError(
            f"positive is {numbers['positive']!r}, but a half-cell has none; add --cell full, or --after a "
            f"protocol of a full cell, as {USUAL_PROTOCOL[FULL]}"
        )
    changed, history = prepared(material, read_user_defaults().protocol(after or usual), numbers, cell)

    from coreshell_model.run.impedance import spectra_along, spectrum

    if cycle_numbers:
        by_cycle = spectra_along(changed, history, cycle_numbers, level=level, **state)
        spectra = {f"after cycle {cycle}": result for cycle, result in by_cycle.items()}
    else:
        protocol = {"after" if after else "fresh": history}
        spectra = {"": spectrum(changed, level=level, **protocol, **state)}
    of_positive = {} if changed.positive is None else {"Positive electrode": changed.positive.name}
    inputs = {
        "Material": changed.name,
        **of_positive,
        "State": _state_in_words(state, history.is_full, after is None),
        "User defaults": defaults_of(history),
        "Warnings": input_warnings(changed, history if after else None),
    }
    if as_json:
        objects = {
            name: {"Voltage [V]": spectrum.voltage, "Electrode area [cm2]": 1e4 * spectrum.area}
            | _columns(spectrum)
            for name, spectrum in spectra.items()
        }
        print_json(inputs | objects.get("", {"Spectra": objects}))
    else:
        _print(inputs, spectra)
    if figure:
        title = changed.name
        if numbers:
            title += f" ({', '.join(f'{path} = {value}' for path, value in numbers.items())})"
        title += f" at {at}{f' after {history.name}' if after else ''}"
        title += " in a full cell" if history.is_full and not after else ""
        parts = [changed.name, "eis", at.replace(" ", ""), *(["after", history.name] if after else [])]
        parts += ["full_cell"] if history.is_full and not after else []
        parts += [f"cycles{'-'.join(map(str, cycle_numbers))}"] if cycle_numbers else []
        _draw(spectra, title, "potential" in state, Path(figure_name(parts, level, numbers)))


def _draw(spectra: dict, title: str, at_potential: bool, path: Path) -> None:
    """Write the Nyquist plot, with the voltage of each spectrum in the legend, of one alone in the title."""
    from coreshell_model.show.figures.picture import save_picture
    from coreshell_model.show.figures.techniques import nyquist_picture

    if len(spectra) > 1:
        spectra = {f"{name}, {spectrum.voltage:.3g} V": spectrum for name, spectrum in spectra.items()}
    elif not at_potential:
        title += f", {next(iter(spectra.values())).voltage:.3g} V"
    print_written(save_picture(nyquist_picture(spectra, title), path, [".pdf"]))


def _state_in_words(state: dict[str, float], is_full: bool, is_fresh: bool) -> str:
    """The state or the potential of the spectrum, and what the state is a share of."""
    if "potential" in state:
        return f"{'voltage of the cell' if is_full else 'potential'} {state['potential']:g} V"
    goes_in = "charge" if is_full else "sodiation"
    which = f"a first {goes_in}" if is_fresh else f"the next {goes_in}"
    return f"state of {goes_in} {state['at']:g}, that share of what {which} at C/20 with its hold takes"


def _print(inputs: dict, spectra: dict) -> None:
    """Print the spectra as CSV to stdout, with a column of names where there are several."""
    print_warnings(inputs["Warnings"])
    positive = inputs.get("Positive electrode")
    with_unit = 'potential with its unit, as "0.1 V"' if positive is None else 'voltage, as "3.5 V"'
    hint = f"; write a {with_unit}" if inputs["State"].startswith("state") else ""
    typer.echo(f"at {inputs['State']}{hint}", err=True)
    first = next(iter(spectra.values()))
    whole = "cell" if positive is None else f"full cell, {inputs['Material']} against {positive}"
    typer.echo(f"impedance of the whole {whole}, its electrode {1e4 * first.area:.4g} cm2", err=True)
    if inputs["User defaults"]:
        typer.echo(str(UserDefaults(inputs["User defaults"])), err=True)
    several = "" not in spectra
    typer.echo(",".join((["Spectrum"] if several else []) + list(_columns(first))))
    for name, spectrum in spectra.items():
        for row in zip(*_columns(spectrum).values(), strict=True):
            typer.echo(",".join(([name] if several else []) + [f"{value:.6g}" for value in row]))


def _columns(spectrum) -> dict[str, list[float]]:
    """The spectrum of the whole cell, as in its figure."""
    return {
        "Frequency [Hz]": spectrum.frequencies.tolist(),
        "Real impedance [Ohm]": spectrum.impedance.real.tolist(),
        "Imaginary impedance [Ohm]": spectrum.impedance.imag.tolist(),
    }


def _cycles(text: str | None, after: str | None) -> list[int]:
    """Cycles of the protocol of ``--after`` from a text such as "1,5,55"."""
    if text is None:
        return []
    if after is None:
        raise InputError("--cycles needs the protocol they belong to; add --after, as --after cycle_life")
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        raise InputError(f'--cycles {text!r} is not a list of cycles; write it like "1,5,55"')
    return sorted({int(part) for part in parts})


def _state(text: str) -> dict[str, Any]:
    """The argument of ``spectrum`` that "0.5" or "0.1 V" stands for."""
    value, unit = parse_quantity(text)
    if unit == "1":
        return {"at": value}
    try:
        return {"potential": to_si(value, unit, "V")}
    except InputError as error:
        raise InputError(f'--at {text!r}: {error}; give 0 to 1 or a potential, as "0.1 V"') from None
