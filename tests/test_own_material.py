"""A material of one's own: its names, whose its numbers are, and what measured sorption makes of it."""

import json
import tomllib
from contextlib import nullcontext

import numpy as np
import pytest
import tomli_w
from command_line import coreshell
from synthetic import problem_file
from test_written_back import fitted

from coreshell_model import simulate, summary
from coreshell_model.base import library, scheduler
from coreshell_model.base.errors import InputError
from coreshell_model.checks.posterior_draws import drawn
from coreshell_model.infer.assemble import fitted_materials
from coreshell_model.infer.draws import Posterior, read_posterior, write_posterior
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.prediction import DrawnRun, _DrawRunner
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.particle import consequences

PATH = "core.sloping.capacity"
GIVEN = FreeParameter(path=PATH, shared=("hc7.toml",), unit="mAh/g", lower=100, upper=600)
FREE = {"path": PATH, "shared": ["hc7.toml"], "unit": "mAh/g", "lower": 100, "upper": 600}
LOSS = {
    "First-cycle loss [mA.h.g-1]": 90.0,
    "Loss to SEI [mA.h.g-1]": 30.0,
    "Loss to trapped sodium [mA.h.g-1]": 50.0,
    "Sodium left in carbon [mA.h.g-1]": 10.0,
}
SPELLINGS = ("hc7.toml", "./hc7.toml", "hc7", "HC-7", "fitted/hc7_c1.toml")
TABLE = """quantity,value,unit,source
mass gain,12,%,weighed
core pore volume,0.42,cm3/g,N2
core skeletal density,2.0,g/cm3,assumed: as others
shell skeletal density,2.0,g/cm3,assumed: as others
external area,6.5,m2/g,N2 BET
core N2 area,900,m2/g,N2 BET
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder with hc7.toml, named HC-7 inside, and a posterior of it that was drawn under its path."""
    monkeypatch.chdir(tmp_path)
    text = (library.folder("parameters") / "core_shell.toml").read_text(encoding="utf-8")
    text = 'name = "HC-7"\n' + text.replace("value = 14,", "value = 6.5,")
    (tmp_path / "hc7.toml").write_text(text, encoding="utf-8")
    (tmp_path / "fitted").mkdir()
    of_a_fit = text.replace("HC-7", "HC-7_c1").replace("value = 425,", "value = 333,")
    (tmp_path / "fitted" / "hc7_c1.toml").write_text(of_a_fit, encoding="utf-8")
    values, even = np.linspace(300, 500, 16)[:, None], np.full(16, 1 / 16)
    free = (Free(PATH, ("hc7.toml",), GIVEN, 425.0),)
    materials = {"hc7.toml": read_material("hc7.toml")}
    write_posterior(
        Posterior("c1", free, materials, values, even, np.ones(16), {}), tmp_path / "posterior.csv"
    )
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Runs answered without a solver, in this process."""

    class Pool:
        count = 1

        def run(self, do, items, failed):
            values = {name: 0.4 + 0.01 * number for number, name in enumerate(do.problem.observables)}
            yield [(item, {"Ending": "solved", "Reason": "", **values}) for item in items]

    monkeypatch.setattr(scheduler, "pool_for", lambda *_: nullcontext(Pool()))
    monkeypatch.setattr(_DrawRunner, "__call__", lambda *_: DrawnRun(dict(LOSS)))


COMMANDS = {
    "predict": ("predict", "posterior.csv", "{}", "formation", "--workers", "1", "--json"),
    "losses": ("losses", "posterior.csv", "--material", "{}", "--workers", "1", "--json"),
    "next": ("next", "{}", "--posterior", "posterior.csv", "--refits", "0", "--json"),
    "design": (
        *("design", "{}", "--posterior", "posterior.csv", "--trials", "0", "--json", "--draws", "2"),
        *("--vary", "thickness=6..12 nm, 2 points", "--vary", "external_area=5..15 m2/g, 2 points"),
    ),
    "run": ("run", "{}", "formation_without_hold", "--json"),
}


@pytest.mark.long
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_knows_a_material_by_each_of_its_names(own, quick, command, spelling):
    """Its path, that path as a table has it, the stem, the name inside, and the file that its fit wrote."""
    found = coreshell(*(word.format(spelling) for word in COMMANDS[command]))
    assert found.code == 0, found.err
    assert "HC-7" in found.out or "hc7" in found.out


def test_a_table_tells_materials_apart_and_says_which_it_has(own):
    """A name that is none of its materials; and its own where the file is no longer there."""
    posterior = read_posterior("posterior.csv")
    with pytest.raises(InputError, match=r"c1 has no material 'core'; it has hc7\.toml; give one of these"):
        posterior.name_of("core")
    (own / "hc7.toml").unlink()
    for spelling in ("hc7.toml", "HC-7", "hc7"):
        name, material = posterior.material(spelling)
        assert (name, material.name) == ("hc7.toml", "HC-7")


def test_claims_take_the_draws_of_a_material_by_the_name_in_its_file(own):
    found = drawn(read_posterior("posterior.csv"), 3)
    assert all(PATH in changes for changes in found.alternatives([read_material("hc7.toml")]).changes)


def test_a_fit_problem_may_name_one_material_in_several_ways(own):
    """Observations and parameters: one material, one run, under the first of its names."""
    about = {"protocol": "formation", "sd": 0.01}
    observed = [
        {"material": "hc7.toml", "observable": "Initial coulombic efficiency", "value": 0.8, **about},
        {"material": "HC-7", "observable": "Pore filling", "value": 0.3, **about},
    ]
    problem = problem_file(own / "c1.toml", [{**FREE, "shared": ["hc7"]}], observations=observed)
    read = read_problem(problem)
    assert list(read.materials) == ["hc7.toml"] and len(read.runs) == 1
    assert read.parameters[0].materials == ("hc7.toml",)


def test_an_inherited_number_never_claims_to_be_of_this_carbons_data(own):
    """Every source of a copy, and of a copy of it, says whose number it was; so do those beside a fit's."""
    assert coreshell("materials", "new", "mine", "--from", "core_shell").code == 0
    assert coreshell("materials", "new", "mine_too", "--from", "mine.toml").code == 0
    for name in ("mine", "mine_too"):
        said = [number.source for number in sources(read_material(f"{name}.toml")).values()]
        assert said and all(source.startswith("from core_shell: ") for source in said)
    about = {"material": "hc7.toml", "protocol": "formation", "value": 0.8, "sd": 0.01}
    observed = [{"observable": "Initial coulombic efficiency", **about}]
    read = read_problem(problem_file(own / "c1.toml", [FREE], observations=observed))
    (new,) = fitted_materials(read, (fitted(PATH, "mAh/g", 333.0),)).values()
    claimed = {path for path, number in sources(new).items() if number.source.startswith("fitted")}
    assert claimed == {PATH}
    assert sources(new)["core.sloping.potential"].source.startswith("from HC-7: fitted: joint.toml")


