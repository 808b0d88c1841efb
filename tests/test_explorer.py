"""What the page of ``coreshell explore`` shows is what the Python API returns; no browser needed."""

import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.quantities import summary
from coreshell_model.run import simulation
from coreshell_model.run.compiled_code import can_compile
from coreshell_model.run.simulation import simulate
from coreshell_model.show.explorer.background import Background
from coreshell_model.show.explorer.choice import CONTROLS, HOLD, Choice, choice_from
from coreshell_model.show.explorer.design_map import DesignMap, Grid, Point
from coreshell_model.show.explorer.export import EXPORTS, exported
from coreshell_model.show.explorer.graphs import (
    CAPACITY,
    EFFICIENCY,
    inventory_figure,
    losses_figure,
    map_figure,
    most_sodium,
    voltage_figure,
)
from coreshell_model.show.explorer.lanes import EndingError, Lanes, Worker
from coreshell_model.show.explorer.outcome import KEPT, Outcomes
from coreshell_model.show.explorer.plotly_style import POINTS, empty, thinned
from coreshell_model.show.explorer.server import LARGEST_POST, application, listening, server
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.tables import ROWS, Row, numbers
from coreshell_model.show.explorer.tasks import DesignTask
from coreshell_model.show.explorer.turns import Turns

plotly = pytest.importorskip("plotly.graph_objects")


@pytest.fixture(scope="module")
def outcomes(lanes, subject):
    return Outcomes(subject, lanes)


@pytest.fixture(scope="module")
def start(outcomes):
    return outcomes.subject.start


@pytest.fixture(scope="module")
def pair(outcomes, start):
    """Solutions of two designs."""
    choices = {"A": start, "B": start.at(12.0, 8.0)}
    return {name: outcomes.whole(outcomes.of(choice)) for name, choice in choices.items()}


def test_a_choice_gives_the_numbers_that_simulate_gives(outcomes):
    """Thickness, area, pore volume, rate and hold of the page are changes of ``simulate``: same model and
    solver, so the numbers agree to round-off, which the solver's steps magnify to at most 1e-6."""
    choice = Choice(12.0, 8.0, 1.0, 0.1, 5.0)
    changes = {
        "shell.thickness": "12 nm",
        "particle.external_area": "8 m2/g",
        "core.pore_volume": "1.0 cm3/g",
        "pores.accessible_volume": "1.0 cm3/g",
        "protocol.numbers.rate": "0.1",
        "protocol.numbers.longest_hold": "5 h",
    }
    expected = summary(simulate("core_shell", "design", changes))
    found = numbers(outcomes.of(choice))
    for row in ROWS:
        if row.key in expected:
            assert found[row.key] == pytest.approx(expected[row.key], rel=1e-6), row.key


def test_without_a_hold_nothing_passes_at_the_cut_off(outcomes, start):
    """The hold of a second stands for none, as in the shipped protocols: below 0.1 mAh/g."""
    solution = outcomes.of(replace(start, hold=None)).solution
    holds = [step.points for step in solution.steps if step.asked.kind is Kind.HOLD]
    passed = [np.ptp(solution["Specific capacity [mA.h.g-1]"][points]) for points in holds]
    assert max(passed, default=0.0) < 0.1


def test_a_seal_law_opens_particles_of_a_thin_shell(outcomes, start):
    """At 4.5 nm, the middle of the logistic law, half of them; as the material states it, none."""
    thin = start.at(4.5, start.area)
    assert numbers(outcomes.of(thin))["Open fraction"] == 0.0
    opened = numbers(outcomes.of(replace(thin, seal="logistic")))
    assert opened["Open fraction"] == pytest.approx(0.5, abs=1e-9)
    assert opened["Initial coulombic efficiency"] < numbers(outcomes.of(thin))["Initial coulombic efficiency"]


