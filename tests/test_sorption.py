"""Isotherm results -> geometry, and back; the paper's arithmetic; tables of results and their checks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from coreshell_model.base.errors import InputError
from coreshell_model.inputs import sorption
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.sorption_file import Measured, checks, geometry_from_table, read_table

EXAMPLE = Path(__file__).parents[1] / "examples" / "sorption_core_shell.csv"
PORES, GAIN, AREA = 1.18e-3, 0.30, 14e3  # m3/kg, kg/kg, m2/kg: its core pore volume, mass gain, external area
CARBONS = st.fixed_dictionaries(
    {
        "core_pore_volume": st.floats(0.0, 5e-3),
        "core_skeletal_density": st.floats(1000, 3500),
        "shell_skeletal_density": st.floats(1000, 3500),
        "roughness": st.floats(1, 50),
    }
)
PAPER_CARBONS = {
    "core_pore_volume": PORES,
    "core_skeletal_density": 1800.0,
    "shell_skeletal_density": 1800.0,
    "roughness": 1.0,
}


def close(value, rel=1e-9):
    """Compare relatively only: pytest's own absolute tolerance, 1e-12, is a picometre."""
    return pytest.approx(value, rel=rel, abs=0)


def paper_particle(density):
    return sorption.geometry_from_sorption(
        mass_gain=GAIN,
        external_area=AREA,
        core_pore_volume=PORES,
        core_skeletal_density=density,
        shell_skeletal_density=density,
    )


# The paper's arithmetic, to its rounding (main text, gas sorption and diethyl carbonate paragraphs)


@pytest.mark.parametrize(("density", "percent"), [(1800.0, 68), (2100.0, 71)])
def test_core_is_more_than_two_thirds_pores(density, percent):
    assert round(100 * sorption.porosity(density, PORES)) == percent
    assert round(100 * paper_particle(density).porosity) == percent


@pytest.mark.parametrize(("density", "percent"), [(1800.0, 58), (2100.0, 63)])
def test_30_percent_of_carbon_would_leave_the_pores_mostly_open(density, percent):
    """Problem: all CVD carbon inside, volume of the core unchanged. Answer: the paper's 58 and 63 %."""
    assert round(100 * sorption.porosity_if_filled(density, PORES, GAIN, density)) == percent


@pytest.mark.parametrize(("density", "left"), [(1800.0, 0.78), (2100.0, 0.80)])
def test_pores_filled_with_30_percent_would_still_hold_much_gas(density, left):
    """Answer: the paper's 0.78 and 0.80 cm3/g, which come out per gram of coated carbon, not of core."""
    assert round(1e3 * sorption.pore_volume_if_filled(PORES, GAIN, density), 2) == left


@pytest.mark.parametrize(("density", "percent"), [(1800.0, 211), (2100.0, 246)])
def test_filling_the_pores_takes_seven_times_the_carbon_deposited(density, percent):
    """Problem: down to 0.01 cm3/g, taken per gram of core as the paper does."""
    assert round(100 * sorption.mass_gain_to_fill_pores(PORES, density, 0.01e-3)) == percent


@pytest.mark.parametrize(("density", "percent"), [(1800.0, 207), (2100.0, 241)])
def test_filling_takes_a_little_less_when_both_volumes_are_per_gram_of_core(density, percent):
    """Problem: v_p - m/rho = 0.01 cm3/g (1 + m). Answer: m = (v_p - 0.01)/(1/rho + 0.01)."""
    gain = (PORES - 0.01e-3) / (1 / density + 0.01e-3)
    assert sorption.mass_gain_to_fill_pores(PORES, density, 0.01e-3 * (1 + gain)) == close(gain, rel=1e-12)
    assert round(100 * gain) == percent


@pytest.mark.parametrize(("density", "radius"), [(1800.0, 314), (2100.0, 297)])
def test_14_square_metres_per_gram_are_particles_of_300_nm(density, radius):
    assert round(1e9 * paper_particle(density).particle_radius) == radius


