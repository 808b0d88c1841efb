"""The other reading of a material's rate test: the results of the material that explains it differently."""

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import Material, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.observe.of_protocol import of_protocol
from coreshell_model.observe.quantities import changes
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

OF_RATES = "driven"
"""Ending of the name of a shipped material that explains the rates of another one differently."""

SHOWN = ("Rate retention", "Recovery", "Capacity by cycle [mA.h.g-1]")


def reading_of_rates(material: Material) -> str | None:
    """The shipped material that explains the rates of this one differently; None where there is none."""
    name = f"{material.name}_{OF_RATES}"
    return name if name in library.names("parameters") else None


def rates_read_otherwise(solution: Solution) -> dict | None:
    """Results of the other reading of a material's rates in the same test, with the same numbers changed.

    None if the protocol has a single rate, if the material has no other reading or is not the shipped one of
    its name, or if the other reading lacks a number that was changed.

    Returns
    -------
    dict
        "Material", "Ending", "Completed", and those of ``SHOWN`` that the protocol gives.
    """
    name = reading_of_rates(solution.material)
    if name is None or len({block.label for block in rate_blocks(solution.protocol)}) < 2:
        return None
    numbers = {path: text for path, text in changes(solution).items() if not path.startswith("protocol.")}
    try:
        if changed(read_material(solution.material.name), numbers) != solution.material:
            return None
        other = simulate(changed(read_material(name), numbers), solution.protocol, level=solution.level)
    except InputError:
        return None
    results = of_protocol(other)
    outcome = {"Material": name, "Ending": other.explanation, "Completed": other.completed}
    return outcome | {name_of: results[name_of] for name_of in SHOWN if name_of in results}
