"""Trade-offs between designs: goals, fronts, seal laws, areas, readings of the loss, bands."""

import json
import sqlite3
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from pages import words_of_page

from coreshell_model.base.errors import InputError
from coreshell_model.design import advice as cuts
from coreshell_model.design import tradeoffs
from coreshell_model.design.advice import INSIDE, LOWEST, SEALED, compare_areas, compare_seals
from coreshell_model.design.bands import assumed, bands
from coreshell_model.design.batches import one_by_one
from coreshell_model.design.goals import (
    Goal,
    Objective,
    all_met,
    check_goals,
    goal,
    hypervolume,
    on_front,
    protocol_for,
)
from coreshell_model.design.problem import FAILED, IMPOSSIBLE, SOLVED, problem
from coreshell_model.design.range_ends import at_ends, place_in
from coreshell_model.design.readings import AS_IS, LARGER, THINNER, compare_readings
from coreshell_model.design.results import sweep_of
from coreshell_model.design.space import Axis, Points, axis, grid
from coreshell_model.design.study import _distribution, front
from coreshell_model.design.tradeoffs_report import literature
from coreshell_model.design.variables import SEALS
from coreshell_model.infer.draws import Posterior, write_posterior
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import pore_volume_bound
from coreshell_model.observe.capacity import first_cycle_loss
from coreshell_model.run.simulation import simulate

ICE, CAPACITY, AT_2C = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "Capacity at 2C [mA.h.g-1]",
)
SHELL = Axis("thickness", "nm", 2, 20, 7)
AREA = Axis("external_area", "m2/g", 2, 50, 5, log=True)
READINGS = ("core_shell_sei", "core_shell_trapped")


def serial(name, own, points):
    """A sweep in this process, the points of a cut thinned to a quarter."""
    rows = [
        {"Point": number} | dict(zip([a.label for a in points.axes], values, strict=True)) | row
        for number, (values, row) in enumerate(zip(points.values, one_by_one(own, points), strict=True))
    ]
    return sweep_of(rows, points, {"Observables": list(own.observables)})


def thinned(name, own, points):
    """The same with every fourth point of a long cut."""
    if len(points) > 20:
        points = Points(points.axes, points.values[::4], points.made)
    return serial(name, own, points)


def made_up(own, points):
    """Rows of an analytical problem whose front is the circle x² + y² = 1, without a solver."""
    rows = []
    for x, y in points.values:
        if x > 0.99:
            rows.append({"Ending": IMPOSSIBLE, "Reason": "too far right"})
            continue
        rows.append({"Ending": SOLVED, "Reason": "", ICE: x * y, CAPACITY: np.sqrt(max(1 - x**2, 0)) * y})
    return rows


@pytest.fixture(scope="module")
def slow():
    return problem("core_shell", "design", seal="logistic", observables=[ICE, CAPACITY])


def test_goals_read_as_they_are_written():
    """Short names, rates and per cent; bounds either way."""
    assert goal("ICE >= 0.90") == Goal(ICE, True, 0.9)
    assert goal("ICE >= 90 %") == Goal(ICE, True, 0.9)
    assert goal("C/5>=350") == Goal("Capacity at C/5 [mA.h.g-1]", True, 350)
    assert goal("First-cycle loss [mA.h.g-1] <= 4e1") == Goal("First-cycle loss [mA.h.g-1]", False, 40)
    assert goal("ICE >= 0.9").met(0.9) and not goal("ICE >= 0.9").met(0.89)
    assert goal("loss <= 40").met(40) and not goal("loss <= 40").met(40.1)


def test_a_missing_number_meets_no_goal():
    """As that of a design that was not solved."""
    goals = [goal("ICE >= 0.9"), goal("loss <= 40")]
    loss = "First-cycle loss [mA.h.g-1]"
    assert all_met(goals, {ICE: 0.95, loss: 30.0})
    assert not all_met(goals, {ICE: 0.95, loss: None}) and not all_met(goals, {ICE: 0.95})


