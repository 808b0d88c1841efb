"""Retention, recovery and capacity by cycle, and the other results that only some protocols have."""

import json

import numpy as np
import pytest
from command_line import coreshell
from hand_made import solution

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.rates import read_rates, with_rates
from coreshell_model.inputs.steps import Kind, rate_label
from coreshell_model.observe import capacity, clusters, inventory, rates, titration
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.rates import rate_retention, recovery
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Ending

RATES = ["C/10", "C/5", "C/2", "1C", "2C", "5C"]


def by_hand(*cycles, **options):
    """A cycle for each pair of rate and capacity."""
    steps = [
        [(f"Sodiate at {rate} for 1 hours", 2), (f"Desodiate at {rate} for 1 hours", 2)] for rate, _ in cycles
    ]
    charges = [part for _, out in cycles for part in (np.array([0, out + 1.0]), np.array([out + 1.0, 1.0]))]
    return solution(steps, **{"Specific capacity [mA.h.g-1]": charges}, **options)


def test_retention_compares_the_last_desodiations_of_blocks():
    """300 at C/20, then 240 at 1C, then 150 at 2C; back to 270."""
    run = by_hand(
        ("C/20", 310), ("C/20", 300), ("1C", 260), ("1C", 240), ("2C", 150), ("C/20", 290), ("C/20", 270)
    )
    assert rate_retention(run) == pytest.approx({"1C": 240 / 300, "2C": 150 / 300})
    assert recovery(run) == pytest.approx(270 / 300)
    assert capacity.capacity_by_cycle(run) == pytest.approx([310, 300, 260, 240, 150, 290, 270])


def test_one_rate_has_neither_retention_nor_recovery():
    """And a test that does not return to its first rate no recovery."""
    results = summary(by_hand(("C/20", 300), ("C/20", 300)))
    assert "Rate retention" not in results and "Recovery" not in results
    results = summary(by_hand(("C/20", 300), ("1C", 200)))
    assert results["Rate retention"] == pytest.approx({"1C": 2 / 3})
    assert "Recovery" not in results


def test_what_a_run_did_not_reach_is_none_under_its_name():
    """The protocol says which names there are."""
    run = by_hand(("C/20", 300), ("1C", 200), ("C/20", 299))
    begun = type(run)(
        run.material, run.protocol, run.parameters, run.steps[:2], Ending.SOLVER, "", 0.0, saved=run.saved
    )
    assert summary(begun)["Rate retention"] == {"1C": None}
    assert summary(begun)["Recovery"] is None


@pytest.mark.parametrize(
    ("rate", "label"),
    [(0.05, "C/20"), (1 / 3, "C/3"), (0.5, "C/2"), (1.0, "1C"), (1.5, "1.5C"), (0.4, "C/2.5")],
)
def test_a_rate_has_the_label_of_the_field(rate, label):
    """Below 1C as a fraction."""
    assert rate_label(rate) == label


@pytest.fixture(scope="module")
def rate_test():
    outcome = coreshell("run", "core_shell", "rate_test", "--json")
    assert outcome.code == 0
    return json.loads(outcome.out)


def test_the_rate_test_reports_retention_at_six_rates_and_recovery(rate_test):
    """In falling order, as fractions; the names are a contract."""
    assert list(rate_test["Rate retention"]) == RATES
    kept = list(rate_test["Rate retention"].values())
    assert kept == sorted(kept, reverse=True) and 0 < kept[-1] < kept[0] < 1
    assert rate_test["Recovery"] == pytest.approx(
        rate_test["Capacity by cycle [mA.h.g-1]"][39] / rate_test["Capacity by cycle [mA.h.g-1]"][4]
    )
    assert rate_test["Sodium balance error"] < 1e-8


def test_the_cycle_life_reports_a_capacity_for_each_of_its_cycles():
    """60 of them, the 50 at C/2 below those at C/20, but for the first, in which clusters hardly form."""
    outcome = coreshell("run", "core_shell", "cycle_life", "--json")
    results = json.loads(outcome.out)
    capacities = results["Capacity by cycle [mA.h.g-1]"]
    assert outcome.code == 0
    assert len(capacities) == len(results["Coulombic efficiency"]) == 60
    assert max(capacities[5:55]) < min(capacities[1:5] + capacities[55:])
    assert results["Sodium balance error"] < 1e-8


def test_clusters_are_counted_by_when_they_form():
    """30 at constant current and 50 in the hold, which desodiation gives back."""
    run = solution(
        [
            [
                ("Sodiate at C/20 for 1 hours", 2),
                ("Hold at 5 mV for 1 hours", 2),
                ("Desodiate at C/20 for 1 hours", 2),
            ]
        ],
        **{
            "Specific capacity [mA.h.g-1]": [
                np.array([0, 100.0]),
                np.array([100, 180.0]),
                np.array([180, 0.0]),
            ],
            "Sodium in clusters [mA.h.g-1]": [np.array([0, 30.0]), np.array([30, 80.0]), np.array([80, 0.0])],
        },
    )
    assert clusters.clusters_formed(run, Kind.SODIATE) == [30]
    assert clusters.clusters_formed(run, Kind.HOLD) == [50]


