"""Damaged, odd and huge files through every reader: each is read or refused in a line, in time and memory.

    python benchmarks/readers.py --count 300 --seed 1

A file is made, given to a process of its own, and counts as well treated when that ends within 20 s and 2 GB
with a result or one line of complaint. Text, Excel, EC-Lab, Neware, metadata, TOML, sorption tables, spectra
and saved solutions take turns. Exit code 1 where any file does otherwise.
"""

import argparse
import io
import json
import multiprocessing
import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

SECONDS, MEGABYTES = 20.0, 2000
KINDS = (
    *("text", "text", "huge", "huge", "xlsx", "xlsx", "eclab", "nda", "ndax", "mpr", "metadata"),
    *("toml", "toml", "sorption", "spectrum", "solution"),
)
HEADER = "time/s,voltage/V,current/mA"
NOISE = b"0123456789.,;:-+eE\t\n\r\"'#/ \0\xff\xc3\xb5[]{}()<>=NaninfHz"


def table(chance: random.Random, rows: int, separator: str = ",") -> bytes:
    """A sodiation and a desodiation as text."""
    half = rows // 2 or 1
    lines = [HEADER.replace(",", separator)]
    for i in range(rows):
        voltage = 2 - 1.9 * i / half if i < half else 0.1 + 1.9 * (i - half) / half
        lines.append(separator.join((str(10 * i), f"{voltage:.5f}", "-1" if i < half else "1")))
    return "\n".join(lines).encode()


def workbook(rows: int) -> bytes:
    """The same as a workbook."""
    import openpyxl

    book, content = openpyxl.Workbook(), io.BytesIO()
    for line in table(random.Random(0), rows).decode().splitlines():
        cells = line.split(",")
        book.worksheets[0].append(cells if "time" in line else [float(cell) for cell in cells])
    book.save(content)
    return content.getvalue()


def eclab(chance: random.Random) -> bytes:
    """EC-Lab text with some settings."""
    head = f"EC-Lab ASCII FILE\nNb header lines : {chance.choice((4, 4, 4, 3, 99, 10**12))}\n\n"
    return (head + "time/s\tEwe/V\t<I>/mA\n").encode() + table(chance, 40, "\t").split(b"\n", 1)[1]


def damaged(chance: random.Random, content: bytes) -> bytes:
    """Bytes dropped, repeated, flipped or put in, or the end cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 2)):
        place, length = chance.randrange(len(changed) or 1), chance.randint(1, 40)
        how = chance.randrange(5)
        if how == 0:
            del changed[place : place + length]
        elif how == 1:
            changed[place:place] = changed[place : place + length] * chance.randint(1, 20)
        elif how == 2:
            changed[place : place + 1] = bytes([chance.randrange(256)])
        elif how == 3:
            changed[place:place] = bytes(chance.choices(NOISE, k=length))
        elif chance.random() < 0.3:
            del changed[place:]
    return bytes(changed)


def repacked(chance: random.Random, content: bytes) -> bytes:
    """A zipped file with one of its parts damaged, or with very many marks in it."""
    source, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    names = source.namelist()
    victim = chance.choice(names)
    mark = chance.choice(
        (b"<c/>", b"<row/>", b"<x/>", b"<si/>", b"<xf/>", b"<font/>", b"<x>", b"a" * 40, b"&#65;")
    )
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            part = source.read(name)
            if name == victim:
                place = part.find(b"</", chance.randrange(len(part)))
                more = mark * chance.choice((1, 1000, 300_000, 4_000_000))
                part = damaged(chance, part) if chance.random() < 0.4 else part[:place] + more + part[place:]
            packed.writestr(name, part)
    return made.getvalue()


def huge_text(chance: random.Random) -> bytes:
    """A text of many lines, of long lines, of many columns, or of changes that make each row special."""
    mega = 10 ** chance.choice((5, 6, 6, 7))
    return chance.choice(
        (
            lambda: b"," * mega,
            lambda: HEADER.encode() + b"\n" + b"0,1,1\n" * mega,
            lambda: HEADER.encode() + b"\n" * mega,
            lambda: table(chance, min(mega, 500_000)) + b"\n" + b"x" * chance.choice((10, mega)),
            lambda: table(chance, min(mega, 500_000)) + b"\n5,ERR,1",
            lambda: b'"' * mega,
            lambda: (HEADER + "\n").encode() + b'"0","1","1\n' * (mega // 10),
            lambda: b"\n".join([b";".join(b"w%d" % i for i in range(min(mega // 400, 15_000)))] * 400),
            lambda: (
                HEADER + "\n" + "".join(f"{i},{i % 2},{1 - 2 * (i % 2)}\n" for i in range(500_000))
            ).encode(),
            lambda: (HEADER + "\n" + "".join(f"{i},1.{i % 7},#\n\n" for i in range(300_000))).encode(),
            lambda: ("\u20ac" + HEADER + "\n" + "\U0001f600" * min(mega, 90_000)).encode("utf-16"),
            lambda: (
                (HEADER + "\n").replace(",", ";") + "1,234;1,234;1,234\n" * min(mega, 1_000_000)
            ).encode(),
            lambda: bytes(mega),
            lambda: b"[" * mega,
            lambda: b"(" * mega,
            lambda: (
                "date,voltage/V,current/mA\n" + "01/02/2026 10:00:00,1,1\n" * min(mega, 200_000)
            ).encode(),
        )
    )()


def toml(chance: random.Random) -> bytes:
    """A TOML file with an odd and long part."""
    count = chance.choice((10, 1000, 100_000, 2_000_000))
    return chance.choice(
        (
            "a" + ".a" * count + " = 1",
            "[" + "a." * count + "a]",
            "a = " + "[" * count,
            "a = " + "{a=" * count,
            "a = [" + "1," * count + "]",
            "a = " + "1" * count,
            'a = "' + "\\n" * count + '"',
            "[[a]]\n" * count,
            "".join(f"k{i} = 1\n" for i in range(min(count, 300_000))),
            'a = """' + "\n" * count,
            'name = "x"\n' + "#" * count,
            "a = '" + "'a'.'a'" * count,
            '"a" . ' * count + "a = 1",
        )
    ).encode()


