"""EC-Lab's binaries without a current, with columns nobody knows, and their text twins; rests; electrodes."""

import json

import numpy as np
import pytest
from command_line import coreshell
from eclab_files import PASSED, cycled, mpr, mpt, pick

from coreshell_model.base.errors import InputError
from coreshell_model.data.reading import read_dataset

COUNTED = ("mode", "Ns", "time/s", "Ewe/V")


def read(tmp_path, content, name="cell.mpr", **said):
    path = tmp_path / name
    path.write_bytes(content)
    return read_dataset(path, mass="1 mg", **said)


def capacities(dataset):
    return [half.charge / 3.6 for half in dataset.half_cycles()]


@pytest.mark.parametrize("version", [0, 2, 3])
@pytest.mark.parametrize("charge", ["dq/mA.h", "(Q-Qo)/mA.h"])
def test_the_current_of_a_binary_without_one_is_that_of_its_text_twin(tmp_path, charge, version):
    """To 0.1 % at every row, steps a fifth of a millisecond long and those at one time included."""
    rows = cycled()
    binary = read(tmp_path, mpr(pick(rows, *COUNTED, charge), version=version))
    text = read(tmp_path, mpt(pick(rows, *COUNTED, "<I>/mA")), "cell.mpt")
    assert binary.time == pytest.approx(text.time) and len(binary.time) == len(rows["time/s"])
    begins = np.flatnonzero(np.diff(rows["time/s"], prepend=-1.0) == 0)  # a step, at the last one's end
    inside = ~np.isin(np.arange(len(rows["Ns"])), begins)
    assert begins.size and binary.current[begins] == pytest.approx(binary.current[begins + 1])
    assert binary.current[inside] == pytest.approx(text.current[inside], rel=1e-3, abs=1e-9)
    assert capacities(binary) == pytest.approx(capacities(text), rel=1e-3)
    assert any(f"current is that of '{charge}'" in said for said in binary.statements)


def test_the_charge_of_a_binary_is_what_passed(tmp_path):
    """Of the decay in the hold the lines between mean currents miss a little, as those of a text file do."""
    found = capacities(read(tmp_path, mpr(pick(cycled(), *COUNTED, "dq/mA.h"))))
    assert found == pytest.approx(PASSED, rel=0.025)
    assert found[1] == pytest.approx(PASSED[1], rel=1e-6)


def test_a_count_that_begins_anew_with_each_step_makes_no_current_of_its_own(tmp_path):
    whole = read(tmp_path, mpr(pick(cycled(), *COUNTED, "(Q-Qo)/mA.h")))
    anew = read(tmp_path, mpr(pick(cycled(restarts=True), *COUNTED, "(Q-Qo)/mA.h")))
    assert anew.current == pytest.approx(whole.current, rel=1e-6, abs=1e-12)


def test_a_text_file_without_a_current_is_read_like_its_binary(tmp_path):
    rows = pick(cycled(), *COUNTED, "dq/mA.h", "(Q-Qo)/mA.h")
    binary = read(tmp_path, mpr(rows))
    text = read(tmp_path, mpt(rows), "cell.mpt")
    assert text.current == pytest.approx(binary.current, rel=1e-6, abs=1e-12)


def interrupted(counted):
    """Points a second apart, then none for half an hour, over which the cycler counted some charge [mAh]."""
    time = np.append(np.arange(40.0), 1839.0)
    count = np.append(np.full(40, -0.1 / 3600), counted)
    rows = {"mode": np.ones(41), "time/s": time, "Ewe/V": np.append(1.3 - time[:40] / 400, 0.4)}
    return {**rows, "dq/mA.h": count, "I/mA": np.full(41, -0.1)}


@pytest.mark.parametrize("columns", [("dq/mA.h",), ("dq/mA.h", "I/mA")])
def test_a_long_interval_whose_charge_was_counted_is_no_gap(tmp_path, columns):
    rows = interrupted(-0.05)
    dataset = read(tmp_path, mpr(pick(rows, "mode", "time/s", "Ewe/V", *columns)))
    assert not any("gap" in said for said in dataset.statements)
    assert capacities(dataset) == pytest.approx([0.05 + 0.1 * 39 / 3600], rel=1e-3)


