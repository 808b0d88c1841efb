"""Random materials through two C/20 and two 1C cycles: how many solve, and what stopped the others.

    python benchmarks/robustness.py --count 500 --seed 1
    python benchmarks/robustness.py --count 200 --seed 1 --open
    python benchmarks/robustness.py --count 100 --seed 1 --open --level electrode
    python benchmarks/robustness.py --count 200 --seed 1 --laws

With `--laws` every law that a material may add is on, sizes, temperatures and rates lie far apart (20 nm to
20 um, shells of 0.5 to 200 nm, 253 to 333 K, C/100 to 20C), and no solve may take longer than 30 s.

A material counts as solved when every step ended by a named condition of the protocol (an immediate
cut-off included), all values are finite and the sodium balance error is below 1e-8, at the electrode level
that of the salt too. Exit code 1 where fewer than 99.5 % did, at the electrode level 99 %.
"""

import argparse
import sys
import time

import numpy as np

from coreshell_model.inputs.material import CoreShellMaterial, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import Protocol, protocol_from_dict, read_protocol
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import SERIES, Solution

WANTED = {"particle": 0.995, "electrode": 0.99}
BALANCE = 1e-8


def protocol() -> Protocol:
    """Two C/20 and two 1C cycles in the formation's window, each sodiation with its hold."""
    data = read_protocol("formation").model_dump()

    def cycle(rate, hours):
        return {
            "repeat": 2,
            "steps": (
                f"Sodiate at {rate} for {hours} hours or until lower cut-off",
                "Hold at lower cut-off for 60 hours or until C/100",
                f"Desodiate at {rate} for {hours} hours or until upper cut-off",
            ),
        }

    data |= {"name": "robustness", "cycles": (cycle("C/20", 80), cycle("1C", 4))}
    return protocol_from_dict(data, "robustness")


def random_changes(
    generator: np.random.Generator, opened: bool = False, level: str = "particle"
) -> dict[str, str]:
    """One random material, as changes to ``core_shell``.

    ``opened`` gives it a random open fraction too, the electrode level a random coating, separator and salt.
    """

    def uniform(low, high):
        return generator.uniform(low, high)

    def log_uniform(low, high):
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))

    gain = uniform(0.03, 1.0)
    shell_per_particle = uniform(5, 100)
    pores = {"pores.open_fraction": f"{uniform(0, 1)}"} if opened else {}
    coating = (
        {
            "cell.active_loading": f"{log_uniform(0.5, 12)} mg/cm2",
            "electrode.porosity": f"{uniform(0.25, 0.7)}",
            "electrode.conductivity": f"{log_uniform(0.1, 1000)} S/m",
            "electrode.bruggeman": f"{uniform(1.2, 2.5)}",
            "electrode.carbon_black_area": f"{uniform(0, 80)} m2/g",
            "electrode.separator.thickness": f"{log_uniform(10, 500)} um",
            "electrode.electrolyte.concentration": f"{uniform(300, 1800)} mol/m3",
            "electrode.electrolyte.transference_number": f"{uniform(0.2, 0.7)}",
            "electrode.electrolyte.thermodynamic_factor": f"{uniform(1, 3)}",
        }
        if level == "electrode"
        else {}
    )
    return (
        coating
        | pores
        | {
            "particle.external_area": f"{log_uniform(1, 50)} m2/g",
            "core.sloping.diffusivity": f"{log_uniform(1e-18, 1e-14)} m2/s",
            "shell.sloping.diffusivity": f"{log_uniform(1e-20, 1e-16)} m2/s",
            "core.clusters.rate": f"{log_uniform(1e-6, 1e-2)} 1/s",
            "surface.exchange_current_density": f"{log_uniform(1e-4, 1)} A/m2",
            "shell.mass_gain": f"{gain}",
            "core.pore_volume": f"{uniform(0.2, 1.5)} cm3/g",
            "core.sloping.capacity": f"{uniform(50, 300)} mAh/g",
            "shell.sloping.capacity": f"{shell_per_particle * (1 + gain) / gain} mAh/g",
            "core.clusters.pore_fraction": f"{uniform(0, 1)}",
        }
    )


SLOWEST = 30.0
"""Seconds that a solve with all laws may take."""


