"""Pictures have what they show, and the plotted numbers beside them."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.data import archive
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import desodiation_capacity
from coreshell_model.observe.polarisation import polarisation
from coreshell_model.run.simulation import simulate
from coreshell_model.show.figures.kinds import KINDS, picture, suited
from coreshell_model.show.figures.picture import save_picture
from coreshell_model.show.figures.voltage import chosen_cycles, comparison_picture

SHORT = {"protocol.numbers.cycles": "2"}
RUNS = {
    "formation": {},
    "rate_test": SHORT,
    "cycle_life": {"protocol.numbers.cycles": "12"},
    "cyclic_voltammetry": {},
    "gitt": {"protocol.numbers.pulses": "12"},
}
SUITED = {
    "formation": ["overview"],
    "rate_test": ["rate", "voltage"],
    "cycle_life": ["life", "voltage"],
    "cyclic_voltammetry": ["voltammogram"],
    "gitt": ["titration"],
}


@pytest.fixture(scope="module")
def runs():
    return {name: simulate("core_shell", name, changes) for name, changes in RUNS.items()}


def drawn(axes):
    """Curves with points, and areas."""
    return [line for line in axes.lines if len(line.get_xdata()) > 1] + list(axes.collections)


@pytest.mark.parametrize("name", RUNS)
def test_each_protocol_gets_the_pictures_that_suit_it(runs, name):
    """The most telling first."""
    assert suited(runs[name]) == SUITED[name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", RUNS)
def test_no_picture_is_empty_and_every_axis_has_a_name(runs, name, kind):
    """Of whatever run; what a run does not have is refused in words."""
    try:
        made = picture(runs[name], kind)
    except InputError as error:
        assert kind in ("voltammogram", "titration", "electrode", "electrodes", "storage")
        assert "to draw" in str(error) or "--level electrode" in str(error)
        return
    assert len(made.numbers) > 0
    for axes in made.figure.axes:
        assert drawn(axes), f"{kind} of {name} has an empty part"
        assert axes.get_xlabel() or axes.get_shared_x_axes().get_siblings(axes)
        legend = axes.get_legend()
        assert legend is None or len(legend.get_texts()) <= 12


def test_a_porous_electrode_has_profiles_through_it_and_drops_that_add_up(tmp_path):
    """From its file too; the drops drawn are the solution's, in mV."""
    run = simulate(
        "core_shell", "formation_without_hold", {"cell.active_loading": "8 mg/cm2"}, level="electrode"
    )
    archive.save(run, tmp_path)
    saved = archive.load(tmp_path / "solution.nc")
    profiles, again = (picture(each, "electrode").numbers for each in (run, saved))
    pd.testing.assert_frame_equal(profiles, again)
    depth = profiles["Depth from the separator [um]"]
    assert depth.max() < 1e6 * run.parameters["Electrode thickness [m]"] < depth.max() + depth.min() * 1.01
    numbers = picture(saved, "drops").numbers
    assert numbers["Electrolyte potential drop [mV]"].to_numpy()[-1] == pytest.approx(
        polarisation(run)["electrolyte"], rel=1e-9
    )


def test_the_numbers_beside_a_rate_test_are_its_capacities(runs):
    """One row a cycle, with the rate."""
    run = runs["rate_test"]
    numbers = picture(run, "rate").numbers
    assert list(numbers["Cycle"]) == list(run.cycles)
    assert list(numbers["Rate of desodiation"].unique()) == ["C/20", "C/10", "C/5", "C/2", "1C", "2C", "5C"]
    assert numbers["Desodiation capacity [mA.h.g-1]"][9] == desodiation_capacity(run, 10)


def test_the_curves_of_a_picture_are_its_numbers(runs):
    """Point by point, of the voltammogram."""
    made = picture(runs["cyclic_voltammetry"], "voltammogram")
    plotted = np.concatenate(
        [line.get_ydata() for line in made.figure.axes[0].lines if len(line.get_xdata()) > 2]
    )
    assert plotted == pytest.approx(made.numbers["Anodic current [mA.g-1]"].to_numpy())


def test_every_efficiency_lies_inside_its_axis(runs):
    """That of the first cycle, and those far off 100 % where the rate has just changed."""
    made = picture(runs["cycle_life"], "life")
    efficiencies, axes = 100 * made.numbers["Coulombic efficiency"], made.figure.axes[1]
    low, high = axes.get_ylim()
    assert low < efficiencies.min() < 90 and high > efficiencies.max() > 102
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o") == len(efficiencies)