@pytest.mark.parametrize(("density", "thickness"), [(1800.0, 9), (2100.0, 8)])
def test_the_shell_is_nine_or_eight_nanometres(density, thickness):
    assert round(1e9 * paper_particle(density).shell_thickness) == thickness


def test_a_gram_of_diethyl_carbonate_covers_3110_square_metres():
    assert sorption.dec_area_per_uptake() == pytest.approx(3110e3, abs=0.5e3)


@pytest.mark.parametrize(("area", "uptake"), [(1896, 610), (13, 4.2)])
def test_the_areas_of_diethyl_carbonate_are_uptakes_at_5_percent_not_at_90(area, uptake):
    """Problem: which uptake [mg/g] gives the area [m2/g]? Not the paper's 670 and 12 mg/g at 90 %."""
    assert 1e6 * area / sorption.dec_area_per_uptake() == close(uptake, rel=0.005)


@pytest.mark.parametrize(
    ("area", "core_area", "gain", "share"), [(1896, 1896, 0, 1), (13, 1896, 0.3, 0), (453, 2690, 0.3, 0.21)]
)
def test_core_is_open_core_shell_sealed_and_a_fifth_of_cracked_open(area, core_area, gain, share):
    """Core and Core-Shell by diethyl carbonate, Cracked by N2 (physics.md, section 4)."""
    assert sorption.open_fraction(1e3 * area, AREA, 1e3 * core_area, gain) == pytest.approx(share, abs=0.005)


def test_the_open_fraction_stays_between_none_and_all():
    """Two probes scatter: an area a little below the external one, or above the core's, is none or all."""
    assert sorption.open_fraction(13e3, 14e3, 1896e3, 0.3) == 0
    assert sorption.open_fraction(1500e3, 14e3, 1896e3, 0.3) == 1


# Geometry


def test_a_core_of_unit_density_and_a_shell_of_seven_times_its_volume_doubles_the_radius():
    """Problem: V_core = 1/2000 + 0.5e-3 = 1e-3, m/rho_s = 7e-3 m3/kg. Answer: R_c = R/2, by hand."""
    volume, shell = sorption.core_volume(2000.0, 0.5e-3), sorption.shell_volume(14.0, 2000.0)
    assert (volume, shell) == close((1e-3, 7e-3))
    assert sorption.core_radius(1e-6, volume, shell) == close(0.5e-6)
    assert sorption.particle_density(14.0, volume, shell) == close(15 / 8e-3)
    assert sorption.mass_gain_from_thickness(0.5e-6, 0.5e-6, volume, 2000.0) == close(14.0)


def test_an_uncoated_solid_carbon_is_a_plain_sphere():
    """Shell alone: 2.7 m2/g at 1.8 g/cm3 is R = 3/(rho a) = 617 nm."""
    sphere = sorption.geometry_from_sorption(
        mass_gain=0.0,
        external_area=2.7e3,
        core_pore_volume=0.0,
        core_skeletal_density=1800.0,
        shell_skeletal_density=1800.0,
    )
    assert sphere.particle_radius == pytest.approx(617e-9, abs=0.5e-9)
    assert (sphere.shell_thickness, sphere.porosity, sphere.particle_density) == (0, 0, close(1800))


@given(CARBONS, st.floats(0, 5), st.floats(100, 1e6), st.floats(0, 1))
def test_what_was_measured_comes_back_from_the_geometry(carbons, gain, area, inside):
    """Both directions of equations (1) and (2), to round-off."""
    assume(inside * gain <= carbons["core_pore_volume"] * carbons["shell_skeletal_density"])
    particle = sorption.geometry_from_sorption(
        mass_gain=gain, external_area=area, fraction_inside=inside, **carbons
    )
    assert particle.external_area == close(area, rel=1e-12)
    assert particle.core_radius + particle.shell_thickness == close(particle.particle_radius)
    if inside < 0.99:  # nearer 1 the thickness no longer tells the mass
        again = sorption.geometry_from_design(
            particle.core_radius, particle.shell_thickness, fraction_inside=inside, **carbons
        )
        assert again.mass_gain == pytest.approx(gain, rel=1e-9, abs=1e-12)


