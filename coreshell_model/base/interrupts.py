"""Ctrl-C that is heard even where the code it falls into swallows it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heard() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end of a block that swallowed one, or made another error of it.

    Compiled libraries that call Python back do: CasADi's wrappers drop it, or give on None in a result's
    place. Only where Ctrl-C means what Python lets it mean, which other threads cannot hear at all.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    pressed = False

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if pressed:
            raise KeyboardInterrupt