def test_goals_that_exclude_each_other_are_refused_and_a_range_is_not():
    check_goals([goal("ICE >= 0.5"), goal("ICE <= 0.9"), goal("loss <= 40")])
    with pytest.raises(InputError, match=r"'.* <= 0\.5' exclude each other; drop one"):
        check_goals([goal("ICE >= 0.9"), goal("ICE <= 0.5")])


@pytest.mark.parametrize("text", ["ICE", "ICE > 0.9", "ICE >= much", ">= 0.9", "ICE >= 1e", "ICE == 0.9"])
def test_what_is_no_goal_is_refused(text):
    """With how to write one."""
    with pytest.raises(InputError, match=r"ICE >= 0\.90"):
        goal(text)


def test_a_rate_among_the_wishes_asks_for_the_protocol_with_rates():
    """C/5 is in design_rates alone; what design gives is left to it."""
    assert protocol_for([ICE, CAPACITY]).name == "design"
    assert protocol_for([ICE, "Capacity at C/5 [mA.h.g-1]"]).name == "design_rates"


def test_a_front_is_what_nothing_beats():
    """Of six points by hand: one is beaten in both, one in one alone, one is equal to another and later."""
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.4, 0.4], [0.5, 0.5], [0.5, 0.4]])
    assert on_front(values).tolist() == [True, True, True, False, False, False]


def test_the_hypervolume_is_that_of_the_union_of_boxes():
    """In the plane two boxes of 2 that share 1; in space three of 2, of which each two, and all, share 1."""
    plane = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert hypervolume(plane, np.zeros(2)) == pytest.approx(3)
    space = np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]])
    assert hypervolume(space, np.zeros(3)) == pytest.approx(4)
    assert hypervolume(plane, np.array([2.0, 2.0])) == 0
    assert hypervolume(plane, np.array([0.5, 0.5])) == pytest.approx(1.25)
    assert hypervolume(space, np.array([0.5, 0.5, 0.5])) == pytest.approx(3 * 1.5 * 0.25 - 2 * 0.125)


@pytest.mark.parametrize(("sampler", "least"), [("tpe", 0.75), ("nsga2", 0.70)])
def test_a_search_comes_nearer_to_the_front_than_chance(slow, sampler, least):
    """The hypervolume is below the quarter circle's pi/4. With 200 designs chance gets 0.64 to 0.71 in twenty
    seeds, 0.68 at the median; tpe 0.762 to 0.764 in six, nsga2 0.706 to 0.749."""
    axes = [Axis("thickness", "nm", 0, 1), Axis("external_area", "m2/g", 0, 1)]
    found = front(slow, axes, [Objective(ICE), Objective(CAPACITY)], 200, sampler=sampler, evaluate=made_up)
    assert len(found.table) == 200
    assert np.pi / 4 > hypervolume(found.values(), np.zeros(2)) > least
    assert found.table.loc[found.table["Ending"] == IMPOSSIBLE, "On front"].sum() == 0


@pytest.mark.parametrize(("low", "joins"), [(1.0, True), (1e9, False)])
def test_no_design_of_the_map_beats_the_front_of_a_short_search(slow, low, joins):
    """Two trials find little; the map's designs join them, unless the map's value of a further variable is
    outside the range of the search."""
    axes = [Axis("thickness", "nm", 0, 1), Axis("external_area", "m2/g", 0, 1)]
    further = Axis("core.sloping.capacity", "mAh/g", low, 2e9)
    points = grid([Axis(name.name, name.unit, 0, 1, 5) for name in axes])
    design_map = sweep_of(
        [
            {"Point": number} | dict(zip([a.label for a in axes], values, strict=True)) | row
            for number, (values, row) in enumerate(zip(points.values, made_up(slow, points), strict=True))
        ],
        points,
        {"Observables": [ICE, CAPACITY]},
    )

    def three(problem, points):
        return made_up(problem, Points(points.axes[:2], points.values[:, :2], points.made))

    objectives = [Objective(ICE), Objective(CAPACITY)]
    short = front(slow, [*axes, further], objectives, 2, evaluate=three)
    joined = tradeoffs._with_map(short, design_map, slow)
    solved = design_map.solved
    assert len(joined.table) == 2 + joins * len(solved)
    values = np.concatenate([solved[[ICE, CAPACITY]].to_numpy(float), joined.values()])
    best = values[on_front(values)]
    held = {tuple(row) for row in joined.designs[[ICE, CAPACITY]].to_numpy(float)}
    assert all(tuple(row) in held for row in best) == joins
    if joins:
        added = joined.table.iloc[2:]
        assert (added[further.label] == slow.material.core.sloping.capacity.value).all()