@given(CARBONS, st.floats(1e-8, 1e-5), st.floats(1e-13, 1e-6))
@example(PAPER_CARBONS, 1e-5, 1.3e-13)
def test_what_was_designed_comes_back_from_the_measurement(carbons, core, thickness):
    """Even a shell of a hundred-millionth of the radius keeps its digits."""
    wanted = sorption.geometry_from_design(core, thickness, **carbons)
    assert wanted.shell_thickness == close(thickness, rel=1e-9)
    found = sorption.geometry_from_sorption(
        mass_gain=wanted.mass_gain, external_area=wanted.external_area, **carbons
    )
    assert (found.core_radius, found.shell_thickness) == close((core, thickness), rel=1e-9)


@given(CARBONS, st.floats(1e-8, 1e-5), st.floats(1e-10, 1e-7))
def test_mass_per_particle_is_its_carbon_and_its_volume_the_sphere(carbons, core, thickness):
    """Problem: weigh core ball and shell ball, pores empty. Answer: density times the sphere's volume."""
    particle = sorption.geometry_from_design(core, thickness, **carbons)
    ball = core**3
    shell = ((core + thickness) ** 3 - ball) * particle.shell_skeletal_density
    mass = ball * (1 - particle.porosity) * particle.core_skeletal_density + shell
    assert particle.particle_density * particle.particle_radius**3 == close(mass, rel=1e-9)
    assert particle.mass_gain == close(
        shell / (ball * (1 - particle.porosity) * particle.core_skeletal_density), rel=1e-6
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_carbon_inside_the_pores_makes_the_shell_thinner_and_the_core_less_porous(one, other):
    less, more = sorted((one, other))
    particles = [replace(paper_particle(1800.0), fraction_inside=share) for share in (less, more)]
    assert particles[0].shell_thickness >= particles[1].shell_thickness
    assert particles[0].porosity >= particles[1].porosity


def test_all_carbon_inside_leaves_no_shell_and_the_porosity_of_filled_pores():
    filled = replace(paper_particle(1800.0), fraction_inside=1.0)
    assert filled.shell_thickness == 0
    assert filled.porosity == close(sorption.porosity_if_filled(1800.0, PORES, GAIN, 1800.0))


def test_another_radius_keeps_the_mass_gain():
    particle = paper_particle(1800.0)
    larger = sorption.with_radius(particle, 2 * particle.particle_radius)
    assert larger.mass_gain == GAIN
    assert larger.external_area == close(7e3)
    assert larger.shell_thickness == close(2 * particle.shell_thickness)


def test_a_rough_particle_of_equal_area_is_larger():
    smooth, rough = (
        sorption.radius_from_external_area(AREA, 718.0),
        sorption.radius_from_external_area(AREA, 718.0, 2.0),
    )
    assert rough == close(2 * smooth)
    assert sorption.external_area_from_radius(rough, 718.0, 2.0) == close(AREA)


def test_arrays_go_through_as_floats_do():
    gains = np.array([0.1, 0.3, 0.6])
    volumes = sorption.shell_volume(gains, 1800.0)
    thicknesses = sorption.shell_thickness(300e-9, sorption.core_volume(1800.0, PORES), volumes)
    one_by_one = [
        sorption.shell_thickness(300e-9, sorption.core_volume(1800.0, PORES), volume) for volume in volumes
    ]
    assert thicknesses == close(one_by_one)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"core_radius": 0.0}, "core radius is 0.0 m; it must be above 0"),
        ({"core_radius": float("nan")}, "core radius is nan m"),
        ({"mass_gain": -0.1}, "mass gain is -0.1 kg/kg; it must be 0 or more"),
        ({"mass_gain": float("inf")}, "mass gain is inf"),
        ({"core_skeletal_density": -1.0}, "core skeletal density is -1.0 kg/m3; it must be above 0"),
        ({"shell_skeletal_density": 0.0}, "shell skeletal density is 0.0 kg/m3; it must be above 0"),
        ({"core_pore_volume": -1e-3}, "core pore volume is -0.001 m3/kg; it must be 0 or more"),
        ({"roughness": 0.5}, "roughness is 0.5; the smooth sphere is 1"),
        ({"fraction_inside": 1.5}, "fraction inside pores is 1.5; it must be from 0 to 1"),
        ({"fraction_inside": 1.0, "mass_gain": 3.0}, "more than their 0.00118 m3/kg; lower the mass gain"),
    ],
)
def test_a_particle_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        replace(paper_particle(1800.0), **wrong)


