"""What an atlas asks of every area: candidates of a search or in steps, by the goal's own settings; what it cannot ask is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import made_atlas
import pytest

from peerscale.cli import call
from peerscale.commands.atlas.command import Wanted, settled
from peerscale.options import Typed
from scenarios.questions.atlas import candidates, tables
from scenarios.questions.solve.goal import goals_dir, load_goal
from scenarios.reading.load import load
from sim.errors import UserError
from sim.numbers.levers import BY_NAME
from sim.people.population import load_areas


def test_candidates_begin_with_today_and_end_with_the_surest():
    goal = load_goal("half")
    found = {one.name: one for one in candidates.candidates(goal)}
    assert list(found)[0] == "today" and found["today"].scenario == goal.base and list(found)[-1] == "every_lever"
    assert found["every_lever"].scenario.levers == load("every_lever").levers


@pytest.mark.parametrize("base", ["today", "everyone"])
def test_steps_go_from_the_base_to_the_best_ends_and_choices_are_there_at_once(base):
    goal = replace(load_goal("half"), base=load(base))
    found = {one.name: one.scenario.levers for one in candidates.candidates(goal)}
    first, best = goal.base.levers, found["every_lever"]
    for name in candidates._best():
        for share in candidates.WAYS:
            here = found[f"way_{round(100 * share)}"][name]
            way = 1.0 if BY_NAME[name].choice else share
            assert here == pytest.approx(first[name] + way * (best[name] - first[name])), name
    assert all(found["way_50"][name] == first[name] for name in first if name not in candidates._best())


def searched(place, **changed):
    """A folder of a search, as far as it is read."""
    place.mkdir(exist_ok=True)
    (place / "answer.json").write_text(json.dumps(made_atlas.answer_json(**changed)))
    return place


def test_candidates_of_a_search_are_its_frontier_each_policy_once(tmp_path):
    goal, place = load_goal("half"), searched(tmp_path)
    found = candidates.candidates(goal, place)
    assert [one.scenario.levers.get("directory") for one in found[1:-1]] == [0.7, 1.0]
    assert found[1].title == "Frontier of England: 50%"
    assert "the search 'england'" in candidates.origin(goal, place) and "over 3 years" in candidates.origin(goal, place)


def test_a_search_of_one_area_is_never_called_englands(tmp_path):
    goal, place = load_goal("half"), searched(tmp_path, areas=["E54000039"])
    name = tables.name_of(list(map(str, load_areas().code)).index("E54000039"))
    assert candidates.candidates(goal, place)[1].title == f"Frontier of {name}: 50%"
    assert name in candidates.origin(goal, place) and "England" not in candidates.origin(goal, place)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": 1}, "first edition"),
        ({"base": "everyone"}, "would be others here"),
        ({"schedule": {"policy": {"from": "year 2"}}}, "would be others here"),
        ({"goal": {}}, "no frontier"),
    ],
)
def test_policies_that_would_be_others_here_are_refused(change, said, tmp_path):
    with pytest.raises(UserError, match=said):
        candidates.candidates(load_goal("half"), searched(tmp_path, **change))


def test_an_answer_that_names_no_model_is_refused(tmp_path):
    kept = {key: value for key, value in made_atlas.answer_json().items() if key != "model"}
    (tmp_path / "answer.json").write_text(json.dumps(kept))
    with pytest.raises(UserError, match="another version of the model"):
        candidates.candidates(load_goal("half"), tmp_path)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"frontier": [], "answer": null}'])
def test_a_folder_without_a_frontier_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "answer.json").write_text(content)
    with pytest.raises(UserError, match="no frontier"):
        candidates.candidates(load_goal("half"), tmp_path)


ONLY_A_SEARCH = {
    "budget": ("level = 0.5", "budget = 9"),
    "schedule": ("[levers]", '[schedule]\npolicy = { from = "year 2" }\n[levers]'),
    "also": ("[levers]", '[[also]]\noutcome = "net_per_want"\nat_least = 0.01\n[levers]'),
    "replicates": ("[run]", "[run]\nreplicates = 2"),
}


@pytest.mark.parametrize("key", ONLY_A_SEARCH)
def test_what_only_a_search_can_answer_is_refused_by_name(key, tmp_path, capsys):
    text = (goals_dir() / "half.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(text.replace(*ONLY_A_SEARCH[key], 1), "utf-8")
    assert call(["atlas", "--goal", str(tmp_path / "mine.toml"), "--dry-run", "--out", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert "cannot ask for this" in said and key in said and "Traceback" not in said
    candidates.refuse_unread(load_goal("half"))


def test_the_goals_own_run_is_taken_but_for_its_areas(tmp_path):
    """As `solve` takes it: years, seed, neighbourhoods, and people of all its areas together, a neighbourhood for each at least."""
    text = (goals_dir() / "half.toml").read_text("utf-8").replace('areas = ["bnssg"]', 'areas = ["bnssg", "sussex"]')
    mine = text.replace("people = 10000", "people = 60000\nseed = 7\nplace_size = 5000").replace(
        "years = 5", "years = 10"
    )
    (tmp_path / "mine.toml").write_text(mine, "utf-8")
    half, england = (settled(Typed(), Wanted(goal)) for goal in ("half", "england"))
    own = settled(Typed(draws=3), Wanted(str(tmp_path / "mine.toml")))
    assert [one.whole.weeks for one in (half, england, own)] == [260, 156, 520]
    assert len(half.areas) == len(own.areas) == 42 and (half.sample.people, england.sample.people) == (10_000, 10_000)
    assert (own.sample.people, own.sample.seed, own.sample.place_size, own.sample.draws) == (30_000, 7, 5_000, 3)
    assert settled(Typed(years=2.0), Wanted(str(tmp_path / "mine.toml"))).whole.weeks == 104
    small = settled(Typed(), Wanted(str(tmp_path / "mine.toml"), small=True)).sample
    assert (small.people, small.place_size, small.weeks, small.draws) == (5_000, 5_000, 104, 5)
