"""The command line in this process: what it printed where, and the code it left with."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

import pytest

from coreshell_model.show.cli import main


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def coreshell(*words: str) -> Outcome:
    """Run ``coreshell`` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["coreshell", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as left,
    ):
        main()
    return Outcome(left.value.code, out.getvalue(), err.getvalue())
