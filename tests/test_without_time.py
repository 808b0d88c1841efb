"""Curves without time: tables of voltage against capacity, timed by their stated current."""

import json

import numpy as np
import pytest
from command_line import coreshell
from curve_tables import CAPACITY, STATED, desodiation, sodiation, table

from coreshell_model import read_dataset, read_datasets, to_bdf
from coreshell_model.data.curve_points import local_residuals
from coreshell_model.data.curve_table import read_table
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.open_circuit_table import read_open_circuit
from coreshell_model.data.overlay import current_drive, measured_times
from coreshell_model.data.record import counted_cycle, first_cycle, place_in_life

RATE = {"rate": "15 mA/g"}


def said(dataset, words):
    return any(words in text for text in dataset.statements)


def halves(dataset):
    return [(half.direction, pytest.approx(half.capacity, rel=1e-6)) for half in dataset.half_cycles()]


def test_the_time_is_the_charge_over_the_stated_current(tmp_path):
    """300 mAh/g at 15 mA/g take 20 h; the mass of an electrode does not matter where all is per gram."""
    dataset = read_dataset(table(tmp_path / "a.csv", *sodiation()), curve=STATED)
    assert dataset.time[-1] == pytest.approx(20 * 3600)
    assert dataset.without_time == "constant current"
    (half,) = dataset.half_cycles()
    assert half.direction is Kind.SODIATION and half.capacity == pytest.approx(CAPACITY)
    heavier = read_dataset(tmp_path / "a.csv", curve=STATED, mass="2 mg")
    assert heavier.half_cycles()[0].capacity == pytest.approx(CAPACITY)
    assert said(dataset, "none is needed") and said(heavier, "2 mg")
    assert said(dataset, "voltage against Na/Na+, as nothing else is stated")
    assert said(dataset, "a hold at its end cannot be seen")


@pytest.mark.parametrize("words", ["none", "included", "left out"])
def test_a_hold_is_stated_by_the_user(words, tmp_path):
    dataset = read_dataset(table(tmp_path / "a.csv", *sodiation()), curve=STATED | {"hold": words})
    assert said(dataset, "as stated") and not said(dataset, "cannot be seen")


def test_a_hold_that_the_table_contains_has_a_falling_current_and_its_charge(tmp_path):
    """40 mAh/g at one voltage, with 0.5 mV of scatter; a hold that is not there is not made."""
    q, u = sodiation(100)
    held = np.linspace(CAPACITY, CAPACITY + 40, 20)[1:]
    u = np.append(u, np.full(19, u[-1])) + np.random.default_rng(2).normal(0, 5e-4, 119)
    dataset = read_dataset(
        table(tmp_path / "a.csv", np.append(q, held), u), curve=STATED | {"hold": "included"}
    )
    (text,) = [text for text in dataset.statements if "the hold at its end" in text]
    stated = float(text.partition("taken for the ")[2].split()[0])
    assert 38 < stated < 60
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY + 40)]
    assert dataset.current[-1] == pytest.approx(dataset.current[0] / 10)
    sloping = table(tmp_path / "b.csv", q, np.linspace(1.0, 0.01, 100))
    without = read_dataset(sloping, curve=STATED | {"hold": "included"})
    assert said(without, "the last points share no voltage") and np.ptp(without.current) == 0


def test_points_in_any_order_listed_twice_and_with_scatter_give_the_same_curve(tmp_path):
    """Shuffled, some doubled, 2 mV of noise: the order, the doubles and the scatter are stated."""
    draw = np.random.default_rng(7)
    q, u = sodiation()
    u = u + draw.normal(0, 2e-3, len(u))
    shuffled = np.concatenate([draw.permutation(len(q)), np.arange(5, 15)])
    dataset = read_dataset(table(tmp_path / "a.csv", q, u, order=shuffled), curve=STATED)
    assert dataset.voltage == pytest.approx(u, rel=1e-6)
    assert (np.diff(dataset.time) > 0).all()
    assert said(dataset, "sorted along the capacity, which goes back at")
    assert said(dataset, "10 points at the capacity of another averaged with it, 10 of them listed twice")
    (text,) = [text for text in dataset.statements if "scatter of the voltage" in text]
    assert float(text.partition("voltage ")[2].split()[0]) == pytest.approx(2.0, abs=0.5)
    assert "the voltage goes back at" in text


def test_a_table_listed_from_the_end_is_turned_round(tmp_path):
    q, u = sodiation()
    dataset = read_dataset(table(tmp_path / "a.csv", q[::-1], u[::-1]), curve=STATED)
    assert dataset.voltage == pytest.approx(u) and said(dataset, "listed from the end, turned round")


