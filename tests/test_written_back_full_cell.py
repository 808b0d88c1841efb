"""Fitted numbers of a full cell in material files that lack its sections: a run of the file has them."""

import tomllib

import pytest
from command_line import coreshell
from synthetic import parameter, problem_file, scalar
from test_written_back import fitted

from coreshell_model import InputError, simulate, summary
from coreshell_model.base import library
from coreshell_model.infer.reading import read_problem
from coreshell_model.infer.written_back import check_files, write_back
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.equilibrium import isotherm

RATIO, CAPACITY, LOADING = (
    "positive.balance.np_ratio",
    "core.sloping.capacity",
    "positive.balance.active_loading",
)
FULL = {"protocol": "full_cell_formation"}
NVP = {"positive": "nvp", "protocol.window.upper": "3.6 V"}
COMMENT = "# mine: keep this line\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with a material's file of the user's, with a comment at its head and one at its end."""
    text = library.find("parameters", "core_shell").read_text(encoding="utf-8")
    (tmp_path / "core_shell.toml").write_text(f"{COMMENT}{text}# the end\n", encoding="utf-8")
    return tmp_path


def problem_of(folder, *parameters, **observed):
    """A problem of one number of a full cell, of the shipped material."""
    number = scalar("Cell first-cycle efficiency", 0.68, 0.01, **FULL, **observed)
    return read_problem(problem_file(folder / "fit.toml", parameters, observations=[number]))


def ratio(**others):
    """The N/P ratio, free."""
    return parameter(RATIO, 1.0, 2.0, **others)


def test_a_fit_writes_the_chosen_electrode_with_its_number_and_a_run_of_the_file_gives_what_was_fitted(
    folder,
):
    """By the command, to a number that a ratio of 1.35 gives; the user's lines stay where they are."""
    first = beginning(read_protocol(FULL["protocol"]), 1)
    name = "First sodiation capacity [mA.h.g-1]"
    truth = summary(simulate("core_shell", first, {**NVP, RATIO: 1.35}))[name]
    number = scalar(name, truth, 1.0, "mAh/g", **FULL, changes=NVP)
    path = problem_file(folder / "fit.toml", [ratio()], observations=[number])
    before = (folder / "core_shell.toml").read_text(encoding="utf-8")
    outcome = coreshell("fit", str(path), "--starts", "1", "--into", str(folder), "--workers", "1")
    assert outcome.code == 0, outcome.err
    text = (folder / "core_shell.toml").read_text(encoding="utf-8")
    assert text.startswith(before.rstrip() + "\n")
    added = tomllib.loads(text)["positive"]
    assert set(tomllib.loads(text)) - set(tomllib.loads(before)) == {"positive"}
    assert added["name"] == "nvp" and added["balance"]["np_ratio"]["source"].startswith(
        "fitted: fit.toml; 95 %"
    )
    assert added["particle"]["radius"]["source"].startswith("from nvp: assumed")
    window = {"protocol.window.upper": "3.6 V"}
    again = summary(simulate(str(folder / "core_shell.toml"), first, window))
    assert again[name] == pytest.approx(truth, abs=0.1)
    assert again["Positive electrode"] == "nvp"


def test_a_number_of_the_file_s_own_section_is_exchanged_and_no_section_added(folder):
    """As the first fit leaves it, with its sections, for the second."""
    asked = problem_of(folder, ratio())
    for value in (1.35, 1.42):
        write_back(asked, (fitted(RATIO, "1", value),), folder)
    written = sources(read_material(str(folder / "core_shell.toml")))
    assert written[RATIO].value == 1.42
    assert (folder / "core_shell.toml").read_text(encoding="utf-8").count("[positive]") == 1


def test_a_presodiation_a_stack_and_a_table_s_electrode_are_written_whole(folder):
    """Of nvpf, whose properties are tables; the cell of the file is that of the problem."""
    free = [
        parameter("presodiation.capacity", 0.0, 100.0, unit="mAh/g", start=20.0),
        parameter("stack.electrolyte_excess", 0.0, 1.0),
        ratio(),
        parameter(CAPACITY, 200.0, 320.0, unit="mAh/g", start=260.0),
    ]
    asked = problem_of(folder, *(each | {"prior": {"mean": 1.0, "sd": 9.0}} for each in free))
    found = [(f["path"], f["unit"], value) for f, value in zip(free, (31.0, 0.4, 1.3, 255.0), strict=True)]
    write_back(asked, tuple(fitted(path, unit, value) for path, unit, value in found), folder)
    written = read_material(str(folder / "core_shell.toml"))
    assert {path: sources(written)[path].value for path, _, _ in found} == {p: v for p, _, v in found}
    expected = next(iter(asked.materials.values())).positive.particle
    for table in ("open_circuit", "diffusivity_table", "exchange_current_density_table"):
        assert getattr(written.positive.particle, table).values == getattr(expected, table).values


def test_a_fitted_loading_takes_the_place_of_the_ratio(folder):
    """Both say the same: a file with both could not be read."""
    free = parameter(LOADING, 1.0, 5.0, unit="mg/cm2", start=3.0)
    write_back(problem_of(folder, free), (fitted(LOADING, "mg/cm2", 2.5),), folder)
    balance = read_material(str(folder / "core_shell.toml")).positive.balance
    assert balance.np_ratio is None and balance.active_loading.value == 2.5


def test_a_stack_of_the_problem_s_own_goes_along_though_none_of_its_numbers_is_fitted(folder):
    """Else a run of the file would have the shipped one."""
    text = library.find("parameters/stack", "pouch").read_text(encoding="utf-8")
    (folder / "thick.toml").write_text(text.replace("value = 15,", "value = 20,"), encoding="utf-8")
    write_back(
        problem_of(folder, ratio(), changes={"stack": "thick.toml"}), (fitted(RATIO, "1", 1.3),), folder
    )
    assert read_material(str(folder / "core_shell.toml")).stack.positive_foil.thickness.value == 20


def test_a_fit_of_the_carbon_alone_adds_no_section(folder):
    """The cell stays a choice of the run."""
    free = parameter(CAPACITY, 200.0, 320.0, unit="mAh/g", start=260.0)
    write_back(problem_of(folder, free, changes=NVP), (fitted(CAPACITY, "mAh/g", 255.0),), folder)
    assert "[positive]" not in (folder / "core_shell.toml").read_text(encoding="utf-8")


def test_another_electrode_in_the_file_than_in_the_fit_is_refused_before_the_fit(folder):
    """Its ratio is not that of the other electrode; the file stays."""
    write_back(problem_of(folder, ratio(), changes=NVP), (fitted(RATIO, "1", 1.3),), folder)
    before = (folder / "core_shell.toml").read_text(encoding="utf-8")
    with pytest.raises(
        InputError, match=r"a section positive of its own, 'nvp', and the problem is .*'nvpf'"
    ):
        check_files(problem_of(folder, ratio()), folder)
    assert (folder / "core_shell.toml").read_text(encoding="utf-8") == before


def test_a_material_with_a_positive_electrode_of_its_own_is_shown_and_has_its_isotherm(folder):
    """What a carbon holds at equilibrium asks for no full cell, in whatever file its numbers stand."""
    write_back(problem_of(folder, ratio()), (fitted(RATIO, "1", 1.3),), folder)
    path = str(folder / "core_shell.toml")
    outcome = coreshell("materials", "show", path)
    assert outcome.code == 0 and "positive.balance.np_ratio" in outcome.out
    own, shipped = isotherm(read_material(path)), isotherm(read_material("core_shell"))
    assert (own.reversible == shipped.reversible).all()