def test_a_core_without_inner_area_cannot_be_open_or_sealed():
    with pytest.raises(InputError, match="area inside the core"):
        sorption.open_fraction(13e3, 14e3, 14e3, 0.3)


# Tables


REQUIRED = {
    "mass gain": ("30", "%"),
    "core pore volume": ("1.18", "cm3/g"),
    "core skeletal density": ("1.8", "g/cm3"),
    "shell skeletal density": ("1.8", "g/cm3"),
    "external area": ("14", "m2/g"),
}


def write_csv(path, rows, start="quantity,value,unit,source\n"):
    lines = [f'{name},{value},{unit},"a paper, p. 1"' for name, (value, unit) in rows.items()]
    path.write_text(start + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_example_holds_the_papers_particle_with_a_source_for_each_value():
    measured = read_table(EXAMPLE)
    particle = geometry_from_table(measured)
    assert particle == paper_particle(1800.0)
    assert len(measured.sources) == 11
    assert all(source.startswith(("Appel et al.", "assumed: ")) for source in measured.sources.values())


def test_the_paper_passes_every_check():
    """Sealed, not filled, thin, and both probes see the same outside."""
    measured = read_table(EXAMPLE)
    found = {check.name: check for check in checks(measured, geometry_from_table(measured))}
    assert len(found) == 6
    assert all(check.passed for check in found.values())
    assert "filling the pores takes 211%" in found["Mass gain over that of filled pores"].sentence
    assert "would find 0.78: the pores are sealed off" in found["Pore volume of the coated carbon"].sentence


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        ({"coated_pore_volume": 0.38e-3}, "Pore volume of the coated carbon", "not sealed off"),
        ({"dec_area": 453e3}, "Open fraction", "electrolyte will decompose inside"),
        ({"dec_area": 453e3}, "DEC area and external area", "differ by more than 25%"),
        ({"dec_uptake_at_5_percent": 0.012}, "DEC uptake and DEC area", "differ by more than 10%"),
        ({"external_area": 453e3}, "External area over the core's N2 area", "open to N2"),
        ({"external_area": 453e3}, "Shell thickness over particle radius", None),
        ({"mass_gain": 2.5}, "Mass gain over that of filled pores", "may be filled"),
        ({"mass_gain": 2.5}, "Shell thickness over particle radius", "thick"),
        ({"coated_pore_volume": 2e-3}, "Mass gain over that of filled pores", "may be filled"),
    ],
)
def test_a_carbon_unlike_the_papers_fails_the_check_that_sees_it(change, name, words):
    measured = replace(read_table(EXAMPLE), **change)
    check = next(c for c in checks(measured, geometry_from_table(measured)) if c.name == name)
    assert check.passed == (words is None)
    assert (words or "thin") in check.sentence


def test_checks_need_no_more_than_the_required_quantities(tmp_path):
    measured = read_table(write_csv(tmp_path / "few.csv", REQUIRED))
    assert [check.passed for check in checks(measured, geometry_from_table(measured))] == [True, True]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"core_dec_area": 10e3}, "Open fraction"),
        ({"dec_area": 0.0, "dec_uptake_at_5_percent": 0.0}, "DEC uptake and DEC area"),
        ({"mass_gain": 2.124}, "Pore volume of the coated carbon"),
    ],
)
def test_a_check_that_can_tell_nothing_is_left_out(change, name):
    """A core without inner area; no area to compare with; a gain that would just fill the pores."""
    measured = replace(read_table(EXAMPLE), **change)
    assert name not in [check.name for check in checks(measured, geometry_from_table(measured))]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"mass_gain": 0.0}, ["DEC uptake and DEC area"]),
        (
            {"fraction_inside_pores": 1.0},
            ["Mass gain over that of filled pores", "DEC uptake and DEC area"],
        ),
        (
            {"fraction_inside_pores": 1 - 1e-6},
            ["Mass gain over that of filled pores", "DEC uptake and DEC area"],
        ),
    ],
)
def test_without_a_shell_nothing_is_said_about_one(change, left):
    """No CVD carbon, or all of it inside the pores: a thousandth of an atom outside is no shell either."""
    measured = replace(read_table(EXAMPLE), dec_uptake_at_5_percent=0.00418, **change)
    particle = geometry_from_table(measured)
    assert not particle.has_shell
    assert [check.name for check in checks(measured, particle)] == left


