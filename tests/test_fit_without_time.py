"""Curves without time and open-circuit tables in fits, and curves without time in replays."""

import numpy as np
import pytest
from curve_tables import STATED, desodiation, sodiation, table
from reference_carbon import NUMBERS, reference_carbon
from synthetic import MASS, curve, measured_file, parameter, problem_file

from coreshell_model import InputError, read_dataset
from coreshell_model.data.replay import replay, results
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.reading import read_problem
from coreshell_model.observe.equilibrium import isotherm

PROTOCOL = {"protocol": "formation_without_hold", "cycles": 1}
FREE = (
    parameter("core.clusters.pore_fraction", 0.1, 0.5, start=0.33),
    parameter("core.sloping.capacity", 120.0, 350.0, start=240.0, unit="mAh/g"),
)
TRUTH = 0.273, 200.0
KNOWN = {path: text for path, text in NUMBERS.items() if path not in {free["path"] for free in FREE}}
NOT_OF_A_TABLE = {"mass": None, "current_sign": None}


@pytest.fixture(scope="module")
def timed(tmp_path_factory):
    """A cycler's file of the reference carbon through a first cycle at 20 mA/g, 2 mV of noise."""
    path = tmp_path_factory.mktemp("timed") / "timed.csv"
    return measured_file(path, 3, interval=900.0, **PROTOCOL, **NUMBERS)


@pytest.fixture(scope="module")
def untimed(timed):
    """Its voltages and capacities alone: shuffled, some listed twice, the desodiation counted down."""
    dataset, draw, columns = read_dataset(timed, mass=MASS), np.random.default_rng(5), []
    passed = np.cumsum(dataset.passed()) / dataset.mass / 3600
    for half in dataset.half_cycles():
        q, u = passed[half.points], dataset.voltage[half.points]
        kept = np.flatnonzero(np.diff(q, prepend=-1.0 if not columns else q[0] + 1.0) != 0)
        order = np.concatenate([draw.permutation(kept), kept[20:28]])
        columns += [q[order], u[order]]
    path = table(timed.with_name("untimed.csv"), *columns, header="mAh/g,V,mAh/g,V")
    path.with_name("untimed.curve.toml").write_text(
        'rate = "C/20"\none_c = "400 mA/g"\nhalf_cycles = ["1 sodiation", "1 desodiation"]\nhold = "none"\n'
    )
    return path


def given(file, **others):
    return curve(file, sd=2.0, points=80, **PROTOCOL, changes=KNOWN, **others)


def test_a_curve_without_time_is_fitted_to_the_numbers_of_the_record_with_time(timed, untimed):
    """Both intervals hold the truth, and the two best fits differ by less than a standard deviation."""
    folder = timed.parent
    with_time = fit(problem_file(folder / "with.toml", FREE, [given(timed)]), starts=1)
    without = fit(problem_file(folder / "without.toml", FREE, [given(untimed, **NOT_OF_A_TABLE)]), starts=1)
    for timed_fit, untimed_fit, truth in zip(with_time.parameters, without.parameters, TRUTH, strict=True):
        for fitted in (timed_fit, untimed_fit):
            assert fitted.interval_95[0] < truth < fitted.interval_95[1], fitted
        assert abs(timed_fit.value - untimed_fit.value) < timed_fit.sd
        assert untimed_fit.sd == pytest.approx(timed_fit.sd, rel=0.1)
    assert without.chi_squared < 1.3 * without.data


def test_options_of_a_problem_choose_half_cycles_of_a_table(timed, untimed):
    """The desodiation alone is compared with the second half-cycle of the simulation."""
    stated = {"direction": "desodiation", "cycle": 1, "columns": [3, 4]}
    alone = given(untimed, **NOT_OF_A_TABLE, curve=stated)
    problem = read_problem(problem_file(timed.parent / "alone.toml", FREE, [alone]))
    (piece,) = problem.curves[0][1].pieces
    assert piece.half_cycle == 2 and piece.sodiation is False and piece.axis[0] == 0.0


