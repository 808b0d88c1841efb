"""``coreshell eis``: the impedance of a half-cell."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coreshell_model.cli.run import LEVEL, parse_changes
from coreshell_model.errors import InputError


def eis(
    material: Annotated[str, typer.Argument(help="A shipped material or the path of a TOML file.")],
    at: Annotated[
        str, typer.Option(help='State of sodiation, 0 to 1, or a potential such as "0.1 V".')
    ] = "0.5",
    after: Annotated[str | None, typer.Option(help="A protocol to go through before.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help='Change a number, as "shell.thickness=12 nm".')
    ] = None,
    level: Annotated[str, LEVEL] = "particle",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    figure: Annotated[bool, typer.Option("--figure", help="Write MATERIAL_eis.png here.")] = False,
) -> None:
    """Impedance spectrum at a state of sodiation or a potential, fresh or after a protocol."""
    from coreshell_model.inputs import prepared

    state = _state(at)
    changed, history = prepared(material, after or "formation", parse_changes(changes or []))

    from coreshell_model.impedance import spectrum

    found = spectrum(
        changed,
        state.get("at"),
        potential=state.get("potential"),
        after=history if after else None,
        level=level,
    )
    columns = {
        "Frequency [Hz]": found.frequencies,
        "Real impedance [Ohm]": found.impedance.real,
        "Imaginary impedance [Ohm]": found.impedance.imag,
    }
    if as_json:
        head = {"Material": changed.name, "Voltage [V]": found.voltage}
        lists = {name: values.tolist() for name, values in columns.items()}
        typer.echo(json.dumps(head | lists, allow_nan=False))
    else:
        typer.echo(",".join(columns))
        for row in zip(*columns.values(), strict=True):
            typer.echo(",".join(f"{value:.6g}" for value in row))
    if figure:
        from coreshell_model.figures import nyquist_figure, save_figure

        path = save_figure(nyquist_figure(found, changed.name), Path(f"{changed.name}_eis.png"))
        typer.echo(f"wrote {path}", err=True)


def _state(text: str) -> dict[str, float]:
    """``"0.5"`` or ``"0.1 V"`` as the argument of ``spectrum`` that it is.

    Raises
    ------
    InputError
        Neither a number nor a potential.
    """
    from coreshell_model.units import parse_quantity, to_si

    value, unit = parse_quantity(text)
    if unit == "1":
        return {"at": value}
    try:
        return {"potential": to_si(value, unit, "V")}
    except InputError as error:
        raise InputError(f'--at {text!r}: {error}; give 0 to 1 or a potential, as "0.1 V"') from None