def test_an_area_in_the_wrong_unit_makes_no_particle_of_a_third_of_a_millimetre(tmp_path):
    """14 m2/kg would be a radius of 0.3 mm; 0.1 m2/g, the least that is taken, is one of 42 um."""
    path = write_csv(tmp_path / "t.csv", REQUIRED | {"external area": ("14", "m2/kg")})
    with pytest.raises(InputError, match=r"from 100 to 1e\+07, .* did you mean 14 m2/g\?"):
        read_table(path)


def test_uptake_stands_in_for_the_area_it_covers(tmp_path):
    rows = REQUIRED | {"DEC uptake at 5 %": ("4.18", "mg/g")}
    measured = read_table(write_csv(tmp_path / "t.csv", rows))
    assert measured.solvent_area == close(13e3, rel=1e-3)


def test_csv_and_toml_hold_the_same_table(tmp_path):
    """Names in any case, with underscores; comments and blank lines; a byte-order mark."""
    csv_path, toml_path = tmp_path / "t.csv", tmp_path / "t.toml"
    rows = {name.upper().replace(" ", "_"): cell for name, cell in REQUIRED.items()}
    write_csv(csv_path, rows, '\ufeff# a comment, "with" commas\n\nQuantity, Value,unit,source\n')
    entries = [
        f'{name.replace(" ", "_")} = {{ value = {value}, unit = "{unit}", source = "a paper, p. 1" }}'
        for name, (value, unit) in REQUIRED.items()
    ]
    toml_path.write_text("\n".join(entries))
    assert replace(read_table(csv_path), file="") == replace(read_table(toml_path), file="")


