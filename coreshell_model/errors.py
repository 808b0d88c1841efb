"""The one exception a user's input can raise."""


class InputError(ValueError):
    """Bad input: one line saying what, where, which value and what to do.

    The command line prints the line and leaves with exit code 2.
    """