def test_with_a_seal_law_the_pores_that_electrolyte_enters_follow_the_pore_volume(outcomes, start):
    """Half the pore volume is half the accessible one: no refusal for entering more than there is."""
    choice = replace(start.at(4.5, 14.0), pore_volume=0.59, seal="exponential")
    assert outcomes.of(choice).reason == ""
    assert outcomes.subject.material(choice).pores.accessible_volume.si == pytest.approx(0.59e-3, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"thickness": -1.0}, "shell.thickness: is -1 nm; must be above 0"),
        ({"thickness": 60.0, "area": 100.0}, "make the shell thinner or the external area smaller"),
        ({"area": 0.0}, "external_area: is 0 m2/g; must be at least 0.001 m2/g"),
        ({"pore_volume": -0.1}, "pore_volume: is -0.1 cm3/g; must be at least 0"),
        ({"rate": 1e9}, "give a time from"),
        ({"seal": "wax"}, "it is one of exponential, logistic, percolation"),
    ],
)
def test_an_impossible_design_says_why(outcomes, start, change, words):
    """Its outcome has no solution but the reason in one line, and what to do."""
    outcome = outcomes.of(replace(start, **change))
    assert outcome.solution is None
    assert words in outcome.reason and "\n" not in outcome.reason


def data(start, **changes):
    return start.as_data() | changes


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"thickness": None}, "Shell thickness: the field is empty; type a number of nm"),
        ({"area": "large"}, "External surface area: 'large' is no number"),
        ({"pore_volume": [1]}, "Pore volume: [1] is no number"),
        ({"rate": True}, "Rate: True is no number"),
        ({"rate": 0}, "Rate: 0 C; it is above 0"),
        ({"hold": -2}, "Hold at cut-off: -2 h; it is above 0"),
        ({"hold": None}, "Hold at cut-off: the field is empty"),
        ({"area": float("inf")}, "External surface area: inf is no number"),
        ({"seal": 3}, "Seal: 3 is no law"),
    ],
)
def test_what_is_no_design_is_told_by_its_field(outcomes, start, sent, words):
    """Whatever a browser may send."""
    assert words in outcomes.of_data(data(start, **sent)).reason


def test_nothing_sent_is_no_design(outcomes):
    """Not a traceback."""
    assert "load it again" in outcomes.of_data(None).reason
    assert "load it again" in outcomes.of_data([1, 2]).reason


def test_a_choice_survives_the_browser(start):
    """Through JSON and back, with a hold and without one."""
    for choice in (start, replace(start, hold=None, seal="logistic")):
        assert choice_from(json.loads(json.dumps(choice.as_data()))) == choice


def test_the_sliders_can_return_to_where_the_page_opened(outcomes, start):
    """Each has a stop at the material's own value; its stops rise."""
    for control in outcomes.subject.controls:
        value = getattr(start, control.name)
        assert control.stops[control.nearest(value)] == value
        assert list(control.stops) == sorted(set(control.stops))


def test_outcomes_are_kept_and_forgotten(outcomes, start):
    """The same choice is the same object, until as many others were asked for as are kept."""
    first = outcomes.of(start.at(-1.0, 14.0))
    assert outcomes.of(start.at(-1.0, 14.0)) is first
    for thickness in range(2, KEPT + 3):
        outcomes.of(start.at(-float(thickness), 14.0))
    assert outcomes.of(start.at(-1.0, 14.0)) is not first


def test_who_waits_goes_before_the_map():
    """While the one place is taken, one asks for it when idle, then one at once: the later one is first."""
    bench, order = Turns(1), []
    taken, go = threading.Event(), threading.Event()

    def holder():
        with bench.at_once():
            taken.set()
            go.wait()

    def turn(name, door):
        with door():
            order.append(name)

    threads = [threading.Thread(target=holder)]
    threads[0].start()
    taken.wait()
    for name, door in (("map", bench.when_idle), ("page", bench.at_once)):
        threads.append(threading.Thread(target=turn, args=(name, door)))
        threads[-1].start()
        time.sleep(0.05)  # until it waits
    go.set()
    for thread in threads:
        thread.join(timeout=10)
    assert order == ["page", "map"]


