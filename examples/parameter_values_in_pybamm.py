"""A design of your own in PyBaMM: what follows from a changed number follows.

``parameter_values`` gives a material, a design and a current as ``pybamm.ParameterValues``. A thicker shell
on the same core changes the external area, the density and the mass too, given as a change or set later.
Prints the first sodiation capacity at C/20 and at 1C for some thicknesses.
"""

import pybamm

from coreshell_model import CoreShellHalfCell, parameter_values


def first_sodiation(values: pybamm.ParameterValues, hours: float) -> float:
    """Charge [mA.h.g-1] up to the lower cut-off, at the current in the values."""
    simulation = pybamm.Simulation(CoreShellHalfCell(), parameter_values=values)
    return float(simulation.solve([0, hours * 3600])["Specific capacity [mA.h.g-1]"].entries[-1])


def main() -> dict[str, tuple[float, float]]:
    """Capacities [mA.h.g-1] at C/20 and at 1C by thickness of the shell."""
    found = {}
    for thickness in ("5 nm", "12 nm", "20 nm"):
        slow = parameter_values("core_shell", {"shell.thickness": thickness})
        fast = slow.copy()
        fast["Current function [A]"] = fast["Nominal cell capacity [A.h]"]
        found[thickness] = first_sodiation(slow, 80), first_sodiation(fast, 4)
    return found


if __name__ == "__main__":
    for thickness, (slow, fast) in main().items():
        print(f"{thickness:>6}: {slow:.0f} mAh/g at C/20, {fast:.0f} at 1C")
