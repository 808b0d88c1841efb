"""Impedance of full cells: against the half-cell's, and the command's words and refusals."""

import json
import re

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base.library import folder
from coreshell_model.inputs.changes import prepared
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.impedance import spectra_along, spectrum
from coreshell_model.run.simulation import set_up
from coreshell_model.run.states import at_potential

V_T = thermal_voltage(298.15)
FLAT, CARBON = 3.5, 0.3
"""Open-circuit potential of the positive electrode, and the carbon's potential [V]."""
FREQUENCIES = np.logspace(5, -2, 15)


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    """A positive electrode of one open-circuit potential, whatever its sodium."""
    text = (folder("parameters/positive") / "nvp.toml").read_text(encoding="utf-8")
    table = "stoichiometry = [0.005, 0.995]\nvalues = [3.5, 3.5]\nunit"
    text = re.sub(r"stoichiometry = \[.*?\]\nvalues = \[.*?\]\nunit", table, text)
    path = tmp_path_factory.mktemp("flat") / "flat.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_over_a_flat_positive_electrode_the_full_cell_adds_its_charge_transfer_and_double_layer(flat):
    """In place of the sodium metal's: Z - Z_half = R_p/(1 + iw R_p C_p) - R_counter, by (58) and (63).

    The carbon is at the same potential in both; five times its capacity is in the positive electrode, whose
    diffusion shows in no potential. R_p = V_T/(j_0 a_p m_p A), j_0 = 2 j_00 sqrt(y (1 - y)).
    """
    ratio = {"positive": flat, "positive.balance.np_ratio": "0.2", "protocol.window.upper": "3.5 V"}
    material, protocol = prepared("core_shell", "full_cell_formation", ratio)
    full = spectrum(material, potential=FLAT - CARBON, fresh=protocol, frequencies=FREQUENCIES)
    half = spectrum("core_shell", potential=CARBON, frequencies=FREQUENCIES)
    assert full.voltage == pytest.approx(FLAT - CARBON, abs=1e-3)
    assert full.sodium == pytest.approx(half.sodium, rel=2e-3)
    values, particle = parameter_values(material, protocol), material.positive.particle
    area, loading = values["Electrode area [m2]"], values["Positive active loading [kg.m-2]"]
    surface = 3 / (particle.density.si * particle.radius.si) * loading * area
    given = full.sodium * 3.6e3 * values["Active loading [kg.m-2]"] / loading
    y = particle.as_made.si - given * particle.density.si / (FARADAY * particle.maximum_concentration.si)
    assert 0.8 < y < 0.98
    exchange = 2 * particle.exchange_current_density.si * np.sqrt(y * (1 - y))
    transfer = V_T / (exchange * surface)
    omega = 2j * np.pi * FREQUENCIES
    positive = transfer / (1 + omega * transfer * particle.double_layer_capacitance.si * surface)
    counter = V_T / values["Counter electrode exchange current density [A.m-2]"] / area
    found = full.impedance - half.impedance
    assert np.abs(found - (positive - counter)).max() < 5e-4 * np.abs(positive - counter).min()
    assert (full.impedance.real > 0).all() and (full.impedance.imag < 0).all()


def test_a_state_of_charge_is_a_share_of_a_first_charge_with_its_hold():
    """Half of what `full_cell_formation` puts in in its first charge, to the sodium of the rest before it."""
    run = set_up("core_shell", "full_cell_formation")
    charge = run.through(run.cycles[:1])["Specific capacity [mA.h.g-1]"].max()
    found = spectrum("core_shell", 0.5, cell="full", frequencies=np.array([1.0]))
    assert found.sodium == pytest.approx(0.5 * charge, rel=2e-3)
    assert 2.0 < found.voltage < 4.2


def test_a_spectrum_after_a_charge_is_that_of_the_positive_electrode_that_is_chosen():
    """In spectra along a protocol too; at the electrode level its real part is above 0 as well."""
    few = np.array([100.0, 0.1])
    by_cycle = spectra_along("core_shell", "full_cell_formation", [1], potential=3.0, frequencies=few)
    after = at_potential(set_up("core_shell", "full_cell_formation"), None, 3.0)
    assert by_cycle[1].voltage == pytest.approx(after["Voltage [V]"][-1], abs=1e-3)
    window = prepared(
        "core_shell", "full_cell_formation", {"positive": "nvp", "protocol.window.upper": "3.6 V"}
    )[1]
    other = spectrum("core_shell", potential=3.0, cell="full", positive="nvp", fresh=window, frequencies=few)
    own = spectrum("core_shell", potential=3.0, cell="full", frequencies=few)
    assert abs(other.impedance - own.impedance).max() > 1.0
    porous = spectrum("core_shell", potential=3.0, cell="full", level="electrode", frequencies=few)
    assert (porous.impedance.real > 0).all() and (porous.impedance.imag < 0).all()


def test_the_command_says_of_which_cell_and_state_a_spectrum_is(tmp_path, monkeypatch):
    """A first charge, the cell's voltage and the positive electrode; the figure does not replace another."""
    monkeypatch.chdir(tmp_path)
    share = coreshell("eis", "core_shell", "--cell", "full", "--at", "0.1", "--figure")
    assert share.code == 0, share.err
    assert "state of charge 0.1, that share of what a first charge at C/20 with its hold takes" in share.err
    assert "core_shell against nvpf" in share.err
    assert (tmp_path / "core_shell_eis_0.1_full_cell.png").exists()
    outcome = coreshell(
        "eis", "core_shell", "--cell", "full", "--positive", "nvp", "--set", "protocol.window.upper=3.6 V",
        "--at", "3.2 V", "--json",
    )  # fmt: skip
    found = json.loads(outcome.out)
    assert found["Positive electrode"] == "nvp"
    assert found["State"] == "voltage of the cell 3.2 V"
    assert found["Voltage [V]"] == pytest.approx(3.2, abs=1e-3)
    assert min(found["Real impedance [Ohm]"]) > 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--positive", "nvp"], "add --cell full"),
        (["--cell", "full", "--at", "4.3 V"], "voltage of the full cell is 4.3 V, outside the window"),
        (["--cell", "full", "--set", "protocol.window.upper=3.9 V", "--at", "4 V"], "window of 2 to 3.9 V"),
        (["--cell", "full", "--after", "formation"], "is of a half-cell"),
        (["--cell", "half", "--after", "full_cell_formation"], "is of a full cell"),
        (["--cell", "whole"], "one of half, full"),
        (["--cell", "full", "--positive", "nvq"], "nvq"),
        (["--cell", "full", "--at", "1.2"], "state of charge is 1.2"),
    ],
)
def test_a_spectrum_of_no_cell_is_refused(words, complaint):
    """One line, exit code 2."""
    outcome = coreshell("eis", "core_shell", *words)
    assert outcome.code == 2
    assert complaint in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
