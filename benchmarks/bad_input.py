"""Bad input made at random for every command: a line and exit code 2, or a result, in time and memory.

    python benchmarks/bad_input.py --count 300 --seed 1 --keep faults

Shipped files are mutated (keys dropped, repeated or renamed, values replaced by odd ones, tables nested,
bytes damaged, ends cut off), options get odd values, tables of data are damaged. Each command runs in a
forked child. Good is exit code 2 with one line on stderr, or 0 or 1 without a traceback, within 20 s and
2 GB. A command that is still going after 8 s with files that can all be read counts as valid and is stopped.
Exit code 1 where anything else happens; the inputs of faults are kept.
"""

import argparse
import importlib
import io
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from readers import damaged, table, workbook

SECONDS, MEGABYTES = 20.0, 2000
SETTLED = 8.0
"""Seconds after which a command whose files can all be read is stopped, as valid."""

UNCAUGHT = 70
"""Exit code of an error that no command caught."""

TOP = Path(__file__).resolve().parent.parent
MATERIALS = sorted((TOP / "parameters").glob("*.toml"))
PROTOCOLS = sorted((TOP / "experiments").glob("*.toml"))
PROBLEM, CLAIMS = TOP / "examples/fit_core_shell.toml", TOP / "validation/rates_without_2C.toml"
SORPTION = TOP / "examples/sorption_core_shell.csv"

VALUES = (
    *("1e400", "-1e308", "1e308", "nan", "inf", "-inf", "0", "-1", "1e-320", "9" * 400, "9" * 5000, "0x1F"),
    *(
        '""',
        '"x"',
        '"\\u0000"',
        '"\u03bc\u221e\U0001f600"',
        '"\\u202e\\n"',
        "true",
        "[]",
        "[[]]",
        "{}",
        "[1, 2]",
    ),
    *(
        '"1e400 V"',
        '"nan m"',
        '"5 parsec"',
        '"-3 g"',
        '"1 mAh/g/g/g"',
        '"m**99999"',
        "2026-11-28",
        "07:36:00",
    ),
    *('{ value = "x", unit = "V" }', '{ value = 1, unit = "parsec" }', '{ value = nan, unit = "1" }'),
    *('{ value = -5, unit = "m" }', '{ value = 1e300, unit = "1/s" }', '{ unit = "V" }', "{ value = [1] }"),
    *("{ a = { b = { c = 1 } } }", "[" * 200 + "]" * 200, '"' + "x" * 100_000 + '"', "1_000_000_000_000"),
)
"""What a value in a TOML file becomes."""

WORDS = (
    *(
        "",
        " ",
        "x",
        "-1",
        "0",
        "nan",
        "inf",
        "1e400",
        "9" * 400,
        "1.5",
        "\u03bc\u221e",
        "\U0001f600",
        "a\nb",
        "a\x00b",
    ),
    *(
        "=",
        "a=",
        "=1",
        "thickness=",
        "thickness=nan nm",
        "thickness=-5 nm",
        "thickness=1e400 nm",
        "core..x=1",
    ),
    *(
        "thickness=9 nm, 3 points",
        "thickness=9..2 nm, 3 points",
        "thickness=2..9 nm, 1e9 points",
        "thickness=2..9 V",
    ),
    *("protocol.numbers.cycles=0", "protocol.numbers.cycles=1e30", "x" * 10_000, "/", ".", "..", "/dev/null"),
    *("thickness=12 nm=3", "[1]", "{}", "5 parsec", "nan V", "-1 V", "1e308 V", "1e308 mg", "1,,2", "1,a"),
    *("tls://", "tcp://nowhere", "slurm:", "thickness >=", "ICE >= nan", "nosuch >= 1", "C/0 >= 1", "None"),
)
"""What an option or argument becomes."""

WHOLE = ("-1", "-7", "x", "", "1.5", "nan", "9" * 40, "9" * 5000, "\u0663x", " ")
"""What a whole number becomes."""

