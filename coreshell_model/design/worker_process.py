"""What dask does first in each worker process of this machine."""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, which reaches all processes of a terminal, to the one that was started in it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
