"""From material files to particles, and what a change of one dimension keeps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coreshell_model.base.errors import InputError
from coreshell_model.checks.half_cell import isotherm_of
from coreshell_model.inputs.material import material_from_dict, read_material, sources
from coreshell_model.inputs.particle import changed, known_paths, shape_of
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.physics.laws.isotherm import occupancy_at
from coreshell_model.physics.values import parameter_values

CORE_SHELL = read_material("core_shell")
REFERENCE = CORE_SHELL.geometry


def test_core_shell_has_the_radius_and_thickness_of_the_paper():
    """Appel et al.: 314 nm and about 9 nm at 1.8 g/cm3."""
    shape = shape_of(CORE_SHELL)
    assert round(shape.radius * 1e9) == 314
    assert round(shape.shell_thickness * 1e9) == 9


def test_shell_is_a_sphere_of_its_measured_area():
    """R = 3/(rho a) = 617 nm; the mesh's two regions make one particle."""
    assert shape_of(read_material("shell")).radius == pytest.approx(3 / (1800 * 2700))


@pytest.mark.parametrize("change", [{"shell.thickness": "12 nm"}, {"shell.mass_gain": "40 %"}])
def test_more_shell_keeps_the_core(change):
    """The core's radius and carbon stay; mass gain, external area and density follow."""
    geometry = changed(CORE_SHELL, change).geometry
    assert geometry.core_radius == pytest.approx(REFERENCE.core_radius, rel=1e-12)
    assert geometry.mass_gain > REFERENCE.mass_gain
    assert geometry.external_area < REFERENCE.external_area


@pytest.mark.parametrize("change", [{"particle.radius": "600 nm"}, {"particle.external_area": "5 m2/g"}])
def test_another_size_keeps_the_mass_gain(change):
    """Core and shell grow together."""
    geometry = changed(CORE_SHELL, change).geometry
    assert geometry.mass_gain == pytest.approx(REFERENCE.mass_gain, rel=1e-12)
    assert geometry.shell_thickness / geometry.core_radius == pytest.approx(
        REFERENCE.shell_thickness / REFERENCE.core_radius, rel=1e-9
    )


def test_thickness_and_area_together_are_both_met():
    """Given both, the core's radius is the one that follows."""
    geometry = changed(CORE_SHELL, {"shell.thickness": "12 nm", "particle.external_area": "14 m2/g"}).geometry
    assert geometry.shell_thickness == pytest.approx(12e-9, rel=1e-9)
    assert geometry.external_area == pytest.approx(14e3, rel=1e-9)


@given(thickness=st.floats(0.1, 200), radius=st.floats(20, 5000))
@settings(max_examples=50, deadline=None)
def test_a_designed_particle_has_the_dimensions_asked_for(thickness, radius):
    """Or is refused, where the shell is thicker than the particle."""
    change = {"shell.thickness": f"{thickness!r} nm", "particle.radius": f"{radius!r} nm"}
    if thickness >= radius:
        with pytest.raises(InputError, match=r"shell\.thickness .* nm, not less than the particle's radius"):
            changed(CORE_SHELL, change)
        return
    shape = shape_of(changed(CORE_SHELL, change))
    assert shape.shell_thickness == pytest.approx(thickness * 1e-9, rel=1e-6)
    assert shape.radius == pytest.approx(radius * 1e-9, rel=1e-9)


def capacities(material):
    """Charge per mass of active carbon [mAh/g]: sloping sites at 0 V, traps and clusters at most."""
    values = parameter_values(material, read_protocol("formation"))
    core, radius = values["Core radius [m]"], values["Core radius [m]"] + values["Shell thickness [m]"]
    share = (core / radius) ** 3
    unit = 96485.33212 / 3600 / values["Particle density [kg.m-3]"]
    return {
        "core sloping": sites_at_0_v(values, "Core") * share * unit,
        "shell sloping": sites_at_0_v(values, "Shell") * (1 - share) * unit,
        "traps": (
            values["Core trap density [mol.m-3]"] * share
            + values["Shell trap density [mol.m-3]"] * (1 - share)
        )
        * unit,
        "clusters": values["Cluster site density [mol.m-3]"] * share * unit,
    }


