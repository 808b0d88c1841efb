"""Pictures of sweeps: results over one axis, or two."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from command_line import coreshell

from coreshell_model.show.figures.sweeps import sweep_picture

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
    assert first.get_ylabel() == "Reversible capacity / mAh g$^{-1}$" and second.get_ylabel() == ICE
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