def test_long_work_and_the_map_leave_a_place_to_clicks():
    """Of two places a second long piece gets none, while a click gets one at once."""
    turns, begun = Turns(2), threading.Event()

    def second():
        with turns.at_length():
            begun.set()

    with turns.at_length():
        waiting = threading.Thread(target=second)
        waiting.start()
        with turns.at_once():
            assert not begun.wait(0.2)
    waiting.join(timeout=10)
    assert begun.is_set()


def test_one_place_is_held_by_one_at_a_time():
    """Six threads through the three doors: never two inside."""
    bench, inside, most = Turns(1), [], []

    def visit(door):
        with door():
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [
        threading.Thread(target=visit, args=(door,))
        for door in (bench.at_once, bench.when_idle, bench.at_length) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert most == [1] * 6


SMALL = Grid((1.0, 9.0, 17.0, 25.0, 33.0), (1.0, 4.0, 16.0))


def completed(background, choice):
    """The map once all of it is there."""
    deadline = time.monotonic() + 60
    while not (found := background.map_about(choice)).complete:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_the_map_goes_from_coarse_to_fine_over_all_points(start):
    """The corners of the coarsest grid first, each point once, each with its own thickness and area."""
    asked = []

    def solved(choice):
        asked.append((choice.thickness, choice.area))
        return Point(choice.thickness, choice.area)

    found = completed(Background(SMALL, solved), start)
    assert asked[:2] == [(1.0, 1.0), (33.0, 1.0)]
    assert len(asked) == len(set(asked)) == SMALL.size
    assert found.points[1, 2] == Point(17.0, 4.0)
    assert found.stride == 1 and "15 designs" in found.status


def test_another_rate_has_another_map_and_a_finished_one_is_kept(start):
    """Thickness and area of the choice are no matter; going back solves nothing again."""
    asked = []

    def solved(choice):
        asked.append(choice)
        return Point(0.5, 300.0)

    maps = Background(SMALL, solved)
    completed(maps, start)
    completed(maps, start.at(20.0, 2.0))
    assert len(asked) == SMALL.size
    completed(maps, replace(start, rate=1.0))
    assert len(asked) == 2 * SMALL.size
    assert maps.map_about(start).complete


def test_a_point_of_the_map_is_the_outcome_there(outcomes, start):
    """Or the reason that the outcome has."""
    found = numbers(outcomes.of(start.at(12.0, 8.0)))
    point = outcomes.point(start.at(12.0, 8.0))
    assert point.efficiency == pytest.approx(found["Initial coulombic efficiency"], rel=1e-9)
    assert point.capacity == pytest.approx(found["Reversible capacity [mA.h.g-1]"], rel=1e-9)
    impossible = start.at(60.0, 100.0)
    assert outcomes.point(impossible).reason == outcomes.of(impossible).reason


def figures(pair, start):
    """Every figure of the page."""
    points = {place: Point(0.8, 400.0) for place in SMALL.places(1)} | {(0, 0): Point(reason="no")}
    found = DesignMap(SMALL, points)
    placed = {"A": start, "B": start.at(50.0, 200.0)}
    return [
        empty(),
        voltage_figure(pair),
        voltage_figure({"B": pair["B"]}),
        losses_figure(pair),
        inventory_figure(pair["B"], most_sodium(pair["B"])),
        map_figure(found, EFFICIENCY, placed),
        map_figure(DesignMap(SMALL), CAPACITY, placed),
    ]


def test_plotly_knows_every_word_of_the_figures(pair, start):
    """They are plain dictionaries; plotly's own classes refuse a name that there is not."""
    for figure in figures(pair, start):
        made = plotly.Figure(figure)
        if made.data:
            assert made.layout.xaxis.title.text or made.layout.xaxis.visible is False


def test_both_designs_are_in_the_curves_and_the_losses(pair):
    """Two cycles and one bar of each, in their own colours; losses add up to the first-cycle loss."""
    curves = voltage_figure(pair)["data"]
    assert [curve["name"] for curve in curves] == [
        "A, cycle 1",
        "A, cycle 3",
        "B, cycle 1",
        "B, cycle 3",
    ]
    assert len({curve["line"]["color"] for curve in curves}) == 2
    bars = losses_figure(pair)["data"]
    for place, name in enumerate(bars[0]["y"]):
        total = sum(bar["x"][place] for bar in bars)
        assert total == pytest.approx(summary(pair[name])["First-cycle loss [mA.h.g-1]"], abs=1e-6)


def test_a_place_without_a_result_is_blank_and_says_why(start):
    """Not zero."""
    points = {place: Point(0.8, 400.0) for place in SMALL.places(1)}
    points[2, 4] = Point(reason="the shell is thicker than the particle")
    heat = map_figure(DesignMap(SMALL, points), CAPACITY, {})["data"][0]
    assert heat["z"][2][4] is None and heat["z"][0][0] == 400.0
    assert heat["text"][2][4] == "the shell is thicker than the particle"


def test_thinned_curves_keep_their_ends_and_their_shape(pair):
    """At most ``POINTS``, and none of the curve further from the line through them than 1 % of the box:
    they are L/(POINTS - 2) apart along the curve, and a length L of at most 2 boxes makes that 0.8 %."""
    last = int(np.argmax(pair["A"]["Specific capacity [mA.h.g-1]"]))
    x, y = pair["A"]["Time [s]"][:last], pair["A"]["Voltage [V]"][:last]
    kept = thinned(x, y)
    assert len(kept) <= POINTS < last and kept[0] == 0 and kept[-1] == last - 1
    curve = np.column_stack([x / np.ptp(x), y / np.ptp(y)])
    assert max(off(curve[a : b + 1]) for a, b in pairwise(kept)) < 0.01


def off(part):
    """The largest distance of points from the line between the first and the last of them."""
    start, along = part[0], part[-1] - part[0]
    share = np.clip((part - start) @ along / (along @ along), 0, 1)
    return np.linalg.norm(part - start - share[:, None] * along, axis=1).max()


def test_numbers_are_written_as_people_do():
    """A real minus, no minus before a zero, a dash for what there is not."""
    row = Row("x", "x", "%", 1, 100.0)
    assert row.shown(0.8114) == "81.1"
    assert row.shown(None) == "–"
    assert row.difference(0.8, 0.75) == "−5.0"
    assert row.difference(0.75, 0.8) == "+5.0"
    assert row.difference(0.8, 0.79996) == "0.0"


def test_the_files_taken_away_give_the_same_numbers(outcomes, start, tmp_path, monkeypatch):
    """``coreshell run`` with the page's material and protocol, to what the solver's steps magnify."""
    monkeypatch.chdir(tmp_path)
    choice = replace(start.at(6.0, 5.0), rate=0.2, hold=None, seal="percolation")
    outcome = outcomes.of(choice)
    names = {}
    for kind in ("material", "protocol"):
        names[kind], content = exported(kind, {"B": outcome.solution})
        (tmp_path / names[kind]).write_bytes(content)
    ended = coreshell("run", names["material"], names["protocol"], "--json")
    assert ended.code == 0, ended.err
    result, expected = json.loads(ended.out), numbers(outcome)
    for row in ROWS:
        if row.key in result:
            assert result[row.key] == pytest.approx(expected[row.key], rel=1e-6), row.key


def test_curves_and_figures_hold_both_designs(pair):
    """CSV with a column that tells them apart; SVG and PNG that begin as such."""
    name, content = exported("csv", pair)
    table = pd.read_csv(io.BytesIO(content), low_memory=False)
    assert name.endswith(".csv") and set(table["Design"]) == {"A", "B"}
    assert len(table) == sum(solution["Time [s]"].size for solution in pair.values())
    for solutions in (pair, {"B": pair["B"]}):
        svg, png = (exported(kind, solutions)[1] for kind in ("svg", "png"))
        assert b"<svg" in svg[:1000] and png[:4] == b"\x89PNG"
    assert b"12 nm" in exported("svg", pair)[1]


def test_every_button_of_the_page_takes_something_away(pair):
    """Names that tell design and kind apart, and content."""
    made = {kind: exported(kind, pair) for kind in EXPORTS}
    assert len({name for name, _ in made.values()}) == len(EXPORTS)
    assert all(content for _, content in made.values())


def test_the_server_answers_only_to_its_own_names_and_forbids_all_other_hosts(lanes, subject):
    """A request under another name is refused; the policy lets a browser load from here alone."""
    client = application(subject, SMALL, lanes=lanes).server.test_client()
    assert client.get("/", base_url="http://127.0.0.1:8050").status_code == 200
    assert client.get("/", base_url="http://evil.example:8050").status_code == 400
    answer = client.get("/", base_url="http://localhost:8050")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'") and "http" not in policy
    assert b"width=device-width" in answer.data and b'lang="en"' in answer.data


def test_designs_are_solved_by_compiled_models_once_they_are_there():
    """A compiled solve differs from another by less than the page shows."""
    subject = Subject("core_shell")
    worker = Worker(subject)
    results = [numbers(worker(DesignTask(subject.start, compiled), print)) for compiled in (False, True)]
    outcomes = Outcomes(subject)
    outcomes.compile()
    assert outcomes.compiled == can_compile()
    results.append(numbers(outcomes.of(subject.start)))
    for name in ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"):
        for each in results[1:]:
            assert each[name] == pytest.approx(results[0][name], rel=1e-4)
    outcomes.lanes.close()


UPDATE = "/_dash-update-component"


@pytest.fixture(scope="module")
def asked(lanes, subject):
    """A client of the page's server, and the post by which the page has a design shown."""
    app = application(subject, SMALL, lanes=lanes)
    client = app.server.test_client()
    every = client.get("/_dash-dependencies").json
    show = next(each for each in every if "headlines.children" in each["output"])
    names = show["output"].strip(".").split("...")
    values = {"design": app.layout["design"].data, "pinned": None, "measured": [], "band": None}
    post = {
        "output": show["output"],
        "outputs": [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names],
        "inputs": [each | {"value": values[each["id"]]} for each in show["inputs"]],
        "changedPropIds": ["design.data"],
    }
    return client, post, every


def test_the_pages_own_post_is_answered(asked):
    """From its own address, as a browser says it; from a page elsewhere, or a file, it is refused."""
    client, post, _ = asked
    for origin, code in (("http://localhost", 200), ("http://evil.example", 403), ("null", 403)):
        assert client.post(UPDATE, json=post, headers={"Origin": origin}).status_code == code
    assert client.post(UPDATE, json=post).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"output": "no.such"},
        {"output": ["status.children"]},
        {"output": None},
        {"outputs": 3},
        {"outputs": []},
        {"outputs": [{"id": "status"}]},
        {"inputs": None},
        {"inputs": ["design", "pinned"]},
        {"inputs": [{"id": "design", "property": "data"}]},
        {"state": 5},
        {"state": [{"id": "drawn", "property": "data", "value": 1}]},
        {"changedPropIds": "design.data"},
        {"changedPropIds": ["no.such"]},
        {"changedPropIds": [{}]},
    ],
)
def test_a_post_of_another_shape_is_a_bad_request(asked, change):
    """400 with a reason, before a callback sees it."""
    client, post, _ = asked
    answer = client.post(UPDATE, json=post | change)
    assert answer.status_code == 400 and (b"of the page" in answer.data or b"changed" in answer.data)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"3", b"NaN", b"\xff", b"[" * 90_000])
