"""The pool that is asked for: processes of this machine, or the workers of a dask scheduler or of SLURM."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import require
from coreshell_model.base.pool import DIED, Do, Failed, Finished, LostWorkersError, Pool, Processes, cores
from coreshell_model.base.provenance import versions
from coreshell_model.base.quantity import brief

PATIENCE = 6.0
"""Seconds to wait for a scheduler, and for workers of one that runs."""

SLURM, ENCRYPTED = "slurm", "tls://"

NOTHING_SERVED = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""Dask listens for HTTP beside its TLS, without asking who calls: it has nothing to say there, no dashboard,
logs or figures."""

HERE = "127.0.0.1:0"
"""Any free port of this machine."""

NO_DASHBOARD = {"dashboard": False, "dashboard_address": HERE}

JOB_WITHOUT_DASHBOARD = ("--no-dashboard", "--dashboard-address", HERE)

JOB_SERVES_NOTHING = "export DASK_DISTRIBUTED__WORKER__HTTP__ROUTES='[]'"

KEYS_OF_JOBS = "~"
"""Where jobs of SLURM read their certificate, readable for the user alone, if their configuration names no
folder that all machines share."""


UNDER_WAY = 8
"""Items handed out for each worker: one at work, the others so that it need not wait for the next."""

FEWEST = 16

LOOKED_EVERY = 2.0
"""Seconds between looks at how many workers there are."""

GONE_AGAIN = ("pending", "lost")
"""What a finished item is when the worker that held its result died; the scheduler has it done anew."""

LOST = "the scheduler was lost; what is done is kept, go on with --resume"


@contextmanager
def pool_for(scheduler: str | None = None, workers: int | None = None) -> Iterator[Pool]:
    """The workers that are asked for, for as long as the block lasts.

    Parameters
    ----------
    scheduler : None for processes on this machine; an address such as "tls://host:8786", with the
        certificates of the user's dask configuration; or "slurm", for jobs as their dask-jobqueue
        configuration describes them
    workers : processes or jobs to start, not for an address; where not given, all cores, or one job

    Raises
    ------
    InputError
        No such scheduler, none that answers, one without workers, or an extra that is missing.
    """
    if workers is not None and workers < 1:
        raise InputError(f"workers is {workers}; give at least 1")
    if scheduler is None:
        with Processes(workers or cores()) as pool:
            yield pool
        return
    if scheduler != SLURM and workers is not None:
        raise InputError("workers are for this machine or slurm; a scheduler has those that connect to it")
    require("cluster", f"scheduler {brief(scheduler)} needs")
    asked = _slurm(workers or 1) if scheduler == SLURM else _remote(scheduler)
    with _silent("distributed"), asked as client:
        yield Scheduler(client)


class Scheduler:
    """The pool of a dask scheduler, whose workers may come and go; nobody hears what the work says.

    Parameters
    ----------
    client : connected to it
    """

    def __init__(self, client: Any):
        self._client = client

    @property
    def count(self) -> int:
        """Workers that there are now."""
        return max(len(self._client.scheduler_info(n_workers=-1)["workers"]), 1)

    def run(self, do: Do, items: Iterable[Any], failed: Failed | None = None) -> Iterator[Finished]:
        """As every pool.

        What is to be done is a task of its own, not data sent once: a worker that dies with it costs
        nothing, since the scheduler has the next one make it anew.
        """
        name = uuid4().hex
        shared = self._client.submit(_same, do, key=f"do-{name}", pure=False)
        left, under_way = enumerate(items), {}
        done: SimpleQueue = SimpleQueue()
        limit, looked = FEWEST, -LOOKED_EVERY

        def hand_out() -> None:
            nonlocal limit, looked
            if time.monotonic() - looked > LOOKED_EVERY:
                limit, looked = max(FEWEST, UNDER_WAY * self.count), time.monotonic()
            if len(under_way) > limit / 2:  # many at once cost the scheduler less than one by one
                return
            lump = {f"item-{name}-{number}": item for number, item in islice(left, limit - len(under_way))}
            if not lump:
                return
            under_way.update(lump)
            futures = self._client.map(
                _do, [shared] * len(lump), list(lump.values()), key=list(lump), pure=False
            )
            for future in futures:
                future.add_done_callback(done.put)

        hand_out()
        while under_way:
            finished, ending = Finished(), None
            for future in self._ended(done):
                try:
                    finished.append((under_way.pop(future.key), _result(future, failed)))
                except Exception as error:  # noqa: BLE001 - raised when what is finished is kept
                    ending = error
                future.release()
            if ending is None:
                hand_out()
            if finished:
                yield finished
            if ending is not None:
                raise ending

    def _ended(self, done: SimpleQueue) -> list[Any]:
        """Those that ended since, at least one; a client that is out of touch has none to come."""
        ended = []
        while not ended:
            try:
                ended.append(done.get(timeout=LOOKED_EVERY))
            except Empty:
                if self._client.status != "running":
                    raise LostWorkersError(LOST) from None
        while not done.empty():
            ended.append(done.get())
        return ended