def made(chance: random.Random) -> tuple[str, str, bytes]:
    """A reader, a file's name and its content."""
    kind = chance.choice(KINDS)
    name, reader = {
        "xlsx": ("cell.xlsx", "data"),
        "eclab": ("cell.mpt", "data"),
        "nda": ("cell.nda", "data"),
        "ndax": ("cell.ndax", "data"),
        "mpr": ("cell.mpr", "data"),
        "toml": ("file.toml", "toml"),
        "sorption": (chance.choice(("file.csv", "file.toml")), "sorption"),
        "spectrum": ("file.csv", "spectrum"),
        "solution": ("solution.nc", "solution"),
        "metadata": ("cell.csv.metadata.json", "data"),
    }.get(kind, ("cell.csv", "data"))
    if kind == "text":
        content = damaged(chance, table(chance, chance.randint(2, 200), chance.choice(",;\t|")))
    elif kind == "huge" or (kind in ("sorption", "spectrum") and chance.random() < 0.5 and "csv" in name):
        content = huge_text(chance)
    elif kind == "xlsx":
        whole = workbook(chance.choice((5, 100)))
        content = damaged(chance, whole) if chance.random() < 0.4 else repacked(chance, whole)
    elif kind == "eclab":
        content = damaged(chance, eclab(chance))
    elif kind in ("nda", "mpr"):
        start = b"NEWARE" if kind == "nda" else b"BIO-LOGIC MODULAR FILE\x1a".ljust(52, b"\0") + b"MODULE"
        body = chance.choice((bytes(10**6), chance.randbytes(10**5), b"\x55\xaa" * 10**5, bytes(14 * 10**7)))
        versions = bytes(14 - len(start)) + bytes([chance.randrange(256)]) if kind == "nda" else b""
        content = start + versions + body
    elif kind == "ndax":
        size = chance.choice((10, 4096 * 3, 4096 * 4000, 4096 * 100_000))
        piece = chance.choice((bytes(512), b"\x55" * 512, chance.randbytes(4096)))
        head = bytes([1, 0, chance.randrange(20)]).ljust(4096, b"\0")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("data.ndc", head + (piece * (size // len(piece) + 1))[:size])
            for part in ("Step.xml", "TestInfo.xml"):
                archive.writestr(part, "<root><config><TestInfo/></config></root>")
        content = packed.getvalue()
        content = damaged(chance, content) if chance.random() < 0.2 else content
    elif kind == "solution":
        content = damaged(chance, b"\x89HDF\r\n\x1a\n" + bytes(3000))
    elif kind == "metadata":
        entry = chance.choice(
            ("[" * 10**5, "1" * 10**4, "NaN", '"x"', "{}", "null", '{"a":' * 10**5, "1e999")
        )
        content = ('{"coreshell_model": ' + entry + "}").encode()
    else:
        content = toml(chance) if name.endswith("toml") else damaged(chance, table(chance, 20))
    return reader, name, content


def read(reader: str, path: Path) -> None:
    """Read one file as a command would."""
    if reader == "data":
        from coreshell_model.data.reading import read_dataset

        if path.name.endswith(".json"):
            path = path.with_name("cell.csv")
            path.write_bytes(table(random.Random(0), 20))
        read_dataset(path, mass="1 mg", allow_gaps=True).half_cycles()
    elif reader == "toml":
        from coreshell_model.inputs.material import read_material

        read_material(str(path))
    elif reader == "sorption":
        from coreshell_model.inputs.sorption_file import read_table

        read_table(path)
    elif reader == "spectrum":
        from coreshell_model.infer.observed import Spectrum
        from coreshell_model.infer.spectra import measured_spectrum

        given = Spectrum(material="core_shell", file=path.name, potential="1 V", sd=0.01)
        measured_spectrum(given, path.parent)
    else:
        from coreshell_model.data.archive import load

        load(path)


def attempt(reader: str, path: Path, answer) -> None:
    """Read in this process, whose memory is limited, and send how it ended."""
    from coreshell_model.base.errors import InputError

    began = time.process_time()
    try:
        read(reader, path)
        outcome, line = "read", ""
    except InputError as error:
        outcome, line = "refused", str(error)
        if not line.isprintable() or len(line) > 1500:
            outcome = f"a complaint of {len(line)} characters or more than a line"
    except BaseException as error:  # noqa: BLE001  what is looked for
        outcome, line = f"traceback: {type(error).__name__}", str(error)[:200]
    answer.send((outcome, line, time.process_time() - began, highest_memory()))


def highest_memory() -> float:
    """Megabytes that this process had at most; getrusage counts those of the one that started it too."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def treated(reader: str, path: Path) -> tuple[str, str, float, float]:
    """How a file was treated: the outcome, the complaint, seconds and megabytes."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=attempt, args=(reader, path, theirs))
    process.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(6 * SECONDS) else ("no end", "", 6 * SECONDS, 0.0)
    except EOFError:
        found = ("the process died", "", 0.0, 0.0)
    process.kill()
    process.join()
    outcome, line, seconds, peak = found
    if outcome in ("read", "refused") and seconds > SECONDS:
        outcome = f"{outcome}, but in {seconds:.0f} s"
    if outcome in ("read", "refused") and peak > MEGABYTES:
        outcome = f"{outcome}, but with {peak:.0f} MB"
    return outcome, line, seconds, peak


def main() -> int:
    """Run the trial and print what happened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="each file's outcome")
    arguments = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    outcomes: Counter[str] = Counter()
    slowest = largest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.count):
            chance = random.Random(f"{arguments.seed}-{number}")
            reader, name, content = made(chance)
            place = Path(folder) / str(number)
            place.mkdir()
            (place / name).write_bytes(content)
            outcome, line, seconds, peak = treated(reader, place / name)
            for left in place.iterdir():
                left.unlink()
            outcomes[outcome] += 1
            slowest, largest = max(slowest, seconds), max(largest, peak)
            if arguments.show or outcome not in ("read", "refused"):
                print(
                    json.dumps(
                        [
                            number,
                            reader,
                            name,
                            len(content),
                            outcome,
                            round(seconds, 1),
                            round(peak),
                            line[:160],
                        ]
                    )
                )
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    print(f"slowest {slowest:.1f} s of {SECONDS:g}, largest {largest:.0f} MB of {MEGABYTES}")
    return 0 if set(outcomes) <= {"read", "refused"} else 1


if __name__ == "__main__":
    sys.exit(main())