def test_what_is_no_json_object_is_a_bad_request(asked, body):
    """Also brackets nested deeper than Python reads."""
    client, _, _ = asked
    assert client.post(UPDATE, data=body, content_type="application/json").status_code == 400


def test_callbacks_of_the_browser_are_not_run_by_the_server(asked):
    """They have no function here."""
    client, post, every = asked
    pin = next(each for each in every if "pinned.data" in each["output"])
    assert client.post(UPDATE, json=post | {"output": pin["output"]}).status_code == 400


@pytest.mark.parametrize("value", [None, [], 3, "x", {"thickness": {}}, {"hold": [1]}, {"rate": 1e308}])
def test_values_that_are_no_design_are_answered_with_a_reason(asked, value):
    """The post is as the page sends it, its design is not: that is for the page to say."""
    client, post, _ = asked
    inputs = [each | {"value": value} if each["id"] == "design" else each for each in post["inputs"]]
    answer = client.post(UPDATE, json=post | {"inputs": inputs})
    assert answer.status_code == 200 and "No result for this design" in answer.text


def test_a_post_that_is_too_long_is_refused_unread(asked):
    """413; the page's own are some 2000 bytes."""
    client, post, _ = asked
    assert len(json.dumps(post)) < LARGEST_POST / 20
    assert client.post(UPDATE, data=b"x" * (LARGEST_POST + 1)).status_code == 413