def test_a_stopped_search_goes_on_as_if_it_had_not_been(slow, tmp_path):
    """Killed while a batch is evaluated, then resumed: the same designs in the same order."""
    axes = [Axis("thickness", "nm", 0, 1), Axis("external_area", "m2/g", 0, 1)]
    wanted = [Objective(ICE), Objective(CAPACITY)]
    calls = []

    def killed(own, points):
        calls.append(len(points))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return made_up(own, points)

    whole = front(slow, axes, wanted, 35, evaluate=made_up)
    with pytest.raises(KeyboardInterrupt):
        front(slow, axes, wanted, 35, tmp_path / "front", evaluate=killed)
    resumed = front(slow, axes, wanted, 35, tmp_path / "front", resume=True, evaluate=made_up)
    pd.testing.assert_frame_equal(whole.table, resumed.table)
    with pytest.raises(InputError, match="add --resume to go on"):
        front(slow, axes, wanted, 35, tmp_path / "front", evaluate=made_up)
    with pytest.raises(InputError, match="another seed than this search's"):
        front(slow, axes, wanted, 35, tmp_path / "front", seed=1, resume=True, evaluate=made_up)
    with pytest.raises(InputError, match="another objectives than this search's"):
        other = [Objective(ICE), Objective(CAPACITY, raised=False)]
        front(slow, axes, other, 35, tmp_path / "front", resume=True, evaluate=made_up)


@pytest.mark.parametrize("lowered_first", [False, True])
def test_a_front_with_a_lowered_objective_has_its_smallest_and_begins_with_the_best_by_the_first(
    slow, lowered_first
):
    """The second quantity is at least the first, so that the designs with both equal are not beaten."""

    def larger(own, points):
        return [{"Ending": SOLVED, "Reason": "", ICE: x, CAPACITY: max(x, y)} for x, y in points.values]

    objectives = [Objective(ICE), Objective(CAPACITY, raised=False)]
    axes = [Axis("thickness", "nm", 0, 1), Axis("external_area", "m2/g", 0, 1)]
    search = front(slow, axes, objectives[::-1] if lowered_first else objectives, 20, evaluate=larger)
    values = search.table[[ICE, CAPACITY]].to_numpy()
    beaten = np.array([((values[:, 0] > x) & (values[:, 1] <= y)).any() for x, y in values])
    beaten |= np.array([((values[:, 0] >= x) & (values[:, 1] < y)).any() for x, y in values])
    assert search.table["On front"].tolist() == (~beaten).tolist() and 1 < beaten.sum() < 19
    best = search.designs[CAPACITY if lowered_first else ICE]
    assert best.tolist() == sorted(best, reverse=not lowered_first)


def test_a_logarithmic_variable_is_searched_by_decades():
    import optuna

    assert _distribution(optuna, AREA).log and not _distribution(optuna, SHELL).log


@pytest.mark.parametrize(
    "change",
    [
        "update trial_user_attributes set value_json = replace(value_json, 'solved', 'Solved')",
        "update trial_values set value = value / 2",
        "update trial_params set param_value = param_value / 2",
    ],
)
def test_a_search_whose_designs_were_changed_since_they_were_kept_is_refused(slow, change, tmp_path):
    """Their results, their objectives or their variables."""
    axes = [Axis("thickness", "nm", 0, 1), Axis("external_area", "m2/g", 0, 1)]
    words = (slow, axes, [Objective(ICE), Objective(CAPACITY)], 3, tmp_path)
    front(*words, evaluate=made_up)
    database = sqlite3.connect(tmp_path / "study.db")
    with database:
        assert database.execute(change).rowcount > 0
    database.close()
    with pytest.raises(InputError, match=r"study\.db: design 1 is damaged"):
        front(*words, resume=True, evaluate=made_up)


