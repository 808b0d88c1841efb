"""Work done side by side: what is finished is kept, however the workers or this process end."""

import os
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from coreshell_model.base import inherited
from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import (
    DIED,
    MOST_DEATHS,
    STARTED_BY,
    THREADS,
    LostWorkersError,
    Processes,
    deaf_to_ctrl_c,
    side_by_side,
)
from coreshell_model.base.scheduler import Scheduler

PATIENCE = 60.0

CORESHELL = str(Path(sysconfig.get_path("scripts")) / "coreshell")

# -- what is done; functions of a module, so that other processes find them


def squared(item, say):
    return item**2


def where(item, say):
    time.sleep(0.05)  # or one worker would do it all
    return os.getpid(), [os.environ[name] for name in THREADS]


def killed_at_three(item, say):
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def killed_once(item, say):
    """On the item whose file is not there yet."""
    if item.name == "first" and not item.exists():
        item.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item.name


def killed_always(item, say):
    """After a line in the file of the item."""
    with item.open("a") as deaths:
        deaths.write("died\n")
    os.kill(os.getpid(), signal.SIGKILL)


def refused(item, say):
    if item == 1:
        raise InputError("item is 1; give another")
    return item


class OddError(Exception):
    """One that no other process can make again."""

    def __init__(self, text, more):
        super().__init__(f"{text} {more}")


def odd(item, say):
    raise OddError("too", "odd")


def talking(item, say):
    for number in range(1000):
        say(f"{item}: {number}")
    return item


def late(item, say):
    """The first at once, the second after it, the third an error."""
    time.sleep((0.0, 0.2, 0.0)[item])
    if item == 2:
        raise InputError("item is 2; give another")
    return item


def asleep(item, say):
    if item:
        time.sleep(PATIENCE)
    return item


@dataclass(frozen=True)
class Inherited:
    """Work whose preparation takes time and is told of in a file, by the process that does it."""

    file: Path
    seconds: float = 0.0

    def prepare(self):
        with self.file.open("a") as told:
            told.write(f"{os.getpid()}\n")
        time.sleep(self.seconds)

    def __call__(self, item, say):
        time.sleep(0.05)
        return os.getpid()


class Unprepared:
    """Work whose preparation fails; its result is whether a worker takes itself for the server."""

    def prepare(self):
        raise InputError("there is nothing to prepare")

    def __call__(self, item, say):
        return inherited.preparing()


# -- any pool


@pytest.fixture(scope="module", params=["processes", "scheduler"])
def pool(request):
    """Two workers of this machine, and of a dask scheduler that gives an item up with the first death."""
    if request.param == "processes":
        with Processes(2) as workers:
            yield workers
        return
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield Scheduler(client)


def results(finished):
    """By item, each of which comes once."""
    every = [pair for pairs in finished for pair in pairs]
    assert len(dict(every)) == len(every)
    return dict(every)


def test_every_item_comes_once_with_its_result(pool):
    """Also of very many, none of none, and of one kind of work after another."""
    assert pool.count == 2
    assert results(pool.run(squared, range(300))) == {item: item**2 for item in range(300)}
    assert results(pool.run(squared, [])) == {}
    assert results(pool.run(refused, [0, 2])) == {0: 0, 2: 2}


def test_items_are_taken_as_workers_come_free(pool):
    """They may be without end."""
    taken = 0

    def items():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    for finished in pool.run(squared, items()):
        assert finished and taken <= 100
        break


def test_workers_compute_in_one_thread_each(pool):
    """Several processes, none of them this one, which keeps the threads that it has."""
    before = dict(os.environ)
    found = results(pool.run(where, range(20)))
    assert os.getpid() not in {process for process, _ in found.values()}
    assert all(threads == ["1"] * len(THREADS) for _, threads in found.values())
    assert dict(os.environ) == before


def test_an_error_of_the_work_ends_the_run_or_is_its_result(pool):
    """As it was raised; the pool goes on with other work."""
    with pytest.raises(InputError, match="item is 1; give another"):
        results(pool.run(refused, range(3)))
    assert results(pool.run(refused, range(3), str)) == {0: 0, 1: "item is 1; give another", 2: 2}


def test_an_item_that_kills_its_workers_ends_the_run_or_is_given_up(pool):
    """The workers' places are taken by others."""
    assert results(pool.run(killed_at_three, [3], str)) == {3: DIED}
    with pytest.raises(LostWorkersError):
        results(pool.run(killed_at_three, range(6)))
    assert results(pool.run(squared, range(4))) == {0: 0, 1: 1, 2: 4, 3: 9}


