"""What the dashboard's pages are made of, without a browser: links, undo, levers, charts, figures, the runner."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_result
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.asked.levers_panel import GROUPS, OPENING, group_of, groups, steps
from dashboards.asked.link import clean, decode, encode, presets
from dashboards.asked.link_pages import SIDES, UNITS
from dashboards.asked.scenario_text import download, from_text, not_here, read_upload, scenario_of, slug
from dashboards.asked.state import CHARTS, MOST_PINS, Aim, Asked, Pin, Policy, View
from dashboards.asked.undo import Line
from dashboards.cards import board_map
from dashboards.server import tables
from dashboards.work.estimate import Effects
from dashboards.work.runner import Cancelled, Kept, Runner, study_for
from reports import charts, markup, svg
from reports.atlas.tiles import TILES
from reports.figures import FIGURES, say
from reports.lever_words import say_lever
from reports.what_changed import explain
from scenarios.reading.areas import index
from scenarios.reading.load import load
from scenarios.running.study import Study, run_together
from sim.errors import UserError
from sim.numbers.levers import BY_NAME, LEVERS
from sim.results import outcomes, summary
from sim.results.outcomes import MAIN
from sim.results.words import sure

# ------------------------------------------------------------------ links

values = st.one_of(*(st.tuples(st.just(lever.name), st.sampled_from(steps(lever.name))) for lever in LEVERS))
policies = st.builds(
    lambda base, sets: Policy(base, tuple(sorted(dict(sets).items()))),
    st.sampled_from(presets()),
    st.lists(values, max_size=6),
)
names = st.text(min_size=1, max_size=40).filter(lambda t: t == "".join(c for c in t if c.isprintable()).strip())
pins = st.lists(st.builds(Pin, names, policies), max_size=MOST_PINS).map(tuple)
words = st.text(max_size=20).map(clean)
aims = st.builds(
    Aim,
    words,
    words,
    words,
    words,
    words,
    words,
    st.lists(st.sampled_from(sorted(BY_NAME)), max_size=5, unique=True).map(tuple),
    st.booleans(),
    words,
)
views = st.builds(View, st.sampled_from(SIDES), st.sampled_from(UNITS), st.booleans(), words)
asks = st.builds(
    Asked,
    aim=aims,
    view=views,
    policy=policies,
    chart=st.sampled_from(CHARTS),
    pounds=st.booleans(),
    unfolded=st.booleans(),
    pins=pins,
    seed=st.integers(0, 10**6),
)


@settings(max_examples=150, deadline=None)
@given(asks)
def test_a_link_brings_back_what_was_asked(asked):
    assert decode(encode(asked)) == (asked, [])


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.tuples(
                st.sampled_from(
                    [
                        "v",
                        "policy",
                        "set",
                        "pin",
                        "area",
                        "page",
                        "chart",
                        "seed",
                        "file",
                        "table",
                        "level",
                        "may",
                        "side",
                        "seek",
                        "x",
                    ]
                ),
                st.text(max_size=60),
            ),
            max_size=8,
        ).map(lambda rows: "&".join(f"{k}={v}" for k, v in rows)),
    )
)
def test_no_link_can_break_the_page(text):
    asked, notes = decode(text)
    assert decode(encode(asked)) == (asked, [])
    assert all(isinstance(note, str) for note in notes)


def test_a_link_beyond_a_levers_range_is_brought_inside_and_said():
    asked, notes = decode("?v=1&set=link_workers:9e99;cut:nan;mode_diagnosis:never;nothing:1")
    assert asked.policy.sets == (("link_workers", BY_NAME["link_workers"].high),)
    assert len(notes) == 4


def test_script_in_a_link_stays_text():
    asked, _ = decode("?pin=%3Cscript%3Ealert(1)%3C/script%3E~today~~&table=%3Cimg%20src=x%3E")
    assert asked.pins[0].name == "<script>alert(1)</script>"
    chart = charts.fan(
        FIGURES["used_last_year"],
        [charts.Course(asked.pins[0].name, np.arange(3.0), np.ones((3, 2)))],
        asked.pins[0].name,
    )
    assert "<script" not in chart.svg and "&lt;script" in chart.svg
    assert markup.paragraph(asked.table) == "<p>&lt;img src=x&gt;</p>"


def test_a_file_in_a_link_cannot_swell():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"a" * 10**7)).decode()
    asked, notes = decode(f"file={bomb[:15000]}")
    assert asked.policy.file == "" and notes


# ------------------------------------------------------------------ undo


def test_undo_goes_back_and_redo_forward():
    a = Asked()
    b = replace(a, policy=a.policy.with_lever("directory", 0.5))
    line = Line().moved(a, b)
    line, back = line.undo(replace(b, page="about"))
    assert back.policy == a.policy and back.page == "about"
    line, again = line.redo(back)
    assert again.policy == b.policy and not line.ahead


def test_looking_at_another_page_is_not_a_step():
    assert Line().moved(Asked(), Asked(page="about", chart="waiting_per_10k")) == Line()


def test_all_moves_of_one_gesture_are_one_step_and_none_where_it_ends_where_it_began():
    def at(value):
        return Asked(policy=Policy().with_lever("directory", value))

    line = Line().moved(Asked(), at(0.1), "drag 1").moved(at(0.1), at(0.2), "drag 1").moved(at(0.2), at(0.3), "drag 2")
    assert len(line.behind) == 2
    line, back = line.undo(at(0.3))
    assert back == at(0.2) and line.undo(back)[1] == Asked()
    assert len(line.moved(back, at(0.4), "drag 2").behind) == 2, "after an undo the same hand begins a step of its own"
    there_and_back = Line().moved(Asked(), at(0.1), "drag 3").moved(at(0.1), Asked(), "drag 3")
    assert not there_and_back.behind
    assert len(there_and_back.moved(Asked(), at(0.5), "drag 3").behind) == 1


# ------------------------------------------------------------------ levers


def test_every_lever_stands_in_one_group_under_a_name():
    assert len({lever.label for lever in LEVERS}) == len(LEVERS) and all(lever.label for lever in LEVERS)
    keys = {key for key, _, _ in GROUPS}
    assert all(group_of(lever) in keys for lever in LEVERS)
    shown = [row["name"] for group in groups(Policy(), load("today"), False) for row in group["first"] + group["more"]]
    assert sorted(shown) == sorted(BY_NAME)
    assert [row["name"] for row in groups(Policy(), load("today"), True)[0]["first"]] == list(OPENING)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_slider_stops_at_todays_value_and_both_ends(lever):
    found = steps(lever.name)
    assert found[0] == lever.low and found[-1] == lever.high and lever.today in found
    assert list(found) == sorted(set(found)) and len(found) <= 60
    said = [say_lever(lever, value) for value in found]
    assert len(set(said)) == len(said), "two stops of a slider read the same"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("budget_board", 0.35, "£0.35"),
        ("self_referral", 0.5, "50%"),
        ("award_years", 1, "1 year"),
        ("training_weeks", 6, "6 weeks"),
        ("group_grant", 500, "£500"),
        ("mode_diagnosis", 2, "opt out"),
        ("conviction", 1, "on"),
        ("group_founding", 1.5, "×1.5"),
        ("cut", 0.05, "5%"),
    ],
)
def test_a_levers_value_is_said_in_its_unit(name, value, words):
    assert say_lever(BY_NAME[name], value) == words


# ------------------------------------------------------------------ scenario files


def test_a_saved_scenario_file_is_the_policy_the_page_showed(tmp_path):
    policy = Policy("open_door", (("directory", 0.75), ("mode_diagnosis", 2.0)))
    path = tmp_path / "mine.toml"
    path.write_text(download(policy, "mine", "Mine", "E54000039", 7), "utf-8")
    loaded = load(path)
    assert loaded.levers == scenario_of(policy).levers and loaded.run.seed == 7
    assert from_text(path.read_text("utf-8")).levers == loaded.levers


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"a" * 10**6,
        b"name = 'x'",
        "\ufeff<html>".encode(),
        b'name="../../x"\ntitle="t"',
        b'name = "x"\ntitle = "t"\nquestion = "What is it about?"\nextends = "../../etc/passwd"',
        b'name = "x"\ntitle = "t"\nquestion = "What is it about?"\n[levers]\ncut = 7',
        b'name = "x"\ntitle = "t"\nquestion = "What is it about?"\nhistory = true',
    ],
)
def test_what_is_not_a_scenario_is_refused_in_words(data):
    with pytest.raises(UserError) as error:
        read_upload(data)
    assert error.value.what and "/tmp" not in str(error.value)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("", None),
        ("[run]\nyears = 2", "says (years) holds"),
        ("[run]\nareas = ['sussex']\ndraws = 4\nyears = 2", "says (areas, draws, years) holds"),
    ],
)
def test_an_opened_file_says_which_of_its_run_settings_a_page_does_not_follow(run, said):
    found = not_here(f'name = "x"\ntitle = "t"\nquestion = "What is it about?"\n{run}\n')
    assert not found if said is None else said in found[0] and "command line" in found[0]


def test_slugs_are_names_of_files():
    assert [slug(name) for name in ("More money!", "2 things", "é")] == ["more_money", "policy_2_things", "policy"]


# ------------------------------------------------------------------ figures, sentences and charts


@pytest.mark.parametrize(
    ("kind", "value", "signed", "words"),
    [
        ("share", 0.2104, False, "21.0%"),
        ("share", 0.0321, True, "+3.2 points"),
        ("points", -0.01, True, "-1.0 point"),
        ("gbp", 0.35, False, "£0.35"),
        ("gbp", 325_000, False, "£325k"),
        ("gbp", 1_200_000, False, "£1.2m"),
        ("per10k", 5.04, True, "+5.0"),
        ("per10k", -0.004, True, "0.0"),
        ("sd", 0.0123, False, "0.012 SD"),
        ("share", float("nan"), False, "no figure"),
    ],
)
def test_figures_are_said_in_units_people_use(kind, value, signed, words):
    assert say(kind, value, signed) == words


def test_one_sign_in_nearly_all_worlds_is_a_clear_change():
    assert sure(summary.pair(np.zeros(20), np.array([1.0] * 18 + [-1.0] * 2)))
    assert not sure(summary.pair(np.zeros(20), np.array([1.0] * 17 + [-1.0] * 3)))


def test_two_equal_runs_are_not_explained():
    run = fake_result()
    assert explain(run, run) == []


def test_sentences_follow_the_runs():
    less, more = fake_result(), fake_result(lift=300)
    said = [item.text for item in explain(less, more)]
    assert "higher" in said[0] and "4 of 4" in said[0]
    assert "lower" in explain(more, less)[0].text


def test_every_figure_is_drawn_and_told():
    run = fake_result()
    for figure in FIGURES.values():
        assert figure.worlds(run).shape == (4,)
        if figure.course:
            assert figure.course(run).shape[1] == 4


@pytest.mark.parametrize("width", [340, 760])
def test_charts_are_well_formed_pictures_with_words_and_tables(width):
    run = fake_result()
    used = FIGURES["used_last_year"]
    course = charts.Course("A & <b>", np.linspace(0.1, 2, len(used.course(run))), used.course(run))
    found = [
        charts.fan(used, [course], "It says so.", width),
        charts.worlds(FIGURES["available"], [charts.Row("Today", FIGURES["available"].worlds(run))] * 2, "So.", width),
        charts.bars(
            "b", "Bars", "", "So.", (("Today", svg.TODAY), ("Plan", svg.PLAN)), [charts.Bar("one", (1.0, 2.0))], width
        ),
        charts.spots(
            "s", "Spots", "", "So.", ("Today", "Plan"), [charts.Spot("x", (0.1, 0, 0.2), (0.2, 0.1, 0.3), "Age")], width
        ),
    ]
    for chart in found:
        root = ElementTree.fromstring(chart.svg)
        assert root.attrib["role"] == "img" and chart.sentence in root.attrib["aria-label"]
        assert len({len(row) for row in chart.rows}) == 1 and len(chart.rows) > 1
        assert not re.search(r"nan|inf", chart.svg)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_labels_keep_apart_and_inside(wanted):
    placed = svg.apart(wanted, 34, 0, 300)
    assert all(b - a >= 34 - 1e-6 for a, b in zip(sorted(placed), sorted(placed)[1:], strict=False))
    assert max(placed) <= 300 + 1e-6


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_cover_the_data(low, reach):
    marks = svg.ticks(low, low + reach)
    assert marks[0] <= low + 1e-6 * reach and marks[-1] >= low + reach * (1 - 1e-6) and 2 <= len(marks) <= 9


# ------------------------------------------------------------------ the runner

SMALL = {"people": 400, "draws": 3, "weeks": 27, "burn_in": 52, "place_size": 200}


@pytest.fixture(scope="module")
def runner():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEERSCALE_DASHBOARD_STUDY", __import__("json").dumps(SMALL))
        one = Runner(workers=2)
        yield one
        one.close()


def test_a_change_that_cannot_take_effect_is_refused_on_the_page_too(runner):
    elsewhere = from_text(
        'name = "elsewhere"\ntitle = "Elsewhere"\nquestion = "What does it do in Sussex?"\nextends = "today"\n'
        '[[change]]\nfrom = "week 0"\nareas = ["sussex"]\nlevers = { budget_board = 8.0 }\n'
    )
    with pytest.raises(UserError, match="not in the run"):
        runner.run(elsewhere, study_for(index("bnssg")), threading.Event())
    assert runner.run(load("today"), study_for(index("bnssg")), threading.Event()).shape.start == "2025-04"


def test_the_page_and_the_command_have_the_same_numbers(runner):
    policy = Policy("open_door", (("group_founding", 3.0),))
    study = study_for(index("bnssg"))
    page = runner.run(scenario_of(policy), study, threading.Event())
    command = run_together([scenario_of(policy)], Study((index("bnssg"),), posterior=study.posterior, **SMALL))[0]
    assert np.array_equal(page.weekly, command.weekly) and np.array_equal(page.tally, command.tally)
    assert runner.run(scenario_of(policy), study, threading.Event()) is page


def test_gate_relief_on_the_page_is_the_commands(runner):
    from dashboards.cards.relief_card import GATE_NAMES, relief_chart
    from scenarios.questions.relief import gate_relief
    from sim.policy.relief import RELIEFS

    study, told = study_for(index("bnssg")), []
    page = runner.relief(load("open_door"), study, threading.Event(), told.append)
    _, command = gate_relief(load("open_door"), study, workers=1)
    assert (
        repr(page) == repr(command) and max(told) <= 1 and told == sorted(told)
    )  # as text: NaN is not equal to itself
    assert {" and ".join(gain.gates) for gain in page} == {relief.gate for relief in RELIEFS} == set(GATE_NAMES)
    chart = relief_chart(page, "Open door", 340)
    ElementTree.fromstring(chart.svg)
    assert len(chart.rows) == len(RELIEFS) + 1 and GATE_NAMES[" and ".join(page[0].gates)] in chart.sentence


def test_the_ladder_on_the_page_is_the_commands_and_begins_with_the_policy_s_own_run(runner, monkeypatch):
    from scenarios.questions.ladder import climb

    study, told = study_for(index("bnssg")), []
    own = runner.run(load("open_door"), study, threading.Event())
    page = runner.ladder(load("open_door"), study, threading.Event(), told.append)
    command = climb(load("open_door"), study, workers=1)
    assert (
        page.base is own and repr(page.everyone) == repr(command.everyone) and repr(page.worst) == repr(command.worst)
    )
    assert max(told) <= 1 and told == sorted(told)
    assert runner.ladder(load("open_door"), study, threading.Event()) is page


def test_gate_relief_that_nobody_waits_for_stops(runner):
    stop = threading.Event()
    with pytest.raises(Cancelled):
        runner.relief(
            load("link_workers"), study_for(index("bnssg")), stop, lambda part: stop.set() if part > 0.2 else None
        )


def test_the_pages_study_is_the_commands(monkeypatch):
    from peerscale.options import Typed, make_study

    monkeypatch.delenv("PEERSCALE_DASHBOARD_STUDY", raising=False)
    assert study_for(index("bnssg")) == make_study(Typed(), load("open_door").run)


def test_a_stale_run_stops(runner):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        runner.run(load("grants"), study_for(index("bnssg")), stop)
    assert runner.kept(load("grants"), study_for(index("bnssg"))) is None


def test_the_cache_keeps_the_latest():
    kept: Kept[int] = Kept(2)
    for key in ("a", "b"):
        kept.put(key, ord(key))
    kept.get("a")
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (ord("a"), None, 3)


# ------------------------------------------------------------------ estimates


def one_lever(name: str, value: float):
    return scenario_of(Policy(sets=((name, value),)))


def test_an_estimate_of_one_known_lever_is_that_run_and_halfway_is_half():
    base, high = fake_result(), fake_result(lift=100)
    effects = Effects(load("today"))
    effects.learn("here", one_lever("self_referral", 1.0), base, high)
    same = effects.estimate("here", one_lever("self_referral", 1.0), base)
    assert np.array_equal(same.tally, high.tally) and np.array_equal(same.weekly, high.weekly)
    half = effects.estimate("here", one_lever("self_referral", 0.75), base)
    assert np.array_equal(half.tally - base.tally, np.rint((high.tally - base.tally) / 2).astype(int))


def test_effects_of_two_levers_add_up_and_unknown_ones_are_not_guessed():
    base = fake_result()
    effects = Effects(load("today"))
    effects.learn("here", one_lever("self_referral", 1.0), base, fake_result(lift=100))
    effects.learn("here", one_lever("directory", 1.0), base, fake_result(lift=40))
    both = effects.estimate("here", scenario_of(Policy(sets=(("directory", 1.0), ("self_referral", 1.0)))), base)
    assert np.array_equal(both.tally, fake_result(lift=140).tally)
    assert effects.estimate("here", one_lever("campaign", 0.5), base) is None
    assert effects.estimate("here", one_lever("self_referral", 0.25), base) is None, "below today's nothing is known"
    assert effects.estimate("there", one_lever("self_referral", 1.0), base) is None


def test_an_estimate_says_how_far_earlier_ones_were_off():
    effects = Effects(load("today"))
    assert "Not checked" in effects.words()
    for _ in range(5):
        effects.check(fake_result(lift=48), fake_result())
    off = 100 * abs(
        np.median(outcomes.of_group(fake_result(lift=48), "available"))
        - np.median(outcomes.of_group(fake_result(), "available"))
    )
    assert f"of 5 earlier ones availability was within {off:.1f} points" in effects.words()


def test_a_room_forgets_the_table_longest_silent():
    for number in range(tables.MOST_TABLES + 1):
        assert tables.join(f"t{number}", f"browser {number}", tables.Shares(), now=float(number))
    names = [seat.name for seat in tables.seats(now=50.0)]
    assert "t0" not in names and len(names) == tables.MOST_TABLES
    assert tables.seats(now=10.0**6) == []


def test_the_42_boards_have_a_tile_each_and_differences_have_signs():
    from fakes import fake_shape

    places = {(tile.column, tile.row) for tile in TILES.values()}
    assert len(places) == 42 == len(TILES)
    shape = fake_shape(worlds=2, areas=tuple(range(42)))
    today, plan = fake_result(shape), fake_result(shape, lift=100)
    chart = board_map.board_map(today, plan, "Plan", 800)
    assert len(chart.rows) == 43 and all(row[-1].startswith("+") for row in chart.rows[1:])
    ElementTree.fromstring(chart.svg)
    assert board_map.colour(0.1, 0.1)[0] != board_map.colour(-0.1, 0.1)[0]


def test_a_link_with_the_old_name_of_a_chart_opens_that_chart():
    """Charts had names of their own until they were called as results are."""
    old = {
        "used": "used_last_year",
        "waiting": "waiting_per_10k",
        "unmet": "unmet_per_want",
        "better": "better_per_want",
        "cost": "gbp_per_adult_year",
    }
    for name, today in old.items():
        asked, notes = decode(f"policy=open_door&chart={name}&pin=Open~open_door~~")
        assert asked.chart == today and not notes and [pin.policy.base for pin in asked.pins] == ["open_door"]
        assert decode(encode(asked)) == (asked, [])
    for link in ("v=1", "v=1&policy=open_door"):  # pages opened with this chart, so links left it out
        assert decode(link)[0].chart == "used_last_year" and not decode(link)[1]
    assert decode("")[0].chart == decode(encode(Asked()))[0].chart == Asked().chart
    asked, notes = decode("chart=of_no_kind")
    assert asked.chart == Asked().chart and len(notes) == 1


def test_the_first_chart_answers_the_question_and_only_pages_that_answer_it_show_it():
    from dashboards.app import VIEWS, policy_above

    assert Asked().chart == MAIN
    shown = {page for page in VIEWS if policy_above(Asked(page=page))["question"]}
    assert shown == {"explore", "case", "journeys"}