STEPS = (
    *("", "Sodiate", "Sodiate at 0C until lower cut-off", "Sodiate at -1C until 5 mV", "Rest for nan h"),
    *("Sodiate at 1e400C until lower cut-off", "Hold at 5 parsec for 1 h", "Rest for 1e300 h"),
    "Rest for -1 s",
    *("Sodiate at C/0 until lower cut-off", "Sodiate at {nosuch}C until lower cut-off"),
    *("{", "{}", "{0}", "é" * 3000),
)
"""What a step of a protocol becomes."""

OPTIONS = {
    "run": ("--set", "--level", "--bogus"),
    "compare": ("--level", "--bogus"),
    "cycle": ("--set", "--level"),
    "eis": ("--at", "--after", "--cycles", "--set", "--level", "--cell", "--positive"),
    "sweep": (
        "--vary",
        "--sample",
        "--count#",
        "--seed#",
        "--observe",
        "--set",
        "--seal",
        "--level",
        "--scheduler",
    ),
    "sensitivity": ("--vary", "--method", "--count#", "--step", "--observe", "--set", "--seal", "--level"),
    "design": (
        "--vary",
        "--maximise",
        "--minimise",
        "--goal",
        "--map",
        "--seal",
        "--reading",
        "--posterior",
        "--draws#",
        "--trials#",
        "--sampler",
        "--set",
        "--level",
    ),
    "fit": ("--starts#", "--seed#", "--workers#"),
    "posterior": ("--fit", "--draws#", "--evaluations#", "--starts#", "--workers#"),
    "predict": ("--set", "--observable", "--cycles#", "--level"),
    "losses": ("--material", "--protocol"),
    "next": ("--about", "--draws#", "--refits#", "--problem", "--scheduler"),
    "data": ("--mass", "--current-sign", "--column", "--decimal", "--worksheet", "--cell"),
    "replay": (
        "--control",
        "--from",
        "--after",
        "--cycles#",
        "--set",
        "--level",
        "--mass",
        "--column",
        "--cell",
    ),
    "sorption": ("--into",),
    "figure": ("--out",),
    "materials show": ("--bogus",),
    "materials new": ("--from",),
    "protocols show": ("--bogus",),
    "validate": ("--draws#", "--posterior", "--workers#"),
}
"""Options of each command; a # marks whole numbers."""


def mutated(chance: random.Random, text: str) -> bytes:
    """A TOML text with one or two mistakes."""
    lines = text.splitlines()
    for _ in range(chance.choice((1, 1, 2))):
        keys = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]
        if not keys:
            break
        i = chance.choice(keys)
        name, value = lines[i].split(" = ", 1)
        how = chance.randrange(10)
        if how == 0:
            del lines[i]
        elif how == 1:
            lines.insert(i, lines[i])
        elif how == 2:
            lines[i] = f"{chance.choice(('x' + name, name[:-1] or 'q', name + '.a', 'μ'))} = {value}"
        elif how in (3, 4, 5):
            lines[i] = f"{name} = {chance.choice(VALUES)}"
        elif how == 6:
            odd = chance.choice(VALUES)
            lines[i] = f"{name} = " + re.sub(
                r'value = [^,]+|= "[^"]*"', lambda m, odd=odd: m[0].split("=")[0] + "= " + odd, value, count=1
            )
        elif how == 7:
            unit = chance.choice(("parsec", "m", "1/V", "", "μΩ", "K", "mAh/g/0", "V" * 5000, "((", "**"))
            lines[i] = re.sub(r'unit = "[^"]*"', f'unit = "{unit}"', lines[i])
        elif how == 8:
            lines.insert(
                i,
                chance.choice(("[a.b.c]", "[[core]]", "[particle]", "[[cycles]]", "[x", "x = 1", "[cycles]")),
            )
        else:
            return damaged(chance, "\n".join(lines).encode())
    return "\n".join(lines).encode()


def steps(chance: random.Random, text: str) -> bytes:
    """A protocol with an odd step."""
    odd = chance.choice(STEPS)
    return re.sub(
        r'"(Sodiate|Desodiate|Hold|Rest)[^"]*"', lambda _, odd=odd: f'"{odd}"', text, count=1
    ).encode()