def test_what_is_finished_is_kept_before_an_error_is_raised(pool):
    """Both are there when this process looks again."""
    kept = {}
    with pytest.raises(InputError, match="item is 1"):
        for finished in pool.run(refused, [0, 2, 1, 3]):
            kept.update(finished)
            time.sleep(0.5)
    assert {0, 2} <= kept.keys()


# -- processes of this machine


def test_an_item_whose_worker_was_killed_is_done_by_another(tmp_path):
    """The others are done as if nothing had been, and also where it kills one worker after another."""
    items = [tmp_path / name for name in ("first", "second", "third")]
    with Processes(2) as pool:
        assert results(pool.run(killed_once, items, str)) == {item: item.name for item in items}
        assert results(pool.run(killed_at_three, range(6), str)) == {0: 0, 1: 1, 2: 2, 3: DIED, 4: 4, 5: 5}


def test_an_item_is_given_up_with_the_third_worker_that_dies_on_it(tmp_path):
    with Processes(1) as pool:
        assert results(pool.run(killed_always, [tmp_path / "deaths"], str)) == {tmp_path / "deaths": DIED}
    assert (tmp_path / "deaths").read_text().count("died") == MOST_DEATHS == 3


def test_what_comes_together_with_an_error_is_kept():
    """Both are sent while this process is at something else."""
    kept = {}
    with Processes(2) as pool:
        results(pool.run(where, range(4)))  # both have started
        with pytest.raises(InputError, match="item is 2"):
            for finished in pool.run(late, range(3)):
                kept.update(finished)
                time.sleep(1.0)
    assert kept == {0: 0, 1: 1}


def test_workers_compute_in_one_thread_whatever_their_user_sets(monkeypatch):
    for name in THREADS:
        monkeypatch.setenv(name, "4")
    with Processes(1) as pool:
        ((_, threads),) = results(pool.run(where, [0])).values()
    assert threads == ["1"] * len(THREADS)


def test_fewer_workers_are_some_of_those_before():
    """The others end."""
    with Processes(3) as pool:
        before = {process for process, _ in results(pool.run(where, range(9))).values()}
        after = {process for process, _ in results(pool.resized(2, print).run(where, range(9))).values()}
        assert (len(before), len(after)) == (3, 2) and after < before


def test_no_more_processes_start_than_there_is_work_and_they_stay(tmp_path):
    """The second kind of work finds the process of the first, which ends with the block."""
    with Processes(5) as pool:
        ((first, _),) = results(pool.run(where, [0])).values()
        ((second, _),) = results(pool.run(where, [1])).values()
        assert first == second and psutil.pid_exists(first)
    assert not psutil.pid_exists(first)


def test_a_worker_killed_without_work_is_replaced():
    """Between two kinds of work, as where memory is short."""
    with Processes(1) as pool:
        ((process, _),) = results(pool.run(where, [0])).values()
        os.kill(process, signal.SIGKILL)
        assert results(pool.run(squared, range(3), str)) == {0: 0, 1: 1, 2: 4}


def test_an_error_that_cannot_be_sent_is_told_by_its_text():
    with Processes(1) as pool, pytest.raises(RuntimeError, match="OddError: too odd"):
        results(pool.run(odd, [0]))


def test_workers_say_something_now_and_then():
    """The first line of each item; a thousand in no time are not all told."""
    said = []
    side_by_side(talking, ["a", "b"], 2, said.append, lambda item, result: None)
    assert {"a: 0", "b: 0"} <= set(said) and len(said) < 20


def test_one_worker_or_one_item_is_done_in_this_process():
    """Nothing is started for it."""
    found = {}
    side_by_side(where_alone, [0, 1], 1, print, found.__setitem__)
    side_by_side(where_alone, [2], 8, print, found.__setitem__)
    assert found == dict.fromkeys(range(3), os.getpid())


def where_alone(item, say):
    return os.getpid()


def test_what_was_finished_before_a_worker_was_killed_is_kept():
    """The message is one line that says what to do."""
    kept = {}
    with pytest.raises(LostWorkersError, match=r"^a worker was killed; .* go on with fewer --workers$"):
        side_by_side(killed_at_three, [0, 1, 2, 3], 2, print, kept.__setitem__)
    assert kept.keys() <= {0, 1, 2} and kept