@pytest.mark.parametrize("kind", ["overview", "voltage", "titration", "drops", "profiles"])
def test_a_long_title_is_broken_into_lines_that_the_figure_holds(kind):
    """With all changes in it, none of which is broken itself."""
    changes = {
        "shell.thickness": "12 nm",
        "core.sloping.diffusivity": "2e-17 m2/s",
        "shell.sloping.capacity": "130 mAh/g",
        "cell.active_loading": "2 mg/cm2",
        "protocol.numbers.pulses": "3",
    }
    made = picture(simulate("core_shell", "gitt", changes), kind)
    made.figure.draw_without_rendering()
    title = made.figure.get_suptitle()
    assert all(f"{path} = {value}".replace(" ", "\u00a0") in title for path, value in changes.items())
    (heading,) = (text for text in made.figure.texts if text.get_text() == title)
    box, page = heading.get_window_extent(), made.figure.bbox
    assert page.x0 <= box.x0 and box.x1 <= page.x1 and box.y1 <= page.y1
    assert box.y0 >= max(axes.get_window_extent().y1 for axes in made.figure.axes)


def test_profiles_of_a_titration_are_of_pulses_throughout_it(runs):
    """Not of its last steps, which are rests at the end of a desodiation and all alike."""
    numbers = picture(runs["gitt"], "profiles").numbers
    means = numbers[numbers["Profile"] == "Shell sloping occupancy"].groupby("Step")["Value"].mean()
    assert len(means) == 4 and means.max() - means.min() > 0.1
    legend = picture(runs["gitt"], "profiles").figure.axes[1].get_legend()
    assert sum("step" in text.get_text() for text in legend.get_texts()) == 4


def test_open_particles_alone_have_no_radial_profile():
    """They fill through their walls; a line at zero would be read as empty carbon."""
    with pytest.raises(InputError, match=r"all particles are open .* no radial profile to draw"):
        picture(simulate("core", "formation", {"protocol.window.upper": "2 V"}), "profiles")


@pytest.mark.parametrize("material", ["core_shell", "shell"])
def test_no_drop_of_voltage_is_cut_once_the_core_holds_sodium(material):
    """Shell's own drop rises to 67 mV at once; before, it stands in words."""
    made = picture(simulate(material, "formation"), "drops")
    drops = made.numbers.filter(like="[mV]")
    filled = drops["Particle potential drop [mV]"].to_numpy().argmax()
    low, high = made.figure.axes[0].get_ylim()
    assert low < drops[filled:].min().min() and drops.max().max() < high
    labels = [text.get_text() for text in made.figure.axes[0].get_legend().get_texts()]
    assert any("while its core is empty" in label for label in labels)


@pytest.mark.parametrize("material", ["core_shell", "core", "shell", "cracked_core_shell"])
def test_labels_of_a_voltammogram_lie_beside_its_curves_and_each_other(material):
    """No point of a curve is inside the box of a label."""
    made = picture(simulate(material, "cyclic_voltammetry"), "voltammogram")
    made.figure.draw_without_rendering()
    axes = made.figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    curves = [axes.transData.transform(line.get_xydata()) for line in axes.lines if len(line.get_xdata()) > 2]
    assert boxes and not any(box.count_contains(curve) for box in boxes for curve in curves)
    assert not any(box.count_overlaps(boxes[:place]) for place, box in enumerate(boxes))


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_a_picture_is_written_with_its_numbers(runs, tmp_path, suffix):
    """Text stays text in SVG."""
    made = picture(runs["formation"], "overview")
    written = save_picture(made, tmp_path / f"a{suffix}")
    assert [path.name for path in written] == [f"a{suffix}", "a.csv"]
    assert all(path.stat().st_size > 1000 for path in written)
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(made.numbers)
    if suffix == ".svg":
        assert "Voltage against Na" in written[0].read_text()


def test_drawing_leaves_the_users_matplotlib_as_it_was(runs):
    """Its settings and its list of figures."""
    before = dict(matplotlib.rcParams)
    picture(runs["formation"], "overview")
    assert dict(matplotlib.rcParams) == before