def test_a_solved_run_with_no_value_of_an_objective_is_a_failed_design(slow):
    """With its reason; the search goes on."""

    def half(own, points):
        return [
            row | {ICE: None if x > 0.5 else x}
            for (x, _), row in zip(points.values, made_up(own, points), strict=True)
        ]

    axes = [Axis("thickness", "nm", 0, 0.9), Axis("external_area", "m2/g", 0, 1)]
    table = front(slow, axes, [Objective(ICE), Objective(CAPACITY)], 10, evaluate=half).table
    without = table[ICE].isna()
    assert 0 < without.sum() < 10
    assert (table.loc[without, "Ending"] == FAILED).all() and (table.loc[~without, "Ending"] == SOLVED).all()
    assert set(table.loc[without, "Reason"]) == {"the run gives no value of an objective"}


def test_a_file_that_is_no_study_is_refused(slow, tmp_path):
    """In one line, the file left as it is."""
    (tmp_path / "lock").write_text("search", encoding="utf-8")
    (tmp_path / "study.db").write_text("no database", encoding="utf-8")
    wanted = [Objective(ICE), Objective(CAPACITY)]
    with pytest.raises(InputError, match="cannot be used as a study"):
        front(slow, [SHELL, AREA], wanted, 20, tmp_path, resume=True, evaluate=made_up)
    assert (tmp_path / "study.db").read_text(encoding="utf-8") == "no database"


@pytest.mark.long
def test_the_best_thickness_comes_from_the_seal_law(slow):
    """Sealed at any thickness the thinnest shell is best; each of the three laws puts the optimum inside."""
    found = compare_seals(slow, (SHELL, AREA), SHELL, [Objective(ICE), Objective(CAPACITY)], thinned)
    for best in found.optima[SEALED]:
        assert best.place == LOWEST
    for law in SEALS:
        for best in found.optima[law]:
            assert best.place == INSIDE and 3 < best.at < 12
    assert "the optimum comes from the seal law" in found.advice
    rows = found.rows()
    assert {row["Seal law"] for row in rows} == {SEALED, *SEALS} and len(rows) == 8


def test_an_optimum_in_area_is_one_of_rate(slow):
    """At C/20 large particles are too slow and the best area lies inside; a hundred times slower the smallest
    area is best for efficiency and capacity alike."""
    found = compare_areas(slow, (SHELL, AREA), AREA, [Objective(ICE), Objective(CAPACITY)], thinned)
    at_rate, at_slow = found.optima["C/20"], found.optima["C/2000"]
    assert [best.place for best in at_slow] == [LOWEST, LOWEST]
    assert all(best.place in (INSIDE, LOWEST) for best in at_rate)
    assert all(fast.at >= slow.at for fast, slow in zip(at_rate, at_slow, strict=True))


def test_a_high_rate_asks_for_more_area_and_a_first_cycle_for_less():
    """At 2C the current is divided over the area; film grows on it."""
    rates = problem("core_shell", "design_rates", seal="logistic", observables=[ICE, AT_2C])
    values = np.array([[9.4, area] for area in (5.0, 20.0, 50.0, 120.0)])
    rows = one_by_one(rates, Points((SHELL, AREA), values, "four areas"))
    capacity = [row[AT_2C] for row in rows]
    efficiency = [row[ICE] for row in rows]
    assert capacity == sorted(capacity)
    assert efficiency == sorted(efficiency, reverse=True)