def test_a_local_fit_gives_the_noise_of_single_points():
    """1 mV on a parabola, to a fifth; the fit's own share of the noise is accounted for."""
    axis = np.linspace(0, 1, 400)
    noise = np.random.default_rng(1).normal(0, 1e-3, 400)
    assert np.std(local_residuals(axis, axis**2 + noise)) == pytest.approx(1e-3, rel=0.2)
    assert np.abs(local_residuals(axis, 1 - axis**2)).max() < 1e-9


@pytest.mark.parametrize(
    ("counting", "words"), [(lambda q: q, "counts up from 0"), (lambda q: 260.0 - q, "counts down from 260")]
)
def test_a_desodiation_counts_up_or_down_as_its_voltage_shows(counting, words, tmp_path):
    q, u = desodiation()
    dataset = read_dataset(
        table(tmp_path / "a.csv", counting(q), u), curve=RATE | {"direction": "desodiation"}
    )
    assert dataset.voltage == pytest.approx(u) and said(dataset, words)
    assert halves(dataset) == [(Kind.DESODIATION, 250.0)]


def test_what_passed_before_the_first_point_counts(tmp_path):
    """A digitised curve that begins at 6 mAh/g: capacity, time and drive count from the beginning on."""
    dataset = read_dataset(table(tmp_path / "a.csv", *sodiation(begin=6.0)), curve=STATED)
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY)]
    assert measured_times(dataset)[0] == pytest.approx(6 / 15 * 3600)
    drive = current_drive(dataset)
    assert drive.time[0] == 0 and drive.duration == pytest.approx(20 * 3600)
    assert np.trapezoid(drive.values, drive.time) / 3600 == pytest.approx(CAPACITY)
    assert said(dataset, "6 mAh/g passed before the first point")
    to_bdf(dataset, tmp_path / "out.bdf.csv")
    again = read_dataset(tmp_path / "out.bdf.csv")
    assert halves(again) == [(Kind.SODIATION, CAPACITY)] and again.without_time == "constant current"


def test_where_a_half_cycle_begins_can_be_stated(tmp_path):
    """The second sodiation of a figure whose axis is the sodium in the carbon begins at 50 mAh/g."""
    q, u = sodiation()
    dataset = read_dataset(table(tmp_path / "a.csv", q + 50, u), curve=STATED | {"begin": "50 mAh/g"})
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY)]


def test_half_cycles_over_the_sodium_in_the_carbon_begin_where_the_one_before_ends(tmp_path):
    """A loop: 0 to 300, down to 50 and up again; the ends of the table are up to 2 mAh/g apart."""
    (q, u), (p, v) = sodiation(), desodiation()
    columns = q, u, CAPACITY - 1.5 - p[1:], v[1:], 50 + q[1:] * 0.8, u[1:]
    path = table(tmp_path / "a.csv", *columns, header=",".join(3 * ["mAh/g,V"]))
    dataset = read_dataset(path, curve=RATE | {"half_cycles": "1 sodiation, 1 desodiation, 2 sodiation"})
    desodiated = 250 + 1.5
    held = 0.8 * CAPACITY + desodiated - 250
    assert halves(dataset) == [
        (Kind.SODIATION, CAPACITY),
        (Kind.DESODIATION, desodiated),
        (Kind.SODIATION, held),
    ]
    assert said(dataset, "down from 300 mAh/g, where the half-cycle before it ends")


def test_points_a_little_before_the_origin_move_it(tmp_path):
    """-0.3 of 300 mAh/g, as a digitised axis gives."""
    q, u = sodiation()
    dataset = read_dataset(table(tmp_path / "a.csv", q - 0.3, u), curve=STATED)
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY)] and said(dataset, "before its beginning")


AMOUNTS = {
    "mA.h": (1.1e-3, {"rate": "0.0165 mA"}),
    "Ah": (1.1e-6, {"rate": "C/20", "one_c": "0.33 mA"}),
    "mAh g-1": (1.0, {"rate": "C/20", "one_c": "300 mA/g"}),
    "mAh cm⁻²": (1.1e-3 / 0.5, {"rate": "33 uA/cm2", "area": "0.5 cm2"}),
    "C/g": (3.6, {"rate": "0.05 C", "one_c": "300 mA/g"}),
    "%": (100 / 300, {"rate": "0.05C", "one_c": "300 mA/g", "full_capacity": "300 mAh/g"}),
}


@pytest.mark.parametrize("unit", AMOUNTS)
def test_a_capacity_is_read_in_the_units_of_papers(unit, tmp_path):
    """All are 300 mAh/g of 1.1 mg at 15 mA/g; the voltage is in mV."""
    factor, stated = AMOUNTS[unit]
    q, u = sodiation()
    path = table(
        tmp_path / "a.csv", factor * q, 1e3 * u, header=f"Capacity ({unit}),Potential / mV vs Na+/Na"
    )
    dataset = read_dataset(path, curve={"direction": "sodiation", **stated}, mass="1.1 mg")
    assert dataset.voltage == pytest.approx(u, rel=1e-6)
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY)]
    assert dataset.time[-1] == pytest.approx(20 * 3600, rel=1e-6)