def _same(do: Do) -> Do:
    return do


def _do(do: Do, item: Any) -> Any:
    return do(item, lambda text: None)


def _result(future: Any, failed: Failed | None) -> Any:
    """What came of an item; a worker or the scheduler may be lost between a task's end and its result."""
    from distributed import KilledWorker, wait
    from distributed.client import FutureCancelledError, FuturesCancelledError

    try:
        if future.status in GONE_AGAIN:
            wait(future)
        if future.status == "finished":
            return future.result()
        error = future.exception() if future.status == "error" else None
    except (FutureCancelledError, FuturesCancelledError):
        error = None
    if error is None:
        raise LostWorkersError(LOST)
    if isinstance(error, KilledWorker):
        error = LostWorkersError(DIED)
    if failed is None:
        raise error
    return failed(error)


@contextmanager
def _slurm(workers: int) -> Iterator[Any]:
    """A client of jobs that speak TLS: whoever reaches a dask scheduler can have it run any code.

    The certificate is made for this sweep alone; its jobs and its client have it, others are turned away.
    """
    require("slurm", "scheduler slurm needs")
    import dask.config
    from dask_jobqueue.slurm import SLURMCluster  # pyright: ignore[reportMissingImports]
    from distributed import Client
    from distributed.security import Security

    def stated(name: str, default: Any) -> Any:
        return dask.config.get(f"jobqueue.slurm.{name}", default) or default

    security = Security.temporary()
    try:
        with dask.config.set(NOTHING_SERVED):
            cluster = SLURMCluster(
                security=security,
                shared_temp_directory=stated("shared-temp-directory", KEYS_OF_JOBS),
                scheduler_options=stated("scheduler-options", {}) | NO_DASHBOARD,
                worker_extra_args=[*stated("worker-extra-args", []), *JOB_WITHOUT_DASHBOARD],
                job_script_prologue=[*stated("job-script-prologue", []), JOB_SERVES_NOTHING],
            )
    except (ValueError, OSError) as error:
        raise InputError(
            f"scheduler slurm: {' '.join(str(error).split())}; describe the jobs in "
            "~/.config/dask/jobqueue.yaml, as docs/design.md shows"
        ) from None
    with cluster, Client(cluster) as client:
        cluster.scale(jobs=workers)
        yield client


@contextmanager
def _remote(address: str) -> Iterator[Any]:
    from distributed import Client

    security = _certificates(address)
    try:
        asyncio.run(_answers(address, security))
        client = Client(address, timeout=PATIENCE, security=security)
    except (OSError, ValueError, TypeError) as error:
        reason = "no scheduler answers" if isinstance(error, OSError) else f"not an address ({error})"
        if isinstance(error, OSError) and address.startswith(ENCRYPTED):
            reason = "no scheduler answers, or it does not know the certificate of dask's configuration"
        raise InputError(
            f"scheduler {brief(address)}: {reason}; start one with `dask scheduler`, or leave --scheduler "
            "out for this machine's cores"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise InputError(
                f"scheduler {brief(address)}: has no workers; start some with "
                f"`dask worker {address} --nthreads 1`"
            ) from None
        _check_versions(client, address)
        yield client


def _check_versions(client: Any, address: str) -> None:
    """Refuse workers that would compute with other versions than those that the results will name."""
    ours = versions()
    try:
        theirs = client.run(versions)
    except ImportError as error:
        raise InputError(
            f"scheduler {brief(address)}: its workers have no coreshell_model ({error}); install it there"
        ) from None
    for worker, its in theirs.items():
        for name, version in ours.items():
            if its.get(name) != version:
                raise InputError(
                    f"scheduler {brief(address)}: worker {worker} has {name} {its.get(name)}, here it is "
                    f"{version}; install the same there"
                )


def _certificates(address: str) -> Any:
    """What the user's dask configuration says of TLS.

    Raises
    ------
    InputError
        The address needs certificates, and there are none, or they cannot be read.
    """
    from distributed.security import Security

    security = Security()
    what_to_do = "name them in ~/.config/dask/distributed.yaml, as docs/design.md shows"
    try:
        known = security.get_connection_args("client").get("ssl_context")
    except OSError as error:
        stated = security.get_tls_config_for_role("client").values()
        files = [text for text in stated if text and "\n" not in text]  # others hold the certificate itself
        missing = [file for file in files if not Path(file).is_file()]
        raise InputError(
            f"scheduler {brief(address)}: the certificates of dask's configuration cannot be read "
            f"({', '.join(missing) or error}); {what_to_do}"
        ) from None
    if known is None and address.startswith(ENCRYPTED):
        raise InputError(f"scheduler {brief(address)}: needs certificates; {what_to_do}")
    return security


async def _answers(address: str, security: Any) -> None:
    """Speak to a scheduler once: dask's client itself would wait for one that accepts and is silent."""
    from distributed.comm.core import connect

    given = security.get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=PATIENCE, **given), PATIENCE)
    await comm.close()


@contextmanager
def _silent(name: str) -> Iterator[None]:
    """A library's log without warnings: what they tell is told in results and complaints."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
