"""Every file of a folder through the importer: read, refused and why, or a traceback.

    python benchmarks/cyclers.py FOLDER [--below] [--seconds S] [--json FILE] [options of coreshell data]

For an archive of one's own: prints a line a file, and how many of each kind of file were read. Files are only
read. Each has a process of its own, which is ended when it takes too long. Exit code 1 where a file ends in a
traceback, takes too long or more memory than is left; a refusal is an answer.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

READ, REFUSED, FAULT = "read", "refused", "FAULT"
LARGEST = 4 * 2**30
"""Bytes of memory that one file may take."""
FROM = "import sys; from coreshell_model.show.cli import main; sys.argv[0] = 'coreshell'; main()"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--below", action="store_true", help="files in folders below too")
    parser.add_argument("--seconds", type=float, default=120, help="longest time for a file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found of each file")
    words, options = parser.parse_known_args()
    folder = words.folder.expanduser()
    if not folder.is_dir():
        parser.error(f"{folder} is no folder")
    found = folder.rglob("*") if words.below else folder.glob("*")
    files = sorted(path for path in found if path.is_file())
    rows = [tried(path, options, words.seconds) for path in files]
    suffixes = [path.suffix.lower() or "no suffix" for path in files]
    kinds = Counter(zip(suffixes, (row["Outcome"] for row in rows), strict=True))
    for suffix in sorted(set(suffixes)):
        counts = ", ".join(f"{kinds[suffix, outcome]} {outcome}" for outcome in (READ, REFUSED, FAULT))
        print(f"{suffix}: {counts}")
    if words.json:
        words.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return any(row["Outcome"] == FAULT for row in rows)


def tried(path, options, seconds):
    """One file: what came of it, in one printed line and as a row."""
    command = [sys.executable, "-c", FROM, "data", str(path), "--json", *options]
    begun = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, preexec_fn=limited)
        outcome, said = judged(done)
    except subprocess.TimeoutExpired:
        outcome, said = FAULT, f"took more than {seconds:g} s"
    taken = time.perf_counter() - begun
    print(f"{outcome:8}{taken:6.1f} s  {path.name}: {said}", flush=True)
    return {"File": str(path), "Outcome": outcome, "Said": said, "Time [s]": round(taken, 2)}


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))


def judged(done):
    """The outcome and what was read, or what was said about it."""
    if done.returncode == 2 and done.stderr.count("\n") == 1:
        return REFUSED, done.stderr.strip().removeprefix("coreshell: ")
    if done.returncode:
        return FAULT, f"exit code {done.returncode}: {(done.stderr.strip() or '-').splitlines()[-1]}"
    found = json.loads(done.stdout)
    halves, spectra = len(found["Half-cycles"]), len(found["Spectra"])
    parts = [found["Format"], f"{found['Points']} points", f"{found['Duration [s]'] / 3600:.4g} h"]
    parts += [f"{halves} half-cycles", *([f"{spectra} spectra"] if spectra else [])]
    return READ, ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
