"""Many users of ``coreshell explore`` at once, whether each gets its own answer, and how soon.

    python benchmarks/explorer_load.py --users 20 --clicks 10 --seed 1

Each user is a thread that asks the server what its page would ask, a design after the other, each with a
thickness, an area and a diffusivity drawn by the seed. Passes where every answer has the numbers that
``simulate`` gives for its design.
"""

import argparse
import json
import random
import statistics
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate
from coreshell_model.show.explorer.design_map import Grid
from coreshell_model.show.explorer.lanes import Lanes
from coreshell_model.show.explorer.server import application, listening, server
from coreshell_model.show.explorer.subject import Subject

ICE, REVERSIBLE = "Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"
DIFFUSIVITY = "core.sloping.diffusivity"
NO_MAP = Grid((1.0, 33.0), (1.0, 64.0))


@dataclass(frozen=True)
class Click:
    """A design that a user asks for."""

    user: int
    thickness: float
    area: float
    diffusivity: str

    @property
    def design(self) -> dict[str, Any]:
        """The design as the page sends it."""
        start = Subject("core_shell").start.as_data()
        changes = {DIFFUSIVITY: self.diffusivity}
        return start | {"thickness": self.thickness, "area": self.area, "changes": changes}

    def expected(self) -> tuple[str, str]:
        """ICE and reversible capacity of the Python API, as the page writes them."""
        changes = {
            "shell.thickness": f"{self.thickness!r} nm",
            "particle.external_area": f"{self.area!r} m2/g",
            DIFFUSIVITY: self.diffusivity,
        }
        found = summary(simulate("core_shell", "design", changes))
        return f"{100 * found[ICE]:.1f}", f"{found[REVERSIBLE]:.0f}"


def clicks(users: int, each: int, seed: int) -> list[list[Click]]:
    """What the users ask for, one list each."""
    draw = random.Random(seed)
    return [
        [
            Click(
                user,
                round(draw.uniform(4.0, 20.0), 2),
                round(draw.uniform(3.0, 20.0), 1),
                f"{draw.uniform(2.0, 9.0):.3f}e-17 m2/s",
            )
            for _ in range(each)
        ]
        for user in range(users)
    ]


class Asking:
    """What a page asks of a server, without a browser."""

    def __init__(self, address: str):
        self.address = address
        with urllib.request.urlopen(f"{address}/_dash-dependencies", timeout=60) as answer:
            every = json.loads(answer.read())
        self._show = next(each for each in every if "headlines.children" in each["output"])

    def headlines(self, design: dict[str, Any]) -> tuple[str, str]:
        """ICE and reversible capacity that the server answers."""
        names = self._show["output"].strip(".").split("...")
        values = {"design": design, "pinned": None, "measured": [], "band": None}
        post = {
            "output": self._show["output"],
            "outputs": [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names],
            "inputs": [part | {"value": values[part["id"]]} for part in self._show["inputs"]],
            "changedPropIds": ["design.data"],
        }
        request = urllib.request.Request(
            f"{self.address}/_dash-update-component",
            json.dumps(post).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            shown = json.loads(answer.read())["response"]["headlines"]["children"]
        ice, reversible, *_ = (part["props"]["children"][1]["props"]["children"][0] for part in shown)
        return ice["props"]["children"], reversible["props"]["children"]


def asked_at_once(address: str, plan: list[list[Click]]) -> list[tuple[Click, tuple[str, str], float]]:
    """Every click with its answer and the seconds until it, all users side by side."""
    asking, together = Asking(address), threading.Barrier(len(plan))

    def user(own: list[Click]) -> list[tuple[Click, tuple[str, str], float]]:
        together.wait()
        answers = []
        for click in own:
            begun = time.perf_counter()
            answers.append((click, asking.headlines(click.design), time.perf_counter() - begun))
        return answers

    with ThreadPoolExecutor(len(plan)) as threads:
        return [answer for answers in threads.map(user, plan) for answer in answers]


def main() -> None:
    """Ask, compare and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--clicks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    subject = Subject("core_shell")
    lanes = Lanes(subject)
    with listening(0) as port:
        serving = server(application(subject, NO_MAP, lanes=lanes), port)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    plan = clicks(options.users, options.clicks, options.seed)
    answers = asked_at_once(f"http://127.0.0.1:{serving.port}", plan)
    serving.shutdown()
    lanes.close()
    wrong = [click for click, answer, _ in answers if answer != click.expected()]
    seconds = sorted(seconds for _, _, seconds in answers)
    late = seconds[int(0.95 * (len(seconds) - 1))]
    print(
        f"{options.users} users, {len(answers)} answers, {len(wrong)} wrong; median "
        f"{statistics.median(seconds):.2f} s, 95 % within {late:.2f} s, longest {seconds[-1]:.2f} s"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
