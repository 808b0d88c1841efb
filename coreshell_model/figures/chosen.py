"""Which cycles a picture of curves shows, and what it calls them."""

from coreshell_model.observables import rate_blocks
from coreshell_model.solution import Solution

MOST_CURVES = 8
"""Cycles beyond which a picture shows some of them."""


def chosen_cycles(solution: Solution) -> dict[int, str]:
    """Cycles to draw with their names: of several rates the last cycle of each block, else some of all.

    The first and the last cycle are always there.
    """
    taken = sorted({step.cycle for step in solution.steps if not step.skipped})
    blocks = rate_blocks(solution.protocol)
    if len(blocks) > 1 and len(taken) > MOST_CURVES:
        ends = {block.cycles[-1]: block.label for block in blocks}
        names = {1: blocks[0].label} | ends
        found = {cycle: f"{names[cycle]}, cycle {cycle}" for cycle in sorted(names) if cycle in taken}
        return found | {cycle: f"cycle {cycle}" for cycle in taken[-1:] if cycle not in found}
    if len(taken) > MOST_CURVES:
        places = {round(i * (len(taken) - 1) / (MOST_CURVES - 1)) for i in range(MOST_CURVES)}
        taken = [taken[place] for place in sorted(places)]
    return {cycle: f"cycle {cycle}" for cycle in taken}
