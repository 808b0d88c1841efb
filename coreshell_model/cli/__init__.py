"""The command line. What takes long to import is imported by the command that needs it."""

from coreshell_model.cli.app import main

__all__ = ["main"]
