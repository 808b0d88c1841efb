"""Pictures of sweeps: results over one axis, or two."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from command_line import coreshell

from coreshell_model.design.tradeoffs_report import literature
from coreshell_model.observe.quantities import names as all_results
from coreshell_model.observe.quantities import rank_of
from coreshell_model.show.figures.designs import cuts_picture, front_picture, map_picture
from coreshell_model.show.figures.sweeps import MOST_PANELS, sweep_picture

CAPACITY, ICE = "Reversible capacity [mA.h.g-1]", "Initial coulombic efficiency"
TEMPERATURE, LOADING = "cell.temperature [K]", "Active loading [mg/cm2]"


def table():
    """A made-up sweep over two axes, its points in no order."""
    points = [(kelvin, load) for load in (3.0, 1.0) for kelvin in (333, 263, 298)]
    return pd.DataFrame(
        {
            TEMPERATURE: [kelvin for kelvin, _ in points],
            LOADING: [load for _, load in points],
            CAPACITY: [kelvin - 10 * load for kelvin, load in points],
            ICE: [kelvin / 400 for kelvin, _ in points],
        }
    )


def test_a_line_for_each_value_of_the_second_axis_along_the_first():
    drawn = sweep_picture(table(), [TEMPERATURE, LOADING], [CAPACITY, ICE], "made up")
    first, second = drawn.figure.axes
    assert [line.get_label() for line in first.lines] == ["1", "3"]
    for line in (*first.lines, *second.lines):
        assert list(line.get_xdata()) == [263, 298, 333]
    assert list(first.lines[0].get_ydata()) == [253, 288, 323]
    assert first.get_ylabel() == "Reversible capacity / mAh g$^{-1}$\n(last desodiation)"
    assert second.get_ylabel() == f"{ICE}\n(fraction)"
    assert list(drawn.numbers.columns) == [TEMPERATURE, LOADING, CAPACITY, ICE]


def test_one_axis_has_one_line():
    one = table()[lambda frame: frame[LOADING] == 1.0]
    (panel,) = sweep_picture(one, [TEMPERATURE], [CAPACITY], "made up").figure.axes
    assert len(panel.lines) == 1


def test_capacity_over_temperature_is_drawn(tmp_path):
    """Warm carbon stores more at a rate; the numbers lie beside the picture."""
    file = tmp_path / "temperature.png"
    shown = coreshell(
        "sweep", "core_shell", "design_rates", "--vary", "cell.temperature=263, 298, 333 K",
        "--observe", "Plateau capacity [mA.h.g-1]", "--figure", str(file), "--workers", "1",
    )  # fmt: skip
    assert shown.code == 0 and file.stat().st_size > 5000
    plateau = pd.read_csv(file.with_suffix(".csv"))["Plateau capacity [mA.h.g-1]"].tolist()
    assert plateau == sorted(plateau) and plateau[-1] > 1.1 * plateau[0]


@pytest.mark.parametrize(
    ("vary", "file", "said"),
    [
        (["thickness=5, 9 nm"], "figure.txt", ".txt is not a format"),
        (["thickness=5, 9 nm", "radius=200, 300 nm", "rate=0.05, 1"], "figure.png", "one axis or two"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_the_work(tmp_path, vary, file, said):
    options = [word for text in vary for word in ("--vary", text)]
    refused = coreshell("sweep", "core_shell", "design", *options, "--figure", str(tmp_path / file))
    assert refused.code == 2 and said in refused.err
    assert not list(tmp_path.iterdir())


def test_what_does_not_change_has_no_panel_and_is_named_in_the_title():
    """A constant, noise of the solver about a number and about zero, and a result that no point has."""
    made_up = table()
    constant, noisy, zero, empty = (f"{name} [nm]" for name in ("Constant", "Noisy", "Zero", "Empty"))
    made_up[constant] = 3.0
    made_up[noisy] = [1 + 1e-12 * number for number in range(6)]
    made_up[zero] = [1e-14 * number for number in range(6)]
    made_up[empty] = float("nan")
    names = [constant, CAPACITY, noisy, zero, empty]
    drawn = sweep_picture(made_up, [TEMPERATURE, LOADING], names, "made up")
    (panel,) = drawn.figure.axes
    assert panel.get_ylabel().startswith("Reversible capacity")
    assert "Constant: Constant, Noisy, Zero, Empty" in drawn.figure.get_suptitle()
    assert list(drawn.numbers.columns) == [TEMPERATURE, LOADING, *names]


def test_of_many_results_the_first_are_drawn_and_the_others_named_unless_all_were_asked_for():
    made_up = table()
    names = [f"Result {number} [V]" for number in range(19)]
    for number, name in enumerate(names):
        made_up[name] = made_up[CAPACITY] * (number + 1)
    few = sweep_picture(made_up, [TEMPERATURE, LOADING], names, "made up").figure
    assert len(few.axes) == MOST_PANELS
    assert "Only in the CSV: Result 8, Result 9" in few.get_suptitle().replace("\n", " ")
    every = sweep_picture(made_up, [TEMPERATURE, LOADING], names, "made up", named=True).figure
    assert len(every.axes) == 19


def test_panels_are_of_the_results_most_asked_for(tmp_path):
    """Those of the protocol's rates among them; no panel shows what the temperature does not change."""
    file = tmp_path / "usual.svg"
    shown = coreshell(
        "sweep", "core_shell", "design_rates", "--vary", "cell.temperature=298, 313 K",
        "--figure", str(file), "--workers", "1",
    )  # fmt: skip
    assert shown.code == 0, shown.err
    drawn = file.read_text()
    for name in ("Initial coulombic efficiency", "Capacity at 2C", "Constant:"):
        assert name in drawn
    assert "Sodium balance error" in pd.read_csv(file.with_suffix(".csv"))
    ranks = [rank_of(name) for name in (ICE, CAPACITY, "Capacity at 2C [mA.h.g-1]", "Open fraction")]
    assert ranks == sorted(ranks) and ranks[0] < ranks[-1]