def test_a_gram_of_electrode_is_less_carbon(tmp_path):
    """270 mAh per gram of an electrode with 90 % active carbon are 300 per gram of carbon."""
    q, u = sodiation()
    stated = STATED | {"mass_basis": "electrode", "active_share": "0.9"}
    dataset = read_dataset(table(tmp_path / "a.csv", 0.9 * q, u), curve=stated)
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY)]
    assert said(dataset, "15 mA/g, 16.67 mA/g") and said(dataset, "0.9 of which is active carbon")


def test_a_voltage_against_another_reference_is_moved(tmp_path):
    q, u = sodiation()
    dataset = read_dataset(table(tmp_path / "a.csv", q, u - 0.1), curve=STATED | {"reference": "0.1 V"})
    assert dataset.voltage == pytest.approx(u) and said(dataset, "0.1 V against Na/Na+")


ORIGIN = "\n".join(
    "\t".join(3 * pair) for pair in (("Capacity", "Voltage"), ("mAh/g", "V"), ("figure 3", ""))
)
SIDE_FILE = (
    'rate = "C/20"\none_c = "300 mA/g"\nhalf_cycles = ["1 sodiation", "1 desodiation", "2 sodiation"]\n'
)


def origin(tmp_path, separator="\t"):
    (q, u), (p, v) = sodiation(), desodiation()
    second = 0.85 * q
    header = ORIGIN.replace("\t", separator)
    return table(tmp_path / "fig3.txt", q, u, p, v, second, u, header=header, separator=separator)


def test_pairs_of_columns_are_the_half_cycles_that_the_side_file_lists(tmp_path):
    """An Origin export with a line of units and one of comments, columns of different length."""
    path = origin(tmp_path)
    (tmp_path / "fig3.curve.toml").write_text(SIDE_FILE)
    dataset = read_dataset(path)
    assert halves(dataset) == [
        (Kind.SODIATION, CAPACITY),
        (Kind.DESODIATION, 250.0),
        (Kind.SODIATION, 0.85 * CAPACITY),
    ]
    assert counted_cycle(dataset) == 1
    assert place_in_life(dataset, 1) == {1: 1, 2: 2, 3: 3}
    result = coreshell("data", str(path), "--json")
    assert [row["Cycle"] for row in json.loads(result.out)["Half-cycles"]] == [1, 1, 2]


def test_options_choose_one_half_cycle_of_the_side_file(tmp_path):
    path = origin(tmp_path)
    (tmp_path / "fig3.curve.toml").write_text(SIDE_FILE)
    dataset = read_dataset(path, curve={"direction": "sodiation", "cycle": "2", "columns": "5, 6"})
    assert halves(dataset) == [(Kind.SODIATION, 0.85 * CAPACITY)] and counted_cycle(dataset) == 2


def test_cycles_that_a_table_leaves_out_keep_their_place(tmp_path):
    """Cycles 1 and 5, of which the second begins with place 9; the first of a protocol is no other."""
    path = origin(tmp_path)
    pairs = [("sodiation", 1, [1, 2]), ("desodiation", 1, [3, 4]), ("sodiation", 5, [5, 6])]
    entries = [{"direction": way, "cycle": cycle, "columns": columns} for way, cycle, columns in pairs]
    dataset = read_dataset(path, curve=RATE | {"half_cycles": entries})
    assert first_cycle(dataset, None, fresh=2.5, upper=2.0) == 1
    assert place_in_life(dataset, 1) == {1: 1, 2: 2, 3: 9}


def test_a_desodiation_alone_is_the_second_half_of_its_cycle(tmp_path):
    path = table(tmp_path / "a.csv", *desodiation())
    dataset = read_dataset(path, curve=RATE | {"direction": "desodiation", "cycle": 3})
    assert place_in_life(dataset, 3) == {1: 2}


def test_one_capacity_may_serve_several_voltages(tmp_path):
    q, u = sodiation()
    path = table(tmp_path / "a.csv", q, u, u[::-1], header="Q (mAh/g),E (V),E (V)")
    dataset = read_dataset(path, curve=RATE | {"half_cycles": "1 sodiation, 1 desodiation"})
    assert halves(dataset) == [(Kind.SODIATION, CAPACITY), (Kind.DESODIATION, CAPACITY)]