def test_the_hold_study_tells_the_cycles_and_their_parts_apart():
    """What forms at constant current and in the hold is what the carbon holds at its end."""
    run = simulate("core_shell", "hold_study")
    results = summary(run)
    at_current, in_holds = (
        results[f"Clusters formed {when} [mA.h.g-1]"] for when in ("at constant current", "in holds")
    )
    assert len(at_current) == len(in_holds) == 2
    end = run.cycle_steps(1)[1].points.stop - 1
    assert at_current[0] + in_holds[0] == pytest.approx(run["Sodium in clusters [mA.h.g-1]"][end], abs=1e-9)
    assert inventory.sodium_balance_error(run) < 1e-8


def test_self_discharge_is_what_the_film_takes_at_rest():
    """A longer rest costs more, and the next cycle has it back."""
    found = [
        rates.self_discharge(
            simulate("core_shell", "self_discharge", {"protocol.numbers.rest": f"{days} day"})
        )
        for days in (1, 30)
    ]
    assert found[0] is not None and found[1] is not None
    assert found[0].hours == pytest.approx(24) and found[1].hours == pytest.approx(720)
    assert found[1].kept < found[0].kept < 1
    assert found[1].regained > found[1].kept
    assert found[1].potential > found[0].potential


def test_a_run_without_a_rest_has_no_self_discharge():
    """Nor a titration."""
    run = by_hand(("C/20", 300), ("C/20", 300))
    assert rates.self_discharge(run) is None
    assert titration.titration(run) is None


def steps_of(protocol):
    """The blocks of a protocol: how often, and the rate of each step that has one."""
    return [
        (block.repeat, [step.split(" at ")[-1].split()[0] for step in block.steps])
        for block in protocol.cycles
    ]


def test_a_rate_test_is_taken_at_other_rates_in_their_order():
    """As many cycles at each as in the file; cut-offs, basis and start stay."""
    shipped = read_protocol("rate_test")
    other = with_rates(shipped, read_rates("C/10,C/2, 1 C"))
    assert steps_of(other) == [("{cycles}", ["C/10"] * 2), ("{cycles}", ["C/2"] * 2), ("{cycles}", ["1"] * 2)]
    assert [block.label for block in rates.rate_blocks(other)] == ["C/10", "C/2", "1C"]
    assert (other.window, other.basis, other.numbers) == (shipped.window, shipped.basis, shipped.numbers)
    assert other.title == "rate_test at C/10, C/2, 1 C"
    per_gram = with_rates(shipped, read_rates("100 mA/g, 800 mA/g"))
    assert [block.label for block in rates.rate_blocks(per_gram)] == ["C/4", "2C"]


def test_only_cycles_that_differ_in_their_rate_are_replaced():
    """Of a full cell the first cycle and the rate of charging stay, of designs what is around the rates."""
    full = with_rates(read_protocol("full_cell_rate"), read_rates("C/3, 3C"))
    first, *others = read_protocol("full_cell_rate").cycles
    assert full.cycles[0] == first and len(full.cycles) == 3
    charge = others[0].steps[0]
    assert [block.steps[0] for block in full.cycles[1:]] == [charge, charge]
    assert [block.steps[2] for block in full.cycles[1:]] == [
        "Discharge at C/3 until lower cut-off",
        "Discharge at 3C until lower cut-off",
    ]
    design = read_protocol("design_rates")
    assert with_rates(design, ("C/3", "3C")).cycles[::3] == (design.cycles[0], design.cycles[-1])


@pytest.mark.parametrize(
    ("protocol", "text", "said"),
    [
        ("rate_test", "", "'' is no rate; give rates as"),
        ("rate_test", "C/10, fast", "'fast' is no rate; give rates as \"C/10, C/2, 1C\""),
        ("rate_test", "C/10, -1C", "'-1C' is no rate"),
        ("rate_test", "C/10, C/0", "has C/0; give a finite number above 0"),
        ("rate_test", "1C", "1C is one rate alone; give two or more"),
        ("rate_test", "C/2, 200 mA/g", "C/2 and 200 mA/g are the same rate twice in a row"),
        ("formation", "C/10, 1C", "formation is no rate test: it has no cycles in a row that differ"),
    ],
)
def test_rates_that_a_test_cannot_have_are_refused_in_one_line(protocol, text, said):
    with pytest.raises(InputError) as refused:
        with_rates(read_protocol(protocol), read_rates(text))
    assert said in str(refused.value) and "\n" not in str(refused.value)