def test_cycles_that_a_table_leaves_out_are_compared_with_those_of_the_protocol(tmp_path):
    """Cycles 1 and 3, of which the last begins with the fifth half-cycle."""
    (q, u), (p, v) = sodiation(), desodiation()
    file = table(tmp_path / "a.csv", q, u, p, v, q, u, header="mAh/g,V,mAh/g,V,mAh/g,V")
    stated = {"rate": "15 mA/g", "half_cycles": "1 sodiation, 1 desodiation, 3 sodiation"}
    section = curve(file, **NOT_OF_A_TABLE, curve=stated, protocol="cycle_life", cycles=3)
    problem = read_problem(problem_file(tmp_path / "p.toml", FREE, [section]))
    assert [piece.half_cycle for piece in problem.curves[0][1].pieces] == [1, 2, 5]


@pytest.mark.parametrize("cut", [0, 4])
def test_the_current_of_a_curve_without_time_is_replayed_from_its_beginning(cut, timed, untimed):
    """Also where the table begins 20 mAh/g later; the simulation meets the points to their noise."""
    dataset = read_dataset(timed, mass=MASS)
    (half, _) = dataset.half_cycles()
    kept = slice(cut, half.points.stop)
    q = (np.cumsum(dataset.passed()) / dataset.mass / 3600)[kept]
    path = table(timed.with_name(f"cut_{cut}.csv"), q, dataset.voltage[kept])
    stated = {"rate": "20 mA/g", "direction": "sodiation", "begin": "0"}
    replayed = replay(read_dataset(path, curve=stated), reference_carbon())
    told = results(replayed)
    assert replayed.completed and told["RMSE [mV]"] == pytest.approx(2.0, abs=0.6)
    (row,) = told["Capacity differences by half-cycle"]
    assert row["Simulated [mA.h.g-1]"] == pytest.approx(row["Measured [mA.h.g-1]"], rel=1e-4)


def test_open_circuit_voltages_are_fitted_through_the_isotherm(tmp_path):
    """Eighty points with 2 mV of noise in any order; every truth lies in its interval."""
    held, draw = isotherm(reference_carbon()), np.random.default_rng(3)
    q = draw.uniform(2.0, 0.99 * held.reversible[-1], 80)
    u = np.interp(q, held.reversible, held.potential) + draw.normal(0, 2e-3, 80)
    table(tmp_path / "ocv.csv", q, u, header="Capacity (mAh/g),OCV (V vs Na/Na+)")
    section = {"material": "core_shell", "file": "ocv.csv", "equilibrium": True, "sd": 2.0, "changes": KNOWN}
    result = fit(problem_file(tmp_path / "ocv.toml", FREE, [section]), starts=1)
    for fitted, truth in zip(result.parameters, TRUTH, strict=True):
        assert fitted.interval_95[0] < truth < fitted.interval_95[1]
    assert result.curves[0].rmse == pytest.approx(2.0, rel=0.25)
    assert result.curves[0].protocol == "its isotherm"


CURVE = {"material": "core_shell", "sd": 2.0, "file": "a.csv"}
REFUSALS = {
    "isotherm and protocol": (
        {"equilibrium": True, "protocol": "formation"},
        "protocol says nothing of an equil",
    ),
    "isotherm and half-cycles": (
        {"equilibrium": True, "half_cycles": [1]},
        "half_cycles says nothing of an equ",
    ),
    "isotherm over time": ({"equilibrium": True, "over": "time"}, 'leave out "of" and "over"'),
    "open circuit and protocol": (
        {"protocol": "formation", "curve": {"rate": "open circuit"}},
        "are compared with the isotherm, not with a simulation in time",
    ),
    "no time": (
        {"protocol": "formation", "over": "time", "curve": STATED | {"cycle": 1}},
        "the table does not have",
    ),
    "no rate": ({"protocol": "formation", "curve": {"direction": "sodiation"}}, "the rate is not stated"),
    "a later beginning": ({"protocol": "formation", "curve": STATED}, "say which cycle of the cell it is"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_problem_that_compares_a_table_wrongly_is_refused(what, tmp_path):
    section, words = REFUSALS[what]
    table(tmp_path / "a.csv", *sodiation())
    with pytest.raises(InputError, match=words) as refused:
        read_problem(problem_file(tmp_path / "p.toml", FREE, [CURVE | section]))
    assert "\n" not in str(refused.value) and "curves.1" in str(refused.value)
