"""Where a sweep is worked on: all cores of this machine, a scheduler somewhere, or SLURM."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from coreshell_model.errors import InputError
from coreshell_model.kept import versions
from coreshell_model.quantity import brief

PATIENCE = 6.0
"""Seconds to wait for a scheduler, and for workers of one that runs."""

SLURM = "slurm"

UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
}
"""Workers of this machine share its cores with what dask would watch them by."""


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # a system that cannot tell
        return os.cpu_count() or 1


@contextmanager
def connected(scheduler: str | None = None, workers: int | None = None) -> Iterator[Any]:
    """A dask client with workers of one thread each.

    Parameters
    ----------
    scheduler : None for processes on this machine; an address such as "tcp://host:8786"; or "slurm", for jobs
        as the user's dask-jobqueue configuration describes them
    workers : processes or jobs to start, not for an address; where not given, all cores, or one job

    Raises
    ------
    InputError
        No such scheduler, none that answers, one without workers, or dask-jobqueue missing.
    """
    if workers is not None and workers < 1:
        raise InputError(f"workers is {workers}; give at least 1")
    with _silent("distributed"):
        if scheduler is None:
            with _local(workers or cores()) as client:
                yield client
        elif scheduler == SLURM:
            with _slurm(workers or 1) as client:
                yield client
        else:
            if workers is not None:
                raise InputError(
                    "workers are for this machine or slurm; a scheduler has those that connect to it"
                )
            with _remote(scheduler) as client:
                yield client


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    import dask.config
    from distributed import Client, LocalCluster

    with (
        dask.config.set(UNWATCHED),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port: two sweeps do not meet
            silence_logs=logging.CRITICAL,
            preload=["coreshell_model.design.worker_process"],
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _slurm(workers: int) -> Iterator[Any]:
    try:
        from dask_jobqueue.slurm import SLURMCluster  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise InputError(
            "scheduler slurm needs dask-jobqueue; install it with pip install 'coreshell_model[slurm]'"
        ) from None
    from distributed import Client

    try:
        cluster = SLURMCluster(scheduler_options={"dashboard_address": ":0"})
    except ValueError as error:
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

    try:
        asyncio.run(_answers(address))
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        reason = "no scheduler answers" if isinstance(error, OSError) else f"not an address ({error})"
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
    for worker, found in theirs.items():
        for name, version in ours.items():
            if found.get(name) != version:
                raise InputError(
                    f"scheduler {brief(address)}: worker {worker} has {name} {found.get(name)}, here it is "
                    f"{version}; install the same there"
                )


async def _answers(address: str) -> None:
    """Speak to a scheduler once: dask's client itself would wait for one that accepts and is silent."""
    from distributed.comm.core import connect

    comm = await asyncio.wait_for(connect(address, timeout=PATIENCE), PATIENCE)
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