def test_the_readings_meet_one_loss_and_advise_differently(slow):
    """Read as SEI, larger particles save most; read as trapped sodium, a thinner shell. The losses agree
    within 0.5 mAh/g: where this fails after a change of core_shell, run benchmarks/loss_readings.py."""
    wide = problem(
        "core_shell",
        "design",
        seal="logistic",
        observables=[
            ICE,
            CAPACITY,
            *(f"{n} [mA.h.g-1]" for n in ("First-cycle loss", "Loss to SEI", "Loss to trapped sodium")),
        ],
    )
    materials = [read_material(name) for name in ("core_shell", *READINGS)]
    points = grid([Axis("thickness", "nm", 6, 12, 2), Axis("external_area", "m2/g", 5, 15, 2)])
    found = compare_readings(wide, materials, (SHELL, AREA), points, (Objective(ICE),), serial, "logistic")
    actions = found.actions.set_index(["Reading", "Change"])
    losses = [actions.loc[(each.name, AS_IS), "First-cycle loss [mA.h.g-1]"] for each in materials]
    assert np.ptp(losses) < 0.5
    assert actions.loc[("core_shell_sei", AS_IS), "Loss to trapped sodium [mA.h.g-1]"] == 0
    trapped = actions.loc[("core_shell_trapped", AS_IS)]
    assert trapped["Loss to trapped sodium [mA.h.g-1]"] > 0.6 * losses[2]
    efficiency = actions[ICE]
    assert efficiency["core_shell_sei", LARGER] > efficiency["core_shell_sei", THINNER] + 0.03
    assert efficiency["core_shell_trapped", THINNER] > efficiency["core_shell_trapped", LARGER] + 0.01
    assert found.advice["core_shell_sei"].startswith("Make larger particles")
    assert found.advice["core_shell_trapped"].startswith("Make a thinner shell")


def test_the_reading_as_sei_gives_shells_loss_a_larger_area():
    """Its file says on which area; there, without trapping, Shell loses the measured 246 mAh/g, within 2."""
    sei, shell = read_material("core_shell_sei"), read_material("shell")
    area = float(sei.description.split("electrolyte reach ")[1].split(" ")[0])
    data = shell.model_dump(exclude_none=True, mode="json")
    data["sei"] = sei.model_dump(exclude_none=True, mode="json")["sei"]
    del data["carbon"]["trapping"]
    rough = {"particle.external_area": f"{area} m2/g", "particle.roughness": f"{area / 2.7}"}
    own = material_from_dict(data, "shell")
    loss = first_cycle_loss(simulate(own, "design", rough | {"protocol.numbers.cycles": "1"}))
    assert loss == pytest.approx(246, abs=3.5)  # the file gives the area to 1 m2/g, 6 mAh/g


def synthetic(count=40, seed=3):
    """A posterior by hand: trapped charge and film charge, evenly between bounds. No data are behind it."""
    given = [
        FreeParameter(
            path="shell.trapping.capacity", shared=("core_shell",), unit="mAh/g", lower=20, upper=300
        ),
        FreeParameter(path="sei.steps.2.charge", shared=("core_shell",), unit="mAh/m2", lower=0.5, upper=5),
    ]
    parameters = tuple(Free(each.path, ("core_shell",), each, each.lower) for each in given)
    places = np.random.default_rng(seed).random((count, 2))
    values = np.array(
        [[free.value(place) for free, place in zip(parameters, row, strict=True)] for row in places]
    )
    materials = {"core_shell": read_material("core_shell")}
    weights = np.full(count, 1 / count)
    return Posterior("synthetic", parameters, materials, values, weights, np.zeros(count), {})


def test_draws_are_chosen_by_weight():
    """A draw that has 0.7 of the weight has 0.7 of the chosen, to one in fifty."""
    posterior = synthetic(200)
    weights = np.full(200, 0.3 / 199)
    weights[7] = 0.7
    object.__setattr__(posterior, "weights", weights)
    found = posterior.ensemble("core_shell", 50)
    own = (found.values == posterior.values[7]).all(axis=1)
    assert found.weights is not None and found.weights.sum() == pytest.approx(1)
    assert found.weights[own].sum() == pytest.approx(0.7, abs=0.02)
    with pytest.raises(InputError, match="has no material 'shell'"):
        posterior.ensemble("shell", 50)


