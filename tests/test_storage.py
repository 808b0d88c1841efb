"""What cells lose while they stand, by their state of sodiation."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from command_line import coreshell
from hand_made import solution
from reference_carbon import reference_carbon

from coreshell_model.base.errors import InputError
from coreshell_model.design.comparison import capacity_at, chosen
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.observe.quantities import numbers, summary, usual
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.observe.storage import LOST, Storage, rests
from coreshell_model.run.simulation import simulate
from coreshell_model.show.figures.kinds import picture, suited
from coreshell_model.show.figures.labels import ordinal

LOST_IN_STORAGE = "Charge lost in storage [mA.h.g-1]"

SLOW_FILM = {"sei.growth.transfer_coefficient": "0.2", "sei.growth.exchange_current_density": "1e-3 A/m2"}


@pytest.fixture(scope="module")
def stored():
    """Four rests of a month."""
    return simulate("core_shell", "storage", SLOW_FILM)


def test_each_rest_is_told_by_its_state_of_sodiation(stored):
    found = rests(stored)
    assert [each.cycle for each in found] == [3, 5, 7, 9]
    assert [each.sodium for each in found[:3]] == pytest.approx([100, 200, 300], abs=1e-6)
    assert all(each.hours == pytest.approx(720) for each in found)
    assert [each.start for each in found] == sorted((each.start for each in found), reverse=True)
    assert all(each.end > each.start for each in found)


def test_what_is_lost_is_what_film_and_traps_took_meanwhile(stored):
    for each in rests(stored):
        (step,) = [step for step in stored.cycle_steps(each.cycle) if step.asked.kind.value == "Rest"]
        first, last = step.points.start, step.points.stop - 1
        assert each.lost[-1] == pytest.approx(sum(stored[name][last] - stored[name][first] for name in LOST))
        assert (np.diff(each.lost) > -1e-6).all() and each.lost[0] == 0


def test_results_and_self_discharge_are_of_the_full_carbon(stored):
    results = summary(stored)
    assert [row["Cycle"] for row in results["Storage"]] == [3, 5, 7, 9]
    assert results["Self-discharge"]["Capacity kept"] > 0.9
    assert "Storage" not in summary(simulate("core_shell", "formation"))


def test_a_loss_with_the_root_of_time_has_an_exponent_of_a_half():
    time = np.linspace(0, 100, 2001)
    rest = Storage(1, 100.0, 100.0, 0.3, 0.31, 4.0, time, 0.2 * np.sqrt(time), None)
    assert rest.exponent == pytest.approx(0.5, abs=1e-6)
    assert Storage(1, 100.0, 100.0, 0.3, 0.31, 4.0, time, 0 * time, None).exponent is None


def test_film_that_dissolves_and_grows_again_loses_with_the_root_of_time():
    """Five months of rest, fully sodiated, by film in balance with what dissolves of it."""
    film = {
        "sei.growth.transfer_coefficient": "0.1",
        "sei.growth.dissolution_rate": "1e-4 1/s",
        "sei.growth.saturation_charge": "2e-4 mAh/m2",
        "protocol.numbers.rest": "160 day",
    }
    (rest,) = rests(simulate("core_shell", "self_discharge", film))
    assert rest.exponent == pytest.approx(0.5, abs=0.05)


def test_the_picture_of_a_run_that_rests(stored):
    drawn = picture(stored, "storage")
    assert suited(stored)[1] == "storage"
    assert set(drawn.numbers["Cycle"]) == {3, 5, 7, 9}
    labels = [text.get_text() for text in drawn.figure.axes[0].get_legend().get_texts()]
    films = [f"film {each.film:.1f} nm" for each in rests(stored)]
    assert [label.split(", ")[:2] for label in labels] == [
        [f"{place} rest", film] for place, film in zip(("1st", "2nd", "3rd", "4th"), films, strict=True)
    ]
    with pytest.raises(InputError, match="no rest of a sodiated carbon"):
        picture(simulate("core_shell", "formation"), "storage")


def test_a_rest_before_any_sodium_is_no_storage():
    assert rests(solution([[("Rest for 1 hours", 3), ("Sodiate at C/20 for 1 hours", 3)]])) == []


def test_a_rest_is_told_by_the_cycles_beside_it_and_of_two_rests_in_a_cycle_neither():
    """200 come out before it and 150 after it; film takes 3 meanwhile, after the 5 of before."""
    words = {
        "in": ("Sodiate at C/20 for 1 hours", 2),
        "out": ("Desodiate at C/20 for 1 hours", 2),
        "rest": ("Rest for 2 hours", 2),
    }
    cycles = [["in", "out"], ["in", "rest"], ["out"], ["in", "rest", "rest"]]
    charges = [(0, 300), (300, 100), (100, 300), (300, 300), (300, 150), (150, 200), (200, 200), (200, 200)]
    film = [(0, 5)] + [(5, 5)] * 2 + [(5, 8)] + [(8, 8)] * 4
    (rest,) = rests(
        solution(
            [[words[step] for step in steps] for steps in cycles],
            **{
                "Time [s]": [3600.0 * np.array([hour, hour + 2]) for hour in range(0, 16, 2)],
                "Specific capacity [mA.h.g-1]": [np.array(pair, dtype=float) for pair in charges],
                "Sodium in SEI [mA.h.g-1]": [np.array(pair, dtype=float) for pair in film],
            },
        )
    )
    assert (rest.cycle, rest.hours, rest.sodium, rest.regained) == (2, 2.0, 200.0, 0.75)
    assert rest.lost.tolist() == [0.0, 3.0]


def test_the_film_is_thicker_at_each_rest_of_one_cell(stored):
    """Which the description says, since the losses fall for it."""
    films = [row["SEI thickness at its start [nm]"] for row in summary(stored)["Storage"]]
    assert films == sorted(films) and films[-1] > films[0]
    assert "not how the states compare" in read_protocol("storage").description


def test_fresh_cells_lose_more_the_fuller_they_are():
    """All with the film of two cycles; the cut-off ends a sodiation with more than the carbon takes."""
    states = [{"protocol.numbers.sodium": f"{sodium} mAh/g"} for sodium in (100, 200, 300, 500)]
    cells = [simulate("core_shell", "storage_fresh", state) for state in states]
    films = [rests(cell)[0].film for cell in cells]
    lost = [numbers()["Charge lost in storage [mA.h.g-1]"](cell) for cell in cells]
    assert films == pytest.approx([films[0]] * 4, rel=0.02)
    assert lost == sorted(lost) and lost[-1] > 1.5 * lost[0]
    assert lost[0] == rests(cells[0])[0].lost[-1]
    assert cells[-1]["Voltage [V]"].min() > 0.0049


@pytest.mark.parametrize("name", ["storage", "storage_fresh", "self_discharge"])
def test_a_sweep_gives_the_charge_lost_in_storage_where_the_protocol_stores(name):
    assert LOST_IN_STORAGE in chosen(read_protocol(name))


@pytest.mark.parametrize("name", ["formation", "gitt", "rate_test", "hold_study"])
def test_a_sweep_in_a_protocol_without_storage_keeps_its_usual_results(name):
    labels = [block.label for block in rate_blocks(read_protocol(name))[1:]]
    assert list(chosen(read_protocol(name))) == [*usual(), *map(capacity_at, labels)]
    assert LOST_IN_STORAGE not in usual()


@pytest.mark.parametrize("sodium", [900, 3000])
def test_a_sodiation_that_the_cut_off_ends_before_its_capacity_is_warned_of(sodium):
    """Also where the capacity takes longer than the program's own time for a step."""
    cell = simulate(reference_carbon(), "storage_fresh", {"protocol.numbers.sodium": f"{sodium} mAh/g"})
    (text,) = [text for text in summary(cell)["Warnings"] if "asked for" in text]
    passed = rests(cell)[0].sodium
    assert text == (f"cycle 3, step 1 asked for {sodium} mAh/g; the lower cut-off came at {passed:.4g} mAh/g")


def test_a_sodiation_to_its_capacity_is_not_warned_of(stored):
    assert not any("asked for" in text for text in summary(stored)["Warnings"])


def test_the_command_prints_a_row_for_each_rest_and_keeps_its_json():
    words = ("run", "core_shell", "storage", *(f"--set={path}={text}" for path, text in SLOW_FILM.items()))
    lines = coreshell(*words).out.splitlines()
    (head,) = [place for place, line in enumerate(lines) if "film at its start [nm]" in line]
    assert [line.split()[0] for line in lines[head + 2 : head + 6]] == ["3", "5", "7", "9"]
    assert not any(line.strip().startswith("Storage") for line in lines)
    rows = json.loads(coreshell(*words, "--json").out)["Storage"]
    assert [row["Cycle"] for row in rows] == [3, 5, 7, 9] and len(rows[0]) == 9


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")],
)
def test_a_place_in_a_row_is_written_with_its_ending(number, text):
    assert ordinal(number) == text