def sites_at_0_v(values, region):
    """The sites of a carbon [mol.m-3] that are filled in equilibrium at 0 V."""
    return values[f"{region} site density [mol.m-3]"] * occupancy_at(0.0, *isotherm_of(values, region))


@pytest.mark.parametrize("gain", [0.1, 0.3, 0.9])
def test_capacities_per_gram_follow_the_mass_gain(gain):
    """What is given per gram of one carbon becomes per gram of particle by the carbons' masses."""
    held = capacities(changed(CORE_SHELL, {"shell.mass_gain": str(gain)}))
    numbers = {path: number.value for path, number in sources(CORE_SHELL).items()}
    in_core, in_shell = 1 / (1 + gain), gain / (1 + gain)
    pores = numbers["core.clusters.pore_fraction"] * numbers["core.pore_volume"] * 1128
    assert held == pytest.approx(
        {
            "core sloping": numbers["core.sloping.capacity"] * in_core,
            "shell sloping": numbers["shell.sloping.capacity"] * in_shell,
            "traps": numbers["shell.trapping.capacity"] * in_shell,
            "clusters": pores * in_core,
        },
        rel=1e-9,
    )


def test_carbon_inside_the_pores_counts_as_capacity_but_not_as_shell():
    """phi_in moves sites and traps into the core, thins the shell and takes room from the clusters."""
    outside, inside = CORE_SHELL, changed(CORE_SHELL, {"shell.fraction_inside": "0.5"})
    before, after = capacities(outside), capacities(inside)
    assert shape_of(inside).shell_thickness < 0.6 * shape_of(outside).shell_thickness
    assert after["traps"] == pytest.approx(before["traps"], rel=1e-9)
    assert after["core sloping"] + after["shell sloping"] == pytest.approx(
        before["core sloping"] + before["shell sloping"], rel=1e-9
    )
    assert after["clusters"] < before["clusters"]


def test_walls_and_their_volume_are_per_gram_of_core_in_the_file_and_of_particle_in_the_model():
    """Carbon of the shell has no walls."""
    values = parameter_values(CORE_SHELL, read_protocol("formation"))
    numbers = {path: number.si for path, number in sources(CORE_SHELL).items()}
    share = 1 / (1 + numbers["shell.mass_gain"])
    assert values["Pore wall area [m2.kg-1]"] == pytest.approx(share * numbers["pores.wall_area"])
    assert values["Accessible pore volume [m3.kg-1]"] == pytest.approx(
        share * numbers["pores.accessible_volume"]
    )


def test_a_carbon_of_its_own_holds_its_capacity_in_two_equal_regions():
    """132 mAh/g of sloping sites and the traps, per gram of the one carbon; no clusters."""
    held = capacities(read_material("shell"))
    numbers = {path: number.value for path, number in sources(read_material("shell")).items()}
    assert held["core sloping"] + held["shell sloping"] == pytest.approx(numbers["carbon.sloping.capacity"])
    assert held["traps"] == pytest.approx(numbers["carbon.trapping.capacity"])
    assert held["clusters"] == 0


def test_clusters_of_one_carbon_are_all_there():
    """The region that holds them is smaller than the particle, their charge is not."""
    data = CORE_SHELL.model_dump(exclude_none=True)
    del data["shell"]
    core = data.pop("core")
    held = capacities(material_from_dict(data | {"carbon": core}, "core alone"))
    assert held["clusters"] == pytest.approx(1128 * 1.18 * core["clusters"]["pore_fraction"]["value"])


