"""The verification report that is kept in ``validation/``, and the checks behind it."""

import json
from dataclasses import replace

import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.checks import (
    electrode_levels,
    electrode_mesh,
    impedance_limit,
    stock_dfn,
    stock_full_cell,
    stock_spm,
    two_region_diffusion,
)
from coreshell_model.checks import (
    verification_checks as checks,
)
from coreshell_model.checks import (
    verification_report as report,
)
from coreshell_model.checks.check import Bound, Check, Outcome
from coreshell_model.checks.half_cell import DEFAULT_CELLS, FINE_CELLS
from coreshell_model.checks.refinement import MESH, TOLERANCES, mesh_errors, tolerance_errors
from coreshell_model.physics.submodels import kinetics, porous_electrode, transport
from coreshell_model.run.simulation import forget_models

THIN, THICK = "1.1 mg/cm2, sodiation at C/20", "10 mg/cm2, sodiation at 1C"
FOLDER = library.folder("validation")
QUICK = {
    "stock_spm": stock_spm.measure,
    "stock_dfn": lambda: {f"{THIN}, default mesh [mV]": stock_dfn.differences(THIN, DEFAULT_CELLS)[0]},
    "electrode_levels": lambda: electrode_levels.differences("shell"),
    "electrode_mesh": electrode_mesh.measure,
    "two_region_diffusion": two_region_diffusion.measure,
    "impedance": impedance_limit.measure,
    "stock_full_cell": lambda: {"charge at 1C [mV]": stock_full_cell.difference("charge at 1C")},
    "mesh_refinement": lambda: mesh_errors("core_shell"),
    "tolerance_refinement": lambda: tolerance_errors("core_shell"),
}
"""Checks that take seconds, and what of the slower ones does; the second solver has tests of its own."""


@pytest.fixture(scope="module")
def kept():
    return json.loads((FOLDER / "verification.json").read_text(encoding="utf-8"))


def test_the_kept_report_asks_what_the_checks_ask_today(kept):
    """The same checks, texts, quantities and bounds, in the same order."""
    today = report.record([Outcome(check, {}) for check in checks.CHECKS])["checks"]
    asked = ("name", "title", "compared", "limit")
    for old, new in zip(kept["checks"], today, strict=True):
        assert {name: old[name] for name in asked} == {name: new[name] for name in asked}
        limits = ("quantity", "at_least", "at_most")
        assert [[number[name] for name in limits] for number in old["numbers"]] == [
            [number[name] for name in limits] for number in new["numbers"]
        ]


def test_the_kept_report_was_made_with_the_shipped_parameters(kept):
    """A changed number of a material, mesh or tolerance asks for `coreshell verify --out validation`."""
    assert kept["inputs"] == report.fingerprint()


def test_the_kept_page_and_table_are_those_of_the_kept_record(kept):
    """Nobody edited them."""
    assert (FOLDER / "VERIFICATION.md").read_text(encoding="utf-8") == report.markdown(kept)
    assert (FOLDER / "verification.csv").read_text(encoding="utf-8") == report.table(kept)


def test_every_number_of_the_kept_report_is_within_what_is_accepted(kept):
    """And the verdicts are those that the numbers have."""
    for check, old in zip(checks.CHECKS, kept["checks"], strict=True):
        measured = {number["quantity"]: number["measured"] for number in old["numbers"]}
        assert Outcome(check, measured).passed
        assert old["verdict"] == report.WITHIN


@pytest.mark.parametrize("name", QUICK)
def test_the_checks_measure_what_the_kept_report_says(kept, name):
    """Within the band that each number has for another machine."""
    check = next(check for check in checks.CHECKS if check.name == name)
    bounds = {bound.quantity: bound for bound in check.bounds}
    old = next(old for old in kept["checks"] if old["name"] == name)
    before = {number["quantity"]: number["measured"] for number in old["numbers"]}
    for quantity, value in QUICK[name]().items():
        assert bounds[quantity].accepts(value)
        assert bounds[quantity].reproduces(value, before[quantity]), (quantity, value, before[quantity])


def a_tenth_less(right):
    """Charge transfer that is 10 % too slow."""
    return lambda *numbers: 0.9 * right(*numbers)


def half_the_conductance(right):
    """A face between the carbons with a resistance of its own, which vanishes with the cells: first order."""
    return lambda *numbers: 0.5 * right(*numbers)


def potentials_swapped(right):
    """Carbons in equilibrium at occupancies that belong to each other's potentials."""
    return lambda core, shell, of_core, of_shell, *others: right(core, shell, of_shell, of_core, *others)


@pytest.mark.parametrize(
    ("module", "law", "wrong", "check"),
    [
        (kinetics, "charge_transfer_through_layer", a_tenth_less, stock_spm.CHECK),
        (kinetics, "charge_transfer_through_layer", a_tenth_less, impedance_limit.CHECK),
        (transport, "flux_between_carbons", half_the_conductance, two_region_diffusion.CHECK),
        (transport, "flux_between_carbons", potentials_swapped, two_region_diffusion.CHECK),
        (transport, "flux_between_carbons", potentials_swapped, impedance_limit.CHECK),
    ],
)
def test_a_wrong_law_misses_the_check(monkeypatch, module, law, wrong, check):
    """A check that a wrong model passes verifies nothing."""
    monkeypatch.setattr(module, law, wrong(getattr(module, law)))
    assert not check.run().passed


