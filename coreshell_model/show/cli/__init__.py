"""The command line. What takes long to import is imported by the command that needs it."""

import sys

INTERRUPTED = 130
"""Exit code of Ctrl-C."""


def main() -> None:
    """Run the command line and leave with its exit code; Ctrl-C is one line from the first moment on."""
    try:
        from coreshell_model.show.cli import app
    except KeyboardInterrupt:
        print("coreshell: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    app.main()
