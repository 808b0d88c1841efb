"""``coreshell compiled``: machine code of models that this machine keeps."""

import json
from typing import Annotated

import typer

from coreshell_model.show.cli.options import AsJson


def compiled(
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all of it; it is made anew when needed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say where compiled models are kept and how much of them, or remove them."""
    from coreshell_model.run.compiled_code import MOST, folder, keep_within, libraries

    place = folder()
    removed = keep_within(place, 0)[0] if clear and place is not None else 0
    kept = [] if place is None else libraries(place)
    size = sum(state.st_size for _, state in kept)
    if as_json:
        found = {"Folder": None if place is None else str(place), "Files": len(kept), "Size [B]": size}
        typer.echo(json.dumps(found | {"Files removed": removed, "Most [B]": MOST}))
        return
    where = "nowhere: there is no home folder" if place is None else str(place)
    typer.echo(f"{len(kept)} compiled models, {size / 1e6:.1f} of at most {MOST / 1e6:.0f} MB, in {where}")
    if clear:
        typer.echo(f"{removed} removed")
