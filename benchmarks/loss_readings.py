"""Write the two extreme readings of Core-Shell's loss as materials: nearly all SEI, or mostly trapped sodium.

    python benchmarks/loss_readings.py [--out parameters]

Both come from parameters/core_shell.toml and have its first-cycle loss in ``formation``; run this again when
that file has changed. What each reading holds, and why, stands in the files that it writes.
"""

import argparse
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from scipy.optimize import brentq

from coreshell_model import simulate
from coreshell_model.base import library
from coreshell_model.inputs.material import Material, material_from_dict, read_material
from coreshell_model.observe.capacity import first_cycle_loss
from coreshell_model.observe.inventory import loss_split

SHELL_LOSS, SHELL_ERROR, SHELL_AREA = 246.0, 31.0, 2.7
"""First-cycle loss of Shell [mA.h.g-1], its error, and its N2 area [m2.g-1] (Appel et al., main text)."""

ONE_SIDED_95 = 1.645
"""Standard deviations below which a normal error lies in 95 of 100 cases."""

SAME = "assumed: scaled so that the first-cycle loss is that of core_shell (benchmarks/loss_readings.py)"
ALONG = "assumed: as in core_shell, times the factor of the film's charges, so that growth stays its share"
DROP = "assumed: as in core_shell, over the factor of the film's charges, so that the film's drop stays"

OF_GROWTH = ("exchange_current_density", "decay_length")
"""Numbers of the film's growth that scale with its charges."""


def scaled(name: str, film: float, trapping: float) -> Material:
    """A material with the charges of its external film and its trapped charge, each times a factor.

    The film's growth comes along, so that it stays the same share of the film; the film's resistance stays.
    """
    data = read_material(name).model_dump(exclude_none=True, mode="json")
    for step in data["sei"]["steps"]:
        step["charge"]["value"] *= film
    for number in OF_GROWTH:
        data["sei"]["growth"][number]["value"] *= film
    data["sei"]["initial_thickness"]["value"] *= film
    data["sei"]["resistivity"]["value"] /= film
    carbon = data["shell" if "shell" in data else "carbon"]
    if trapping:
        carbon["trapping"]["capacity"]["value"] *= trapping
    else:
        del carbon["trapping"]
    return material_from_dict(data, name)


def first_cycle(material: Material, changes: Mapping[str, str] | None = None):
    """Its first cycle at C/20, as in formation."""
    return simulate(material, "design", {"protocol.numbers.cycles": "1"} | dict(changes or {}))


def where(value: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is zero."""
    return float(brentq(value, low, high, rtol=1e-5))


def written(film: float, trapping: float, title: str, description: str) -> str:
    """core_shell.toml with other charges, as text; everything else as it is."""
    section, lines = "", []
    for line in library.read_text(library.find("parameters", "core_shell")).splitlines():
        if found := re.fullmatch(r"\[+(.+?)\]+", line.strip()):
            section = found[1]
        name = line.partition("=")[0].strip()
        if section == "shell.trapping" and not trapping:
            continue
        if (section, name) == ("sei.steps", "charge"):
            line = times(line, film, SAME)
        elif (section == "sei.growth" and name in OF_GROWTH) or (section, name) == (
            "sei",
            "initial_thickness",
        ):
            line = times(line, film, ALONG)
        elif (section, name) == ("sei", "resistivity"):
            line = times(line, 1 / film, DROP)
        elif (section, name) == ("shell.trapping", "capacity"):
            line = times(line, trapping, SAME)
        elif not section and name == "title":
            line = f"title = {json.dumps(title)}"
        elif not section and name == "description":
            line = f"description = {json.dumps(description)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def times(line: str, factor: float, source: str) -> str:
    """A number's line with its value times a factor, and a new source."""
    found = re.search(r"value = ([^,]+),", line)
    assert found is not None, line
    line = line.replace(found[0], f"value = {float(found[1]) * factor:.4g},")
    return re.sub(r'source = "(?:[^"\\]|\\.)*"', lambda _: f"source = {json.dumps(source)}", line)


def all_sei(loss: float) -> str:
    """No trapping; what Shell loses then asks for a larger area than nitrogen finds."""
    film = where(lambda factor: first_cycle_loss(first_cycle(scaled("core_shell", factor, 0))) - loss, 0.5, 8)

    def of_shell(area: float) -> float:
        rough = {"particle.external_area": f"{area} m2/g", "particle.roughness": f"{area / SHELL_AREA}"}
        return first_cycle_loss(first_cycle(scaled("shell", film, 0), rough))

    area = where(lambda area: of_shell(area) - SHELL_LOSS, 5, 200)
    split = loss_split(first_cycle(scaled("core_shell", film, 0)))
    return written(
        film,
        0,
        "Core-Shell, its loss read as SEI",
        f"An extreme reading of core_shell's first-cycle loss of {loss:.0f} mAh/g: {split.sei:.0f} SEI, no "
        f"sodium trapped, the film's charges times {film:.3g}. The loss of Shell, 246 mAh/g on an N2 area of "
        f"2.7 m2/g, then asks that electrolyte reach {area:.0f} m2/g of it; DEC sorption on Shell, which was "
        "not measured, would tell.",
    )


def most_trapped(loss: float) -> str:
    """As much trapped as Shell's loss allows, the film the rest."""

    def of_shell(trapping: float) -> float:
        return first_cycle_loss(first_cycle(scaled("shell", 1, trapping)))

    most = SHELL_LOSS + ONE_SIDED_95 * SHELL_ERROR
    trapping = where(lambda factor: of_shell(factor) - most, 0.5, 3)
    film = where(
        lambda factor: first_cycle_loss(first_cycle(scaled("core_shell", factor, trapping))) - loss, 0.02, 3
    )
    split = loss_split(first_cycle(scaled("core_shell", film, trapping)))
    return written(
        film,
        trapping,
        "Core-Shell, as much of its loss read as trapped sodium as Shell allows",
        f"An extreme reading of core_shell's first-cycle loss of {loss:.0f} mAh/g: {split.trapped:.0f} "
        f"trapped in the CVD carbon, {split.sei:.0f} SEI. The trapped charge per gram of CVD carbon, times "
        f"{trapping:.3g}, is the most that Shell's loss of 246 +- 31 mAh/g allows (95 % one-sided, "
        f"{most:.0f}); more would need a CVD carbon that traps more on Core than alone. The film's charges "
        f"are those of core_shell times {film:.3g}.",
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=library.folder("parameters"), help="where to write")
    folder = parser.parse_args().out
    loss = first_cycle_loss(first_cycle(read_material("core_shell")))
    for name, text in (("core_shell_sei", all_sei(loss)), ("core_shell_trapped", most_trapped(loss))):
        path = folder / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
