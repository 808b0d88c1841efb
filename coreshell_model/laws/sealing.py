"""How thick a shell must be to seal: the open fraction w of particles (24), in three forms.

All are assumptions with the same two anchors, an uncoated carbon (open) and one of 9 nm (sealed); what lies
between is not measured.
"""

import numpy as np


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
