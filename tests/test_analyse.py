"""``coreshell analyse``: what a paper reports, counted by hand beside it; nothing guessed, nothing lost."""

import json
from itertools import zip_longest

import cyclers
import numpy as np
import openpyxl
import pandas as pd
import pytest
from command_line import coreshell
from cyclers import lines
from measured_cells import LAYOUTS, MASS, bdf, desodiation, halves, rows, sodiation
from reference_carbon import reference_carbon

from coreshell_model import simulate, summary, to_bdf
from coreshell_model.data.analysis import analyse, spread
from coreshell_model.data.half_cycle_curve import HalfCycleCurve
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.knee import knee
from coreshell_model.data.reading import read_dataset
from coreshell_model.observe.quantities import names

MG = f"{1e6 * MASS} mg"
ICE = "Initial coulombic efficiency"
PLATEAU, BACK_PLATEAU = (
    "Plateau capacity below 0.1 V [mA.h.g-1]",
    "Desodiation plateau capacity below 0.1 V [mA.h.g-1]",
)
REVERSIBLE = "Reversible capacity [mA.h.g-1]"


def written(folder, content, name="cell.csv"):
    path = folder / name
    path.write_bytes(content)
    return str(path)


def as_json(*words):
    outcome = coreshell("analyse", *words, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_vendor_s_layout_gives_what_is_counted_by_hand(tmp_path, monkeypatch, name):
    """To 0.1 %: every capacity, efficiency and plateau of three cycles, two currents and a hold."""
    made = halves(3, fade=0.02)
    first = 0 if name == "EC-Lab text" else 1  # its counter begins with 0
    monkeypatch.setattr(cyclers, "measurement", lambda _: rows(made, first))
    writer, suffix = LAYOUTS[name]
    results = as_json(written(tmp_path, writer(), f"cell{suffix}"), "--mass", MG)
    into, out = made[0::2], made[1::2]
    by_hand = {
        ICE: out[0].capacity[-1] / into[0].capacity[-1],
        "First sodiation capacity [mA.h.g-1]": into[0].capacity[-1],
        "First desodiation capacity [mA.h.g-1]": out[0].capacity[-1],
        "First-cycle loss [mA.h.g-1]": into[0].capacity[-1] - out[0].capacity[-1],
        REVERSIBLE: out[2].capacity[-1],
        PLATEAU: into[2].below(0.1),
        BACK_PLATEAU: out[2].below(0.1),
        "Capacity below 0.1 V [mA.h.g-1]": out[2].below(0.1),
        "Sloping capacity above 0.1 V [mA.h.g-1]": into[2].capacity[-1] - into[2].below(0.1),
        "Capacity below 0.44 V [mA.h.g-1]": into[0].below(0.44),
        "Capacity retention": out[2].capacity[-1] / out[1].capacity[-1],
        "Mean coulombic efficiency after the first cycle": np.mean(
            [out[n].capacity[-1] / into[n].capacity[-1] for n in (1, 2)]
        ),
    }
    for quantity, value in by_hand.items():
        assert results[quantity] == pytest.approx(value, rel=1e-3), quantity
    rows_of_cycles = results["Cells"][0]["Cycles"]
    for row, sodiated, desodiated in zip(rows_of_cycles, into, out, strict=True):
        assert row["Sodiation capacity [mA.h.g-1]"] == pytest.approx(sodiated.capacity[-1], rel=1e-3)
        assert row["Desodiation capacity [mA.h.g-1]"] == pytest.approx(desodiated.capacity[-1], rel=1e-3)
        ratio = desodiated.capacity[-1] / sodiated.capacity[-1]
        assert row["Coulombic efficiency"] == pytest.approx(ratio, rel=1e-3)
    assert not results["Cells"][0]["Unfinished half-cycles"]


def test_a_half_cycle_whose_first_point_comes_an_interval_late_has_the_charge_before_it(tmp_path):
    """Many cyclers log no point when a step begins; the voltage moves on a straight line until then."""
    made = halves(2)
    late = np.ones(sum(len(half.time) for half in made), bool)
    late[np.cumsum([len(half.time) for half in made[:-1]])] = False
    table = bdf(made).decode().splitlines()
    content = "\n".join([table[0], *(line for line, kept in zip(table[1:], late, strict=True) if kept)])
    results = as_json(written(tmp_path, content.encode()), "--mass", MG)
    for quantity, value in (
        ("First desodiation capacity [mA.h.g-1]", made[1].capacity[-1]),
        (ICE, made[1].capacity[-1] / made[0].capacity[-1]),
        (PLATEAU, made[2].below(0.1)),
        (BACK_PLATEAU, made[3].below(0.1)),
    ):
        assert results[quantity] == pytest.approx(value, rel=1e-3), quantity


def test_results_that_a_run_has_too_have_its_names(tmp_path):
    """So that measured and simulated numbers can be laid side by side."""
    results = as_json(written(tmp_path, bdf(halves())), "--mass", MG)
    shared = {ICE, REVERSIBLE, "Coulombic efficiency", "Capacity by cycle [mA.h.g-1]", "Warnings",
              "First-cycle loss [mA.h.g-1]", "Hysteresis in the last cycle [V]",
              "Capacity below 0.1 V [mA.h.g-1]", "Capacity 1.00-0.65 V [mA.h.g-1]"}  # fmt: skip
    assert shared <= set(results) and shared <= set(names())
    assert results["Coulombic efficiency"][0] == results[ICE]
    assert len(results["Capacity by cycle [mA.h.g-1]"]) == 3


def test_an_analysis_of_a_simulation_gives_the_numbers_of_the_run(tmp_path):
    """Every number under a name that both have means the same: of the test's own carbon, holds included."""
    solution = simulate(reference_carbon(), "formation")
    to_bdf(solution, tmp_path / "run.bdf.csv")
    results, of_run = as_json(str(tmp_path / "run.bdf.csv")), summary(solution)
    shared = (set(results) & set(of_run)) - {"Warnings"}
    assert len(shared) >= 13
    for name in shared:
        assert results[name] == pytest.approx(of_run[name], rel=1e-6), name


def test_replicates_have_the_mean_and_the_standard_deviation_over_cells(tmp_path):
    """Each file is a cell with a mass of its own; n - 1 stands in the denominator."""
    files = [written(tmp_path, bdf(halves(2)), f"c{n}.csv") for n in range(3)]
    masses = [1.1, 1.2, 1.35]
    results = as_json(*files, *(word for mass in masses for word in ("--mass", f"{mass} mg")))
    each = [halves(2)[3].capacity[-1] * 1e6 * MASS / mass for mass in masses]
    of_cells = results["Replicates"][REVERSIBLE]
    assert of_cells["Mean"] == pytest.approx(np.mean(each)) == results[REVERSIBLE]
    assert of_cells["Standard deviation"] == pytest.approx(np.std(each, ddof=1))
    assert of_cells["n"] == 3
    assert [cell[REVERSIBLE] for cell in results["Cells"]] == pytest.approx(each)
    assert results["Replicates"][ICE]["Standard deviation"] == pytest.approx(0, abs=1e-12)


def test_a_spread_leaves_out_cells_without_the_number():
    assert spread([1.0, None, 3.0]).mean == 2 and spread([1.0, None, 3.0]).count == 2
    assert spread([1.0, None]).sd is None and spread([None]).mean is None


def cut(half, share):
    """The beginning of a half-cycle."""
    count = int(share * len(half.time))
    return type(half)(half.time[:count], half.voltage[:count], half.current[:count])


UNFINISHED = {
    "a sodiation": ([*halves(2), cut(sodiation(1e-3), 0.3)], 3, "Sodiation", "those before it end at 0.01 V"),
    "a desodiation": ([*halves(3)[:-1], cut(desodiation(1e-3), 0.7)], 3, "Desodiation", "end at 2 V"),
    "a hold": ([*halves(2), cut(sodiation(1e-3), 0.85)], 3, "Sodiation", "ends in a hold at"),
    "a missing hold": ([*halves(2), sodiation(1e-3, hold=False)], 3, "Sodiation", "without the hold"),
    "the only desodiation": (
        [sodiation(4e-4), cut(desodiation(4e-4), 0.5)],
        1,
        "Desodiation",
        "nothing after",
    ),
    "the only half-cycle": ([cut(sodiation(4e-4), 0.3)], 1, "Sodiation", "nothing after"),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_half_cycle_without_its_end_is_said_and_in_no_number(tmp_path, name):
    made, cycle, direction, reason = UNFINISHED[name]
    path = written(tmp_path, bdf(made))
    results = as_json(path, "--mass", MG)
    (left_out,) = results["Cells"][0]["Unfinished half-cycles"]
    assert (left_out["Cycle"], left_out["Direction"].capitalize()) == (cycle, direction)
    assert reason in left_out["Reason"]
    assert left_out["Capacity so far [mA.h.g-1]"] == pytest.approx(made[-1].capacity[-1], rel=1e-3)
    assert results["Cells"][0]["Cycles"][-1][f"{direction} capacity [mA.h.g-1]"] is None
    assert results["Coulombic efficiency"][-1] is None
    assert sum("not whole, left out" in text for text in results["Warnings"]) == 1
    whole = as_json(path, "--mass", MG, "--last-is-whole")
    assert not whole["Cells"][0]["Unfinished half-cycles"]


def test_a_file_of_one_cycle_is_whole_where_it_ends_at_a_cut_off_and_that_is_said(tmp_path):
    results = as_json(written(tmp_path, bdf(halves(1))), "--mass", MG)
    assert results[ICE] is not None
    assert any("ends at 2 V, with nothing after it" in text for text in results["Warnings"])
    assert results["Capacity retention"] is None
    assert "no whole cycle after" in results["Reasons"]["Capacity retention"]


def test_a_file_that_begins_in_the_middle_of_a_half_cycle_says_so(tmp_path):
    whole = sodiation(1e-3)
    rest = type(whole)(whole.time[50:] - whole.time[50], whole.voltage[50:], whole.current[50:])
    made = [rest, desodiation(1e-3), *halves(1)]
    results = as_json(written(tmp_path, bdf(made)), "--mass", MG)
    assert results[ICE] is None and "begins at" in results["Reasons"][ICE]


@pytest.mark.parametrize(
    ("options", "base", "last"), [((), 2, 4), (("--base-cycle", "3", "--last-cycle", "4"), 3, 4)]
)
def test_retention_refers_to_a_stated_cycle_that_is_not_the_first(tmp_path, options, base, last):
    made = halves(4, fade=0.03)
    path = written(tmp_path, bdf(made))
    results = as_json(path, "--mass", MG, *options)
    capacity = [half.capacity[-1] for half in made[1::2]]
    assert (results["Base cycle of retention"], results["Last cycle"]) == (base, last)
    assert results["Capacity retention"] == pytest.approx(capacity[last - 1] / capacity[base - 1], rel=1e-6)
    assert f"Base of retention: {base};" in coreshell("analyse", path, "--mass", MG, *options).out


def test_a_file_that_begins_with_a_later_cycle_has_no_initial_efficiency(tmp_path):
    path = written(tmp_path, bdf(halves(2), first_cycle=7))
    results = as_json(path, "--mass", MG)
    assert results[ICE] is None and "begins with cycle 7" in results["Reasons"][ICE]
    assert results["Last cycle"] == 8 and results["Cycles"] == [7, 8]
    assert as_json(path, "--mass", MG, "--first-cycle", "1")[ICE] is not None


def test_a_file_that_begins_with_a_desodiation_pairs_each_sodiation_with_the_next_desodiation(tmp_path):
    made = [desodiation(4e-4), *halves(2)]
    results = as_json(written(tmp_path, bdf(made, counter=False)), "--mass", MG)
    efficiencies = results["Coulombic efficiency"]
    assert efficiencies[0] is None and results[ICE] is None
    ratio = made[2].capacity[-1] / made[1].capacity[-1]
    assert efficiencies[1] == pytest.approx(ratio, rel=1e-3)
    assert any("begins with a desodiation" in text for text in results["Warnings"])


def curve(voltage, capacity, direction=Kind.SODIATION):
    falls = direction is Kind.SODIATION
    return HalfCycleCurve(1, direction, capacity, voltage, np.zeros(len(voltage), bool), falls)


def two_slopes(steep):
    """150 mAh/g from 1.2 V to 0.1 V; below it ``steep`` times the charge per volt, down to 0.02 V."""
    slope = 150 / 1.1
    voltage = np.linspace(1.2, 0.02, 1181)
    below = np.clip(0.1 - voltage, 0, None)
    return curve(voltage, slope * (1.2 - voltage) + (steep - 1) * slope * below)


def test_the_knee_lies_where_the_slope_of_the_curve_changes():
    """To the width of a window of dQ/dV."""
    assert knee(two_slopes(20)).voltage == pytest.approx(0.1, abs=5e-3)
    back = two_slopes(20)
    back = curve(back.voltage[::-1], back.capacity[-1] - back.capacity[::-1], Kind.DESODIATION)
    assert knee(back).voltage == pytest.approx(0.1, abs=5e-3)


def test_the_knee_is_where_the_density_is_the_geometric_mean_of_peak_and_slope():
    """On a slope of 100 mAh/g/V with an exponential peak 30 times as high at 0.08 V, counted by hand."""
    voltage = np.linspace(1.2, 0.0, 12001)
    density = 100 * (1 + 30 * np.exp(-np.abs(voltage - 0.08) / 0.015))
    passed = -np.diff(voltage) * (density[1:] + density[:-1]) / 2
    half = curve(voltage, np.concatenate([[0.0], np.cumsum(passed)]))
    by_hand = 0.08 + 0.015 * np.log(30 / (np.sqrt(31) - 1))
    assert knee(half).voltage == pytest.approx(by_hand, abs=3e-3)


@pytest.mark.parametrize(
    ("half", "reason"),
    [
        (two_slopes(3), "at most 3 times that of the slope"),
        (curve(np.linspace(0.3, 0.02, 50), np.linspace(0, 100, 50)), "less than half of 0.3 to 1 V"),
        (curve(np.linspace(1.2, 0.5, 700), np.linspace(0, 100, 700)), "does not go below 0.25 V"),
        (
            curve(np.append(np.linspace(1.2, 0.02, 1000), 0.0199), np.append(np.linspace(0, 150, 1000), 250)),
            "largest where the curve ends",
        ),
    ],
)
def test_a_knee_that_is_not_there_is_none_with_a_reason(half, reason):
    bend = knee(half)
    assert bend.voltage is None and reason in bend.reason


def test_a_knee_that_is_not_there_is_null_in_json_with_the_reason(tmp_path):
    steep = halves(1)
    line = np.linspace(1.2, 0.01, len(steep[0].voltage))
    made = [type(steep[0])(steep[0].time, line, np.full(len(line), 4e-4)), steep[1]]
    results = as_json(written(tmp_path, bdf(made)), "--mass", MG)
    for name in ("Knee of the sodiation [V]", "Plateau capacity below the knee [mA.h.g-1]"):
        assert results[name] is None and "no knee" in results["Reasons"][name]


def test_hysteresis_at_equal_capacity_is_the_distance_of_curves_that_lie_apart_by_it(tmp_path):
    """Also where the sodiation took charge that does not come back, which moves its mean voltage."""
    charge = np.linspace(0, 300, 400)
    into = 1.2 * np.exp(-charge / 120)
    half = halves(1)[0]
    back = charge[charge <= 240]
    time = 3.6 * MASS * 1e3 / 4e-4
    made = [
        type(half)(charge * time, into, np.full(len(charge), 4e-4)),
        type(half)(back * time, 0.05 + 1.2 * np.exp(-(300 - back) / 120), np.full(len(back), -4e-4)),
    ]
    results = as_json(written(tmp_path, bdf(made)), "--mass", MG, "--last-is-whole")
    assert results["Hysteresis at equal capacity in the last cycle [V]"] == pytest.approx(0.05, abs=1e-5)
    means = [np.trapezoid(each.voltage, each.capacity) / each.capacity[-1] for each in made]
    assert results["Hysteresis in the last cycle [V]"] == pytest.approx(means[1] - means[0], rel=1e-6)
    energies = [np.trapezoid(each.voltage, each.capacity) for each in made]
    assert results["Energy efficiency in the last cycle"] == pytest.approx(energies[0] / energies[1])


def test_a_full_cell_has_efficiencies_and_no_plateau(tmp_path):
    """Charging sodiates its carbon while its voltage rises, the first time from a low voltage on."""
    made = [type(half)(half.time, 3.6 - half.voltage, half.current) for half in (*halves(2),)]
    made[0].voltage[0] = 0.1
    path = written(tmp_path, bdf(made))
    results = as_json(path, "--mass", MG, "--cell", "full-cell", "--current-sign", "sodiation")
    assert results[ICE] == pytest.approx(made[1].capacity[-1] / made[0].capacity[-1], rel=1e-3)
    assert results[PLATEAU] is None and "full cell" in results["Reasons"][PLATEAU]
    energies = [np.trapezoid(each.voltage, each.capacity) for each in made]
    assert results["Energy efficiency in the last cycle"] == pytest.approx(
        energies[3] / energies[2], rel=1e-3
    )


def test_files_that_follow_one_another_are_one_cell_with_join(tmp_path):
    made = halves(3, fade=0.02)
    parts = [written(tmp_path, bdf(made[a:b], 1 + a // 2), f"p{a}.csv") for a, b in ((0, 2), (2, 6))]
    joined = as_json(*parts, "--join", "--mass", MG)
    whole = as_json(written(tmp_path, bdf(made)), "--mass", MG)
    assert joined["Number of cells"] == 1
    assert joined["Coulombic efficiency"] == pytest.approx(whole["Coulombic efficiency"], rel=1e-6)
    assert joined[ICE] == pytest.approx(whole[ICE], rel=1e-6)


def test_curves_without_time_give_what_is_counted_by_hand_in_the_cycles_as_stated(tmp_path):
    """Of cycles 1 and 5; no half-cycle counts as unfinished."""
    made = halves(2)
    columns = [column for half in made for column in (half.capacity, half.voltage)]
    cells = zip_longest(*columns, fillvalue="")
    head = ",".join(["capacity (mAh/g),voltage (V)"] * 4)
    path = written(tmp_path, lines(head, cells).encode(), "figure.csv")
    (tmp_path / "figure.curve.toml").write_text(
        'rate = "15 mA/g"\nhold = "included"\n'
        'half_cycles = ["1 sodiation", "1 desodiation", "5 sodiation", "5 desodiation"]\n'
    )
    results = as_json(path)
    assert results["Cycles"] == [1, 5] and not results["Warnings"]
    assert results[ICE] == pytest.approx(made[1].capacity[-1] / made[0].capacity[-1], rel=1e-3)
    assert results[PLATEAU] == pytest.approx(made[2].below(0.1), rel=1e-3)
    assert results[REVERSIBLE] == pytest.approx(made[3].capacity[-1], rel=1e-3)


def test_a_curve_without_time_that_begins_late_counts_from_its_beginning(tmp_path):
    """What passed before its first point is at the voltage of that point."""
    half = sodiation(4e-4, hold=False)
    pairs = zip(half.capacity[10:], half.voltage[10:], strict=True)
    path = written(tmp_path, lines("capacity (mAh/g),voltage (V)", pairs).encode())
    results = as_json(path, "--curve", "rate=15 mA/g", "--curve", "direction=sodiation", "--curve", "begin=0")
    (cycle,) = results["Cells"][0]["Cycles"]
    assert cycle["Sodiation capacity [mA.h.g-1]"] == pytest.approx(half.capacity[-1], rel=1e-6)
    assert cycle[PLATEAU] == pytest.approx(half.below(0.1), rel=1e-3)
    by_hand = half.voltage[10] * half.capacity[10] + np.trapezoid(half.voltage[10:], half.capacity[10:])
    mean = cycle["Mean voltage of the sodiation [V]"]
    assert mean == pytest.approx(by_hand / half.capacity[-1], rel=1e-6)


def test_cells_that_were_not_treated_alike_are_warned_of(tmp_path):
    """Other currents, other limits, holds in some only, another number of cycles, one file copied."""
    plain = [sodiation(8e-4, hold=False), desodiation(8e-4), sodiation(8e-4, hold=False), desodiation(8e-4)]
    short = [*plain[:-1], cut(plain[-1], 0.9)]
    files = [
        written(tmp_path, bdf(made), f"{name}.csv")
        for name, made in (("a", halves(3)), ("b", plain), ("c", short), ("d", halves(3)))
    ]
    said = " | ".join(as_json(*files, "--mass", MG)["Warnings"])
    for text in (
        "the sodiation of cycle 1 had different currents, in mA/g: a 333.3, b 666.7",
        "has a hold in some cells only: a, d",
        "different numbers of whole cycles: a 3, b 2, c 1, d 3",
        "a and d hold the same measurement",
        "c: the desodiation of cycle 2",
        "all have the same mass",
    ):
        assert text in said, text


def test_the_folder_holds_every_table_the_workbook_and_the_figure(tmp_path):
    """Units in the heads; a sheet per cell; a name that Excel would take for a formula stays a text."""
    files = [written(tmp_path, bdf(halves(2)), name) for name in ("=a[1].csv", "b.csv")]
    folder = tmp_path / "out"
    outcome = coreshell("analyse", *files, "--mass", MG, "--out", str(folder))
    assert outcome.code == 0, outcome.err
    names = {path.name for path in folder.iterdir()}
    tables = {"replicates.csv", "replicates_by_cycle.csv", "cycles.csv", "half_cycles.csv", "dqdv.csv"}
    assert names == tables | {"analysis.json", "analysis.xlsx", "files.json", "=a1_analysis.png",
                              "=a1_analysis.pdf", "=a1_analysis.csv"}  # fmt: skip
    record = json.loads((folder / "analysis.json").read_text())
    cycles = pd.read_csv(folder / "cycles.csv")
    assert cycles["Desodiation capacity [mA.h.g-1]"].mean() == pytest.approx(
        np.mean(record["Capacity by cycle [mA.h.g-1]"])
    )
    points = pd.read_csv(folder / "half_cycles.csv")
    assert len(points) == 2 * sum(len(half.time) for half in halves(2))
    assert points.groupby("Cell")["Capacity [mA.h.g-1]"].max().to_numpy() == pytest.approx(
        max(half.capacity[-1] for half in halves(2)), rel=1e-3
    )
    curves = pd.read_csv(folder / "dqdv.csv")
    part = curves[(curves["Cell"] == "b") & (curves["Cycle"] == 2) & (curves["Direction"] == "desodiation")]
    assert 5e-3 * part["dQ/dV [mA.h.g-1.V-1]"].sum() == pytest.approx(halves(2)[3].capacity[-1], rel=1e-6)
    book = openpyxl.load_workbook(folder / "analysis.xlsx")
    assert book.sheetnames == [
        "Replicates",
        "Cycles",
        "Mean by cycle",
        "Rules and statements",
        "1 =a_1_",
        "2 b",
    ]
    assert book["Cycles"]["A2"].value == "=a[1]" and book["Cycles"]["A2"].data_type == "s"
    assert book["2 b"]["C1"].value == "Capacity [mA.h.g-1]" and book["2 b"].max_row == 1 + len(points) // 2
    again = coreshell("analyse", *files, "--mass", MG, "--out", str(folder))
    assert again.code == 0 and "replaces the earlier results" in again.err
    other = coreshell("analyse", files[1], "--mass", MG, "--out", str(folder))
    assert other.code == 2 and "choose another folder" in other.err


def test_a_file_of_a_user_is_not_overwritten(tmp_path):
    path = written(tmp_path, bdf(halves(1)))
    notes = tmp_path / "out" / "cycles.csv"
    notes.parent.mkdir()
    notes.write_text("mine")
    outcome = coreshell("analyse", path, "--mass", MG, "--out", str(notes.parent))
    assert outcome.code == 2 and notes.read_text() == "mine" and len(list(notes.parent.iterdir())) == 1


def test_without_openpyxl_the_other_files_are_written_and_the_workbook_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    folder = tmp_path / "out"
    outcome = coreshell("analyse", written(tmp_path, bdf(halves(1))), "--mass", MG, "--out", str(folder))
    assert outcome.code == 0 and "no workbook analysis.xlsx: it needs openpyxl" in outcome.err
    assert (folder / "cycles.csv").exists() and not (folder / "analysis.xlsx").exists()


def test_two_hundred_cycles_are_all_in_the_tables_and_some_in_print(tmp_path):
    few = [sodiation(1e-3, points=20), desodiation(1e-3, points=20)]
    path = written(tmp_path, bdf(few * 200))
    outcome = coreshell("analyse", path, "--mass", MG)
    assert "... 188 more" in outcome.out
    assert len(as_json(path, "--mass", MG)["Capacity by cycle [mA.h.g-1]"]) == 200


RESTING = b"Test Time / s,Voltage / V,Current / A\n0,2.5,0\n60,2.5,0\n"

REFUSED = {
    "no mass": ([bdf(halves(1))], (), '--mass "1.1 mg"'),
    "a mass without a unit": ([bdf(halves(1))], ("--mass", "1.2"), "is it '1.2 mg'?"),
    "two masses for three cells": ([bdf(halves(1))] * 3, ("--mass", MG, "--mass", MG), "2 times for 3 cells"),
    "an empty file": ([b""], ("--mass", MG), "cell0.csv"),
    "a rest": ([RESTING], ("--mass", MG), "no current flows, so there is no half-cycle"),
    "a rest beside a cell": ([bdf(halves(1)), RESTING], ("--mass", MG), "cell1.csv"),
    "a plateau without a unit": ([bdf(halves(1))], ("--mass", MG, "--plateau", "0.1"), "is it '0.1 V'?"),
    "a plateau below 0 V": ([bdf(halves(1))], ("--mass", MG, "--plateau", "-0.1 V"), "above 0"),
    "a last cycle not there": ([bdf(halves(2))], ("--mass", MG, "--last-cycle", "9"), "are 1 to 2"),
    "a base that is not there": ([bdf(halves(2))], ("--mass", MG, "--base-cycle", "9"), "whole are 1 to 2"),
    "a cycle 0": ([bdf(halves(2))], ("--mass", MG, "--first-cycle", "0"), "counted from 1"),
    "an unknown cell": ([bdf(halves(2))], ("--mass", MG, "--cell", "pouch"), "half-cell"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path, name):
    contents, options, said = REFUSED[name]
    files = [written(tmp_path, content, f"cell{n}.csv") for n, content in enumerate(contents)]
    outcome = coreshell("analyse", *files, *options)
    assert outcome.code == 2 and outcome.err.count("\n") == 1 and not outcome.out
    assert said in outcome.err, outcome.err


def test_a_file_that_is_there_twice_is_no_replicate(tmp_path):
    path = written(tmp_path, bdf(halves(1)))
    outcome = coreshell("analyse", path, str(tmp_path / "." / "cell.csv"), "--mass", MG)
    assert outcome.code == 2 and "is there twice" in outcome.err


def test_names_of_files_are_no_formulas_and_many_cells_are_printed_as_their_spread(tmp_path):
    files = [written(tmp_path, bdf(halves(1)), f"_{n}$x_^{{$ [red].csv") for n in range(8)]
    outcome = coreshell("analyse", *files, "--mass", MG, "--out", str(tmp_path / "out"))
    assert outcome.code == 0, outcome.err
    head = next(line for line in outcome.out.splitlines() if line.lstrip().startswith("quantity"))
    assert head.split() == ["quantity", "mean", "standard", "deviation", "n", "of"]


@pytest.mark.parametrize(("mass", "said"), [("12 g", "check the mass"), ("1.2 ug", "A per gram")])
def test_a_wrong_mass_is_noticed(tmp_path, mass, said):
    outcome = coreshell("analyse", written(tmp_path, bdf(halves(1))), "--mass", mass)
    assert said in outcome.err


def test_the_figure_holds_the_numbers_that_it_draws(tmp_path):
    from coreshell_model.show.figures.measured import analysis_picture

    dataset = read_dataset(written(tmp_path, bdf(halves(2))), mass=MG)
    table = analysis_picture(analyse([dataset, dataset])).numbers
    assert {"Voltage [V]", "dQ/dV [A.h.g-1.V-1]", "Desodiation capacity [mA.h.g-1]"} <= set(table.columns)
    assert table["Standard deviation of Coulombic efficiency"].dropna().tolist() == [0, 0]


def test_an_analysis_works_in_python(tmp_path):
    dataset = read_dataset(written(tmp_path, bdf(halves(2))), mass=MG)
    analysis = analyse([dataset], plateau=0.2)
    value = analysis.spreads["Plateau capacity below 0.2 V [mA.h.g-1]"].mean
    assert value == pytest.approx(halves(2)[2].below(0.2), rel=1e-3)