def test_half_cycles_below_one_another_are_told_apart_by_their_lines(tmp_path):
    (q, u), (p, v) = sodiation(100), desodiation(80)
    path = table(tmp_path / "a.csv", np.append(q, p), np.append(u, v))
    entries = [
        {"direction": "sodiation", "lines": [2, 101]},
        {"direction": "desodiation", "lines": [102, 181]},
    ]
    assert halves(read_dataset(path, curve=RATE | {"half_cycles": entries})) == [
        (Kind.SODIATION, CAPACITY),
        (Kind.DESODIATION, 250.0),
    ]


LAYOUTS = {
    "no header, white space": (" ", "", "."),
    "names of a digitiser": (",", "sodiation,\nX,Y", "."),
    "decimal comma": (";", "", ","),
    "decimal comma, tabs": ("\t", "Kapazität (mAh/g)\tSpannung (V)", ","),
    "text above": (",", "from figure 3 of the paper\nCapacity (mAh g⁻¹),E / V", "."),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_digitised_table_is_read_with_any_header_or_none(layout, tmp_path):
    separator, header, decimal = LAYOUTS[layout]
    q, u = sodiation()
    path = table(tmp_path / "a.csv", q, u, header=header, separator=separator)
    if decimal == ",":
        path.write_text(path.read_text(encoding="utf-8").replace(".", ","), encoding="utf-8")
    stated = STATED | {"capacity_unit": "mAh/g", "voltage_unit": "V"}
    assert read_dataset(path, curve=stated).voltage == pytest.approx(u)


def test_a_worksheet_is_read_like_text(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    q, u = sodiation()
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("Capacity", "Voltage"), ("mAh/g", "V"), *zip(q.tolist(), u.tolist(), strict=True)]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    dataset = read_dataset(tmp_path / "a.xlsx", curve=STATED)
    assert dataset.voltage == pytest.approx(u)
    assert "Excel" in read_table(tmp_path / "a.xlsx", None, None).sheet.format


def test_two_tables_of_one_cell_are_joined(tmp_path):
    """Each half-cycle with a file beside it; what passed before the second's first point counts there."""
    table(tmp_path / "in.csv", *sodiation())
    p, v = desodiation()
    table(tmp_path / "out.csv", p[3:], v[3:])
    (tmp_path / "in.curve.toml").write_text('rate = "15 mA/g"\ndirection = "sodiation"\n')
    (tmp_path / "out.curve.toml").write_text('rate = "15 mA/g"\ndirection = "desodiation"\n')
    joined = read_datasets([tmp_path / "in.csv", tmp_path / "out.csv"])
    assert halves(joined) == [(Kind.SODIATION, CAPACITY), (Kind.DESODIATION, 250.0)]
    assert joined.without_time == "constant current"


def test_a_full_cell_counts_with_its_voltage_the_other_way(tmp_path):
    """Its voltage falls while it is discharged, which desodiates the carbon."""
    q, u = sodiation()
    path = table(tmp_path / "a.csv", q, 2.5 + u)
    dataset = read_dataset(path, curve=RATE | {"direction": "desodiation"}, cell="full-cell")
    assert halves(dataset) == [(Kind.DESODIATION, CAPACITY)] and not said(dataset, "against Na/Na+,")


def test_open_circuit_voltages_stand_over_the_sodium_in_the_carbon(tmp_path):
    """Capacity that went in, that is left, that came out, and a stoichiometry tell the same table."""
    q, u = sodiation(begin=30.0)
    tables = {
        "in": (q, {}),
        "left": (q, {"direction": "desodiation"}),
        "out": (CAPACITY - q, {"sodiated": "300 mAh/g"}),
        "x": (q / CAPACITY, {"capacity_unit": "1", "full_capacity": "300 mAh/g"}),
    }
    for name, (axis, stated) in tables.items():
        read = read_open_circuit(table(tmp_path / f"{name}.csv", axis, u), stated)
        assert read.stored == pytest.approx(q, abs=1e-4), name
        assert read.potential == pytest.approx(u), name
        assert read.filling[-1] == 1.0
    dataset = read_dataset(tmp_path / "in.csv", curve={"rate": "open circuit"})
    assert dataset.without_time == "open circuit" and said(dataset, "equilibrium potentials")


def test_the_command_line_states_a_table_by_options(tmp_path):
    path = table(tmp_path / "a.csv", *sodiation())
    options = ("--curve", "rate=C/20", "--curve", "one_c=300 mA/g", "--curve", "direction=sodiation")
    result = coreshell("data", str(path), *options)
    assert result.code == 0 and "sodiation at C/20, 15 mA/g: capacity in mA.h.g-1" in result.out
    record = json.loads(coreshell("data", str(path), *options, "--json").out)
    assert record["Without time"] == "constant current"
    assert record["Half-cycles"][0]["Capacity [mA.h.g-1]"] == pytest.approx(CAPACITY)