@pytest.mark.parametrize("place", ["no_such/x.js", "dash/no_such.js", "dash/..%2f..%2fserver.py"])
def test_a_file_that_is_none_of_the_page_is_not_there(asked, place):
    """404, with no trace of where the libraries lie."""
    client, _, _ = asked
    assert client.get(f"/_dash-component-suites/{place}").status_code == 404


@pytest.mark.parametrize("place", ["/nothing", "/favicon.ico/x", "/a/b?c=d", "/index.html"])
def test_a_page_that_the_server_does_not_have_is_not_there(asked, place):
    """404 to a browser that has mistaken the address; the page itself is at the root alone."""
    client, _, _ = asked
    assert client.get(place).status_code == client.head(place).status_code == 404
    assert client.get("/").status_code == 200 and client.get("/_dash-layout").status_code == 200


def test_the_help_says_that_ctrl_c_is_how_to_leave_the_page():
    """In README too, beside the exit codes, since 0 is not what the other commands leave with."""
    assert "Ctrl-C ends the server" in coreshell("explore", "--help").out
    assert "`explore`, which Ctrl-C ends" in (Path(__file__).parents[1] / "README.md").read_text()


def test_rates_and_holds_of_the_page_share_their_models(start):
    """A moved slider waits for no model to be built."""
    worker = Worker(Subject("core_shell"))
    assert worker(DesignTask(start), print).solution is not None
    before = simulation._cell.cache_info().misses
    for rate, hold in ((0.03, 10.0), (0.06, None)):
        assert worker(DesignTask(replace(start, rate=rate, hold=hold)), print).solution is not None
    assert simulation._cell.cache_info().misses == before