@pytest.mark.parametrize(
    ("name", "value", "unit", "message"),
    [
        ("mass gian", "30", "%", "'mass gian': unknown quantity; did you mean 'mass gain'? known: "),
        ("Mass Gain", "30", "%", "line 7, 'Mass Gain': is there twice; keep one"),
        ("DEC area", "13", "nm", "unit 'nm' is not an area per mass; use one like 'm2/g'"),
        ("DEC area", "many", "m2/g", "'many' does not start with a number"),
        ("DEC area", "nan", "m2/g", "'nan' does not start with a number"),
        ("DEC area", '"1,3"', "m2/g", "use a point for decimals"),
        ("DEC area", "13 m2/g", "m2/g", "value is '13 m2/g'; put the unit in its own place"),
        ("DEC area", "-13", "m2/g", "value is -13 m2/g; give one from 0.1 to 1e+04, or correct the unit"),
        ("DEC area", "13", "m2/kg", "from 100 to 1e+07, or correct the unit; did you mean 13 m2/g?"),
        ("core N2 area", "14", "m2/kg", "from 100 to 1e+07, or correct the unit; did you mean 14 m2/g?"),
        ("core DEC area", "14", "m2/kg", "from 100 to 1e+07, or correct the unit; did you mean 14 m2/g?"),
        ("fraction inside pores", "110", "%", "value is 110 %; give one from 0 to 100, or correct the unit"),
        ("roughness", "0.9", "1", "value is 0.9 1; give one from 1 to 1000, or correct the unit"),
        ("coated pore volume", "0.01", "m3/g", "give one from 0 to 2e-05, or correct the unit"),
        ("DEC area", "13", "m2/g, of", "5 cells instead of 4; put text that holds commas in double quotes"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_file_line_value_and_remedy(tmp_path, name, value, unit, message):
    path = write_csv(tmp_path / "t.csv", REQUIRED)
    path.write_text(path.read_text() + f"{name},{value},{unit},here\n")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}: line 7")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; start with 'quantity,value,unit,source'"),
        ("# a comment\n\n", "the file is empty; start with"),
        ("quantity,value,unit,source\n", "mass gain, core pore volume, .* missing; add an entry for each"),
        ("quantity;value;unit;source\n", "line 1: the header is 'quantity;value;unit;source'; start with"),
        ("mass gain,30,%,here\n", "line 1: the header is 'mass gain,30,%,here'; start with"),
        ("quantity,value,unit,source\nmass gain,30,%,\n", "line 2, 'mass gain': has no source"),
        (
            'quantity,value,unit,source\nmass gain,30,%,"here\n',
            "line 2: unexpected end of data; close the quotes",
        ),
    ],
)
def test_a_bad_csv_table_is_named_with_what_to_do(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(path)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("mass_gain = 30", "'mass_gain': write value, unit and source"),
        ("mass_gain = { value = 30, unit = '%' }", "'mass_gain': write value, unit and source"),
        ("mass_gain = { value = true, unit = '%', source = 'x' }", "value is True; write a number"),
        ("mass_gain = { value = [3], unit = '%', source = 'x' }", "write a number"),
        ("mass_gain = { value = nan, unit = '%', source = 'x' }", "nan is not a finite number"),
        ("mass_gain = { value = 3, unit = 1, source = 'x' }", "unit is 1; write it as text, like '%'"),
        ("mass_gain = { value = 3, unit = '%', source = 7 }", "has no source; cite its place"),
        ("mass_gain = { value = 30, unit = '1', source = 'x' }", "value is 30 1; give one from 0 to 10"),
    ],
)
def test_a_bad_toml_table_is_named_with_what_to_do(tmp_path, entry, message):
    path = tmp_path / "t.toml"
    path.write_text(entry)
    with pytest.raises(InputError, match=message) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}: 'mass_gain': ")


def test_a_table_whose_pores_cannot_hold_the_carbon_names_its_file(tmp_path):
    rows = REQUIRED | {"mass gain": ("300", "%"), "fraction inside pores": ("100", "%")}
    path = write_csv(tmp_path / "full.csv", rows)
    with pytest.raises(
        InputError, match=r"full\.csv: the carbon inside the pores takes .* lower the mass gain"
    ):
        geometry_from_table(read_table(path))


@given(content=st.text() | st.text('massgin,"#30%\n'))
def test_any_text_reads_as_a_table_or_is_an_input_error(tmp_path_factory, content):
    for ending in ("csv", "toml"):
        path = tmp_path_factory.getbasetemp() / f"any.{ending}"
        path.write_text(
            "quantity,value,unit,source\n" * (ending == "csv") + content, encoding="utf-8", errors="replace"
        )
        try:
            assert isinstance(read_table(path), Measured)
        except InputError as error:
            assert str(error).isprintable()


def test_a_carbon_without_a_coating_needs_no_more_than_what_was_measured(tmp_path):
    """The rest is that of its material; areas by CO2 are named as unused, and not taken for others."""
    path = write_csv(tmp_path / "t.csv", {"external area": ("6", "m2/g"), "CO2 area": ("150", "m2/g")})
    material = read_material("hard_carbon")
    measured = read_table(path, material)
    assert (measured.mass_gain, measured.external_area) == (0.0, 6e3)
    assert measured.core_pore_volume == material.carbon.pore_volume.si
    assert set(measured.sources) == {"external area"} and measured.unused == ("CO2 area",)
    with pytest.raises(InputError, match="begin --from hard_carbon"):
        read_table(path)


def test_a_table_with_a_coating_is_never_completed_from_a_material(tmp_path):
    """A mass gain alone says that there is a shell, whose density has to be stated."""
    path = write_csv(tmp_path / "t.csv", {"external area": ("6", "m2/g"), "mass gain": ("30", "%")})
    with pytest.raises(InputError, match="shell skeletal density"):
        read_table(path, read_material("hard_carbon"))