def test_what_keeping_raises_ends_the_work_under_way_at_once():
    """The other worker would sleep for a minute."""
    started = time.monotonic()

    def keep(item, result):
        raise InputError("the disk is full")

    with pytest.raises(InputError, match="the disk is full"):
        side_by_side(asleep, [0, 1], 2, print, keep)
    assert time.monotonic() - started < PATIENCE / 2


def test_a_pool_whose_work_was_given_up_half_way_goes_on_with_other_work():
    """What was under way does not come among the results."""
    with Processes(2) as pool:
        for _ in pool.run(asleep, [0, 1]):
            break
        assert results(pool.run(squared, [5, 6])) == {5: 25, 6: 36}


UNGUARDED = """
from coreshell_model.base.pool import LostWorkersError, Processes
try:
    with Processes(2) as pool:
        print(list(pool.run(print, [1, 2], str)))
except LostWorkersError as error:
    print(error)
"""


def test_workers_that_cannot_start_are_not_started_for_ever(tmp_path):
    """As in a script that does not guard its own code."""
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE)
    assert "a worker was killed" in ended.stdout and ended.returncode == 0


# -- how this process ends

PROGRAM = """
import sys
from test_pool import asleep
from coreshell_model.base.pool import side_by_side
if __name__ == "__main__":
    try:
        side_by_side(asleep, [0, 1, 2], 2, print, lambda item, result: print(f"kept {item}", flush=True))
    except KeyboardInterrupt:
        print("heard")
"""


@pytest.fixture
def at_work(tmp_path):
    """A program of two workers, in a process group of its own, that has kept the first of three items."""
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    paths = [str(Path(__file__).parent), *sys.path]
    program = subprocess.Popen(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout and program.stdout.readline() == "kept 0\n"
    workers = psutil.Process(program.pid).children(recursive=True)
    assert len(workers) >= 3  # with multiprocessing's own
    yield program, workers
    program.kill()


def test_ctrl_c_is_heard_at_once_by_this_process_alone(at_work):
    """It reaches all processes of a terminal; no worker prints a traceback, and none is left."""
    program, workers = at_work
    started = time.monotonic()
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=PATIENCE)
    assert (out, err) == ("heard\n", "") and time.monotonic() - started < PATIENCE / 4
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []


def test_workers_end_with_a_first_process_that_was_killed(at_work):
    """In the middle of their work."""
    program, workers = at_work
    program.kill()
    assert psutil.wait_procs(workers, timeout=PATIENCE / 4)[1] == []


MASK = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


ONCE = """
import sys
from pathlib import Path
from test_pool import Inherited
from coreshell_model.base.pool import shared_workers, side_by_side
if __name__ == "__main__":
    file, seconds = Path(sys.argv[1]), float(sys.argv[2])
    keep = lambda item, result: print(result, flush=True)
    try:
        with shared_workers():
            side_by_side(Inherited(file, seconds), range(6), 2, print, keep)
            print("again")
            side_by_side(Inherited(file), range(6), 2, print, keep)
    except KeyboardInterrupt:
        print("heard")
"""


