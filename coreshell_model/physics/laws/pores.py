"""What pores take up, and how a growing shell closes them.

All are assumptions with the same two anchors, an uncoated carbon (open) and one of 9 nm (sealed); what lies
between is not measured.
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
    blocking : nu >= 1 [-], how early pore mouths close: 1 as the volume fills, more when they clog

    Written with exp and log, which PyBaMM differentiates. Source: assumed: register in docs/physics.md.
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
    """(1 - w)^(n - 1) of (50): the share of the sealed particles' clusters that a leaking coating leaves.

    All clusters together are then (1 - w)^n of those of sealed particles: gone before all pores are wetted.

    Parameters
    ----------
    open_fraction : w [-]
    exponent : n >= 1 [-]; with 1 a particle is either open or sealed

    Source: assumed: both ends are those of the anchors, what lies between is not measured.
    """
    return (1 - open_fraction) ** (exponent - 1)


def exponential_seal(thickness, decay_length):
    """Open fraction w = exp(-delta/delta_0), (24) a: pinholes close at the same rate all along.

    Parameters
    ----------
    thickness, decay_length : delta and delta_0 [m]

    Source: assumed: independent pinholes, closed at random.
    """
    return np.exp(-thickness / decay_length)


def logistic_seal(thickness, middle, spread):
    """Open fraction w = 1/(1 + exp((delta - delta_s)/sigma_s)), (24) b: particles need about delta_s.

    Parameters
    ----------
    thickness, middle, spread : delta, delta_s and sigma_s [m]

    Source: assumed: needed thicknesses scatter around a mean.
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