@pytest.mark.parametrize(
    ("column", "label"),
    [
        (TEMPERATURE, "Cell temperature / K"),
        ("core.clusters.rate [1/s]", "Core clusters rate / 1/s"),
        ("sei.transfer_coefficient", "SEI transfer coefficient"),
        ("particle.external_area [m2/g]", "External area / m2/g"),
        ("protocol.numbers.longest_hold [h]", "Longest hold / h"),
        (LOADING, "Active loading / mg/cm2"),
    ],
)
def test_an_axis_is_labelled_by_its_meaning_and_not_by_a_path(column, label):
    made_up = table().rename(columns={TEMPERATURE: column, LOADING: "loading"})
    (panel,) = sweep_picture(made_up, [column], [CAPACITY], "made up").figure.axes
    assert panel.get_xlabel().replace("$^{2}$", "2").replace("$", "") == label


def test_a_temperature_has_all_its_digits():
    """In the legend of the figure, the table, and warnings about the ends of an axis."""
    celsius = table().replace({TEMPERATURE: {263: 263.15}})
    panel = sweep_picture(celsius, [LOADING, TEMPERATURE], [CAPACITY], "made up").figure.axes[0]
    assert panel.lines[0].get_label() == "263.15"
    shown = coreshell(
        "sweep", "core_shell", "design", "--vary", "cell.temperature=-50, 25 °C", "--workers", "1",
        "--observe", "Initial coulombic efficiency",
    )  # fmt: skip
    assert "cell.temperature -50 °C" in shown.out and "at cell.temperature -50 °C" in shown.err


LONGEST = sorted(all_results(), key=len)[-12:]


@pytest.mark.parametrize("axes", [[TEMPERATURE], [TEMPERATURE, LOADING]], ids=["one axis", "two axes"])
def test_no_label_is_longer_than_its_panel(axes):
    """Of the longest names, whose scopes are long too."""
    made_up = table()
    for number, name in enumerate(LONGEST):
        made_up[name] = made_up[CAPACITY] * (number + 1)
    one_line = made_up if len(axes) == 2 else made_up[made_up[LOADING] == 1.0]
    figure = sweep_picture(one_line, axes, LONGEST, "made up", named=True).figure
    figure.canvas.draw()
    for panel in figure.axes:
        frame, label = panel.get_window_extent(), panel.yaxis.label.get_window_extent()
        assert label.height <= 1.05 * frame.height, panel.get_ylabel()
        assert panel.xaxis.label.get_window_extent().width <= 1.05 * frame.width


@pytest.mark.parametrize(
    ("options", "said"), [((), "core_shell, design<"), (("--seal", "exponential"), "exponential seal law")]
)
def test_the_title_names_the_seal_law(tmp_path, options, said):
    file = tmp_path / "thickness.svg"
    shown = coreshell(
        "sweep", "core_shell", "design", "--vary", "thickness=5, 9 nm", "--observe", ICE, *options,
        "--figure", str(file), "--workers", "1",
    )  # fmt: skip
    assert shown.code == 0 and said in file.read_text()


DESIGNS = pd.DataFrame(
    {
        "Law": ["a", "a", "b", "b"],
        "x": [1.0, 2.0, 1.0, 2.0],
        "y": [1.0, 1.0, 2.0, 2.0],
        CAPACITY: [300.0, 310.0, 320.0, 350.0],
        ICE: [0.6, 0.7, 0.8, 0.9],
    }
)


def test_cuts_and_fronts_have_a_title():
    cuts = cuts_picture(DESIGNS, "Law", "x", False, [CAPACITY, ICE], "core, design, seal laws")
    front = front_picture(DESIGNS, literature(), pd.DataFrame(), 500.0, "core, design, seal laws")
    for drawn in (cuts, front):
        assert drawn.figure.get_suptitle() == "core, design, seal laws"


def test_the_legend_of_a_map_covers_none_of_its_panels():
    axes = [("x", False), ("y", False)]
    marks = {"as it is": (1.9, 1.9), "recommended": (1.1, 1.9)}
    figure = map_picture({"a": DESIGNS, "b": DESIGNS}, axes, CAPACITY, marks).figure
    figure.canvas.draw()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(marks)
    for panel in figure.axes[:2]:
        assert not legend.get_window_extent().overlaps(panel.get_window_extent())