@pytest.mark.parametrize(("columns", "counted"), [(("I/mA",), -0.05), (("dq/mA.h", "I/mA"), 0.0)])
def test_a_long_interval_of_which_nothing_was_counted_is_a_gap(tmp_path, columns, counted):
    """Without a count, and where the count says that the current did not go on."""
    with pytest.raises(InputError, match=r"a gap of 0\.5 h"):
        read(tmp_path, mpr(pick(interrupted(counted), "mode", "time/s", "Ewe/V", *columns)))


UNKNOWN = [
    ([(5, 880, "<f4")], "<f4"),
    ([(2, 880, "<f8")], "<f8"),
    ([(5, 880, "<f4"), (5, 883, "<u1")], "both"),
    ([(3, 880, "<f4"), (5, 883, "<f8")], "apart"),
    ([(1, 880, "flag")], "a bit"),
]


@pytest.mark.parametrize("unknown", [each for each, _ in UNKNOWN], ids=[name for _, name in UNKNOWN])
def test_columns_that_nobody_knows_do_not_stop_a_binary(tmp_path, unknown):
    """Wherever they lie, and of whatever width; the file says which they are."""
    rows = pick(cycled(), *COUNTED, "dq/mA.h")
    count = len(rows["Ns"])
    extra = [(place, number, kind, np.linspace(3, 4, count)) for place, number, kind in unknown]
    dataset, plain = read(tmp_path, mpr(rows, extra)), read(tmp_path, mpr(rows))
    assert dataset.table.equals(plain.table)
    assert any("880" in said and "not known" in said for said in dataset.statements)


def test_a_binary_whose_known_columns_could_lie_in_two_places_is_refused(tmp_path):
    """Two columns as wide as the one between them: any of the three could be the current."""
    values = cycled()
    rows = {**pick(values, *COUNTED), "I/mA": values["<I>/mA"]}
    count = len(values["Ns"])
    extra = [(4, 880, "<f4", np.full(count, 1.5)), (5, 883, "<f4", np.full(count, 2.5))]
    with pytest.raises(
        InputError, match="columns 880, 883 are not known, and the others could lie in 3 places"
    ):
        read(tmp_path, mpr(rows, extra))


@pytest.mark.parametrize("count", [0, 3, 10**6])
def test_a_binary_with_more_or_fewer_points_than_it_says_is_refused_in_one_line(tmp_path, count):
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr(pick(cycled(), *COUNTED, "dq/mA.h"), count=count))
    outcome = coreshell("data", str(path))
    assert outcome.code == 2 and outcome.err.count("\n") == 1 and "cell.mpr" in outcome.err


@pytest.mark.parametrize("length", [60, 300, 700, 1200])
def test_a_binary_that_ends_early_is_refused_in_one_line(tmp_path, length):
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr(pick(cycled(), *COUNTED, "dq/mA.h"))[:length])
    outcome = coreshell("data", str(path))
    assert outcome.code == 2 and outcome.err.count("\n") == 1


def test_another_count_of_charge_is_not_taken_for_the_charge_of_each_row(tmp_path):
    """EC-Lab's dQ counts on in some techniques."""
    rows = pick(cycled(), "Ns", "time/s", "Ewe/V", "dq/mA.h")
    rows["dQ/mA.h"] = rows.pop("dq/mA.h")
    with pytest.raises(InputError, match="no column for the current"):
        read(tmp_path, mpt(rows), "cell.mpt")


REST = {"mode": np.full(4, 3), "time/s": np.arange(4.0) * 60, "Ewe/V": np.linspace(1.5, 1.4, 4)}
RESTS = {
    "binary": (mpr(REST), "cell.mpr"),
    "binary with a charge": (mpr({**REST, "dq/mA.h": np.zeros(4), "(Q-Qo)/mA.h": np.ones(4)}), "cell.mpr"),
    "text": (mpt(REST, "Modulo Bat"), "cell.mpt"),
    "text without a mode": (mpt(pick(REST, "time/s", "Ewe/V"), "Open Circuit Voltage"), "cell.mpt"),
    "noise": (mpt({**REST, "I/mA": np.array([1, -1, 1, 1]) * 1e-6}), "cell.mpt"),
    "other cyclers": (b"Test Time / s,Voltage / V,Current / A\n0,1.5,0\n60,1.45,0\n120,1.4,0\n", "cell.csv"),
}


