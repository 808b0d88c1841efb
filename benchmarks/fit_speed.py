"""What a fit costs: the joint fit from a cold start, and a gradient by sensitivities or by differences.

    python benchmarks/fit_speed.py joint --workers 2
    python benchmarks/fit_speed.py gradient

``joint`` fits examples/fit_three_materials.toml, Core, Shell and Core-Shell with 14 parameters, in a new
process: two starts, the best fit, 14 profiles; at most 5 minutes on two cores. ``gradient`` compares the
processor times of derivatives by 8 parameters of the voltage at 441 points of a sodiation of 13 h at a given
current, and how far both ways agree.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pybamm

from coreshell_model.infer.fitting import fit
from coreshell_model.physics import symbols as s
from coreshell_model.physics.model import CoreShellHalfCell, mechanisms_for
from coreshell_model.run.experiment import KeepingSolver
from coreshell_model.run.simulation import quiet, set_up

PROBLEM = Path(__file__).parents[1] / "examples" / "fit_three_materials.toml"
LONGEST = 300.0
HOURS, POINTS = 13, 441
REPEATS = 5
BY = (
    "Cluster width [V]",
    "Cluster rate [s-1]",
    "Cluster potential [V]",
    "Cluster site density [mol.m-3]",
    s.core.site_density.name,
    "Core sloping potential [V]",
    "Core sloping interaction [V]",
    s.core.diffusivity.name,
)


def joint(workers: int) -> int:
    """Wall time and processor time of the joint fit."""
    begun = time.perf_counter()
    result = fit(PROBLEM, starts=2, workers=workers)
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    print(
        f"chi-squared {result.chi_squared:.3f}, {len(result.parameters)} parameters, "
        f"{result.evaluations} evaluations, {result.failed} with a failed run"
    )
    print(f"{seconds:.0f} s with {workers} workers, {processor:.0f} s of processor time in all")
    for one in result.parameters:
        print(f"  {one.name}: {one.verdict}")
    return 0 if seconds <= LONGEST else 1


def gradient() -> int:
    """Processor time of derivatives both ways, and their distance."""
    names = list(BY)
    there = dict(set_up("core_shell", "formation").parameters)
    at = {name: there[name] for name in names}
    current = there[s.nominal_capacity.name] / 20
    fixed = {name: value for name, value in there.items() if name not in names}
    times = np.linspace(0, HOURS * 3600, POINTS)

    def simulation(tolerance: float, compiled: bool) -> pybamm.Simulation:
        inputs = dict.fromkeys(names, "[input]")
        return pybamm.Simulation(
            CoreShellHalfCell(mechanisms_for(there)),
            parameter_values=pybamm.ParameterValues({**fixed, **inputs, "Current function [A]": current}),
            solver=KeepingSolver(
                on_scalars=True,
                rtol=tolerance,
                atol=tolerance,
                output_variables=["Voltage [V]"],
                options={"compile": compiled},
            ),
        )

    def voltage(built: pybamm.Simulation, **others):
        span = [0, times[-1]]
        return built.solve(span, t_interp=times, inputs=at | others.pop("inputs", {}), **others)[
            "Voltage [V]"
        ]

    for tolerance, compiled in ((1e-6, False), (1e-6, True), (1e-8, False), (1e-8, True)):
        plain, sensitive = (simulation(tolerance, compiled) for _ in range(2))
        one = _seconds(lambda plain=plain: voltage(plain))
        sens = _seconds(lambda sensitive=sensitive: voltage(sensitive, calculate_sensitivities=names))
        both = (len(names) + 1) * one
        print(
            f"tolerance {tolerance:g}, {'compiled' if compiled else 'interpreted'}: "
            f"sensitivities {sens:.3f} s, differences {both:.3f} s, ratio {sens / both:.2f}"
        )
        slopes = voltage(sensitive, calculate_sensitivities=names).sensitivities
        for name in names:
            own = np.array(slopes[name]).ravel() * at[name]
            low, high = (voltage(plain, inputs={name: at[name] * f}).entries for f in (0.999, 1.001))
            apart = np.linalg.norm(own - (high - low) / 2e-3) / np.linalg.norm((high - low) / 2e-3)
            print(f"  {name}: {100 * apart:.2f} % apart")
    return 0


def _seconds(work) -> float:
    """The least processor time of some repetitions, the first not counted."""
    found = []
    for _ in range(REPEATS + 1):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found[1:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=["joint", "gradient"])
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with quiet():
        sys.exit(joint(given.workers) if given.what == "joint" else gradient())
