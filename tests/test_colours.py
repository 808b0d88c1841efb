"""Series that are drawn together are told apart with every kind of colour blindness, and without colour."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex

from coreshell_model.run.simulation import simulate
from coreshell_model.show.figures import full_cell, inventory, palette
from coreshell_model.show.figures.kinds import picture, suited
from coreshell_model.show.figures.picture import styled

colorspacious = pytest.importorskip("colorspacious")

SIGHTS = (None, "deuteranomaly", "protanomaly", "tritanomaly")
"""Usual sight, and at full severity those without one of the three kinds of cones."""


def seen(colours, sight):
    """Colours in CIELAB as they are seen, by the simulation that colorspacious has."""
    red_green_blue = np.array([[int(to_hex(c)[n : n + 2], 16) / 255 for n in (1, 3, 5)] for c in colours])
    if sight is not None:
        blind = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        red_green_blue = np.clip(colorspacious.cspace_convert(red_green_blue, blind, "sRGB1"), 0, 1)
    return colorspacious.cspace_convert(red_green_blue, "sRGB1", "CIELab")


def least_difference(colours, sight):
    """The smallest distance between two of them."""
    points = seen(colours, sight)
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(points, 2))


TOGETHER = {
    "series without an order": palette.SERIES,
    "two designs and four files": (palette.BLUE, palette.VERMILION, *(each[0] for each in palette.FILES)),
    "places of sodium": tuple(palette.HATCHES),
    "measured and simulated": (palette.DARK, palette.VERMILION),
    "potentials of a full cell": tuple(colour for _, colour in full_cell.CURVES.values()),
}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", TOGETHER)
def test_colours_that_are_drawn_together_are_told_apart(name, sight):
    assert least_difference(TOGETHER[name], sight) > palette.LEAST_DIFFERENCE


@pytest.mark.parametrize("sight", SIGHTS)
def test_an_ordered_series_is_ordered_by_lightness(sight):
    """As each sight has it, so that its order shows also without colours."""
    assert (np.diff(seen(palette.gradient(6), sight)[:, 0]) > 2).all()


def test_the_simulation_of_colour_blindness_would_find_red_beside_green():
    """Two colours that are far apart, but not to who lacks a cone."""
    pair = ("#b22222", "#6b6b00")
    assert least_difference(pair, None) > 3 * least_difference(pair, "deuteranomaly")


def test_files_and_places_differ_by_more_than_colour():
    """Each file by its symbol, each place of a shipped material by its hatch; no colour is outside of the
    palette."""
    assert len({symbol for _, symbol, _ in palette.FILES}) == len(palette.FILES)
    assert len({marker for _, _, marker in palette.FILES}) == len(palette.FILES)
    shown = {colour for _, colour in (inventory.PLACES | full_cell.POSITIVE_PLACES).values()}
    hatches = [palette.HATCHES[colour] for colour in shown]
    assert len(set(hatches)) == len(hatches)


def look(line):
    """What is left of a line without its colour: its dash, its marker, and whether that is filled."""
    return line._unscaled_dash_pattern, line.get_marker(), line.get_fillstyle(), line.get_linestyle()


@pytest.fixture(scope="module")
def runs():
    """Runs whose pictures have several series."""
    return [
        simulate("core_shell", name) for name in ("rate_test", "cyclic_voltammetry", "full_cell_formation")
    ]


def test_series_of_every_picture_of_a_run_differ_by_more_than_colour(runs):
    """By dash or marker: no two entries of a legend are alike without colours, in each picture of a run."""
    checked, alike = 0, []
    for run in runs:
        for kind in suited(run):
            for axes in picture(run, kind).figure.axes:
                legend = axes.get_legend()
                lines = [] if legend is None else legend.get_lines()
                looks = {look(line) for line in lines}
                if len(looks) < len(lines):
                    alike.append((run.protocol.name, kind, len(looks), len(lines)))
                checked += len(lines) > 1
    assert checked > 3 and alike == []


def test_areas_of_the_inventory_have_hatches(runs):
    """Those of the picture of a material, all different."""
    areas = picture(runs[-1], "inventory").figure.axes[0].collections
    hatches = [area.get_hatch() for area in areas]
    assert len(hatches) > 2 and len(set(hatches)) == len(hatches)


def test_pictures_take_their_colours_from_the_palette():
    """Also those without an order."""
    with styled():
        assert tuple(matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]) == palette.SERIES
