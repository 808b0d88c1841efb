"""Memory of ``coreshell explore`` while designs are asked for, one after the other, as its page asks.

    python benchmarks/explorer_memory.py --count 200 --seed 1

Each design has a rate and a hold of its own, so that each needs a model of its own, and a map. Passes where
the second half of the designs adds less than ``--growth`` MB to what the first half came to.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from typing import Any

import psutil

START = "import sys; from coreshell_model.show.cli import main; sys.argv[0] = 'coreshell'; main()"


class Page:
    """The server in a process of its own, asked what its page would ask it."""

    def __init__(self):
        words = [sys.executable, "-c", START, "explore", "core_shell", "--port", "0", "--no-browser"]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        match = re.search(r"http://\S+/", said)
        assert match is not None, said
        self.address = match[0]
        self.callbacks: list[dict] = self._ask("_dash-dependencies")

    def _ask(self, place: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.address + place, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.loads(answer.read() or "null")

    def show(self, part: str, values: dict[str, Any]) -> Any:
        """What the callback that fills a part of the page answers to values by the name of their element."""
        callback = next(each for each in self.callbacks if part in each["output"])
        outputs = [
            dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
            for name in callback["output"].strip(".").split("...")
        ]
        inputs, state = (
            [each | {"value": values.get(each["id"])} for each in callback[kind]]
            for kind in ("inputs", "state")
        )
        return self._ask(
            "_dash-update-component",
            {
                "output": callback["output"],
                "outputs": outputs,
                "inputs": inputs,
                "state": state,
                "changedPropIds": ["design.data"],
            },
        )

    def memory(self) -> float:
        """Of the server and its workers, each shared page counted once, in MB."""
        server = psutil.Process(self.process.pid)
        total = 0.0
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.Error):  # it has ended meanwhile
                total += process.memory_full_info().pss / 1024**2
        return total


def designs(count: int, seed: int) -> list[dict[str, Any]]:
    """Random ones, each with steps of its own."""
    draw = random.Random(seed)
    return [
        {
            "thickness": round(draw.uniform(5, 20), 2),
            "area": round(draw.uniform(5, 30), 2),
            "pore_volume": 0.9,
            "rate": round(draw.uniform(0.02, 2.0), 4),
            "hold": round(draw.uniform(0.5, 60.0), 2) if draw.random() < 0.8 else False,
            "seal": draw.choice(["as given", "logistic"]),
        }
        for _ in range(count)
    ]


def main() -> int:
    """Ask, measure, compare; 0 where memory has stopped to grow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--growth", type=float, default=60.0, help="MB that the second half may add")
    arguments = parser.parse_args()
    page = Page()
    try:
        measured = [page.memory()]
        print(f"open: {measured[0]:.0f} MB", flush=True)
        started = time.monotonic()
        for number, design in enumerate(designs(arguments.count, arguments.seed), start=1):
            for part in ("headlines.children", "map-status.children"):
                page.show(part, {"design": design})
            measured.append(page.memory())
            if number % max(arguments.count // 10, 1) == 0:
                print(f"{number} designs: {measured[-1]:.0f} MB", flush=True)
    finally:
        page.process.terminate()
        page.process.wait()
    half = len(measured) // 2
    first, second = max(measured[:half]), max(measured[half:])
    print(
        f"{arguments.count} designs in {time.monotonic() - started:.0f} s; highest in the first half ", end=""
    )
    print(f"{first:.0f} MB, in the second {second:.0f} MB")
    return 0 if second - first <= arguments.growth else 1


if __name__ == "__main__":
    sys.exit(main())
