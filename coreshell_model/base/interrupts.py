"""Ctrl-C that takes effect even if the code that it interrupts swallows it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heard() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end of a block that swallowed it, or turned it into another error.

    Compiled libraries that call Python back do that: CasADi's wrappers drop it, or return None in the place
    of a result. This works in the main thread alone, which receives Ctrl-C, and with Python's own handler.
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
