"""Work done side by side, by whatever workers there are; those of this machine, each a process."""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from traceback import format_exc
from typing import Any, Protocol

from coreshell_model.base import inherited

SELDOM = 0.2
"""Seconds that a worker is silent for after each line it says."""

MOST_DEATHS = 3
"""Workers that may die on one item before it is given up."""

STARTED_BY = "forkserver" if sys.platform == "linux" else "spawn"
"""Forked from a process of one thread that has imported and built what they need; elsewhere each does so."""

THREADS: tuple[str, ...] = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

KILLED = "a worker was killed; if memory is short, go on with fewer --workers"
DIED = "the workers that took it up died, one after another; they may be short of memory"

Say = Callable[[str], None]
Do = Callable[[Any, Say], Any]
Failed = Callable[[Exception], Any]
Finished = list[tuple[Any, Any]]
"""Items with their results."""


_server_asked = False
"""Whether this process has asked the fork server for a worker."""

_starting = threading.Lock()
"""Held while a worker starts, as the environment of this process is changed meanwhile."""

_shared: ContextVar["Processes | None"] = ContextVar("shared", default=None)
"""The workers of the block of ``shared_workers`` that runs."""


class LostWorkersError(RuntimeError):
    """Workers, or the scheduler that leads to them, were ended from outside, as where memory is short."""


class Pool(Protocol):
    """Workers of one thread each, which may be given one kind of work after another."""

    @property
    def count(self) -> int:
        """Workers that there are."""
        ...

    def run(self, do: Do, items: Iterable[Any], failed: Failed | None = None) -> Iterator[Finished]:
        """Do something with every item; items with their results come as they are done.

        Parameters
        ----------
        do : called with an item and with what it may say; something that other processes can be sent
        items : what differs, taken when a worker is free
        failed : the result of an item from the error that its work raised, or from a LostWorkersError where
            worker after worker died on it; where not given, an error or the first dead worker ends the run

        Raises
        ------
        LostWorkersError
            Workers were ended from outside, and others cannot take their place.
        """
        ...


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(
    do: Do, items: Iterable[Any], workers: int, say: Say, keep: Callable[[Any, Any], None]
) -> None:
    """Do something with every item and ``keep`` each result as it comes.

    Parameters
    ----------
    do, items : as a pool's ``run`` takes them
    workers : processes; 1 is this one, which does a single item too
    say : told what the work says, at most some times a second
    keep : called in this process with the item and its result; what it raises ends the work under way

    Raises
    ------
    LostWorkersError
        A worker was ended from outside.
    """
    todo = list(items)
    if workers == 1 or len(todo) <= 1:
        for item in todo:
            keep(item, do(item, _seldom(say)))
        return
    shared = _shared.get()
    with Processes(workers, say) if shared is None else nullcontext(shared.resized(workers, say)) as pool:
        for finished in pool.run(do, todo):
            for item, result in finished:
                keep(item, result)


@contextmanager
def shared_workers() -> Iterator[None]:
    """Within the block all that is done side by side is done by the same workers, who keep their models."""
    if _shared.get() is not None:
        yield
        return
    with Processes(0) as pool:
        token = _shared.set(pool)
        try:
            yield
        finally:
            _shared.reset(token)


@dataclass
class _Piece:
    """An item, and how many workers died on it."""

    item: Any
    deaths: int = 0


@dataclass(frozen=True)
class _Outcome:
    """What a worker sends of an item. It also sends None once it has started, and what it says."""

    result: Any = None
    error: Exception | None = None


@dataclass
class _Worker:
    """A process with its pipe, and what it is at."""

    process: Any
    pipe: Connection
    ready: bool = False
    do: Do | None = None
    piece: _Piece | None = None

    def take(self, do: Do, piece: _Piece) -> None:
        """Set about a piece, now or once the process has started."""
        self.piece = piece
        if self.ready:
            with suppress(OSError):  # it has died, which its pipe tells
                self.pipe.send((None if do is self.do else do, piece.item))
            self.do = do