def random_laws(generator: np.random.Generator, opened: bool = False) -> dict[str, str]:
    """Changes to ``core_shell`` that turn every further law on, over wide ranges."""

    def uniform(low, high):
        return generator.uniform(low, high)

    def log_uniform(low, high):
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))

    radius = log_uniform(20, 20_000)
    thickness = log_uniform(0.5, min(200.0, 0.3 * radius))
    carbons = {
        f"{carbon}.sloping.{name}": text
        for carbon in ("core", "shell")
        for name, text in (
            ("strong_potential", f"{uniform(0.05, 1.5)} V"),
            ("strong_share", f"{log_uniform(0.005, 0.3)}"),
            ("diffusion_length", f"{log_uniform(0.1, 1) * (radius if carbon == 'core' else thickness)} nm"),
        )
    }
    pores = {"pores.open_fraction": f"{uniform(0, 1)}", "pores.wetting_exponent": f"{uniform(1, 6)}"}
    return (
        carbons
        | (pores if opened else {})
        | {
            "particle.core_radius": f"{radius} nm",
            "shell.thickness": f"{thickness} nm",
            "particle.size_spread": f"{uniform(0, 0.8)}",
            "core.clusters.rate": f"{log_uniform(1e-6, 1e-3)} 1/s",
            "core.clusters.conditioning": f"{log_uniform(0.5, 50)}",
            "core.clusters.conditioning_rate": f"{log_uniform(1e-6, 1e-3)} 1/s",
            "core.clusters.driving_potential": f"{log_uniform(0.01, 1)} V",
            "shell.trapping.release_rate": f"{log_uniform(1e-8, 1e-4)} 1/s",
            "sei.growth.transfer_coefficient": f"{uniform(0.05, 0.5)}",
            "sei.growth.exchange_current_density": f"{log_uniform(1e-6, 1e-3)} A/m2",
            "sei.growth.dissolution_rate": f"{log_uniform(1e-9, 1e-5)} 1/s",
            "sei.growth.saturation_charge": f"{log_uniform(1e-3, 1)} mAh/m2",
            "cell.temperature": f"{uniform(253, 333)} K",
        }
    )


def random_protocol(generator: np.random.Generator) -> Protocol:
    """Two cycles at a random rate from C/100 to 20C, each sodiation with its hold."""
    rate = float(np.exp(generator.uniform(np.log(0.01), np.log(20))))
    steps = (
        f"Sodiate at {rate:.6g}C until lower cut-off",
        "Hold at lower cut-off for 60 hours or until C/100",
        f"Desodiate at {rate:.6g}C until upper cut-off",
    )
    data = read_protocol("formation").model_dump()
    return protocol_from_dict(data | {"name": "laws", "cycles": ({"repeat": 2, "steps": steps},)}, "laws")


def shortfall(solution: Solution) -> str:
    """Why a run does not count as solved; empty where it does."""
    if not solution.completed:
        return solution.explanation
    if not all(np.isfinite(solution[name]).all() for name in SERIES):
        return "values that are not finite"
    if solution.level == "electrode":
        salt = solution["Mean electrolyte concentration [mol.m-3]"]
        if np.abs(salt / salt[0] - 1).max() > BALANCE:
            return f"salt changed by {np.abs(salt / salt[0] - 1).max():.2g}"
    error = sodium_balance_error(solution)
    if error is not None and not error < BALANCE:
        return f"sodium balance error {error:.2g}"
    return ""


def trial(
    count: int, seed: int, opened: bool = False, level: str = "particle", laws: bool = False
) -> list[tuple[dict[str, str], str, float]]:
    """Changes, shortfall and wall time of each of ``count`` random materials, with ``laws`` every law on."""
    material, steps = read_material("core_shell"), protocol()
    assert isinstance(material, CoreShellMaterial)
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        changes = random_laws(generator, opened) if laws else random_changes(generator, opened, level)
        if level == "electrode":
            changes.pop("particle.size_spread", None)  # places with particles of several sizes are refused
        steps = random_protocol(generator) if laws else steps
        started = time.perf_counter()
        solution = simulate(changed(material, changes), steps, level=level)
        rows.append((changes, shortfall(solution), time.perf_counter() - started))
    return rows


def main() -> int:
    """Run the trial and print what happened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", action="store_true", help="random open fractions, pores wetted")
    parser.add_argument("--laws", action="store_true", help="every further law, over wide ranges")
    parser.add_argument("--level", choices=WANTED, default="particle")
    arguments = parser.parse_args()
    wanted = WANTED[arguments.level]
    rows = trial(arguments.count, arguments.seed, arguments.open, arguments.level, arguments.laws)
    failed = [(changes, reason) for changes, reason, _ in rows if reason]
    for changes, reason in failed:
        print(f"not solved: {reason}\n    {changes}")
    times = sorted(seconds for *_, seconds in rows)
    solved = 1 - len(failed) / len(rows)
    print(f"solved {len(rows) - len(failed)} of {len(rows)} ({solved:.1%}), wanted {wanted:.1%}")
    print(f"seconds a material: median {times[len(times) // 2]:.3f}, largest {times[-1]:.2f}")
    slow = arguments.laws and times[-1] > SLOWEST
    return 0 if solved >= wanted and not slow else 1


if __name__ == "__main__":
    sys.exit(main())
