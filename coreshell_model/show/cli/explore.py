"""``coreshell explore``: a page with a particle's design on sliders."""

from typing import Annotated

import typer

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import require
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.inputs.user_defaults import read_user_defaults
from coreshell_model.show.cli.options import Changes, parse_changes, print_warnings

LARGEST_PORT = 65535


def explore(
    material: Annotated[
        str, typer.Argument(help="A shipped material with a shell, or the path of a TOML file.")
    ] = "core_shell",
    changes: Changes = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8050,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
) -> None:
    """Open a page on this machine: a material's numbers on sliders, own data over what it does.

    Ctrl-C ends the server; that is how to leave it, so the exit code is then 0.
    """
    numbers = parse_changes(changes or [])
    if not 0 <= port <= LARGEST_PORT:
        raise InputError(f"--port {port}: there are ports 0 to {LARGEST_PORT}; 0 takes a free one")
    require("web", "the page needs")

    from coreshell_model.show.explorer.lanes import Lanes
    from coreshell_model.show.explorer.server import application, listening, server
    from coreshell_model.show.explorer.subject import PROTOCOL, Subject
    from coreshell_model.show.explorer.techniques import TECHNIQUES

    defaults = read_user_defaults()
    tests = {each.protocol: defaults.protocol(each.protocol) for each in TECHNIQUES.values() if each.protocol}
    subject = Subject(material, numbers, defaults.protocol(PROTOCOL), tests)
    print_warnings(input_warnings(subject.base, subject.protocol_base))
    lanes = Lanes(subject)
    with listening(port) as listener:
        page_server = server(application(subject, compiled=True, lanes=lanes), listener)
    address = f"http://127.0.0.1:{page_server.port}/"
    typer.echo(f"{subject.base.name}: {address} (Ctrl-C ends it)", err=True)
    if browser:
        import webbrowser

        webbrowser.open(address)
    try:
        page_server.serve_forever()  # until Ctrl-C, which it takes as its end
    finally:
        lanes.close()