def test_every_number_of_a_material_can_be_set():
    """Each number that the file holds is listed, and takes its own value back."""
    for name in ("core_shell", "shell"):
        material = read_material(name)
        for path, number in sources(material).items():
            assert path in known_paths(material)
            same = changed(material, {path: f"{number.value!r} {number.unit}"})
            assert sources(same)[path].si == number.si
            assert sources(same)[path].source == "set by the user"


def without(data, *paths):
    """A material's data with some fields removed."""
    for path in paths:
        *parents, leaf = path.split(".")
        table = data
        for name in parents:
            table = table[name]
        table.pop(leaf, None)
    return data


OPTIONAL = {
    "core.clusters.driving_potential": "0.1 V",
    "particle.roughness": "2",
    "shell.fraction_inside": "10 %",
}


@pytest.mark.parametrize(("path", "text"), OPTIONAL.items())
def test_an_optional_number_that_the_file_leaves_out_can_be_set(path, text):
    """Its section is there, so one number is all that is needed."""
    bare = material_from_dict(without(CORE_SHELL.model_dump(exclude_none=True), *OPTIONAL), "bare")
    assert path not in sources(bare) and path in known_paths(bare)
    assert str(sources(changed(bare, {path: text}))[path]) == text


def test_a_section_that_the_file_leaves_out_is_not_set_number_by_number():
    """None of its paths is listed, and the complaint says where to add it."""
    data = without(CORE_SHELL.model_dump(exclude_none=True), "core.trapping", "core.clusters", "pores")
    bare = material_from_dict(data, "bare")
    for section in ("core.trapping", "core.clusters", "pores"):
        assert not [path for path in known_paths(bare) if path.startswith(section)]
        for path in (section, f"{section}.rate"):
            with pytest.raises(InputError) as caught:
                changed(bare, {path: "1 1/s"})
            assert f"{section} is not in this file; add it there with all its fields" in str(caught.value)
            assert "did you mean" not in str(caught.value)


def test_a_particle_of_one_carbon_has_no_core_radius_to_set():
    assert "particle.core_radius" not in known_paths(read_material("shell"))
    assert {"particle.radius", "carbon.clusters.rate"} & set(known_paths(read_material("shell"))) == {
        "particle.radius"
    }


@pytest.mark.parametrize(
    "change",
    [
        {"shell.fraction_inside": "1"},
        {"shell.fraction_inside": "0.99999999"},
        {"shell.thickness": "0.9e-4 nm"},
        {"shell.mass_gain": "1e-7"},
    ],
)
def test_a_particle_without_a_shell_is_no_core_shell_particle(change):
    """Less than 1e-4 nm of carbon around the core, a thousandth of an atom."""
    with pytest.raises(
        InputError, match=r"core_shell: no carbon is left for a shell: .* less than 0\.0001 nm"
    ):
        changed(CORE_SHELL, change)


def test_a_shell_of_a_thousandth_of_an_atom_is_one():
    assert shape_of(changed(CORE_SHELL, {"shell.thickness": "1.1e-4 nm"})).shell_thickness == pytest.approx(
        1.1e-13, rel=1e-6
    )


def test_a_change_leaves_the_original_untouched():
    """Materials are frozen."""
    before = sources(CORE_SHELL)["shell.sloping.capacity"].value
    changed(CORE_SHELL, {"shell.sloping.capacity": "999 mAh/g"})
    assert sources(CORE_SHELL)["shell.sloping.capacity"].value == before


@pytest.mark.parametrize("text", ["0 °C", "0 degC", "273.15 K"])
def test_a_temperature_is_set_in_degrees_celsius_too(text):
    """In SI it is one in kelvin, shown it stays as it was written; a refusal speaks in its unit too."""
    temperature = changed(read_material("core_shell"), {"cell.temperature": text}).cell.temperature
    assert (temperature.si, str(temperature)) == (273.15, text)
    with pytest.raises(InputError, match=r"cell\.temperature: is 500 °C; must be at most 126\.85 °C"):
        changed(read_material("core_shell"), {"cell.temperature": "500 °C"})
