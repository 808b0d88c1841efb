"""Where a sweep is worked on: all cores of this machine, a scheduler somewhere, or SLURM.

Whoever reaches a dask scheduler can have it run any code. One that is started here therefore speaks TLS, with
a certificate made for this sweep alone, which its workers and its client have; who has it not is turned away.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.provenance import versions
from coreshell_model.base.quantity import brief

PATIENCE = 6.0
"""Seconds to wait for a scheduler, and for workers of one that runs."""

SLURM, ENCRYPTED = "slurm", "tls://"

UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
}
"""Workers of this machine share its cores with what dask would watch them by."""

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


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # a system that cannot tell
        return os.cpu_count() or 1


_STARTED_HERE: dict[str, Any] = {}
"""Certificates of the schedulers that this process started, by address: others connect by their own."""


@contextmanager
def _known(cluster: Any, security: Any) -> Iterator[None]:
    """Let this process connect once more to a scheduler that it started, for as long as the block lasts."""
    _STARTED_HERE[cluster.scheduler_address] = security
    try:
        yield
    finally:
        del _STARTED_HERE[cluster.scheduler_address]


@contextmanager
def connected(scheduler: str | None = None, workers: int | None = None) -> Iterator[Any]:
    """A dask client with workers of one thread each.

    Parameters
    ----------
    scheduler : None for processes on this machine; an address such as "tls://host:8786", with the
        certificates of the user's dask configuration; or "slurm", for jobs as their dask-jobqueue
        configuration describes them
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
    from distributed.security import Security

    security = Security.temporary()
    with (
        dask.config.set(UNWATCHED | NOTHING_SERVED),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            security=security,
            scheduler_kwargs=NO_DASHBOARD,
            silence_logs=logging.CRITICAL,
            preload=["coreshell_model.design.worker_process"],
        ) as cluster,
        Client(cluster) as client,
        _known(cluster, security),
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
    import dask.config
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
    with cluster, Client(cluster) as client, _known(cluster, security):
        cluster.scale(jobs=workers)
        yield client


@contextmanager
def _remote(address: str) -> Iterator[Any]:
    from distributed import Client

    security = _STARTED_HERE.get(address) or _certificates(address)
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
    for worker, found in theirs.items():
        for name, version in ours.items():
            if found.get(name) != version:
                raise InputError(
                    f"scheduler {brief(address)}: worker {worker} has {name} {found.get(name)}, here it is "
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
