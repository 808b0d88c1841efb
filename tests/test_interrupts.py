"""Ctrl-C in blocks that swallow it, with handlers of others, and outside the main thread."""

import contextlib
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from coreshell_model.base.interrupts import heard


@pytest.fixture(autouse=True)
def python_hears_ctrl_c():
    """Libraries of earlier tests leave handlers of their own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_a_block_swallows_is_raised_at_its_end():
    """Afterwards Python's own handler is there again."""
    with pytest.raises(KeyboardInterrupt), heard(), contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_of_a_program_stays_and_is_called():
    """As that of a server, which ends its requests before it stops."""
    calls = []

    def handler(number, frame):
        calls.append(number)

    before = signal.signal(signal.SIGINT, handler)
    try:
        with contextlib.suppress(KeyboardInterrupt), heard():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert calls == [signal.SIGINT]


def test_a_block_in_another_thread_runs_as_without_it():
    """Only the main thread may set handlers, and receives Ctrl-C."""

    def work():
        with heard():
            return 1

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == 1
