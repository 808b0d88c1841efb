"""SIGKILL at random moments of every command that keeps a folder, then --resume: nothing lost, equal results.

    python benchmarks/kills.py --count 25 --seed 1

Each kill hits the command's whole process group after a random share of the time that it needs. Then it
goes on with ``--resume`` until it is done. Exit code 1 where it does not, or the results are others.
"""

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from kept_runs import commands, prepare, results, run, same, start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one command of those")
    given = parser.parse_args()
    dice, faults = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        prepare(top)
        kept, took = {}, {}
        chosen = {name: words for name, words in commands(top).items() if given.only in (None, name)}
        for name, words in chosen.items():
            began = time.monotonic()
            code, said = run([*words, "--out", str(top / name)])
            if code:
                print(f"{name}: {said}")
                return 1
            kept[name], took[name] = results(top / name), time.monotonic() - began
        names = sorted(kept)
        for number in range(given.count):
            name = names[number % len(names)]
            out = top / f"{name}_{number}"
            words = [*commands(top)[name], "--out", str(out)]
            child = start(words)
            moment = dice.uniform(0, took[name])
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            there = any(out.rglob("*.json"))
            code, said = run([*words, *(["--resume"] if there else [])])
            whole = code == 0 and same(kept[name], results(out))
            faults += not whole
            print(
                f"{number}: {name} after {moment:.1f} s: {'equal' if whole else f'exit code {code}: {said}'}"
            )
    print(f"{given.count} kills, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
