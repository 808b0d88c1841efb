"""Every command that writes, with a limit on the size of files: one line and exit code 2, then --resume.

    python benchmarks/full_disk.py --count 3 --seed 1

``RLIMIT_FSIZE`` stands for the full disk: a file that grows beyond it cannot be written. Each command runs
with ``--count`` limits; one that keeps a folder then goes on with ``--resume`` and no limit. Exit code 1
where one ended otherwise, or the results differ from those of a run that had room.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from kept_runs import commands, prepare, results, run, same


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", help="these commands alone")
    given = parser.parse_args()
    dice, faults = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        prepare(top)
        short = str(top / "short.toml")
        saved = str(top / "run")
        kept = commands(top)
        every = {
            "run": ["run", "core_shell", short],
            **kept,
            "figure": ["figure", f"{saved}/solution.nc", "voltage"],
            "data": ["data", f"{saved}/curves.csv"],
            "replay": ["replay", f"{saved}/curves.csv", "--material", "core_shell"],
        }
        endings = {"figure": ".png", "data": ".bdf.csv"}
        for name, words in every.items():
            if given.only and name not in given.only:
                continue
            whole = top / f"{name}{endings.get(name, '')}"
            code, said = run([*words, "--out", str(whole)])
            if code:
                print(f"{name}: with room: {said}")
                return 1
            files = [whole] if whole.is_file() else [each for each in whole.rglob("*") if each.is_file()]
            sizes = [each.stat().st_size for each in files]
            for number in range(given.count):
                limit = 0 if number == 0 else dice.randrange(max(sizes))
                out = top / f"{name}_{number}{endings.get(name, '')}"
                code, said = run([*words, "--out", str(out)], limit)
                lines = [line for line in said.splitlines() if line.startswith("coreshell:")]
                lines = [line for line in lines if " left" not in line]
                wrong = (
                    "" if code == 2 and len(lines) == 1 and "Traceback" not in said else f"exit code {code}"
                )
                if not wrong and name in kept:
                    resume = ["--resume"] if any(out.rglob("*.json")) else []
                    code, said = run([*words, "--out", str(out), *resume])
                    if code or not same(results(whole), results(out)):
                        wrong = f"afterwards exit code {code}, or other results"
                print(f"{name}, files of at most {limit} bytes: {wrong or 'refused, then whole'}", flush=True)
                if wrong:
                    faults += 1
                    print(said[-600:], flush=True)
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