def test_the_probability_of_a_goal_is_the_weight_of_the_draws_that_meet_it(slow):
    """Three draws of a made-up problem, weights 0.5, 0.3 and 0.2, of which the second fails to solve."""
    members = tuple(({"a.b": text},) for text in ("0.2", "0.5", "0.9"))
    ensemble = Ensemble("three draws", members, np.array([0.5, 0.3, 0.2]))

    def run(own, points):
        rows = []
        for number, (thickness, _, drawn_value) in enumerate(points.values):
            row = {"Ending": SOLVED, "Reason": "", ICE: drawn_value, CAPACITY: 100 * thickness}
            if drawn_value == 0.5:
                row = {"Ending": IMPOSSIBLE, "Reason": "made up"}
            labels = [each.label for each in points.axes]
            rows.append({"Point": number} | dict(zip(labels, points.values[number], strict=True)) | row)
        return sweep_of(rows, points, {"Observables": [ICE, CAPACITY]})

    designs = pd.DataFrame({SHELL.label: [4.0, 8.0], AREA.label: [5.0, 5.0]})
    wishes = [Goal(ICE, True, 0.1), Goal(CAPACITY, True, 500)]
    thin, thick = bands(slow, (SHELL, AREA), designs, ensemble, wishes, run)
    assert thin.probability == 0 and thick.probability == pytest.approx(0.7)
    assert thick.solved == 2 and thick.members == 3
    low, high = thick.ranges[ICE]
    assert 0.2 <= low < high <= 0.9


def test_assumed_ranges_stand_in_for_a_posterior_but_for_what_varies():
    """cracked_core_shell assumes area and open fraction; where the area varies the other is left."""
    both = assumed(problem("cracked_core_shell", "design"), (SHELL,))
    one = assumed(problem("cracked_core_shell", "design"), (SHELL, AREA))
    assert both is not None and len(both) == 4 and both.weights is None
    assert one is not None and one.paths == ("pores.open_fraction",)
    assert assumed(problem("core_shell", "design"), (SHELL, AREA)) is None


def test_the_literature_stands_in_the_file_with_its_source():
    """Seven carbons, each as quoted by Appel et al.; all below the bound of the pores."""
    table = literature()
    assert set(table["Kind"]) == {"literature", "measured"} and len(table) == 7
    assert table["Source"].str.contains("Appel et al.").all()
    bound = pore_volume_bound(read_material("core_shell"))
    assert bound == pytest.approx(1128 * 1.18 / 1.3, rel=1e-9)
    assert (table[CAPACITY] < bound).all()


SMALL = ("--vary", "thickness=6..12 nm, 2 points", "--vary", "external_area=5..15 m2/g, 2 points")


def best(objective, place):
    return cuts.Optimum(objective, 5.0, 1.0, place, 0.5)


def test_advice_on_the_area_tells_where_each_optimum_is_at_the_slower_rate():
    """An optimum at the high end, or none that was solved, is not said to be inside."""
    at_rate = tuple(best(name, INSIDE) for name in ("smallest", "largest", "inside", "unsolved"))
    places = (("smallest", LOWEST), ("largest", cuts.HIGHEST), ("inside", INSIDE))
    at_slow = tuple(best(name, place) for name, place in places)
    text = cuts._advice_on_area(axis("external_area=2..6 m2/g"), {"C/20": at_rate, "C/2000": at_slow})
    assert "At C/2000 the smallest area is best for smallest: " in text
    assert "At C/2000 the largest area is best for largest." in text
    assert text.endswith("Inside the range at C/2000 too: inside.")


@pytest.mark.parametrize(
    ("text", "value", "place"),
    [
        ("thickness=2..20 nm, 10 points", 2.0, LOWEST),
        ("thickness=2..20 nm, 10 points", 19.9, cuts.HIGHEST),
        ("thickness=2..20 nm, 10 points", 4.0, INSIDE),
        ("external_area=2..50 m2/g, 5 points, log", 2.01, LOWEST),
        ("external_area=2..50 m2/g, 5 points, log", 2.3, INSIDE),
        ("external_area=2..50 m2/g, 5 points", 2.3, LOWEST),
        ("thickness=9, 5, 7 nm", 5.0, LOWEST),
        ("thickness=9 nm", 9.0, INSIDE),
        ("cell.temperature=-10..40 °C, 3 points", -10.0, LOWEST),
    ],
)
def test_a_value_is_at_an_end_of_its_range_or_inside(text, value, place):
    """On a logarithmic axis by the logarithm; one value alone has no ends."""
    assert place_in(axis(text), value) == place


