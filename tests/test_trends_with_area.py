"""How capacity goes with particle size and with leaks: what hard carbons are known to do."""

import pytest

from coreshell_model import simulate, summary

CAPACITY, PLATEAU = "Reversible capacity [mA.h.g-1]", "Plateau capacity [mA.h.g-1]"


def results(**changes: str) -> dict:
    """Of three cycles at C/20 with some numbers changed."""
    paths = {name.replace("__", "."): text for name, text in changes.items()}
    return summary(simulate("core_shell", "design", paths))


@pytest.mark.parametrize("area", ["1 m2/g", "2 m2/g", "5 m2/g"])
def test_larger_particles_keep_their_capacity_at_c20(area):
    """Diffusion through grains stays as fast, and there is less film and less coat a gram."""
    as_it_is = results()
    larger = results(particle__external_area=area, shell__thickness="9.44 nm")
    assert larger[CAPACITY] > as_it_is[CAPACITY]
    assert larger["Initial coulombic efficiency"] > as_it_is["Initial coulombic efficiency"]


def test_larger_particles_starve_where_the_diffusion_length_grows_with_them():
    """The limit l_D = R of (49), at 1 m2/g."""
    grains = results(particle__external_area="1 m2/g")
    whole = results(particle__external_area="1 m2/g", core__sloping__diffusion_length="4.3 um")
    assert whole[CAPACITY] < 0.7 * grains[CAPACITY]


def test_a_leaking_coat_loses_its_plateau_before_its_last_sealed_particle():
    """At half of the pores wetted nearly no plateau is left with n = 4 (50), and half of it with n = 1.

    The hold ends at C/100, before so few clusters have formed as well as many do.
    """
    sealed = results()[PLATEAU]
    in_parallel = results(pores__open_fraction="0.5")[PLATEAU]
    leaking = results(pores__open_fraction="0.5", pores__wetting_exponent="4")[PLATEAU]
    assert in_parallel == pytest.approx(0.5 * sealed, rel=0.1)
    assert leaking < 0.5**4 * sealed