def command(chance: random.Random, place: Path) -> tuple[list[str], list[Path]]:
    """The words of a command whose input lies in ``place``, and the TOML files of materials and protocols."""
    name = chance.choice(sorted(OPTIONS))
    words, given = name.split(), []
    of_option = chance.random() < 0.4

    def write(source: Path, change: bool) -> str:
        text = source.read_text(encoding="utf-8")
        if not change:
            return str(source)
        path = place / source.name
        odd = steps if source.parent.name == "experiments" and chance.random() < 0.3 else mutated
        path.write_bytes(odd(chance, text))
        given.append(path)
        return str(path)

    material, protocol = chance.choice(MATERIALS), chance.choice(PROTOCOLS)
    which = chance.randrange(2)
    if name in ("run", "compare", "cycle", "sweep", "sensitivity"):
        words += [
            write(material, not of_option and which == 0),
            write(protocol, not of_option and which == 1),
        ]
        if name == "cycle":
            words += ["--out", str(place / "kept")]
        elif name in ("sweep", "sensitivity"):
            words += [
                "--vary",
                "thickness=8..10 nm" + (", 2 points" if name == "sweep" else ""),
                "--workers",
                "1",
            ]
            words += ["--method", "morris"] if name == "sensitivity" else []
    elif name == "eis":
        words += [write(material, not of_option)]
    elif name == "design":
        words += [
            write(material, not of_option and which == 0),
            write(protocol, not of_option and which == 1),
        ]
        words += ["--vary", "thickness=8..10 nm, 2 points", "--trials", "0", "--workers", "1"]
    elif name in ("fit", "posterior"):
        words += [
            write(PROBLEM, not of_option),
            *(["--out", str(place / "kept")] if name == "posterior" else []),
        ]
        if of_option:
            words[1] = write(PROBLEM, False)
    elif name in ("predict", "losses", "next"):
        draws = place / "posterior.csv"
        whole = (TOP / "validation/posterior/posterior.csv").read_bytes()
        beside = (TOP / "validation/posterior/posterior.json").read_bytes()
        broken = 2 if of_option else chance.randrange(3)
        draws.write_bytes(damaged(chance, whole) if broken == 0 else whole)
        draws.with_suffix(".json").write_bytes(damaged(chance, beside) if broken == 1 else beside)
        if name == "predict":
            words += [str(draws), write(material, which == 0), write(protocol, which == 1)]
        else:
            words += [str(draws)] if name == "losses" else [write(material, True), "--posterior", str(draws)]
    elif name in ("data", "replay"):
        path = place / chance.choice(
            ("cell.csv", "cell.csv", "cell.xlsx", "cell.mpt", "cell.mpr", "cell.ndax", "none.csv")
        )
        content = workbook(20) if path.suffix == ".xlsx" else table(chance, 40)
        if path.name != "none.csv":
            path.write_bytes(content if of_option else damaged(chance, content))
        words += [str(path), "--mass", "1 mg"]
        words += ["--material", write(material, chance.random() < 0.3)] if name == "replay" else []
    elif name == "sorption":
        path = place / "sorption.csv"
        path.write_bytes(damaged(chance, SORPTION.read_bytes()))
        words += [str(path)]
    elif name == "figure":
        path = place / "solution.nc"
        path.write_bytes(damaged(chance, b"\x89HDF\r\n\x1a\n" + bytes(300)))
        words += [str(path), chance.choice(("overview", "voltage", *WORDS))]
    elif name == "materials new":
        words += [chance.choice(("mine", *WORDS)), "--from", write(material, not of_option)]
    elif name == "validate":
        words += [write(CLAIMS, not of_option), "--draws", "0"]
    else:
        words += [write(protocol if "protocols" in name else material, True)]
    if of_option:
        option = chance.choice(OPTIONS[name])
        words += [option.rstrip("#"), chance.choice(WHOLE if option.endswith("#") else WORDS)]
    return [word for word in words if "\x00" not in word], given