def test_advice_at_an_end_says_to_extend_the_range_there_by_its_name():
    """A sentence for each end, with all that is advised there; nothing for what lies inside."""
    axes = [axis("thickness=2..20 nm, 10 points"), axis("cell.temperature=-10, 40 °C")]
    low, high = at_ends(
        axes,
        {
            "the best ICE": {"thickness": 2.0, "cell.temperature": 40.0},
            "the best capacity": {"thickness": 2.0},
            "the best loss": {"thickness": 11.0},
        },
    )
    assert low.startswith("Shell thickness (thickness) is at the low end of its range, 2 nm, for ")
    assert "the best ICE; the best capacity: extend the range below 2 nm" in low and "loss" not in low
    assert "(cell.temperature) is at the high end of its range, 40 °C" in high
    assert "extend the range above 40 °C" in high


def test_advice_from_cuts_names_the_number_and_the_end_to_extend():
    """A best shell of 2 nm where it seals at any thickness, and a best area of 6 m2/g."""
    at_low = replace(best("first", LOWEST), at=2.0)
    optima = dict.fromkeys(cuts.SEALS, (best("first", INSIDE),)) | {SEALED: (at_low,)}
    text = cuts._advice(problem("cracked_core_shell", "design"), axis("thickness=2..20 nm"), optima)
    assert (
        "Shell thickness (thickness) is at the low end of its range, 2 nm, for the best first, sealed" in text
    )
    assert "extend the range below 2 nm" in text
    at_high = replace(best("first", cuts.HIGHEST), at=6.0)
    text = cuts._advice_on_area(axis("external_area=2..6 m2/g"), {"C/20": (at_high,)})
    assert "extend the range above 6 m2/g" in text
    text = cuts._advice_on_area(axis("external_area=2..6 m2/g"), {"C/20": (best("first", INSIDE),)})
    assert "extend" not in text


def test_advice_on_the_thickness_compares_one_objective_in_all_laws():
    """One that has no value under some law is passed over."""
    both, second = (best("first", INSIDE), best("second", INSIDE)), (best("second", INSIDE),)
    optima = dict.fromkeys((SEALED, *cuts.SEALS), both) | {"logistic": second}
    shared = problem("cracked_core_shell", "design")
    assert cuts._advice(shared, axis("thickness=2..20 nm"), optima).startswith("Best second with a shell of")
    optima |= {"logistic": (best("third", INSIDE),)}
    assert "there is no advice" in cuts._advice(shared, axis("thickness=2..20 nm"), optima)


