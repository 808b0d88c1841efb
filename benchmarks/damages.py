"""Kept files damaged at random: each damage is refused in one line, or made good with equal results.

    python benchmarks/damages.py --count 300 --seed 1

Small runs of the commands that keep a folder are made once. Each damage empties, cuts, flips a bit of, or
replaces one file of a copy, and the command goes on with ``--resume``; or a command reads it. Exit code 1
where a damage ended in anything but one line and exit code 2, or the results of the undamaged run.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from kept_runs import JOINT, commands, prepare, readers, results, run, same

SHAPES = (
    b"{}",
    b"[]",
    b"[1, 2]",
    b"null",
    b'"text"',
    b"1e999",
    b"PK\x03\x04none",
    b"SQLite format 3\0",
    b"\x89HDF",
)
"""Contents of another shape."""


def damage(path: Path, dice: random.Random) -> str:
    """Damage a file; how."""
    content = path.read_bytes()
    kind = dice.choice(["emptied", "cut", "bit flipped", "bit flipped", "another shape"])
    if kind == "emptied":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(content[: dice.randrange(len(content) or 1)])
    elif kind == "bit flipped" and content:
        place = dice.randrange(len(content))
        flipped = bytes([content[place] ^ (1 << dice.randrange(8))])
        path.write_bytes(content[:place] + flipped + content[place + 1 :])
    else:
        path.write_bytes(dice.choice(SHAPES))
    return kind


def keep_beginning(folder: Path) -> None:
    """A posterior of twelve draws, as the program keeps one."""
    from dataclasses import replace

    from coreshell_model.infer.draws import read_posterior, write_posterior

    whole, few = read_posterior(JOINT), slice(0, 12)
    weights = whole.weights[few] / whole.weights[few].sum()
    beginning = replace(whole, values=whole.values[few], weights=weights, chi_squared=whole.chi_squared[few])
    folder.mkdir()
    write_posterior(beginning, folder / "posterior.csv")


def fault(code: int, said: str, equal: bool) -> str | None:
    """What is wrong with how a damage ended, or None."""
    lines = [line for line in said.splitlines() if line.startswith("coreshell:")]
    if "Traceback" in said or "interrupted" in said:
        return "a traceback, or 'interrupted'"
    if code == 2 and len(lines) == 1:
        return None
    if code == 0:
        return None if equal else "a silently different result"
    return f"exit code {code}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        out = top / "out"
        prepare(top)
        kept = {}
        for name, words in commands(top).items():
            code, said = run([*words, "--out", str(top / name)])
            if code:
                print(f"{name}: {said}")
                return 1
            kept[name] = results(top / name)
        for name in ("run", "drawn"):
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            if name == "run":
                code, said = run(["run", "core_shell", "formation_without_hold", "--out", str(top / name)])
            else:
                code, said = 0, ""
                keep_beginning(top / name)
            code = code or run(readers(top / name, out)[name])[0]
            if code:
                print(f"{name}: {said}")
                return 1
            kept[name] = results(out)
        faults: list[str] = []
        refused = 0
        for number in range(given.count):
            name = dice.choice(sorted(kept))
            copy = top / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(top / name, copy)
            reads = readers(copy, out).get(name)
            there = ("solution.nc", "posterior.csv", "posterior.json")
            path = dice.choice(
                sorted(
                    each
                    for each in copy.rglob("*")
                    if each.is_file() and (reads is None or each.name in there)
                )
            )
            how = damage(path, dice)
            if reads is None:
                code, said = run([*commands(top)[name], "--out", str(copy), "--resume"])
                folder = copy
            else:
                shutil.rmtree(out)
                out.mkdir()
                code, said = run(reads)
                folder = out
            equal = code == 0 and same(kept[name], results(folder))
            refused += code == 2
            if wrong := fault(code, said, equal):
                faults.append(
                    f"{number}: {name}, {path.relative_to(copy)} {how}: {wrong}: {said.strip()[-300:]}"
                )
                print(faults[-1], flush=True)
    print(f"{given.count} damages: {refused} refused, {given.count - refused - len(faults)} made good")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
