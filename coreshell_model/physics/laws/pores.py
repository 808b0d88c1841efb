"""Filling of wetted pores by films, and sealing of pores by a growing shell.

The seal laws are assumptions that agree at two measured points, an uncoated carbon (open) and one with a
shell of 9 nm (sealed); nothing in between is measured.
"""

import numpy as np

from coreshell_model.physics.laws.interphase import thickness_of


def filling_by_film(charge, molar_volume, electrons, wall_area, accessible_volume):
    """Filling f of (21): the share [-] of the accessible pore volume that a film of this charge takes.

    Parameters
    ----------
    charge : charge of the film per initial wall area [C.m-2]
    molar_volume, electrons : V [m3.mol-1] and z [-] of the film
    wall_area : a_0 [m2.kg-1]
    accessible_volume : v_acc [m3.kg-1]

    Source: Faraday's law.
    """
    return wall_area * thickness_of(charge, molar_volume, electrons) / accessible_volume


def open_share(filling, blocking):
    """(1 - f)^nu of (22): the share [-] of the wall that electrolyte still reaches, 0 in filled pores.

    Parameters
    ----------
    filling : f [-]
    blocking : nu >= 1 [-]; 1 if pores close as their volume fills, more if their mouths clog earlier

    Written with exp and log, which PyBaMM can differentiate. Source: assumed: register in docs/physics.md.
    """
    left = np.minimum(np.maximum(1 - filling, 1e-12), 1)
    return np.exp(blocking * np.log(left))


def accessible_sites(filling, burial):
    """1 - b f of (23): the share [-] of the sloping sites that the film has not buried.

    Parameters
    ----------
    filling : f [-]
    burial : b [-], the share of the sites that a full pore buries

    Source: assumed: in proportion to f; register in docs/physics.md.
    """
    return 1 - burial * filling


def clusters_left(open_fraction, exponent):
    """(1 - w)^(n - 1) of (50): the share of the clusters in sealed particles that a leaking coating leaves.

    All clusters together are then (1 - w)^n of those without leaks: they vanish before all pores are wetted.

    Parameters
    ----------
    open_fraction : w [-]
    exponent : n >= 1 [-]; with 1 a particle is either open or sealed

    Source: assumed: both ends are measured (see the module), nothing in between is.
    """
    return (1 - open_fraction) ** (exponent - 1)


def exponential_seal(thickness, decay_length):
    """Open fraction w = exp(-delta/delta_0), (24) a: pinholes close at a constant rate.

    Parameters
    ----------
    thickness, decay_length : delta and delta_0 [m]

    Source: assumed: independent pinholes, closed at random.
    """
    return np.exp(-thickness / decay_length)


def logistic_seal(thickness, middle, spread):
    """Open fraction w = 1/(1 + exp((delta - delta_s)/sigma_s)), (24) b: about delta_s seals a particle.

    Parameters
    ----------
    thickness, middle, spread : delta, delta_s and sigma_s [m]

    Source: assumed: the thicknesses that seal particles scatter around a mean.
    """
    return 0.5 * (1 - np.tanh((thickness - middle) / (2 * spread)))


def percolation_seal(thickness, closing_thickness, exponent):
    """Open fraction w = (1 - delta/delta_c)^beta below delta_c, exactly 0 above, (24) c.

    Parameters
    ----------
    thickness, closing_thickness : delta and delta_c [m]
    exponent : beta [-]

    Source: assumed: paths through the shell percolate.
    """
    return np.maximum(1 - thickness / closing_thickness, 0) ** exponent