@pytest.mark.parametrize("kind", RESTS)
def test_a_rest_is_read_and_has_no_half_cycles(tmp_path, kind):
    content, name = RESTS[kind]
    path = tmp_path / name
    path.write_bytes(content)
    outcome = coreshell("data", str(path), "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert found["Half-cycles"] == []
    assert any("no current flows" in said for said in found["Statements"])
    assert coreshell("data", str(path)).code == 0


def test_a_rest_has_no_current_to_replay_nor_capacity_to_fit(tmp_path):
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr(REST))
    replayed = coreshell("replay", str(path), "--material", "core_shell", "--mass", "1 mg")
    assert replayed.code == 2 and "no current flows" in replayed.err and replayed.err.count("\n") == 1
    (tmp_path / "fit.toml").write_text(
        '[[parameters]]\npath = "core.clusters.pore_fraction"\nshared = ["core_shell"]\n'
        'lower = 0.1\nupper = 0.5\n[[curves]]\nmaterial = "core_shell"\nfile = "cell.mpr"\nsd = 5.0\n'
        'mass = "1 mg"\nprotocol = "formation"\n'
    )
    fitted = coreshell("fit", str(tmp_path / "fit.toml"))
    assert fitted.code == 2 and "half-cycle" in fitted.err and fitted.err.count("\n") == 1


def test_a_technique_with_currents_but_no_column_of_them_is_no_rest(tmp_path):
    with pytest.raises(InputError, match="no column for the current"):
        read(tmp_path, mpr({**REST, "mode": np.array([3, 1, 1, 3])}))


def test_flags_without_a_mode_say_nothing_of_rest(tmp_path):
    """A file can have the byte of flags for others of them."""
    rows = pick(cycled(), "time/s", "Ns", "Ewe/V", "dq/mA.h")
    flagged = {"ox/red": np.full(len(rows["Ns"]), 1), **rows}
    assert capacities(read(tmp_path, mpr(flagged))) == pytest.approx(capacities(read(tmp_path, mpr(rows))))
    assert not any("'mode'" in said for said in read(tmp_path, mpr(flagged)).statements)


THREE = {
    "Ewe/V": lambda rows: rows["Ewe/V"],
    "Ewe-Ece/V": lambda rows: rows["Ewe/V"] - 0.1,
    "Ece/V": lambda rows: np.full(len(rows["Ewe/V"]), 0.1),
}


@pytest.mark.parametrize("name", ["cell.mpr", "cell.mpt"])
@pytest.mark.parametrize("order", [("Ewe/V", "Ewe-Ece/V"), ("Ewe-Ece/V", "Ewe/V"), ("Ece/V", "Ewe/V")])
def test_of_three_electrodes_the_working_one_is_read_and_said(tmp_path, name, order):
    rows = cycled()
    columns = {
        **pick(rows, "Ns", "time/s"),
        **{each: THREE[each](rows) for each in order},
        "<I>/mA": rows["<I>/mA"],
    }
    content = (mpr if name.endswith("mpr") else mpt)(columns)
    dataset = read(tmp_path, content, name)
    assert dataset.voltage == pytest.approx(rows["Ewe/V"], rel=1e-6)
    other = next(each for each in order if each != "Ewe/V")
    said = next(said for said in dataset.statements if "working electrode" in said)
    assert "voltage from 'Ewe/V'" in said and f"not from '{other}'" in said
    if other != "Ece/V":
        cell = read(tmp_path, content, name, columns={"voltage": other})
        assert cell.voltage == pytest.approx(rows["Ewe/V"] - 0.1, rel=1e-6)


def test_of_a_current_and_its_mean_the_one_that_carries_the_charge_is_read(tmp_path):
    rows = cycled()
    columns = {**pick(rows, *COUNTED, "<I>/mA"), "I/mA": rows["<I>/mA"] * 1.3}
    dataset = read(tmp_path, mpt(columns), "cell.mpt")
    assert -1e3 * dataset.current == pytest.approx(rows["<I>/mA"], abs=1e-12)
    assert any("current from '<I>/mA'" in said for said in dataset.statements)