def once(folder, seconds):
    """A program that does two things side by side, one after the other, by the same workers."""
    (folder / "script.py").write_text(ONCE)
    paths = [str(Path(__file__).parent), *sys.path]
    return subprocess.Popen(
        [sys.executable, folder / "script.py", folder / "prepared", str(seconds)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_two_things_are_done_by_the_same_workers(tmp_path):
    """Those of a block of shared workers start once."""
    out, err = once(tmp_path, 0.0).communicate(timeout=PATIENCE)
    first, again = (set(lines.split()) for lines in out.split("again"))
    assert len(first) == 2 and first == again and err == ""


@pytest.mark.skipif(STARTED_BY != "forkserver", reason="there is nothing to inherit from")
def test_work_is_prepared_once_for_all_workers(tmp_path):
    """By the server that they are forked from."""
    out, _ = once(tmp_path, 0.0).communicate(timeout=PATIENCE)
    (server,) = (tmp_path / "prepared").read_text().split()
    assert server not in out.split()


UNPREPARED = """
from test_pool import Unprepared
from coreshell_model.base.pool import Processes
if __name__ == "__main__":
    with Processes(1) as pool:
        print(list(pool.run(Unprepared(), [0])))
"""


def test_work_with_a_preparation_that_fails_is_done_all_the_same(tmp_path):
    """By a worker that knows that it is not the server any more."""
    script = tmp_path / "script.py"
    script.write_text(UNPREPARED)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    ended = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (ended.stdout, ended.stderr) == ("[[(0, False)]]\n", "")


@pytest.mark.skipif(STARTED_BY != "forkserver", reason="there is nothing to inherit from")
def test_ctrl_c_is_heard_while_work_is_prepared(tmp_path):
    """However long that takes; nobody prints a traceback."""
    program = once(tmp_path, PATIENCE)
    started = time.monotonic()
    while not (tmp_path / "prepared").exists():
        assert program.poll() is None and time.monotonic() - started < PATIENCE
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGINT)
    started = time.monotonic()
    out = program.stdout.readline()
    program.wait(timeout=PATIENCE / 4)
    assert out == "heard\n" and time.monotonic() - started < PATIENCE / 4
    os.killpg(program.pid, signal.SIGKILL)  # the server, which sleeps


def test_workers_do_not_hear_ctrl_c_while_they_start_and_this_process_hears_it_afterwards():
    """They would print a traceback each for the import that they were in."""
    with pytest.raises(KeyboardInterrupt), deaf_to_ctrl_c():
        signal.raise_signal(signal.SIGINT)
        deaf = subprocess.run([sys.executable, "-c", MASK], capture_output=True, text=True)
    assert deaf.stdout == "True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


FIRST_PROCESS = """
import multiprocessing
from test_pool import tell_mask
from coreshell_model.base.pool import deaf_to_ctrl_c
if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=tell_mask)
    with deaf_to_ctrl_c():
        process.start()
    process.join()
"""


def tell_mask():
    """Whether this process is deaf to Ctrl-C."""
    print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))


def test_the_first_process_of_a_program_does_not_hear_ctrl_c_either(tmp_path):
    """Multiprocessing starts its tracker before it, and hears Ctrl-C again from then on."""
    script = tmp_path / "script.py"
    script.write_text(FIRST_PROCESS)
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths}
    ended = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


# -- the command line


def until(true, process):
    """Wait for something of a process that is at work."""
    started = time.monotonic()
    while not (value := true()):
        assert process.poll() is None and time.monotonic() - started < PATIENCE, process.communicate()
        time.sleep(0.02)
    return value


def workers_of(process):
    """Processes that it started to work, most by way of a server that they are forked from."""
    every = psutil.Process(process.pid).children()
    servers = [each for each in every if "forkserver" in " ".join(each.cmdline())]
    spawned = [each for each in every if "spawn_main" in " ".join(each.cmdline())]
    return spawned + [worker for server in servers for worker in server.children()]


def command(*words):
    """A process of its own, with its group, so that signals are sent to all of it."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([CORESHELL, *map(str, words)], start_new_session=True, **quiet)


@pytest.mark.long
def test_a_fit_whose_worker_was_killed_says_so_in_a_line(tmp_path):
    """Exit code 1, and no traceback."""
    from synthetic import parameter, problem_file, scalar  # workers import this file without PyBaMM

    free = parameter("core.sloping.capacity", 100, 600, unit="mAh/g")
    data = [scalar("Initial coulombic efficiency", 0.8, 0.01)]
    problem = problem_file(tmp_path / "problem.toml", [free], observations=data)
    fit = command("fit", problem, "--out", tmp_path / "fit", "--workers", "2")
    until(partial(workers_of, fit), fit)[0].kill()
    assert fit.communicate(timeout=PATIENCE)[1].splitlines()[-1] == (
        "coreshell: a worker was killed; if memory is short, go on with fewer --workers"
    )
    assert fit.returncode == 1


@pytest.mark.long
def test_ctrl_c_in_a_sweep_is_a_line_and_what_is_done_is_kept(tmp_path):
    """The whole process group hears it; exit code 130, and nobody is left."""
    from coreshell_model.design.results import read_sweep

    folder = tmp_path / "map"
    words = ("--vary", "thickness=6..14 nm, 300 points", "--workers", "2", "--out", folder)
    sweep = command("sweep", "core_shell", "design", *words)
    checks = folder / "rows.sha256"  # a row counts once it is checked
    until(lambda: checks.exists() and checks.read_bytes().count(b"\n") > 1, sweep)
    workers = workers_of(sweep)
    os.killpg(sweep.pid, signal.SIGINT)
    said = sweep.communicate(timeout=PATIENCE)[1].splitlines()
    assert said[-1] == f"coreshell: stopped; {folder} holds the points done, add --resume to go on"
    assert not any("Traceback" in line for line in said) and sweep.returncode == 130
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []
    assert 2 <= len(read_sweep(folder).table) < 300
