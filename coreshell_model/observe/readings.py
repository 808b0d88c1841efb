"""The other reading of a material's rates: what the same test gives where they are read in another way."""

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import Material, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.observe.quantities import changes, of_protocol
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

OF_RATES = "driven"
"""The end of the name of a shipped material that reads the rates of another in the other way."""

SHOWN = ("Rate retention", "Recovery", "Capacity by cycle [mA.h.g-1]")


def reading_of_rates(material: Material) -> str | None:
    """The shipped material that reads the rates of another in the other way; None where there is none."""
    name = f"{material.name}_{OF_RATES}"
    return name if name in library.names("parameters") else None


def rates_read_otherwise(solution: Solution) -> dict | None:
    """What the other reading of a material's rates gives in the same test, with the same numbers changed.

    None for a protocol of one rate, for a material that has no other reading, for one that is not the shipped
    one of its name, and where the other reading has not the numbers that were changed.

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
    how = {"Material": name, "Ending": other.explanation, "Completed": other.completed}
    return how | {each: results[each] for each in SHOWN if each in results}