def attempt(words: list[str], place: Path, given: list[Path]) -> tuple[int | None, str, float, float]:
    """A command in a forked child: exit code (None: stopped), stderr, seconds and megabytes."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = UNCAUGHT
        try:
            os.setsid()
            os.dup2(os.open(place / "stdout", os.O_WRONLY | os.O_CREAT), 1)
            os.dup2(os.open(place / "stderr", os.O_WRONLY | os.O_CREAT), 2)
            sys.stdout = io.TextIOWrapper(os.fdopen(os.dup(1), "wb", 0), "utf-8", write_through=True)
            sys.stderr = io.TextIOWrapper(os.fdopen(os.dup(2), "wb", 0), "utf-8", write_through=True)
            os.chdir(place)
            sys.argv = ["coreshell", *words]
            from coreshell_model.show.cli import main

            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        except BaseException:  # noqa: BLE001  what is looked for
            traceback.print_exc()
        finally:
            os._exit(code)
    ended, status, usage = 0, 0, None
    limit = SETTLED
    while not ended:
        if time.monotonic() - began > limit:
            if limit == SECONDS or readable(given):
                break
            limit = SECONDS
        ended, status, usage = os.wait4(child, os.WNOHANG)
        time.sleep(0.02)
    if not ended:
        os.killpg(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
    said = (place / "stderr").read_bytes().decode("utf-8", "replace") if (place / "stderr").exists() else ""
    code = os.waitstatus_to_exitcode(status) if ended else None
    return code, said, time.monotonic() - began, usage.ru_maxrss / 1024


def readable(given: list[Path]) -> bool:
    """Whether these files of materials, protocols, fit problems and claims can be read."""
    from coreshell_model.base.errors import InputError
    from coreshell_model.checks.claim import read_claims
    from coreshell_model.infer.reading import read_problem
    from coreshell_model.inputs.material import read_material
    from coreshell_model.inputs.protocol import read_protocol

    readers = {each.name: read_protocol for each in PROTOCOLS}
    readers |= {each.name: read_material for each in MATERIALS}
    readers |= {PROBLEM.name: read_problem, CLAIMS.name: read_claims}
    try:
        for path in given:
            readers[path.name](str(path))
    except InputError:
        return False
    return True


def verdict(code: int | None, said: str, peak: float, given: list[Path]) -> tuple[str, bool]:
    """How a command ended, and whether that is good."""
    lines = said.splitlines()
    if "Traceback" in said:
        return "traceback: " + lines[-1][:200], False
    if peak > MEGABYTES:
        return f"{peak:.0f} MB", False
    if code is None:
        return ("valid, stopped", True) if readable(given) else (f"over {SECONDS:g} s", False)
    if code == 2:
        good = len(lines) == 1 and lines[0].startswith("coreshell: ")
        return ("refused", True) if good else (f"exit code 2 with {len(lines)} lines", False)
    return ("valid", True) if code in (0, 1) else (f"exit code {code}", False)


def main() -> int:
    """Run the trial and print what happened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--keep", type=Path, help="the folder for inputs of faults")
    parser.add_argument("--show", action="store_true", help="each input's outcome")
    arguments = parser.parse_args()
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="bad_input_"))
    import pybamm  # noqa: F401  once, for all children

    import coreshell_model.run.simulation

    package = Path(coreshell_model.__file__).parent
    for path in sorted(package.rglob("*.py")):
        importlib.import_module(".".join(path.relative_to(package.parent).with_suffix("").parts))

    outcomes: Counter[str] = Counter()
    faults, slowest, largest = 0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.first, arguments.first + arguments.count):
            chance = random.Random(f"{arguments.seed}-{number}")
            place = Path(folder) / str(number)
            place.mkdir()
            words, given = command(chance, place)
            code, said, seconds, peak = attempt(words, place, given)
            outcome, good = verdict(code, said, peak, given)
            outcomes[outcome if good else "faults"] += 1
            slowest, largest = max(slowest, seconds), max(largest, peak)
            if not good:
                faults += 1
                shutil.copytree(place, keep / str(number), dirs_exist_ok=True)
            if arguments.show or not good:
                shown = " ".join(word[:60] for word in words)
                print(f"{number}: {shown!r}: {outcome}, {seconds:.1f} s: {said.strip()[-200:]!r}", flush=True)
            shutil.rmtree(place, ignore_errors=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    print(
        f"{faults} faults; slowest {slowest:.1f} s, largest {largest:.0f} MB"
        + (f"; {keep}" if faults else "")
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
