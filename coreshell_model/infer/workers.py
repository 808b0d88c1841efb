"""Processes that evaluate a misfit, and the tasks of a fit for them."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import Any

import numpy as np
from scipy.stats import qmc

from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.profile import Profile, profile
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum, reach

POLLED = 0.2
"""Seconds between looks at what the workers say."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Say = Callable[[str], None]
Work = Callable[[Misfit, Any, Say], Any]
Do = Callable[[Any, Say, Callable[..., None]], Any]


class LostWorkersError(RuntimeError):
    """A worker was ended from outside, as by a system short of memory."""


class Stopped(Exception):  # noqa: N818 - no error, an end
    """The fit was asked to stop."""


@dataclass(frozen=True)
class Done:
    """The result of one item, and what it cost."""

    result: Any
    evaluations: int
    failed: int
    reasons: tuple[str, ...]


def each(
    problem: Problem,
    work: Work,
    items: Iterable[Any],
    workers: int,
    say: Say,
    keep: Callable[[Any, Done], None],
) -> None:
    """Do ``work`` on every item with the misfit of a problem and ``keep`` each result as it comes.

    Parameters
    ----------
    problem : whose misfit the work is done with
    work : a function of a module, so that other processes find it
    items, workers, say, keep : as ``side_by_side`` takes them
    """
    side_by_side(_OnMisfit(problem, work), items, workers, say, keep)


def side_by_side(
    do: Do, items: Iterable[Any], workers: int, say: Say, keep: Callable[[Any, Any], None]
) -> None:
    """Do something with every item and ``keep`` each result as it comes.

    Parameters
    ----------
    do : called with the item, what it may say, and what it may call now and then, which raises where the work
        is to stop; something that other processes can be sent
    items : what differs
    workers : processes; 1 is this one
    say : told what the work says, at most some times a second
    keep : called in this process with the item and its result
    """
    todo = list(items)
    if workers == 1 or len(todo) <= 1:
        for item in todo:
            keep(item, do(item, _seldom(say), _never))
        return
    context = multiprocessing.get_context("spawn")
    said, stop = context.SimpleQueue(), context.Event()
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))  # read when a worker imports numpy
    pool = ProcessPoolExecutor(
        min(workers, len(todo)), mp_context=context, initializer=_begin, initargs=(do, said, stop)
    )
    try:
        with deaf_to_ctrl_c():
            pending: dict[Future, Any] = {pool.submit(_in_worker, item): item for item in todo}
        while pending:
            finished, _ = wait(pending, timeout=POLLED, return_when=FIRST_COMPLETED)
            while not said.empty():
                say(said.get())
            for future in finished:
                keep(pending.pop(future), future.result())
    except BrokenProcessPool:
        raise LostWorkersError(
            "a worker was killed; if memory is short, go on with fewer --workers"
        ) from None
    finally:
        stop.set()
        while not said.empty():  # a full pipe would hold a worker that says something
            said.get()
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started here never hear Ctrl-C, not even while they import; this one hears it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Ours:
    """What a worker process works with."""

    do: Do
    say: Say
    stop: Any


def _begin(do: Do, said: Any, stop: Any) -> None:
    """In a worker: ignore Ctrl-C, which the first process turns into a stop, and end when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _Ours.do, _Ours.say, _Ours.stop = do, said.put, stop


def _end_with(sentinel: Any) -> None:
    wait_for([sentinel])
    os._exit(1)


def _in_worker(item: Any) -> Any:
    def checked(_: Any = None) -> None:
        if _Ours.stop.is_set():
            raise Stopped

    return _Ours.do(item, _seldom(_Ours.say), checked)


def _never(_: Any = None) -> None:
    """In this process Ctrl-C stops the work itself."""


@dataclass(frozen=True)
class _OnMisfit:
    """Work with a misfit of its own for each item."""

    problem: Problem
    work: Work

    def __call__(self, item: Any, say: Say, checked: Callable[..., None]) -> Done:
        misfit = Misfit(self.problem, checked)
        result = self.work(misfit, item, say)
        return Done(result, misfit.evaluations, misfit.failed, tuple(misfit.reasons))


def _seldom(say: Say) -> Say:
    """The same, but silent for ``POLLED`` after each line."""
    last = -POLLED

    def said(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= POLLED:
            last = time.monotonic()
            say(text)

    return said


MARGIN = 0.05
"""Share of the range that random starts keep from the bounds."""


def start_places(problem: Problem, starts: int, seed: int) -> list[tuple[float, ...]]:
    """The problem's own start, then points spread evenly between the bounds (Sobol's sequence, scrambled)."""
    found = [problem.start]
    if starts > 1:
        sobol = qmc.Sobol(len(problem.parameters), rng=np.random.default_rng(seed))
        spread = sobol.random_base2(int(np.ceil(np.log2(starts - 1))))
        scaled = MARGIN + (1 - 2 * MARGIN) * spread[: starts - 1]
        found += [tuple(map(float, places)) for places in scaled]
    return found


def fit_from(misfit: Misfit, item: tuple[int, tuple[float, ...]], say: Say) -> Minimum:
    """One fit, from start ``item[1]``, which is number ``item[0]``."""
    number, places = item
    _telling(misfit, f"start {number}", say)
    return reach(misfit, np.array(places))


def profile_of(misfit: Misfit, item: tuple[int, Minimum, float], say: Say) -> Profile:
    """The profile of parameter number ``item[0]`` about the best fit ``item[1]``, with noise inflated."""
    index, best, misfit.inflation = item
    _telling(misfit, f"profile of {misfit.problem.parameters[index].name}", say)
    return profile(misfit, best, index)


def _telling(misfit: Misfit, what: str, say: Say) -> None:
    """Have each evaluation told with the lowest chi-squared so far, after what is told already."""
    before, lowest = misfit.told, np.inf

    def told(found: Evaluation) -> None:
        nonlocal lowest
        if before:
            before(found)
        lowest = min(lowest, found.chi_squared)
        say(f"{what}: chi-squared {lowest:.6g} after {misfit.evaluations} evaluations")

    misfit.told = told