@pytest.mark.long
def test_the_command_gives_maps_advice_bands_and_a_recipe(tmp_path, monkeypatch):
    """A small space, short cuts, a synthetic posterior of four draws: every part is there, every picture has
    its numbers, and what is resumed is the same."""
    monkeypatch.setattr(cuts, "FEWEST", 3)
    monkeypatch.setattr(tradeoffs, "BANDED", 2)
    write_posterior(synthetic(4), tmp_path / "posterior.csv")
    out = tmp_path / "out"
    words = ("design", "core_shell", *SMALL, "--trials", "10", "--goal", "ICE >= 0.85", "--workers", "1",
             "--posterior", str(tmp_path / "posterior.csv"), "--out", str(out), "--json",
             "--report", str(tmp_path / "page.pdf"))  # fmt: skip
    found = coreshell(*words)
    assert found.code == 0, found.err
    told = json.loads(found.out)
    assert told["Map"]["Solved"] == 4 and told["Seal law"] == "logistic"
    assert set(told["Readings"]["Advice"]) == {"core_shell", *READINGS}
    assert told["Recommended"]["Probability of all goals"] > 0
    band = told["Reference"]["Band"]["Ranges"][ICE]
    assert band[0] < told["Reference"][ICE] < band[1]
    beside = told["Beside the material as it is"]["recommended"]
    assert beside[ICE]["As it is"] == pytest.approx(told["Reference"][ICE], rel=1e-9)
    assert beside[ICE]["Advised"] == pytest.approx(told["Recommended"][ICE], rel=1e-9)
    difference = told["Recommended"][ICE] - told["Reference"][ICE]
    assert beside[ICE]["Difference"] == pytest.approx(difference, rel=1e-9)
    assert beside[SHELL.label]["As it is"] == pytest.approx(told["Reference"][SHELL.label])
    assert beside[AREA.label]["As it is"] == pytest.approx(14)
    rows = pd.read_csv(out / "advised_designs.csv")
    of_ice = rows[(rows["Advice"].str.startswith("recommended")) & (rows["Quantity"] == ICE)]
    assert of_ice[["As it is", "Advised", "Difference"]].to_numpy()[0] == pytest.approx(
        [*beside[ICE].values()]
    )
    for name in ("front", "map_initial_coulombic_efficiency", "seal_laws"):
        assert "as it is" in (out / f"{name}.csv").read_text(encoding="utf-8")
    words_of = words_of_page(tmp_path / "page.pdf")
    probability = told["Recommended"]["Probability of all goals"]
    for text in (
        "Recommended to meet Initial coulombic efficiency >= 0.85",
        f"Probability of all goals {probability:.2f}",
        f"Initial coulombic efficiency {told['Recommended'][ICE]:.4g}",
        "Advice",
        "The material as it is",
        "Seal law: logistic",
    ):
        assert text in words_of
    written = {path.name for path in out.iterdir()}
    for picture in (
        "map_initial_coulombic_efficiency",
        "seal_laws",
        "external_area",
        "readings_map",
        "front",
    ):
        assert {f"{picture}.png", f"{picture}.csv", f"{picture}.pdf"} <= written
    again = coreshell(*words, "--resume")
    assert again.code == 0 and json.loads(again.out) == told


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--maximise", "beauty"), "'beauty' is no observable"),
        (("--maximise", "Plato capacity"), "did you mean 'Plateau capacity [mA.h.g-1]'?"),
        (("--goal", "ICE >= 90"), "is a share, at most 1"),
        (("--goal", "ICE high"), "goal 'ICE high' is no goal"),
        (("--goal", "ICE >= 0.9", "--goal", "ICE <= 0.5"), "exclude each other"),
        (("--goal", "ICE >= 0.9", "--goal", "ICE >= 0.8"), "there is another for the same bound"),
        (("--vary", "thickness=2..20 nm, 5 points"), "a map needs two variables"),
        (("--vary", "thickness=20..2 nm"), "ends in reverse order"),
        (("--maximise", "ICE"), "a front needs at least two objectives"),
        (("--maximise", "ICE", "--minimise", "ICE"), "is an objective twice"),
        (("--maximise", "ICE", "--minimise", "ICE", "--trials", "0"), "is an objective twice"),
        (("--seal", "linear"), "it is one of exponential, logistic, percolation"),
        (("--reading", "nowhere"), "unknown material 'nowhere'"),
        (("--reading", "core"), "reading core has no shell"),
        (("--reading", "core_shell"), "two have the same name"),
        (("--posterior", "nowhere.csv"), "nowhere.csv: is not there"),
        (("--sampler", "luck"), "it is one of tpe, nsga2"),
        (("--trials", "1"), "trials are 1"),
        (("--resume",), "--resume needs the folder"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, reason):
    """Refused before any worker starts."""
    found = coreshell("design", "core_shell", *words)
    assert found.code == 2 and found.out == ""
    assert reason in found.err and found.err.count("\n") == 1


def test_a_folder_with_other_designs_is_refused(tmp_path):
    """A sweep's folder, or a study of other objectives, is left as it is."""
    (tmp_path / "map").mkdir()
    (tmp_path / "lock").write_text("set of designs", encoding="utf-8")
    (tmp_path / "map" / "lock").write_text("sweep", encoding="utf-8")
    (tmp_path / "map" / "sweep.json").write_text("{}", encoding="utf-8")
    found = coreshell("design", "core_shell", *SMALL, "--workers", "1", "--out", str(tmp_path))
    assert found.code == 2 and "holds a sweep already" in found.err
    assert (tmp_path / "map" / "sweep.json").read_text(encoding="utf-8") == "{}"