def test_a_run_of_many_cycles_has_a_legend_that_can_be_read():
    """Thirty cycles at one rate: eight curves, the first and the last among them."""
    steps = ("Sodiate at 1C until lower cut-off", "Desodiate at 1C until upper cut-off")
    cycles = ({"repeat": 30, "steps": steps},)
    run = simulate(
        "core_shell", protocol_from_dict(read_protocol("formation").model_dump() | {"cycles": cycles}, "many")
    )
    made = picture(run, "voltage")
    assert sorted(made.numbers["Cycle"].unique())[0] == 1
    assert made.numbers["Cycle"].nunique() == 8
    assert made.numbers["Cycle"].max() == 30


def test_a_name_that_is_no_picture_is_refused_with_a_guess(runs):
    """And a format that is none."""
    with pytest.raises(InputError, match="did you mean 'voltage'"):
        picture(runs["formation"], "voltag")
    with pytest.raises(InputError, match=r"is not a format; use \.png"):
        save_picture(picture(runs["formation"], "voltage"), archive.Path("a.xyz"))


def test_a_saved_solution_is_drawn_from_its_file(runs, tmp_path, monkeypatch):
    """The same picture as of the run itself; in one line where there is none."""
    monkeypatch.chdir(tmp_path)
    archive.save(runs["gitt"], tmp_path / "saved")
    assert coreshell("figure", "saved/solution.nc", "titration", "--out", "t.svg").code == 0
    assert (tmp_path / "t.svg").exists()
    again, fresh = pd.read_csv("t.csv"), picture(runs["gitt"], "titration").numbers
    assert again["Potential at rest [V]"].to_numpy() == pytest.approx(
        fresh["Potential at rest [V]"].to_numpy()
    )
    for words, said in (
        (("saved/solution.nc", "voltammogram"), "has no sweep to draw"),
        (("saved/solution.nc", "pie"), "no picture 'pie'"),
        (("saved/nothing.nc", "voltage"), "there is no such file"),
        (("saved/solution.nc", "voltage", "--out", "a.xyz"), "is not a format"),
        (("saved/solution.nc", "voltage", "--out", "no/where.png"), "cannot be written"),
    ):
        outcome = coreshell("figure", *words)
        assert outcome.code == 2 and outcome.err.count("\n") == 1, outcome
        assert said in outcome.err


def legend_of(axes):
    return [] if axes.get_legend() is None else [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize("name", ["formation", "rate_test", "cycle_life"])
@pytest.mark.parametrize("kind", ["overview", "voltage"])
def test_a_legend_names_every_cycle_that_is_drawn(runs, name, kind):
    names = legend_of(picture(runs[name], kind).figure.axes[0])
    assert [text for text in names if text != "hold"] == list(chosen_cycles(runs[name]).values())


def test_a_comparison_of_materials_names_all_curves_once_and_their_protocol_above(runs):
    other = simulate("core_shell_driven", "rate_test", SHORT)
    figure = comparison_picture([runs["rate_test"], other]).figure
    assert figure.get_suptitle() == "rate_test"
    assert [axes.get_title("left") for axes in figure.axes] == ["core_shell", "core_shell_driven"]
    first, last = map(legend_of, figure.axes)
    assert first == [] and last == list(chosen_cycles(other).values())


def test_a_comparison_of_protocols_has_the_protocol_and_the_curves_of_each_panel(runs):
    """The name above all panels is the material's, which they share; the table says what each row is of."""
    made = comparison_picture([runs["formation"], runs["rate_test"]])
    assert made.figure.get_suptitle() == "core_shell"
    assert [axes.get_title("left") for axes in made.figure.axes] == ["formation", "rate_test"]
    for axes, name in zip(made.figure.axes, ("formation", "rate_test"), strict=True):
        assert set(chosen_cycles(runs[name]).values()) <= set(legend_of(axes))
    assert set(made.numbers["Material"]) == {"core_shell"}
    assert list(made.numbers["Protocol"].unique()) == ["formation", "rate_test"]


def test_a_comparison_of_materials_and_protocols_has_both_in_each_title(runs):
    other = simulate("shell", "formation_without_hold")
    figure = comparison_picture([runs["formation"], other]).figure
    titles = [axes.get_title("left").replace("\n", " ") for axes in figure.axes]
    assert titles == ["core_shell, formation", "shell, formation_without_hold"]
    assert "formation" not in figure.get_suptitle()
