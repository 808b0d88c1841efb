"""``coreshell compiled``: machine code of models that is kept on this machine."""

from typing import Annotated

import typer

from coreshell_model.show.cli.options import AsJson, print_json


def compiled(
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all of it; it is made anew when needed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say where compiled models are kept and how much of them, or remove them.

    Models are compiled where there is a C compiler, and kept in the user's cache folder for the next
    process; --clear removes them, which costs some seconds once.
    """
    from coreshell_model.run.compiled_code import MOST, folder, keep_within, libraries

    path = folder()
    removed = keep_within(path, 0)[0] if clear and path is not None else 0
    files = [] if path is None else libraries(path)
    size = sum(state.st_size for _, state in files)
    if as_json:
        counts = {"Folder": None if path is None else str(path), "Files": len(files), "Size [B]": size}
        print_json(counts | {"Files removed": removed, "Most [B]": MOST})
        return
    shown = "nowhere: there is no home folder" if path is None else str(path)
    typer.echo(f"{len(files)} compiled models, {size / 1e6:.1f} of at most {MOST / 1e6:.0f} MB, in {shown}")
    if clear:
        typer.echo(f"{removed} removed")
