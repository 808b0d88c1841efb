"""``coreshell figure``: a picture of a saved solution."""

from typing import Annotated

import typer

from coreshell_model.base.paths import user_path
from coreshell_model.show.cli.options import print_written


def figure(
    saved: Annotated[str, typer.Argument(metavar="SOLUTION.nc", help="A solution that run --out wrote.")],
    kind: Annotated[
        str,
        typer.Argument(
            help="overview, voltage, rate, life, dqdv, voltammogram, titration, storage, inventory, "
            "profiles, drops, or electrode."
        ),
    ],
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="PNG, PDF or SVG; KIND.png here unless given.")
    ] = None,
) -> None:
    """Draw a picture of a saved solution, and write the plotted numbers beside it as CSV.

    The solution is solution.nc of a folder that `coreshell run --out` wrote. A kind that does not exist is
    answered with the list of those that do.
    """
    from coreshell_model.data.archive import load
    from coreshell_model.show.figures.kinds import picture
    from coreshell_model.show.figures.picture import save_picture

    drawn = picture(load(user_path(saved)), kind)
    print_written(save_picture(drawn, user_path(out if out is not None else f"{kind}.png")))