class Processes:
    """The pool of this machine: processes that start when there is work and end with the ``with`` block.

    Parameters
    ----------
    count : at most so many
    say : told what the work says
    """

    def __init__(self, count: int, say: Say = lambda text: None):
        self.count, self._say = count, say
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self._end(self._workers)

    def resized(self, count: int, say: Say) -> "Processes":
        """The same pool with another number of workers, who tell somebody else."""
        self.count, self._say = count, say
        self._end(self._workers[count:])
        return self

    def run(self, do: Do, items: Iterable[Any], failed: Failed | None = None) -> Iterator[Finished]:
        """As every pool; where ``failed`` is given, the places of dead workers are taken by new ones."""
        new, again = map(_Piece, items), list[_Piece]()
        try:
            self._hand_out(do, again, new)
            while busy := [worker for worker in self._workers if worker.piece]:
                finished, ending = Finished(), None
                heard = wait([worker.pipe for worker in busy])
                for worker in busy:
                    try:
                        finished += self._hear(worker, do, failed, again) if worker.pipe in heard else []
                    except Exception as error:  # noqa: BLE001 - raised when what is finished is kept
                        ending = error
                if ending is None:
                    self._hand_out(do, again, new)
                if finished:
                    yield finished
                if ending is not None:
                    raise ending
        finally:
            self._end([worker for worker in self._workers if worker.piece])

    def _hand_out(self, do: Do, again: list[_Piece], new: Iterator[_Piece]) -> None:
        """A piece to each worker that has none; more workers while there are pieces."""
        while True:
            free = next((worker for worker in self._workers if worker.piece is None), None)
            if free is None and len(self._workers) == self.count:
                return
            piece = again.pop() if again else next(new, None)
            if piece is None:
                return
            (free or self._start(do)).take(do, piece)

    def _start(self, do: Do) -> _Worker:
        context = multiprocessing.get_context(STARTED_BY)
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, dict(os.environ)), daemon=True)
        _start_process(process, do)
        theirs.close()  # or the worker's death would not end the pipe
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _hear(self, worker: _Worker, do: Do, failed: Failed | None, again: list[_Piece]) -> Finished:
        """What a worker sends, or that it died; its piece if that is finished."""
        assert worker.piece is not None
        piece = worker.piece
        try:
            sent = worker.pipe.recv()
        except (EOFError, OSError):
            self._end([worker])
            piece.deaths += 1
            if failed is None or not worker.ready:  # another would not start either
                raise LostWorkersError(KILLED) from None
            if piece.deaths < MOST_DEATHS:
                again.append(piece)
                return []
            sent = _Outcome(error=LostWorkersError(DIED))
        if isinstance(sent, _Outcome):
            worker.piece = None
            if sent.error is None:
                return [(piece.item, sent.result)]
            if failed is None:
                raise sent.error
            return [(piece.item, failed(sent.error))]
        if isinstance(sent, str):
            self._say(sent)
        else:
            worker.ready = True
            worker.take(do, piece)
        return []

    def _end(self, workers: list[_Worker]) -> None:
        self._workers = [worker for worker in self._workers if worker not in workers]
        for worker in workers:
            worker.pipe.close()  # by which one that waits for work ends
            if worker.piece:
                worker.process.kill()  # SIGTERM may be blocked by whoever started this
        for worker in workers:
            worker.process.join()


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started here never hear Ctrl-C, not even while they import; this one hears it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing lets Ctrl-C through again where it starts its tracker
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_process(process: Any, do: Do) -> None:
    """Start a worker by a thread of its own: the fork server answers once it has prepared the first work,
    and until then this process is to hear Ctrl-C.
    """
    with _starting:
        _start_alone(process, do)


def _start_alone(process: Any, do: Do) -> None:
    global _server_asked
    leaves = nullcontext({})
    if STARTED_BY == "forkserver" and not _server_asked:
        multiprocessing.set_forkserver_preload([inherited.__name__])
        leaves, _server_asked = inherited.left_for_server(do), True
    errors: list[BaseException] = []

    def start() -> None:
        try:
            with deaf_to_ctrl_c(), leaves as left, _environment(dict.fromkeys(THREADS, "1") | left):
                process.start()
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=start, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Processes started here have these variables; libraries read the number of threads when imported."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(pipe: Connection, environment: Mapping[str, str]) -> None:
    """In a worker: do what is sent until the pipe ends; Ctrl-C is for the first process, and ends with it."""
    os.environ.update({**environment, **dict.fromkeys(THREADS, "1")})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    pipe.send(None)
    do: Any = None
    while True:
        try:
            new, item = pipe.recv()
        except EOFError:
            return
        do = new or do
        pipe.send(_outcome(do, item, _seldom(pipe.send)))


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)


def _outcome(do: Do, item: Any, say: Say) -> _Outcome:
    try:
        return _Outcome(do(item, say))
    except Exception as error:  # noqa: BLE001 - the first process decides what it means
        error.add_note(format_exc())
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - whatever keeps it from being sent
            error = RuntimeError(f"{type(error).__name__}: {error}")
        return _Outcome(error=error)


def _seldom(say: Say) -> Say:
    """The same, but silent for ``SELDOM`` after each line."""
    last = -SELDOM

    def said(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SELDOM:
            last = time.monotonic()
            say(text)

    return said