OPENED = ("open_fraction = { value = 0,", "open_fraction = { value = 0.1,")
CONTRADICTIONS = {
    "pores": (
        OPENED,
        ("pore_volume = { value = 1.18", "pore_volume = { value = 0.42"),
        ("pores.accessible_volume is 1.18", "core.pore_volume, 0.42"),
    ),
    "walls": (
        OPENED,
        ("accessible_volume = { value = 1.18", "accessible_volume = { value = 0.05"),
        ("pores.wall_area is 1896", "pores.accessible_volume, 0.05"),
    ),
    "size": (
        ('external_area = { value = 14, unit = "m2/g"', 'radius = { value = 300, unit = "nm"'),
        ('mass_gain = { value = 30, unit = "%"', 'thickness = { value = 500, unit = "nm"'),
        ("shell.thickness is 500 nm", "particle.radius"),
    ),
    "inside": (
        ("mass_gain = { value = 30", "mass_gain = { value = 300"),
        ("fraction_inside = { value = 0,", "fraction_inside = { value = 1,"),
        ("shell.fraction_inside is 1", "core.pore_volume, 1.18"),
    ),
}


@pytest.mark.parametrize("kind", CONTRADICTIONS)
@pytest.mark.parametrize(
    "words",
    [
        ("run", "mine.toml", "formation"),
        ("design", "mine.toml"),
        ("sweep", "mine.toml", "design", "--vary", "thickness=5, 9 nm"),
        ("materials", "show", "mine.toml"),
        ("eis", "mine.toml"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused_by_every_command(own, words, kind):
    """One line, exit code 2, both names with their values, and which is still another material's."""
    assert coreshell("materials", "new", "mine").code == 0
    *edits, said = CONTRADICTIONS[kind]
    text = (own / "mine.toml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (own / "mine.toml").write_text(text, encoding="utf-8")
    found = coreshell(*words)
    assert found.code == 2 and found.out == "" and found.err.count("\n") == 1
    assert all(part in found.err for part in said) and "(still from core_shell)" in found.err


def test_sorption_goes_into_a_material_file_and_nothing_else_changes(own):
    """A contradiction that an edit left is mended; comments stay; each number says its file."""
    assert coreshell("materials", "new", "mine").code == 0
    path = own / "mine.toml"
    text = path.read_text(encoding="utf-8").replace("value = 1.18", "value = 0.5", 1)
    path.write_text(text.replace("[core]", "# the carbon inside\n[core]"), encoding="utf-8")
    (own / "n2.csv").write_text(TABLE, encoding="utf-8")
    before = path.read_text(encoding="utf-8").splitlines()
    found = coreshell("sorption", "n2.csv", "--into", "mine.toml")
    assert found.code == 0, found.err
    after = path.read_text(encoding="utf-8").splitlines()
    changed = [now for then, now in zip(before, after, strict=True) if then != now]
    assert len(changed) == 7 and all("n2.csv" in line for line in changed)
    material = read_material("mine.toml")
    assert material.particle.external_area.source == "measured: n2.csv, external area: N2 BET"
    assert material.core.skeletal_density.source.startswith("assumed: as others")
    assert material.pores.accessible_volume.si == material.core.pore_volume.si
    assert tomllib.loads(path.read_text(encoding="utf-8"))["pores"]["wall_area"]["value"] == 900


def test_sorption_of_a_coated_carbon_does_not_go_into_one_without_a_shell(own):
    """Nor into a shipped material; the file stays as it was."""
    assert coreshell("materials", "new", "bare", "--from", "shell").code == 0
    (own / "n2.csv").write_text(TABLE, encoding="utf-8")
    kept = (own / "bare.toml").read_bytes()
    refused = {"bare.toml": "has no shell, but the mass gain", "core_shell": "is a shipped material"}
    for into, said in refused.items():
        found = coreshell("sorption", "n2.csv", "--into", into)
        assert found.code == 2 and said in found.err
    assert (own / "bare.toml").read_bytes() == kept


@pytest.mark.parametrize("name", ["external_area", "particle.external_area"])
@pytest.mark.parametrize(
    "words",
    [
        ("run", "core_shell", "formation_without_hold", "--json"),
        ("eis", "core_shell", "--json"),
        ("cycle", "core_shell", "formation_without_hold", "--json"),
        ("sweep", "core_shell", "design", "--vary", "pore_volume=1, 1.1 cm3/g", "--json"),
        ("sensitivity", "core_shell", "design", "--vary", "loading", "--json"),
        ("predict", "posterior.csv", "HC-7", "formation", "--workers", "1", "--json"),
    ],
)
def test_an_area_set_alone_is_said_to_take_the_shell_with_it(own, quick, words, name):
    """Under either of its names, in every command: old and new thickness and radius."""
    found = coreshell(*words, "--set", f"{name}=5 m2/g")
    assert found.code == 0, found.err
    assert "the mass gain of the unchanged material; with it went the shell from" in found.out


def test_a_carbon_of_ones_own_gets_no_arithmetic_of_another(own, quick):
    """The losses of Appel et al. are not this carbon's."""
    found = coreshell("losses", "posterior.csv", "--material", "hc7.toml", "--workers", "1")
    assert found.code == 0 and "Appel" not in found.out
    assert "No arithmetic from two losses" in found.out


def test_what_contradicts_in_a_sealed_particle_is_a_warning_and_refused_where_a_seal_law_opens_it(own):
    """Electrolyte enters no pore of it, so that volume is not used; a design map opens it."""
    assert coreshell("materials", "new", "mine").code == 0
    (old, new), said = CONTRADICTIONS["pores"][1:]
    text = (own / "mine.toml").read_text(encoding="utf-8")
    (own / "mine.toml").write_text(text.replace(old, new), encoding="utf-8")
    ran = coreshell("run", "mine.toml", "formation", "--json")
    assert ran.code == 0
    (warning,) = (text for text in json.loads(ran.out)["Warnings"] if "accessible_volume" in text)
    assert all(part in warning for part in said) and "does not count while" in warning
    refused = coreshell("design", "mine.toml")
    assert refused.code == 2 and all(part in refused.err for part in said)


def test_clusters_that_open_particles_do_not_use_are_said(tmp_path):
    """Electrolyte fills the pores that they would be in; in a sealed particle they count."""
    core = tomllib.loads((library.folder("parameters") / "core.toml").read_text())
    clusters = tomllib.loads((library.folder("parameters") / "core_shell.toml").read_text())["core"][
        "clusters"
    ]
    core["carbon"]["clusters"] = clusters
    (tmp_path / "own.toml").write_text(tomli_w.dumps(core))
    own = read_material(str(tmp_path / "own.toml"))
    (said,) = [text for text in consequences(own) if "clusters" in text]
    assert said.startswith("carbon.clusters is given and not used: every particle is open")
    half, _ = prepared(own, "formation", {"pores.open_fraction": "0.5"})
    assert not [text for text in consequences(half) if "clusters" in text]


def test_areas_of_an_uncoated_carbon_alone_make_a_material(own):
    """Its caution says whose numbers the copy began with."""
    (own / "n2.csv").write_text(
        'quantity,value,unit,source\nexternal area,6,m2/g,"N2 BET"\nCO2 area,150,m2/g,x\n'
    )
    found = coreshell("materials", "new", "mine", "--from", "hard_carbon", "--areas", "n2.csv")
    assert found.code == 0 and "nothing of 'CO2 area' (the model does not use it)" in found.out
    material = read_material("mine.toml")
    assert material.particle.external_area.si == 6e3
    assert material.carbon.pore_volume.source.startswith("from hard_carbon: ")
    assert material.caution.startswith("what is said of hard_carbon")


def test_the_generic_hard_carbon_has_what_such_carbons_have():
    """Slope, plateau, trapped sodium and a film; capacity and efficiency near the xerogel of Job et al."""
    result = summary(simulate("hard_carbon", "formation"))
    assert result["Reversible capacity [mA.h.g-1]"] == pytest.approx(298, rel=0.1)
    assert result["Initial coulombic efficiency"] == pytest.approx(0.84, abs=0.02)
    assert result["Plateau capacity [mA.h.g-1]"] > 100 and result["Sloping capacity [mA.h.g-1]"] > 100
    assert result["Loss to SEI [mA.h.g-1]"] > 5 and result["Loss to trapped sodium [mA.h.g-1]"] > 20
