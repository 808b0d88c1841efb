"""Energy of a cell per mass and volume of its stack (65), (66)."""


def layer_mass(loading, additive_fraction):
    """m/(1 - a) [kg.m-2], a term of (65): the mass of a dry coating per area of one side.

    Parameters
    ----------
    loading : m, of active material [kg.m-2]
    additive_fraction : a, mass fraction of all else in the dry coating [-]

    Source: definition.
    """
    return loading / (1 - additive_fraction)


def electrolyte_mass(pore_volume, density, excess):
    """Rho V (1 + x) [kg.m-2], a term of (65): electrolyte in all pores, and beside them.

    Parameters
    ----------
    pore_volume : V, per area [m3.m-2]
    density : rho, of the electrolyte [kg.m-3]
    excess : x, electrolyte beside the pores over that in the pores [-]

    Source: definition.
    """
    return density * pore_volume * (1 + excess)


def packaging_mass(mass, packaging):
    """M p/(1 - p), what tabs and housing add to the mass of a stack, for (65), in the unit of m.

    Parameters
    ----------
    mass : m, of the stack
    packaging : p, share of tabs and housing in the mass of the cell [-]

    Source: definition.
    """
    return mass * packaging / (1 - packaging)


def specific_energy(energy, mass, packaging):
    """E = E (1 - p)/m [J.kg-1] (65).

    Parameters
    ----------
    energy : E, of a discharge per area [J.m-2]
    mass : m, of the stack per area of one pair of coatings [kg.m-2]
    packaging : p, share of tabs and housing in the mass of the cell [-]

    Source: definition.
    """
    return energy * (1 - packaging) / mass


def energy_density(energy, thickness, packaging):
    """W = E (1 - v)/L [J.m-3] (66).

    Parameters
    ----------
    energy : E, of a discharge per area [J.m-2]
    thickness : L, of one pair of coatings with its foils and separator [m]
    packaging : v, share of tabs and housing in the volume of the cell [-]

    Source: definition.
    """
    return energy * (1 - packaging) / thickness