def test_the_stock_dfn_sees_a_wrong_diffusion_potential(monkeypatch):
    """Where 1C takes the salt down to half, 10 % of it are more than a millivolt."""
    right = porous_electrode.diffusion_potential
    monkeypatch.setattr(porous_electrode, "diffusion_potential", lambda *numbers: 0.9 * right(*numbers))
    assert stock_dfn.differences(THICK, FINE_CELLS)[0] > 1.0


def test_a_thin_electrode_shows_an_electrolyte_that_hardly_conducts(monkeypatch):
    """The levels agree because the coating is thin for its electrolyte, not whatever the electrolyte is."""
    right = porous_electrode.effective
    monkeypatch.setattr(porous_electrode, "effective", lambda *numbers: 1e-3 * right(*numbers))
    forget_models()
    found = electrode_levels.differences("shell")
    forget_models()
    assert found["shell: voltage, sodiation [mV]"] > 2.0


def test_refinement_sees_a_scheme_of_first_order(monkeypatch):
    """With the potential at the surface taken from the outermost cell, the order falls to one."""
    from coreshell_model.checks.half_cell import formation
    from coreshell_model.physics.submodels.adsorption import TemkinFrumkinSites

    right = TemkinFrumkinSites.get_fundamental_variables

    def first_order(self):
        import pybamm

        from coreshell_model.physics import symbols as s
        from coreshell_model.physics.laws.isotherm import mean_field_potential

        variables = right(self)
        outermost = pybamm.boundary_value(variables["Shell sloping occupancy"], "right", order="constant")
        shape = (s.shell.sloping_potential, s.shell.sloping_interaction)
        variables["Surface mean-field potential [V]"] = mean_field_potential(outermost, *shape)
        return variables

    formation.cache_clear()
    monkeypatch.setattr(TemkinFrumkinSites, "get_fundamental_variables", first_order)
    found = mesh_errors("shell")
    formation.cache_clear()
    missed = [bound for bound in MESH.bounds if not bound.accepts(found.get(bound.quantity, 2.0))]
    assert missed


def test_a_loose_default_tolerance_would_be_seen(monkeypatch):
    """At 1e-3 the ICE of a formation is off by more than is accepted; at 2e-3 it does not solve."""
    from coreshell_model.checks import refinement

    monkeypatch.setattr(refinement, "RELATIVE_TOLERANCE", 1e-3)
    found = tolerance_errors("core_shell")
    bounds = {bound.quantity: bound for bound in TOLERANCES.bounds}
    assert not all(bounds[name].accepts(value) for name, value in found.items())


def test_a_number_that_is_not_finite_is_never_accepted():
    """Nor is one that was not measured."""
    assert not Bound("x").accepts(float("nan"))
    assert not Bound("x").accepts(float("inf"))
    check = Check("a", "A", "", "", (Bound("x"),), dict)
    assert Outcome(check, {}).missed == (Bound("x"),)


def test_a_check_whose_solve_fails_is_missed_with_its_reason():
    """The report is still written, and says why."""

    def fails():
        raise ArithmeticError("no convergence\nat all")

    outcome = Check("a", "A", "", "", (Bound("x", at_most=1.0),), fails).run()
    assert not outcome.passed
    found = report.record([outcome])
    assert found["verdict"] == report.MISSED
    assert "no convergence" in report.markdown(found)
    assert "a,x,,,1.0,missed" in report.table(found)


def test_verify_prints_one_object_and_leaves_with_0(monkeypatch):
    """Progress goes to stderr."""
    outcome = coreshell("verify", "--only", "two_region_diffusion", "--json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["verdict"] == "within"
    assert [check["name"] for check in found["checks"]] == ["two_region_diffusion"]
    assert "two_region_diffusion: within" in outcome.err


def test_verify_leaves_with_1_where_a_number_is_missed_and_writes_the_report_all_the_same(
    monkeypatch, tmp_path
):
    """A thousandth of the error that the mesh has cannot be met."""
    asked = two_region_diffusion.CHECK
    strict = replace(
        asked, bounds=tuple(replace(bound, at_least=None, at_most=1e-9) for bound in asked.bounds)
    )
    monkeypatch.setattr(checks, "CHECKS", (strict,))
    outcome = coreshell("verify", "--out", str(tmp_path / "new"))
    assert outcome.code == 1
    assert "missed" in outcome.out
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written == {"VERIFICATION.md", "verification.json", "verification.csv"}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--only", "spm"), "it is one of stock_spm"),
        (("--only", "stock_spm", "--out", "somewhere"), "--only goes without --out"),
        (("--out", ""), "--out is empty"),
    ],
)
def test_verify_refuses_in_one_line(words, complaint):
    """Before any work is done."""
    outcome = coreshell("verify", *words)
    assert outcome.code == 2
    assert complaint in outcome.err
    assert outcome.err.count("\n") == 1