def test_the_server_itself_solves_nothing(outcomes, start):
    """Workers do, so that no solve holds up another request, and memory of solves stays with them."""
    before = simulation._cell.cache_info()
    assert outcomes.of(start.at(8.0, 14.0)).solution is not None
    assert simulation._cell.cache_info() == before


def test_a_worker_that_is_killed_is_replaced(start):
    """The click that it was at is answered by another one."""
    lanes = Lanes(Subject("core_shell"), 1)
    outcomes = Outcomes(lanes._worker.subject, lanes)
    assert outcomes.of(start).solution is not None
    killer = threading.Timer(0.02, lanes._pools[0]._workers[0].process.kill)
    killer.start()
    assert all(outcomes.of(start.at(float(n), 14.0)).solution is not None for n in range(5, 9))
    killer.join()
    lanes.close()


def test_work_is_refused_once_the_page_ends(start):
    """Also a solve that is under way ends, so that Ctrl-C does."""
    lanes = Lanes(Subject("core_shell"), 1)
    lanes.close()
    with pytest.raises(EndingError):
        lanes.do(DesignTask(start), lanes.turns.at_once)


def test_a_port_that_is_taken_is_refused_in_one_line():
    """And what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = coreshell("explore", "--no-browser", "--port", str(taken.getsockname()[1]))
    assert ended.code == 2
    assert ended.err.count("\n") == 1 and "choose another one, or 0" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("core",), "core is of one carbon; explore one with core and shell"),
        (("no_such",), "unknown material 'no_such'"),
        (("--port", "70000"), "--port 70000: there are ports 0 to 65535"),
        (("--set", "shell.thicknes=3 nm"), "did you mean 'shell.thickness'"),
        (("--set", "shell.thickness=-3 nm"), "must be above 0"),
    ],
)
def test_bad_input_is_refused_in_one_line(words, told):
    """Exit code 2, before anything is served."""
    ended = coreshell("explore", "--no-browser", *words)
    assert ended.code == 2 and told in ended.err and ended.err.count("\n") == 1


def test_without_dash_the_line_says_what_to_install(monkeypatch):
    """Not a traceback."""
    monkeypatch.setitem(sys.modules, "dash", None)
    ended = coreshell("explore", "--no-browser")
    assert ended.code == 2
    assert 'pip install "coreshell_model[web]"' in ended.err and ended.err.count("\n") == 1


def test_changes_are_where_the_page_opens():
    """--set is applied before the first slide."""
    subject = Subject("core_shell", {"shell.thickness": "20 nm", "protocol.numbers.rate": "0.1"})
    assert subject.start.thickness == 20.0 and subject.start.rate == 0.1
    assert Subject("core_shell", {"protocol.numbers.longest_hold": "90 min"}).start.hold == 1.5
    assert Subject("core_shell", {"protocol.numbers.longest_hold": "1 s"}).start.hold is None


def test_a_refused_material_is_an_input_error():
    """For callers in Python too."""
    with pytest.raises(InputError, match="one carbon"):
        Subject("shell")


def test_the_hold_is_the_last_control_and_every_control_has_a_unit():
    """The page switches the hold off; units stand beside the fields."""
    assert CONTROLS[-1] is HOLD and all(control.unit for control in CONTROLS)


def test_a_free_port_is_taken_where_none_is_named(lanes, subject):
    """Port 0, bound to this machine alone."""
    with listening(0) as port:
        serving = server(application(subject, SMALL, lanes=lanes), port)
    try:
        assert serving.port > 0 and serving.host == "127.0.0.1"
    finally:
        serving.server_close()


def test_the_command_serves_until_it_is_interrupted_also_amid_a_map():
    """In a process of its own: the address on stderr, the page there, and an end without a traceback."""
    program = [Path(sys.executable).with_name("coreshell"), "explore", "--no-browser", "--port", "0"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert found, said
        with urllib.request.urlopen(found[0], timeout=30) as answer:
            assert b"core_shell" in answer.read()
        ask_for_the_map(found[0])
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 0, rest
    assert rest == ""


def ask_for_the_map(address):
    """What the page asks as it opens, as its browser does."""
    outputs = ["map-efficiency.figure", "map-capacity.figure", "map-status.children", "tick.disabled"]
    asked = {
        "output": f"..{'...'.join([*outputs, 'drawn.data'])}..",
        "outputs": [dict(zip(("id", "property"), name.split("."), strict=True)) for name in outputs]
        + [{"id": "drawn", "property": "data"}],
        "inputs": [
            {"id": "design", "property": "data", "value": Subject("core_shell").start.as_data()},
            {"id": "pinned", "property": "data", "value": None},
            {"id": "tick", "property": "n_intervals", "value": 1},
        ],
        "state": [{"id": "drawn", "property": "data", "value": None}],
        "changedPropIds": ["design.data"],
    }
    request = urllib.request.Request(
        f"{address}_dash-update-component",
        data=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert b"Computing" in answer.read()
